/* Statistics of every value: quantiles, the Gini coefficient, the concentration index; of whom
 * they may be asked, and what they say of too few. */
#include "tests/unit/test_vm_fixture.h"

#include "runtime/disclosure/policy.h"
#include "runtime/stats/concentration.h"

/* Costs in order of age: seven in the first cell, one in the second, none in the others. */
enum { CELLS = 6, FIRST = 7 };
static const double costs[] = {4, 1, 3, 9, 2, 8, 5, 6};
static const double ages[] = {20, 30, 30, 40, 50, 50, 80, 33};
static const double ascending[] = {1, 2, 3, 4, 5, 8, 9};

static StrataResult *strata_of(Arena *arena, const double *values) {
    StrataResult *result = ARENA_NEW(arena, StrataResult);
    result->cells = ARENA_NEW_ARRAY(arena, StrataCells, QUERY_COUNT + 1);
    StrataCells *cells = &result->cells[QUERY_AT_ORDERED];
    cells->cell_count = CELLS;
    cells->rows = cells->people = ARENA_NEW_ARRAY(arena, int64_t, CELLS);
    cells->value = ARENA_NEW_ARRAY(arena, double, CELLS);
    cells->ordered_starts = ARENA_NEW_ARRAY(arena, uint64_t, CELLS + 1);
    cells->ordered_ranks = ARENA_NEW_ARRAY(arena, double, FIRST + 1);
    cells->ordered_values = ARENA_NEW_ARRAY(arena, double, FIRST + 1);
    for (int i = 0; i <= FIRST; i++) {
        cells->ordered_ranks[i] = values == ascending && i < FIRST ? values[i] : ages[i];
        cells->ordered_values[i] = i < FIRST ? values[i] : costs[i];
    }
    for (int c = 0; c < CELLS; c++)
        cells->ordered_starts[c + 1] = c == 0 ? FIRST : FIRST + 1;
    return result;
}

static Module *module_of_people(Arena *arena) {
    Module *module = empty_module(arena);
    fixture_people(module);
    fixture_falls(module);
    fixture_queries(module);
    return module;
}

static Reg emit_spread(Module *module, SpreadSort sort, int64_t num, int64_t den) {
    return emit(module, OPCODE_SPREAD, QUERY_AT_ORDERED, sort, emit_exact(module, num, den));
}

static VmResult run_inside(Module *module, const double *values) {
    return run_with(module, (VmOptions){.strata = strata_of(module->arena, values),
                                        .policy = POLICY_EXACT_INTERNAL});
}

ARENA_TEST(quantiles_interpolate_between_the_two_nearest) {
    Module *module = module_of_people(arena);
    Reg least = emit_spread(module, SPREAD_QUANTILE, 0, 1);
    Reg median = emit_spread(module, SPREAD_QUANTILE, 1, 2);
    Reg high = emit_spread(module, SPREAD_QUANTILE, 9, 10);
    Reg most = emit_spread(module, SPREAD_QUANTILE, 1, 1);
    VmResult result = run_inside(module, ascending);
    assert_true(real_at(&result, least, 0) == 1);
    assert_true(real_at(&result, median, 0) == 4);
    assert_close(real_at(&result, high, 0), 8.4, 1e-15); /* at 5.4 of 0 … 6 */
    assert_true(real_at(&result, most, 0) == 9);
    assert_true(real_at(&result, high, 1) == 6); /* of one person */
    assert_true(result.registers[median].denominator[0] == FIRST);
}

ARENA_TEST(nobody_has_no_spread) {
    Module *module = module_of_people(arena);
    Reg made[] = {emit_spread(module, SPREAD_QUANTILE, 1, 2), emit_spread(module, SPREAD_GINI, 0, 1),
                  emit_spread(module, SPREAD_CONCENTRATION, 19, 20)};
    VmResult result = run_inside(module, costs);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(reason_at(&result, made[i], 2), ABSENT_NO_POPULATION);
        assert_true(result.registers[made[i]].denominator[2] == 0);
    }
    /* nor has one person a gradient */
    assert_int_equal(reason_at(&result, made[2], 1), ABSENT_NOT_CALCULABLE);
}

