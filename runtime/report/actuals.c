/* Reading what was measured of a KPI, and the words for it. */
#include "runtime/report/actuals.h"

#include "runtime/base/date.h"
#include "runtime/bytecode/period.h"
#include "runtime/report/format.h"

/* ---- Reading ------------------------------------------------------------------------------- */

static const ModuleDecl *actuals_of(const ReportInput *input, const ModuleDecl *kpi) {
    EACH_DECL(input, decl, "actuals", NULL)
    if (value_decl(input, decl_value(decl, "of")) == kpi) return decl;
    return NULL;
}

static bool over_periods(const Actuals *actuals, Shown shown) {
    const Array *values = actuals->values.array, *array = shown.array;
    return array && array->type.dim_count == 1 && array->type.dims[0] == values->type.dims[0] &&
           array->count == values->count;
}

/* The parts of the chart, in the order in which the language gives them. */
static Shown chart_part(const ReportInput *input, const Actuals *actuals, uint32_t part) {
    FieldValues parts = decl_values(actuals->decl, "chart");
    Shown none = {NULL, NULL};
    if (part >= parts.count) return none;
    Shown shown = shown_field(input, &parts.items[part]);
    return over_periods(actuals, shown) ? shown : none;
}

static Slice text_of(const ReportInput *input, const FieldValue *value) {
    Slice text = {"", 0};
    scalar_text(input, value, &text);
    return text;
}

static bool truth_of(const ReportInput *input, const ModuleDecl *decl, const char *name,
                     bool *truth) {
    Shown shown = shown_field(input, decl_value(decl, name));
    bool known = shown.array && shown.array->type.elem == ELEM_BOOL && shown.array->count == 1 &&
                 !array_absent(shown.array, 0);
    *truth = known && shown.array->as.integer[0];
    return known;
}

/* The period that begins on the day or first after it; MODULE_NONE: none. */
static uint32_t period_from(const Actuals *actuals, int32_t day) {
    for (uint32_t m = 0; m < actuals->periods->member_count; m++)
        if (period_first_day(actuals->periods, m) >= day) return m;
    return MODULE_NONE;
}

static void read_breaks(const ReportInput *input, Arena *arena, Actuals *actuals) {
    for (const ModuleField *field = decl_field(actuals->decl, "break"); field;
         field = next_field(actuals->decl, field, "break")) {
        int32_t day;
        const FieldValue *value = field_value(field);
        if (!scalar_date(input, value, &day)) continue;
        ActualsBreak found = {.cell = period_from(actuals, day),
                              .written = value->word,
                              .because = text_of(input, label_value(field, "because"))};
        if (found.cell != MODULE_NONE) VEC_PUSH(arena, &actuals->breaks, found);
    }
}

static void read_revisions(const ReportInput *input, Arena *arena, Actuals *actuals) {
    for (const ModuleField *field = decl_field(actuals->decl, "revised"); field;
         field = next_field(actuals->decl, field, "revised")) {
        int32_t day;
        const FieldValue *value = field_value(field);
        if (!scalar_date(input, value, &day)) continue;
        uint32_t cell = period_from(actuals, day);
        bool known = cell != MODULE_NONE && period_first_day(actuals->periods, cell) == day;
        ActualsRevision found = {.cell = known ? cell : MODULE_NONE,
                                 .written = value->word,
                                 .was = shown_field(input, label_value(field, "from")),
                                 .because = text_of(input, label_value(field, "because"))};
        VEC_PUSH(arena, &actuals->revisions, found);
    }
}

static bool read_values(const ReportInput *input, Actuals *actuals) {
    actuals->values = shown_field(input, field_value(decl_field(actuals->decl, "head")));
    Shown values = actuals->values;
    if (!shown_is_number(values) || values.array->type.dim_count != 1) return false;
    actuals->periods = shown_dim(input, values, 0);
    int32_t day;
    if (!period_days(actuals->periods, 0, &day, &day) ||
        !period_days(actuals->periods, actuals->periods->member_count - 1, &day, &day))
        return false;
    uint32_t end = values.array->count, first = 0;
    while (end && !shown_present(values, end - 1)) end--;
    while (first < end && !shown_present(values, first)) first++;
    actuals->first = first;
    actuals->end = end;
    return true;
}

