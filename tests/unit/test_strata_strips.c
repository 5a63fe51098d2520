/* Many indicators of the same breakdown, which are counted side by side: each must count as if it
 * were alone, however many there are and however many rows fall into one cell. */
#include "tests/unit/strata_fixture.h"
#include "tests/unit/test_base_fixture.h"

#include "runtime/strata/kernels.h"

/* ROWS: more than a lane holds twice over, nearly all of them in one cell. CELLS: too many for a
 * cell to have several counters. */
enum { ROWS = 2 * STRIP_MOST + 9000, CELLS = 300, MOST = 70 };

typedef struct {
    int64_t cell[ROWS], score[ROWS];
    uint8_t no_cell[ROWS], no_score[ROWS];
} People;

static void make_people(Fixture *fixture, People *people) {
    uint64_t random = 11;
    for (uint32_t r = 0; r < ROWS; r++) {
        uint64_t bits = test_random(&random);
        people->cell[r] = bits % 40 ? 3 : (int64_t)(bits >> 8) & 511;
        people->score[r] = (int64_t)(bits >> 20 & 127);
        people->no_cell[r] = (bits >> 30 & 3) == 0 && people->cell[r] != 3;
        people->no_score[r] = (bits >> 32 & 63) == 0;
    }
    uint32_t table = fixture_table(fixture, "people", TABLE_POPULATION, 0, 1);
    fixture_column(fixture, table, "cell", COLUMN_INTEGER, 0);
    fixture_column(fixture, table, "score", COLUMN_INTEGER, 0);
    TableData *data = fixture_rows(fixture, table, 0, ROWS);
    fixture_set_whole(data, 1, people->cell, people->no_cell);
    fixture_set_whole(data, 2, people->score, people->no_score);
}

/* Indicator i: whose score is at least i. */
static uint32_t ask(Fixture *fixture, uint32_t i, bool by_cell) {
    uint32_t score = fixture_read(fixture, 2, false), limit = fixture_const(fixture, i);
    uint32_t q = fixture_query(fixture, 0, AGG_ROWS);
    fixture->module.queries.items[q].filter = fixture_op(fixture, ROW_LE, limit, score, 0);
    if (by_cell) fixture_by(fixture, q, 0, fixture_read(fixture, 1, false));
    return q;
}

static void check_counts(const People *people, uint32_t i, bool by_cell, const StrataCells *cells) {
    int64_t counts[CELLS] = {0}, outside = 0;
    for (uint32_t r = 0; r < ROWS; r++) {
        if (people->no_score[r] || people->score[r] < (int64_t)i) continue;
        bool inside = !by_cell || (!people->no_cell[r] && people->cell[r] < CELLS);
        if (inside) counts[by_cell ? people->cell[r] : 0]++;
        outside += !inside;
    }
    for (uint32_t c = 0; c < cells->cell_count; c++) assert_int_equal(cells->rows[c], counts[c]);
    assert_int_equal(cells->left_out_missing_group, outside);
}

/* `by_cell`: with the breakdown, beside the same without it if `whole` too. */
static void check_indicators(Arena *arena, uint32_t indicators, bool whole, bool by_cell) {
    Fixture fixture;
    People *people = ARENA_NEW(arena, People);
    fixture_init(&fixture, arena);
    fixture_dim(&fixture, "cell", CELLS);
    make_people(&fixture, people);
    for (uint32_t i = 0; i < indicators; i++) {
        if (whole) ask(&fixture, i, false);
        if (by_cell) ask(&fixture, i, true);
    }
    StrataResult result = fixture_run(&fixture, 1);
    for (uint32_t q = 0; q < fixture.module.queries.count; q++) {
        uint32_t i = whole && by_cell ? q / 2 : q;
        bool cells = fixture.module.queries.items[q].dim_count;
        check_counts(people, i, cells, &result.cells[q]);
    }
    fixture_free(&fixture);
}

ARENA_TEST(indicators_of_one_breakdown_count_as_if_each_were_alone) {
    static const uint32_t numbers[] = {1, 3, 9, 17, 40, MOST};
    for (size_t n = 0; n < sizeof numbers / sizeof numbers[0]; n++)
        for (int shape = 1; shape < 4; shape++)
            check_indicators(arena, numbers[n], shape & 1, shape & 2);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(indicators_of_one_breakdown_count_as_if_each_were_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
