/* Numbers about people: protected as they enter, exact beside it for whom the policy lets read,
 * and what statistics make of either. */
#include "tests/unit/test_vm_fixture.h"

#include "runtime/base/number.h"
#include "runtime/disclosure/policy.h"
#include "runtime/stats/rates.h"
#include "runtime/stats/standardise.h"

/* Cells by place and band of the fixture: two each for north, south, east. */
enum { CELLS = 6 };
static const int64_t people[CELLS] = {1003, 512, 5, 40, 0, 2001};
static const int64_t falls[CELLS] = {3, 60, 9, 12, 0, 118};
static const int64_t fallers[CELLS] = {3, 51, 7, 11, 0, 97};

static void fill(StrataCells *cells, Arena *arena, const int64_t *rows, const int64_t *behind,
                 uint32_t count) {
    cells->cell_count = count;
    cells->rows = ARENA_NEW_ARRAY(arena, int64_t, count);
    cells->people = ARENA_NEW_ARRAY(arena, int64_t, count);
    cells->value = ARENA_NEW_ARRAY(arena, double, count);
    for (uint32_t i = 0; i < count; i++) {
        cells->rows[i] = rows[i];
        cells->people[i] = behind[i];
        cells->value[i] = (double)rows[i];
    }
}

static void fill_sums(StrataCells *cells, Arena *arena, double each) {
    fill(cells, arena, falls, fallers, CELLS);
    cells->largest = ARENA_NEW_ARRAY(arena, double, CELLS);
    cells->second = ARENA_NEW_ARRAY(arena, double, CELLS);
    for (uint32_t i = 0; i < CELLS; i++) {
        cells->value[i] = each * (double)falls[i];
        cells->largest[i] = cells->second[i] = falls[i] ? each : 0;
    }
    cells->largest[5] = cells->value[5]; /* one person makes up the whole cell */
    cells->second[5] = 0;
}

static StrataResult *strata_of_fixture(Arena *arena) {
    static const int64_t squared[CELLS] = {3, 90, 13, 14, 0, 180};
    int64_t all = 0;
    StrataResult *result = ARENA_NEW(arena, StrataResult);
    result->cells = ARENA_NEW_ARRAY(arena, StrataCells, QUERY_COUNT);
    fill(&result->cells[QUERY_AT_PEOPLE], arena, people, people, CELLS);
    fill(&result->cells[QUERY_AT_FALLS], arena, falls, fallers, CELLS);
    fill(&result->cells[QUERY_AT_FALLERS], arena, fallers, fallers, CELLS);
    fill_sums(&result->cells[QUERY_AT_COST], arena, 1234.56);
    fill_sums(&result->cells[QUERY_AT_COST_SQUARES], arena, 1234.56 * 1300);
    fill(&result->cells[QUERY_AT_SQUARED_FALLS], arena, squared, fallers, CELLS);
    for (int i = 0; i < CELLS; i++) all += people[i];
    fill(&result->cells[QUERY_AT_TOTAL], arena, &all, &all, 1);
    return result;
}

/* The fixture's tables and queries, each in the register of its number. */
static Module *module_of_people(Arena *arena) {
    Module *module = empty_module(arena);
    fixture_people(module);
    fixture_falls(module);
    fixture_queries(module);
    for (uint32_t i = 0; i < QUERY_COUNT; i++) emit(module, OPCODE_STRATA, i, 0, 0);
    return module;
}

static VmResult run_under(Module *module, Policy policy) {
    VmOptions options = {.strata = strata_of_fixture(module->arena), .policy = policy};
    return run_with(module, options);
}

