/* Tests that read and write files: IN_FOLDER(test) runs one within a folder of its own, which is
 * there before it and gone after. */
#ifndef TESTS_UNIT_TEST_FOLDER_FIXTURE_H
#define TESTS_UNIT_TEST_FOLDER_FIXTURE_H

#include "tests/unit/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int enter_folder(void **state) {
    static const char template[] = "/tmp/scp-test-XXXXXX";
    char *folder = malloc(sizeof template);
    memcpy(folder, template, sizeof template);
    *state = folder;
    return mkdtemp(folder) && !chdir(folder) ? 0 : -1;
}

static int leave_folder(void **state) {
    char command[64];
    snprintf(command, sizeof command, "rm -rf %s", (char *)*state);
    free(*state);
    return chdir("/") || system(command);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, enter_folder, leave_folder)

#endif
