/* The JSON of `run` and `eval`: its shape, its numbers, its silence about what is withheld. */
#include "tests/unit/test_report_fixture.h"

#include "runtime/base/json.h"

static JsonValue *parsed(Fixture *f, Slice text) {
    JsonValue *value = NULL;
    JsonError error;
    if (!json_parse(f->arena, text, &value, &error)) fail_msg("%s", error.message);
    return value;
}

static const JsonValue *at(const JsonValue *value, const char *key) {
    const JsonValue *found = json_get(value, slice_of(key));
    if (!found) fail_msg("no key %s", key);
    return found;
}

static const JsonValue *item(const JsonValue *value, const char *key, uint32_t index) {
    const JsonValue *list = at(value, key);
    assert_int_equal(list->kind, JSON_ARRAY);
    assert_true(index < list->items.count);
    return list->items.items[index];
}

FIXTURE_TEST(run_has_its_seven_parts_in_order) {
    JsonValue *run = parsed(fixture, report_run_json(fixture->arena, &fixture->input));
    const char *keys[] = {"plan", "policy", "kpis", "lets", "finance", "requirements", "data"};
    assert_int_equal(run->members.count, 7);
    for (uint32_t i = 0; i < 7; i++) assert_slice(run->members.items[i].key, keys[i]);
    assert_slice(at(run, "plan")->text, "northshire");
    assert_slice(at(run, "policy")->text, "hes");
}

FIXTURE_TEST(kpi_has_baseline_targets_and_trajectory_in_the_unit_shown) {
    JsonValue *run = parsed(fixture, report_run_json(fixture->arena, &fixture->input));
    const JsonValue *kpi = item(run, "kpis", 0);
    assert_slice(at(kpi, "name")->text, "falls_rate");
    assert_slice(at(kpi, "status")->text, "not judged");
    assert_close(at(kpi, "baseline")->number, 1930, 0);
    assert_slice(at(item(kpi, "targets", 0), "by")->text, "FY2028/29");
    assert_close(at(item(kpi, "targets", 0), "value")->number, 1698.4, 0);
    assert_slice(at(item(kpi, "targets", 1), "by")->text, "FY2030/31");
    assert_close(at(item(kpi, "targets", 1), "value")->number, 1544, 0);
    assert_int_equal(at(kpi, "trajectory")->members.count, 5);
    assert_close(at(at(kpi, "trajectory"), "FY2027/28")->number, 1775.6, 0);
}

FIXTURE_TEST(results_come_first_without_dimensions_then_one_a_breakdown) {
    JsonValue *run = parsed(fixture, report_run_json(fixture->arena, &fixture->input));
    const JsonValue *kpi = item(run, "kpis", 0);
    assert_int_equal(at(kpi, "results")->items.count, 3);
    const JsonValue *whole = item(kpi, "results", 0);
    assert_slice(at(whole, "unit")->text, "admissions per 100000 person_years");
    assert_int_equal(at(whole, "dimensions")->items.count, 0);
    assert_int_equal(at(whole, "cells")->items.count, 1);
    assert_close(at(item(whole, "cells", 0), "lower")->number, 1870.17, 1e-12);
    assert_close(at(item(whole, "cells", 0), "denominator")->number, 104500, 0);
    const JsonValue *by_place = item(kpi, "results", 1);
    assert_slice(item(by_place, "dimensions", 0)->text, "place");
    assert_slice(at(item(by_place, "cells", 3), "place")->text, "North City");
    assert_close(at(item(by_place, "cells", 3), "value")->number, 2030, 0);
}

FIXTURE_TEST(withheld_cell_says_why_and_nothing_else) {
    JsonValue *run = parsed(fixture, report_run_json(fixture->arena, &fixture->input));
    const JsonValue *cell = item(item(item(run, "kpis", 0), "results", 1), "cells", 1);
    assert_int_equal(cell->members.count, 3);
    assert_slice(at(cell, "place")->text, "Dales");
    assert_int_equal(at(cell, "value")->kind, JSON_NULL);
    assert_slice(at(cell, "reason")->text, "suppressed");
}

