/* The machine on code that needs no people: arithmetic, truth, absence, reductions, limits. */
#include "tests/unit/test_vm_fixture.h"

/* ---- Arithmetic ------------------------------------------------------------------------------ */

ARENA_TEST(whole_fixture_runs_at_check) {
    Module *module = fixture_module(arena);
    VmResult result = run(module);
    assert_true(result.steps > module->code.count);
    assert_int_equal(reason_at(&result, 0, 0), ABSENT_NO_DATA);
    assert_int_equal(vm_requirement(&result, 0, module->as_of), REQUIREMENT_PASSED);
}

ARENA_TEST(arrays_line_up_by_the_names_of_their_dims) {
    Module *module = empty_module(arena);
    Reg places = reals(module, DIM_AT_PLACE, 1, 2, 3), years = reals(module, DIM_AT_FY, 10, 20, 30);
    Reg sum = emit(module, OPCODE_ADD, places, years, 0);
    Reg turned = emit(module, OPCODE_SUB, years, sum, 0); /* by year, then place */
    VmResult result = run(module);
    assert_int_equal(result.registers[sum].count, 9);
    for (uint32_t place = 0; place < 3; place++)
        for (uint32_t year = 0; year < 3; year++) {
            double want = (place + 1) + 10.0 * (year + 1);
            assert_true(real_at(&result, sum, place * 3 + year) == want);
            assert_true(real_at(&result, turned, year * 3 + place) == 10.0 * (year + 1) - want);
        }
}

ARENA_TEST(exact_numbers_stay_exact) {
    Module *module = empty_module(arena);
    Reg tenth = emit_exact(module, 1, 10), fifth = emit_exact(module, 1, 5);
    Reg sum = emit(module, OPCODE_ADD, tenth, fifth, 0);
    Reg third = emit(module, OPCODE_DIV, sum, emit_exact(module, 9, 10), 0);
    Reg cube = emit(module, OPCODE_POW, tenth, INSTR_POW_BIAS - 3, 0);
    Reg binary = emit(module, OPCODE_TO_EXACT, emit_real(module, 0.5), 0, 0);
    VmResult result = run(module);
    assert_exact(&result, sum, 0, "0.3");
    assert_exact(&result, third, 0, "1/3");
    assert_exact(&result, cube, 0, "1000");
    assert_exact(&result, binary, 0, "0.5");
}

ARENA_TEST(what_is_no_number_is_not_calculable) {
    Module *module = empty_module(arena);
    Reg zero = emit_real(module, 0), one = emit_real(module, 1), big = emit_real(module, 1e300);
    Reg none = emit_exact(module, 0, 1), some = emit_exact(module, 7, 1);
    Reg absent[] = {emit(module, OPCODE_DIV, one, zero, 0), emit(module, OPCODE_DIV, zero, zero, 0),
                    emit(module, OPCODE_MUL, big, big, 0), emit(module, OPCODE_DIV, some, none, 0),
                    emit(module, OPCODE_POW, none, INSTR_POW_BIAS - 1, 0),
                    emit(module, OPCODE_POW, zero, INSTR_POW_BIAS - 1, 0)};
    VmResult result = run(module);
    for (size_t i = 0; i < sizeof absent / sizeof *absent; i++)
        assert_int_equal(reason_at(&result, absent[i], 0), ABSENT_NOT_CALCULABLE);
}

ARENA_TEST(exact_numbers_that_grow_without_end_are_stopped) {
    Module *module = empty_module(arena);
    Reg x = emit_exact(module, 1000003, 999983);
    for (int i = 0; i < 40; i++) x = emit(module, OPCODE_MUL, x, x, 0);
    VmResult result = run(module);
    assert_int_equal(reason_at(&result, x, 0), ABSENT_NOT_CALCULABLE);
}

