/* Groups of equal size and values in order, against a naive evaluation that compares every row
 * with every other: ties, missing values, strata smaller than the groups, either direction,
 * whole numbers near and far apart, doubles; the same for any number of threads and any order
 * of rows. */
#include "tests/unit/strata_fixture.h"
#include "tests/unit/test_base_fixture.h"

#include "runtime/strata/ranking.h"

#include <math.h>
#include <stdlib.h>

enum { STRATA = 4, MOST_ROWS = 400, PLACE = 1, VALUE = 2, EVENT_COST = 1 };

typedef enum { VALUES_NEAR, VALUES_FAR, VALUES_REAL, VALUE_SORTS } ValueSort;

/* What the rows hold, in the order of the tests. */
typedef struct {
    uint32_t rows;
    int64_t place[MOST_ROWS], whole[MOST_ROWS];
    double real[MOST_ROWS];
    uint8_t place_missing[MOST_ROWS], value_missing[MOST_ROWS];
} People;

typedef struct {
    Fixture fixture;
    ValueSort sort;
    const People *people;
    uint32_t residents, falls;  /* tables */
    uint16_t place, group;      /* dimensions */
    uint32_t by_place, by_group, by_events; /* queries */
} World;

static void random_people(People *people, uint64_t *random, ValueSort sort, uint32_t rows) {
    *people = (People){.rows = rows};
    for (uint32_t r = 0; r < rows; r++) {
        uint64_t dice = test_random(random) % 100;
        int64_t value = (int64_t)(test_random(random) % (dice < 50 ? 7 : 40)) - 3;
        /* the last place has fewer people than there are groups */
        people->place[r] = r < 3 ? STRATA - 1 : (int64_t)(test_random(random) % (STRATA - 1));
        people->place_missing[r] = dice % 19 == 7;
        people->value_missing[r] = dice % 11 == 5;
        people->whole[r] = sort == VALUES_FAR ? value * INT64_C(400000000000) : value;
        people->real[r] = value == 0 && dice % 2 ? -0.0 : (double)value * 0.37;
    }
}

static double value_of(const People *people, ValueSort sort, uint32_t row) {
    return sort == VALUES_REAL ? people->real[row] : (double)people->whole[row];
}

/* phe_quantile's rule by counting: the group from 0, or -1. */
static int naive_group(const People *people, ValueSort sort, uint32_t row, int groups, bool within,
                       bool highest_first) {
    if (people->value_missing[row] || (within && people->place_missing[row])) return -1;
    double mine = value_of(people, sort, row);
    uint32_t all = 0, before = 0;
    for (uint32_t r = 0; r < people->rows; r++) {
        if (people->value_missing[r]) continue;
        if (within && (people->place_missing[r] || people->place[r] != people->place[row]))
            continue;
        double other = value_of(people, sort, r);
        all++;
        before += highest_first ? other > mine : other < mine;
    }
    if (all < (uint32_t)groups) return -1;
    double n = all, q = groups, rank = before + 1;
    double group = floor((q + 1) - ceil(((n + 1) - rank) / (n / q)));
    return (group == 0 ? 1 : (int)group) - 1;
}

static void set_people(World *world, const People *people) {
    TableData *data = fixture_rows(&world->fixture, world->residents, 0, people->rows);
    world->people = people;
    fixture_set_whole(data, PLACE, people->place, people->place_missing);
    if (world->sort == VALUES_REAL)
        fixture_set_real(data, VALUE, people->real, people->value_missing);
    else
        fixture_set_whole(data, VALUE, people->whole, people->value_missing);
}

