/* What a reader sees at a terminal, and how numbers are worded everywhere. */
#include "tests/unit/test_report_fixture.h"

#include "runtime/report/format.h"
#include "runtime/report/table.h"

static Slice line_of(Slice text, const char *start) {
    Slice wanted = slice_of(start);
    for (size_t i = 0; i < text.length; i++) {
        if ((i && text.data[i - 1] != '\n') ||
            !slice_starts_with(slice_sub(text, i, text.length), wanted))
            continue;
        size_t end = i;
        while (end < text.length && text.data[end] != '\n') end++;
        return slice_sub(text, i, end);
    }
    fail_msg("no line starts with \"%s\"", start);
    return SLICE("");
}

FIXTURE_TEST(run_begins_with_the_plan_and_what_it_was_run_with) {
    Slice text = report_run_text(fixture->arena, &fixture->input);
    assert_true(slice_starts_with(text, SLICE("Northshire population health improvement plan\n")));
    assert_slice(line_of(text, "2026/27"),
                 "2026/27 to 2030/31, draft, as of 1 November 2026, policy hes");
}

FIXTURE_TEST(kpi_shows_baseline_targets_and_breakdowns_in_columns) {
    Slice text = report_run_text(fixture->arena, &fixture->input);
    assert_slice(line_of(text, "  Baseline 2025/26"),
                 "  Baseline 2025/26  1,930 per 100,000 person-years (1,870 to 1,990)");
    assert_slice(line_of(text, "  Target 2030/31"),
                 "  Target 2030/31    1,544 per 100,000 person-years");
    assert_slice(line_of(text, "  Coastal  "),
                 "  Coastal            2,110  1,983 to 2,237        550       26,100");
    assert_slice(line_of(text, "  Dales  "), "  Dales         suppressed");
}

FIXTURE_TEST(money_requirements_and_data_are_said) {
    Slice text = report_run_text(fixture->arena, &fixture->input);
    assert_contains(line_of(text, "From bed to home"), "£0       £2m    £5.33m");
    assert_slice(line_of(text, "warning"),
                 "warning[inequalities-missing]: `ageing_well` has no equity target");
    assert_slice(line_of(text, "1 passed"), "1 passed, 1 failed, 0 not yet known, 0 not in force");
    assert_slice(line_of(text, "residents"), "residents  data/residents.csv  104,500 rows");
    assert_contains(text, "count(older) by place: suppressed");
}

FIXTURE_TEST(what_a_waiver_covers_has_not_failed) {
    VEC_PUSH(fixture->arena, &fixture->module.allows,
             (ModuleAllow){.rule = SLICE("inequalities-missing"), .decl = MODULE_NONE});
    for (uint32_t i = 0; i < fixture->findings.count; i++)
        if (fixture->findings.items[i].outcome == REQUIREMENT_FAILED)
            fixture->findings.items[i].allow = fixture->module.allows.count - 1;
    Slice text = report_run_text(fixture->arena, &fixture->input);
    assert_slice(line_of(text, "1 passed"),
                 "1 passed, 0 failed, 1 allowed, 0 not yet known, 0 not in force");
}

FIXTURE_TEST(eval_prints_the_value_alone) {
    const ModuleOutput *frail = &fixture->module.outputs.items[0];
    Slice text = report_eval_text(fixture->arena, &fixture->input, frail->reg, frail->unit);
    assert_slice(text, "Place         value\nCoastal       1,205\nDales             0\n"
                       "Market Towns    340\nNorth City       95\nin people\n");
    const ModuleOutput *cost = &fixture->module.outputs.items[1];
    assert_slice(report_eval_text(fixture->arena, &fixture->input, cost->reg, cost->unit),
                 "£4,101\n");
}

FIXTURE_TEST(text_cannot_steer_the_terminal) {
    fixture->module.decls.items[plan->kpi].title = SLICE("a\x1b[2Jb\u202Ec\nd");
    Slice text = report_run_text(fixture->arena, &fixture->input);
    assert_contains(text, "a\\u{1B}[2Jb\\u{202E}c\\u{A}d (falls_rate)");
}

FIXTURE_TEST(no_line_ends_in_blanks) {
    Slice text = report_run_text(fixture->arena, &fixture->input);
    assert_lacks(text, " \n");
}

FIXTURE_TEST(amounts_are_as_long_as_they_need_be) {
    const ModuleUnit money = {.sort = UNIT_MONEY, .num = 1, .den = 1};
    const struct {
        double pounds;
        const char *text;
    } cases[] = {{0, "£0"},
                 {12.5, "£12.50"},
                 {999, "£999"},
                 {4300.4, "£4,300"},
                 {450000, "£450,000"},
                 {999499, "£999,499"},
                 {1200000, "£1.2m"},
                 {-2000000, "\u2212£2m"},
                 {216452000, "£216.45m"},
                 {164000000000, "£164bn"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_slice(format_number(fixture->arena, &money, cases[i].pounds, PLACES_MONEY),
                     cases[i].text);
}

FIXTURE_TEST(one_column_has_one_number_of_decimals) {
    const ModuleUnit plain = {.num = 1, .den = 1};
    const ModuleUnit percent = {.sort = UNIT_PERCENT, .num = 100, .den = 1};
    const struct {
        const ModuleUnit *unit;
        double values[2];
        int places;
    } cases[] = {{&plain, {1930, 7}, 0},   {&plain, {1930.25, 7.5}, 0}, {&plain, {93.25, 7.5}, 1},
                 {&plain, {1.25, 0.5}, 2}, {&percent, {0.125, 0.5}, 1}, {&percent, {0.12, 0.5}, 0}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Array array = real_array(fixture, cases[i].values, 2);
        assert_int_equal(format_places((Shown){&array, cases[i].unit}), cases[i].places);
    }
}

FIXTURE_TEST(unit_factor_leaves_no_crumbs) {
    const ModuleUnit rate = {.num = 100000, .den = 1};
    for (int i = 1; i < 2000; i++) {
        double value = i / 1e5;
        Array array = real_array(fixture, &value, 1);
        assert_close(shown_number((Shown){&array, &rate}, 0), i, 0);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(run_begins_with_the_plan_and_what_it_was_run_with),
        cmocka_unit_test(kpi_shows_baseline_targets_and_breakdowns_in_columns),
        cmocka_unit_test(money_requirements_and_data_are_said),
        cmocka_unit_test(what_a_waiver_covers_has_not_failed),
        cmocka_unit_test(eval_prints_the_value_alone),
        cmocka_unit_test(text_cannot_steer_the_terminal),
        cmocka_unit_test(no_line_ends_in_blanks),
        cmocka_unit_test(amounts_are_as_long_as_they_need_be),
        cmocka_unit_test(one_column_has_one_number_of_decimals),
        cmocka_unit_test(unit_factor_leaves_no_crumbs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
