/* The loops over rows, one kind of processor against the plainest: every loop over random rows,
 * and every step of row expressions, must give the same bits. What the processor at hand cannot
 * run is passed over. */
#include "tests/unit/strata_fixture.h"
#include "tests/unit/test_base_fixture.h"

#include "runtime/strata/kernels.h"
#include "runtime/strata/ranking.h"

enum { ROWS = 2 * EXPR_BATCH + 900, CELLS = 300, COLUMNS = 9 };

/* STRIDE: words of so many choices lie side by side. */
enum { STRIDE = 48, STRIP_LANES = OCTET * STRIP_OCTETS };

typedef struct {
    uint8_t marks[EXPR_BATCH], bytes[EXPR_BATCH], missing[EXPR_BATCH];
    uint64_t words[MASK_WORDS * STRIDE]; /* choice 0 of the marks; others of anything */
    int32_t ints[EXPR_BATCH];
    int64_t longs[EXPR_BATCH];
    uint32_t cells[EXPR_BATCH + CELLS_AHEAD], people[EXPR_BATCH];
    uint16_t places[EXPR_BATCH + PLACES_SLACK];
    PlaceList lists[2]; /* all, and some */
} Rows;

static void make_rows(Rows *rows, uint64_t *random, uint32_t count) {
    for (uint32_t i = 0; i < EXPR_BATCH; i++) {
        uint64_t r = test_random(random);
        rows->marks[i] = r % 5 == 0;
        rows->missing[i] = r >> 8 & 1;
        rows->bytes[i] = (uint8_t)(r >> 16) & (uint8_t)-(r >> 9 & 1);
        rows->ints[i] = (int32_t)(r >> 24) >> (r >> 10 & 31);
        rows->longs[i] = (int32_t)test_random(random);
        rows->cells[i] = (uint32_t)(r >> 32) % CELLS;
        rows->people[i] = i / 3;
    }
    for (uint32_t w = 0; w < MASK_WORDS * STRIDE; w++)
        rows->words[w] = test_random(random) & test_random(random);
    for (uint32_t c = 0; c < STRIDE; c++)
        kernels_at(LEVEL_PORTABLE)
            ->mark(c ? NULL : rows->marks, NULL, c ? rows->words + c : NULL, STRIDE, count,
                   rows->words + c);
    uint32_t some =
        kernels_at(LEVEL_PORTABLE)->select(rows->words, STRIDE, count, rows->places);
    rows->lists[0] = (PlaceList){NULL, count};
    rows->lists[1] = (PlaceList){rows->places, some};
}

static const void *values_of(const Rows *rows, uint8_t repr) {
    return repr == REPR_BYTE ? (const void *)rows->bytes
           : repr == REPR_INT ? (const void *)rows->ints
                              : (const void *)rows->longs;
}

/* Bits of whatever truth, missing marks and bits before there are, and of values that are not 0. */
static void check_marks(const Kernels *one, const Kernels *other, const Rows *rows,
                        uint32_t count) {
    uint64_t words[2][MASK_WORDS * STRIDE] = {{0}};
    uint32_t made = (count + MASK_ROWS - 1) / MASK_ROWS;
    for (int sort = 0; sort < 8; sort++) {
        const uint8_t *truth = sort & 1 ? rows->marks : NULL;
        const uint8_t *missing = sort & 2 ? rows->missing : NULL;
        const uint64_t *within = sort & 4 ? rows->words + 5 : NULL;
        one->mark(truth, missing, within, STRIDE, count, words[0] + sort);
        other->mark(truth, missing, within, STRIDE, count, words[1] + sort);
    }
    assert_memory_equal(words[0], words[1], sizeof words[0]);
    for (uint32_t i = 0; i < count; i++)
        assert_int_equal(words[0][i / MASK_ROWS * STRIDE + 3] >> i % MASK_ROWS & 1,
                         rows->marks[i] && !rows->missing[i]);
    for (uint8_t repr = REPR_BYTE; repr <= REPR_LONG; repr++) {
        one->mark_nonzero(values_of(rows, repr), repr, count, words[0]);
        other->mark_nonzero(values_of(rows, repr), repr, count, words[1]);
        assert_memory_equal(words[0], words[1], made * sizeof words[0][0]);
    }
}

