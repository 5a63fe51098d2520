/* Temporary name, write, fsync, close, rename, fsync of the folder: after a crash at any of
 * these a target is the old file or the new one, never a part. */
#define _XOPEN_SOURCE 700 /* realpath */
#include "runtime/base/atomic_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/base/memory.h"

enum { PATH_SIZE = 4096, NAME_SIZE = 256, MESSAGE_SIZE = 512, MOST_NAMES = 10000 };

struct Output {
    OutputSet *set;
    Output *next;
    int folder;     /* -1: closed */
    int descriptor; /* -1: closed */
    volatile bool temporary_exists;
    bool failed;
    char name[NAME_SIZE];      /* of the target in its folder */
    char temporary[NAME_SIZE]; /* the same of what is written */
    char path[PATH_SIZE];      /* as the user gave it, for messages */
};

struct OutputSet {
    Output *first;
    Output **last;
    unsigned names; /* temporary names tried */
    bool committed;
    char error[MESSAGE_SIZE];
};

OutputSet *output_set_new(void) {
    OutputSet *set = mem_alloc(sizeof *set);
    if (set) set->last = &set->first;
    return set;
}

const char *output_set_error(const OutputSet *set) {
    return set->error;
}

/* Keeps the first fault, which the others tend to follow from. Control characters of the path
 * do not reach the terminal. */
static void set_fault(OutputSet *set, const char *path, const char *reason) {
    if (set->error[0]) return;
    snprintf(set->error, sizeof set->error, "`%.300s` %s", path, reason);
    for (char *c = set->error; *c; c++)
        if ((unsigned char)*c < 0x20 || *c == 0x7F) *c = '?';
}

static const char *reason_of(int error_number) {
    switch (error_number) {
    case EACCES:
    case EPERM: return "cannot be written: permission is refused";
    case EROFS: return "cannot be written: the disc is read-only";
    case ENOSPC:
    case EDQUOT: return "cannot be written: the disc is full";
    case EFBIG: return "cannot be written: the file grew too large";
    case ENOENT:
    case ENOTDIR: return "cannot be written: its folder is not there";
    case ENAMETOOLONG: return "cannot be written: its path is too long";
    case EISDIR: return "is a folder and cannot be replaced by a file";
    case EIO: return "cannot be written: the disc reports a fault";
    default: return "cannot be written";
    }
}

static ScpStatus fault_by_number(Output *output, int error_number) {
    output->failed = true;
    set_fault(output->set, output->path, reason_of(error_number));
    return SCP_DATA;
}

static void output_release(Output *output) {
    if (output->descriptor >= 0) close(output->descriptor);
    if (output->temporary_exists) unlinkat(output->folder, output->temporary, 0);
    if (output->folder >= 0) close(output->folder);
    mem_free(output);
}

void output_abandon(OutputSet *set) {
    for (Output *output = set->first; output; output = output->next) {
        if (!output->temporary_exists) continue;
        unlinkat(output->folder, output->temporary, 0);
        output->temporary_exists = false;
        output->failed = true;
    }
}

void output_set_free(OutputSet *set) {
    if (!set) return;
    for (Output *output = set->first; output;) {
        Output *next = output->next;
        output_release(output);
        output = next;
    }
    mem_free(set);
}

/* The place to write to: `path`, or where it leads if it is a link, so that the link stays.
 * False with errno set where that is nowhere. */
static bool find_target(const char *path, char target[PATH_SIZE]) {
    struct stat about;
    if (strlen(path) >= PATH_SIZE) {
        errno = ENAMETOOLONG;
        return false;
    }
    if (!lstat(path, &about) && S_ISLNK(about.st_mode)) return realpath(path, target) != NULL;
    memcpy(target, path, strlen(path) + 1);
    return true;
}

/* Splits off the last component and opens the folder it lies in. */
static bool open_folder(Output *output, char *target) {
    char *slash = strrchr(target, '/');
    const char *name = slash ? slash + 1 : target;
    if (!*name) errno = EISDIR;
    if (strlen(name) >= NAME_SIZE) errno = ENAMETOOLONG;
    if (!*name || strlen(name) >= NAME_SIZE) return false;
    memcpy(output->name, name, strlen(name) + 1);
    if (slash == target) slash++; /* the root keeps its slash */
    if (slash) *slash = '\0';
    output->folder = open(slash ? target : ".", O_RDONLY | O_CLOEXEC | O_DIRECTORY);
    return output->folder >= 0;
}

