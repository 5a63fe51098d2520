/* The loops over records and fields for processors with AVX-512. Run only where block.c has found
 * the processor to be one. */
#if defined(__x86_64__) && defined(__GNUC__)

#include <immintrin.h>
#include <string.h>

#include "runtime/base/date.h"
#include "runtime/data/block_levels.h"
#include "runtime/data/field_fault.h"

#ifdef __clang__
#pragma clang attribute push(__attribute__((target("avx2,bmi,bmi2,popcnt,avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi,avx512vbmi2"))), apply_to = function)
#else
#pragma GCC target("avx2,bmi,bmi2,popcnt,avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi,avx512vbmi2")
#endif

#define BLOCK_AVX512
#include "runtime/data/block.inc"

#ifdef __clang__
#pragma clang attribute pop
#endif

const BlockKernels block_kernels_avx512 = BLOCK_KERNELS("AVX-512");

#else

typedef int BlockAVX512NotHere; /* a file may not be empty */

#endif
