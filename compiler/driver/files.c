/* Output files. */
#include "compiler/driver/files.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "compiler/driver/interrupts.h"
#include "runtime/base/atomic_file.h"

static ScpStatus write_set(OutputSet *set, OutputMode mode, const FileText *files, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        Output *output = output_add(set, files[i].path, mode);
        if (!output || output_write(output, files[i].text) != SCP_OK) return SCP_DATA;
    }
    return output_commit(set);
}

/* A pipe or a device cannot be replaced by another file: what it is given goes into it. */
static bool is_stream(const char *path) {
    struct stat about;
    return !stat(path, &about) && (S_ISFIFO(about.st_mode) || S_ISCHR(about.st_mode));
}

static ScpStatus write_stream(Driver *driver, const FileText *file) {
    int stream = open(file->path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
    int error = stream < 0 ? errno : driver_write_all(stream, file->text);
    if (stream >= 0 && close(stream) && !error) error = errno;
    if (!error) return SCP_OK;
    return driver_fail(driver, SCP_DATA, "`%s` cannot be written: %s", file->path, strerror(error));
}

ScpStatus files_write(Driver *driver, const FileText *files, uint32_t count) {
    if (count == 1 && is_stream(files[0].path)) return write_stream(driver, &files[0]);
    OutputMode mode = driver->options.internal ? OUTPUT_PRIVATE : OUTPUT_SHARED;
    Interrupts interrupts;
    OutputSet *set = output_set_new();
    if (!set) return driver_fail(driver, SCP_LIMIT, "there is no memory left to write files");
    interrupts_hold(&interrupts);
    ScpStatus status = write_set(set, mode, files, count);
    if (status != SCP_OK) driver_fail(driver, status, "%s", output_set_error(set));
    output_set_free(set);
    interrupts_release(&interrupts);
    return status;
}
