/* From a module to results. */
#include "compiler/driver/results.h"

#include "compiler/driver/diagnostics.h"
#include "runtime/base/number.h"
#include "scp/runtime.h"

/* ---- Data ------------------------------------------------------------------------------------------------ */

ScpStatus results_load(Driver *driver, const Subject *subject, DataReport *report) {
    const Options *options = &driver->options;
    DataOptions data = {.root = subject->input.root,
                        .overrides = options->data.items,
                        .override_count = options->data.count,
                        .threads = options->threads,
                        .row_limit = (uint64_t)options_limit(options, LIMIT_ROWS, true),
                        .tolerate_orphans = options->leave_out_orphans};
    driver_progress(driver, "reading the data");
    *report = (DataReport){0};
    return dataset_load(subject->module, &data, &driver->work, &driver->dataset, report);
}

static ScpStatus count_people(Driver *driver, Results *results) {
    DataReport report;
    ScpStatus status = results_load(driver, results->subject, &report);
    diagnostics_say_data(driver, &report);
    if (status != SCP_OK) return status;
    driver_progress(driver, "counting");
    Slice error = {0};
    uint64_t cells = (uint64_t)options_limit(&driver->options, LIMIT_CELLS, true);
    status = strata_run(results->subject->module, &driver->dataset, driver->options.threads, cells,
                        &driver->work, &results->strata, &error);
    if (status != SCP_OK) driver_fail(driver, status, "%.*s", SLICE_FMT(error));
    return status;
}

/* ---- What the report says of the data -------------------------------------------------------------------- */

typedef VEC(ReportLeftOut) LeftOut;

/* The same words may stand in several queries; said once. */
static void add_left_out(Arena *arena, LeftOut *left_out, Slice what, int64_t count) {
    VEC_EACH(const ReportLeftOut, other, left_out)
        if (slice_equal(other->what, what)) return;
    VEC_PUSH(arena, left_out, (ReportLeftOut){what, count});
}

static LeftOut find_left_out(Arena *arena, const Results *results, uint32_t table,
                             uint32_t snapshot) {
    const Module *module = results->subject->module;
    LeftOut left_out = {0};
    for (uint32_t i = 0; i < module->queries.count; i++) {
        const StrataQuery *query = &module->queries.items[i];
        const StrataCells *cells = &results->strata.cells[i];
        int64_t count = cells->left_out_missing_group + cells->left_out_missing_value;
        if (query->table == table && query->snapshot == snapshot && count)
            add_left_out(arena, &left_out, query->text, count);
    }
    return left_out;
}

static void describe_data(Driver *driver, Results *results) {
    const Module *module = results->subject->module;
    VEC(ReportData) files = {0};
    for (uint32_t t = 0; t < driver->dataset.table_count; t++) {
        const ModuleTable *table = &module->tables.items[t];
        bool people = table->sort == TABLE_POPULATION;
        for (uint32_t s = 0; s < driver->dataset.tables[t].snapshot_count; s++) {
            const TableData *data = &driver->dataset.tables[t].snapshots[s];
            LeftOut left_out = find_left_out(&driver->work, results, t, s);
            if (!people && s) continue; /* one file, joined to each snapshot */
            ReportData file = {.name = table->name,
                               .file = data->file,
                               .sha256 = slice_of(data->sha256),
                               .people = people,
                               .rows = (int64_t)data->rows,
                               .orphans = (int64_t)driver->dataset.tables[t].orphans,
                               .left_out = left_out.items,
                               .left_out_count = left_out.count};
            VEC_PUSH(&driver->work, &files, file);
        }
    }
    results->input.data = files.items;
    results->input.data_count = files.count;
}

/* ---- Notes ----------------------------------------------------------------------------------------------- */

/* `plan.scp:41` of a place in a module whose source is not at hand. */
static Slice place_in_module(Arena *arena, const Module *module, uint32_t offset) {
    const ModuleSource *source = NULL;
    VEC_EACH(const ModuleSource, candidate, &module->sources)
        if (candidate->base <= offset) source = candidate;
    if (!source || !offset) return SLICE("");
    uint32_t line = 0;
    while (line < source->line_starts.count &&
           source->line_starts.items[line] <= offset - source->base)
        line++;
    return arena_printf(arena, "%.*s:%u: ", SLICE_FMT(source->path), (unsigned)line);
}

/* The heading path of the innermost declaration around a place. */
static Slice path_around(const Module *module, Span span) {
    Slice path = {0};
    VEC_EACH(const ModuleDecl, decl, &module->decls)
        if (decl->span.start <= span.start && span.end <= decl->span.end) path = decl->path;
    return path;
}

