/* Any bytes are parsed without a fault, and the tree stands up to being walked. With libFuzzer
 * (preset fuzz), or compiled with -DFUZZ_STANDALONE to run the files that are named. */
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include "compiler/syntax/parse.h"

enum { MEMORY = 256 << 20 };

static void parse_bytes(Arena *arena, const uint8_t *data, size_t size) {
    Slice text = {(const char *)data, size};
    SourceMap sources;
    DiagBag diags;
    source_map_init(&sources, arena);
    diag_bag_init(&diags, arena);
    ParseContext context = {
        .arena = arena, .interner = interner_new(arena, 1), .sources = &sources, .diags = &diags};
    File *file = parse_file(&context, source_map_add(&sources, SLICE("fuzz.scp"), text, false));
    tree_dump(arena, context.interner, file);
    diag_bag_sort(&diags);
    parse_expression(&context, source_map_add(&sources, SLICE("fuzz"), text, false));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    Boundary boundary;
    Arena arena;
    arena_init(&arena, &boundary, MEMORY);
    if (setjmp(boundary.at) == 0)
        parse_bytes(&arena, data, size);
    else if (boundary.status != SCP_LIMIT)
        abort();
    arena_free(&arena);
    return 0;
}

#ifdef FUZZ_STANDALONE
#include <stdio.h>

static int run_file(const char *path) {
    FILE *in = fopen(path, "rb");
    if (!in) {
        perror(path);
        return 1;
    }
    char *bytes = malloc(MEMORY / 16);
    size_t size = bytes ? fread(bytes, 1, MEMORY / 16, in) : 0;
    fclose(in);
    LLVMFuzzerTestOneInput((const uint8_t *)bytes, size);
    free(bytes);
    return 0;
}

int main(int argc, char **argv) {
    int failed = 0;
    for (int i = 1; i < argc; i++) failed |= run_file(argv[i]);
    return failed;
}
#endif
