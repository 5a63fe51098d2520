/* The engine against a naive evaluator that goes row by row: random tables, expressions and
 * queries must give the same counts and, rounded once from exact rationals, the same sums; and
 * the same bits for any number of threads and any order of rows. */
#include "tests/unit/strata_fixture.h"
#include "tests/unit/test_base_fixture.h"

#include "runtime/base/date.h"
#include "runtime/base/exact.h"
#include "runtime/strata/expr.h"
#include "runtime/strata/wide.h"

#include <math.h>
#include <stdlib.h>

enum { COLUMNS = 9, SNAPSHOTS = 2, DIMS = 4, NODES = 60, QUERIES = 40 };

/* ---- Data ----------------------------------------------------------------------------------- */

/* What the tables hold, in one order of rows; the engine is given it in that and in others. */
typedef struct {
    uint64_t rows;
    int64_t *whole[COLUMNS];
    double *real[COLUMNS];
    uint8_t *missing[COLUMNS];
    uint32_t *person[SNAPSHOTS]; /* events */
} Rows;

typedef struct {
    Fixture fixture;
    uint64_t random;
    uint16_t dims[DIMS];
    uint32_t people, events; /* tables */
    Rows person_rows[SNAPSHOTS], event_rows;
    uint32_t nodes[2][NODES]; /* of people, of events */
    uint32_t node_count[2];
} World;

static const ColumnSort sorts[COLUMNS] = {
    COLUMN_IDENTIFIER, COLUMN_CATEGORY, COLUMN_INTEGER, COLUMN_INTEGER, COLUMN_INTEGER,
    COLUMN_MONEY,      COLUMN_DATE,     COLUMN_FLAG,    COLUMN_REAL,
};

static uint64_t below(World *world, uint64_t n) { return test_random(&world->random) % n; }

static int64_t random_whole(World *world, uint32_t column) {
    uint64_t r = test_random(&world->random);
    switch (column) {
    case 1: return (int64_t)(r % 5);
    case 2: return (int64_t)(r % 121);
    case 3: return (int64_t)(r % 4000000000) - 2000000000;
    case 4: return r % 8 ? (int64_t)(r % 1000) : (int64_t)test_random(&world->random);
    case 5: return (int64_t)(r % 5000000) - 1000;
    case 6: return 20000 + (int64_t)(r % 1500);
    default: return (int64_t)(r & 1);
    }
}

static double random_real(World *world) {
    uint64_t r = test_random(&world->random);
    double value = (double)(int64_t)(r >> 12) / 4503599627370496.0 - 0.3;
    if (r % 16 == 0) return 0;
    return r % 16 == 1 ? ldexp(value, (int)(r >> 4 & 127) - 64) : value;
}

static Rows make_rows(World *world, uint64_t rows) {
    Rows made = {.rows = rows};
    Arena *arena = world->fixture.arena;
    for (uint32_t c = 1; c < COLUMNS; c++) {
        uint64_t gaps = below(world, 3); /* none, few, many */
        made.whole[c] = ARENA_NEW_ARRAY(arena, int64_t, rows);
        made.real[c] = ARENA_NEW_ARRAY(arena, double, rows);
        made.missing[c] = ARENA_NEW_ARRAY(arena, uint8_t, rows);
        for (uint64_t r = 0; r < rows; r++) {
            made.whole[c][r] = random_whole(world, c);
            made.real[c][r] = random_real(world);
            made.missing[c][r] = gaps && below(world, gaps == 1 ? 1000 : 3) == 0;
        }
    }
    return made;
}

/* People with few events and one with very many; some in one snapshot only, some in none. */
static void join_rows(World *world, Rows *events) {
    for (uint32_t s = 0; s < SNAPSHOTS; s++)
        events->person[s] = ARENA_NEW_ARRAY(world->fixture.arena, uint32_t, events->rows);
    for (uint64_t r = 0; r < events->rows; r++) {
        uint64_t who = below(world, 10) ? below(world, 3000) : 7, odd = below(world, 20);
        for (uint32_t s = 0; s < SNAPSHOTS; s++) {
            uint64_t people = world->person_rows[s].rows;
            bool in = who < people && (who % 5 != s) && odd;
            events->person[s][r] = in ? (uint32_t)(s ? people - 1 - who : who) : DATA_NO_PERSON;
        }
    }
}

static void set_rows(World *world, uint32_t table, uint32_t snapshot, const Rows *rows) {
    TableData *data = fixture_rows(&world->fixture, table, snapshot, rows->rows);
    for (uint32_t c = 1; c < COLUMNS; c++) {
        if (sorts[c] == COLUMN_REAL)
            fixture_set_real(data, c, rows->real[c], rows->missing[c]);
        else
            fixture_set_whole(data, c, rows->whole[c], rows->missing[c]);
    }
}

static void set_data(World *world, const Rows people[SNAPSHOTS], const Rows *events) {
    for (uint32_t s = 0; s < SNAPSHOTS; s++)
        set_rows(world, world->people, s, &people[s]);
    set_rows(world, world->events, 0, events);
    for (uint32_t s = 0; s < SNAPSHOTS; s++)
        fixture_join(&world->fixture, world->events, s, events->person[s]);
    fixture_cluster(&world->fixture, world->events);
}

static void free_data(World *world) {
    Dataset *data = &world->fixture.data;
    for (uint32_t t = 0; t < data->table_count; t++)
        for (uint32_t s = 0; s < data->tables[t].snapshot_count; s++) {
            TableData *table = &data->tables[t].snapshots[s];
            for (uint32_t c = 0; c < COLUMNS && (t == world->people || !s); c++) {
                mem_free(table->columns[c].values);
                mem_free(table->columns[c].missing);
            }
            mem_free(table->person);
        }
}

static uint32_t *random_order(World *world, uint64_t rows) {
    uint32_t *order = ARENA_NEW_ARRAY(world->fixture.arena, uint32_t, rows);
    for (uint64_t r = 0; r < rows; r++) {
        uint64_t k = below(world, r + 1);
        order[r] = order[k];
        order[k] = (uint32_t)r;
    }
    return order;
}

static Rows shuffled(World *world, const Rows *rows, const uint32_t *order) {
    Rows made = make_rows(world, rows->rows);
    for (uint32_t c = 1; c < COLUMNS; c++)
        for (uint64_t r = 0; r < rows->rows; r++) {
            made.whole[c][r] = rows->whole[c][order[r]];
            made.real[c][r] = rows->real[c][order[r]];
            made.missing[c][r] = rows->missing[c][order[r]];
        }
    return made;
}

