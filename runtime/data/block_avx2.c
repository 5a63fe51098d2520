/* The loops over records and fields for processors with AVX2. Run only where block.c has found the
 * processor to be one. */
#if defined(__x86_64__) && defined(__GNUC__)

#include <immintrin.h>
#include <string.h>

#include "runtime/base/date.h"
#include "runtime/data/block_levels.h"
#include "runtime/data/field_fault.h"

#ifdef __clang__
#pragma clang attribute push(__attribute__((target("avx2,bmi,bmi2,popcnt"))), apply_to = function)
#else
#pragma GCC target("avx2,bmi,bmi2,popcnt")
#endif

#define BLOCK_AVX2
#include "runtime/data/block.inc"

#ifdef __clang__
#pragma clang attribute pop
#endif

const BlockKernels block_kernels_avx2 = BLOCK_KERNELS("AVX2");

#else

typedef int BlockAVX2NotHere; /* a file may not be empty */

#endif
