/* scpc new: a folder with a small plan, invented people to run it on, and what to do next.
 * Never writes into a folder that has something in it. */
#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "compiler/driver/files.h"
#include "compiler/driver/template.h"
#include "runtime/base/file.h"

/* Whether the folder is there and empty, or not there. */
static bool is_free(const char *folder) {
    DIR *stream = opendir(folder);
    if (!stream) return errno == ENOENT;
    bool empty = true;
    const struct dirent *entry;
    while (empty && (entry = readdir(stream)) != NULL)
        empty = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
    closedir(stream);
    return empty;
}

typedef VEC(const char *) Folders;

/* A folder that was not there is appended to `made`. */
static ScpStatus make_folder(Driver *driver, const char *folder, Folders *made) {
    if (!mkdir(folder, 0777)) {
        VEC_PUSH(&driver->arena, made, folder);
        return SCP_OK;
    }
    if (errno == EEXIST) return SCP_OK;
    Slice shown = file_quote(&driver->arena, slice_of(folder));
    return driver_fail(driver, SCP_DATA, "the folder %.*s cannot be made: %s", SLICE_FMT(shown),
                       strerror(errno));
}

/* The folders above `path`, from below `folder` on. */
static ScpStatus make_folders_above(Driver *driver, const char *folder, Slice path,
                                    Folders *made) {
    ScpStatus status = make_folder(driver, folder, made);
    for (size_t i = 0; i < path.length && status == SCP_OK; i++) {
        if (path.data[i] != '/') continue;
        status = make_folder(
            driver, arena_printf(&driver->arena, "%s/%.*s", folder, (int)i, path.data).data,
            made);
    }
    return status;
}

static ScpStatus write_template(Driver *driver, const char *folder, Folders *made) {
    FileText *files = ARENA_NEW_ARRAY(&driver->arena, FileText, scp_template_count + 1);
    for (size_t i = 0; i < scp_template_count; i++) {
        const EmbeddedFile *file = &scp_template_files[i];
        ScpStatus status = make_folders_above(driver, folder, slice_of(file->name), made);
        if (status != SCP_OK) return status;
        files[i].path = arena_printf(&driver->arena, "%s/%s", folder, file->name).data;
        files[i].text = (Slice){file->text, file->length};
    }
    return files_write(driver, files, (uint32_t)scp_template_count);
}

ScpStatus command_new(Driver *driver) {
    const char *folder = driver->options.arguments.items[0];
    Slice shown = file_quote(&driver->arena, slice_of(folder));
    if (!is_free(folder))
        return driver_fail(driver, SCP_USAGE, "%.*s is there and is no empty folder",
                           SLICE_FMT(shown));
    Folders made = {0};
    ScpStatus status = write_template(driver, folder, &made);
    /* half a plan would be in the way of the next try */
    while (status != SCP_OK && made.count) rmdir(made.items[--made.count]);
    if (status != SCP_OK) return status;
    Buffer out;
    buffer_init(&out, &driver->arena);
    buffer_printf(&out, "A plan is in %.*s. Next:\n", SLICE_FMT(shown));
    buffer_printf(&out, "  scpc check %s\n  scpc run %s/plan.scp\n", folder, folder);
    buffer_printf(&out, "  scpc report %s/plan.scp -o report.html\n", folder);
    return driver_result(driver, buffer_slice(&out));
}
