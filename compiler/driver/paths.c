/* Finding the plans below a folder. */
#include "compiler/driver/paths.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "compiler/syntax/parse.h"
#include "runtime/base/file.h"

enum { DEEPEST = 64 };

/* Whether a `plan` item stands at the top level of the text, as far as it can be read. */
static bool has_plan_item(Arena *arena, Slice path, Slice text) {
    SourceMap sources;
    DiagBag diags;
    source_map_init(&sources, arena);
    diag_bag_init(&diags, arena);
    ParseContext context = {
        .arena = arena, .interner = interner_new(arena, 0), .sources = &sources, .diags = &diags};
    Atom plan = intern(context.interner, SLICE("plan"));
    const File *file = parse_file(&context, source_map_add(&sources, path, text, false));
    for (uint32_t i = 0; i < file->items.count; i++)
        if (file->items.items[i]->word == plan) return true;
    return false;
}

/* A file that cannot be read is kept: checking it says why. */
static bool is_plan(Driver *driver, const char *path) {
    Slice text, error;
    size_t limit = (size_t)options_limit(&driver->options, LIMIT_FILE_SIZE, false);
    if (file_read(&driver->work, path, limit, &text, &error) != SCP_OK) return true;
    return has_plan_item(&driver->work, slice_of(path), text);
}

/* ---- Folders ----------------------------------------------------------------------------- */

static void insert_sorted(Arena *arena, Paths *names, const char *name) {
    VEC_PUSH(arena, names, name);
    uint32_t at = names->count - 1;
    for (; at > 0 && strcmp(names->items[at - 1], name) > 0; at--)
        names->items[at] = names->items[at - 1];
    names->items[at] = name;
}

/* False where the folder cannot be read, and errno says why. */
static bool list_folder(Arena *arena, const char *folder, Paths *names) {
    DIR *stream = opendir(folder);
    if (!stream) return false;
    const struct dirent *entry;
    while ((entry = readdir(stream)) != NULL) {
        if (entry->d_name[0] == '.') continue;
        insert_sorted(arena, names, arena_copy(arena, slice_of(entry->d_name)).data);
    }
    closedir(stream);
    return true;
}

static const char *join(Arena *arena, const char *folder, const char *name) {
    Slice text = slice_of(folder);
    const char *slash = slice_ends_with(text, SLICE("/")) ? "" : "/";
    if (strcmp(folder, ".") == 0) return name;
    return arena_printf(arena, "%s%s%s", folder, slash, name).data;
}

static ScpStatus cannot_look_into(Driver *driver, const char *folder, UnreadFolders *unread) {
    Slice shown = file_quote(&driver->arena, slice_of(folder));
    ScpStatus status = driver_fail(driver, SCP_DATA, "the folder %.*s cannot be read: %s",
                                   SLICE_FMT(shown), strerror(errno));
    UnreadFolder entry = {folder, driver->failure};
    VEC_PUSH(&driver->arena, unread, entry);
    return status;
}

static ScpStatus find_plans(Driver *driver, const char *folder, int depth, Paths *paths,
                            UnreadFolders *unread) {
    Paths names = {0};
    struct stat file;
    ScpStatus status = SCP_OK;
    if (depth > DEEPEST) return status;
    if (!list_folder(&driver->arena, folder, &names))
        return cannot_look_into(driver, folder, unread);
    for (uint32_t i = 0; i < names.count; i++) {
        const char *path = join(&driver->arena, folder, names.items[i]);
        if (lstat(path, &file)) continue;
        if (S_ISDIR(file.st_mode)) {
            status = status_worse(status, find_plans(driver, path, depth + 1, paths, unread));
            continue;
        }
        bool is_source = S_ISREG(file.st_mode) && slice_ends_with(slice_of(path), SLICE(".scp"));
        if (is_source && is_plan(driver, path)) VEC_PUSH(&driver->arena, paths, path);
    }
    return status;
}

ScpStatus paths_expand(Driver *driver, const char *path, Paths *paths, UnreadFolders *unread) {
    struct stat file;
    if (strcmp(path, "-") == 0 || stat(path, &file) || !S_ISDIR(file.st_mode)) {
        VEC_PUSH(&driver->arena, paths, path);
        return SCP_OK;
    }
    uint32_t before = paths->count;
    ScpStatus status = find_plans(driver, path, 0, paths, unread);
    if (status != SCP_OK || paths->count > before) return status;
    Slice shown = file_quote(&driver->arena, slice_of(path));
    return driver_fail(driver, SCP_USAGE,
                       "there is no plan below %.*s: no .scp file with a `plan` item",
                       SLICE_FMT(shown));
}
