/* The public interface of the runtime: a boundary around the layers below, so that exhausted
 * memory is a status for the host. Everything a run needs lies in the run. */
#include "scp/runtime.h"

#include <stdio.h>
#include <string.h>

#include "runtime/base/date.h"
#include "runtime/run/evaluate.h"

_Static_assert((int)SCP_STATUS_OK == SCP_OK && (int)SCP_STATUS_NO == SCP_NO &&
                   (int)SCP_STATUS_USAGE == SCP_USAGE && (int)SCP_STATUS_DATA == SCP_DATA &&
                   (int)SCP_STATUS_DISCLOSURE == SCP_DISCLOSURE &&
                   (int)SCP_STATUS_LIMIT == SCP_LIMIT && (int)SCP_STATUS_FAULT == SCP_FAULT,
               "the numbers of status.def are public");

enum { MESSAGE_SIZE = 2048 };

/* Working memory where the host sets no limit. */
static const uint64_t memory_default = UINT64_C(4) << 30;

struct ScpRun {
    Boundary boundary;
    Arena arena;
    Evaluation evaluation;
    bool has_results;
    const char *json, *text, *html; /* made when first asked for */
    char message[MESSAGE_SIZE];
};

const char *scp_version(void) {
    return SCP_VERSION;
}

/* ---- Messages: in the run itself, for memory may be what is missing ---------------------- */

static void add_message(ScpRun *run, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void add_message(ScpRun *run, const char *format, ...) {
    size_t length = strlen(run->message);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(run->message + length, sizeof run->message - length, format, arguments);
    va_end(arguments);
}

static void add_problems(ScpRun *run) {
    VEC_EACH(const DataProblem, problem, &run->evaluation.problems.problems) {
        add_message(run, "%.*s:%llu: error[%s]: ", SLICE_FMT(problem->file),
                    (unsigned long long)problem->line, diag_name_text(problem->name));
        if (problem->header.length) add_message(run, "\"%.*s\": ", SLICE_FMT(problem->header));
        add_message(run, "%.*s\n", SLICE_FMT(problem->message));
    }
}

/* ---- Running ----------------------------------------------------------------------------- */

static ScpStatus refuse(ScpRun *run, ScpStatus status, const char *message) {
    add_message(run, "%s\n", message);
    return status;
}

static ScpStatus choose_policy(ScpRun *run, const Module *module, const ScpRunOptions *options,
                               Policy *policy) {
    Policy asked = options->policy == SCP_POLICY_MIDPOINT6 ? POLICY_MIDPOINT6 : POLICY_HES;
    ScpStatus status =
        evaluation_policy(module, asked, options->policy == SCP_POLICY_INTERNAL, policy);
    if (status == SCP_OK) return status;
    return refuse(run, status, "the plan says `protection exact`, which is not there yet");
}

static DataOptions data_options(ScpRun *run, const ScpRunOptions *options) {
    DataOverride *data = ARENA_NEW_ARRAY(&run->arena, DataOverride, options->data_count + 1);
    for (size_t i = 0; i < options->data_count; i++) {
        data[i].name = slice_of(options->data[i].name);
        data[i].path = slice_of(options->data[i].path);
    }
    return (DataOptions){.root = options->root ? slice_of(options->root) : SLICE("."),
                         .overrides = data,
                         .override_count = (uint32_t)options->data_count,
                         .threads = options->threads};
}

static ScpStatus evaluate(ScpRun *run, const Module *module, const ScpRunOptions *options) {
    EvaluationOptions evaluation = {.with_data = true,
                                    .data = data_options(run, options),
                                    .as_of = module->as_of,
                                    .version = SLICE(SCP_VERSION),
                                    .step_limit = options->step_limit};
    if (options->as_of && !date_parse_iso(slice_of(options->as_of), &evaluation.as_of))
        return refuse(run, SCP_USAGE, "`as_of` is no date such as 2026-11-01");
    if (unknown_expired(module, evaluation.as_of))
        return refuse(run, SCP_NO, "what the plan calls unknown was to be known before that day");
    ScpStatus status = choose_policy(run, module, options, &evaluation.policy);
    if (status == SCP_OK)
        status = evaluation_run(module, &evaluation, &run->arena, &run->evaluation);
    add_problems(run);
    if (run->evaluation.error.length) add_message(run, "%.*s\n", SLICE_FMT(run->evaluation.error));
    return status;
}

static ScpStatus load_and_evaluate(ScpRun *run, Slice bytes, const ScpRunOptions *options) {
    Module *module;
    Slice error = {0};
    Severity worst;
    ScpStatus status = module_load(&run->arena, bytes, &module, &error);
    if (error.length) add_message(run, "%.*s\n", SLICE_FMT(error));
    if (status == SCP_OK) status = evaluate(run, module, options);
    if (status != SCP_OK) return status;
    run->has_results = true;
    bool failed = findings_worst(module, &run->evaluation.findings, &worst);
    return failed && worst == SEVERITY_ERROR ? SCP_NO : SCP_OK;
}

static ScpStatus say_why_left(ScpRun *run) {
    add_message(run, "%s\n", run->boundary.message);
    return run->boundary.status;
}

static ScpStatus run_guarded(ScpRun *run, Slice bytes, const ScpRunOptions *options) {
    if (setjmp(run->boundary.at)) return say_why_left(run);
    return load_and_evaluate(run, bytes, options);
}

int scp_run_module(const void *bytes, size_t length, const ScpRunOptions *options, ScpRun **run) {
    static const ScpRunOptions defaults = {0};
    ScpRun *made = mem_alloc(sizeof *made);
    *run = made;
    if (!made) return SCP_LIMIT;
    if (!options) options = &defaults;
    uint64_t memory = options->memory_limit ? options->memory_limit : memory_default;
    arena_init(&made->arena, &made->boundary, (size_t)memory);
    return (int)run_guarded(made, (Slice){bytes, length}, options);
}

/* ---- Results ----------------------------------------------------------------------------- */

const char *scp_run_message(const ScpRun *run) {
    return run->message;
}

typedef Slice (*Writer)(Arena *arena, const ReportInput *input);

/* The arena ends what it copies with a NUL. */
static const char *write_guarded(ScpRun *run, Writer write) {
    if (setjmp(run->boundary.at)) {
        say_why_left(run);
        return NULL;
    }
    return arena_copy(&run->arena, write(&run->arena, &run->evaluation.input)).data;
}

static const char *result(ScpRun *run, const char **made, Writer write) {
    if (!*made && run->has_results) *made = write_guarded(run, write);
    return *made;
}

const char *scp_run_json(ScpRun *run) {
    return result(run, &run->json, report_run_json);
}
const char *scp_run_text(ScpRun *run) {
    return result(run, &run->text, report_run_text);
}
const char *scp_run_html(ScpRun *run) {
    return result(run, &run->html, report_html);
}

void scp_run_free(ScpRun *run) {
    if (!run) return;
    evaluation_free(&run->evaluation);
    arena_free(&run->arena);
    mem_free(run);
}
