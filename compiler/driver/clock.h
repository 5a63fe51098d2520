/* The limit on processor time. */
#ifndef COMPILER_DRIVER_CLOCK_H
#define COMPILER_DRIVER_CLOCK_H

#include <stdint.h>

/* Ends the program with SCP_LIMIT and a message after so many seconds of processor time; 0 is
 * no limit. */
void clock_limit(int64_t seconds);

#endif
