/* What is derived from a KPI: baseline, targets, where it stands against its trajectory, how its
 * parts compare with the whole, and what it promises about the difference between groups. Reads
 * what the plan derived; computes nothing. */
#include "runtime/base/date.h"
#include "runtime/report/actuals.h"
#include "runtime/report/format.h"

/* ---- Reading -------------------------------------------------------------------------------- */

static const FieldValue *nth(const ModuleDecl *decl, const char *name, uint32_t i) {
    const ModuleField *field = decl_field(decl, name);
    return field && i < field->values.count ? &field->values.items[i] : NULL;
}

static bool is_true(const ReportInput *input, const FieldValue *value) {
    Shown shown = shown_field(input, value);
    return shown_present(shown, 0) && shown.array->type.elem == ELEM_BOOL &&
           shown.array->as.integer[0];
}

static void read_targets(const ReportInput *input, Arena *arena, Kpi *kpi) {
    uint32_t i = 0;
    for (const ModuleField *field = decl_field(kpi->decl, "target"); field;
         field = next_field(kpi->decl, field, "target"), i++) {
        KpiTarget target = {.field = field};
        scalar_year(input, label_value(field, "by"), &target.year);
        const FieldValue *level = nth(kpi->decl, "target_level", i);
        target.level = shown_field(input, level ? level : label_value(field, "to"));
        target.indistinct = is_true(input, nth(kpi->decl, "indistinct", i));
        VEC_PUSH(arena, &kpi->targets, target);
    }
}

static void read_equities(const ReportInput *input, Arena *arena, Kpi *kpi) {
    uint32_t i = 0;
    for (const ModuleField *field = decl_field(kpi->decl, "equity"); field;
         field = next_field(kpi->decl, field, "equity"), i++) {
        KpiEquity equity = {.field = field,
                            .on = value_word(label_value(field, "on")),
                            .across = value_word(label_value(field, "across")),
                            .baseline = shown_field(input, nth(kpi->decl, "equity_baseline", i)),
                            .level = shown_field(input, nth(kpi->decl, "equity_level", i)),
                            .latest = shown_field(input, nth(kpi->decl, "equity_latest", i)),
                            .trajectory =
                                shown_field(input, nth(kpi->decl, "equity_trajectory", i))};
        scalar_year(input, label_value(field, "by"), &equity.year);
        equity.level.unit = equity.trajectory.unit = equity.latest.unit = equity.baseline.unit;
        equity.indistinct = is_true(input, nth(kpi->decl, "equity_indistinct", i));
        VEC_PUSH(arena, &kpi->equities, equity);
    }
}

static void read_results(const ReportInput *input, Arena *arena, Kpi *kpi) {
    FieldValues results = decl_values(kpi->decl, "results");
    for (uint32_t i = 0; i < results.count; i++) {
        Shown result = shown_field(input, &results.items[i]);
        if (!result.array) continue;
        Shown compared = shown_field(input, nth(kpi->decl, "comparisons", i));
        bool fits = compared.array && compared.array->type.elem == ELEM_TEXT &&
                    compared.array->count == result.array->count;
        VEC_PUSH(arena, &kpi->results, result);
        VEC_PUSH(arena, &kpi->comparisons, fits ? compared : ((Shown){NULL, NULL}));
    }
}

/* Why it cannot be said where the KPI stands: the baseline first, then the latest result. */
static Slice unknown_status(Arena *arena, const Kpi *kpi) {
    Shown at = kpi->baseline;
    if (!at.array || shown_present(at, 0)) at = kpi->results.count ? kpi->results.items[0] : at;
    if (!at.array) return SLICE("no baseline");
    if (!shown_present(at, 0)) return absence_text(arena, at);
    if (!kpi->asked.array || shown_present(kpi->asked, 0)) return SLICE("not judged");
    return absence_text(arena, kpi->asked);
}

