/* Reading what the command line names. */
#include "compiler/driver/input.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "runtime/base/file.h"
#include "runtime/bytecode/codec.h"

enum { MODULE_SIZE_LIMIT = 256 << 20 };

static bool is_standard_input(const char *path) {
    return strcmp(path, "-") == 0;
}

static Slice folder_of(Slice path) {
    size_t length = path.length;
    while (length && path.data[length - 1] != '/') length--;
    if (!length) return SLICE(".");
    return length == 1 ? SLICE("/") : slice_sub(path, 0, length - 1);
}

static bool looks_like_module(Slice path, Slice text) {
    return slice_starts_with(text, (Slice){MODULE_MAGIC, sizeof MODULE_MAGIC - 1}) ||
           slice_ends_with(path, SLICE(".scpb"));
}

/* A name that is not there is a mistake on the command line; what is there and cannot be read is
 * not. */
static ScpStatus find(Driver *driver, const char *path) {
    struct stat file;
    Slice shown = file_quote(&driver->arena, slice_of(path));
    if (stat(path, &file)) {
        if (errno != ENOENT && errno != ENOTDIR) return SCP_OK; /* reading will say why */
        return driver_fail(driver, SCP_USAGE, "there is no plan %.*s", SLICE_FMT(shown));
    }
    if (S_ISDIR(file.st_mode))
        return driver_fail(driver, SCP_USAGE, "%.*s is a folder: name the plan in it",
                           SLICE_FMT(shown));
    return SCP_OK;
}

static ScpStatus read_bytes(Driver *driver, const char *path, Slice *text) {
    Slice error = {0};
    ScpStatus status =
        is_standard_input(path)
            ? file_read_descriptor(&driver->work, driver->in, SLICE("standard input"),
                                   MODULE_SIZE_LIMIT, text, &error)
            : file_read(&driver->work, path, MODULE_SIZE_LIMIT, text, &error);
    if (status != SCP_OK) driver_fail(driver, status, "%.*s", SLICE_FMT(error));
    return status;
}

ScpStatus input_read(Driver *driver, const char *path, bool running, Input *input) {
    *input = (Input){.path = slice_of(path)};
    ScpStatus status = is_standard_input(path) ? SCP_OK : find(driver, path);
    if (status == SCP_OK) status = read_bytes(driver, path, &input->text);
    if (status != SCP_OK) return status;
    input->is_module = looks_like_module(input->path, input->text);
    input->root = folder_of(input->path);
    if (driver->options.root) input->root = slice_of(driver->options.root);
    int64_t limit = options_limit(&driver->options, LIMIT_FILE_SIZE, running);
    if (input->is_module || input->text.length <= (uint64_t)limit) return SCP_OK;
    Slice shown = file_quote(&driver->arena, input->path);
    return driver_fail(driver, SCP_LIMIT,
                       "%.*s has more than the %lld bytes a source file may have "
                       "(--max-file-size)",
                       SLICE_FMT(shown), (long long)limit);
}

static CompileData *compile_data(Driver *driver) {
    uint32_t count = driver->options.data.count;
    CompileData *data = ARENA_NEW_ARRAY(&driver->arena, CompileData, count + 1);
    for (uint32_t i = 0; i < count; i++) {
        data[i].name = driver->options.data.items[i].name;
        data[i].path = driver->options.data.items[i].path;
    }
    return data;
}

CompileOptions input_compile_options(Driver *driver, const Input *input, bool running) {
    const Options *options = &driver->options;
    return (CompileOptions){
        .path = input->path,
        .text = input->text,
        .root = options->root ? slice_of(options->root) : (Slice){0},
        .has_as_of = options->has_as_of,
        .as_of = options->as_of,
        .data = compile_data(driver),
        .data_count = options->data.count,
        .file_limit = (uint64_t)options_limit(options, LIMIT_FILE_SIZE, running),
        .import_limit = driver_limit(driver, LIMIT_FILES, running),
        .depth_limit = driver_limit(driver, LIMIT_DEPTH, running),
        .nesting_limit = driver_limit(driver, LIMIT_NESTING, running),
    };
}
