/* What a command is given: its options, memory that is freed after it, and where its results
 * and messages go. Commands return an exit status; what they write they write through here, so
 * that a lost result is never taken for a success. */
#ifndef COMPILER_DRIVER_DRIVER_H
#define COMPILER_DRIVER_DRIVER_H

#include "compiler/driver/options.h"
#include "compiler/driver/progress.h"
#include "compiler/review/render.h"
#include "runtime/run/evaluate.h"

typedef struct {
    Boundary boundary;
    Arena arena;           /* options, what is printed: lives as long as the command */
    Arena work;            /* plan, module and results: may be given back between two plans */
    Evaluation evaluation; /* freed after the command */
    Options options;
    int in, out, err; /* descriptors */
    bool colour;      /* of messages */
    bool result_colour;
    ProgressLine line;  /* open where standard error is a terminal that is read now */
    Buffer messages;    /* not yet written to err */
    double compiling;   /* seconds it took */
    Slice failure;      /* the sentence of the last driver_fail */
    ScpStatus findings; /* of a plan that was compiled: the command's status is at least that */
} Driver;

/* Runs the command line and returns the exit status. Closes none of the descriptors. */
ScpStatus driver_run(int argc, char *const *argv, int in, int out, int err);

/* Commands: a file each. */
#define COMMAND(constant, function, name, arguments, fewest, most, formats, summary, more, \
                examples)                                                                  \
    ScpStatus function(Driver *driver);
#include "compiler/driver/commands.def"
#undef COMMAND

/* ---- Messages, to standard error --------------------------------------------------------- */

/* `scpc: …`, a sentence about the command line or the world. Always returns `status`. */
ScpStatus driver_fail(Driver *driver, ScpStatus status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Writes what stands in `messages`. */
void driver_flush(Driver *driver);

/* What is being done, shown on a terminal only and where the command takes longer than a second;
 * the next one or any message takes its place. */
void driver_progress(Driver *driver, const char *what);

/* ---- Results, to standard output or --output --------------------------------------------- */

/* Writes a result. With --output: to that file, whole or not at all, private under --internal. */
ScpStatus driver_result(Driver *driver, Slice text);

/* The same of a large one, which is written while it is made. */
ScpStatus driver_result_parts(Driver *driver, const ReportParts *parts);

/* All of the text to the descriptor: 0, or the number of the error. */
int driver_write_all(int descriptor, Slice text);
/* Whether --output names a file: not given or `-` is standard output. */
bool driver_writes_file(const Driver *driver);

/* Refuses, with a message, an --output that is the file read. */
ScpStatus driver_guard_input(Driver *driver, const char *input);

/* A bound of the command line as a 32-bit number. */
uint32_t driver_limit(const Driver *driver, LimitId limit, bool running);

#endif