ARENA_TEST(powers_are_whole_and_of_either_sign) {
    Module *module = empty_module(arena);
    Reg x = emit_real(module, -1.5), zero = emit_real(module, 0);
    Reg cube = emit(module, OPCODE_POW, x, INSTR_POW_BIAS + 3, 0);
    Reg inverse = emit(module, OPCODE_POW, x, INSTR_POW_BIAS - 2, 0);
    Reg one = emit(module, OPCODE_POW, zero, INSTR_POW_BIAS, 0);
    Reg size = emit(module, OPCODE_ABS, cube, 0, 0), back = emit(module, OPCODE_NEG, zero, 0, 0);
    VmResult result = run(module);
    assert_true(real_at(&result, cube, 0) == -3.375);
    assert_close(real_at(&result, inverse, 0), 1 / 2.25, 1e-15);
    assert_true(real_at(&result, one, 0) == 1);
    assert_true(real_at(&result, size, 0) == 3.375);
    assert_false(signbit(real_at(&result, back, 0)));
}

/* ---- Absence and truth ----------------------------------------------------------------------- */

ARENA_TEST(stronger_reason_wins) {
    Module *module = empty_module(arena);
    Reg missing = emit_absent(module, ELEM_REAL, ABSENT_MISSING);
    Reg suppressed = emit_absent(module, ELEM_REAL, ABSENT_SUPPRESSED);
    Reg no_data = emit_absent(module, ELEM_REAL, ABSENT_NO_DATA), one = emit_real(module, 1);
    Reg a = emit(module, OPCODE_ADD, missing, one, 0);
    Reg b = emit(module, OPCODE_MUL, missing, suppressed, 0);
    Reg c = emit(module, OPCODE_SUB, suppressed, no_data, 0);
    VmResult result = run(module);
    assert_int_equal(reason_at(&result, a, 0), ABSENT_MISSING);
    assert_int_equal(reason_at(&result, b, 0), ABSENT_SUPPRESSED);
    assert_int_equal(reason_at(&result, c, 0), ABSENT_NO_DATA);
    assert_true(isnan(result.registers[a].as.real[0]));
}

ARENA_TEST(truth_is_three_valued) {
    Module *module = empty_module(arena);
    Reg value[] = {emit_integer(module, CONST_BOOL, 0), emit_integer(module, CONST_BOOL, 1),
                   emit_absent(module, ELEM_BOOL, ABSENT_MISSING)};
    static const int and[3][3] = {{0, 0, 0}, {0, 1, -1}, {0, -1, -1}};
    static const int or[3][3] = {{0, 1, -1}, {1, 1, 1}, {-1, 1, -1}};
    Reg ands[3][3], ors[3][3];
    for (int i = 0; i < 3; i++)
        for (int k = 0; k < 3; k++) {
            ands[i][k] = emit(module, OPCODE_AND, value[i], value[k], 0);
            ors[i][k] = emit(module, OPCODE_OR, value[i], value[k], 0);
        }
    Reg not_missing = emit(module, OPCODE_NOT, value[2], 0, 0);
    VmResult result = run(module);
    for (int i = 0; i < 3; i++)
        for (int k = 0; k < 3; k++) {
            assert_int_equal(truth_at(&result, ands[i][k], 0), and[i][k]);
            assert_int_equal(truth_at(&result, ors[i][k], 0), or[i][k]);
        }
    assert_int_equal(truth_at(&result, not_missing, 0), -ABSENT_MISSING);
}

ARENA_TEST(all_and_any_settle_early_and_else_are_absent) {
    Module *module = empty_module(arena);
    Reg no = emit_integer(module, CONST_BOOL, 0), yes = emit_integer(module, CONST_BOOL, 1);
    Reg unknown = emit_absent(module, ELEM_BOOL, ABSENT_UNKNOWN);
    Reg mixed = emit_stack(module, DIM_AT_PLACE, REGS(unknown, no, yes));
    Reg hopeful = emit_stack(module, DIM_AT_PLACE, REGS(unknown, yes, yes));
    Reg all = emit(module, OPCODE_ALL, mixed, DIM_AT_PLACE, 0);
    Reg any = emit(module, OPCODE_ANY, mixed, DIM_AT_PLACE, 0);
    Reg open = emit(module, OPCODE_ALL, hopeful, DIM_AT_PLACE, 0);
    VmResult result = run(module);
    assert_int_equal(truth_at(&result, all, 0), 0);
    assert_int_equal(truth_at(&result, any, 0), 1);
    assert_int_equal(truth_at(&result, open, 0), -ABSENT_UNKNOWN);
}

