/* Thresholds of groups of equal size: people are counted by bucket of value, and only the values
 * in buckets that hold a threshold are looked at one by one. Reads every row of the population,
 * whatever the queries' filters: a group is a property of a person among all. */
#include "runtime/strata/ranking.h"

#include <stdatomic.h>

#include "runtime/base/memory.h"
#include "runtime/base/quantile.h"
#include "runtime/base/radix.h"
#include "runtime/data/parallel.h"

/* BUCKET_ROWS: so many rows a bucket are worth having more of them. A sample is a few rows here
 * and there. */
enum {
    MOST_BUCKETS = 1 << 13,
    FEWEST_BUCKETS = 1 << 6,
    MOST_COUNTERS = 1 << 22,
    BUCKET_ROWS = 16,
    MORSEL = 8 * EXPR_BATCH,
    SAMPLES = 64,
    SAMPLE_ROWS = 256
};

typedef struct {
    ExprMachine machine;
    uint32_t *counts; /* by stratum and bucket */
    int64_t keys[EXPR_BATCH];
    uint32_t strata[EXPR_BATCH];
    uint32_t count; /* of the batch, those that have both */
} Scanner;

typedef struct {
    const RowRanking *row;
    const TableData *people;
    ExprProgram program;
    uint32_t value, stratum; /* steps */
    Ranking *ranking;
    Scanner *scanners[PARALLEL_MAX];
    Parallel *crew;
    _Atomic uint64_t next;
    _Atomic bool failed;
    /* the keys in splits, by split */
    uint64_t *starts;
    _Atomic uint64_t *filled;
    uint64_t *keys; /* as runtime/base/radix.h orders them, and room for as many */
    uint32_t split_count;
} Build;

/* ---- Rows ------------------------------------------------------------------------------------ */

static Scanner *scanner_new(const Build *build) {
    Scanner *scanner = mem_alloc(sizeof *scanner);
    if (scanner && expr_machine_init(&scanner->machine, &build->program)) return scanner;
    mem_free(scanner);
    return NULL;
}

static void scanner_free(Scanner *scanner) {
    if (!scanner) return;
    expr_machine_free(&scanner->machine);
    mem_free(scanner->counts);
    mem_free(scanner);
}

static uint8_t repr_of(const Build *build, uint32_t step) {
    return build->program.steps.items[step].key.repr;
}

static void find_keys(const void *values, uint8_t repr, uint32_t count, int64_t *keys) {
    const double *reals = values;
    if (repr == REPR_REAL)
        for (uint32_t i = 0; i < count; i++) keys[i] = ranking_key_of_real(reals[i]);
    else
        for (uint32_t i = 0; i < count; i++) keys[i] = expr_whole(values, repr, i);
}

/* Keys and strata of the rows that have both, of `most` from `row` or as many as there are. */
static void scan_batch(const Build *build, Scanner *scanner, uint64_t row, uint32_t most) {
    static const uint8_t none_missing[EXPR_BATCH];
    uint64_t left = build->people->rows - row;
    uint32_t count = left < most ? (uint32_t)left : most, n = 0;
    expr_run(&scanner->machine, row, count);
    const ExprVector *values = &scanner->machine.vectors[build->value],
                     *strata = &scanner->machine.vectors[build->stratum];
    const uint8_t *no_value = values->missing ? values->missing : none_missing;
    const uint8_t *no_stratum = strata->missing ? strata->missing : none_missing;
    uint8_t stratum_repr = repr_of(build, build->stratum);
    find_keys(values->values, repr_of(build, build->value), count, scanner->keys);
    for (uint32_t i = 0; i < count; i++) {
        uint64_t stratum = (uint64_t)expr_whole(strata->values, stratum_repr, i);
        scanner->keys[n] = scanner->keys[i];
        scanner->strata[n] = (uint32_t)stratum;
        n += (stratum < build->row->stratum_count) & !(no_value[i] | no_stratum[i]);
    }
    scanner->count = n;
}

typedef void EachBatch(Build *build, Scanner *scanner);