bool actuals_read(const ReportInput *input, Arena *arena, const ModuleDecl *kpi, Actuals *actuals) {
    enum { MEAN, LOWER, UPPER, SIGNAL, VARIATION, ASSURANCE };
    *actuals = (Actuals){.decl = actuals_of(input, kpi)};
    const ModuleDecl *decl = actuals->decl;
    if (!decl || !read_values(input, actuals)) return false;
    actuals->mean = chart_part(input, actuals, MEAN);
    actuals->lower = chart_part(input, actuals, LOWER);
    actuals->upper = chart_part(input, actuals, UPPER);
    actuals->signal = chart_part(input, actuals, SIGNAL);
    actuals->variation = chart_part(input, actuals, VARIATION);
    FieldValues parts = decl_values(decl, "chart");
    if (parts.count > ASSURANCE) actuals->assurance = text_of(input, &parts.items[ASSURANCE]);
    actuals->target = shown_field(input, decl_value(decl, "target"));
    actuals->latest = shown_field(input, decl_value(decl, "latest"));
    actuals->planned = shown_field(input, decl_value(decl, "planned"));
    actuals->trend = text_of(input, decl_value(decl, "trend"));
    actuals->reason = text_of(input, decl_value(decl, "reason"));
    actuals->judged = text_of(input, decl_value(decl, "judged"));
    actuals->has_last = scalar_date(input, decl_value(decl, "measured_to"), &actuals->last_day);
    truth_of(input, decl, "newer", &actuals->newer);
    actuals->decided = truth_of(input, decl, "on_track", &actuals->on_track);
    /* shown as the series is, however it was computed */
    actuals->latest.unit = actuals->planned.unit = actuals->values.unit;
    if (!actuals->latest.array) actuals->latest.unit = NULL;
    read_breaks(input, arena, actuals);
    read_revisions(input, arena, actuals);
    return true;
}

/* ---- Words --------------------------------------------------------------------------------- */

Slice actuals_text(Shown shown, uint32_t cell) {
    bool there = shown.array && shown.array->type.elem == ELEM_TEXT && cell < shown.array->count &&
                 !array_absent(shown.array, cell);
    return there ? shown.array->as.text[cell] : SLICE("");
}

Slice actuals_period(Arena *arena, const ModuleDim *dim, uint32_t member) {
    int at = dim->first + (int)member;
    switch (dim->sort) {
    case DIM_YEAR: return financial_year_format_short(arena, at);
    case DIM_QUARTER:
        return arena_printf(arena, "Quarter %d of %.*s", at % 4 + 1,
                            SLICE_FMT(financial_year_format_short(arena, at / 4)));
    case DIM_MONTH: return month_format_long(arena, month_number(at / 12, at % 12 + 1));
    default:
        return arena_printf(arena, "Week from %.*s",
                            SLICE_FMT(date_format_long(arena, period_first_day(dim, member))));
    }
}

Slice actuals_period_short(Arena *arena, const ModuleDim *dim, uint32_t member) {
    int at = dim->first + (int)member;
    CivilDate day = date_to_civil(period_first_day(dim, member));
    switch (dim->sort) {
    case DIM_YEAR: return financial_year_format_short(arena, at);
    case DIM_QUARTER:
        return arena_printf(arena, "Q%d %.*s", at % 4 + 1,
                            SLICE_FMT(financial_year_format_short(arena, at / 4)));
    case DIM_MONTH: return arena_printf(arena, "%.3s %d", month_name(day.month), day.year);
    default: return arena_printf(arena, "%d %.3s %d", day.day, month_name(day.month), day.year);
    }
}

bool actuals_decide(const ReportInput *input, Arena *arena, const Kpi *kpi, Actuals *actuals) {
    bool track = text_is(kpi->status, "on track") || text_is(kpi->status, "off track");
    return track && actuals_read(input, arena, kpi->decl, actuals) && actuals->newer;
}

