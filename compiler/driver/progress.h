/* The line of progress on a terminal: what is being done, the share of it that is done, and the
 * seconds since the command began; from the first second on, four times a second. Work only counts
 * (runtime/base/progress.h); a timer reads and shows. */
#ifndef COMPILER_DRIVER_PROGRESS_H
#define COMPILER_DRIVER_PROGRESS_H

#include "compiler/driver/clock.h"
#include "runtime/base/progress.h"

typedef struct {
    bool open; /* there is a terminal that wants it */
    int terminal;
    unsigned width;   /* of the terminal, in characters */
    double begun;     /* on the clock */
    atomic_bool stands; /* a line stands there */
    Progress progress;
    ClockTick clock;
} ProgressLine;

/* Must live where it is until progress_line_close. */
void progress_line_open(ProgressLine *line, int terminal);

/* Takes the line away and shows none until something else is begun. */
void progress_line_clear(ProgressLine *line);
void progress_line_close(ProgressLine *line);

#endif
