/* What a command works on: a verified module, from a plan compiled now or compiled before. The
 * mistakes of a plan are said here; a plan with mistakes is no subject. */
#ifndef COMPILER_DRIVER_SUBJECT_H
#define COMPILER_DRIVER_SUBJECT_H

#include "compiler/driver/input.h"

typedef struct {
    Input input;
    Module *module;           /* never NULL */
    const SourceMap *sources; /* NULL where it was compiled before */
    int32_t as_of;            /* of the module, or --as-of */
    const bool *asked;        /* registers of whose making notes are said; NULL: of all */
} Subject;

/* `eval`: an expression that becomes the module's last output; NULL: none. With one, what keeps it
 * from being evaluated is said, and nothing else of the plan. SCP_OK, or the status with which the
 * command ends, its messages made. */
ScpStatus subject_open(Driver *driver, const char *path, const char *eval, Subject *subject);

/* What the command shows under which protection: the runner's, or the plan's where it is
 * stricter. SCP_USAGE or SCP_DISCLOSURE, with a message, where there is no such yet. */
ScpStatus subject_policy(Driver *driver, const Subject *subject, Policy *policy);

#endif