/* What a reader of a statistic should know. */
static void say_notes(Driver *driver, const Results *results) {
    const Module *module = results->subject->module;
    DiagBag notes;
    diag_bag_init(&notes, &driver->work);
    VEC_EACH(const VmNote, note, &results->vm.notes) {
        Span span = module->code.items[note->reg].span;
        Diag *diag = diag_add_named(&notes, note->name, SEVERITY_NOTE, span, note->message);
        diag->path = path_around(module, span);
    }
    diag_bag_sort(&notes);
    if (results->subject->sources) {
        diagnostics_say(driver, results->subject->sources, &notes);
        return;
    }
    for (uint32_t i = 0; i < notes.items.count && !driver->options.quiet; i++) {
        const Diag *note = notes.items.items[i];
        Slice place = place_in_module(&driver->work, module, note->span.start);
        buffer_printf(&driver->messages, "%.*snote[%.*s]: %.*s\n", SLICE_FMT(place),
                      SLICE_FMT(note->name), SLICE_FMT(note->message));
    }
}

/* ---- All together ---------------------------------------------------------------------------------------- */

static ScpStatus compute(Driver *driver, Results *results, Policy policy) {
    Slice error = {0};
    VmOptions options = {.strata = results->has_data ? &results->strata : NULL,
                         .policy = policy,
                         .step_limit = (uint64_t)options_limit(&driver->options, LIMIT_STEPS, true)};
    driver_progress(driver, "computing");
    ScpStatus status =
        vm_run(results->subject->module, &options, &driver->work, &results->vm, &error);
    if (status != SCP_OK)
        return driver_fail(driver, status, "%.*s (--max-steps)", SLICE_FMT(error));
    findings_judge(&results->vm, results->subject->as_of, &driver->work, &results->findings);
    return SCP_OK;
}

static void describe(Driver *driver, Results *results, Policy policy) {
    results->input = (ReportInput){.module = results->subject->module,
                                   .vm = &results->vm,
                                   .policy = policy,
                                   .internal = driver->options.internal,
                                   .as_of = results->subject->as_of,
                                   .version = SLICE(SCP_VERSION),
                                   .findings = results->findings.items,
                                   .finding_count = results->findings.count};
    if (results->has_data) describe_data(driver, results);
}

ScpStatus results_make(Driver *driver, const Subject *subject, bool with_data, Results *results) {
    *results = (Results){.subject = subject, .has_data = with_data};
    Policy policy;
    ScpStatus status = subject_policy(driver, subject, &policy);
    if (status == SCP_OK && with_data) status = count_people(driver, results);
    if (status == SCP_OK) status = compute(driver, results, policy);
    if (status != SCP_OK) return status;
    say_notes(driver, results);
    describe(driver, results, policy);
    return SCP_OK;
}

ScpStatus results_status(const Driver *driver, const Results *results) {
    Severity worst;
    bool failed = findings_worst(results->subject->module, &results->findings, &worst);
    return failed && worst >= driver->options.fail_on ? SCP_NO : SCP_OK;
}

/* ---- Cost ------------------------------------------------------------------------------------------------ */

static void say_query(Driver *driver, const Results *results, uint32_t index) {
    const Module *module = results->subject->module;
    const StrataQuery *query = &module->queries.items[index];
    buffer_printf(&driver->messages, "  %.*s", SLICE_FMT(query->text));
    for (uint8_t i = 0; i < query->dim_count; i++)
        buffer_printf(&driver->messages, "%s%.*s", i ? " * " : " by ",
                      SLICE_FMT(module->dims.items[query->dims[i]].name));
    Slice cells = number_format_int(&driver->work, results->strata.cells[index].cell_count, true);
    buffer_printf(&driver->messages, " (%.*s: %.*s cells)\n",
                  SLICE_FMT(module->tables.items[query->table].name), SLICE_FMT(cells));
}

static Slice amount(Driver *driver, uint64_t value) {
    return number_format_int(&driver->work, (int64_t)value, true);
}

void results_say_cost(Driver *driver, const Results *results) {
    const StrataResult *strata = &results->strata;
    uint32_t count = results->subject->module->queries.count;
    buffer_printf(&driver->messages, "asked of the people (%u):\n", (unsigned)count);
    for (uint32_t i = 0; i < count; i++) say_query(driver, results, i);
    Slice rows = amount(driver, strata->rows_scanned), bytes = amount(driver, strata->bytes_scanned);
    Slice cells = amount(driver, strata->cells_total);
    Slice seconds = number_format_fixed(&driver->work, strata->seconds, 3, false);
    buffer_printf(&driver->messages,
                  "read %.*s rows (%.*s bytes) in %u passes into %.*s cells, in %.*s seconds\n",
                  SLICE_FMT(rows), SLICE_FMT(bytes), (unsigned)strata->passes, SLICE_FMT(cells),
                  SLICE_FMT(seconds));
}