static void shuffle_world(World *world, Rows people[SNAPSHOTS], Rows *events) {
    Arena *arena = world->fixture.arena;
    uint32_t *order = random_order(world, world->event_rows.rows);
    *events = shuffled(world, &world->event_rows, order);
    for (uint32_t s = 0; s < SNAPSHOTS; s++) {
        const Rows *from = &world->person_rows[s];
        uint32_t *people_order = random_order(world, from->rows);
        uint32_t *now_at = ARENA_NEW_ARRAY(arena, uint32_t, from->rows);
        for (uint64_t r = 0; r < from->rows; r++)
            now_at[people_order[r]] = (uint32_t)r;
        people[s] = shuffled(world, from, people_order);
        events->person[s] = ARENA_NEW_ARRAY(arena, uint32_t, events->rows);
        for (uint64_t r = 0; r < events->rows; r++) {
            uint32_t person = world->event_rows.person[s][order[r]];
            events->person[s][r] = person == DATA_NO_PERSON ? person : now_at[person];
        }
    }
}

/* ---- Expressions and queries ----------------------------------------------------------------- */

static bool node_real(const World *world, uint32_t node) {
    return world->fixture.module.rows.items[node].real;
}

/* An earlier node of the kind wanted; a constant where there is none. */
static uint32_t pick(World *world, int table, bool real) {
    for (int tries = 0; tries < 20 && world->node_count[table]; tries++) {
        uint32_t node = world->nodes[table][below(world, world->node_count[table])];
        if (node_real(world, node) == real) return node;
    }
    return real ? fixture_const_real(&world->fixture, (double)below(world, 5) - 1.5)
                : fixture_const(&world->fixture, (int64_t)below(world, 90));
}

static uint32_t random_table(World *world) {
    RowTable table = {.first = (int64_t)below(world, 20) - 3, .count = 1 + (uint32_t)below(world, 120)};
    table.codes = ARENA_NEW_ARRAY(world->fixture.arena, int32_t, table.count);
    for (uint32_t i = 0; i < table.count; i++)
        table.codes[i] = (int32_t)below(world, 7) - 1;
    VEC_PUSH(world->fixture.arena, &world->fixture.module.row_tables, table);
    return world->fixture.module.row_tables.count - 1;
}

static RowNode random_leaf(World *world, int table) {
    uint32_t column = 1 + (uint32_t)below(world, COLUMNS - 1);
    uint8_t real = sorts[column] == COLUMN_REAL;
    switch (below(world, 8)) {
    case 0: return (RowNode){.op = ROW_CONST, .value = (int64_t)below(world, 200) - 20};
    case 1: return (RowNode){.op = ROW_CONST, .real = 1, .number = random_real(world)};
    case 2: return (RowNode){.op = ROW_MISSING, .real = (uint8_t)below(world, 2)};
    case 3:
    case 4:
        if (table) return (RowNode){.op = ROW_PERSON_COLUMN, .real = real, .a = column};
        break;
    }
    return (RowNode){.op = ROW_COLUMN, .real = real, .a = column};
}

static int64_t random_origin(World *world, RowOp op) {
    switch (op) {
    case ROW_YEAR: return 2023 + (int64_t)below(world, 3);
    case ROW_QUARTER: return 2024 * 4 + (int64_t)below(world, 5);
    case ROW_MONTH: return 2024 * 12 + (int64_t)below(world, 15);
    default: return 19996 + 7 * (int64_t)below(world, 40); /* Mondays */
    }
}

static RowNode random_node(World *world, int table) {
    RowOp op = (RowOp)below(world, ROW_OP_COUNT);
    bool real = below(world, 3) == 0;
    RowNode node = {.op = (uint8_t)op};
    switch (op) {
    case ROW_COLUMN:
    case ROW_PERSON_COLUMN:
    case ROW_CONST:
    case ROW_MISSING:
    case ROW_RANKED: /* rests on a table of its own: test_strata_ranking's */
    case ROW_OP_COUNT: return random_leaf(world, table);
    case ROW_EQ:
    case ROW_NE:
    case ROW_LT:
    case ROW_LE:
        node.a = pick(world, table, real);
        node.b = pick(world, table, real);
        return node;
    case ROW_AND:
    case ROW_OR:
        node.b = pick(world, table, false);
        node.a = pick(world, table, false);
        return node;
    case ROW_NOT: node.a = pick(world, table, false); return node;
    case ROW_IS_MISSING: node.a = pick(world, table, real); return node;
    case ROW_ADD:
    case ROW_SUB:
    case ROW_MUL:
    case ROW_DIV:
    case ROW_OR_ELSE:
        node.real = op == ROW_DIV || real;
        node.a = pick(world, table, node.real);
        node.b = pick(world, table, node.real);
        return node;
    case ROW_NEG:
        node.real = real;
        node.a = pick(world, table, real);
        return node;
    case ROW_TO_REAL:
        node.real = 1;
        node.a = pick(world, table, false);
        node.number = random_real(world);
        return node;
    case ROW_SELECT:
        node.real = real;
        node.a = pick(world, table, false);
        node.b = pick(world, table, real);
        node.c = pick(world, table, real);
        return node;
    case ROW_TABLE:
        node.a = pick(world, table, false);
        node.b = random_table(world);
        return node;
    case ROW_YEAR:
    case ROW_QUARTER:
    case ROW_MONTH:
    case ROW_WEEK:
        node.a = below(world, 3) ? fixture_read(&world->fixture, 6, false)
                                 : pick(world, table, false);
        node.value = random_origin(world, op);
        return node;
    }
    return node;
}

