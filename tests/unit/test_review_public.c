/* The public interface as a host uses it: a plan checked and compiled, the module run, with
 * nothing but the public headers. */
#include "tests/unit/test.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <scp/compiler.h>
#include <scp/runtime.h>

static const char plan_text[] = "edition 2026\n"
                                "plan our_plan \"Our plan\" {\n"
                                "  horizon FY2026/27 .. FY2028/29\n"
                                "  as_of   2026-11-01\n"
                                "}\n"
                                "population residents \"Residents\" from \"people.csv\" {\n"
                                "  as_at  2026-03-31\n"
                                "  column person_id : identifier\n"
                                "  column age       : years in 0..120\n"
                                "}\n"
                                "let older = count(residents where age >= 65)\n";

typedef struct {
    char folder[64];
} Host;

static void host_make(Host *host) {
    char path[96];
    strcpy(host->folder, "/tmp/scp-host-XXXXXX");
    assert_non_null(mkdtemp(host->folder));
    snprintf(path, sizeof path, "%s/people.csv", host->folder);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs("person_id,age\n", file);
    for (int i = 0; i < 100; i++) fprintf(file, "P%03d,%d\n", i, i);
    assert_int_equal(fclose(file), 0);
}

static void host_remove(const Host *host) {
    char command[96];
    snprintf(command, sizeof command, "rm -r '%s'", host->folder);
    assert_int_equal(system(command), 0);
}

/* Checks `text` and gives the module, which the caller frees. */
static void *compile(const char *text, size_t *length) {
    ScpPlan *plan;
    assert_int_equal(scp_plan_check("plan.scp", text, strlen(text), NULL, &plan), SCP_STATUS_OK);
    const void *bytes = scp_plan_module(plan, length);
    assert_non_null(bytes);
    void *copy = malloc(*length);
    memcpy(copy, bytes, *length);
    scp_plan_free(plan);
    return copy;
}

static void a_plan_is_compiled_and_run_without_its_source(void **state) {
    (void)state;
    Host host;
    ScpRun *run;
    size_t length;
    host_make(&host);
    void *module = compile(plan_text, &length);
    ScpRunOptions options = {.root = host.folder, .threads = 1};
    assert_int_equal(scp_run_module(module, length, &options, &run), SCP_STATUS_OK);
    assert_string_equal(scp_run_message(run), "");
    assert_non_null(strstr(scp_run_json(run), "\"name\":\"older\""));
    assert_non_null(strstr(scp_run_json(run), "\"cells\":[{\"value\":35}]"));
    assert_non_null(strstr(scp_run_text(run), "Our plan"));
    assert_non_null(strstr(scp_run_html(run), "<!DOCTYPE html>"));
    scp_run_free(run);
    free(module);
    host_remove(&host);
}

static void mistakes_are_counted_and_told(void **state) {
    (void)state;
    ScpPlan *plan;
    size_t length;
    const char *text = "edition 2026\nlet a = b\nfn twice(x) = 2 * x\n";
    assert_int_equal(scp_plan_check("plan.scp", text, strlen(text), NULL, &plan), SCP_STATUS_NO);
    assert_int_equal(scp_plan_errors(plan), 1);
    assert_non_null(strstr(scp_plan_messages(plan), "error[undefined-name]"));
    assert_non_null(strstr(scp_plan_messages_json(plan), "{\"diagnostics\":[{\"name\":"));
    assert_null(scp_plan_module(plan, &length));
    scp_plan_free(plan);
}

static void data_that_does_not_fit_is_told_without_results(void **state) {
    (void)state;
    ScpRun *run;
    size_t length;
    void *module = compile(plan_text, &length);
    ScpRunOptions options = {.root = "/nowhere"};
    assert_int_equal(scp_run_module(module, length, &options, &run), SCP_STATUS_DATA);
    assert_non_null(strstr(scp_run_message(run), "data-not-found"));
    assert_null(scp_run_json(run));
    scp_run_free(run);
    free(module);
}

static void bytes_that_are_no_module_are_refused(void **state) {
    (void)state;
    ScpRun *run;
    assert_int_equal(scp_run_module("nonsense", 8, NULL, &run), SCP_STATUS_DATA);
    assert_non_null(strstr(scp_run_message(run), "not-a-module"));
    scp_run_free(run);
    scp_run_free(NULL);
}

static void memory_that_runs_out_is_a_status(void **state) {
    (void)state;
    ScpPlan *plan;
    ScpCheckOptions options = {.memory_limit = 50000};
    int status = scp_plan_check("plan.scp", plan_text, strlen(plan_text), &options, &plan);
    assert_int_equal(status, SCP_STATUS_LIMIT);
    assert_non_null(strstr(scp_plan_messages(plan), "memory"));
    assert_null(scp_plan_messages_json(plan));
    scp_plan_free(plan);
    scp_plan_free(NULL);
}

static void a_day_that_is_no_date_is_refused(void **state) {
    (void)state;
    ScpPlan *plan;
    ScpCheckOptions options = {.as_of = "May"};
    int status = scp_plan_check("plan.scp", plan_text, strlen(plan_text), &options, &plan);
    assert_int_equal(status, SCP_STATUS_USAGE);
    scp_plan_free(plan);
}

static void the_version_is_that_of_the_header(void **state) {
    (void)state;
    assert_string_equal(scp_version(), SCP_VERSION);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_plan_is_compiled_and_run_without_its_source),
        cmocka_unit_test(mistakes_are_counted_and_told),
        cmocka_unit_test(data_that_does_not_fit_is_told_without_results),
        cmocka_unit_test(bytes_that_are_no_module_are_refused),
        cmocka_unit_test(memory_that_runs_out_is_a_status),
        cmocka_unit_test(a_day_that_is_no_date_is_refused),
        cmocka_unit_test(the_version_is_that_of_the_header),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
