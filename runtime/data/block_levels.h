/* The tables of loops, one a kind of processor: for block.c, which chooses. */
#ifndef RUNTIME_DATA_BLOCK_LEVELS_H
#define RUNTIME_DATA_BLOCK_LEVELS_H

#include "runtime/data/block.h"

#if defined(__x86_64__) && defined(__GNUC__)
extern const BlockKernels block_kernels_avx2, block_kernels_avx512;
#endif

#endif