static void random_query(World *world) {
    static const int64_t nums[] = {1, 1, 1, 3, 100, 1000003, INT64_MAX};
    static const int64_t dens[] = {1, 1, 100, 7, 9, 1000, INT64_MAX - 24};
    Fixture *fixture = &world->fixture;
    int table = (int)below(world, 2);
    static const AggSort aggs[] = {AGG_ROWS, AGG_PEOPLE, AGG_SUM, AGG_SUM, AGG_SUM_SQUARES,
                                   AGG_SUM_SQUARED_EVENTS};
    AggSort agg = aggs[below(world, table ? 6 : 5)];
    uint32_t q = fixture_query(fixture, table ? world->events : world->people, agg);
    uint64_t groups = below(world, 4), filtered = below(world, 3);
    for (uint64_t d = 0, first = below(world, DIMS); d < groups; d++) {
        uint32_t node = below(world, 2) ? fixture_read(fixture, 1, false)
                                        : pick(world, table, false);
        fixture_by(fixture, q, world->dims[(first + d) % DIMS], node);
    }
    uint32_t filter = filtered ? pick(world, table, false) : MODULE_NONE;
    uint32_t value = agg == AGG_SUM || agg == AGG_SUM_SQUARES
                         ? pick(world, table, below(world, 2) == 0)
                         : MODULE_NONE;
    uint32_t valued = below(world, 3) ? MODULE_NONE : pick(world, table, below(world, 2) == 0);
    StrataQuery *query = &fixture->module.queries.items[q];
    query->snapshot = (uint32_t)below(world, SNAPSHOTS);
    query->filter = filter;
    query->value = value;
    query->valued = valued;
    query->scale_num = nums[below(world, 7)];
    query->scale_den = dens[below(world, 7)];
}

static void make_world(World *world, Arena *arena, uint64_t seed, uint64_t people,
                       uint64_t events) {
    memset(world, 0, sizeof *world);
    world->random = seed;
    Fixture *fixture = &world->fixture;
    fixture_init(fixture, arena);
    for (uint32_t d = 0; d < DIMS; d++)
        world->dims[d] = fixture_dim(fixture, "d", d ? 2 + (uint32_t)below(world, 5) : 5);
    world->people = fixture_table(fixture, "people", TABLE_POPULATION, 0, SNAPSHOTS);
    world->events = fixture_table(fixture, "events", TABLE_EVENTS, world->people, SNAPSHOTS);
    for (uint32_t c = 1; c < COLUMNS; c++) {
        fixture_column(fixture, world->people, "c", sorts[c], world->dims[0]);
        fixture_column(fixture, world->events, "c", sorts[c], world->dims[0]);
    }
    for (uint32_t s = 0; s < SNAPSHOTS; s++)
        world->person_rows[s] = make_rows(world, people);
    world->event_rows = make_rows(world, events);
    join_rows(world, &world->event_rows);
    for (int t = 0; t < 2; t++)
        while (world->node_count[t] < NODES) {
            uint32_t node = fixture_node(fixture, random_node(world, t));
            world->nodes[t][world->node_count[t]++] = node;
        }
    for (int q = 0; q < QUERIES; q++)
        random_query(world);
}

/* ---- The naive evaluator --------------------------------------------------------------------- */

typedef struct {
    bool missing;
    int64_t whole;
    double real;
} Value;

typedef struct {
    const World *world;
    const Rows *rows, *people;
    const uint32_t *person;
    Value *values; /* by node, of one row */
    const uint8_t *needed;
} Naive;

static const Value no_value = {.missing = true};

static Value whole_value(int64_t x) { return (Value){.whole = x, .real = 0}; }

static Value real_value(double x) {
    return isfinite(x) ? (Value){.real = x} : no_value;
}

static Value naive_column(const Rows *rows, uint32_t column, uint64_t row) {
    if (rows->missing[column][row]) return no_value;
    return sorts[column] == COLUMN_REAL ? real_value(rows->real[column][row])
                                        : whole_value(rows->whole[column][row]);
}

static Value naive_compare(const RowNode *node, bool real, Value a, Value b) {
    if (a.missing || b.missing) return no_value;
    int order = real ? (a.real > b.real) - (a.real < b.real)
                     : (a.whole > b.whole) - (a.whole < b.whole);
    switch ((RowOp)node->op) {
    case ROW_EQ: return whole_value(order == 0);
    case ROW_NE: return whole_value(order != 0);
    case ROW_LT: return whole_value(order < 0);
    default: return whole_value(order <= 0);
    }
}

static Value naive_logic(RowOp op, Value a, Value b) {
    bool decisive = op == ROW_OR; /* the truth that settles it */
    if ((!a.missing && (a.whole != 0) == decisive) || (!b.missing && (b.whole != 0) == decisive))
        return whole_value(decisive);
    return a.missing || b.missing ? no_value : whole_value(!decisive);
}

static Value naive_arithmetic(const RowNode *node, Value a, Value b) {
    if (a.missing || b.missing) return no_value;
    if (node->real) {
        switch ((RowOp)node->op) {
        case ROW_ADD: return real_value(a.real + b.real);
        case ROW_SUB: return real_value(a.real - b.real);
        case ROW_MUL: return real_value(a.real * b.real);
        default: return b.real == 0 ? no_value : real_value(a.real / b.real);
        }
    }
    Int128 x = a.whole, y = b.whole;
    x = node->op == ROW_ADD ? x + y : node->op == ROW_SUB ? x - y : x * y;
    return x < INT64_MIN || x > INT64_MAX ? no_value : whole_value((int64_t)x);
}

static Value naive_look_up(const RowTable *table, Value a) {
    if (a.missing || a.whole < table->first) return no_value;
    uint64_t at = (uint64_t)a.whole - (uint64_t)table->first;
    int32_t code = table->codes[at < table->count ? at : table->count - 1];
    return code < 0 ? no_value : whole_value(code);
}

static Value naive_period(const RowNode *node, Value a) {
    if (a.missing || !date_in_range(a.whole)) return no_value;
    CivilDate date = date_to_civil((int32_t)a.whole);
    int64_t fy = date.month >= 4 ? date.year : date.year - 1;
    switch ((RowOp)node->op) {
    case ROW_YEAR: return whole_value(fy - node->value);
    case ROW_QUARTER: return whole_value(fy * 4 + (date.month + 8) % 12 / 3 - node->value);
    case ROW_MONTH: return whole_value((int64_t)date.year * 12 + date.month - 1 - node->value);
    default: return whole_value((int64_t)floor((double)(a.whole - node->value) / 7));
    }
}

