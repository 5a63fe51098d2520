/* Thresholds of groups of equal size: a histogram where values are few, else a sort. Reads every
 * row of the population once, whatever the queries' filters: a group is a property of a person
 * among all. */
#include "runtime/strata/ranking.h"

#include "runtime/base/memory.h"
#include "runtime/base/quantile.h"
#include "runtime/base/radix.h"

enum { MOST_COUNTERS = 1 << 24 };

typedef struct {
    const Module *module;
    const RowRanking *row;
    const TableData *people;
    ExprProgram program;
    ExprMachine machine;
    uint32_t value, stratum; /* steps */
} Scan;

typedef void EachValue(void *context, uint32_t stratum, int64_t key);

int64_t ranking_key_of_real(double value) {
    return (int64_t)(radix_key_of_real(value) ^ UINT64_C(1) << 63);
}

static bool scan_init(Scan *scan, RankingSet *set, const Module *module, const RowRanking *row,
                      const TableData *people, Arena *arena) {
    *scan = (Scan){.module = module, .row = row, .people = people};
    expr_program_init(&scan->program, arena, module, people, people, set);
    scan->value = expr_add(&scan->program, row->value);
    scan->stratum = expr_add(&scan->program, row->stratum);
    return expr_machine_init(&scan->machine, &scan->program);
}

static uint8_t repr_of(const Scan *scan, uint32_t step) {
    return scan->program.steps.items[step].key.repr;
}

static void scan_batch(const Scan *scan, uint32_t count, EachValue *each, void *context) {
    const ExprVector *values = &scan->machine.vectors[scan->value],
                     *strata = &scan->machine.vectors[scan->stratum];
    uint8_t value_repr = repr_of(scan, scan->value), stratum_repr = repr_of(scan, scan->stratum);
    for (uint32_t i = 0; i < count; i++) {
        if ((values->missing && values->missing[i]) || (strata->missing && strata->missing[i]))
            continue;
        int64_t stratum = expr_whole(strata->values, stratum_repr, i);
        if (stratum < 0 || stratum >= (int64_t)scan->row->stratum_count) continue;
        int64_t key = value_repr == REPR_REAL
                          ? ranking_key_of_real(((const double *)values->values)[i])
                          : expr_whole(values->values, value_repr, i);
        each(context, (uint32_t)stratum, key);
    }
}

static void scan_all(Scan *scan, EachValue *each, void *context) {
    for (uint64_t row = 0; row < scan->people->rows; row += EXPR_BATCH) {
        uint64_t left = scan->people->rows - row;
        uint32_t count = left < EXPR_BATCH ? (uint32_t)left : EXPR_BATCH;
        expr_run(&scan->machine, row, count);
        scan_batch(scan, count, each, context);
    }
}

/* ---- Few values: a histogram
 * ----------------------------------------------------------------------- */

typedef struct {
    uint32_t *counts;
    int64_t low;
    uint64_t span;
} Histogram;

static void count_value(void *context, uint32_t stratum, int64_t key) {
    Histogram *h = context;
    uint64_t offset = (uint64_t)key - (uint64_t)h->low;
    if (offset < h->span) h->counts[stratum * h->span + offset]++;
}

static void groups_of_stratum(const RowRanking *row, const uint32_t *counts, uint64_t span,
                              int16_t *groups) {
    uint64_t all = 0, before = 0;
    for (uint64_t i = 0; i < span; i++) all += counts[i];
    for (uint64_t k = 0; k < span; k++) {
        uint64_t i = row->highest_first ? span - 1 - k : k;
        groups[i] = -1;
        if (!counts[i] || all < row->groups) continue;
        groups[i] = (int16_t)(quantile_group_of_rank(all, before + 1, row->groups) - 1);
        before += counts[i];
    }
}

static bool by_histogram(Scan *scan, Arena *arena, Ranking *ranking) {
    const ExprStep *value = &scan->program.steps.items[scan->value];
    Histogram h = {.low = value->low, .span = (uint64_t)value->high - (uint64_t)value->low + 1};
    h.counts = mem_alloc_array(h.span * scan->row->stratum_count, sizeof *h.counts);
    if (!h.counts) return false;
    scan_all(scan, count_value, &h);
    ranking->low = h.low;
    ranking->span = h.span;
    ranking->groups =
        arena_try_alloc(arena, h.span * scan->row->stratum_count * sizeof *ranking->groups);
    for (uint32_t s = 0; ranking->groups && s < scan->row->stratum_count; s++)
        groups_of_stratum(scan->row, h.counts + s * h.span, h.span, ranking->groups + s * h.span);
    mem_free(h.counts);
    return ranking->groups != NULL;
}