ARENA_TEST(missing_is_asked_for_and_filled_in) {
    Module *module = empty_module(arena);
    Reg one = emit_real(module, 1), nine = emit_real(module, 9);
    int reasons[] = {ABSENT_MISSING, ABSENT_UNKNOWN, ABSENT_SUPPRESSED, ABSENT_NO_DATA};
    Reg is[4], or[4];
    for (int i = 0; i < 4; i++) {
        Reg x = emit_absent(module, ELEM_REAL, reasons[i]);
        is[i] = emit(module, OPCODE_IS_ABSENT, x, 0, 0);
        or[i] = emit(module, OPCODE_OR_ELSE, x, nine, 0);
    }
    Reg present = emit(module, OPCODE_IS_ABSENT, one, 0, 0);
    Reg kept = emit(module, OPCODE_OR_ELSE, one, nine, 0);
    VmResult result = run(module);
    assert_int_equal(truth_at(&result, is[0], 0), 1);
    assert_int_equal(truth_at(&result, is[1], 0), 1);
    assert_int_equal(truth_at(&result, is[2], 0), 0);
    assert_int_equal(truth_at(&result, is[3], 0), -ABSENT_NO_DATA);
    assert_int_equal(truth_at(&result, present, 0), 0);
    assert_true(real_at(&result, or[0], 0) == 9);
    assert_int_equal(reason_at(&result, or[1], 0), ABSENT_UNKNOWN);
    assert_int_equal(reason_at(&result, or[2], 0), ABSENT_SUPPRESSED);
    assert_true(real_at(&result, kept, 0) == 1);
}

ARENA_TEST(conditions_on_people_are_taken_to_hold_before_data_are_opened) {
    Module *module = empty_module(arena);
    int reasons[] = {ABSENT_NO_DATA, ABSENT_UNKNOWN};
    Reg no = emit_integer(module, CONST_BOOL, 0), yes = emit_integer(module, CONST_BOOL, 1);
    Reg taken[4];
    for (int i = 0; i < 2; i++)
        taken[i] = emit(module, OPCODE_TAKEN, emit_absent(module, ELEM_BOOL, reasons[i]), 0, 0);
    taken[2] = emit(module, OPCODE_TAKEN, no, 0, 0);
    taken[3] = emit(module, OPCODE_TAKEN, yes, 0, 0);
    VmResult result = run(module);
    assert_int_equal(truth_at(&result, taken[0], 0), 1);
    assert_int_equal(truth_at(&result, taken[1], 0), -ABSENT_UNKNOWN);
    assert_int_equal(truth_at(&result, taken[2], 0), 0);
    assert_int_equal(truth_at(&result, taken[3], 0), 1);
}

ARENA_TEST(select_chooses_cell_by_cell) {
    Module *module = empty_module(arena);
    Reg places = reals(module, DIM_AT_PLACE, 1, 5, 9), five = emit_real(module, 5);
    Reg none = emit_absent(module, ELEM_REAL, ABSENT_SUPPRESSED);
    Reg less = emit(module, OPCODE_LT, places, five, 0);
    Reg chosen = emit(module, OPCODE_SELECT, less, places, five);
    Reg spared = emit(module, OPCODE_SELECT, less, places, none);
    VmResult result = run(module);
    assert_true(real_at(&result, chosen, 0) == 1);
    assert_true(real_at(&result, chosen, 2) == 5);
    assert_true(real_at(&result, spared, 0) == 1);
    assert_int_equal(reason_at(&result, spared, 1), ABSENT_SUPPRESSED);
}

