/* Collecting and sorting diagnostics. Never prints one and never decides an exit status. */
#include "runtime/base/diag.h"

#include <assert.h>
#include <stdarg.h>
#include <string.h>

enum { DEFAULT_LIMIT = 1000 };

typedef struct {
    const char *name;
    Severity severity;
    const char *summary;
} DiagRow;

static const DiagRow rows[DIAG_COUNT] = {
    [DIAG_NONE] = {"", SEVERITY_NOTE, ""},
#define DIAG(constant, name, severity, summary) [DIAG_##constant] = {name, severity, summary},
#include "runtime/base/diag.def"
#undef DIAG
};

void diag_bag_init(DiagBag *bag, Arena *arena) {
    *bag = (DiagBag){.arena = arena};
}

/* The latest that is milder than `severity`, or NULL. */
static Diag **find_milder(DiagBag *bag, Severity severity) {
    for (uint32_t i = bag->items.count; i > 0; i--)
        if (bag->items.items[i - 1]->severity < severity) return &bag->items.items[i - 1];
    return NULL;
}

/* A full bag still takes an error in the place of a warning, so that no flood of warnings
 * makes a broken plan look sound; what is dropped may be refined like any other. */
static void keep(DiagBag *bag, Diag *diag) {
    uint32_t limit = bag->limit ? bag->limit : DEFAULT_LIMIT;
    if (bag->items.count < limit) {
        VEC_PUSH(bag->arena, &bag->items, diag);
        return;
    }
    Diag **milder = find_milder(bag, diag->severity);
    if (milder) *milder = diag;
}

Diag *diag_add_named(DiagBag *bag, Slice name, Severity severity, Span span, Slice message) {
    Diag *diag = ARENA_NEW(bag->arena, Diag);
    diag->name = arena_copy(bag->arena, name);
    diag->severity = severity;
    diag->span = span;
    diag->message = arena_copy(bag->arena, message);
    keep(bag, diag);
    return diag;
}

Diag *diag_add(DiagBag *bag, DiagName name, Span span, const char *format, ...) {
    assert(name > DIAG_NONE && name < DIAG_COUNT);
    va_list arguments;
    va_start(arguments, format);
    Slice message = arena_vprintf(bag->arena, format, arguments);
    va_end(arguments);
    return diag_add_named(bag, slice_of(rows[name].name), rows[name].severity, span, message);
}

void diag_relate(DiagBag *bag, Diag *diag, Span span, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    Slice message = arena_vprintf(bag->arena, format, arguments);
    va_end(arguments);
    VEC_PUSH(bag->arena, &diag->related, (DiagRelated){message, span});
}

void diag_fix(DiagBag *bag, Diag *diag, Span replaced, Slice text, const char *format, ...) {
    if (!diag->fix_message.length) {
        va_list arguments;
        va_start(arguments, format);
        diag->fix_message = arena_vprintf(bag->arena, format, arguments);
        va_end(arguments);
    }
    VEC_PUSH(bag->arena, &diag->edits, (DiagEdit){replaced, arena_copy(bag->arena, text)});
}

static int compare_numbers(uint32_t a, uint32_t b) {
    return (a > b) - (a < b);
}

static int compare_diags(const Diag *a, const Diag *b) {
    int order = compare_numbers(a->span.start, b->span.start);
    if (!order) order = compare_numbers(a->span.end, b->span.end);
    if (!order) order = slice_compare(a->name, b->name);
    if (!order) order = slice_compare(a->message, b->message);
    return order;
}

static void merge(Diag **from, Diag **into, size_t low, size_t middle, size_t high) {
    size_t left = low, right = middle;
    for (size_t i = low; i < high; i++) {
        bool take_left =
            left < middle && (right >= high || compare_diags(from[left], from[right]) <= 0);
        into[i] = take_left ? from[left++] : from[right++];
    }
}

/* A merge sort because it is stable, which qsort is not: of two repeats the first stays. */
static Diag **sort(Diag **items, Diag **spare, size_t count) {
    for (size_t width = 1; width < count; width *= 2) {
        for (size_t low = 0; low < count; low += 2 * width) {
            size_t middle = low + width < count ? low + width : count;
            size_t high = low + 2 * width < count ? low + 2 * width : count;
            merge(items, spare, low, middle, high);
        }
        Diag **sorted = spare;
        spare = items;
        items = sorted;
    }
    return items;
}

void diag_bag_sort(DiagBag *bag) {
    uint32_t count = bag->items.count;
    if (count < 2) return;
    Diag **spare = ARENA_NEW_ARRAY(bag->arena, Diag *, count);
    Diag **sorted = sort(bag->items.items, spare, count);
    uint32_t kept = 1;
    for (uint32_t i = 1; i < count; i++)
        if (compare_diags(sorted[kept - 1], sorted[i]) != 0) sorted[kept++] = sorted[i];
    if (sorted != bag->items.items) memcpy(bag->items.items, sorted, kept * sizeof *sorted);
    bag->items.count = kept;
}

uint32_t diag_bag_count(const DiagBag *bag, Severity at_least) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < bag->items.count; i++) {
        const Diag *diag = bag->items.items[i];
        count += diag->severity >= at_least && !diag->allowed_because.length;
    }
    return count;
}

const char *diag_name_text(DiagName name) {
    return rows[name].name;
}
Severity diag_name_severity(DiagName name) {
    return rows[name].severity;
}
const char *diag_name_summary(DiagName name) {
    return rows[name].summary;
}

DiagName diag_name_find(Slice name) {
    for (int i = DIAG_NONE + 1; i < DIAG_COUNT; i++)
        if (slice_equal(slice_of(rows[i].name), name)) return (DiagName)i;
    return DIAG_NONE;
}