/* ---- Many values: a sort
 * ------------------------------------------------------------------------------ */

typedef struct {
    RadixItem *items; /* key: the value's; at: its stratum */
    uint64_t count;
} Gathering;

static void gather(void *context, uint32_t stratum, int64_t key) {
    Gathering *g = context;
    g->items[g->count++] = (RadixItem){radix_key_of_whole(key), stratum};
}

/* By stratum, and by value within it: key is then the stratum, at the value's. */
static void sort_gathered(Gathering *g, RadixItem *scratch) {
    radix_sort(g->items, scratch, g->count);
    for (uint64_t i = 0; i < g->count; i++)
        g->items[i] = (RadixItem){g->items[i].at, g->items[i].key};
    radix_sort(g->items, scratch, g->count);
}

/* Where groups change among one stratum's values in ascending order; room for `most` changes. */
static uint64_t changes_of_stratum(const RowRanking *row, const RadixItem *items, uint64_t count,
                                   int64_t *keys, int16_t *codes, uint64_t used, uint64_t most) {
    int32_t last = -1;
    for (uint64_t i = 0, end; i < count && count >= row->groups; i = end) {
        for (end = i + 1; end < count && items[end].at == items[i].at;) end++;
        uint64_t rank = row->highest_first ? count - end + 1 : i + 1;
        int32_t code = quantile_group_of_rank(count, rank, row->groups) - 1;
        if (code != last && used < most) {
            keys[used] = (int64_t)(items[i].at ^ UINT64_C(1) << 63);
            codes[used++] = (int16_t)code;
        }
        last = code;
    }
    return used;
}

static bool keep_changes(const RowRanking *row, const Gathering *g, Arena *arena,
                         Ranking *ranking) {
    uint64_t most = (uint64_t)row->stratum_count * row->groups;
    if (most > g->count) most = g->count;
    ranking->starts = arena_try_alloc(arena, (row->stratum_count + 1) * sizeof *ranking->starts);
    ranking->keys = arena_try_alloc(arena, (most + 1) * sizeof *ranking->keys);
    ranking->codes = arena_try_alloc(arena, (most + 1) * sizeof *ranking->codes);
    if (!ranking->starts || !ranking->keys || !ranking->codes) return false;
    uint64_t at = 0, used = 0;
    for (uint32_t s = 0; s < row->stratum_count; s++) {
        uint64_t from = at;
        while (at < g->count && g->items[at].key == s) at++;
        ranking->starts[s] = used;
        used = changes_of_stratum(row, g->items + from, at - from, ranking->keys, ranking->codes,
                                  used, most);
    }
    ranking->starts[row->stratum_count] = used;
    return true;
}

static bool by_sort(Scan *scan, Arena *arena, Ranking *ranking) {
    uint64_t rows = scan->people->rows ? scan->people->rows : 1;
    Gathering g = {.items = mem_alloc_array(rows, 2 * sizeof *g.items)};
    if (!g.items) return false;
    scan_all(scan, gather, &g);
    sort_gathered(&g, g.items + rows);
    bool kept = keep_changes(scan->row, &g, arena, ranking);
    mem_free(g.items);
    return kept;
}

/* ---- Each once ------------------------------------------------------------------------------- */

/* False: not enough memory. */
static bool make_ranking(RankingSet *set, const Module *module, const RowRanking *row,
                         const TableData *people, Arena *arena, Ranking *ranking) {
    Scan scan;
    ranking->stratum_count = row->stratum_count;
    if (!scan_init(&scan, set, module, row, people, arena)) return false;
    const ExprStep *value = &scan.program.steps.items[scan.value];
    bool few = value->key.repr != REPR_REAL && value->high >= value->low &&
               (uint64_t)value->high - (uint64_t)value->low < MOST_COUNTERS / row->stratum_count;
    bool made = few ? by_histogram(&scan, arena, ranking) : by_sort(&scan, arena, ranking);
    expr_machine_free(&scan.machine);
    return made;
}

const Ranking *ranking_of(RankingSet *set, const Module *module, uint32_t index,
                          const TableData *people, Arena *arena) {
    for (uint32_t i = 0; i < set->made.count; i++) {
        const MadeRanking *made = &set->made.items[i];
        if (made->index == index && made->people == people) return made->ranking;
    }
    Ranking *ranking = ARENA_NEW(arena, Ranking);
    if (!make_ranking(set, module, &module->rankings.items[index], people, arena, ranking))
        boundary_leave(arena->boundary, SCP_LIMIT,
                       "there is not enough memory to put people into groups of equal size");
    MadeRanking made = {index, people, ranking};
    VEC_PUSH(arena, &set->made, made);
    return ranking;
}
