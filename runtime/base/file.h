/* Reading files: regular files only, up to a limit, and, for what a plan names, only below
 * the plan's folder. Paths a plan gives are untrusted: absolute ones, those that climb out or
 * lead out through a link, and those with control or direction characters are refused. Errors
 * are in the user's words and name the path, its unprintable characters escaped. What opens or
 * reads never leaves to the boundary (a descriptor may be open): exhausted memory is SCP_LIMIT. */
#ifndef RUNTIME_BASE_FILE_H
#define RUNTIME_BASE_FILE_H

#include "runtime/base/arena.h"

/* Opens what may be read, which may be a pipe but no folder. The caller closes it. */
ScpStatus file_open(Arena *arena, Slice path, int *descriptor, Slice *error);

/* Reads a whole file; the text is followed by two NUL bytes that are not counted. SCP_DATA
 * where it cannot be read, SCP_LIMIT where it has more than `limit` bytes (or memory ends);
 * *error is then set. */
ScpStatus file_read(Arena *arena, const char *path, size_t limit, Slice *text, Slice *error);

/* The same from an open descriptor, which may be a pipe and stays open; `name` is for messages. */
ScpStatus file_read_descriptor(Arena *arena, int descriptor, Slice name, size_t limit, Slice *text,
                               Slice *error);

/* Opens a folder under which confined paths are resolved. The caller closes it. */
ScpStatus file_root_open(Arena *arena, const char *path, int *root, Slice *error);

/* Opens a regular file at `path` below the open folder `root`, for reading. Links that stay
 * below it are followed where the kernel can see to it (openat2), elsewhere none are. The
 * caller closes the descriptor. */
ScpStatus file_confined_open(Arena *arena, int root, Slice path, int *descriptor, Slice *error);

/* file_confined_open as it works without the help of the kernel: component by component,
 * following no link at all. */
ScpStatus file_confined_open_by_steps(Arena *arena, int root, Slice path, int *descriptor,
                                      Slice *error);

/* Opens, reads and closes `path` below the folder `root`. */
ScpStatus file_confined_read(Arena *arena, const char *root, Slice path, size_t limit, Slice *text,
                             Slice *error);

/* Why a path may not be used below a root; NULL where it may. The text alone is judged. */
const char *file_path_fault(Slice path);

/* The path in back quotes for a message; control, direction and malformed characters as
 * \u{…} and \x… */
Slice file_quote(Arena *arena, Slice path);

#endif