/* One fall of every second person and two of every fifth. */
static void set_falls(World *world) {
    uint32_t person[2 * MOST_ROWS], count = 0;
    int64_t cost[2 * MOST_ROWS];
    for (uint32_t r = 0; r < world->people->rows; r++) {
        for (int k = (r % 2 == 0) + (r % 5 == 0); k > 0; k--) person[count++] = r;
    }
    person[count++] = DATA_NO_PERSON;
    for (uint32_t i = 0; i < count; i++) cost[i] = i;
    fixture_set_whole(fixture_rows(&world->fixture, world->falls, 0, count), EVENT_COST, cost, NULL);
    fixture_join(&world->fixture, world->falls, 0, person);
    fixture_cluster(&world->fixture, world->falls);
}

static void make_tables(World *world, Arena *arena, ValueSort sort, int groups) {
    Fixture *fixture = &world->fixture;
    fixture_init(fixture, arena);
    world->sort = sort;
    world->place = fixture_dim(fixture, "place", STRATA);
    world->group = fixture_dim(fixture, "group", (uint32_t)groups);
    world->residents = fixture_table(fixture, "residents", TABLE_POPULATION, 0, 1);
    fixture_column(fixture, world->residents, "place", COLUMN_CATEGORY, world->place);
    fixture_column(fixture, world->residents, "value",
                   sort == VALUES_REAL ? COLUMN_REAL : COLUMN_INTEGER, 0);
    world->falls = fixture_table(fixture, "falls", TABLE_EVENTS, world->residents, 1);
    fixture_column(fixture, world->falls, "cost", COLUMN_INTEGER, 0);
}

/* Counts by place and group of the people, and by group of their falls. */
static void add_queries(World *world, int groups, bool within, bool highest_first) {
    Fixture *fixture = &world->fixture;
    bool real = world->sort == VALUES_REAL;
    uint32_t place = fixture_read(fixture, PLACE, false), none = fixture_const(fixture, 0);
    uint32_t value = fixture_read(fixture, VALUE, real);
    uint32_t their_place = fixture_read_person(fixture, PLACE, false);
    uint32_t their_value = fixture_read_person(fixture, VALUE, real);
    RowRanking ranking = {.table = world->residents, .value = value,
                          .stratum = within ? place : none,
                          .stratum_count = within ? STRATA : 1, .groups = (uint32_t)groups,
                          .highest_first = highest_first};
    VEC_PUSH(fixture->arena, &fixture->module.rankings, ranking);
    RowNode own = {.op = ROW_RANKED, .a = value, .b = within ? place : none};
    RowNode theirs = {.op = ROW_RANKED, .a = their_value, .b = within ? their_place : none};
    uint32_t group = fixture_node(fixture, own), their_group = fixture_node(fixture, theirs);
    world->by_place = fixture_query(fixture, world->residents, AGG_ROWS);
    fixture_by(fixture, world->by_place, world->place, place);
    fixture_by(fixture, world->by_place, world->group, group);
    world->by_group = fixture_query(fixture, world->residents, AGG_ROWS);
    fixture_by(fixture, world->by_group, world->group, group);
    world->by_events = fixture_query(fixture, world->falls, AGG_ROWS);
    fixture_by(fixture, world->by_events, world->group, their_group);
}

static void check_groups(const World *world, const StrataResult *result, int groups, bool within,
                         bool highest_first) {
    int64_t by_place[STRATA * 20] = {0}, by_group[20] = {0}, falls[20] = {0}, left_out = 0;
    const People *people = world->people;
    for (uint32_t r = 0; r < people->rows; r++) {
        int group = naive_group(people, world->sort, r, groups, within, highest_first);
        if (group < 0) {
            left_out++;
            continue;
        }
        by_group[group]++;
        falls[group] += (r % 2 == 0) + (r % 5 == 0);
        if (!people->place_missing[r]) by_place[people->place[r] * groups + group]++;
    }
    for (int i = 0; i < groups; i++) {
        assert_int_equal(result->cells[world->by_group].rows[i], by_group[i]);
        assert_int_equal(result->cells[world->by_events].rows[i], falls[i]);
    }
    for (int i = 0; i < STRATA * groups; i++)
        assert_int_equal(result->cells[world->by_place].rows[i], by_place[i]);
    assert_int_equal(result->cells[world->by_group].left_out_missing_group, left_out);
}

