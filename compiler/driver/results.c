/* From a module to results, with what is to be said on the way. */
#include "compiler/driver/results.h"

#include "compiler/driver/diagnostics.h"
#include "runtime/base/number.h"
#include "runtime/data/snapshot.h"
#include "scp/runtime.h"

/* ---- Notes ------------------------------------------------------------------------------- */

static bool lies_in(Span inner, Span outer) {
    return outer.start <= inner.start && inner.end <= outer.end;
}

/* The heading path of the declaration in a clause of which the place lies. */
static Slice path_around(const Module *module, Span span) {
    VEC_EACH(const ModuleDecl, decl, &module->decls)
    VEC_EACH(const ModuleField, field, &decl->fields)
    if (lies_in(span, field->span)) return decl->path;
    return SLICE("");
}

static void gather_notes(const Evaluation *evaluation, const bool *asked, DiagBag *notes) {
    VEC_EACH(const VmNote, note, &evaluation->vm.notes) {
        if (asked && !asked[note->reg]) continue;
        Span span = evaluation->module->code.items[note->reg].span;
        Diag *diag = diag_add_named(notes, note->name, SEVERITY_NOTE, span, note->message);
        diag->path = path_around(evaluation->module, span);
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

static void say_limit(Driver *driver) {
    const Evaluation *evaluation = &driver->evaluation;
    const char *option = evaluation->raised_by;
    if (evaluation->error.length)
        driver_fail(driver, SCP_LIMIT, "%.*s%s%s%s", SLICE_FMT(evaluation->error),
                    option ? " (" : "", option ? option : "", option ? ")" : "");
}

ScpStatus results_make(Driver *driver, const Subject *subject, bool with_data) {
    Policy policy;
    ScpStatus status = subject_policy(driver, subject, &policy);
    if (status != SCP_OK) return status;
    EvaluationOptions options = evaluation_options(driver, subject, policy);
    options.with_data = with_data;
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

/* ---- Cost -------------------------------------------------------------------------------- */

static Slice amount(Driver *driver, uint64_t value) {
    return number_format_int(&driver->work, (int64_t)value, true);
}

static void say_query(Driver *driver, uint32_t index) {
    const Module *module = driver->evaluation.module;
    const StrataQuery *query = &module->queries.items[index];
    buffer_printf(&driver->messages, "  %.*s", SLICE_FMT(query->text));
    for (uint8_t i = 0; i < query->dim_count; i++)
        buffer_printf(&driver->messages, "%s%.*s", i ? " * " : " by ",
                      SLICE_FMT(module->dims.items[query->dims[i]].name));
    uint32_t count = driver->evaluation.strata.cells[index].cell_count;
    Slice cells = amount(driver, count);
    buffer_printf(&driver->messages, " (%.*s: %.*s %s)\n",
                  SLICE_FMT(module->tables.items[query->table].name), SLICE_FMT(cells),
                  count == 1 ? "cell" : "cells");
}

/* How many rows there are is a count of people like any other. */
static Slice rows_shown(Driver *driver, uint64_t count) {
    Protected rows = protect_people(driver->evaluation.input.policy, (int64_t)count);
    if (rows.suppressed) return SLICE("few");
    return number_format_int(&driver->work, (int64_t)rows.value, true);
}

/* Queries of one table are counted together, so that time is of all of them. */
static void say_pass(Driver *driver, const StrataPass *pass) {
    Arena *arena = &driver->work;
    const Module *module = driver->evaluation.module;
    Slice rows = rows_shown(driver, pass->rows);
    Slice bytes = number_format_int(arena, (int64_t)pass->row_bytes, true);
    Slice tables = number_format_fixed(arena, (double)pass->table_bytes / 1e6, 2, true);
    Slice counting = number_format_fixed(arena, pass->counting, 4, false);
    Slice answering = number_format_fixed(arena, pass->answering, 4, false);
    buffer_printf(&driver->messages,
                  "  %.*s: %u %s in one pass over %.*s rows of %.*s bytes; tables of %.*s MB for "
                  "each of %u %s; counting %.*s s, filling cells %.*s s\n",
                  SLICE_FMT(module->tables.items[pass->table].name), (unsigned)pass->queries,
                  pass->queries == 1 ? "query" : "queries", SLICE_FMT(rows), SLICE_FMT(bytes),
                  SLICE_FMT(tables), (unsigned)pass->threads,
                  pass->threads == 1 ? "thread" : "threads", SLICE_FMT(counting),
                  SLICE_FMT(answering));
}

static void say_stages(Driver *driver) {
    static const char *const names[STAGE_COUNT] = {"reading", "verifying", "counting", "computing"};
    for (int i = 0; i < STAGE_COUNT; i++) {
        Slice seconds =
            number_format_fixed(&driver->work, driver->evaluation.seconds[i], 3, false);
        buffer_printf(&driver->messages, "%s%s %.*s s", i ? ", " : "time: ", names[i],
                      SLICE_FMT(seconds));
    }
    buffer_add_char(&driver->messages, '\n');
}

void results_say_cost(Driver *driver) {
    const StrataResult *strata = &driver->evaluation.strata;
    uint32_t count = driver->evaluation.module->queries.count;
    buffer_printf(&driver->messages, "asked of the people (%u):\n", (unsigned)count);
    for (uint32_t i = 0; i < count; i++) say_query(driver, i);
    double each = strata->rows_scanned
                      ? (double)strata->bytes_scanned / (double)strata->rows_scanned
                      : 0;
    Slice rows = rows_shown(driver, strata->rows_scanned), bytes = number_format_fixed(&driver->work, each, 1, true);
    Slice cells = amount(driver, strata->cells_total);
    buffer_printf(&driver->messages, "read %.*s rows of %.*s bytes in %u %s into %.*s cells\n",
                  SLICE_FMT(rows), SLICE_FMT(bytes), (unsigned)strata->passes,
                  strata->passes == 1 ? "pass" : "passes", SLICE_FMT(cells));
    for (uint32_t p = 0; p < strata->passes; p++) say_pass(driver, &strata->each_pass[p]);
    say_stages(driver);
}