ARENA_TEST(counts_enter_protected) {
    Module *module = module_of_people(arena);
    VmResult result = run_under(module, POLICY_HES);
    assert_true(real_at(&result, QUERY_AT_PEOPLE, 0) == 1005);
    assert_int_equal(reason_at(&result, QUERY_AT_PEOPLE, 2), ABSENT_SUPPRESSED);
    assert_true(real_at(&result, QUERY_AT_PEOPLE, 4) == 0);
    assert_int_equal(reason_at(&result, QUERY_AT_FALLS, 0), ABSENT_SUPPRESSED);
    assert_int_equal(reason_at(&result, QUERY_AT_FALLS, 2), ABSENT_SUPPRESSED); /* 7 fallers */
    assert_true(real_at(&result, QUERY_AT_FALLS, 3) == 10);
    result = run_under(module, POLICY_MIDPOINT6);
    assert_true(real_at(&result, QUERY_AT_FALLS, 0) == 3);
    assert_true(real_at(&result, QUERY_AT_FALLS, 1) == 57);
    result = run_under(module, POLICY_EXACT_INTERNAL);
    assert_true(real_at(&result, QUERY_AT_FALLS, 0) == 3);
    assert_true(real_at(&result, QUERY_AT_FALLS, 1) == 60);
}

ARENA_TEST(sums_are_withheld_for_few_and_for_the_dominated) {
    Module *module = module_of_people(arena);
    VmResult result = run_under(module, POLICY_HES);
    assert_int_equal(reason_at(&result, QUERY_AT_COST, 0), ABSENT_SUPPRESSED); /* 3 people */
    assert_true(real_at(&result, QUERY_AT_COST, 1) == 74100);                  /* 74,073.60 */
    assert_true(real_at(&result, QUERY_AT_COST, 4) == 0);
    assert_int_equal(reason_at(&result, QUERY_AT_COST, 5), ABSENT_SUPPRESSED); /* one of them */
}

ARENA_TEST(exact_values_stay_beside_only_where_they_may) {
    Module *module = module_of_people(arena);
    Reg two = emit_real(module, 2);
    Reg doubled = emit(module, OPCODE_MUL, two, QUERY_AT_PEOPLE, 0);
    Reg halved = emit(module, OPCODE_DIV, QUERY_AT_PEOPLE, two, 0);
    Reg sum = emit(module, OPCODE_ADD, QUERY_AT_FALLS, QUERY_AT_FALLERS, 0);
    Reg by_place = emit(module, OPCODE_SUM, QUERY_AT_FALLS, DIM_AT_BAND, 0);
    Reg old = emit(module, OPCODE_INDEX, QUERY_AT_FALLS, DIM_AT_BAND, 1);
    Reg stacked = emit_stack(module, DIM_AT_BAND, REGS(old, old));
    Reg dropped[] = {emit(module, OPCODE_DIV, QUERY_AT_FALLS, QUERY_AT_PEOPLE, 0),
                     emit(module, OPCODE_MUL, QUERY_AT_FALLS, QUERY_AT_PEOPLE, 0),
                     emit(module, OPCODE_ADD, QUERY_AT_FALLS, two, 0),
                     emit(module, OPCODE_DIV, two, QUERY_AT_FALLS, 0),
                     emit(module, OPCODE_NEG, QUERY_AT_FALLS, 0, 0),
                     emit(module, OPCODE_MAX, QUERY_AT_FALLS, DIM_AT_BAND, 0),
                     emit(module, OPCODE_CUMULATE, QUERY_AT_FALLS, DIM_AT_BAND, 0),
                     emit(module, OPCODE_OR_ELSE, QUERY_AT_FALLS, two, 0)};
    VmResult result = run_under(module, POLICY_HES);
    assert_true(result.registers[doubled].confidential[2] == 10);
    assert_true(result.registers[doubled].people[2] == 5);
    assert_true(result.registers[halved].confidential[0] == 501.5);
    assert_true(result.registers[sum].confidential[3] == 23);
    assert_true(result.registers[sum].people[3] == 11);
    assert_true(result.registers[by_place].confidential[0] == 63);
    assert_true(result.registers[by_place].people[0] == 54);
    assert_true(result.registers[stacked].confidential[5] == 118);
    for (size_t i = 0; i < sizeof dropped / sizeof *dropped; i++)
        assert_null(result.registers[dropped[i]].confidential);
}