static void check_world(Arena *arena, uint64_t seed, int groups, bool within, bool highest_first) {
    uint64_t random = seed;
    for (ValueSort sort = VALUES_NEAR; sort < VALUE_SORTS; sort++) {
        People *people = ARENA_NEW(arena, People);
        World *world = ARENA_NEW(arena, World);
        random_people(people, &random, sort, 3 + (uint32_t)(test_random(&random) % 390));
        make_tables(world, arena, sort, groups);
        set_people(world, people);
        set_falls(world);
        add_queries(world, groups, within, highest_first);
        for (uint32_t threads = 1; threads <= 4; threads += 3) {
            StrataResult result = fixture_run(&world->fixture, threads);
            check_groups(world, &result, groups, within, highest_first);
        }
        fixture_free(&world->fixture);
    }
}

ARENA_TEST(groups_of_equal_size_agree_with_counting) {
    static const int groups[] = {2, 3, 5, 10, 14, 20};
    for (uint64_t seed = 1; seed <= 6; seed++)
        for (size_t g = 0; g < sizeof groups / sizeof *groups; g++)
            check_world(arena, 40 * seed + g, groups[g], seed & 1, seed & 2);
}

ARENA_TEST(a_stratum_smaller_than_the_groups_has_none) {
    People *people = ARENA_NEW(arena, People);
    World *world = ARENA_NEW(arena, World);
    uint64_t random = 9;
    random_people(people, &random, VALUES_NEAR, 100);
    for (int r = 0; r < 3; r++) people->value_missing[r] = people->place_missing[r] = 0;
    make_tables(world, arena, VALUES_NEAR, 5);
    set_people(world, people);
    set_falls(world);
    add_queries(world, 5, true, false);
    StrataResult result = fixture_run(&world->fixture, 1);
    for (int g = 0; g < 5; g++)
        assert_int_equal(result.cells[world->by_place].rows[(STRATA - 1) * 5 + g], 0);
    fixture_free(&world->fixture);
}

/* ---- Values in order ---------------------------------------------------------------------- */

typedef struct {
    int64_t cell;
    double rank, value;
} Item;

static int compare_items(const void *left, const void *right) {
    const Item *a = left, *b = right;
    if (a->cell != b->cell) return a->cell < b->cell ? -1 : 1;
    if (a->rank != b->rank) return a->rank < b->rank ? -1 : 1;
    return (a->value > b->value) - (a->value < b->value);
}

/* The values of people by place, ranked by a tenth of their rows' number, those above -2. */
static uint32_t naive_order(const People *people, ValueSort sort, const int64_t *rank,
                            Item *items) {
    uint32_t count = 0;
    for (uint32_t r = 0; r < people->rows; r++) {
        if (people->value_missing[r] || people->place_missing[r]) continue;
        double value = value_of(people, sort, r);
        if (!(value > -2)) continue;
        items[count++] = (Item){people->place[r], (double)rank[r], value / 4};
    }
    qsort(items, count, sizeof *items, compare_items);
    return count;
}

static uint32_t ordered_query(World *world, uint32_t rank_column) {
    Fixture *fixture = &world->fixture;
    bool real = world->sort == VALUES_REAL;
    uint32_t value = fixture_read(fixture, VALUE, real);
    uint32_t floor_node = real ? fixture_const_real(fixture, -2) : fixture_const(fixture, -2);
    uint32_t q = fixture_query(fixture, world->residents, AGG_ORDERED);
    StrataQuery *query = &fixture->module.queries.items[q];
    query->value = value;
    query->scale_den = 4;
    query->filter = fixture_op(fixture, ROW_LT, floor_node, value, 0);
    query->rank = fixture_read(fixture, rank_column, false);
    fixture_by(fixture, q, world->place, fixture_read(fixture, PLACE, false));
    return q;
}

