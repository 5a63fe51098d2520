/* SHA-256 with the SHA instructions of x86 processors: five times the speed of the portable
 * way, which is what fingerprints of large data files need. Found at run time; on any other
 * processor or compiler this file offers nothing. */
#include "runtime/base/sha256.h"

#if defined(__x86_64__) && defined(__GNUC__)

#include <cpuid.h>
#include <immintrin.h>

#define WITH_SHA __attribute__((target("sha,sse4.1")))

/* The 64 words of section 6.2.2, step 1, four by four: the first sixteen are the block. */
WITH_SHA static void spread(const unsigned char *block, __m128i w[16]) {
    const __m128i swap = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
    for (int i = 0; i < 4; i++)
        w[i] = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)(block + 16 * i)), swap);
    for (int i = 4; i < 16; i++) {
        __m128i older = _mm_sha256msg1_epu32(w[i - 4], w[i - 3]);
        __m128i seventh = _mm_alignr_epi8(w[i - 1], w[i - 2], 4);
        w[i] = _mm_sha256msg2_epu32(_mm_add_epi32(older, seventh), w[i - 1]);
    }
}

/* The instructions hold the state as the words a b e f and c d g h, highest first. */
WITH_SHA static void compress(uint32_t state[8], const unsigned char *blocks, size_t count) {
    __m128i abef = _mm_set_epi32((int)state[0], (int)state[1], (int)state[4], (int)state[5]);
    __m128i cdgh = _mm_set_epi32((int)state[2], (int)state[3], (int)state[6], (int)state[7]);
    for (; count; count--, blocks += SHA256_BLOCK) {
        const __m128i abef_before = abef, cdgh_before = cdgh;
        __m128i w[16];
        spread(blocks, w);
        for (int i = 0; i < 16; i++) {
            const uint32_t *constants = sha256_round_constants + 4 * i;
            __m128i four = _mm_add_epi32(w[i], _mm_loadu_si128((const __m128i *)constants));
            cdgh = _mm_sha256rnds2_epu32(cdgh, abef, four);
            abef = _mm_sha256rnds2_epu32(abef, cdgh, _mm_shuffle_epi32(four, 0x0E));
        }
        abef = _mm_add_epi32(abef, abef_before);
        cdgh = _mm_add_epi32(cdgh, cdgh_before);
    }
    uint32_t high[4], low[4];
    _mm_storeu_si128((__m128i *)high, abef);
    _mm_storeu_si128((__m128i *)low, cdgh);
    state[0] = high[3], state[1] = high[2], state[4] = high[1], state[5] = high[0];
    state[2] = low[3], state[3] = low[2], state[6] = low[1], state[7] = low[0];
}

/* Intel SDM, CPUID: leaf 1 ECX bits 9 (SSSE3) and 19 (SSE4.1), leaf 7 EBX bit 29 (SHA). */
Sha256Compress *sha256_compress_fast(void) {
    unsigned eax, ebx, ecx, edx;
    if (!__get_cpuid(1, &eax, &ebx, &ecx, &edx) || !(ecx >> 9 & ecx >> 19 & 1)) return NULL;
    if (!__get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx) || !(ebx >> 29 & 1)) return NULL;
    return compress;
}

#else

Sha256Compress *sha256_compress_fast(void) {
    return NULL;
}

#endif