static void check_places(const Kernels *one, const Kernels *other, const Rows *rows,
                         uint32_t count) {
    uint16_t places[2][EXPR_BATCH + PLACES_SLACK];
    uint64_t others[MASK_WORDS];
    for (uint32_t w = 0; w < MASK_WORDS; w++) others[w] = rows->words[w * STRIDE + 7];
    for (int both = 0; both < 2; both++) {
        uint32_t n[2];
        const Kernels *kernels[] = {one, other};
        for (int k = 0; k < 2; k++)
            n[k] = both ? kernels[k]->select_both(rows->words, STRIDE, others, count, places[k])
                        : kernels[k]->select(rows->words, STRIDE, count, places[k]);
        assert_int_equal(n[0], n[1]);
        assert_memory_equal(places[0], places[1], n[0] * sizeof places[0][0]);
        for (uint32_t i = 0; i < n[0]; i++) assert_true(rows->marks[places[0][i]]);
    }
}

/* A mask has the bits of its row, and strips of every width count them, whatever the copies. */
static void check_strips(const Kernels *one, const Kernels *other, const Rows *rows,
                         uint32_t count) {
    static const uint32_t octets[STRIP_OCTETS] = {8, 0, 40, 16}, widths[] = {1, 2, 4};
    static uint32_t masks[2][EXPR_BATCH];
    static _Alignas(64) uint16_t strips[2][4 * CELLS * STRIP_LANES];
    for (int width = 0; width < 3; width++) {
        uint32_t octet_count = widths[width], lanes = OCTET * octet_count;
        uint32_t whole[2][OCTET] = {{0}};
        const Kernels *kernels[] = {one, other};
        memset(strips, 0, sizeof strips);
        for (int k = 0; k < 2; k++) {
            kernels[k]->turn(rows->words, STRIDE, octets, octet_count, count, masks[k]);
            kernels[k]->count_masks(masks[k], rows->cells, count, lanes, CELLS, strips[k]);
            kernels[k]->count_masks(masks[k], rows->cells, count, lanes, 0, strips[k]);
            kernels[k]->count_octet(rows->words + 8, STRIDE, count, whole[k]);
        }
        assert_memory_equal(masks[0], masks[1], count * sizeof masks[0][0]);
        assert_memory_equal(strips[0], strips[1], sizeof strips[0]);
        assert_memory_equal(whole[0], whole[1], sizeof whole[0]);
        for (uint32_t i = 0; i < count; i++)
            for (uint32_t lane = 0; lane < lanes; lane++) {
                uint32_t choice = octets[lane / OCTET] + lane % OCTET;
                assert_int_equal(masks[0][i] >> lane & 1,
                                 rows->words[i / MASK_ROWS * STRIDE + choice] >> i % MASK_ROWS & 1);
            }
    }
}

/* Codes of every width, that may lie outside, that may be missing, and that may do neither. */
static void check_cells(const Kernels *one, const Kernels *other, const Rows *rows,
                        uint32_t count) {
    enum { AXES = 9 };
    uint32_t cells[2][EXPR_BATCH];
    ExprVector vectors[AXES];
    Axis axes[AXES];
    for (uint32_t a = 0; a < AXES; a++) {
        uint32_t size = a == 0 ? 256 : 100;
        vectors[a] = (ExprVector){values_of(rows, (uint8_t)(a / 3)),
                                  a % 3 == 2 ? rows->missing : NULL};
        axes[a] = (Axis){a, size, 1 + 7 * a, size * (1 + 7 * a), a % 3 > 0, (uint8_t)(a / 3)};
    }
    static const struct { uint32_t from, count, last; } joints[] = {
        {0, 1, UINT32_MAX}, {0, 3, 5000}, {2, 4, UINT32_MAX}, {1, 5, 9000}, {3, 6, 100000}, {4, 0, 3}};
    for (size_t j = 0; j < sizeof joints / sizeof joints[0]; j++) {
        one->find_cells(axes + joints[j].from, joints[j].count, vectors, joints[j].last, count,
                        cells[0]);
        other->find_cells(axes + joints[j].from, joints[j].count, vectors, joints[j].last, count,
                          cells[1]);
        assert_memory_equal(cells[0], cells[1], count * sizeof cells[0][0]);
    }
}