static void read_status(const ReportInput *input, Arena *arena, Kpi *kpi) {
    const FieldValue *given = decl_value(kpi->decl, "status");
    bool starts = !kpi->baseline.array || shown_present(kpi->baseline, 0);
    if (starts && scalar_text(input, given, &kpi->status)) {
        kpi->judged = text_is(kpi->status, "on track") || text_is(kpi->status, "off track") ||
                      text_is(kpi->status, "not distinguishable");
        return;
    }
    kpi->status = value_word(given).length ? value_word(given) : unknown_status(arena, kpi);
}

/* Baseline, targets and the way between them are of what is measured, and shown in its unit
 * however they were written. */
static void share_unit(Kpi *kpi) {
    const ModuleUnit *unit = kpi->results.count ? kpi->results.items[0].unit : kpi->baseline.unit;
    if (!unit) return;
    kpi->baseline.unit = kpi->trajectory.unit = kpi->asked.unit = unit;
    VEC_EACH(KpiTarget, target, &kpi->targets) target->level.unit = unit;
}

Kpi kpi_read(const ReportInput *input, Arena *arena, const ModuleDecl *decl) {
    Kpi kpi = {.decl = decl};
    kpi.baseline = shown_field(input, decl_value(decl, "baseline_value"));
    scalar_year(input, label_value(decl_field(decl, "baseline"), "at"), &kpi.baseline_year);
    scalar_year(input, decl_value(decl, "measured_in"), &kpi.measured_year);
    kpi.trajectory = shown_field(input, decl_value(decl, "trajectory"));
    kpi.asked = shown_field(input, decl_value(decl, "asked"));
    scalar_text(input, decl_value(decl, "movement"), &kpi.movement);
    scalar_text(input, decl_value(decl, "compared_by"), &kpi.compared_by);
    read_targets(input, arena, &kpi);
    read_equities(input, arena, &kpi);
    read_results(input, arena, &kpi);
    share_unit(&kpi);
    read_status(input, arena, &kpi);
    return kpi;
}

Shown kpi_newer(const Kpi *kpi) {
    bool newer = kpi->measured_year > kpi->baseline_year;
    return newer && kpi->results.count ? kpi->results.items[0] : (Shown){NULL, NULL};
}

/* ---- Comparisons ----------------------------------------------------------------------------- */

static Slice meaning_of(const Kpi *kpi, int side) {
    Slice better = value_word(decl_value(kpi->decl, "better"));
    if (!side || (!text_is(better, "lower") && !text_is(better, "higher"))) return SLICE("");
    return text_is(better, side < 0 ? "lower" : "higher") ? SLICE("better") : SLICE("worse");
}

Comparison kpi_comparison(const Kpi *kpi, uint32_t result, uint32_t cell) {
    Comparison comparison = {.level = SLICE(""), .meaning = SLICE("")};
    Shown shown = kpi->comparisons.items[result];
    if (!shown_present(shown, cell)) return comparison;
    Slice text = shown.array->as.text[cell];
    comparison.side = slice_starts_with(text, SLICE("higher"))  ? 1
                      : slice_starts_with(text, SLICE("lower")) ? -1
                                                                : 0;
    comparison.compared = comparison.side || text_is(text, "similar");
    if (!comparison.side) return comparison;
    comparison.level = slice_ends_with(text, SLICE("(99.8%)")) ? SLICE("99.8%") : SLICE("95%");
    comparison.meaning = meaning_of(kpi, comparison.side);
    return comparison;
}

Slice comparison_words(Arena *arena, const Comparison *comparison) {
    if (!comparison->compared) return SLICE("");
    if (!comparison->side) return SLICE("Similar");
    const char *side = comparison->side < 0 ? "Lower" : "Higher";
    return arena_printf(arena, "%s%s%.*s (%.*s)", side, comparison->meaning.length ? ", " : "",
                        SLICE_FMT(comparison->meaning), SLICE_FMT(comparison->level));
}

const char *comparison_mark(const Comparison *comparison) {
    if (!comparison->compared) return "";
    return comparison->side > 0 ? "\u25b2" : comparison->side < 0 ? "\u25bc" : "\u2014";
}

