/* The loops over rows for any processor, and the choice of the best that the one at hand can
 * run. The choice is made anew each time it is asked for; nothing is kept. */
#include "runtime/strata/kernels.h"

#include <assert.h>
#include <float.h>
#include <math.h>
#include <string.h>

#include "runtime/base/processor.h"
#include "runtime/data/bits.h"
#include "runtime/strata/calendar.h"
#include "runtime/strata/levels.h"
#include "runtime/strata/ranking.h"

#include "runtime/strata/steps.inc"

#include "runtime/strata/masks.inc"

#include "runtime/strata/rows.inc"

static const Kernels kernels_portable = KERNELS("portable");

#if defined(__x86_64__)

const Kernels *kernels_at(KernelLevel level) {
    switch (level) {
    case LEVEL_PORTABLE: return &kernels_portable;
    case LEVEL_AVX2: return processor_has(PROCESSOR_AVX2) ? &kernels_avx2 : NULL;
    case LEVEL_AVX512: return processor_has(PROCESSOR_AVX512) ? &kernels_avx512 : NULL;
    case LEVEL_COUNT: break;
    }
    return NULL;
}

#else

const Kernels *kernels_at(KernelLevel level) {
    return level == LEVEL_PORTABLE ? &kernels_portable : NULL;
}

#endif

const Kernels *kernels_best(void) {
    for (int level = LEVEL_COUNT; level-- > LEVEL_PORTABLE;)
        if (kernels_at((KernelLevel)level)) return kernels_at((KernelLevel)level);
    return &kernels_portable;
}
