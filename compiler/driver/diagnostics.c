/* Saying what is wrong with plans and data. */
#include "compiler/driver/diagnostics.h"

#include "compiler/review/excerpt.h"
#include "runtime/base/number.h"
#include "runtime/report/table.h"

void diagnostics_say(Driver *driver, const SourceMap *sources, const DiagBag *diags) {
    for (uint32_t i = 0; i < diags->items.count; i++) {
        const Diag *diag = diags->items.items[i];
        if (diag->allowed_because.length) continue;
        if (driver->options.quiet && diag->severity == SEVERITY_NOTE) continue;
        render_human(sources, diag, driver->colour, &driver->messages);
    }
}

ScpStatus diagnostics_give(Driver *driver, const SourceMap *sources, const DiagBag *diags) {
    if (!slice_equal(driver->options.format, SLICE("json"))) return SCP_OK;
    Buffer out;
    JsonWriter json;
    DiagTally tally = {0};
    buffer_init(&out, &driver->arena);
    render_json_begin(&json, &out);
    for (uint32_t i = 0; i < diags->items.count; i++) {
        const Diag *diag = diags->items.items[i];
        diag_tally_add(&tally, diag);
        if (!diag->allowed_because.length) render_json(sources, diag, &json);
    }
    render_json_end(&json, &tally);
    return driver_result(driver, buffer_slice(&out));
}

Slice diagnostics_place(Arena *arena, const Module *module, uint32_t offset) {
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

/* `data/people.csv:17: error[data-range]: field 2 "age": …` */
static void say_problem(Driver *driver, const DataProblem *problem) {
    Buffer *out = &driver->messages;
    paint_text(out, false, PAINT_NONE, problem->file);
    if (problem->line) buffer_printf(out, ":%llu", (unsigned long long)problem->line);
    buffer_add_text(out, ": ");
    Slice head = arena_printf(&driver->arena, "error[%s]", diag_name_text(problem->name));
    paint_text(out, driver->colour, PAINT_ERROR, head);
    buffer_add_text(out, ": ");
    if (problem->field) buffer_printf(out, "field %u", (unsigned)problem->field);
    if (problem->header.length) {
        buffer_add_text(out, problem->field ? " \"" : "column \"");
        paint_text(out, false, PAINT_NONE, problem->header);
        buffer_add_char(out, '"');
    }
    if (problem->field || problem->header.length) buffer_add_text(out, ": ");
    paint_text(out, false, PAINT_NONE, problem->message);
    buffer_add_char(out, '\n');
}

static bool has(const DataReport *report, DiagName name) {
    VEC_EACH(const DataTally, tally, &report->tallies)
    if (tally->first.name == name) return true;
    return false;
}

/* What can be done where it is not to mend the file. */
static void say_remedies(Driver *driver, const DataReport *report) {
    static const struct {
        DiagName name;
        const char *remedy;
    } remedies[] = {
        {DIAG_DATA_ORPHAN_EVENT, "events of people who are not in the population can be left out, "
                                 "and are then counted: --leave-out-orphans"},
        {DIAG_SNAPSHOT_MISMATCH, "a snapshot serves the plan it was packed for, as it then was: "
                                 "pack it again with `scpc data pack`"},
        {DIAG_SNAPSHOT_DAMAGED, "fetch the snapshot again, or pack it again with "
                                "`scpc data pack`"},
    };
    for (size_t i = 0; i < sizeof remedies / sizeof *remedies; i++)
        if (has(report, remedies[i].name))
            buffer_printf(&driver->messages, "help: %s\n", remedies[i].remedy);
}

/* Many problems are most often few: by file, column and kind. */
static void say_tallies(Driver *driver, const DataReport *report) {
    Table lines;
    table_begin(&lines, &driver->arena);
    table_column(&lines, SLICE("file"), false);
    table_column(&lines, SLICE("column"), false);
    table_column(&lines, SLICE("problem"), false);
    table_column(&lines, SLICE("times"), true);
    table_column(&lines, SLICE("first on line"), true);
    table_column(&lines, SLICE("what is said of it"), false);
    VEC_EACH(const DataTally, tally, &report->tallies) {
        const DataProblem *first = &tally->first;
        table_cell(&lines, first->file);
        table_cell(&lines, first->header);
        table_cell(&lines, slice_of(diag_name_text(first->name)));
        table_cell(&lines, number_format_int(&driver->arena, (int64_t)tally->count, true));
        table_cell(&lines, first->line
                               ? number_format_int(&driver->arena, (int64_t)first->line, false)
                               : SLICE(""));
        table_cell(&lines, first->message);
    }
    table_print(&lines, &driver->messages, 2);
}

void diagnostics_say_data(Driver *driver, const DataReport *report) {
    enum { MANY = 10 };
    VEC_EACH(const DataProblem, problem, &report->problems) say_problem(driver, problem);
    if (driver->options.quiet || !report->total) return;
    Slice total = number_format_int(&driver->arena, (int64_t)report->total, true);
    if (report->total > report->problems.count)
        buffer_printf(&driver->messages, "the first %u of %.*s problems\n",
                      (unsigned)report->problems.count, SLICE_FMT(total));
    else
        buffer_printf(&driver->messages, "%.*s %s\n", SLICE_FMT(total),
                      report->total == 1 ? "problem" : "problems");
    if (report->total > MANY) say_tallies(driver, report);
    say_remedies(driver, report);
}
