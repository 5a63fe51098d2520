/* Text as a plan: whatever it is, checking it ends within its limits, every message can be
 * shown, and what compiles is a module that saves, loads and says the same. With libFuzzer this
 * is a target; with -DFUZZ_STANDALONE a program of its own that makes mutants (lines and words
 * cut, doubled, swapped and spliced, bytes flipped) of the plan of `scpc new`, the standard
 * library and the examples of `scpc explain`:
 *   fuzz_check [MUTANTS [SEED]]   or   fuzz_check FILE… */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compiler/driver/template.h"
#include "compiler/review/check.h"
#include "compiler/review/explain.h"
#include "compiler/review/render.h"
#include "tests/fuzz/standalone.h"

enum { MEMORY = 256 << 20, STEPS = 200000, LONGEST = 1 << 16 };

static void show_messages(const CheckResult *result, Arena *arena) {
    Buffer out;
    JsonWriter json;
    DiagTally tally = {0};
    const CompileResult *compile = &result->compile;
    buffer_init(&out, arena);
    render_json_begin(&json, &out);
    for (uint32_t i = 0; i < compile->diags.items.count; i++) {
        const Diag *diag = compile->diags.items.items[i];
        assert(diag->message.length);
        diag_tally_add(&tally, diag);
        render_json(&compile->sources, diag, &json);
    }
    render_json_end(&json, &tally);
    JsonValue *value;
    JsonError error;
    assert(json_parse(arena, buffer_slice(&out), &value, &error));
    for (uint32_t i = 0; i < compile->diags.items.count; i++)
        render_human(&compile->sources, compile->diags.items.items[i], true, &out);
}

static void use_module(const Module *module, Arena *arena) {
    Module *again;
    Slice error = SLICE(""), bytes = module_save(module, arena);
    assert(module_load(arena, bytes, &again, &error) == SCP_OK);
    assert(slice_equal(bytes, module_save(again, arena)));
}

/* Whether the text compiled. No file is there for it to use. */
static bool try_text(Slice text) {
    Boundary boundary;
    Arena arena;
    volatile bool compiled = false;
    arena_init(&arena, &boundary, MEMORY);
    if (!setjmp(boundary.at)) {
        CheckOptions options = {
            .compile = {.path = SLICE("plan.scp"), .text = text, .root = SLICE("/nowhere")},
            .step_limit = STEPS};
        CheckResult *result = ARENA_NEW(&arena, CheckResult);
        check_plan(&options, &arena, result);
        show_messages(result, &arena);
        compiled = result->compile.module != NULL;
        assert(compiled || diag_bag_count(&result->compile.diags, SEVERITY_ERROR));
        if (compiled) use_module(result->compile.module, &arena);
    } else {
        assert(boundary.status == SCP_LIMIT);
    }
    arena_free(&arena);
    return compiled;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    try_text((Slice){(const char *)data, size});
    return 0;
}

#ifdef FUZZ_STANDALONE

static uint64_t next_random(uint64_t *state) {
    uint64_t x = *state += 0x9e3779b97f4a7c15u;
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    return x ^ x >> 31;
}

static size_t below(uint64_t *random, size_t count) {
    return count ? next_random(random) % count : 0;
}

/* ---- Seeds ------------------------------------------------------------------------------- */

static bool is_plan(const EmbeddedFile *file) {
    return strstr(file->name, ".scp") != NULL;
}

/* A text to begin with: mostly the plan of `scpc new`, which compiles. */
static Slice seed_text(uint64_t *random) {
    const EmbeddedFile *file = &scp_template_files[0];
    for (size_t i = 0; i < scp_template_count; i++)
        if (is_plan(&scp_template_files[i])) file = &scp_template_files[i];
    if (below(random, 4) == 0) file = &scp_stdlib_files[below(random, scp_stdlib_count)];
    return (Slice){file->text, file->length};
}

