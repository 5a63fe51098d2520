/* Any bytes are parsed without a fault, and the tree stands up to being walked. With libFuzzer
 * (preset fuzz), or compiled with -DFUZZ_STANDALONE to run the files that are named. */
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include "compiler/syntax/parse.h"
#include "tests/fuzz/standalone.h"

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
int main(int count, char **arguments) {
    return fuzz_files(count, arguments);
}
#endif
