/* SHA-256, plainly after FIPS 180-4, sections 4 to 6. */
#include "runtime/base/sha256.h"

#include <string.h>

const uint32_t sha256_round_constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static uint32_t rotate_right(uint32_t x, int by) {
    return x >> by | x << (32 - by);
}

static void spread(const unsigned char block[SHA256_BLOCK], uint32_t w[64]) {
    for (int t = 0; t < 16; t++)
        w[t] = (uint32_t)block[4 * t] << 24 | (uint32_t)block[4 * t + 1] << 16 |
               (uint32_t)block[4 * t + 2] << 8 | block[4 * t + 3];
    for (int t = 16; t < 64; t++) {
        uint32_t s0 = rotate_right(w[t - 15], 7) ^ rotate_right(w[t - 15], 18) ^ w[t - 15] >> 3;
        uint32_t s1 = rotate_right(w[t - 2], 17) ^ rotate_right(w[t - 2], 19) ^ w[t - 2] >> 10;
        w[t] = w[t - 16] + s0 + w[t - 7] + s1;
    }
}

/* Section 6.2.2. */
static void compress(uint32_t state[8], const unsigned char block[SHA256_BLOCK]) {
    uint32_t w[64];
    uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
    uint32_t e = state[4], f = state[5], g = state[6], h = state[7];
    spread(block, w);
    for (int t = 0; t < 64; t++) {
        uint32_t sum1 = rotate_right(e, 6) ^ rotate_right(e, 11) ^ rotate_right(e, 25);
        uint32_t sum0 = rotate_right(a, 2) ^ rotate_right(a, 13) ^ rotate_right(a, 22);
        uint32_t t1 = h + sum1 + ((e & f) ^ (~e & g)) + sha256_round_constants[t] + w[t];
        uint32_t t2 = sum0 + ((a & b) ^ (a & c) ^ (b & c));
        h = g, g = f, f = e, e = d + t1;
        d = c, c = b, b = a, a = t1 + t2;
    }
    state[0] += a, state[1] += b, state[2] += c, state[3] += d;
    state[4] += e, state[5] += f, state[6] += g, state[7] += h;
}

void sha256_compress_portable(uint32_t state[8], const unsigned char *blocks, size_t count) {
    for (; count; count--, blocks += SHA256_BLOCK) compress(state, blocks);
}

void sha256_init(Sha256 *sha) {
    Sha256Compress *fast = sha256_compress_fast();
    *sha = (Sha256){.compress = fast ? fast : sha256_compress_portable,
                    .state = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f,
                              0x9b05688c, 0x1f83d9ab, 0x5be0cd19}};
}

/* Fills up the block begun, works through whole blocks in place, and keeps the rest. */
void sha256_add(Sha256 *sha, Slice bytes) {
    while (bytes.length) {
        size_t filled = sha->length % SHA256_BLOCK;
        size_t taken = SHA256_BLOCK - filled;
        if (!filled && bytes.length >= SHA256_BLOCK) {
            taken = bytes.length - bytes.length % SHA256_BLOCK;
            sha->compress(sha->state, (const unsigned char *)bytes.data, taken / SHA256_BLOCK);
        } else {
            if (taken > bytes.length) taken = bytes.length;
            memcpy(sha->block + filled, bytes.data, taken);
            if (filled + taken == SHA256_BLOCK) sha->compress(sha->state, sha->block, 1);
        }
        sha->length += taken;
        bytes = slice_sub(bytes, taken, bytes.length);
    }
}

Sha256Digest sha256_finish(Sha256 *sha) {
    static const char padding[SHA256_BLOCK] = {(char)0x80};
    uint64_t bits = sha->length * 8;
    size_t filled = sha->length % SHA256_BLOCK;
    sha256_add(sha, (Slice){padding, (filled < 56 ? 56 : 120) - filled});
    char length[8];
    for (int i = 0; i < 8; i++) length[i] = (char)(bits >> (56 - 8 * i));
    sha256_add(sha, (Slice){length, sizeof length});
    Sha256Digest digest;
    for (int i = 0; i < SHA256_SIZE; i++)
        digest.bytes[i] = (unsigned char)(sha->state[i / 4] >> (24 - 8 * (i % 4)));
    return digest;
}

Sha256Digest sha256_of(Slice bytes) {
    Sha256 sha;
    sha256_init(&sha);
    sha256_add(&sha, bytes);
    return sha256_finish(&sha);
}

bool sha256_equal(Sha256Digest a, Sha256Digest b) {
    return !memcmp(a.bytes, b.bytes, SHA256_SIZE);
}

void sha256_hex(Sha256Digest digest, char hex[SHA256_HEX_SIZE]) {
    for (int i = 0; i < SHA256_SIZE; i++) {
        hex[2 * i] = "0123456789abcdef"[digest.bytes[i] >> 4];
        hex[2 * i + 1] = "0123456789abcdef"[digest.bytes[i] & 15];
    }
    hex[2 * SHA256_SIZE] = '\0';
}

static int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool sha256_parse_hex(Slice hex, Sha256Digest *digest) {
    if (hex.length != 2 * SHA256_SIZE) return false;
    Sha256Digest read;
    for (int i = 0; i < SHA256_SIZE; i++) {
        int high = hex_digit(hex.data[2 * i]), low = hex_digit(hex.data[2 * i + 1]);
        if (high < 0 || low < 0) return false;
        read.bytes[i] = (unsigned char)(high << 4 | low);
    }
    *digest = read;
    return true;
}
