/* SHA-256 (FIPS 180-4): the fingerprints of the manifest and of modules. For integrity and
 * identity only; it keeps no secrets. */
#ifndef RUNTIME_BASE_SHA256_H
#define RUNTIME_BASE_SHA256_H

#include "runtime/base/slice.h"

enum { SHA256_SIZE = 32, SHA256_HEX_SIZE = 65, SHA256_BLOCK = 64 };

/* Works `count` whole blocks into the state. */
typedef void Sha256Compress(uint32_t state[8], const unsigned char *blocks, size_t count);

typedef struct {
    Sha256Compress *compress;
    uint32_t state[8];
    uint64_t length; /* bytes taken so far */
    unsigned char block[SHA256_BLOCK];
} Sha256;

typedef struct {
    unsigned char bytes[SHA256_SIZE];
} Sha256Digest;

void sha256_init(Sha256 *sha);
void sha256_add(Sha256 *sha, Slice bytes);
Sha256Digest sha256_finish(Sha256 *sha);

Sha256Digest sha256_of(Slice bytes);
bool sha256_equal(Sha256Digest a, Sha256Digest b);

/* 64 lower-case hexadecimal digits and a NUL; and back, from exactly 64 of either case. */
void sha256_hex(Sha256Digest digest, char hex[SHA256_HEX_SIZE]);
bool sha256_parse_hex(Slice hex, Sha256Digest *digest);

/* The two ways of doing it: everywhere, and with the processor's own instructions where it has
 * them (NULL elsewhere). sha256_init chooses. */
Sha256Compress sha256_compress_portable;
Sha256Compress *sha256_compress_fast(void);
extern const uint32_t sha256_round_constants[64];

#endif
