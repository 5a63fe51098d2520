/* From a module to results, with what is to be said on the way. */
#include "compiler/driver/results.h"

#include "compiler/driver/cost.h"
#include "compiler/driver/diagnostics.h"
#include "compiler/driver/files.h"
#include "runtime/base/number.h"
#include "runtime/data/snapshot.h"
#include "scp/runtime.h"

/* ---- Notes ------------------------------------------------------------------------------- */

const ModuleDecl *results_decl_around(const Module *module, Span span) {
    VEC_EACH(const ModuleDecl, decl, &module->decls)
    VEC_EACH(const ModuleField, field, &decl->fields)
    if (span_within(span, field->span)) return decl;
    return NULL;
}

static void gather_notes(const Evaluation *evaluation, const bool *asked, DiagBag *notes) {
    VEC_EACH(const VmNote, note, &evaluation->vm.notes) {
        if (asked && !asked[note->reg]) continue;
        Span span = evaluation->module->code.items[note->reg].span;
        Diag *diag = diag_add_named(notes, note->name, SEVERITY_NOTE, span, note->message);
        const ModuleDecl *decl = results_decl_around(evaluation->module, span);
        diag->path = decl ? decl->path : SLICE("");
    }
    diag_bag_sort(notes);
}

/* What a reader of a statistic should know. */
static void say_notes(Driver *driver, const Subject *subject) {
    DiagBag notes;
    diag_bag_init(&notes, &driver->work);
    gather_notes(&driver->evaluation, subject->asked, &notes);
    if (subject->sources) {
        diagnostics_say(driver, subject->sources, &notes);
        return;
    }
    for (uint32_t i = 0; i < notes.items.count && !driver->options.quiet; i++) {
        const Diag *note = notes.items.items[i];
        Slice place = diagnostics_place(&driver->work, subject->module, note->span.start);
        buffer_printf(&driver->messages, "%.*snote[%.*s]: %.*s\n", SLICE_FMT(place),
                      SLICE_FMT(note->name), SLICE_FMT(note->message));
    }
}

/* ---- Evaluating -------------------------------------------------------------------------- */

static EvaluationOptions evaluation_options(Driver *driver, const Subject *subject, Policy policy) {
    const Options *options = &driver->options;
    return (EvaluationOptions){
        .data = {.root = subject->input.root,
                 .overrides = options->data.items,
                 .override_count = options->data.count,
                 .threads = options->threads,
                 .duckdb = options->duckdb,
                 .row_limit = (uint64_t)options_limit(options, LIMIT_ROWS, true),
                 .tolerate_orphans = options->leave_out_orphans,
                 .progress = driver->line.open ? &driver->line.progress : NULL},
        .policy = policy,
        .as_of = subject->as_of,
        .version = SLICE(SCP_VERSION),
        .cell_limit = (uint64_t)options_limit(options, LIMIT_CELLS, true),
        .step_limit = (uint64_t)options_limit(options, LIMIT_STEPS, true),
    };
}

ScpStatus results_load(Driver *driver, const Subject *subject, Policy policy) {
    EvaluationOptions options = evaluation_options(driver, subject, policy);
    return evaluation_load(subject->module, &options, &driver->work, &driver->evaluation);
}

ScpStatus results_verify(Driver *driver) {
    Evaluation *evaluation = &driver->evaluation;
    return dataset_verify(evaluation->module, &evaluation->dataset, true, driver->options.threads,
                          &driver->work, &evaluation->problems);
}

/* What was asked says what reached the limit. */
static void say_limit(Driver *driver) {
    const Evaluation *evaluation = &driver->evaluation;
    if (driver->options.explain && evaluation->error.length && !evaluation->strata.each_pass)
        cost_say_asked(driver);
    const char *option = evaluation->raised_by;
    if (evaluation->error.length)
        driver_fail(driver, SCP_LIMIT, "%.*s%s%s%s", SLICE_FMT(evaluation->error),
                    option ? " (" : "", option ? option : "", option ? ")" : "");
}

ScpStatus results_make(Driver *driver, const Subject *subject, bool with_data) {
    Policy policy;
    ScpStatus status = subject_policy(driver, subject, &policy);
    if (status == SCP_OK && with_data) status = files_try(driver);
    if (status != SCP_OK) return status;
    EvaluationOptions options = evaluation_options(driver, subject, policy);
    options.with_data = with_data;
    if (driver->options.explain) {
        options.planned = cost_say_plan;
        options.context = driver;
    }
    status = evaluation_run(subject->module, &options, &driver->work, &driver->evaluation);
    diagnostics_say_data(driver, &driver->evaluation.problems);
    if (status == SCP_OK)
        say_notes(driver, subject);
    else
        say_limit(driver);
    return status;
}

ScpStatus results_status(const Driver *driver) {
    const Evaluation *evaluation = &driver->evaluation;
    Severity worst;
    bool failed = findings_worst(evaluation->module, &evaluation->findings, &worst);
    return failed && worst >= driver->options.fail_on ? SCP_NO : SCP_OK;
}
