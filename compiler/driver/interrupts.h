/* What ends the program from outside: Ctrl-C, a closed terminal, a request to end, the limit on
 * time. While files are written they wait, so that temporaries go first; where a line of progress
 * stands it goes first too. What is ignored stays ignored; the status is that of the signal. */
#ifndef COMPILER_DRIVER_INTERRUPTS_H
#define COMPILER_DRIVER_INTERRUPTS_H

#include <signal.h>
#include <stdbool.h>

typedef struct {
    sigset_t held, before;
} Interrupts;

/* From here to interrupts_release they wait. */
void interrupts_hold(Interrupts *interrupts);
/* One of them waits: what is being done should be given up. */
bool interrupts_wait(const Interrupts *interrupts);
/* Ends the program if one of them waits. */
void interrupts_release(const Interrupts *interrupts);

/* From here on the line of the terminal at standard error is cleared before the program ends. */
void interrupts_clear_line(void);

#endif
