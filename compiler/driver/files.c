/* Output files. */
#include "compiler/driver/files.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "compiler/driver/interrupts.h"
#include "runtime/base/atomic_file.h"

static bool take_output(void *output, Slice part) {
    return output_write(output, part) == SCP_OK;
}

/* SCP_LIMIT: there is no memory for a part, as is noted at the boundary. */
static ScpStatus make_parts(Driver *driver, const FileText *file, ReportTake *take, void *context) {
    return report_parts_make(file->parts, driver->options.threads, take, context,
                             &driver->boundary);
}

static _Noreturn void leave_for_memory(Driver *driver) {
    boundary_leave(&driver->boundary, SCP_LIMIT, driver->boundary.message);
}

static ScpStatus write_set(Driver *driver, OutputSet *set, const FileText *files,
                           uint32_t count) {
    OutputMode mode = driver->options.internal ? OUTPUT_PRIVATE : OUTPUT_SHARED;
    ScpStatus status = SCP_OK;
    for (uint32_t i = 0; i < count && status == SCP_OK; i++) {
        Output *output = output_add(set, files[i].path, mode);
        status = !output          ? SCP_DATA
                 : files[i].parts ? make_parts(driver, &files[i], take_output, output)
                                  : output_write(output, files[i].text);
    }
    return status == SCP_OK ? output_commit(set) : status;
}

typedef struct {
    int descriptor, error;
} Stream;

static bool take_stream(void *context, Slice part) {
    Stream *stream = context;
    stream->error = driver_write_all(stream->descriptor, part);
    return !stream->error;
}

int files_write_to(Driver *driver, int descriptor, const FileText *file) {
    Stream stream = {descriptor, 0};
    if (!file->parts)
        take_stream(&stream, file->text);
    else if (make_parts(driver, file, take_stream, &stream) != SCP_OK)
        leave_for_memory(driver);
    return stream.error;
}

/* A pipe or a device cannot be replaced by another file: what it is given goes into it. */
static bool is_stream(const char *path) {
    struct stat about;
    return !stat(path, &about) && (S_ISFIFO(about.st_mode) || S_ISCHR(about.st_mode));
}

static ScpStatus write_stream(Driver *driver, const FileText *file) {
    int stream = open(file->path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
    int error = stream < 0 ? errno : files_write_to(driver, stream, file);
    if (stream >= 0 && close(stream) && !error) error = errno;
    if (!error) return SCP_OK;
    return driver_fail(driver, SCP_DATA, "`%s` cannot be written: %s", file->path, strerror(error));
}

typedef ScpStatus OnSet(Driver *driver, OutputSet *set, const FileText *files, uint32_t count);

/* What would end the program waits until the temporary files are gone. */
static ScpStatus with_set(Driver *driver, OnSet *act, const FileText *files, uint32_t count) {
    Interrupts interrupts;
    OutputSet *set = output_set_new();
    if (!set) return driver_fail(driver, SCP_LIMIT, "there is no memory left to write files");
    interrupts_hold(&interrupts);
    ScpStatus status = act(driver, set, files, count);
    if (status == SCP_DATA) driver_fail(driver, status, "%s", output_set_error(set));
    output_set_free(set);
    interrupts_release(&interrupts);
    return status;
}

ScpStatus files_write(Driver *driver, const FileText *files, uint32_t count) {
    if (count == 1 && is_stream(files[0].path)) return write_stream(driver, &files[0]);
    ScpStatus status = with_set(driver, write_set, files, count);
    if (status == SCP_LIMIT) leave_for_memory(driver);
    return status;
}

static ScpStatus try_set(Driver *driver, OutputSet *set, const FileText *files, uint32_t count) {
    (void)driver;
    (void)count;
    return output_add(set, files->path, OUTPUT_PRIVATE) ? SCP_OK : SCP_DATA;
}

ScpStatus files_try(Driver *driver) {
    FileText file = {.path = driver->options.output};
    if (!driver_writes_file(driver) || is_stream(file.path)) return SCP_OK;
    return with_set(driver, try_set, &file, 1);
}