FIXTURE_TEST(unknown_baseline_says_until_when) {
    JsonValue *run = parsed(fixture, report_run_json(fixture->arena, &fixture->input));
    const JsonValue *kpi = item(run, "kpis", 1);
    assert_int_equal(at(kpi, "baseline")->kind, JSON_NULL);
    assert_slice(at(kpi, "status")->text, "unknown until 30 June 2027: first linked extract");
    const JsonValue *cell = item(item(kpi, "results", 0), "cells", 0);
    assert_slice(at(cell, "reason")->text, "unknown until");
    assert_slice(at(cell, "note")->text, "until 2027-06-30: first linked extract");
}

FIXTURE_TEST(confidential_values_never_leave) {
    assert_lacks(report_run_json(fixture->arena, &fixture->input), "987654321");
    assert_lacks(report_run_text(fixture->arena, &fixture->input), "987654321");
}

FIXTURE_TEST(money_is_posted_text) {
    JsonValue *run = parsed(fixture, report_run_json(fixture->arena, &fixture->input));
    const JsonValue *cost = item(run, "finance", 0);
    assert_slice(at(cost, "name")->text, "falls_service");
    assert_slice(at(cost, "kind")->text, "intention");
    assert_slice(at(cost, "as")->text, "recurrent");
    const JsonValue *budget_line = item(run, "finance", 1);
    assert_slice(at(budget_line, "kind")->text, "budget");
    assert_slice(at(at(budget_line, "fy"), "FY2028/29")->text, "220997492.00");
    assert_slice(at(at(budget_line, "after_shifts"), "FY2027/28")->text, "214452000.00");
    const JsonValue *shift = item(run, "finance", 3);
    assert_slice(at(shift, "kind")->text, "funding_shift");
    assert_slice(at(at(shift, "fy"), "FY2026/27")->text, "0.00");
}

FIXTURE_TEST(requirement_carries_its_message_only_where_it_failed) {
    JsonValue *run = parsed(fixture, report_run_json(fixture->arena, &fixture->input));
    assert_int_equal(at(item(run, "requirements", 0), "passed")->kind, JSON_TRUE);
    assert_slice(at(item(run, "requirements", 0), "message")->text, "");
    const JsonValue *failed = item(run, "requirements", 1);
    assert_int_equal(at(failed, "passed")->kind, JSON_FALSE);
    assert_slice(at(failed, "rule")->text, "inequalities-missing");
    assert_slice(at(failed, "message")->text, "`ageing_well` has no equity target");
}

FIXTURE_TEST(counts_of_the_data_are_protected) {
    JsonValue *run = parsed(fixture, report_run_json(fixture->arena, &fixture->input));
    const JsonValue *data = item(run, "data", 0);
    assert_slice(at(data, "sha256")->text, "cd34");
    assert_close(at(data, "rows")->number, 104500, 0);
    assert_close(at(at(data, "left_out"), "count(older) by imd_quintile")->number, 215, 0);
    assert_int_equal(at(at(data, "left_out"), "count(older) by place")->kind, JSON_NULL);
}

FIXTURE_TEST(internal_run_is_watermarked_and_exact) {
    fixture->input.policy = POLICY_EXACT_INTERNAL;
    fixture->input.internal = true;
    JsonValue *run = parsed(fixture, report_run_json(fixture->arena, &fixture->input));
    assert_contains(at(run, "watermark")->text, "not for publication");
    assert_close(at(item(run, "data", 0), "rows")->number, 104502, 0);
    assert_contains(report_run_text(fixture->arena, &fixture->input), "INTERNAL");
}

