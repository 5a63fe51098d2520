/* Reading files, and opening below a folder without being led out of it. */
#define _GNU_SOURCE /* syscall, for openat2, which has no wrapper in the C library */
#include "runtime/base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#if defined(__linux__) && defined(__has_include)
#if __has_include(<linux/openat2.h>)
#include <linux/openat2.h>
#include <sys/syscall.h>
#endif
#endif

#include "runtime/base/buffer.h"
#include "runtime/base/utf8.h"

/* O_NONBLOCK keeps the open of a pipe from waiting for a writer; it is refused afterwards. */
enum { READ_FLAGS = O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK };

Slice file_quote(Arena *arena, Slice path) {
    Buffer quoted;
    buffer_init(&quoted, arena);
    buffer_add_char(&quoted, '`');
    for (size_t at = 0; at < path.length;) {
        uint32_t code;
        size_t length = utf8_decode(path, at, &code);
        if (!length)
            buffer_printf(&quoted, "\\x%02X", (unsigned char)path.data[at]);
        else if (utf8_is_control(code) || utf8_is_bidirectional(code))
            buffer_printf(&quoted, "\\u{%04X}", (unsigned)code);
        else
            buffer_add(&quoted, slice_sub(path, at, at + length));
        at += length ? length : 1;
    }
    buffer_add_char(&quoted, '`');
    return buffer_slice(&quoted);
}

static const char *reason_of(int error_number) {
    switch (error_number) {
    case ENOENT:
    case ENOTDIR: return "is not there";
    case EACCES:
    case EPERM: return "may not be read: permission is refused";
    case ENAMETOOLONG: return "is too long a path";
    case EXDEV: return "leads out of the folder it must stay in";
    case ELOOP: return "is reached through a link that is not followed";
    case EMFILE:
    case ENFILE: return "cannot be opened: too many files are open";
    default: return NULL;
    }
}

static const Slice memory_message = {"there is not enough memory", 26};

/* Makes the message without leaving to the boundary, for a descriptor may be open. */
static ScpStatus fail(Arena *arena, Slice path, const char *reason, Slice *error) {
    Boundary here, *outer = arena->boundary;
    *error = memory_message;
    arena->boundary = &here;
    if (!setjmp(here.at)) {
        Slice name = file_quote(arena, path);
        *error = arena_printf(arena, "%.*s %s", SLICE_FMT(name), reason);
    }
    arena->boundary = outer;
    return SCP_DATA;
}

/* strerror may share its text between threads, so an unusual reason is given by number. */
static ScpStatus fail_by_number(Arena *arena, Slice path, int error_number, Slice *error) {
    char numbered[64];
    snprintf(numbered, sizeof numbered, "cannot be read: system error %d", error_number);
    const char *reason = reason_of(error_number);
    return fail(arena, path, reason ? reason : numbered, error);
}

static ScpStatus fail_for_memory(Slice *error) {
    *error = memory_message;
    return SCP_LIMIT;
}

static ScpStatus fail_for_limit(Arena *arena, Slice path, size_t limit, Slice *error) {
    char reason[64];
    bool kibibytes = limit % 1024 == 0;
    snprintf(reason, sizeof reason, "is over the limit of %zu %s", kibibytes ? limit / 1024 : limit,
             kibibytes ? "KiB" : "bytes");
    fail(arena, path, reason, error);
    return SCP_LIMIT;
}

/* What is being read: `text` has room for `capacity` bytes and two NULs. */
typedef struct {
    char *text;
    size_t length;
    size_t capacity;
} Reading;

static bool reading_grow(Arena *arena, Reading *reading, size_t capacity) {
    char *larger = capacity < SIZE_MAX - 2 ? arena_try_alloc(arena, capacity + 2) : NULL;
    if (!larger) return false;
    if (reading->length) memcpy(larger, reading->text, reading->length);
    reading->text = larger;
    reading->capacity = capacity;
    return true;
}

static ssize_t read_some(int descriptor, char *into, size_t room) {
    ssize_t taken;
    do taken = read(descriptor, into, room < SSIZE_MAX ? room : SSIZE_MAX);
    while (taken < 0 && errno == EINTR);
    return taken;
}

/* Room for what the file says it has, and a byte to see that this was all. */
static size_t expected_size(int descriptor, size_t limit) {
    struct stat about;
    size_t size = 64 * 1024;
    if (!fstat(descriptor, &about) && S_ISREG(about.st_mode) && about.st_size >= 0)
        size = (size_t)about.st_size;
    return (size < limit ? size : limit) + 1;
}