static Value naive_node(const Naive *naive, uint32_t n, uint64_t row) {
    const RowNode *nodes = naive->world->fixture.module.rows.items, *node = &nodes[n];
    const Value *values = naive->values;
    switch ((RowOp)node->op) {
    case ROW_COLUMN: return naive_column(naive->rows, node->a, row);
    case ROW_PERSON_COLUMN: return naive_column(naive->people, node->a, naive->person[row]);
    case ROW_CONST: return node->real ? real_value(node->number) : whole_value(node->value);
    case ROW_MISSING: return no_value;
    case ROW_EQ:
    case ROW_NE:
    case ROW_LT:
    case ROW_LE: return naive_compare(node, nodes[node->a].real, values[node->a], values[node->b]);
    case ROW_AND:
    case ROW_OR: return naive_logic((RowOp)node->op, values[node->a], values[node->b]);
    case ROW_NOT:
        return values[node->a].missing ? no_value : whole_value(!values[node->a].whole);
    case ROW_IS_MISSING: return whole_value(values[node->a].missing);
    case ROW_ADD:
    case ROW_SUB:
    case ROW_MUL:
    case ROW_DIV: return naive_arithmetic(node, values[node->a], values[node->b]);
    case ROW_NEG:
        if (values[node->a].missing || values[node->a].whole == INT64_MIN) return no_value;
        return node->real ? real_value(-values[node->a].real) : whole_value(-values[node->a].whole);
    case ROW_TO_REAL:
        return values[node->a].missing
                   ? no_value
                   : real_value((double)values[node->a].whole * node->number);
    case ROW_SELECT:
        if (values[node->a].missing) return no_value;
        return values[node->a].whole ? values[node->b] : values[node->c];
    case ROW_OR_ELSE: return values[node->a].missing ? values[node->b] : values[node->a];
    case ROW_TABLE:
        return naive_look_up(&naive->world->fixture.module.row_tables.items[node->b],
                             values[node->a]);
    default: return naive_period(node, values[node->a]);
    }
}

/* A row that counts: where, whose, how much. */
typedef struct {
    uint32_t cell, person;
    Value value;
} Hit;

typedef struct {
    Hit *hits;
    uint64_t count;
    int64_t left_out_group, left_out_value;
} Answer;

static void mark_needed(const Module *module, uint32_t node, uint8_t *needed) {
    if (node == MODULE_NONE || needed[node]) return;
    const RowNode *row = &module->rows.items[node];
    needed[node] = 1;
    if (row->op <= ROW_MISSING) return;
    mark_needed(module, row->a, needed);
    bool two = (row->op >= ROW_EQ && row->op <= ROW_OR) ||
               (row->op >= ROW_ADD && row->op <= ROW_DIV) || row->op == ROW_SELECT ||
               row->op == ROW_OR_ELSE;
    if (two) mark_needed(module, row->b, needed);
    if (row->op == ROW_SELECT) mark_needed(module, row->c, needed);
}

/* What one row is to the query; false: nothing. */
static bool naive_row(const Naive *naive, const StrataQuery *query, uint64_t row, Answer *answer,
                      Hit *hit) {
    const Module *module = &naive->world->fixture.module;
    if (naive->person && naive->person[row] == DATA_NO_PERSON) return false;
    for (uint32_t n = 0; n < module->rows.count; n++)
        if (naive->needed[n]) naive->values[n] = naive_node(naive, n, row);
    if (query->filter != MODULE_NONE) {
        Value pass = naive->values[query->filter];
        if (pass.missing || !pass.whole) return false;
    }
    *hit = (Hit){.person = naive->person ? naive->person[row] : (uint32_t)row};
    for (uint32_t d = 0; d < query->dim_count; d++) {
        uint32_t size = module->dims.items[query->dims[d]].member_count;
        Value code = naive->values[query->groups[d]];
        if (code.missing || code.whole < 0 || code.whole >= size) {
            answer->left_out_group++;
            return false;
        }
        hit->cell = hit->cell * size + (uint32_t)code.whole;
    }
    bool none = query->valued != MODULE_NONE && naive->values[query->valued].missing;
    if (query->value != MODULE_NONE) {
        hit->value = naive->values[query->value];
        none |= hit->value.missing;
        bool real = node_real(naive->world, query->value);
        none |= real && query->agg == AGG_SUM_SQUARES &&
                !isfinite(hit->value.real * hit->value.real);
    }
    answer->left_out_value += none;
    return !none;
}

static int by_cell_and_person(const void *left, const void *right) {
    const Hit *a = left, *b = right;
    if (a->cell != b->cell) return a->cell < b->cell ? -1 : 1;
    return (a->person > b->person) - (a->person < b->person);
}

static Answer naive_run(const World *world, const StrataQuery *query, Arena *arena) {
    const Module *module = &world->fixture.module;
    bool events = query->table == world->events;
    const Rows *people = &world->person_rows[query->snapshot];
    uint8_t *needed = arena_alloc(arena, module->rows.count);
    mark_needed(module, query->filter, needed);
    mark_needed(module, query->value, needed);
    mark_needed(module, query->valued, needed);
    for (uint32_t d = 0; d < query->dim_count; d++)
        mark_needed(module, query->groups[d], needed);
    Naive naive = {world, events ? &world->event_rows : people, people,
                   events ? world->event_rows.person[query->snapshot] : NULL,
                   ARENA_NEW_ARRAY(arena, Value, module->rows.count), needed};
    Answer answer = {.hits = ARENA_NEW_ARRAY(arena, Hit, naive.rows->rows)};
    for (uint64_t row = 0; row < naive.rows->rows; row++)
        answer.count += naive_row(&naive, query, row, &answer, &answer.hits[answer.count]);
    qsort(answer.hits, answer.count, sizeof *answer.hits, by_cell_and_person);
    return answer;
}

/* ---- The exact arithmetic of the answer ------------------------------------------------------ */

static Exact distance(Arena *arena, Exact x, double r) {
    return exact_abs(arena, exact_sub(arena, x, exact_from_double(arena, r)));
}

/* The nearest double, ties to even, found by looking at the neighbours of a near one. */
static double nearest(Arena *arena, Exact x) {
    double best = exact_to_double(x);
    for (int tries = 0; tries < 3; tries++) {
        double sides[] = {nextafter(best, INFINITY), nextafter(best, -INFINITY)};
        for (int i = 0; i < 2; i++) {
            int order = exact_compare(distance(arena, x, sides[i]), distance(arena, x, best));
            uint64_t bits;
            memcpy(&bits, &best, sizeof bits);
            if (order < 0 || (order == 0 && bits & 1)) best = sides[i];
        }
    }
    return best;
}