ARENA_TEST(sum_with_a_suppressed_part_is_suppressed) {
    Module *module = module_of_people(arena);
    Reg by_place = emit(module, OPCODE_SUM, QUERY_AT_FALLS, DIM_AT_BAND, 0);
    Reg ratio = emit(module, OPCODE_DIV, QUERY_AT_FALLS, QUERY_AT_PEOPLE, 0);
    VmResult result = run_under(module, POLICY_HES);
    assert_int_equal(reason_at(&result, by_place, 0), ABSENT_SUPPRESSED);
    assert_true(real_at(&result, by_place, 2) == 120);
    assert_int_equal(reason_at(&result, ratio, 2), ABSENT_SUPPRESSED);
}

ARENA_TEST(too_few_is_judged_on_exact_counts_under_hes) {
    Module *module = module_of_people(arena);
    VmResult result = run_under(module, POLICY_HES);
    assert_true(result.registers[QUERY_AT_FALLS].too_few[2]); /* 9 */
    assert_false(result.registers[QUERY_AT_FALLS].too_few[3]);
    assert_null(result.registers[QUERY_AT_COST].too_few);
    result = run_under(module, POLICY_MIDPOINT6);
    assert_true(result.registers[QUERY_AT_FALLS].too_few[3]); /* 12 is shown as 9 */
}

static Reg emit_rate(Module *module) {
    Reg level = emit_exact(module, 19, 20);
    return emit_call(module, "stats.rate", MODULE_NONE,
                     REGS(QUERY_AT_FALLS, QUERY_AT_PEOPLE, level, level));
}

ARENA_TEST(crude_rates_and_their_limits_come_from_protected_counts) {
    Module *module = module_of_people(arena);
    Reg rate = emit_rate(module);
    VmResult result = run_under(module, POLICY_HES);
    const Array *array = &result.registers[rate];
    Estimate shown = estimate_rate(120, 2000, 0.95);
    assert_close(real_at(&result, rate, 5), 120.0 / 2000, 1e-15);
    assert_true(array->numerator[5] == 120 && array->denominator[5] == 2000);
    assert_close(array->lower[5], shown.lower, 1e-15);
    assert_close(array->upper[5], shown.upper, 1e-15);
    assert_int_equal(reason_at(&result, rate, 0), ABSENT_SUPPRESSED);
    assert_true(isnan(array->numerator[0]) && array->denominator[0] == 1005);
    assert_int_equal(reason_at(&result, rate, 4), ABSENT_NO_POPULATION);
}

ARENA_TEST(under_midpoint6_everything_comes_from_protected_counts) {
    Module *module = module_of_people(arena);
    Reg rate = emit_rate(module);
    VmResult result = run_under(module, POLICY_MIDPOINT6);
    Estimate want = estimate_rate(117, 2001, 0.95);
    const Array *array = &result.registers[rate];
    assert_close(real_at(&result, rate, 5), want.value, 1e-15);
    assert_close(array->lower[5], want.lower, 1e-15);
    assert_true(array->numerator[5] == 117);
}

ARENA_TEST(inside_everything_is_exact) {
    Module *module = module_of_people(arena);
    Reg rate = emit_rate(module);
    VmResult result = run_under(module, POLICY_EXACT_INTERNAL);
    Estimate want = estimate_rate(3, 1003, 0.95);
    assert_close(real_at(&result, rate, 0), want.value, 1e-15);
    assert_close(result.registers[rate].upper[0], want.upper, 1e-15);
    assert_true(result.registers[rate].numerator[0] == 3);
}