FIXTURE_TEST(eval_is_one_array) {
    const ModuleOutput *frail = &fixture->module.outputs.items[0];
    Slice text = report_eval_json(fixture->arena, &fixture->input, SLICE("count(frail by place)"),
                                  frail->reg, frail->unit);
    JsonValue *eval = parsed(fixture, text);
    assert_slice(at(eval, "name")->text, "count(frail by place)");
    assert_slice(at(eval, "unit")->text, "persons");
    assert_int_equal(at(eval, "cells")->items.count, 4);
    assert_close(at(item(eval, "cells", 1), "value")->number, 0, 0);
    const ModuleOutput *cost = &fixture->module.outputs.items[1];
    text = report_eval_json(fixture->arena, &fixture->input, SLICE("c"), cost->reg, cost->unit);
    assert_slice(at(item(parsed(fixture, text), "cells", 0), "value")->text, "4101.00");
}

FIXTURE_TEST(every_type_has_its_json) {
    const struct {
        ElemType elem;
        int64_t value;
        const char *json;
    } cases[] = {{ELEM_BOOL, 1, "\"value\":true"},
                 {ELEM_DATE, 20454, "\"value\":\"2026-01-01\""},
                 {ELEM_YEAR, 2026, "\"value\":\"FY2026/27\""},
                 {ELEM_CODE, 2, "\"value\":\"FY2028/29\""}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Reg reg = add_integer(fixture, cases[i].elem, cases[i].value);
        fixture->vm.registers = fixture->registers.items;
        fixture->registers.items[reg].type.code_dim = plan->years;
        Slice text = report_eval_json(fixture->arena, &fixture->input, SLICE("x"), reg, 0);
        assert_contains(text, cases[i].json);
    }
}

FIXTURE_TEST(numbers_read_back_exactly) {
    const double values[] = {0.1, 1.0 / 3, 1e-7, 123456789.125, 5e-324, 1.7976931348623157e308};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        Reg reg = add_register(fixture, real_array(fixture, &values[i], 1));
        fixture->vm.registers = fixture->registers.items;
        Slice text = report_eval_json(fixture->arena, &fixture->input, SLICE("x"), reg, 0);
        assert_close(at(item(parsed(fixture, text), "cells", 0), "value")->number, values[i], 0);
    }
}

FIXTURE_TEST(manifest_names_sources_data_and_outputs) {
    ReportOutput output = {SLICE("report.html"), SLICE("ef56")};
    JsonValue *manifest =
        parsed(fixture, report_manifest_json(fixture->arena, &fixture->input, &output, 1));
    assert_slice(at(item(manifest, "sources", 0), "sha256")->text, "ab12");
    assert_slice(at(item(manifest, "data", 0), "sha256")->text, "cd34");
    assert_slice(at(item(manifest, "outputs", 0), "file")->text, "report.html");
    assert_slice(at(manifest, "as_of")->text, "2026-11-01");
}

/* ---- Parts ----------------------------------------------------------------------------------- */

enum { MANY_CELLS = 3 * 2048 + 17 };

static void add_output(Fixture *f, const char *name, Array array, uint16_t unit) {
    VEC_PUSH(f->arena, &f->module.outputs,
             (ModuleOutput){.name = slice_of(name), .reg = add_register(f, array), .unit = unit});
    f->vm.registers = f->registers.items;
}

/* Arrays of many cells: a money's, whose texts want memory, and an estimate's. */
static void add_large_arrays(Fixture *f, uint16_t money) {
    double *values = ARENA_NEW_ARRAY(f->arena, double, MANY_CELLS);
    const char **names = ARENA_NEW_ARRAY(f->arena, const char *, MANY_CELLS);
    for (uint32_t i = 0; i < MANY_CELLS; i++) {
        values[i] = i / 7.0;
        names[i] = arena_printf(f->arena, "E%08u", i).data;
    }
    uint16_t area = add_dim(f, "area", "Area", DIM_GEOGRAPHY, names, MANY_CELLS);
    add_output(f, "large_sum", over(pounds(f, values, MANY_CELLS), area), money);
    add_output(f, "large_rate", over(estimates(f, values, MANY_CELLS, 0.1, 1000), area), 0);
}

