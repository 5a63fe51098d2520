/* The standard library inside the program is the one in the folder stdlib, byte for byte. */
#include "tests/unit/test.h"

#include "compiler/sema/embedded.h"

static void embedded_files_are_those_on_disk(void **state) {
    (void)state;
    assert_true(scp_stdlib_count > 0);
    for (size_t i = 0; i < scp_stdlib_count; i++) {
        const EmbeddedFile *file = &scp_stdlib_files[i];
        char path[1024];
        snprintf(path, sizeof path, "%s/stdlib/%s", SCP_SOURCE_DIR, file->name);
        FILE *disk = fopen(path, "rb");
        assert_non_null(disk);
        for (size_t at = 0; at < file->length; at++)
            assert_int_equal(fgetc(disk), (unsigned char)file->text[at]);
        assert_int_equal(fgetc(disk), EOF);
        assert_int_equal(file->text[file->length], '\0');
        fclose(disk);
    }
}

static void embedded_files_are_sorted_by_name(void **state) {
    (void)state;
    for (size_t i = 1; i < scp_stdlib_count; i++)
        assert_true(strcmp(scp_stdlib_files[i - 1].name, scp_stdlib_files[i].name) < 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(embedded_files_are_those_on_disk),
        cmocka_unit_test(embedded_files_are_sorted_by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
