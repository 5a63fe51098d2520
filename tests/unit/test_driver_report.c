/* What a plan's report says of it, from its text to the page: reasons, changes, what it was made
 * from; and a plan compiled before, held to the day it is run for. */
#include "tests/unit/test_driver_fixture.h"

static void write_text(const Program *p, const char *name, const char *text) {
    char path[192];
    snprintf(path, sizeof path, "%s/plan/%s", p->folder, name);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static const char plan_text[] =
    "edition 2026\n"
    "organisation our_icb \"Our board\" { type icb }\n"
    "plan our_plan \"Our plan\" {\n"
    "  board   our_icb\n"
    "  horizon FY2026/27 .. FY2028/29\n"
    "  as_of   2026-11-01\n"
    "}\n"
    "geography places from \"data/areas.csv\" { level ward; level place }\n"
    "population residents \"Residents\" from \"data/people.csv\" {\n"
    "  as_at  2026-03-31\n"
    "  column person_id : identifier\n"
    "  column age       : years in 0..120\n"
    "  column ward      : category of places\n"
    "  column frail     : flag\n"
    "}\n"
    "outcome home \"People are well at home\" {\n"
    "  kpi frail_share \"People living with frailty\" {\n"
    "    measure   proportion((residents where frail) of residents)\n"
    "    better    lower\n"
    "    breakdown place\n"
    "    baseline  measured at FY2025/26\n"
    "    target    -10% relative by FY2027/28 because \"the new registers take two years\"\n"
    "    target    -3pp by FY2028/29\n"
    "  }\n"
    "  kpi carers \"Carers known to their practice\" {\n"
    "    measure   proportion((residents where age >= 18) of residents)\n"
    "    better    higher\n"
    "    baseline  unknown until 2027-06 because \"first linked extract\" at FY2026/27\n"
    "  }\n"
    "}\n"
    "section words \"Foreword\" { text \"We listened.\"; place foreword }\n"
    "evidence talks \"Listening to people, 2025\" { form lived_experience }\n"
    "evidence study \"Strength and balance\" { form published_study }\n"
    "intention falls_service \"Falls service\" {\n"
    "  evidenced_by talks, study\n"
    "  affects frail_share by -2pp from FY2027/28\n"
    "  affects carers by +6pp from FY2027/28\n"
    "}\n";

static void plan_make(Program *p) {
    char rows[4096] = "person_id,age,ward,frail\n";
    program_make(p);
    for (int i = 0; i < 100; i++)
        snprintf(rows + strlen(rows), sizeof rows - strlen(rows), "p%d,%d,W%d,%d\n", i, 20 + i / 2,
                 i % 2 + 1, i % 3 == 0);
    write_text(p, "plan.scp", plan_text);
    write_text(p, "data/areas.csv", "ward,place\nW1,North\nW2,South\n");
    write_text(p, "data/people.csv", rows);
}

/* The report of the plan is in p->out. */
static void report_make(Program *p) {
    plan_make(p);
    assert_int_equal(scpc(p, "report", p->plan, "-o", "-"), SCP_OK);
}

PLAIN_TEST(a_relative_change_of_a_percentage_is_called_relative) {
    Program p;
    report_make(&p);
    assert_non_null(strstr(p.out, "−10% relative"));
    assert_null(strstr(p.out, "−10% from"));
    program_remove(&p);
}

PLAIN_TEST(an_effect_carries_its_sign) {
    Program p;
    report_make(&p);
    assert_non_null(strstr(p.out, "+6 percentage points"));
    assert_non_null(strstr(p.out, "−2 percentage points"));
    program_remove(&p);
}

PLAIN_TEST(the_reason_for_a_target_is_in_the_report) {
    Program p;
    report_make(&p);
    assert_non_null(strstr(p.out, "Why the target for 2027/28"));
    assert_non_null(strstr(p.out, "the new registers take two years"));
    program_remove(&p);
}

PLAIN_TEST(titles_with_commas_are_kept_apart) {
    Program p;
    report_make(&p);
    assert_non_null(strstr(p.out, "Listening to people, 2025</a>; <a"));
    program_remove(&p);
}

PLAIN_TEST(a_foreword_called_foreword_has_one_heading) {
    Program p;
    report_make(&p);
    assert_non_null(strstr(p.out, "We listened."));
    assert_non_null(strstr(p.out, ">Foreword</h2>"));
    assert_null(strstr(p.out, ">Foreword</h3>"));
    program_remove(&p);
}

PLAIN_TEST(a_geography_is_among_what_the_report_was_made_from) {
    Program p;
    char report[128], command[512];
    plan_make(&p);
    snprintf(report, sizeof report, "%s/report.html", p.folder);
    assert_int_equal(scpc(&p, "report", p.plan, "-o", report, "--manifest"), SCP_OK);
    snprintf(command, sizeof command,
             "grep -q '\"inputs\":\\[{\"name\":\"places\",\"file\":\"data/areas.csv\",\"sha256\":\"'\"$("
             "sha256sum <'%s/plan/data/areas.csv' | cut -c1-64)\" '%s/report.json'",
             p.folder, p.folder);
    assert_int_equal(system(command), 0);
    snprintf(command, sizeof command, "grep -q 'data/areas.csv.*' '%s'", report);
    assert_int_equal(system(command), 0);
    program_remove(&p);
}

PLAIN_TEST(a_module_is_held_to_the_day_it_is_run_for) {
    Program p;
    char module[192];
    plan_make(&p);
    snprintf(module, sizeof module, "%s/plan/plan.scpb", p.folder);
    assert_int_equal(scpc(&p, "build", p.plan, "-o", module), SCP_OK);
    assert_int_equal(scpc(&p, "run", module, "--as-of", "2027-06-30"), SCP_OK);
    assert_int_equal(scpc(&p, "run", p.plan, "--as-of", "2027-07-01"), SCP_NO);
    assert_non_null(strstr(p.err, "unknown-expired"));
    assert_int_equal(scpc(&p, "run", module, "--as-of", "2027-07-01"), SCP_NO);
    assert_non_null(strstr(p.err, "plan.scp:28: error[unknown-expired]"));
    assert_string_equal(p.out, "");
    program_remove(&p);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_relative_change_of_a_percentage_is_called_relative),
        cmocka_unit_test(an_effect_carries_its_sign),
        cmocka_unit_test(the_reason_for_a_target_is_in_the_report),
        cmocka_unit_test(titles_with_commas_are_kept_apart),
        cmocka_unit_test(a_foreword_called_foreword_has_one_heading),
        cmocka_unit_test(a_geography_is_among_what_the_report_was_made_from),
        cmocka_unit_test(a_module_is_held_to_the_day_it_is_run_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