static void scan_all(Build *build, Scanner *scanner, EachBatch *each) {
    uint64_t rows = build->people->rows;
    for (uint64_t at; (at = atomic_fetch_add(&build->next, 1) * MORSEL) < rows;)
        for (uint64_t row = at; row < at + MORSEL && row < rows; row += EXPR_BATCH) {
            scan_batch(build, scanner, row, EXPR_BATCH);
            each(build, scanner);
        }
}

/* ---- Buckets ---------------------------------------------------------------------------------- */

static void set_range(Ranking *ranking, int64_t low, int64_t high) {
    ranking->low = low;
    ranking->shift = 0;
    while (((uint64_t)high - (uint64_t)low) >> ranking->shift >= ranking->buckets) ranking->shift++;
}

/* The range of a sample of doubles; what lies outside it falls into the outer buckets. */
static void sample_range(Build *build) {
    Scanner *scanner = build->scanners[0];
    uint64_t rows = build->people->rows, step = rows / SAMPLES / SAMPLE_ROWS + 1;
    int64_t low = INT64_MAX, high = INT64_MIN;
    for (uint64_t row = 0; row < rows; row += step * SAMPLE_ROWS) {
        scan_batch(build, scanner, row, SAMPLE_ROWS);
        for (uint32_t i = 0; i < scanner->count; i++) {
            if (scanner->keys[i] < low) low = scanner->keys[i];
            if (scanner->keys[i] > high) high = scanner->keys[i];
        }
    }
    if (low > high) low = high = 0;
    set_range(build->ranking, low, high);
}

static void choose_buckets(Build *build) {
    const ExprStep *value = &build->program.steps.items[build->value];
    uint64_t most = build->people->rows / BUCKET_ROWS, strata = build->row->stratum_count;
    uint32_t buckets = MOST_BUCKETS;
    if (most > MOST_COUNTERS) most = MOST_COUNTERS;
    while (buckets > FEWEST_BUCKETS && buckets * strata > most) buckets /= 2;
    build->ranking->buckets = buckets;
    if (value->key.repr == REPR_REAL) {
        sample_range(build);
        return;
    }
    set_range(build->ranking, value->low, value->high);
    uint64_t used =
        (((uint64_t)value->high - (uint64_t)value->low) >> build->ranking->shift) + 1;
    build->ranking->buckets = (uint32_t)used;
}

static void count_batch(Build *build, Scanner *scanner) {
    const Ranking *ranking = build->ranking;
    for (uint32_t i = 0; i < scanner->count; i++)
        scanner->counts[(uint64_t)scanner->strata[i] * ranking->buckets +
                        ranking_bucket(ranking, scanner->keys[i])]++;
}

static void count_rows(void *context, uint32_t worker) {
    Build *build = context;
    Scanner *scanner = build->scanners[worker];
    if (!scanner) scanner = build->scanners[worker] = scanner_new(build);
    if (scanner)
        scanner->counts = mem_alloc_array(
            (size_t)build->row->stratum_count * build->ranking->buckets, sizeof *scanner->counts);
    if (!scanner || !scanner->counts)
        atomic_store(&build->failed, true);
    else
        scan_all(build, scanner, count_batch);
}

static void merge_counts(Build *build) {
    uint32_t *into = build->scanners[0]->counts;
    size_t count = (size_t)build->row->stratum_count * build->ranking->buckets;
    for (uint32_t w = 1; w < parallel_size(build->crew); w++) {
        if (!build->scanners[w]) continue;
        for (size_t i = 0; i < count; i++) into[i] += build->scanners[w]->counts[i];
    }
}

/* ---- Codes ------------------------------------------------------------------------------------ */

/* Of a key with `below` people of its stratum below it and `same` at it. */
static int32_t code_of(const RowRanking *row, uint64_t all, uint64_t below, uint64_t same) {
    uint64_t rank = row->highest_first ? all - below - same + 1 : below + 1;
    return (int32_t)quantile_group_of_rank(all, rank, row->groups) - 1;
}

