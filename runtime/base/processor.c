/* Asks the compiler's table of what the processor says of itself. */
#include "runtime/base/processor.h"

#include <stdlib.h>
#include <string.h>

#if defined(__x86_64__) && defined(__GNUC__)

static bool has_avx2(void) {
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") &&
           __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("popcnt");
}

static bool has_avx512(void) {
    return has_avx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
           __builtin_cpu_supports("avx512vbmi") && __builtin_cpu_supports("avx512vbmi2") &&
           __builtin_cpu_supports("gfni");
}

/* The most that is wanted. */
static ProcessorLevel highest_wanted(void) {
    const char *wanted = getenv("SCP_PROCESSOR");
    if (wanted && strcmp(wanted, "portable") == 0) return PROCESSOR_ANY;
    return wanted && strcmp(wanted, "avx2") == 0 ? PROCESSOR_AVX2 : PROCESSOR_AVX512;
}

bool processor_has(ProcessorLevel level) {
    if (level > highest_wanted()) return false;
    if (level == PROCESSOR_AVX2) return has_avx2();
    return level == PROCESSOR_AVX512 ? has_avx512() : level == PROCESSOR_ANY;
}

#else

bool processor_has(ProcessorLevel level) { return level == PROCESSOR_ANY; }

#endif