ARENA_TEST(every_type_compares) {
    Module *module = empty_module(arena);
    Reg pairs[][2] = {
        {emit_exact(module, 1, 3), emit_exact(module, 1, 2)},
        {emit_integer(module, CONST_DATE, 5), emit_integer(module, CONST_DATE, 6)},
        {emit_integer(module, CONST_YEAR, 2025), emit_integer(module, CONST_YEAR, 2026)},
        {emit_const(module, (ModuleConst){.sort = CONST_CODE, .integer = 0, .dim = DIM_AT_BAND}),
         emit_const(module, (ModuleConst){.sort = CONST_CODE, .integer = 1, .dim = DIM_AT_BAND})},
    };
    Reg less[4], equal[4];
    for (int i = 0; i < 4; i++) {
        less[i] = emit(module, OPCODE_LT, pairs[i][0], pairs[i][1], 0);
        equal[i] = emit(module, OPCODE_EQ, pairs[i][0], pairs[i][1], 0);
    }
    Reg same = emit(module, OPCODE_EQ, emit_text(module, "a"), emit_text(module, "a"), 0);
    Reg differ = emit(module, OPCODE_NE, emit_text(module, "a"), emit_text(module, "b"), 0);
    VmResult result = run(module);
    for (int i = 0; i < 4; i++) {
        assert_int_equal(truth_at(&result, less[i], 0), 1);
        assert_int_equal(truth_at(&result, equal[i], 0), 0);
    }
    assert_int_equal(truth_at(&result, same, 0), 1);
    assert_int_equal(truth_at(&result, differ, 0), 1);
}

/* ---- Along a dimension ----------------------------------------------------------------------- */

ARENA_TEST(sums_of_reals_are_compensated_in_declared_order) {
    Module *module = empty_module(arena);
    Reg x = reals(module, DIM_AT_PLACE, 1e16, 1, -1e16);
    Reg sum = emit(module, OPCODE_SUM, x, DIM_AT_PLACE, 0);
    VmResult result = run(module);
    assert_true(real_at(&result, sum, 0) == 1);
}

ARENA_TEST(reductions_take_the_named_dim) {
    Module *module = empty_module(arena);
    Reg places = reals(module, DIM_AT_PLACE, 1, 2, 3), years = reals(module, DIM_AT_FY, 10, 20, 30);
    Reg both = emit(module, OPCODE_ADD, places, years, 0);
    Reg by_year = emit(module, OPCODE_SUM, both, DIM_AT_PLACE, 0);
    Reg by_place = emit(module, OPCODE_SUM, both, DIM_AT_FY, 0);
    Reg least = emit(module, OPCODE_MIN, both, DIM_AT_PLACE, 0);
    Reg most = emit(module, OPCODE_MAX, both, DIM_AT_FY, 0);
    Reg running = emit(module, OPCODE_CUMULATE, both, DIM_AT_FY, 0);
    Reg second = emit(module, OPCODE_INDEX, both, DIM_AT_PLACE, 1);
    VmResult result = run(module);
    assert_true(real_at(&result, by_year, 1) == 66);
    assert_true(real_at(&result, by_place, 1) == 66);
    assert_true(real_at(&result, least, 2) == 31);
    assert_true(real_at(&result, most, 0) == 31);
    assert_true(real_at(&result, running, 5) == 66);
    assert_true(real_at(&result, second, 2) == 32);
}

ARENA_TEST(running_sums_are_absent_from_the_first_absent_cell_on) {
    Module *module = empty_module(arena);
    Reg one = emit_exact(module, 1, 1), none = emit_absent(module, ELEM_EXACT, ABSENT_UNKNOWN);
    Reg x = emit_stack(module, DIM_AT_FY, REGS(one, none, one));
    Reg running = emit(module, OPCODE_CUMULATE, x, DIM_AT_FY, 0);
    Reg sum = emit(module, OPCODE_SUM, x, DIM_AT_FY, 0);
    Reg most = emit(module, OPCODE_MAX, x, DIM_AT_FY, 0);
    VmResult result = run(module);
    assert_exact(&result, running, 0, "1");
    assert_int_equal(reason_at(&result, running, 1), ABSENT_UNKNOWN);
    assert_int_equal(reason_at(&result, running, 2), ABSENT_UNKNOWN);
    assert_int_equal(reason_at(&result, sum, 0), ABSENT_UNKNOWN);
    assert_int_equal(reason_at(&result, most, 0), ABSENT_UNKNOWN);
}