/* A bucket has one group where its lowest and its highest key must have the same. */
static void code_stratum(Build *build, uint32_t stratum) {
    Ranking *ranking = build->ranking;
    const RowRanking *row = build->row;
    const uint32_t *counts = build->scanners[0]->counts + (size_t)stratum * ranking->buckets;
    int32_t *codes = ranking->codes + (size_t)stratum * ranking->buckets;
    uint64_t all = 0, below = 0;
    for (uint32_t b = 0; b < ranking->buckets; b++) all += counts[b];
    for (uint32_t b = 0; b < ranking->buckets; below += counts[b++]) {
        codes[b] = RANKING_NONE;
        if (!counts[b] || all < row->groups) continue;
        bool whole = ranking->shift == 0;
        int32_t first = code_of(row, all, below, whole ? counts[b] : 1);
        int32_t last = whole ? first : code_of(row, all, below + counts[b] - 1, 1);
        codes[b] = first == last ? first : RANKING_SPLIT - (int32_t)build->split_count++;
    }
}

/* Where the keys of each split go. */
static bool place_splits(Build *build, Arena *arena) {
    Ranking *ranking = build->ranking;
    size_t count = (size_t)build->row->stratum_count * ranking->buckets;
    build->starts = arena_try_alloc(arena, (build->split_count + 1) * sizeof *build->starts);
    build->filled = mem_alloc_array(build->split_count, sizeof *build->filled);
    if (!build->starts || !build->filled) return false;
    uint64_t at = 0;
    uint32_t split = 0;
    for (size_t i = 0; i < count; i++) {
        if (ranking->codes[i] > RANKING_SPLIT) continue;
        build->starts[split] = at;
        atomic_init(&build->filled[split], at);
        split++;
        at += build->scanners[0]->counts[i];
    }
    build->starts[split] = at;
    build->keys = mem_alloc_array(at, 2 * sizeof *build->keys);
    return build->keys != NULL;
}

static void gather_batch(Build *build, Scanner *scanner) {
    const Ranking *ranking = build->ranking;
    for (uint32_t i = 0; i < scanner->count; i++) {
        int64_t key = scanner->keys[i];
        int32_t code = ranking->codes[(uint64_t)scanner->strata[i] * ranking->buckets +
                                      ranking_bucket(ranking, key)];
        if (code <= RANKING_SPLIT)
            build->keys[atomic_fetch_add(&build->filled[RANKING_SPLIT - code], 1)] =
                radix_key_of_whole(key);
    }
}

static void gather_rows(void *context, uint32_t worker) {
    Build *build = context;
    if (build->scanners[worker]) scan_all(build, build->scanners[worker], gather_batch);
}

static void sort_splits(void *context, uint32_t worker) {
    (void)worker;
    Build *build = context;
    uint64_t *scratch = build->keys + build->starts[build->split_count];
    for (uint64_t s; (s = atomic_fetch_add(&build->next, 1)) < build->split_count;) {
        uint64_t from = build->starts[s];
        radix_sort_keys(build->keys + from, scratch + from, build->starts[s + 1] - from);
    }
}

/* Where groups change among the sorted keys of a split with `below` people below it. */
static uint64_t changes_of_split(const Build *build, uint32_t split, uint64_t all, uint64_t below,
                                 uint64_t used) {
    const uint64_t *keys = build->keys + build->starts[split];
    uint64_t count = build->starts[split + 1] - build->starts[split];
    int32_t before = RANKING_NONE;
    for (uint64_t i = 0, end; i < count; i = end) {
        for (end = i + 1; end < count && keys[end] == keys[i];) end++;
        int32_t code = code_of(build->row, all, below + i, end - i);
        if (code == before) continue;
        build->ranking->keys[used] = (int64_t)(keys[i] ^ UINT64_C(1) << 63);
        build->ranking->groups[used++] = before = code;
    }
    return used;
}

static void keep_changes(Build *build) {
    Ranking *ranking = build->ranking;
    uint32_t split = 0;
    uint64_t used = 0;
    for (uint32_t s = 0; s < ranking->stratum_count; s++) {
        const uint32_t *counts = build->scanners[0]->counts + (size_t)s * ranking->buckets;
        const int32_t *codes = ranking->codes + (size_t)s * ranking->buckets;
        uint64_t all = 0, below = 0;
        for (uint32_t b = 0; b < ranking->buckets; b++) all += counts[b];
        for (uint32_t b = 0; b < ranking->buckets; below += counts[b++]) {
            if (codes[b] > RANKING_SPLIT) continue;
            ranking->starts[split] = used;
            used = changes_of_split(build, split++, all, below, used);
        }
    }
    ranking->starts[split] = used;
}