static double scaled(Arena *arena, Exact x, const StrataQuery *query, bool squared) {
    Exact by = exact_from_ratio(arena, query->scale_num, query->scale_den);
    if (squared) by = exact_mul(arena, by, by);
    return nearest(arena, exact_mul(arena, x, by));
}

static Exact exact_wide(Arena *arena, Int128 value) {
    Exact high = exact_from_int((int64_t)(value >> 62));
    Exact low = exact_from_int((int64_t)(value & (((Int128)1 << 62) - 1)));
    return exact_add(arena, exact_mul(arena, high, exact_from_int((int64_t)1 << 62)), low);
}

/* Doubles are whole numbers of 53 bits times a power of two: those of a power are summed apart. */
static Exact sum_reals(Arena *arena, const Hit *hits, uint64_t count, bool squared) {
    if (count == 1 && !squared) return exact_from_double(arena, hits->value.real);
    Int128 parts[2200] = {0};
    Exact sum = EXACT_ZERO, two = exact_from_int(2);
    for (uint64_t i = 0; i < count; i++) {
        int exponent;
        double real = hits[i].value.real;
        double mantissa = frexp(squared ? real * real : real, &exponent);
        parts[exponent + 1100] += (int64_t)ldexp(mantissa, 53);
    }
    for (int k = 0; k < 2200; k++)
        if (parts[k])
            sum = exact_add(arena, sum,
                            exact_mul(arena, exact_wide(arena, parts[k]),
                                      exact_pow(arena, two, k - 1100 - 53)));
    return sum;
}

static Exact sum_values(Arena *arena, const Hit *hits, uint64_t count, bool real, bool squared) {
    if (real) return sum_reals(arena, hits, count, squared);
    Int128 whole = 0;
    Exact sum = EXACT_ZERO;
    for (uint64_t i = 0; i < count; i++) {
        Exact x = exact_from_int(hits[i].value.whole);
        whole += hits[i].value.whole;
        if (squared) sum = exact_add(arena, sum, exact_mul(arena, x, x));
    }
    return squared ? sum : exact_wide(arena, whole);
}

static void check_same(double got, double want) {
    if (got == want) return;
    fail_msg("got %.17g, expected %.17g", got, want);
}

/* The hits of one cell, sorted by person, against the engine's answer for it. */
static void check_cell(const World *world, const StrataQuery *query, const StrataCells *cells,
                       uint32_t cell, const Hit *hits, uint64_t count, Arena *arena) {
    bool real = query->value != MODULE_NONE && node_real(world, query->value);
    int64_t people = 0;
    Exact squares = EXACT_ZERO;
    Exact top[2] = {EXACT_ZERO, EXACT_ZERO};
    for (uint64_t from = 0, to = 0; from < count; from = to, people++) {
        while (to < count && hits[to].person == hits[from].person)
            to++;
        int64_t rows = (int64_t)(to - from);
        squares = exact_add(arena, squares, exact_from_int(rows * rows));
        if (query->agg != AGG_SUM) continue;
        Exact part = exact_abs(arena, sum_values(arena, hits + from, to - from, real, false));
        if (real && rows > 1) part = exact_from_double(arena, nearest(arena, part));
        if (exact_compare(part, top[1]) > 0) top[1] = part;
        if (exact_compare(part, top[0]) > 0) {
            top[1] = top[0];
            top[0] = part;
        }
    }
    assert_int_equal(cells->rows[cell], count);
    assert_int_equal(cells->people[cell], people);
    Exact want = query->agg == AGG_ROWS     ? exact_from_int((int64_t)count)
                 : query->agg == AGG_PEOPLE ? exact_from_int(people)
                 : query->agg == AGG_SUM_SQUARED_EVENTS
                     ? squares
                     : sum_values(arena, hits, count, real, query->agg == AGG_SUM_SQUARES);
    bool squared = query->agg == AGG_SUM_SQUARES || query->agg == AGG_SUM_SQUARED_EVENTS;
    check_same(cells->value[cell], scaled(arena, want, query, squared));
    if (query->agg != AGG_SUM) {
        assert_null(cells->largest);
        return;
    }
    check_same(cells->largest[cell], scaled(arena, top[0], query, false));
    check_same(cells->second[cell], scaled(arena, top[1], query, false));
}

__attribute__((noinline)) /* its caller has set a boundary */
static void check_query(const World *world, const StrataQuery *query, const StrataCells *cells,
                        Arena *arena) {
    Answer answer = naive_run(world, query, arena);
    uint32_t count = 1;
    for (uint32_t d = 0; d < query->dim_count; d++)
        count *= world->fixture.module.dims.items[query->dims[d]].member_count;
    assert_int_equal(cells->cell_count, count);
    assert_int_equal(cells->left_out_missing_group, answer.left_out_group);
    assert_int_equal(cells->left_out_missing_value, answer.left_out_value);
    uint64_t from = 0, to = 0;
    for (uint32_t c = 0; c < count; c++, from = to) {
        while (to < answer.count && answer.hits[to].cell == c)
            to++;
        check_cell(world, query, cells, c, answer.hits + from, to - from, arena);
    }
}

/* Each query with memory of its own, for exact sums of thousands of doubles leave much behind. */
static void check_query_apart(const World *world, const StrataQuery *query,
                              const StrataCells *cells) {
    Boundary boundary;
    Arena arena;
    arena_init(&arena, &boundary, 0);
    if (setjmp(boundary.at)) fail_msg("left to the boundary: %s", boundary.message);
    check_query(world, query, cells, &arena);
    arena_free(&arena);
}

static void check_against_naive(const World *world, const StrataResult *result) {
    for (uint32_t q = 0; q < world->fixture.module.queries.count; q++)
        check_query_apart(world, &world->fixture.module.queries.items[q], &result->cells[q]);
}

static void assert_same_bits(const World *world, const StrataResult *a, const StrataResult *b) {
    for (uint32_t q = 0; q < world->fixture.module.queries.count; q++) {
        const StrataCells *x = &a->cells[q], *y = &b->cells[q];
        assert_int_equal(x->cell_count, y->cell_count);
        size_t size = x->cell_count * sizeof(double);
        assert_memory_equal(x->rows, y->rows, size);
        assert_memory_equal(x->people, y->people, size);
        assert_memory_equal(x->value, y->value, size);
        assert_int_equal(x->left_out_missing_group, y->left_out_missing_group);
        assert_int_equal(x->left_out_missing_value, y->left_out_missing_value);
        if (!x->largest) continue;
        assert_memory_equal(x->largest, y->largest, size);
        assert_memory_equal(x->second, y->second, size);
    }
}

