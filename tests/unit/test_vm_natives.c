/* Natives on money, plans, dates and texts. */
#include "tests/unit/test_vm_fixture.h"

static Reg year(Module *module, int fy) { return emit_integer(module, CONST_YEAR, fy); }

static Reg pounds(Module *module, int64_t amount) { return emit_exact(module, amount, 1); }

static Reg day(Module *module, int y, int m, int d) {
    return emit_integer(module, CONST_DATE, date_from_civil(y, m, d));
}

static void assert_day(const VmResult *result, Reg reg, const char *want) {
    assert_int_equal(reason_at(result, reg, 0), ABSENT_NONE);
    int32_t days = (int32_t)result->registers[reg].as.integer[0];
    assert_slice(date_format_iso(result->module->arena, days), want);
}

/* ---- Money; the fixture's years are 2025 to 2027 --------------------------------------------- */

ARENA_TEST(ramp_is_straight_posted_and_constant_after) {
    Module *module = empty_module(arena);
    Reg ramp = emit_call(module, "money.ramp", DIM_AT_FY,
                         REGS(year(module, 2024), pounds(module, 0), year(module, 2027),
                              pounds(module, 1)));
    Reg late = emit_call(module, "money.ramp", DIM_AT_FY,
                         REGS(year(module, 2026), pounds(module, 7)));
    VmResult result = run(module);
    assert_exact(&result, ramp, 0, "0.33");
    assert_exact(&result, ramp, 1, "0.67");
    assert_exact(&result, ramp, 2, "1");
    assert_exact(&result, late, 0, "0");
    assert_exact(&result, late, 2, "7");
}

ARENA_TEST(steps_and_growth_are_not_posted) {
    Module *module = empty_module(arena);
    Reg third = emit_exact(module, 1, 3), tenth = emit_exact(module, 1, 10);
    Reg steps = emit_call(module, "money.stepped", DIM_AT_FY,
                          REGS(year(module, 2025), third, year(module, 2027), tenth));
    Reg grow = emit_call(module, "money.grow", DIM_AT_FY, REGS(year(module, 2026), third, tenth));
    VmResult result = run(module);
    assert_exact(&result, steps, 1, "1/3");
    assert_exact(&result, steps, 2, "0.1");
    assert_exact(&result, grow, 0, "0");
    assert_exact(&result, grow, 1, "1/3");
    assert_exact(&result, grow, 2, "11/30");
}

ARENA_TEST(points_out_of_order_give_no_series) {
    Module *module = empty_module(arena);
    Reg ramp = emit_call(module, "money.ramp", DIM_AT_FY,
                         REGS(year(module, 2027), pounds(module, 1), year(module, 2025),
                              pounds(module, 2)));
    VmResult result = run(module);
    assert_int_equal(reason_at(&result, ramp, 0), ABSENT_NOT_CALCULABLE);
}

ARENA_TEST(series_take_amounts_by_place) {
    Module *module = empty_module(arena);
    Reg amounts = emit_stack(module, DIM_AT_PLACE,
                             REGS(pounds(module, 1), pounds(module, 2), pounds(module, 3)));
    Reg grow = emit_call(module, "money.grow", DIM_AT_FY,
                         REGS(year(module, 2025), amounts, pounds(module, 1)));
    VmResult result = run(module);
    assert_int_equal(result.registers[grow].count, 9);
    assert_exact(&result, grow, 2 * 3 + 1, "6");
}

ARENA_TEST(posting_rounds_half_away_from_zero) {
    Module *module = empty_module(arena);
    Reg more = emit_exact(module, 1005, 1000), less = emit_exact(module, -1005, 1000);
    Reg up = emit_call(module, "money.posted", MODULE_NONE, REGS(more));
    Reg down = emit_call(module, "money.posted", MODULE_NONE, REGS(less));
    Reg real = emit_call(module, "money.posted", MODULE_NONE, REGS(emit_real(module, 2.125)));
    VmResult result = run(module);
    assert_exact(&result, up, 0, "1.01");
    assert_exact(&result, down, 0, "-1.01");
    assert_true(real_at(&result, real, 0) == 2.13);
}

ARENA_TEST(change_and_present_value_go_along_the_years) {
    Module *module = empty_module(arena);
    Reg flows = emit_stack(module, DIM_AT_FY,
                           REGS(pounds(module, 100), pounds(module, 110), pounds(module, 121)));
    Reg change = emit_call(module, "money.change", DIM_AT_FY, REGS(flows));
    Reg tenth = emit_exact(module, 1, 10);
    Reg npv = emit_call(module, "money.npv", DIM_AT_FY, REGS(flows, tenth));
    Reg reals = emit(module, OPCODE_TO_REAL, flows, 0, 0);
    Reg npv_real = emit_call(module, "money.npv", DIM_AT_FY, REGS(reals, tenth));
    Reg lost = emit_call(module, "money.npv", DIM_AT_FY, REGS(flows, pounds(module, -1)));
    VmResult result = run(module);
    assert_int_equal(reason_at(&result, change, 0), ABSENT_MISSING);
    assert_exact(&result, change, 2, "11");
    assert_exact(&result, npv, 0, "300");
    assert_close(real_at(&result, npv_real, 0), 300, 1e-15);
    assert_int_equal(reason_at(&result, lost, 0), ABSENT_NOT_CALCULABLE);
}