/* As many changes as groups in each stratum at most, and one more where a split begins. */
static bool make_changes(Build *build, Arena *arena) {
    Ranking *ranking = build->ranking;
    uint64_t most = (uint64_t)build->row->stratum_count * build->row->groups + build->split_count;
    ranking->starts = arena_try_alloc(arena, (build->split_count + 1) * sizeof *ranking->starts);
    ranking->keys = arena_try_alloc(arena, (most + 1) * sizeof *ranking->keys);
    ranking->groups = arena_try_alloc(arena, (most + 1) * sizeof *ranking->groups);
    if (!ranking->starts || !ranking->keys || !ranking->groups) return false;
    keep_changes(build);
    return true;
}

static void on_threads(Build *build, void (*work)(void *, uint32_t)) {
    atomic_store(&build->next, 0);
    parallel_do(build->crew, PARALLEL_MAX, work, build);
}

static bool build_groups(Build *build, Arena *arena) {
    Ranking *ranking = build->ranking;
    build->scanners[0] = scanner_new(build);
    if (!build->scanners[0]) return false;
    choose_buckets(build);
    ranking->codes = arena_try_alloc(
        arena, (size_t)ranking->stratum_count * ranking->buckets * sizeof *ranking->codes);
    on_threads(build, count_rows);
    if (!ranking->codes || atomic_load(&build->failed)) return false;
    merge_counts(build);
    for (uint32_t s = 0; s < ranking->stratum_count; s++) code_stratum(build, s);
    if (!place_splits(build, arena)) return false;
    if (build->split_count) {
        on_threads(build, gather_rows);
        on_threads(build, sort_splits);
    }
    return make_changes(build, arena);
}

int32_t ranking_group_in_split(const Ranking *ranking, uint32_t split, int64_t key) {
    uint64_t from = ranking->starts[split], to = ranking->starts[split + 1];
    if (from == to || key < ranking->keys[from]) return RANKING_NONE;
    while (to - from > 1) {
        uint64_t middle = from + (to - from) / 2;
        if (ranking->keys[middle] <= key)
            from = middle;
        else
            to = middle;
    }
    return ranking->groups[from];
}

/* ---- Each once ------------------------------------------------------------------------------- */

/* NULL: not enough memory. */
static const Ranking *make_ranking(RankingSet *set, const Module *module, const RowRanking *row,
                                   const TableData *people, Arena *arena) {
    Build *build = ARENA_NEW(arena, Build);
    build->row = row;
    build->people = people;
    build->crew = set->crew;
    build->ranking = ARENA_NEW(arena, Ranking);
    build->ranking->stratum_count = row->stratum_count;
    expr_program_init(&build->program, arena, module, people, people, set);
    build->value = expr_add(&build->program, row->value);
    build->stratum = expr_add(&build->program, row->stratum);
    bool made = build_groups(build, arena);
    for (uint32_t w = 0; w < PARALLEL_MAX; w++) scanner_free(build->scanners[w]);
    mem_free(build->filled);
    mem_free(build->keys);
    return made ? build->ranking : NULL;
}

const Ranking *ranking_of(RankingSet *set, const Module *module, uint32_t index,
                          const TableData *people, Arena *arena) {
    for (uint32_t i = 0; i < set->made.count; i++) {
        const MadeRanking *made = &set->made.items[i];
        if (made->index == index && made->people == people) return made->ranking;
    }
    const Ranking *ranking =
        make_ranking(set, module, &module->rankings.items[index], people, arena);
    if (!ranking)
        boundary_leave(arena->boundary, SCP_LIMIT,
                       "there is not enough memory to put people into groups of equal size");
    VEC_PUSH(arena, &set->made, ((MadeRanking){index, people, ranking}));
    return ranking;
}