ScpStatus file_read_descriptor(Arena *arena, int descriptor, Slice name, size_t limit, Slice *text,
                               Slice *error) {
    if (limit > SIZE_MAX / 4) limit = SIZE_MAX / 4;
    Reading reading = {0};
    size_t room = expected_size(descriptor, limit);
    for (;;) {
        if (reading.length == reading.capacity && !reading_grow(arena, &reading, room))
            return fail_for_memory(error);
        ssize_t taken =
            read_some(descriptor, reading.text + reading.length, reading.capacity - reading.length);
        if (taken < 0) return fail_by_number(arena, name, errno, error);
        if (taken == 0) break;
        reading.length += (size_t)taken;
        if (reading.length > limit) return fail_for_limit(arena, name, limit, error);
        room = reading.capacity < limit / 2 ? reading.capacity * 2 : limit + 1;
    }
    memset(reading.text + reading.length, 0, 2);
    *text = (Slice){reading.text, reading.length};
    return SCP_OK;
}

/* Closes what is no regular file and says so. */
static ScpStatus require_regular(Arena *arena, int descriptor, Slice path, Slice *error) {
    struct stat about;
    int failed = fstat(descriptor, &about) ? errno : 0;
    if (!failed && S_ISREG(about.st_mode)) return SCP_OK;
    close(descriptor);
    if (failed) return fail_by_number(arena, path, failed, error);
    bool folder = S_ISDIR(about.st_mode);
    return fail(arena, path, folder ? "is a folder, not a file" : "is not a regular file", error);
}

ScpStatus file_open(Arena *arena, Slice path, int *descriptor, Slice *error) {
    struct stat about;
    char *copy = arena_try_alloc(arena, path.length + 1);
    if (!copy) return fail_for_memory(error);
    memcpy(copy, path.data, path.length);
    int opened = open(copy, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (opened < 0) return fail_by_number(arena, path, errno, error);
    if (!fstat(opened, &about) && S_ISDIR(about.st_mode)) {
        close(opened);
        return fail(arena, path, "is a folder, not a file", error);
    }
    *descriptor = opened;
    return SCP_OK;
}

ScpStatus file_read(Arena *arena, const char *path, size_t limit, Slice *text, Slice *error) {
    Slice name = slice_of(path);
    int descriptor = open(path, READ_FLAGS);
    if (descriptor < 0) return fail_by_number(arena, name, errno, error);
    ScpStatus status = require_regular(arena, descriptor, name, error);
    if (status != SCP_OK) return status;
    status = file_read_descriptor(arena, descriptor, name, limit, text, error);
    close(descriptor);
    return status;
}

ScpStatus file_root_open(Arena *arena, const char *path, int *root, Slice *error) {
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_DIRECTORY);
    if (descriptor < 0)
        return errno == ENOTDIR ? fail(arena, slice_of(path), "is not a folder", error)
                                : fail_by_number(arena, slice_of(path), errno, error);
    *root = descriptor;
    return SCP_OK;
}

static const char *character_fault(Slice path) {
    uint32_t code;
    for (size_t at = 0; at < path.length;) {
        size_t length = utf8_decode(path, at, &code);
        if (!length) return "is a path that is not UTF-8 text";
        if (utf8_is_control(code)) return "is a path with a control character in it";
        if (utf8_is_bidirectional(code))
            return "is a path with a character in it that turns the direction of text";
        at += length;
    }
    return NULL;
}

/* The next component of a path and what is left; empty at the end. Skips `.` and `//`. */
static Slice next_component(Slice *path) {
    for (;;) {
        size_t from = 0, to;
        while (from < path->length && path->data[from] == '/') from++;
        for (to = from; to < path->length && path->data[to] != '/';) to++;
        Slice component = slice_sub(*path, from, to);
        *path = slice_sub(*path, to, path->length);
        if (!slice_equal(component, SLICE("."))) return component;
    }
}

const char *file_path_fault(Slice path) {
    if (!path.length) return "is an empty path";
    if (path.data[0] == '/') return "is an absolute path, and must be one below the plan's folder";
    const char *fault = character_fault(path);
    if (fault) return fault;
    long depth = 0;
    Slice component;
    while ((component = next_component(&path)).length) {
        depth += slice_equal(component, SLICE("..")) ? -1 : 1;
        if (depth < 0) return "leads out of the folder it must stay in";
    }
    return NULL;
}

/* Writes the path without `.`, `..` and `//`, which is the same place as long as no component
 * is a link; "." where nothing is left. `flat` has room for the path and two bytes more. */