ARENA_TEST(trajectory_is_straight_between_its_points_and_absent_outside) {
    Module *module = empty_module(arena);
    Reg line = emit_call(module, "plan.trajectory", DIM_AT_FY,
                         REGS(year(module, 2026), emit_real(module, 0.5), year(module, 2030),
                              emit_exact(module, 1, 10)));
    VmResult result = run(module);
    assert_int_equal(reason_at(&result, line, 0), ABSENT_MISSING);
    assert_true(real_at(&result, line, 1) == 0.5);
    assert_true(real_at(&result, line, 2) == 0.4);
}

/* ---- Dates ----------------------------------------------------------------------------------- */

ARENA_TEST(dates_add_and_subtract) {
    Module *module = empty_module(arena);
    Reg christmas = day(module, 2026, 12, 25), new_year = day(module, 2027, 1, 1);
    Reg later = emit_call(module, "date.add", MODULE_NONE, REGS(christmas, pounds(module, 7)));
    Reg days = emit_call(module, "date.days", MODULE_NONE, REGS(new_year, christmas));
    Reg half = emit_call(module, "date.add", MODULE_NONE,
                         REGS(christmas, emit_exact(module, 1, 2)));
    Reg beyond = emit_call(module, "date.add", MODULE_NONE,
                           REGS(christmas, pounds(module, INT64_MAX)));
    VmResult result = run(module);
    assert_day(&result, later, "2027-01-01");
    assert_exact(&result, days, 0, "7");
    assert_int_equal(reason_at(&result, half, 0), ABSENT_NOT_CALCULABLE);
    assert_int_equal(reason_at(&result, beyond, 0), ABSENT_NOT_CALCULABLE);
}

ARENA_TEST(financial_years_begin_in_april) {
    Module *module = empty_module(arena);
    Reg march = emit_call(module, "date.year", MODULE_NONE, REGS(day(module, 2027, 3, 31)));
    Reg april = emit_call(module, "date.year", MODULE_NONE, REGS(day(module, 2027, 4, 1)));
    Reg start = emit_call(module, "date.start", MODULE_NONE, REGS(april));
    Reg end = emit_call(module, "date.end", MODULE_NONE, REGS(march));
    Reg next = emit_call(module, "year.add", MODULE_NONE, REGS(april, pounds(module, 3)));
    Reg number = emit_call(module, "year.number", MODULE_NONE, REGS(next));
    Reg before = emit_call(module, "year.add", MODULE_NONE, REGS(april, pounds(module, -5000)));
    VmResult result = run(module);
    assert_int_equal(result.registers[march].as.integer[0], 2026);
    assert_day(&result, start, "2027-04-01");
    assert_day(&result, end, "2027-03-31");
    assert_exact(&result, number, 0, "2030");
    assert_int_equal(reason_at(&result, before, 0), ABSENT_NOT_CALCULABLE);
}

/* One by one, as a person with a calendar would. */
static int32_t count_working_days(int32_t from, int wanted, const int32_t *holidays, int count) {
    while (wanted) {
        from++;
        bool works = date_weekday(from) <= 5;
        for (int i = 0; i < count; i++) works = works && holidays[i] != from;
        wanted -= works;
    }
    return from;
}

ARENA_TEST(working_days_leave_out_weekends_and_bank_holidays) {
    Module *module = empty_module(arena);
    /* Christmas, Boxing Day observed, New Year; a Saturday, and Christmas once more */
    const int32_t holidays[] = {date_from_civil(2026, 12, 25), date_from_civil(2026, 12, 28),
                                date_from_civil(2027, 1, 1), date_from_civil(2026, 12, 26),
                                date_from_civil(2026, 12, 25)};
    Reg regs[7], counted[12][12];
    for (int k = 0; k < 5; k++) regs[2 + k] = emit_integer(module, CONST_DATE, holidays[k]);
    int32_t first = date_from_civil(2026, 12, 17);
    for (int start = 0; start < 12; start++)
        for (int n = 0; n < 12; n++) {
            regs[0] = pounds(module, n);
            regs[1] = emit_integer(module, CONST_DATE, first + start);
            counted[start][n] = emit_call(module, "date.working_days", MODULE_NONE, regs, 7);
        }
    VmResult result = run(module);
    for (int start = 0; start < 12; start++)
        for (int n = 0; n < 12; n++) {
            int32_t want = count_working_days(first + start, n, holidays, 5);
            assert_int_equal(result.registers[counted[start][n]].as.integer[0], want);
        }
}

