/* What the command line names, read: a plan's text or a compiled plan, from a file or from
 * standard input. Says what cannot be read. */
#ifndef COMPILER_DRIVER_INPUT_H
#define COMPILER_DRIVER_INPUT_H

#include "compiler/driver/driver.h"
#include "compiler/lower/compile.h"

typedef struct {
    Slice path; /* as messages show it: "-" for standard input */
    Slice text;
    bool is_module; /* by its name or its first bytes */
    Slice root;     /* the folder it lies in, or --root */
} Input;

/* SCP_USAGE where there is no such file, SCP_DATA where it cannot be read, SCP_LIMIT where it
 * is too large; the message is made. */
ScpStatus input_read(Driver *driver, const char *path, bool running, Input *input);

/* The options of compilation for it: limits, --as-of, --data. */
CompileOptions input_compile_options(Driver *driver, const Input *input, bool running);

#endif
