/* money_vectors DIR…: runs the cases of each folder's manifest that runtime/money computes and
 * compares every expected leaf with the result: as text, or within the tolerance the case
 * states. Prints every difference and ends with `N passed, N failed, N skipped`, each family
 * that is skipped named once; its status is 1 if any case failed or none ran. */
#include <math.h>
#include <stdio.h>

#include "runtime/base/file.h"
#include "runtime/base/number.h"
#include "tests/vectors/money_case.h"

enum { FILE_LIMIT = 16 << 20, DIFFERENCES_SHOWN = 5 };

typedef struct {
    int passed, failed, skipped;
    VEC(Slice) families_skipped;
} Tally;

static const JsonValue *read_json(Arena *arena, Slice path) {
    Slice text, error;
    JsonValue *value = NULL;
    JsonError fault;
    if (file_read(arena, path.data, FILE_LIMIT, &text, &error) != SCP_OK)
        fprintf(stderr, "%.*s\n", SLICE_FMT(error));
    else if (!json_parse(arena, text, &value, &fault))
        fprintf(stderr, "%s: byte %zu: %s\n", path.data, fault.offset, fault.message);
    return value;
}

/* ---- Comparing ------------------------------------------------------------------------------- */

typedef struct {
    Arena *arena;
    double relative; /* 0: as text */
    int differences;
} Comparison;

static void report(Comparison *comparison, Slice path, const JsonValue *want,
                   const JsonValue *got) {
    if (++comparison->differences > DIFFERENCES_SHOWN) return;
    printf("  %.*s: expected %.*s, got %.*s\n", SLICE_FMT(path), SLICE_FMT(want->text),
           SLICE_FMT(got ? got->text : SLICE("nothing")));
}

static bool leaves_agree(const Comparison *comparison, const JsonValue *want,
                         const JsonValue *got) {
    double a, b;
    bool numbers = comparison->relative > 0 && number_parse(want->text, &a) &&
                   number_parse(got->text, &b);
    if (!numbers) return want->kind == got->kind && slice_equal(want->text, got->text);
    return fabs(a - b) <= fmax(comparison->relative * fabs(a), 1e-11);
}

static void compare(Comparison *comparison, Slice path, const JsonValue *want,
                    const JsonValue *got) {
    if (!got || (want->items.count != got->items.count)) {
        report(comparison, path, want, got);
        return;
    }
    for (uint32_t i = 0; i < want->items.count; i++) {
        Slice at = arena_printf(comparison->arena, "%.*s[%u]", SLICE_FMT(path), i);
        compare(comparison, at, want->items.items[i], got->items.items[i]);
    }
    for (uint32_t i = 0; i < want->members.count; i++) {
        const JsonMember *member = &want->members.items[i];
        Slice at = arena_printf(comparison->arena, "%.*s.%.*s", SLICE_FMT(path),
                                SLICE_FMT(member->key));
        compare(comparison, at, member->value, json_get(got, member->key));
    }
    bool leaf = want->kind != JSON_ARRAY && want->kind != JSON_OBJECT;
    if (leaf && !leaves_agree(comparison, want, got)) report(comparison, path, want, got);
}

/* ---- Running --------------------------------------------------------------------------------- */

static const JsonValue *run_family(Arena *arena, MoneyFamily *family, const JsonValue *input) {
    Buffer text;
    JsonValue *value = NULL;
    JsonError fault;
    MoneyCase c = {.arena = arena, .input = input};
    buffer_init(&text, arena);
    json_begin(&c.out, &text, 0);
    json_begin_object(&c.out);
    family(&c);
    json_end_object(&c.out);
    json_parse(arena, buffer_slice(&text), &value, &fault);
    return value;
}

static void skip(Arena *arena, Tally *tally, Slice family) {
    tally->skipped++;
    VEC_EACH(Slice, known, &tally->families_skipped)
        if (slice_equal(*known, family)) return;
    VEC_PUSH(arena, &tally->families_skipped, arena_copy(arena, family));
    printf("skipped: %.*s\n", SLICE_FMT(family));
}

static void run_case(Arena *arena, const JsonValue *given, Tally *tally) {
    Slice name = json_get(given, SLICE("family"))->text, id = json_get(given, SLICE("id"))->text;
    MoneyFamily *family = money_family(name);
    if (!family) {
        skip(arena, tally, name);
        return;
    }
    const JsonValue *rel = json_get(json_get(given, SLICE("compare")), SLICE("rel"));
    Comparison comparison = {arena, rel ? rel->number : 0, 0};
    const JsonValue *got = run_family(arena, family, json_get(given, SLICE("input")));
    compare(&comparison, SLICE(""), json_get(given, SLICE("expected")), got);
    if (comparison.differences) {
        printf("failed: %.*s\n", SLICE_FMT(id));
        tally->failed++;
    } else {
        tally->passed++;
    }
}

static void run_folder(Arena *arena, const char *folder, Tally *tally) {
    const JsonValue *manifest = read_json(arena, arena_printf(arena, "%s/manifest.json", folder));
    const JsonValue *cases = json_get(manifest, SLICE("cases"));
    if (!cases) tally->failed++;
    for (uint32_t i = 0; cases && i < cases->items.count; i++) {
        const JsonValue *files = json_get(cases->items.items[i], SLICE("files"));
        Slice file = files->items.items[0]->text;
        const JsonValue *given =
            read_json(arena, arena_printf(arena, "%s/%.*s", folder, SLICE_FMT(file)));
        if (given)
            run_case(arena, given, tally);
        else
            tally->failed++;
    }
}

int main(int count, char **arguments) {
    Boundary boundary;
    Arena arena;
    Tally tally = {0};
    arena_init(&arena, &boundary, 0);
    if (setjmp(boundary.at)) {
        fprintf(stderr, "%s\n", boundary.message);
        return boundary.status;
    }
    for (int i = 1; i < count; i++) run_folder(&arena, arguments[i], &tally);
    printf("%d passed, %d failed, %d skipped\n", tally.passed, tally.failed, tally.skipped);
    arena_free(&arena);
    return tally.failed || !tally.passed;
}