static void check_made(World *world) {
    set_data(world, world->person_rows, &world->event_rows);
    StrataResult result = fixture_run(&world->fixture, 1);
    check_against_naive(world, &result);
    static const uint32_t threads[] = {2, 3, 7};
    for (int i = 0; i < 3; i++) {
        StrataResult other = fixture_run(&world->fixture, threads[i]);
        assert_same_bits(world, &result, &other);
    }
    free_data(world);
    Rows moved_people[SNAPSHOTS], moved_events;
    shuffle_world(world, moved_people, &moved_events);
    set_data(world, moved_people, &moved_events);
    StrataResult other = fixture_run(&world->fixture, 2);
    assert_same_bits(world, &result, &other);
    fixture_free(&world->fixture);
}

static void check_world(Arena *arena, uint64_t seed, uint64_t people, uint64_t events) {
    World *world = ARENA_NEW(arena, World);
    make_world(world, arena, seed, people, events);
    check_made(world);
}

/* Every query asks for what one row in thirty or so has, too. */
static void ask_for_few(World *world) {
    Fixture *fixture = &world->fixture;
    uint32_t few = fixture_op(fixture, ROW_LE, fixture_read(fixture, 2, false),
                              fixture_const(fixture, 3), 0);
    for (uint32_t q = 0; q < fixture->module.queries.count; q++) {
        uint32_t *filter = &fixture->module.queries.items[q].filter;
        *filter = *filter == MODULE_NONE || q % 3 == 0 ? few
                                                       : fixture_op(fixture, ROW_AND, few, *filter, 0);
    }
}

ARENA_TEST(queries_that_few_rows_pass_agree_with_the_naive_evaluator) {
    for (uint64_t seed = 400; seed < 410; seed++) {
        World *world = ARENA_NEW(arena, World);
        make_world(world, arena, seed, 1000 + seed % 7 * 700, 2000 + seed % 5 * 900);
        ask_for_few(world);
        check_made(world);
    }
}

/* Instead of the queries there are: a count and sums of bytes, of money, of what may be below 0
 * and of what may be missing, all in so many cells that what is added to one lies together. */
static void ask_by_many_cells(World *world) {
    Fixture *fixture = &world->fixture;
    uint16_t dims[] = {fixture_dim(fixture, "many", 100), fixture_dim(fixture, "few", 41)};
    uint32_t nodes[] = {fixture_read(fixture, 2, false), fixture_read(fixture, 1, false)};
    uint32_t half = fixture_op(fixture, ROW_LE, nodes[0], fixture_const(fixture, 50), 0);
    uint32_t values[] = {MODULE_NONE, nodes[0], fixture_read(fixture, 5, false),
                         fixture_read(fixture, 3, false), nodes[0]};
    for (int v = 1; v < 4; v++)
        values[v] = fixture_op(fixture, ROW_OR_ELSE, values[v], fixture_const(fixture, 1), 0);
    fixture->module.queries.count = 0;
    for (uint32_t i = 0; i < 8; i++) {
        uint32_t value = values[i % 5];
        uint32_t q = fixture_query(fixture, world->people,
                                   value == MODULE_NONE ? AGG_ROWS : AGG_SUM);
        for (int d = 0; d < 2; d++) fixture_by(fixture, q, dims[d], nodes[d]);
        fixture->module.queries.items[q].value = value;
        if (i >= 5) fixture->module.queries.items[q].filter = half;
    }
}

ARENA_TEST(breakdowns_of_many_cells_agree_with_the_naive_evaluator) {
    World *world = ARENA_NEW(arena, World);
    make_world(world, arena, 500, 3000, 10);
    ask_by_many_cells(world);
    check_made(world);
}

ARENA_TEST(random_queries_agree_with_the_naive_evaluator) {
    for (uint64_t seed = 1; seed <= 16; seed++)
        check_world(arena, seed, 200 + seed * 37, 100 + seed * 61);
}