/* A name that no other writer has: O_EXCL sees to that, also where a killed one left its own. */
static bool create_temporary(Output *output, mode_t mode) {
    for (int tries = 0; tries < MOST_NAMES; tries++) {
        snprintf(output->temporary, sizeof output->temporary, ".scp-%ld-%u.tmp", (long)getpid(),
                 output->set->names++);
        output->descriptor = openat(output->folder, output->temporary,
                                    O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
        output->temporary_exists = output->descriptor >= 0;
        if (output->temporary_exists || errno != EEXIST) break;
    }
    return output->temporary_exists;
}

/* What is there now must be a file that may be replaced. A replaced file keeps its
 * permissions unless they are to be narrower. */
static bool prepare(Output *output, OutputMode mode) {
    struct stat about;
    bool exists = !fstatat(output->folder, output->name, &about, AT_SYMLINK_NOFOLLOW);
    if (exists && S_ISDIR(about.st_mode)) {
        errno = EISDIR;
        return false;
    }
    if (exists && !S_ISREG(about.st_mode)) {
        set_fault(output->set, output->path, "is not a regular file and cannot be replaced");
        return false;
    }
    if (!create_temporary(output, mode == OUTPUT_PRIVATE ? 0600 : 0666)) return false;
    bool keep = exists && mode == OUTPUT_SHARED;
    return !keep || !fchmod(output->descriptor, about.st_mode & 0777);
}

Output *output_add(OutputSet *set, const char *path, OutputMode mode) {
    char target[PATH_SIZE];
    Output *output = mem_alloc(sizeof *output);
    if (!output) {
        set_fault(set, path, "cannot be written: there is not enough memory");
        return NULL;
    }
    output->set = set;
    output->folder = output->descriptor = -1;
    snprintf(output->path, sizeof output->path, "%s", path);
    bool ready = find_target(path, target) && open_folder(output, target) && prepare(output, mode);
    if (!ready) {
        set_fault(set, path, reason_of(errno));
        output_release(output);
        return NULL;
    }
    *set->last = output;
    set->last = &output->next;
    return output;
}

ScpStatus output_write(Output *output, Slice bytes) {
    while (!output->failed && bytes.length) {
        ssize_t written = write(output->descriptor, bytes.data, bytes.length);
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return fault_by_number(output, errno);
        bytes = slice_sub(bytes, (size_t)written, bytes.length);
    }
    return output->failed ? SCP_DATA : SCP_OK;
}

/* Flushes and closes; the name is still the temporary one. */
static ScpStatus settle(Output *output) {
    if (output->failed) return SCP_DATA;
    if (fsync(output->descriptor)) return fault_by_number(output, errno);
    int failed = close(output->descriptor);
    output->descriptor = -1;
    return failed ? fault_by_number(output, errno) : SCP_OK;
}

static ScpStatus rename_to_target(Output *output) {
    if (renameat(output->folder, output->temporary, output->folder, output->name))
        return fault_by_number(output, errno);
    output->temporary_exists = false;
    return SCP_OK;
}

/* Some file systems cannot flush a folder and say EINVAL; the others must succeed. */
static ScpStatus flush_folder(Output *output) {
    if (fsync(output->folder) && errno != EINVAL && errno != ENOTSUP)
        return fault_by_number(output, errno);
    return SCP_OK;
}

static ScpStatus for_each(OutputSet *set, ScpStatus (*act)(Output *)) {
    for (Output *output = set->first; output; output = output->next) {
        ScpStatus status = act(output);
        if (status != SCP_OK) return status;
    }
    return SCP_OK;
}

ScpStatus output_commit(OutputSet *set) {
    bool sound = !set->error[0] && !set->committed;
    set->committed = true;
    ScpStatus status = sound ? for_each(set, settle) : SCP_DATA;
    if (status == SCP_OK) status = for_each(set, rename_to_target);
    if (status == SCP_OK) status = for_each(set, flush_folder);
    if (status != SCP_OK) output_abandon(set);
    return status;
}

ScpStatus output_write_file(const char *path, OutputMode mode, Slice text, char message[512]) {
    OutputSet *set = output_set_new();
    if (!set) {
        snprintf(message, 512, "there is not enough memory");
        return SCP_DATA;
    }
    Output *output = output_add(set, path, mode);
    ScpStatus status = output ? output_write(output, text) : SCP_DATA;
    if (status == SCP_OK) status = output_commit(set);
    snprintf(message, 512, "%s", set->error);
    output_set_free(set);
    return status;
}