/* Points of the last year that the figure is of: those since the last break. */
static uint32_t last_year_points(const Actuals *actuals, uint32_t in_year) {
    uint32_t first = actuals->first;
    VEC_EACH(const ActualsBreak, found, &actuals->breaks)
    if (found->cell > first && found->cell < actuals->end) first = found->cell;
    uint32_t points = actuals->end - first;
    return points < in_year ? points : in_year;
}

Slice actuals_latest_words(Arena *arena, const Actuals *actuals) {
    static const char *const names[] = {"year", "quarter", "month", "week"};
    if (!actuals->has_last || actuals->first == actuals->end) return SLICE("");
    const char *name = names[actuals->periods->sort - DIM_YEAR];
    uint32_t points = last_year_points(actuals, periods_in_year(actuals->periods->sort));
    Slice day = date_format_long(arena, actuals->last_day);
    if (points == 1) return arena_printf(arena, "the %s to %.*s", name, SLICE_FMT(day));
    return arena_printf(arena, "the %u %ss to %.*s", points, name, SLICE_FMT(day));
}

Slice actuals_status(const Actuals *actuals) {
    if (!actuals->decided) return SLICE("not known");
    return actuals->on_track ? SLICE("on track") : SLICE("off track");
}

static bool is_there(Shown shown) {
    return shown_is_number(shown) && shown_present(shown, 0);
}

Slice actuals_standing(Arena *arena, const ReportInput *input, const Actuals *actuals) {
    int places = format_places(actuals->values);
    if (!is_there(actuals->latest)) return SLICE("");
    Slice value = format_cell(arena, input, actuals->latest, 0, places);
    Slice when = actuals_latest_words(arena, actuals), status = actuals_status(actuals);
    Slice text = arena_printf(arena, "%.*s%s%.*s in %.*s",
                              actuals->decided ? (int)status.length : 0, status.data,
                              actuals->decided ? ": " : "", SLICE_FMT(value), SLICE_FMT(when));
    if (!is_there(actuals->planned)) return text;
    Slice planned = format_cell(arena, input, actuals->planned, 0, places);
    return arena_printf(arena, "%.*s, where %.*s was planned", SLICE_FMT(text), SLICE_FMT(planned));
}

Slice actuals_variation(Arena *arena, const Actuals *actuals) {
    if (actuals->first == actuals->end || !actuals->variation.array) return SLICE("");
    Slice kind = actuals_text(actuals->variation, actuals->end - 1);
    Slice signal = actuals_text(actuals->signal, actuals->end - 1);
    if (!kind.length) return SLICE("");
    if (text_is(kind, "common cause")) return SLICE("Common cause: no significant change");
    return arena_printf(arena, "Special cause, %.*s: the last point is %s%.*s", SLICE_FMT(kind),
                        slice_starts_with(signal, SLICE("trend")) ||
                                slice_starts_with(signal, SLICE("two")) ||
                                slice_starts_with(signal, SLICE("seven"))
                            ? "one of "
                            : "",
                        SLICE_FMT(signal));
}

const char *actuals_assurance(const Actuals *actuals) {
    if (text_is(actuals->assurance, "will pass"))
        return "Will be met while nothing changes: it lies outside the process limits";
    if (text_is(actuals->assurance, "will fail"))
        return "Will not be met unless something changes: it lies outside the process limits";
    if (text_is(actuals->assurance, "may pass or fail"))
        return "May or may not be met: it lies within the process limits";
    return "";
}

Slice actuals_trend(Arena *arena, const Actuals *actuals) {
    if (!actuals->trend.length) return SLICE("");
    bool moved = !slice_equal(actuals->judged, actuals->trend) && actuals->judged.length;
    Slice first = word_for_readers(arena, actuals->trend);
    return arena_printf(arena, "%.*s%s%.*s: %.*s", SLICE_FMT(first), moved ? ", " : "",
                        moved ? (int)actuals->judged.length : 0, actuals->judged.data,
                        SLICE_FMT(actuals->reason));
}