ARENA_TEST(working_days_backwards_or_for_ever_are_not_calculable) {
    Module *module = empty_module(arena);
    Reg today = day(module, 2026, 12, 17);
    Reg back = emit_call(module, "date.working_days", MODULE_NONE, REGS(pounds(module, -1), today));
    Reg far = emit_call(module, "date.working_days", MODULE_NONE,
                        REGS(pounds(module, 9999999), today));
    VmResult result = run(module);
    assert_int_equal(reason_at(&result, back, 0), ABSENT_NOT_CALCULABLE);
    assert_int_equal(reason_at(&result, far, 0), ABSENT_NOT_CALCULABLE);
}

/* ---- Texts ----------------------------------------------------------------------------------- */

ARENA_TEST(placeholders_are_whole_words_in_any_case) {
    static const char *const yes[] = {"TBC", "tbd", "Lead: TBA.", "to be confirmed",
                                      "Fee is £xx a day", "Lorem ipsum", "what??", "N/A", "todo: ask",
                                      "(TODO)", "To Be Agreed with partners", "", "  ", "XXX"};
    static const char *const no[] = {"Stbc", "tbcs", "Mastodon", "a todos", "exxon", "what?",
                                     "n/able", "Director of Strategy", "étbc"};
    enum { YES = sizeof yes / sizeof *yes, NO = sizeof no / sizeof *no };
    Module *module = empty_module(arena);
    Reg regs[YES + NO];
    for (int i = 0; i < YES + NO; i++) {
        Reg text = emit_text(module, i < YES ? yes[i] : no[i - YES]);
        regs[i] = emit_call(module, "text.placeholder", MODULE_NONE, REGS(text));
    }
    VmResult result = run(module);
    for (int i = 0; i < YES + NO; i++)
        if (truth_at(&result, regs[i], 0) != (i < YES))
            fail_msg("\"%s\"", i < YES ? yes[i] : no[i - YES]);
}

ARENA_TEST(text_matches_as_the_pattern_says) {
    Module *module = empty_module(arena);
    Reg text = emit_text(module, "QZ9"), good = emit_text(module, "Q[A-Z0-9]{2}");
    Reg other = emit_text(module, "R.*"), bad = emit_text(module, "Q[");
    Reg yes = emit_call(module, "text.matches", MODULE_NONE, REGS(text, good));
    Reg no = emit_call(module, "text.matches", MODULE_NONE, REGS(text, other));
    Reg refused = emit_call(module, "text.matches", MODULE_NONE, REGS(text, bad));
    VmResult result = run(module);
    assert_int_equal(truth_at(&result, yes, 0), 1);
    assert_int_equal(truth_at(&result, no, 0), 0);
    assert_int_equal(truth_at(&result, refused, 0), -ABSENT_NOT_CALCULABLE);
}

ARENA_TEST(absent_arguments_make_absent_results) {
    Module *module = empty_module(arena);
    Reg none = emit_absent(module, ELEM_DATE, ABSENT_UNKNOWN);
    Reg year_of = emit_call(module, "date.year", MODULE_NONE, REGS(none));
    Reg none_text = emit_absent(module, ELEM_TEXT, ABSENT_MISSING);
    Reg held = emit_call(module, "text.placeholder", MODULE_NONE, REGS(none_text));
    VmResult result = run(module);
    assert_int_equal(reason_at(&result, year_of, 0), ABSENT_UNKNOWN);
    assert_int_equal(reason_at(&result, held, 0), ABSENT_MISSING);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ramp_is_straight_posted_and_constant_after),
        cmocka_unit_test(steps_and_growth_are_not_posted),
        cmocka_unit_test(points_out_of_order_give_no_series),
        cmocka_unit_test(series_take_amounts_by_place),
        cmocka_unit_test(posting_rounds_half_away_from_zero),
        cmocka_unit_test(change_and_present_value_go_along_the_years),
        cmocka_unit_test(trajectory_is_straight_between_its_points_and_absent_outside),
        cmocka_unit_test(dates_add_and_subtract),
        cmocka_unit_test(financial_years_begin_in_april),
        cmocka_unit_test(working_days_leave_out_weekends_and_bank_holidays),
        cmocka_unit_test(working_days_backwards_or_for_ever_are_not_calculable),
        cmocka_unit_test(placeholders_are_whole_words_in_any_case),
        cmocka_unit_test(text_matches_as_the_pattern_says),
        cmocka_unit_test(absent_arguments_make_absent_results),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
