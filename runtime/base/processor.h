/* What the processor at hand can do beyond what every one of its kind can. Asked anew each time;
 * nothing is kept. */
#ifndef RUNTIME_BASE_PROCESSOR_H
#define RUNTIME_BASE_PROCESSOR_H

#include <stdbool.h>

typedef enum { PROCESSOR_ANY, PROCESSOR_AVX2, PROCESSOR_AVX512, PROCESSOR_LEVELS } ProcessorLevel;

/* AVX2 comes with BMI2 and POPCNT; AVX-512 with all of that, BW, DQ, VL, VBMI, VBMI2 and
 * GFNI.
 *
 * So that tests can run each way there is on one machine, the variable SCP_PROCESSOR of the
 * environment may say `portable` or `avx2`: then nothing above that is said to be there. Results
 * are the same bits whatever it says, so it gives nobody any power. */
bool processor_has(ProcessorLevel level);

#endif