typedef struct {
    Buffer text;
    uint32_t taken, wanted;
} Taker;

static bool take(void *context, Slice part) {
    Taker *taker = context;
    buffer_add(&taker->text, part);
    return ++taker->taken < taker->wanted;
}

static Taker taker_of(Fixture *f, uint32_t wanted) {
    Taker taker = {.wanted = wanted};
    buffer_init(&taker.text, f->arena);
    return taker;
}

FIXTURE_TEST(parts_are_the_text_of_the_run_in_order_whatever_the_threads) {
    add_large_arrays(fixture, plan->money);
    Slice whole = report_run_json(fixture->arena, &fixture->input);
    const ReportParts *parts = report_run_json_parts(fixture->arena, &fixture->input);
    for (uint32_t threads = 1; threads <= 5; threads++) {
        Boundary boundary;
        Taker taker = taker_of(fixture, UINT32_MAX);
        assert_int_equal(report_parts_make(parts, threads, take, &taker, &boundary), SCP_OK);
        assert_true(taker.taken > 8);
        assert_true(slice_equal(buffer_slice(&taker.text), whole));
    }
}

FIXTURE_TEST(who_wants_no_more_parts_is_given_none) {
    add_large_arrays(fixture, plan->money);
    const ReportParts *parts = report_run_json_parts(fixture->arena, &fixture->input);
    for (uint32_t threads = 1; threads <= 5; threads++) {
        Boundary boundary;
        Taker taker = taker_of(fixture, 3);
        assert_int_equal(report_parts_make(parts, threads, take, &taker, &boundary), SCP_OK);
        assert_int_equal(taker.taken, 3);
    }
}

FIXTURE_TEST(parts_for_which_there_is_no_memory_are_not_made) {
    add_large_arrays(fixture, plan->money);
    Slice whole = report_run_json(fixture->arena, &fixture->input);
    const ReportParts *parts = report_run_json_parts(fixture->arena, &fixture->input);
    Taker taker = taker_of(fixture, UINT32_MAX);
    buffer_grow(&taker.text, whole.length);
    for (long n = 1, left = 0; !left; n++) {
        Boundary boundary;
        taker.taken = 0;
        buffer_clear(&taker.text);
        mem_fail_after(n);
        ScpStatus status = report_parts_make(parts, 1, take, &taker, &boundary);
        left = mem_fail_after(0);
        Slice made = buffer_slice(&taker.text);
        assert_true(slice_starts_with(whole, made));
        assert_int_equal(status, left ? SCP_OK : SCP_LIMIT);
        if (left) assert_int_equal(made.length, whole.length);
        if (!left) assert_string_equal(boundary.message, "there is not enough memory");
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(run_has_its_seven_parts_in_order),
        cmocka_unit_test(kpi_has_baseline_targets_and_trajectory_in_the_unit_shown),
        cmocka_unit_test(results_come_first_without_dimensions_then_one_a_breakdown),
        cmocka_unit_test(withheld_cell_says_why_and_nothing_else),
        cmocka_unit_test(unknown_baseline_says_until_when),
        cmocka_unit_test(confidential_values_never_leave),
        cmocka_unit_test(money_is_posted_text),
        cmocka_unit_test(requirement_carries_its_message_only_where_it_failed),
        cmocka_unit_test(counts_of_the_data_are_protected),
        cmocka_unit_test(internal_run_is_watermarked_and_exact),
        cmocka_unit_test(eval_is_one_array),
        cmocka_unit_test(every_type_has_its_json),
        cmocka_unit_test(numbers_read_back_exactly),
        cmocka_unit_test(manifest_names_sources_data_and_outputs),
        cmocka_unit_test(parts_are_the_text_of_the_run_in_order_whatever_the_threads),
        cmocka_unit_test(who_wants_no_more_parts_is_given_none),
        cmocka_unit_test(parts_for_which_there_is_no_memory_are_not_made),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