static void check_order(const StrataCells *cells, const Item *items, uint32_t count) {
    uint32_t at = 0;
    assert_int_equal(cells->ordered_starts[0], 0);
    for (uint32_t cell = 0; cell < cells->cell_count; cell++) {
        for (; at < count && items[at].cell == cell; at++) {
            assert_true(cells->ordered_ranks[at] == items[at].rank);
            assert_true(cells->ordered_values[at] == items[at].value);
        }
        assert_int_equal(cells->ordered_starts[cell + 1], at);
        assert_int_equal(cells->rows[cell], at - cells->ordered_starts[cell]);
    }
    assert_int_equal(at, count);
}

static void check_ordered(Arena *arena, uint64_t seed, ValueSort sort, bool shuffled) {
    uint64_t random = seed;
    People *people = ARENA_NEW(arena, People);
    World *world = ARENA_NEW(arena, World);
    int64_t rank[MOST_ROWS];
    Item *items = ARENA_NEW_ARRAY(arena, Item, MOST_ROWS);
    random_people(people, &random, sort, 300);
    for (uint32_t r = 0; r < people->rows; r++) rank[r] = (r * 7 % 300) / 10 - 12;
    uint32_t count = naive_order(people, sort, rank, items);
    for (uint32_t r = 0; shuffled && r + 1 < people->rows; r += 2) {
        People swapped = *people;
        people->place[r] = swapped.place[r + 1], people->place[r + 1] = swapped.place[r];
        people->whole[r] = swapped.whole[r + 1], people->whole[r + 1] = swapped.whole[r];
        people->real[r] = swapped.real[r + 1], people->real[r + 1] = swapped.real[r];
        people->place_missing[r] = swapped.place_missing[r + 1];
        people->place_missing[r + 1] = swapped.place_missing[r];
        people->value_missing[r] = swapped.value_missing[r + 1];
        people->value_missing[r + 1] = swapped.value_missing[r];
        int64_t kept = rank[r];
        rank[r] = rank[r + 1], rank[r + 1] = kept;
    }
    make_tables(world, arena, sort, 5);
    uint32_t column =
        fixture_column(&world->fixture, world->residents, "rank", COLUMN_INTEGER, 0);
    set_people(world, people);
    fixture_set_whole(&world->fixture.data.tables[world->residents].snapshots[0], column, rank,
                      NULL);
    fixture_set_whole(fixture_rows(&world->fixture, world->falls, 0, 0), EVENT_COST, NULL, NULL);
    fixture_join(&world->fixture, world->falls, 0, NULL);
    uint32_t query = ordered_query(world, column);
    for (uint32_t threads = 1; threads <= 4; threads += 3) {
        StrataResult result = fixture_run(&world->fixture, threads);
        check_order(&result.cells[query], items, count);
    }
    fixture_free(&world->fixture);
}

ARENA_TEST(values_come_in_order_of_rank_whatever_the_order_of_rows) {
    for (uint64_t seed = 1; seed <= 4; seed++)
        for (ValueSort sort = VALUES_NEAR; sort < VALUE_SORTS; sort++)
            check_ordered(arena, seed, sort, seed % 2 == 0);
}

ARENA_TEST(the_two_zeros_are_one_value_and_doubles_keep_their_order) {
    (void)arena;
    static const double ascending[] = {-INFINITY, -1e300, -2.5, -1e-310, 0, 1e-310, 2.5, INFINITY};
    assert_true(ranking_key_of_real(0.0) == ranking_key_of_real(-0.0));
    for (int i = 0; i + 1 < 8; i++)
        assert_true(ranking_key_of_real(ascending[i]) < ranking_key_of_real(ascending[i + 1]));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(groups_of_equal_size_agree_with_counting),
        cmocka_unit_test(a_stratum_smaller_than_the_groups_has_none),
        cmocka_unit_test(values_come_in_order_of_rank_whatever_the_order_of_rows),
        cmocka_unit_test(the_two_zeros_are_one_value_and_doubles_keep_their_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
