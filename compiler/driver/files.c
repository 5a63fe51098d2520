/* Output files. */
#include "compiler/driver/files.h"

#include <signal.h>

#include "runtime/base/atomic_file.h"

static void hold_signals(sigset_t *before) {
    sigset_t held;
    sigemptyset(&held);
    sigaddset(&held, SIGINT);
    sigaddset(&held, SIGTERM);
    sigaddset(&held, SIGHUP);
    sigaddset(&held, SIGXCPU);
    pthread_sigmask(SIG_BLOCK, &held, before);
}

static ScpStatus write_set(OutputSet *set, OutputMode mode, const FileText *files, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        Output *output = output_add(set, files[i].path, mode);
        if (!output || output_write(output, files[i].text) != SCP_OK) return SCP_DATA;
    }
    return output_commit(set);
}

ScpStatus files_write(Driver *driver, const FileText *files, uint32_t count) {
    OutputMode mode = driver->options.internal ? OUTPUT_PRIVATE : OUTPUT_SHARED;
    sigset_t before;
    OutputSet *set = output_set_new();
    if (!set) return driver_fail(driver, SCP_LIMIT, "there is no memory left to write files");
    hold_signals(&before);
    ScpStatus status = write_set(set, mode, files, count);
    if (status != SCP_OK) driver_fail(driver, status, "%s", output_set_error(set));
    output_set_free(set);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return status;
}