ARENA_TEST(tables_of_any_size_agree_with_the_naive_evaluator) {
    static const uint64_t sizes[][2] = {{0, 0},       {0, 5},    {1, 0},     {1, 1},
                                        {EXPR_BATCH - 1, EXPR_BATCH},
                                        {EXPR_BATCH, 1}, {EXPR_BATCH + 1, 2 * EXPR_BATCH + 1},
                                        {3000, 2049}};
    for (uint64_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        check_world(arena, 100 + i, sizes[i][0], sizes[i][1]);
}

ARENA_TEST(several_morsels_agree_with_the_naive_evaluator) {
    check_world(arena, 200, 20000, 40000);
    check_world(arena, 201, 33000, 17000);
}

/* An operation over nodes a and b, and over c where it takes three. */
static uint32_t add_operation(World *world, RowOp op, bool real, uint32_t a, uint32_t b,
                              uint32_t c) {
    RowNode node = {.op = (uint8_t)op, .real = real, .a = a, .b = b, .c = c};
    if (op <= ROW_LE || op == ROW_IS_MISSING) node.real = 0;
    if (op == ROW_TABLE) node.b = random_table(world);
    if (op >= ROW_YEAR) node.value = random_origin(world, op);
    if (op == ROW_TO_REAL) node.number = random_real(world) * 1e3;
    return fixture_node(&world->fixture, node);
}

static void query_operation(World *world, uint32_t node) {
    uint32_t q = fixture_query(&world->fixture, world->people, AGG_SUM);
    fixture_by(&world->fixture, q, world->dims[0], fixture_read(&world->fixture, 1, false));
    world->fixture.module.queries.items[q].value = node;
}

/* Each operation over each pair of columns, and over a column and a constant. */
static void query_operations(World *world) {
    static const bool takes_real[ROW_OP_COUNT] = {
        [ROW_EQ] = true,  [ROW_NE] = true,  [ROW_LT] = true,         [ROW_LE] = true,
        [ROW_ADD] = true, [ROW_SUB] = true, [ROW_MUL] = true,        [ROW_DIV] = true,
        [ROW_NEG] = true, [ROW_SELECT] = true, [ROW_IS_MISSING] = true, [ROW_OR_ELSE] = true};
    Fixture *fixture = &world->fixture;
    uint32_t whole[COLUMNS + 2], reals[] = {fixture_read(fixture, 8, true),
                                            fixture_const_real(fixture, 0),
                                            fixture_const_real(fixture, 1e300)};
    for (uint32_t c = 1; c < 8; c++)
        whole[c] = fixture_read(fixture, c, false);
    whole[0] = fixture_const(fixture, INT64_MIN);
    whole[8] = fixture_const(fixture, 3);
    whole[9] = fixture_node(fixture, (RowNode){.op = ROW_MISSING});
    reals[2] = fixture_op(fixture, ROW_MUL, reals[2], reals[0], 0);
    for (int op = ROW_EQ; op < ROW_RANKED; op++) { /* rankings have a test of their own */
        for (int i = 0; i < 100 && op != ROW_DIV; i++)
            query_operation(world, add_operation(world, (RowOp)op, op == ROW_TO_REAL,
                                                 whole[i / 10], whole[i % 10], whole[7 - i % 7]));
        for (int i = 0; i < 9 && takes_real[op]; i++)
            query_operation(world, add_operation(world, (RowOp)op, true,
                                                 op == ROW_SELECT ? whole[7] : reals[i / 3],
                                                 reals[i % 3], reals[(i + 1) % 3]));
    }
}

ARENA_TEST(every_operation_agrees_with_the_naive_evaluator) {
    World *world = ARENA_NEW(arena, World);
    make_world(world, arena, 300, 150, 10);
    world->fixture.module.queries.count = 0;
    query_operations(world);
    set_data(world, world->person_rows, &world->event_rows);
    StrataResult result = fixture_run(&world->fixture, 2);
    check_against_naive(world, &result);
    fixture_free(&world->fixture);
}

/* Of two to six columns of every width, some of which may be missing or not fit: what is added
 * three at a time is what is added one by one. */
ARENA_TEST(sums_of_many_columns_agree_with_the_naive_evaluator) {
    World *world = ARENA_NEW(arena, World);
    make_world(world, arena, 301, 300, 10);
    Fixture *fixture = &world->fixture;
    fixture->module.queries.count = 0;
    for (uint32_t first = 1; first < 8; first++) {
        uint32_t sum = fixture_read(fixture, first, false);
        for (uint32_t n = 1; n < 6; n++) {
            uint32_t next = fixture_read(fixture, 1 + (first * n + n) % 7, false);
            sum = n % 2 ? fixture_op(fixture, ROW_ADD, sum, next, 0)
                        : fixture_op(fixture, ROW_ADD, next, sum, 0);
            query_operation(world, sum);
        }
        sum = fixture_read(fixture, first, false);
        for (uint32_t n = 1; n < 7; n++) {
            uint32_t next = fixture_read(fixture, 1 + (first + n) % 7, false);
            sum = fixture_op(fixture, ROW_ADD, sum, next, 0);
            if (n > 3) query_operation(world, sum);
        }
    }
    check_made(world);
}

/* ---- By hand --------------------------------------------------------------------------------- */

/* Five people: groups 0 1 1 2 -, pence 100 250 -399 7 5. */
static void make_five(Fixture *fixture, Arena *arena) {
    fixture_init(fixture, arena);
    uint16_t dim = fixture_dim(fixture, "group", 3);
    uint32_t table = fixture_table(fixture, "people", TABLE_POPULATION, 0, 1);
    fixture_column(fixture, table, "group", COLUMN_CATEGORY, dim);
    fixture_column(fixture, table, "cost", COLUMN_MONEY, 0);
    TableData *data = fixture_rows(fixture, table, 0, 5);
    fixture_set_whole(data, 1, (int64_t[]){0, 1, 1, 2, 0}, (uint8_t[]){0, 0, 0, 0, 1});
    fixture_set_whole(data, 2, (int64_t[]){100, 250, -399, 7, 5}, NULL);
}

static void keep_plan(void *context, const StrataResult *plan) {
    StrataResult *kept = context;
    assert_null(kept->each_pass);
    assert_null(plan->cells);
    assert_int_equal(plan->passes, 1);
    assert_true(plan->each_pass->counting == 0);
    *kept = *plan;
}

ARENA_TEST(what_counting_takes_is_told_before_anything_is_counted) {
    Fixture fixture;
    make_five(&fixture, arena);
    uint32_t cost = fixture_read(&fixture, 2, false), q = fixture_query(&fixture, 0, AGG_SUM);
    fixture.module.queries.items[q].value = cost;
    StrataResult plan = {0}, result;
    Slice error = SLICE("");
    StrataOptions options = {.planned = keep_plan, .context = &plan};
    assert_int_equal(
        strata_run(&fixture.module, &fixture.data, &options, arena, &result, &error), SCP_OK);
    assert_int_equal(plan.cells_total, 1);
    assert_int_equal(plan.answer_bytes, 4 * sizeof(double));
    assert_int_equal(plan.each_pass->rows, 5);
    assert_true(plan.each_pass->row_bytes > 0 && plan.each_pass->table_bytes > 0);
    assert_int_equal(plan.each_pass->table_bytes, result.each_pass->table_bytes);
    assert_true(result.each_pass->counting > 0);
    fixture_free(&fixture);
}

ARENA_TEST(pence_are_summed_and_shown_in_pounds) {
    Fixture fixture;
    make_five(&fixture, arena);
    uint32_t q = fixture_query(&fixture, 0, AGG_SUM);
    fixture_by(&fixture, q, 0, fixture_read(&fixture, 1, false));
    uint32_t cost = fixture_read(&fixture, 2, false);
    fixture.module.queries.items[q].value = cost;
    fixture.module.queries.items[q].scale_den = 100;
    StrataResult result = fixture_run(&fixture, 2);
    static const double value[] = {1, -1.49, 0.07}, largest[] = {1, 3.99, 0.07}, second[] = {0, 2.5, 0};
    static const int64_t rows[] = {1, 2, 1};
    for (int c = 0; c < 3; c++) {
        assert_int_equal(result.cells[q].rows[c], rows[c]);
        assert_int_equal(result.cells[q].people[c], rows[c]);
        check_same(result.cells[q].value[c], value[c]);
        check_same(result.cells[q].largest[c], largest[c]);
        check_same(result.cells[q].second[c], second[c]);
    }
    assert_int_equal(result.cells[q].left_out_missing_group, 1);
    assert_int_equal(result.cells[q].left_out_missing_value, 0);
    assert_int_equal(result.rows_scanned, 5);
    assert_int_equal(result.passes, 1);
    fixture_free(&fixture);
}

ARENA_TEST(doubles_too_large_to_square_are_left_out_of_their_squares_alone) {
    Fixture fixture;
    fixture_init(&fixture, arena);
    uint32_t table = fixture_table(&fixture, "people", TABLE_POPULATION, 0, 1);
    fixture_column(&fixture, table, "x", COLUMN_REAL, 0);
    fixture_set_real(fixture_rows(&fixture, table, 0, 3), 1, (double[]){1e200, 2, -3}, NULL);
    uint32_t x = fixture_read(&fixture, 1, true);
    uint32_t squares = fixture_query(&fixture, table, AGG_SUM_SQUARES);
    uint32_t sum = fixture_query(&fixture, table, AGG_SUM);
    fixture.module.queries.items[squares].value = fixture.module.queries.items[sum].value = x;
    StrataResult result = fixture_run(&fixture, 2);
    check_same(result.cells[squares].value[0], 13);
    assert_int_equal(result.cells[squares].rows[0], 2);
    assert_int_equal(result.cells[squares].left_out_missing_value, 1);
    check_same(result.cells[sum].value[0], 1e200);
    assert_int_equal(result.cells[sum].rows[0], 3);
    fixture_free(&fixture);
}

ARENA_TEST(everything_filtered_leaves_empty_cells) {
    Fixture fixture;
    make_five(&fixture, arena);
    uint32_t q = fixture_query(&fixture, 0, AGG_ROWS);
    fixture_by(&fixture, q, 0, fixture_read(&fixture, 1, false));
    uint32_t cost = fixture_read(&fixture, 2, false), limit = fixture_const(&fixture, -1000);
    fixture.module.queries.items[q].filter = fixture_op(&fixture, ROW_LT, cost, limit, 0);
    StrataResult result = fixture_run(&fixture, 2);
    for (int c = 0; c < 3; c++)
        assert_int_equal(result.cells[q].rows[c], 0);
    assert_int_equal(result.cells[q].left_out_missing_group, 0);
    fixture_free(&fixture);
}

ARENA_TEST(queries_that_share_an_expression_share_a_pass) {
    Fixture fixture;
    make_five(&fixture, arena);
    for (int i = 0; i < 50; i++) {
        uint32_t q = fixture_query(&fixture, 0, i % 2 ? AGG_ROWS : AGG_PEOPLE);
        fixture_by(&fixture, q, 0, fixture_read(&fixture, 1, false));
        uint32_t cost = fixture_read(&fixture, 2, false), limit = fixture_const(&fixture, 6);
        fixture.module.queries.items[q].filter = fixture_op(&fixture, ROW_LT, limit, cost, 0);
    }
    StrataResult result = fixture_run(&fixture, 2);
    assert_int_equal(result.passes, 1);
    assert_int_equal(result.bytes_scanned, 5 * (1 + 4));
    assert_int_equal(result.cells_total, 150);
    fixture_free(&fixture);
}

ARENA_TEST(too_many_cells_are_a_limit_that_is_named) {
    Fixture fixture;
    make_five(&fixture, arena);
    uint32_t q = fixture_query(&fixture, 0, AGG_ROWS);
    fixture_by(&fixture, q, 0, fixture_read(&fixture, 1, false));
    StrataResult result;
    Slice error = SLICE("");
    assert_int_equal(strata_run(&fixture.module, &fixture.data,
                                &(StrataOptions){.cell_limit = 2}, arena, &result,
                                &error),
                     SCP_LIMIT);
    assert_non_null(strstr(error.data, "limit on cells"));
    fixture_free(&fixture);
}

/* The status of a run of which the n-th allocation fails. */
static ScpStatus run_failing(const Fixture *fixture, long n) {
    Boundary boundary;
    Arena own;
    StrataResult result;
    Slice error = SLICE("");
    arena_init(&own, &boundary, 0);
    if (setjmp(boundary.at)) {
        arena_free(&own);
        return boundary.status;
    }
    mem_fail_after(n);
    ScpStatus status = strata_run(&fixture->module, &fixture->data, &(StrataOptions){0}, &own,
                                  &result, &error);
    if (status != SCP_OK) assert_true(error.length);
    arena_free(&own);
    return status;
}

ARENA_TEST(exhausted_memory_is_a_limit_at_every_point) {
    Fixture fixture;
    make_five(&fixture, arena);
    uint32_t q = fixture_query(&fixture, 0, AGG_SUM);
    fixture_by(&fixture, q, 0, fixture_read(&fixture, 1, false));
    uint32_t cost = fixture_read(&fixture, 2, false);
    fixture.module.queries.items[q].value =
        fixture_node(&fixture, (RowNode){.op = ROW_TO_REAL, .real = 1, .a = cost, .number = 1e-3});
    long n = 1;
    while (run_failing(&fixture, n) == SCP_LIMIT)
        n++;
    assert_true(n > 10);
    assert_true(mem_fail_after(0) > 0);
    fixture_free(&fixture);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_queries_agree_with_the_naive_evaluator),
        cmocka_unit_test(breakdowns_of_many_cells_agree_with_the_naive_evaluator),
        cmocka_unit_test(queries_that_few_rows_pass_agree_with_the_naive_evaluator),
        cmocka_unit_test(tables_of_any_size_agree_with_the_naive_evaluator),
        cmocka_unit_test(several_morsels_agree_with_the_naive_evaluator),
        cmocka_unit_test(every_operation_agrees_with_the_naive_evaluator),
        cmocka_unit_test(sums_of_many_columns_agree_with_the_naive_evaluator),
        cmocka_unit_test(doubles_too_large_to_square_are_left_out_of_their_squares_alone),
        cmocka_unit_test(what_counting_takes_is_told_before_anything_is_counted),
        cmocka_unit_test(pence_are_summed_and_shown_in_pounds),
        cmocka_unit_test(everything_filtered_leaves_empty_cells),
        cmocka_unit_test(queries_that_share_an_expression_share_a_pass),
        cmocka_unit_test(too_many_cells_are_a_limit_that_is_named),
        cmocka_unit_test(exhausted_memory_is_a_limit_at_every_point),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