/* A piece to splice in: lines of an example or of the library. */
static Slice seed_piece(uint64_t *random) {
    Slice info, text;
    const EmbeddedFile *page = &scp_page_files[below(random, scp_page_count)];
    const char *heading = below(random, 2) ? "Wrong" : "Mended";
    Slice whole = {page->text, page->length};
    if (explain_block(whole, slice_of(heading), 0, &info, &text)) return text;
    return seed_text(random);
}

/* ---- Mutants ----------------------------------------------------------------------------- */

static bool is_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/* A stretch of whole lines, or a word or a run of other characters. */
static Slice stretch(Slice text, uint64_t *random) {
    size_t at = below(random, text.length), end = at;
    if (!text.length) return text;
    if (below(random, 2)) {
        while (at > 0 && text.data[at - 1] != '\n') at--;
        for (size_t lines = 1 + below(random, 6); lines && end < text.length; end++)
            if (text.data[end] == '\n') lines--;
        return slice_sub(text, at, end);
    }
    bool word = is_word(text.data[at]);
    while (at > 0 && is_word(text.data[at - 1]) == word) at--;
    while (end < text.length && is_word(text.data[end]) == word) end++;
    return slice_sub(text, at, end);
}

typedef struct {
    char *data;
    size_t length;
} Mutant;

static void add(Mutant *mutant, Slice text) {
    size_t room = LONGEST - mutant->length;
    if (text.length > room) text.length = room;
    if (text.length) memcpy(mutant->data + mutant->length, text.data, text.length);
    mutant->length += text.length;
}

/* Replaces a stretch of `text` with nothing, itself twice, another of its own, or another's. */
static void replace_stretch(Slice text, Mutant *mutant, uint64_t *random) {
    Slice out = stretch(text, random), in = {0};
    switch (below(random, 4)) {
    case 0: break;
    case 1:
        add(mutant, slice_sub(text, 0, (size_t)(out.data + out.length - text.data)));
        add(mutant, slice_sub(text, (size_t)(out.data - text.data), text.length));
        return;
    case 2: in = stretch(text, random); break;
    default: in = stretch(seed_piece(random), random);
    }
    add(mutant, slice_sub(text, 0, (size_t)(out.data - text.data)));
    add(mutant, in);
    add(mutant, slice_sub(text, (size_t)(out.data + out.length - text.data), text.length));
}

static void flip_byte(Mutant *mutant, uint64_t *random) {
    static const char edges[] = "(){}[]\"#,.:=<>*/^+-\n\r\t\\\0£%09\x80\xff";
    if (!mutant->length) return;
    mutant->data[below(random, mutant->length)] = edges[below(random, sizeof edges)];
}

static Slice make_mutant(Mutant *now, Mutant *next, uint64_t *random) {
    now->length = 0;
    add(now, seed_text(random));
    if (below(random, 4) == 0) add(now, seed_piece(random));
    for (size_t rounds = 1 + below(random, 4); rounds; rounds--) {
        next->length = 0;
        replace_stretch((Slice){now->data, now->length}, next, random);
        if (below(random, 4) == 0) flip_byte(next, random);
        Mutant swap = *now;
        *now = *next;
        *next = swap;
    }
    return (Slice){now->data, now->length};
}

static int fuzz(unsigned long mutants, uint64_t seed) {
    Mutant now = {malloc(LONGEST), 0}, next = {malloc(LONGEST), 0};
    unsigned long compiled = 0;
    assert(now.data && next.data);
    for (unsigned long i = 0; i < mutants; i++) {
        uint64_t random = seed + i;
        Slice text = make_mutant(&now, &next, &random);
        FILE *last = getenv("FUZZ_LAST") ? fopen(getenv("FUZZ_LAST"), "wb") : NULL;
        if (last) {
            fwrite(text.data, 1, text.length, last);
            fclose(last);
        }
        compiled += try_text(text);
    }
    printf("%lu mutants, %lu of them plans, nothing else\n", mutants, compiled);
    free(now.data);
    free(next.data);
    return 0;
}

int main(int count, char **arguments) {
    return fuzz_mutants_or_files(count, arguments, 1000, fuzz);
}

#endif