/* Breakdowns as they are laid out: strides of mixed radix, and what is outside an axis either in
 * cells of its own or, with `alone`, past the last cell. */
static void check_layouts(const Kernels *one, const Kernels *other, const Rows *rows,
                          uint32_t count, bool alone, uint64_t *random) {
    static const uint32_t sizes[][6] = {{10, 60, 6, 20, 3}, {2, 255, 200, 3}, {256, 256, 2},
                                        {7, 1, 1, 9, 130, 5}, {50}, {127, 2, 256, 40}};
    uint32_t cells[2][EXPR_BATCH];
    for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++) {
        Axis axes[6];
        ExprVector vectors[6];
        uint32_t axis_count = 0, all = 1;
        while (axis_count < 6 && sizes[s][axis_count]) axis_count++;
        for (uint32_t a = axis_count; a--;) {
            uint64_t r = test_random(random);
            uint32_t size = sizes[s][a];
            bool missing = r & 1, check = missing || size < 256;
            uint8_t repr = size < 256 && r >> 1 & 1 ? REPR_INT : REPR_BYTE;
            vectors[a] = (ExprVector){values_of(rows, repr), missing ? rows->missing : NULL};
            axes[a] = (Axis){a, size, all, size * all, check, repr};
            all *= size + (alone ? 0 : check);
        }
        for (uint32_t a = 0; alone && a < axis_count; a++) axes[a].out = all;
        one->find_cells(axes, axis_count, vectors, all - !alone, count, cells[0]);
        other->find_cells(axes, axis_count, vectors, all - !alone, count, cells[1]);
        assert_memory_equal(cells[0], cells[1], count * sizeof cells[0][0]);
    }
}

static void check_totals(const Kernels *one, const Kernels *other, const Rows *rows,
                         PlaceList list) {
    static uint32_t counts[2][4 * CELLS];
    static SumCell sums[2][CELLS], others[2][CELLS];
    static VisitCell visits[2][CELLS];
    static EventCell events[2][CELLS];
    const Kernels *kernels[] = {one, other};
    for (int k = 0; k < 2; k++) {
        kernels[k]->count(list, rows->cells, counts[k], CELLS);
        kernels[k]->visit(list, rows->cells, rows->people, visits[k]);
        for (uint8_t repr = REPR_BYTE; repr <= REPR_LONG; repr++) {
            const void *values = values_of(rows, repr);
            kernels[k]->sum(list, rows->cells, values, repr, k == 0, sums[k]);
            kernels[k]->sum_twice(list, rows->cells, rows->cells + 1, values, repr, sums[k],
                                  others[k]);
            kernels[k]->sum_events(list, rows->cells, rows->people, values, repr, events[k]);
        }
    }
    assert_memory_equal(counts[0], counts[1], sizeof counts[0]);
    assert_memory_equal(sums[0], sums[1], sizeof sums[0]);
    assert_memory_equal(others[0], others[1], sizeof others[0]);
    assert_memory_equal(visits[0], visits[1], sizeof visits[0]);
    assert_memory_equal(events[0], events[1], sizeof events[0]);
}

/* Slices of a list, as records are given them: halves of one word and a whole one. */
static void check_records(const Kernels *one, const Kernels *other, const Rows *rows,
                          PlaceList list) {
    static _Alignas(32) Record records[2][CELLS];
    const Kernels *kernels[] = {one, other};
    for (int k = 0; k < 2; k++)
        for (uint32_t from = 0; from < list.count; from += RECORD_ROWS) {
            uint32_t left = list.count - from, at = list.places ? 0 : from;
            PlaceList slice = {list.places ? list.places + from : NULL,
                               left < RECORD_ROWS ? left : RECORD_ROWS};
            const RecordField fields[] = {
                {rows->bytes + at, REPR_BYTE, 0, 32, 0, true},
                {rows->ints + at, REPR_INT, 1, 0, 1, true},
                {rows->longs + at, REPR_LONG, 1, 0, 0, false},
                {.word = 0, .shift = 0},
            };
            kernels[k]->record(slice, rows->cells + at, fields, 4, records[k]);
        }
    assert_memory_equal(records[0], records[1], sizeof records[0]);
}