/* Whoever knows value and limits knows no more than the protected counts. */
ARENA_TEST(limits_of_a_crude_value_do_not_tell_counts_apart_that_are_shown_alike) {
    Module *module = module_of_people(arena);
    Reg rate = emit_rate(module);
    double lower[5], upper[5];
    for (int more = 0; more < 5; more++) {
        StrataResult *strata = strata_of_fixture(arena);
        StrataCells *counted = &strata->cells[QUERY_AT_FALLS];
        counted->rows[5] = 118 + more; /* 118 to 122 are all shown as 120 */
        counted->value[5] = 118 + more;
        VmResult result = run_with(module, (VmOptions){.strata = strata});
        lower[more] = result.registers[rate].lower[5];
        upper[more] = result.registers[rate].upper[5];
        assert_true(lower[more] == lower[0] && upper[more] == upper[0]);
    }
}

ARENA_TEST(mean_is_protected_sum_over_protected_count) {
    Module *module = module_of_people(arena);
    Reg level = emit_exact(module, 19, 20);
    Reg mean = emit_call(module, "stats.mean", MODULE_NONE,
                         REGS(QUERY_AT_COST, QUERY_AT_COST_SQUARES, QUERY_AT_FALLS, level));
    VmResult result = run_under(module, POLICY_HES);
    assert_true(real_at(&result, mean, 1) == 74100.0 / 60);
    assert_true(result.registers[mean].lower[1] < 1235);
    assert_int_equal(reason_at(&result, mean, 5), ABSENT_SUPPRESSED);
}

/* ---- Standardised ---------------------------------------------------------------------------- */

static Reg emit_dsr(Module *module, const char *native) {
    Reg level = emit_exact(module, 19, 20);
    Reg young = emit_exact(module, 3, 5), old = emit_exact(module, 2, 5);
    Reg weights = emit_stack(module, DIM_AT_BAND, REGS(young, old));
    if (!strcmp(native, "stats.dsr"))
        return emit_call(module, native, DIM_AT_BAND,
                         REGS(QUERY_AT_FALLS, QUERY_AT_PEOPLE, weights, level));
    return emit_call(module, native, DIM_AT_BAND,
                     REGS(QUERY_AT_FALLS, QUERY_AT_SQUARED_FALLS, QUERY_AT_PEOPLE, weights, level));
}

static Estimate dsr_of(double x0, double n0, double x1, double n1) {
    double x[] = {x0, x1}, n[] = {n0, n1}, w[] = {0.6, 0.4};
    DirectStrata strata = {x, n, w, NULL, 2};
    return estimate_dsr(&strata, 0.95, NULL);
}

ARENA_TEST(standardised_rates_read_exact_counts_under_hes_and_are_rounded) {
    Module *module = module_of_people(arena);
    Reg dsr = emit_dsr(module, "stats.dsr");
    VmResult result = run_under(module, POLICY_HES);
    Estimate want = dsr_of(3, 1003, 60, 512); /* its first stratum is suppressed on its own */
    const Array *array = &result.registers[dsr];
    assert_close(real_at(&result, dsr, 0), number_round_significant(want.value, 3), 1e-15);
    assert_close(array->lower[0], number_round_significant(want.lower, 3), 1e-15);
    assert_true(array->numerator[0] == 65); /* 63 to the nearest 5 */
    assert_close(array->denominator[0], 1515, 1e-12);
}

ARENA_TEST(standardised_rates_read_protected_counts_under_midpoint6) {
    Module *module = module_of_people(arena);
    Reg dsr = emit_dsr(module, "stats.dsr");
    VmResult result = run_under(module, POLICY_MIDPOINT6);
    Estimate want = dsr_of(3, 1005, 57, 513);
    assert_close(real_at(&result, dsr, 0), want.value, 1e-14);
    assert_true(result.registers[dsr].numerator[0] == 60);
}

ARENA_TEST(strata_without_people_are_left_out_with_a_note) {
    Module *module = module_of_people(arena);
    Reg dsr = emit_dsr(module, "stats.dsr");
    VmResult result = run_under(module, POLICY_HES);
    assert_close(real_at(&result, dsr, 2), number_round_significant(118.0 / 2001, 3), 1e-12);
    assert_int_equal(result.notes.count, 1);
    assert_slice(result.notes.items[0].name, "strata-left-out");
    assert_int_equal(result.notes.items[0].reg, dsr);
}

