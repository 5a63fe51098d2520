/* What `check` is asked to look at, as files. */
#ifndef COMPILER_DRIVER_PATHS_H
#define COMPILER_DRIVER_PATHS_H

#include "compiler/driver/driver.h"

typedef VEC(const char *) Paths;

/* A folder that could not be looked into, and the sentence that says why. */
typedef struct {
    const char *path;
    Slice why;
} UnreadFolder;
typedef VEC(UnreadFolder) UnreadFolders;

/* Appends the path, or for a folder every .scp file below it that has a `plan` item, sorted
 * byte by byte; hidden folders and links are passed by. SCP_OK, or a status with its message:
 * SCP_USAGE where there is no plan below, SCP_DATA where folders could not be looked into, which
 * are appended to `unread` (what could be read is there). */
ScpStatus paths_expand(Driver *driver, const char *path, Paths *paths, UnreadFolders *unread);

#endif