ARENA_TEST(every_processor_counts_the_same) {
    Rows *rows = ARENA_NEW(arena, Rows);
    uint64_t random = 5;
    static const uint32_t counts[] = {EXPR_BATCH, 1, 31, 33, 100, 0, EXPR_BATCH - 1};
    for (int level = LEVEL_PORTABLE; level < LEVEL_COUNT; level++) {
        const Kernels *other = kernels_at((KernelLevel)level);
        for (size_t i = 0; other && i < sizeof counts / sizeof counts[0]; i++) {
            make_rows(rows, &random, counts[i]);
            check_marks(kernels_at(LEVEL_PORTABLE), other, rows, counts[i]);
            check_places(kernels_at(LEVEL_PORTABLE), other, rows, counts[i]);
            check_strips(kernels_at(LEVEL_PORTABLE), other, rows, counts[i]);
            check_cells(kernels_at(LEVEL_PORTABLE), other, rows, counts[i]);
            check_layouts(kernels_at(LEVEL_PORTABLE), other, rows, counts[i], false, &random);
            check_layouts(kernels_at(LEVEL_PORTABLE), other, rows, counts[i], true, &random);
            check_totals(kernels_at(LEVEL_PORTABLE), other, rows, rows->lists[0]);
            check_totals(kernels_at(LEVEL_PORTABLE), other, rows, rows->lists[1]);
            check_records(kernels_at(LEVEL_PORTABLE), other, rows, rows->lists[0]);
            check_records(kernels_at(LEVEL_PORTABLE), other, rows, rows->lists[1]);
        }
    }
}

/* ---- Steps ------------------------------------------------------------------------------------- */

/* Columns: 1 to 3 bytes and two bytes, 4 and 5 of four and eight, 6 days, 7 doubles, 8 bits. */
static void make_columns(Fixture *fixture, uint64_t *random) {
    TableData *data = fixture_rows(fixture, 0, 0, ROWS);
    for (uint32_t c = 1; c < COLUMNS; c++) {
        int64_t *whole = ARENA_NEW_ARRAY(fixture->arena, int64_t, ROWS);
        double *real = ARENA_NEW_ARRAY(fixture->arena, double, ROWS);
        uint8_t *missing = ARENA_NEW_ARRAY(fixture->arena, uint8_t, ROWS);
        static const int64_t spans[COLUMNS] = {0, 2, 200, 3000, 4000000000, INT64_MAX, 1500, 1, 2};
        for (uint32_t r = 0; r < ROWS; r++) {
            whole[r] = (int64_t)(test_random(random) % (uint64_t)spans[c]);
            if (c == 4) whole[r] -= 2000000000;
            if (c == 6) whole[r] += 20000;
            real[r] = (double)(int64_t)test_random(random) * 0x1p-60;
            missing[r] = c % 2 == 0 && test_random(random) % 9 == 0;
        }
        if (c == 7)
            fixture_set_real(data, c, real, missing);
        else
            fixture_set_whole(data, c, whole, missing);
    }
}

/* Nodes over the columns and over each other. */
static void make_nodes(Fixture *fixture, uint64_t *random) {
    RowTable table = {.first = 3, .count = 90};
    table.codes = ARENA_NEW_ARRAY(fixture->arena, int32_t, table.count);
    for (uint32_t i = 0; i < table.count; i++) table.codes[i] = (int32_t)(i % 7) - 1;
    VEC_PUSH(fixture->arena, &fixture->module.row_tables, table);
    VEC(uint32_t) whole = {0}, real = {0};
    for (uint32_t c = 1; c < 7; c++)
        VEC_PUSH(fixture->arena, &whole, fixture_read(fixture, c, false));
    VEC_PUSH(fixture->arena, &whole, fixture_read(fixture, 8, false));
    VEC_PUSH(fixture->arena, &whole, fixture_const(fixture, 1));
    VEC_PUSH(fixture->arena, &real, fixture_read(fixture, 7, true));
    VEC_PUSH(fixture->arena, &real, fixture_const_real(fixture, -0.25));
    for (int i = 0; i < 400; i++) {
        RowOp op = (RowOp)(test_random(random) % ROW_OP_COUNT);
        bool reals = test_random(random) % 3 == 0 && op != ROW_TO_REAL;
        if (op < ROW_EQ || op == ROW_RANKED) continue;
        if (op == ROW_AND || op == ROW_OR || op == ROW_NOT || op >= ROW_TABLE) reals = false;
        if (op == ROW_DIV) reals = true;
        uint32_t *from = reals ? real.items : whole.items, n = reals ? real.count : whole.count;
        RowNode node = {.op = (uint8_t)op,
                        .a = from[test_random(random) % n],
                        .b = from[test_random(random) % n],
                        .number = 0.1,
                        .value = 20000};
        bool whole_result = op <= ROW_LE || op == ROW_IS_MISSING;
        node.real = op == ROW_TO_REAL || (reals && !whole_result);
        if (op == ROW_TABLE) node.b = 0;
        if (op == ROW_SELECT) {
            node.c = node.b;
            node.b = node.a;
            node.a = whole.items[test_random(random) % whole.count];
        }
        uint32_t made = fixture_node(fixture, node);
        if (node.real)
            VEC_PUSH(fixture->arena, &real, made);
        else
            VEC_PUSH(fixture->arena, &whole, made);
    }
}