ARENA_TEST(small_strata_are_noted_under_midpoint6) {
    Module *module = module_of_people(arena);
    emit_dsr(module, "stats.dsr");
    VmResult result = run_under(module, POLICY_MIDPOINT6);
    bool noted = false;
    for (uint32_t i = 0; i < result.notes.count; i++)
        noted = noted || slice_equal(result.notes.items[i].name, SLICE("strata-too-small"));
    assert_true(noted);
}

ARENA_TEST(standardised_rates_of_few_events_are_withheld) {
    Module *module = module_of_people(arena);
    Reg dsr = emit_dsr(module, "stats.dsr");
    StrataResult *strata = strata_of_fixture(arena);
    strata->cells[QUERY_AT_FALLS].value[1] = 5;
    strata->cells[QUERY_AT_FALLS].rows[1] = 5;
    VmResult result = run_with(module, (VmOptions){.strata = strata});
    assert_int_equal(reason_at(&result, dsr, 0), ABSENT_TOO_FEW);
    assert_true(isnan(result.registers[dsr].lower[0]));
}

ARENA_TEST(many_events_of_few_people_suppress_the_rate) {
    Module *module = module_of_people(arena);
    Reg dsr = emit_dsr(module, "stats.dsr");
    StrataResult *strata = strata_of_fixture(arena);
    strata->cells[QUERY_AT_FALLS].people[0] = 1;
    strata->cells[QUERY_AT_FALLS].people[1] = 4;
    VmResult result = run_with(module, (VmOptions){.strata = strata});
    assert_int_equal(reason_at(&result, dsr, 0), ABSENT_SUPPRESSED);
    assert_true(isnan(result.registers[dsr].numerator[0]));
}

ARENA_TEST(recurrence_widens_the_limits_and_leaves_the_rate) {
    Module *module = module_of_people(arena);
    Reg plain = emit_dsr(module, "stats.dsr"), wide = emit_dsr(module, "stats.dsr_recurrent");
    VmResult result = run_under(module, POLICY_EXACT_INTERNAL);
    assert_close(real_at(&result, wide, 0), real_at(&result, plain, 0), 1e-15);
    assert_true(result.registers[wide].upper[0] > result.registers[plain].upper[0]);
}

ARENA_TEST(change_of_unit_keeps_limits_and_short_decimals_short) {
    Module *module = module_of_people(arena);
    Reg dsr = emit_dsr(module, "stats.dsr"), factor = emit_exact(module, 100000, 1);
    Reg shown = emit(module, OPCODE_SCALE, dsr, factor, 0);
    Reg upper = emit(module, OPCODE_UPPER, shown, 0, 0);
    Reg count = emit(module, OPCODE_NUMERATOR, shown, 0, 0);
    VmResult result = run_under(module, POLICY_HES);
    double value = real_at(&result, shown, 0), limit = real_at(&result, upper, 0);
    assert_true(value == floor(value) && limit == floor(limit));
    assert_close(value, real_at(&result, dsr, 0) * 100000, 1e-12);
    assert_true(real_at(&result, count, 0) == 65);
}

ARENA_TEST(without_data_every_field_of_an_estimate_is_unknown) {
    Module *module = module_of_people(arena);
    Reg dsr = emit_dsr(module, "stats.dsr");
    Reg fields[] = {emit(module, OPCODE_VALUE, dsr, 0, 0), emit(module, OPCODE_LOWER, dsr, 0, 0),
                    emit(module, OPCODE_NUMERATOR, dsr, 0, 0),
                    emit(module, OPCODE_DENOMINATOR, dsr, 0, 0)};
    VmResult result = run(module);
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        assert_int_equal(reason_at(&result, fields[i], 0), ABSENT_NO_DATA);
}