Slice comparison_method(Arena *arena, const Kpi *kpi) {
    const char *how = text_is(kpi->compared_by, "funnel")
                          ? "by the limits of a funnel plot for its size"
                          : "by whether its own confidence limits hold it";
    return arena_printf(arena,
                        "Against the average: each is compared with the plan's own figure for "
                        "everyone, %s, at 95%% and at 99.8%%.",
                        how);
}

/* ---- Where it stands ---------------------------------------------------------------------------- */

/* "until 2027-06-30: why" with the day in words. */
static Slice note_in_words(Arena *arena, Slice note) {
    int32_t day;
    if (note.length < 16 || !slice_starts_with(note, SLICE("until "))) return note;
    if (!date_parse_iso(slice_sub(note, 6, 16), &day)) return note;
    Slice text = date_format_long(arena, day);
    return arena_printf(arena, "until %.*s%.*s", SLICE_FMT(text), (int)note.length - 16,
                        note.data + 16);
}

Slice absence_note(Arena *arena, Shown shown) {
    AbsentReason reason = array_absent(shown.array, 0);
    bool until = slice_starts_with(shown.array->absent_note, SLICE("until "));
    bool fits = until ? reason == ABSENT_UNKNOWN : reason == ABSENT_MISSING;
    return fits ? note_in_words(arena, shown.array->absent_note) : SLICE("");
}

Slice absence_text(Arena *arena, Shown shown) {
    AbsentReason reason = shown.array ? array_absent(shown.array, 0) : ABSENT_MISSING;
    Slice note = shown.array ? absence_note(arena, shown) : SLICE("");
    if (!note.length) return slice_of(reason_text(reason));
    if (reason == ABSENT_UNKNOWN) return arena_printf(arena, "unknown %.*s", SLICE_FMT(note));
    return arena_printf(arena, "%s: %.*s", reason_text(reason), SLICE_FMT(note));
}

static Slice figure(Arena *arena, const ReportInput *input, Shown shown) {
    return shown_present(shown, 0) ? format_with_unit(arena, input, shown, 0)
                                   : absence_text(arena, shown);
}

/* "; worse than the baseline" */
static Slice with_movement(Arena *arena, const Kpi *kpi, Slice text) {
    if (!kpi->movement.length) return text;
    return arena_printf(arena, "%.*s; %.*s", SLICE_FMT(text), SLICE_FMT(kpi->movement));
}

static Slice latest_year(Arena *arena, const Kpi *kpi) {
    return kpi->measured_year ? format_year(arena, kpi->measured_year) : SLICE("");
}

Slice kpi_standing(Arena *arena, const ReportInput *input, const Kpi *kpi) {
    Slice year = latest_year(arena, kpi), text = kpi->status;
    Actuals actuals;
    if (actuals_decide(input, arena, kpi, &actuals))
        return actuals_standing(arena, input, &actuals);
    if (text_is(text, "no newer data") && year.length)
        return arena_printf(arena, "no newer data: the latest are of %.*s", SLICE_FMT(year));
    if (!kpi->judged || !kpi->results.count) return with_movement(arena, kpi, text);
    if (text_is(text, "not distinguishable")) text = SLICE("not distinguishable from its trajectory");
    Slice now = figure(arena, input, kpi->results.items[0]);
    Slice asked = figure(arena, input, kpi->asked);
    text = arena_printf(arena, "%.*s: %.*s in %.*s, where the plan asks for %.*s", SLICE_FMT(text),
                        SLICE_FMT(now), SLICE_FMT(year), SLICE_FMT(asked));
    return with_movement(arena, kpi, text);
}

/* ---- Equity --------------------------------------------------------------------------------------- */

Slice equity_title(Arena *arena, const ReportInput *input, const KpiEquity *equity) {
    const char *what = text_is(equity->on, "sii") ? "Slope index of inequality" : "Gap";
    Slice across = word_for_readers(arena, equity->across);
    VEC_EACH(const ModuleDim, dim, &input->module->dims)
    if (slice_equal(dim->name, equity->across)) across = format_dim(arena, dim);
    return arena_printf(arena, "%s across %.*s", what,
                        SLICE_FMT(format_in_sentence(arena, across)));
}
