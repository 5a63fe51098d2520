/* A fuzzer compiled without libFuzzer: runs LLVMFuzzerTestOneInput on the files that are named,
 * or makes inputs of its own where it can. */
#ifndef TESTS_FUZZ_STANDALONE_H
#define TESTS_FUZZ_STANDALONE_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum { FUZZ_FILE_MOST = 16 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static inline int fuzz_file(const char *path) {
    FILE *in = fopen(path, "rb");
    if (!in) {
        perror(path);
        return 1;
    }
    uint8_t *bytes = malloc(FUZZ_FILE_MOST);
    size_t size = bytes ? fread(bytes, 1, FUZZ_FILE_MOST, in) : 0;
    LLVMFuzzerTestOneInput(bytes, size);
    free(bytes);
    return fclose(in);
}

static inline int fuzz_files(int count, char *const *arguments) {
    int failed = 0;
    for (int i = 1; i < count; i++) failed |= fuzz_file(arguments[i]);
    return failed;
}

/* The first argument is a number of mutants (without any: `usual`), the second a seed; or all
 * are files. */
static inline int fuzz_mutants_or_files(int count, char *const *arguments, unsigned long usual,
                                        int (*fuzz)(unsigned long mutants, uint64_t seed)) {
    char *end = arguments[0];
    unsigned long mutants = count > 1 ? strtoul(arguments[1], &end, 10) : usual;
    if (*end && count > 1) return fuzz_files(count, arguments);
    return fuzz(mutants, count > 2 ? strtoull(arguments[2], NULL, 10) : 1);
}

#endif