ARENA_TEST(gini_is_that_of_the_values) {
    Module *module = module_of_people(arena);
    Reg gini = emit_spread(module, SPREAD_GINI, 0, 1);
    Reg corrected = emit_spread(module, SPREAD_GINI, 1, 1);
    VmResult result = run_inside(module, costs);
    size_t order[FIRST];
    Gini want;
    assert_true(gini_coefficient(costs, NULL, FIRST, order, &want));
    assert_close(real_at(&result, gini, 0), want.gini, 1e-15);
    assert_close(real_at(&result, corrected, 0), want.gini * FIRST / (FIRST - 1), 1e-15);
    assert_true(isnan(result.registers[gini].lower[0]));
}

ARENA_TEST(concentration_is_that_of_values_by_rank_in_each_form) {
    Module *module = module_of_people(arena);
    static const ConcentrationForm forms[] = {CONCENTRATION_RELATIVE, CONCENTRATION_GENERALISED,
                                              CONCENTRATION_ERREYGERS};
    Reg made[3];
    for (int i = 0; i < 3; i++)
        made[i] = emit_spread(module, (SpreadSort)(SPREAD_CONCENTRATION + i), 998, 1000);
    VmResult result = run_inside(module, costs);
    for (int i = 0; i < 3; i++) {
        ConcentrationData data = {costs, ages, NULL, FIRST, true};
        double fractional[FIRST];
        size_t order[FIRST];
        Concentration want;
        assert_true(concentration_index(&data, CONCENTRATION_REGRESSION, forms[i], 0.998,
                                        fractional, order, &want));
        assert_close(real_at(&result, made[i], 0), want.value, 1e-15);
        assert_close(result.registers[made[i]].lower[0], want.limits.lower, 1e-15);
        assert_close(result.registers[made[i]].upper[0], want.limits.upper, 1e-15);
    }
}

ARENA_TEST(wagstaffs_form_is_for_shares_alone) {
    static const double shares[] = {0, 1, 0, 0, 1, 1, 1};
    Module *module = module_of_people(arena);
    Reg made = emit_spread(module, SPREAD_CONCENTRATION_WAGSTAFF, 19, 20);
    VmResult of_costs = run_inside(module, costs), of_shares = run_inside(module, shares);
    assert_int_equal(reason_at(&of_costs, made, 0), ABSENT_NOT_CALCULABLE);
    assert_int_equal(reason_at(&of_shares, made, 0), ABSENT_NONE);
}

ARENA_TEST(under_every_policy_that_protects_spread_is_withheld) {
    static const Policy policies[] = {POLICY_HES, POLICY_MIDPOINT6};
    for (size_t p = 0; p < sizeof policies / sizeof *policies; p++) {
        Module *module = module_of_people(arena);
        fixture_spread(module);
        VmResult result =
            run_with(module, (VmOptions){.strata = strata_of(arena, costs), .policy = policies[p]});
        for (Reg reg = 0; reg < module->code.count; reg++) {
            if (module->code.items[reg].op != OPCODE_SPREAD) continue;
            for (uint32_t i = 0; i < CELLS; i++) {
                assert_int_equal(reason_at(&result, reg, i), ABSENT_SUPPRESSED);
                assert_true(isnan(result.registers[reg].denominator[i]));
            }
        }
    }
}

ARENA_TEST(without_data_spread_is_unknown) {
    Module *module = module_of_people(arena);
    Reg made = emit_spread(module, SPREAD_GINI, 0, 1);
    VmResult result = run(module);
    assert_int_equal(reason_at(&result, made, 0), ABSENT_NO_DATA);
}

ARENA_TEST(a_share_beyond_all_people_is_no_quantile) {
    Module *module = module_of_people(arena);
    Reg beyond = emit_spread(module, SPREAD_QUANTILE, 3, 2);
    Reg missing = emit(module, OPCODE_SPREAD, QUERY_AT_ORDERED, SPREAD_QUANTILE,
                       emit_absent(module, ELEM_REAL, ABSENT_MISSING));
    VmResult result = run_inside(module, ascending);
    assert_int_equal(reason_at(&result, beyond, 0), ABSENT_NOT_CALCULABLE);
    assert_int_equal(reason_at(&result, missing, 0), ABSENT_MISSING);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quantiles_interpolate_between_the_two_nearest),
        cmocka_unit_test(nobody_has_no_spread),
        cmocka_unit_test(gini_is_that_of_the_values),
        cmocka_unit_test(concentration_is_that_of_values_by_rank_in_each_form),
        cmocka_unit_test(wagstaffs_form_is_for_shares_alone),
        cmocka_unit_test(under_every_policy_that_protects_spread_is_withheld),
        cmocka_unit_test(without_data_spread_is_unknown),
        cmocka_unit_test(a_share_beyond_all_people_is_no_quantile),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