static void flatten(Slice path, char *flat) {
    size_t length = 0;
    Slice component;
    while ((component = next_component(&path)).length) {
        if (slice_equal(component, SLICE(".."))) {
            while (length && flat[--length] != '/') continue;
            continue;
        }
        if (length) flat[length++] = '/';
        memcpy(flat + length, component.data, component.length);
        length += component.length;
    }
    if (!length) flat[length++] = '.';
    flat[length] = '\0';
}

/* An errno for a failure to pass through a folder: with O_NOFOLLOW a link is ELOOP, but with
 * O_DIRECTORY beside it ENOTDIR. */
static int step_fault(int folder, const char *name, int error_number) {
    struct stat about;
    if (error_number != ENOTDIR || fstatat(folder, name, &about, AT_SYMLINK_NOFOLLOW))
        return error_number;
    return S_ISLNK(about.st_mode) ? ELOOP : ENOTDIR;
}

/* Opens the component below `folder`, which it closes unless it is the root. */
static int step(int root, int folder, const char *name, int flags) {
    int descriptor = openat(folder, name, flags | O_NOFOLLOW);
    int failed = descriptor < 0 ? step_fault(folder, name, errno) : 0;
    if (folder != root) close(folder);
    errno = failed;
    return descriptor;
}

/* `path` is flat; its slashes are cut in place. */
static int open_by_steps(int root, char *path) {
    int folder = root;
    for (char *name = path;;) {
        char *slash = strchr(name, '/');
        if (!slash) return step(root, folder, name, READ_FLAGS);
        *slash = '\0';
        folder = step(root, folder, name, O_RDONLY | O_CLOEXEC | O_DIRECTORY);
        if (folder < 0) return -1;
        name = slash + 1;
    }
}

static ScpStatus finish_open(Arena *arena, int opened, Slice path, int *descriptor, Slice *error) {
    if (opened < 0) return fail_by_number(arena, path, errno, error);
    ScpStatus status = require_regular(arena, opened, path, error);
    if (status == SCP_OK) *descriptor = opened;
    return status;
}

ScpStatus file_confined_open_by_steps(Arena *arena, int root, Slice path, int *descriptor,
                                      Slice *error) {
    const char *fault = file_path_fault(path);
    if (fault) return fail(arena, path, fault, error);
    char *flat = arena_try_alloc(arena, path.length + 2);
    if (!flat) return fail_for_memory(error);
    flatten(path, flat);
    int opened = open_by_steps(root, flat);
    return finish_open(arena, opened, path, descriptor, error);
}

#if defined(RESOLVE_BENEATH) && defined(SYS_openat2)
/* -1 with errno as open has it; ENOSYS where the kernel has no openat2, which some sandboxes
 * call EPERM. EAGAIN means that something was renamed meanwhile. */
static int open_beneath(int root, const char *path) {
    struct open_how how = {.flags = READ_FLAGS, .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS};
    long opened;
    int tries = 0;
    do opened = syscall(SYS_openat2, root, path, &how, sizeof how);
    while (opened < 0 && (errno == EINTR || (errno == EAGAIN && ++tries < 32)));
    if (opened < 0 && errno == EPERM) errno = ENOSYS;
    return (int)opened;
}
#else
static int open_beneath(int root, const char *path) {
    (void)root, (void)path;
    errno = ENOSYS;
    return -1;
}
#endif

ScpStatus file_confined_open(Arena *arena, int root, Slice path, int *descriptor, Slice *error) {
    const char *fault = file_path_fault(path);
    if (fault) return fail(arena, path, fault, error);
    char *copy = arena_try_alloc(arena, path.length + 1);
    if (!copy) return fail_for_memory(error);
    memcpy(copy, path.data, path.length);
    int opened = open_beneath(root, copy);
    if (opened < 0 && errno == ENOSYS)
        return file_confined_open_by_steps(arena, root, path, descriptor, error);
    return finish_open(arena, opened, path, descriptor, error);
}

ScpStatus file_confined_read(Arena *arena, const char *root, Slice path, size_t limit, Slice *text,
                             Slice *error) {
    int folder = -1, descriptor = -1;
    ScpStatus status = file_root_open(arena, root, &folder, error);
    if (status != SCP_OK) return status;
    status = file_confined_open(arena, folder, path, &descriptor, error);
    close(folder);
    if (status != SCP_OK) return status;
    status = file_read_descriptor(arena, descriptor, path, limit, text, error);
    close(descriptor);
    return status;
}