ARENA_TEST(intervals_that_do_not_meet_differ_significantly) {
    Module *module = module_of_people(arena);
    Reg rate = emit_rate(module);
    Reg south = emit(module, OPCODE_INDEX, rate, DIM_AT_PLACE, 1);
    Reg north = emit(module, OPCODE_INDEX, rate, DIM_AT_PLACE, 0);
    Reg east = emit(module, OPCODE_INDEX, rate, DIM_AT_PLACE, 2);
    Reg differ = emit_call(module, "stats.significant", MODULE_NONE, REGS(north, east));
    Reg same = emit_call(module, "stats.significant", MODULE_NONE, REGS(east, east));
    Reg unclear = emit_call(module, "stats.significant", MODULE_NONE, REGS(south, east));
    VmResult result = run_under(module, POLICY_HES);
    assert_int_equal(truth_at(&result, differ, 1), 1);
    assert_int_equal(truth_at(&result, same, 1), 0);
    assert_int_equal(truth_at(&result, unclear, 0), -ABSENT_SUPPRESSED);
}

/* Two data sets with the same protected counts cannot be told apart under midpoint6. */
ARENA_TEST(equal_protected_counts_give_equal_statistics_under_midpoint6) {
    Module *module = module_of_people(arena);
    Reg rate = emit_rate(module), dsr = emit_dsr(module, "stats.dsr");
    StrataResult *other = strata_of_fixture(arena);
    for (uint32_t i = 0; i < CELLS; i++) {
        StrataCells *cells = &other->cells[QUERY_AT_FALLS];
        cells->rows[i] = round_midpoint6(cells->rows[i]);
        cells->value[i] = (double)cells->rows[i];
    }
    VmResult one = run_under(module, POLICY_MIDPOINT6);
    VmResult two = run_with(module, (VmOptions){.strata = other, .policy = POLICY_MIDPOINT6});
    Reg made[] = {rate, dsr};
    for (int k = 0; k < 2; k++) {
        const Array *a = &one.registers[made[k]], *b = &two.registers[made[k]];
        assert_memory_equal(a->as.real, b->as.real, a->count * sizeof(double));
        assert_memory_equal(a->lower, b->lower, a->count * sizeof(double));
        assert_memory_equal(a->numerator, b->numerator, a->count * sizeof(double));
        assert_memory_equal(a->denominator, b->denominator, a->count * sizeof(double));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_enter_protected),
        cmocka_unit_test(sums_are_withheld_for_few_and_for_the_dominated),
        cmocka_unit_test(exact_values_stay_beside_only_where_they_may),
        cmocka_unit_test(sum_with_a_suppressed_part_is_suppressed),
        cmocka_unit_test(too_few_is_judged_on_exact_counts_under_hes),
        cmocka_unit_test(crude_rates_and_their_limits_come_from_protected_counts),
        cmocka_unit_test(under_midpoint6_everything_comes_from_protected_counts),
        cmocka_unit_test(inside_everything_is_exact),
        cmocka_unit_test(
            limits_of_a_crude_value_do_not_tell_counts_apart_that_are_shown_alike),
        cmocka_unit_test(mean_is_protected_sum_over_protected_count),
        cmocka_unit_test(standardised_rates_read_exact_counts_under_hes_and_are_rounded),
        cmocka_unit_test(standardised_rates_read_protected_counts_under_midpoint6),
        cmocka_unit_test(strata_without_people_are_left_out_with_a_note),
        cmocka_unit_test(small_strata_are_noted_under_midpoint6),
        cmocka_unit_test(standardised_rates_of_few_events_are_withheld),
        cmocka_unit_test(many_events_of_few_people_suppress_the_rate),
        cmocka_unit_test(recurrence_widens_the_limits_and_leaves_the_rate),
        cmocka_unit_test(change_of_unit_keeps_limits_and_short_decimals_short),
        cmocka_unit_test(without_data_every_field_of_an_estimate_is_unknown),
        cmocka_unit_test(intervals_that_do_not_meet_differ_significantly),
        cmocka_unit_test(equal_protected_counts_give_equal_statistics_under_midpoint6),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
