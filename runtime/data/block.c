/* The loops for any processor, and the choice of the best that the one at hand can run. */
#include "runtime/data/block.h"

#include <string.h>
#ifdef __SSE2__
#include <immintrin.h>
#endif

#include "runtime/base/date.h"
#include "runtime/data/block_levels.h"
#include "runtime/data/field_fault.h"

#include "runtime/data/block.inc"

static const BlockKernels kernels_anywhere = BLOCK_KERNELS("portable");

const BlockKernels *block_kernels_at(ProcessorLevel level) {
    if (!processor_has(level)) return NULL;
    switch (level) {
    case PROCESSOR_ANY: return &kernels_anywhere;
#if defined(__x86_64__) && defined(__GNUC__)
    case PROCESSOR_AVX2: return &block_kernels_avx2;
    case PROCESSOR_AVX512: return &block_kernels_avx512;
#endif
    default: return NULL;
    }
}

const BlockKernels *block_kernels_best(void) {
    for (int level = PROCESSOR_LEVELS; level-- > PROCESSOR_ANY;)
        if (block_kernels_at((ProcessorLevel)level)) return block_kernels_at((ProcessorLevel)level);
    return &kernels_anywhere;
}
