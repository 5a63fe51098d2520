/* Bytes as a module: whatever they are, loading them refuses them by name or gives a module
 * that verifies, saves to bytes that read back alike, lists as text and runs within its limits.
 * With libFuzzer this is a target; with -DFUZZ_STANDALONE a program of its own that makes
 * mutants of the fixture (cut, flipped, random, spliced), half of them with their checksum set
 * right so that they reach the verifier:
 *   fuzz_module [MUTANTS [SEED]]   or   fuzz_module FILE… */
#include <assert.h>
#include <string.h>

#include "runtime/bytecode/codec.h"
#include "runtime/vm/vm.h"
#include "tests/fuzz/standalone.h"
#include "tests/unit/test_module_fixture.h"

enum { MEMORY = 256 << 20, STEPS = 2000000 };

/* What a loaded module must hold up to. */
static void use_module(const Module *module, Arena *arena) {
    VmOptions options = {.step_limit = STEPS};
    VmResult result;
    Module *again = NULL;
    Slice error = SLICE(""), bytes = module_save(module, arena);
    assert(!module_verify(module, arena).length);
    assert(module_load(arena, bytes, &again, &error) == SCP_OK);
    assert(slice_equal(bytes, module_save(again, arena)));
    assert(slice_equal(module_disassemble(module, arena), module_disassemble(again, arena)));
    ScpStatus status = vm_run(module, &options, arena, &result, &error);
    assert(status == SCP_OK || (status == SCP_LIMIT && error.length));
    if (status != SCP_OK) return;
    for (uint32_t i = 0; i < module->requirements.count; i++)
        vm_requirement(&result, i, module->as_of);
    for (uint32_t i = 0; i < module->outputs.count; i++)
        vm_cell_text(arena, module, &result.registers[module->outputs.items[i].reg], 0,
                     module->outputs.items[i].unit);
}

/* Whether the bytes were a module. */
static bool try_bytes(const uint8_t *data, size_t size, bool seal) {
    Boundary boundary;
    Arena arena;
    volatile bool loaded = false;
    arena_init(&arena, &boundary, MEMORY);
    if (!setjmp(boundary.at)) {
        Module *module = NULL;
        Slice error = SLICE(""), bytes = arena_copy(&arena, (Slice){(const char *)data, size});
        if (seal && size >= MODULE_HEADER_SIZE)
            write_u32((uint8_t *)bytes.data + MODULE_AT_CHECKSUM, module_checksum(bytes));
        loaded = module_load(&arena, bytes, &module, &error) == SCP_OK;
        assert(loaded == (module != NULL) && loaded == !error.length);
        if (loaded) use_module(module, &arena);
    }
    arena_free(&arena);
    return loaded;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    try_bytes(data, size, false);
    try_bytes(data, size, true);
    return 0;
}

#ifdef FUZZ_STANDALONE

static uint64_t next_random(uint64_t *state) {
    uint64_t x = *state += 0x9e3779b97f4a7c15u;
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    return x ^ x >> 31;
}

static size_t place(uint64_t *random, size_t size) { return size ? next_random(random) % size : 0; }

/* A few bytes changed to what tends to matter: ends of ranges, neighbours, anything. */
static void flip_bytes(uint8_t *bytes, size_t size, uint64_t *random) {
    static const uint8_t edges[] = {0, 1, 2, 0x7f, 0x80, 0x81, 0xfe, 0xff};
    for (uint64_t left = 1 + next_random(random) % 4; left && size; left--) {
        uint8_t *byte = &bytes[place(random, size)];
        switch (next_random(random) % 4) {
        case 0:
            *byte = edges[next_random(random) % sizeof edges];
            break;
        case 1:
            *byte ^= (uint8_t)(1u << next_random(random) % 8);
            break;
        case 2:
            *byte = (uint8_t)(*byte + (next_random(random) % 2 ? 1 : -1));
            break;
        default:
            *byte = (uint8_t)next_random(random);
        }
    }
}

/* One mutant of the seed in `bytes`; its size. */
static size_t mutate(const uint8_t *seed, size_t size, uint8_t *bytes, uint64_t *random) {
    memcpy(bytes, seed, size);
    switch (next_random(random) % 8) {
    case 0:
        return place(random, size);
    case 1:
        for (size_t i = MODULE_HEADER_SIZE; i < size; i++) bytes[i] = (uint8_t)next_random(random);
        return size;
    case 2: {
        size_t from = place(random, size), to = place(random, size);
        size_t most = size - (from > to ? from : to);
        memmove(bytes + to, bytes + from, place(random, most));
        return size;
    }
    default:
        flip_bytes(bytes, size, random);
        return size;
    }
}

static int fuzz(unsigned long mutants, uint64_t seed) {
    Boundary boundary;
    Arena arena;
    unsigned long loaded = 0;
    arena_init(&arena, &boundary, 0);
    Slice good = module_save(fixture_module(&arena), &arena);
    const uint8_t *bytes = (const uint8_t *)good.data;
    uint8_t *mutant = arena_alloc(&arena, good.length);
    assert(try_bytes(bytes, good.length, false));
    for (unsigned long i = 0; i < mutants; i++) {
        size_t size = mutate(bytes, good.length, mutant, &seed);
        loaded += try_bytes(mutant, size, i % 2);
    }
    printf("%lu mutants, %lu of them modules, nothing else\n", mutants, loaded);
    arena_free(&arena);
    return 0;
}

int main(int count, char **arguments) {
    return fuzz_mutants_or_files(count, arguments, 10000, fuzz);
}

#endif
