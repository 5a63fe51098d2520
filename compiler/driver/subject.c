/* From a path to a module. */
#include "compiler/driver/subject.h"

#include "compiler/driver/diagnostics.h"
#include "compiler/review/check.h"
#include "runtime/base/date.h"
#include "runtime/base/file.h"
#include "runtime/base/seconds.h"

/* ---- Names given with --data ------------------------------------------------------------- */

static bool names_table(const Module *module, Slice name) {
    VEC_EACH(const ModuleTable, table, &module->tables)
    if (slice_equal(table->name, name)) return true;
    return false;
}

/* Geographies and tables were read when the plan was compiled: they are declarations. */
static bool names_declaration(const Module *module, Slice name) {
    VEC_EACH(const ModuleDecl, decl, &module->decls) {
        bool open =
            slice_equal(decl->kind, SLICE("geography")) || slice_equal(decl->kind, SLICE("table"));
        if (open && slice_equal(decl->name, name)) return true;
    }
    return false;
}

/* The file of a series that was measured; one written out has none. */
static bool names_series(const Module *module, Slice name) {
    VEC_EACH(const ModuleMeasured, series, &module->measured)
    if (slice_equal(series->name, name)) return true;
    return false;
}

static ScpStatus check_data_names(Driver *driver, const Module *module) {
    VEC_EACH(const DataOverride, data, &driver->options.data) {
        if (!data->name.length || names_table(module, data->name) ||
            names_declaration(module, data->name) || names_series(module, data->name))
            continue;
        Slice shown = file_quote(&driver->arena, data->name);
        return driver_fail(driver, SCP_USAGE,
                           "`--data` names %.*s, but the plan declares no such population, "
                           "events, geography, table or actuals from a file",
                           SLICE_FMT(shown));
    }
    return SCP_OK;
}

/* ---- Opening ----------------------------------------------------------------------------- */

static bool lies_in_last_source(const SourceMap *sources, Span span) {
    return span.start >= sources->sources.items[sources->sources.count - 1].base;
}

/* Mistakes, and what is found in the expression itself: the rest of the plan was not asked
 * about. The expression is the last of the sources. */
static DiagBag *only_of_expression(Arena *arena, const CompileResult *result) {
    DiagBag *kept = ARENA_NEW(arena, DiagBag);
    diag_bag_init(kept, arena);
    for (uint32_t i = 0; i < result->diags.items.count; i++) {
        Diag *diag = result->diags.items.items[i];
        if (diag->severity == SEVERITY_ERROR || lies_in_last_source(&result->sources, diag->span))
            VEC_PUSH(arena, &kept->items, diag);
    }
    return kept;
}

static ScpStatus compile(Driver *driver, const char *eval, Subject *subject) {
    driver_progress(driver, "compiling");
    CompileOptions options = input_compile_options(driver, &subject->input, true);
    if (eval) options.eval = slice_of(eval);
    CompileResult *result = ARENA_NEW(&driver->work, CompileResult);
    compile_plan(&options, &driver->work, &driver->work, result);
    const DiagBag *diags = eval ? only_of_expression(&driver->work, result) : &result->diags;
    diagnostics_say(driver, &result->sources, diags);
    ScpStatus status = diags_status(diags, driver->options.fail_on);
    if (result->data_missing) status = status_worse(status, SCP_DATA);
    driver->findings = status;
    if (!result->module) {
        ScpStatus given = diagnostics_give(driver, &result->sources, diags);
        return status_worse(status_worse(status, SCP_NO), given);
    }
    if (result->is_library)
        return driver_fail(driver, SCP_USAGE, "%.*s has no `plan` item: it is a library",
                           SLICE_FMT(subject->input.path));
    subject->module = result->module;
    subject->sources = &result->sources;
    return SCP_OK;
}

static ScpStatus load(Driver *driver, Subject *subject) {
    Slice error = {0};
    ScpStatus status = module_load(&driver->work, subject->input.text, &subject->module, &error);
    if (status == SCP_OK) return SCP_OK;
    bool version = slice_starts_with(error, SLICE("format-version"));
    DiagName name = version ? DIAG_MODULE_VERSION : DIAG_MODULE_DAMAGED;
    return driver_fail(driver, status, "error[%s]: %.*s cannot be run: %.*s", diag_name_text(name),
                       SLICE_FMT(subject->input.path), SLICE_FMT(error));
}

/* A plan compiled before is held to the day it is now run for. */
static ScpStatus check_unknowns(Driver *driver, const Subject *subject) {
    const ModuleUnknown *unknown = unknown_expired(subject->module, subject->as_of);
    if (!subject->input.is_module || !unknown) return SCP_OK;
    Arena *arena = &driver->arena;
    Slice place = diagnostics_place(arena, subject->module, unknown->span.start);
    Slice until = date_format_long(arena, unknown->until);
    Slice today = date_format_long(arena, subject->as_of);
    return driver_fail(driver, SCP_NO,
                       "%.*serror[%s]: this was to be known by %.*s, and the plan is run as of %.*s",
                       SLICE_FMT(place), diag_name_text(DIAG_UNKNOWN_EXPIRED), SLICE_FMT(until),
                       SLICE_FMT(today));
}

ScpStatus subject_open(Driver *driver, const char *path, const char *eval, Subject *subject) {
    *subject = (Subject){0};
    ScpStatus status = driver_guard_input(driver, path);
    if (status == SCP_OK) status = input_read(driver, path, true, &subject->input);
    if (status != SCP_OK) return status;
    bool compiled = subject->input.is_module;
    if (compiled && eval)
        return driver_fail(driver, SCP_USAGE,
                           "`%.*s` is compiled: an expression is evaluated in the plan itself",
                           SLICE_FMT(subject->input.path));
    double begun = seconds_now();
    status = compiled ? load(driver, subject) : compile(driver, eval, subject);
    driver->compiling = seconds_now() - begun;
    if (status == SCP_OK) status = check_data_names(driver, subject->module);
    if (status != SCP_OK) return status;
    subject->as_of = driver->options.has_as_of ? driver->options.as_of : subject->module->as_of;
    return check_unknowns(driver, subject);
}

/* ---- Protection -------------------------------------------------------------------------- */

ScpStatus subject_policy(Driver *driver, const Subject *subject, Policy *policy) {
    const Options *options = &driver->options;
    if (options->exact_policy)
        return driver_fail(driver, SCP_USAGE,
                           "the policy `exact` is not there yet: without secondary suppression "
                           "exact numbers can be worked out from each other; use hes or "
                           "midpoint6, or --internal for numbers that stay inside");
    ScpStatus status =
        evaluation_policy(subject->module, options->policy, options->internal, policy);
    if (status != SCP_OK)
        driver_fail(driver, status,
                    "the plan says `protection exact`, which is not there yet: nothing is "
                    "written; --internal shows exact numbers that must stay inside");
    return status;
}
