/* The loops over rows for processors with AVX-512 (and its byte permutations). Run only where kernels.c has found
 * the processor to be one. */
#if defined(__x86_64__)

#include <assert.h>
#include <float.h>
#include <immintrin.h>
#include <math.h>
#include <string.h>

#include "runtime/data/bits.h"
#include "runtime/strata/calendar.h"
#include "runtime/strata/levels.h"
#include "runtime/strata/ranking.h"

#ifdef __clang__
#pragma clang attribute push(__attribute__((target("avx2,bmi,bmi2,lzcnt,popcnt,avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi,avx512vbmi2,gfni"))), apply_to = function)
#else
#pragma GCC target("avx2,bmi,bmi2,lzcnt,popcnt,avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi,avx512vbmi2,gfni")
#endif

#define KERNELS_VECTORS
#define KERNELS_AVX512
#include "runtime/strata/steps.inc"

#include "runtime/strata/masks.inc"

#include "runtime/strata/rows.inc"

#ifdef __clang__
#pragma clang attribute pop
#endif

const Kernels kernels_avx512 = KERNELS("AVX-512");

#else

typedef int KernelsAvx512NotHere; /* a file may not be empty */

#endif