/* ---- Limits, requirements -------------------------------------------------------------------- */

ARENA_TEST(steps_are_limited) {
    Module *module = fixture_module(arena);
    VmResult result;
    Slice error = SLICE("");
    uint64_t needed = run(module).steps;
    VmOptions options = {.step_limit = needed - 1};
    assert_int_equal(vm_run(module, &options, arena, &result, &error), SCP_LIMIT);
    assert_true(error.length > 0);
    options.step_limit = needed;
    assert_int_equal(vm_run(module, &options, arena, &result, &error), SCP_OK);
}

ARENA_TEST(texts_that_double_without_end_are_stopped) {
    Module *module = empty_module(arena);
    VmOptions options = {0};
    VmResult result;
    Slice error = SLICE("");
    Reg text = emit_text(module, "0123456789");
    for (int i = 0; i < 60; i++) text = emit_concat(module, REGS(text, text));
    assert_int_equal(vm_run(module, &options, arena, &result, &error), SCP_LIMIT);
    assert_slice(error, "limit reached: a text is longer than 1 MiB");
}

ARENA_TEST(requirement_fails_only_where_it_is_false_and_in_force) {
    Module *module = empty_module(arena);
    int day = module->as_of;
    Reg truths[] = {emit_integer(module, CONST_BOOL, 1), emit_integer(module, CONST_BOOL, 0),
                    emit_absent(module, ELEM_BOOL, ABSENT_NO_DATA)};
    Reg message = emit_text(module, "no");
    for (int i = 0; i < 3; i++)
        VEC_PUSH(arena, &module->requirements,
                 (ModuleRequirement){.rule = SLICE("r"), .decl = MODULE_NONE,
                                     .condition = truths[i], .message = message, .from = day,
                                     .until = day + 1});
    VmResult result = run(module);
    assert_int_equal(vm_requirement(&result, 0, day), REQUIREMENT_PASSED);
    assert_int_equal(vm_requirement(&result, 1, day), REQUIREMENT_FAILED);
    assert_int_equal(vm_requirement(&result, 1, day + 1), REQUIREMENT_FAILED);
    assert_int_equal(vm_requirement(&result, 2, day), REQUIREMENT_UNKNOWN);
    assert_int_equal(vm_requirement(&result, 1, day - 1), REQUIREMENT_NOT_IN_FORCE);
    assert_int_equal(vm_requirement(&result, 1, day + 2), REQUIREMENT_NOT_IN_FORCE);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_fixture_runs_at_check),
        cmocka_unit_test(arrays_line_up_by_the_names_of_their_dims),
        cmocka_unit_test(exact_numbers_stay_exact),
        cmocka_unit_test(what_is_no_number_is_not_calculable),
        cmocka_unit_test(exact_numbers_that_grow_without_end_are_stopped),
        cmocka_unit_test(powers_are_whole_and_of_either_sign),
        cmocka_unit_test(stronger_reason_wins),
        cmocka_unit_test(truth_is_three_valued),
        cmocka_unit_test(all_and_any_settle_early_and_else_are_absent),
        cmocka_unit_test(missing_is_asked_for_and_filled_in),
        cmocka_unit_test(conditions_on_people_are_taken_to_hold_before_data_are_opened),
        cmocka_unit_test(select_chooses_cell_by_cell),
        cmocka_unit_test(every_type_compares),
        cmocka_unit_test(sums_of_reals_are_compensated_in_declared_order),
        cmocka_unit_test(reductions_take_the_named_dim),
        cmocka_unit_test(running_sums_are_absent_from_the_first_absent_cell_on),
        cmocka_unit_test(steps_are_limited),
        cmocka_unit_test(texts_that_double_without_end_are_stopped),
        cmocka_unit_test(requirement_fails_only_where_it_is_false_and_in_force),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
