/* The tables of loops, one a kind of processor: for kernels.c, which chooses. */
#ifndef RUNTIME_STRATA_LEVELS_H
#define RUNTIME_STRATA_LEVELS_H

#include "runtime/strata/kernels.h"

#if defined(__x86_64__)
extern const Kernels kernels_avx2, kernels_avx512;
#endif

#endif