/* The same marks of what is missing, and where nothing is, the same values. */
static void check_vectors(const ExprMachine *one, const ExprMachine *other, uint32_t count) {
    static const size_t sizes[] = {1, 4, 8, 8};
    for (uint32_t s = 0; s < one->program->steps.count; s++) {
        const ExprVector *a = &one->vectors[s], *b = &other->vectors[s];
        size_t size = sizes[one->program->steps.items[s].key.repr];
        for (uint32_t i = 0; i < count; i++) {
            bool missing = a->missing && a->missing[i];
            assert_int_equal(missing, b->missing && b->missing[i]);
            if (missing) continue;
            assert_memory_equal((const char *)a->values + i * size,
                                (const char *)b->values + i * size, size);
        }
    }
}

static void check_steps(const ExprProgram *program, const Kernels *kernels, const Rows *rows) {
    ExprMachine one, other;
    assert_true(expr_machine_init(&one, program) && expr_machine_init(&other, program));
    static const uint32_t counts[] = {EXPR_BATCH, 904, 77};
    for (int i = 0; i < 3; i++)
        for (int some = 0; some < 2; some++) {
            const uint16_t *places = some ? rows->places : NULL;
            uint32_t count = some ? rows->lists[1].count : counts[i];
            uint64_t row = some ? 1003 : i * (uint64_t)EXPR_BATCH + (i == 2 ? 5 : 0);
            kernels_at(LEVEL_PORTABLE)
                ->run(&one, one.every, program->steps.count, row, count, places);
            kernels->run(&other, other.every, program->steps.count, row, count, places);
            check_vectors(&one, &other, count);
        }
    expr_machine_free(&one);
    expr_machine_free(&other);
}

ARENA_TEST(every_processor_computes_the_same) {
    Rows *rows = ARENA_NEW(arena, Rows);
    for (uint64_t seed = 1; seed <= 6; seed++) {
        Fixture fixture;
        ExprProgram program;
        uint64_t random = seed;
        fixture_init(&fixture, arena);
        fixture_table(&fixture, "people", TABLE_POPULATION, 0, 1);
        for (uint32_t c = 1; c < COLUMNS; c++)
            fixture_column(&fixture, 0, "c",
                           c == 8   ? COLUMN_FLAG
                           : c == 7 ? COLUMN_REAL
                           : c == 6 ? COLUMN_DATE
                                    : COLUMN_INTEGER,
                           0);
        make_columns(&fixture, &random);
        make_rows(rows, &random, EXPR_BATCH);
        const TableData *data = fixture.data.tables[0].snapshots;
        RankingSet rankings = {0};
        make_nodes(&fixture, &random);
        expr_program_init(&program, arena, &fixture.module, data, data, &rankings);
        for (uint32_t n = 0; n < fixture.module.rows.count; n++) expr_add(&program, n);
        for (int level = LEVEL_AVX2; level < LEVEL_COUNT; level++)
            if (kernels_at((KernelLevel)level))
                check_steps(&program, kernels_at((KernelLevel)level), rows);
        fixture_free(&fixture);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_processor_counts_the_same),
        cmocka_unit_test(every_processor_computes_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
