/* The two charts of a KPI as inline SVG: the way to its targets, and how groups compare. Drawn
 * in whole tenths of a pixel. Nothing is told by colour alone, and nothing only by a chart: the
 * table that follows each has the same figures. Withheld cells are drawn as their mark. */
#include <math.h>

#include "runtime/base/utf8.h"
#include "runtime/report/svg.h"

enum { WIDTH = SVG_WIDTH, LINE_HEIGHT = 3000, ROW = 340, LABEL_MAX = 25, CHARACTER = 110 };

/* ---- Trajectory --------------------------------------------------------------------------- */

typedef struct {
    Html *html;
    const Kpi *kpi;
    Scale y;
    int32_t first, last; /* years */
} Trajectory;

enum { PLOT_LEFT = 900, PLOT_RIGHT = 6400, PLOT_TOP = 260, PLOT_BOTTOM = 2500 };

static int year_position(const Trajectory *t, int32_t year) {
    if (t->first == t->last) return (PLOT_LEFT + PLOT_RIGHT) / 2;
    return PLOT_LEFT + 300 +
           (PLOT_RIGHT - PLOT_LEFT - 600) * (year - t->first) / (t->last - t->first);
}

static bool has_newer(const Kpi *kpi) {
    Shown newer = kpi_newer(kpi);
    return shown_present(newer, 0) && shown_is_number(newer);
}

/* A value and its limits, where it has any. */
static void include_shown(Range *range, Shown shown) {
    double lower, upper;
    if (!shown_present(shown, 0)) return;
    range_include(range, shown_number(shown, 0));
    if (!shown_limits(shown, 0, &lower, &upper)) return;
    range_include(range, lower);
    range_include(range, upper);
}

static Range trajectory_range(Trajectory *t) {
    Range range = {0, 0, false};
    const Kpi *kpi = t->kpi;
    include_shown(&range, kpi->baseline);
    if (has_newer(kpi)) include_shown(&range, kpi_newer(kpi));
    VEC_EACH(const KpiTarget, target, &kpi->targets)
    if (shown_present(target->level, 0)) range_include(&range, shown_number(target->level, 0));
    for (uint32_t cell = 0; kpi->trajectory.array && cell < kpi->trajectory.array->count; cell++)
        if (shown_present(kpi->trajectory, cell))
            range_include(&range, shown_number(kpi->trajectory, cell));
    return range;
}

static void cover_year(Trajectory *t, int32_t year) {
    if (!year) return;
    if (!t->first || year < t->first) t->first = year;
    if (year > t->last) t->last = year;
}

static void cover_years(Trajectory *t) {
    if (shown_present(t->kpi->baseline, 0)) cover_year(t, t->kpi->baseline_year);
    if (has_newer(t->kpi)) cover_year(t, t->kpi->measured_year);
    VEC_EACH(const KpiTarget, target, &t->kpi->targets) cover_year(t, target->year);
    if (!shown_is_series(t->html->input, t->kpi->trajectory)) return;
    const ModuleDim *years = shown_dim(t->html->input, t->kpi->trajectory, 0);
    for (uint32_t cell = 0; cell < t->kpi->trajectory.array->count; cell++)
        if (shown_present(t->kpi->trajectory, cell)) cover_year(t, years->first + (int32_t)cell);
}

static void trajectory_axes(Trajectory *t) {
    Html *html = t->html;
    for (int i = 0; i <= scale_ticks(&t->y); i++) {
        double tick = t->y.low + i * t->y.step;
        int y = scale_position(&t->y, tick);
        svg_line(html, "grid", PLOT_LEFT, y, PLOT_RIGHT, y);
        svg_text(html, "axis", "end", PLOT_LEFT - 100, y + 45,
                scale_tick_text(html, t->kpi->baseline.unit, &t->y, tick));
    }
    for (int32_t year = t->first; year <= t->last; year++)
        svg_text(html, svg_axis_class(t->last - t->first > 6, year - t->first), "middle",
                year_position(t, year), PLOT_BOTTOM + 260, format_year(html->arena, year));
}

static void trajectory_line(Trajectory *t) {
    Shown shown = t->kpi->trajectory;
    if (!shown_is_series(t->html->input, shown)) return;
    const ModuleDim *years = shown_dim(t->html->input, shown, 0);
    bool started = false;
    html_raw(t->html, "<path class=\"line\" d=\"");
    if (t->kpi->baseline_year && shown_present(t->kpi->baseline, 0)) {
        buffer_printf(t->html->out, "M%d %d", year_position(t, t->kpi->baseline_year),
                      scale_position(&t->y, shown_number(t->kpi->baseline, 0)));
        started = true;
    }
    for (uint32_t cell = 0; cell < shown.array->count; cell++) {
        if (!shown_present(shown, cell)) continue;
        buffer_printf(t->html->out, "%s%d %d", started ? "L" : "M",
                      year_position(t, years->first + (int32_t)cell),
                      scale_position(&t->y, shown_number(shown, cell)));
        started = true;
    }
    html_raw(t->html, "\"/>\n");
}

static bool is_falling(const Trajectory *t) {
    return text_is(value_word(decl_value(t->kpi->decl, "better")), "lower");
}

/* Labels lie on the side that the line does not take. */
static void value_label(Trajectory *t, Shown shown, int x, int y) {
    Slice text =
        format_cell(t->html->arena, t->html->input, shown, 0, format_places(t->kpi->baseline));
    svg_text(t->html, "value", "middle", x, is_falling(t) ? y + 250 : y - 150, text);
}

/* What was measured in a year, with its limits; its label lies `aside` of it and so far down. */
static void measured_point(Trajectory *t, Shown shown, int32_t year,
                           void (*mark)(Html *, int, int), int down) {
    double lower, upper;
    int x = year_position(t, year), y = scale_position(&t->y, shown_number(shown, 0));
    if (shown_limits(shown, 0, &lower, &upper))
        svg_line(t->html, "interval", x, scale_position(&t->y, lower), x, scale_position(&t->y, upper));
    mark(t->html, x, y);
    svg_text(t->html, "value", "start", x + 120, y + down,
            format_cell(t->html->arena, t->html->input, shown, 0, format_places(shown)));
}

static void trajectory_points(Trajectory *t) {
    const Kpi *kpi = t->kpi;
    if (kpi->baseline_year && shown_present(kpi->baseline, 0))
        measured_point(t, kpi->baseline, kpi->baseline_year, svg_dot, is_falling(t) ? -70 : 170);
    if (has_newer(kpi)) measured_point(t, kpi_newer(kpi), kpi->measured_year, svg_square, 170);
    VEC_EACH(const KpiTarget, target, &kpi->targets) {
        if (!target->year || !shown_present(target->level, 0)) continue;
        int x = year_position(t, target->year);
        int y = scale_position(&t->y, shown_number(target->level, 0));
        svg_diamond(t->html, x, y);
        value_label(t, target->level, x, y);
    }
}

static const char *baseline_note(const Kpi *kpi) {
    double lower, upper;
    if (!kpi->baseline_year || !shown_present(kpi->baseline, 0)) return "";
    return shown_limits(kpi->baseline, 0, &lower, &upper)
               ? " Circle: baseline with its confidence limits."
               : " Circle: baseline.";
}

void html_trajectory_chart(Html *html, const Kpi *kpi) {
    Trajectory t = {.html = html, .kpi = kpi};
    if (!shown_is_number(kpi->baseline) || kpi->baseline.array->count != 1) return;
    if (!shown_is_series(html->input, kpi->trajectory)) return; /* nor is there a table of it */
    Range range = trajectory_range(&t);
    cover_years(&t);
    if (!range.any || t.first == t.last) return;
    t.y = scale_for(range, false, PLOT_BOTTOM, PLOT_TOP);
    scale_make_room(&t.y, range);
    Slice title = decl_title(html->arena, kpi->decl);
    Slice caption = html_caption(html, title, kpi->baseline.unit);
    svg_figure_begin(html, arena_printf(html->arena, "Planned course of: %.*s", SLICE_FMT(caption)),
                 SLICE("A line from the baseline through the targets. The table after the chart "
                       "has the same figures."),
                 LINE_HEIGHT);
    trajectory_axes(&t);
    trajectory_line(&t);
    trajectory_points(&t);
    svg_figure_end(html, arena_printf(html->arena,
                                  "%.*s.%s%s%s%s", SLICE_FMT(caption), baseline_note(kpi),
                                  has_newer(kpi) ? " Square: latest year measured." : "",
                                  kpi->targets.count ? " Line: planned level. Diamonds: targets."
                                                     : "",
                                  scale_zero_note(&t.y)));
}

/* ---- Breakdown ---------------------------------------------------------------------------- */

typedef struct {
    Html *html;
    Shown shown, whole;
    const ModuleDim *dim;
    Scale x;
    int places;
    bool bars;
} Breakdown;

static Slice short_label(Html *html, Slice text) {
    if (utf8_count(text) <= LABEL_MAX) return text;
    size_t at = 0;
    for (int i = 0; i < LABEL_MAX - 1; i++) {
        uint32_t code;
        at += utf8_decode_lossy(text, at, &code);
    }
    return arena_printf(html->arena, "%.*s\u2026", (int)at, text.data);
}

static Range breakdown_range(const Breakdown *b) {
    Range range = {0, 0, false};
    double lower, upper;
    for (uint32_t cell = 0; cell < b->shown.array->count; cell++) {
        if (!shown_present(b->shown, cell)) continue;
        range_include(&range, shown_number(b->shown, cell));
        if (!shown_limits(b->shown, cell, &lower, &upper)) continue;
        range_include(&range, lower);
        range_include(&range, upper);
    }
    if (!b->bars && shown_present(b->whole, 0)) range_include(&range, shown_number(b->whole, 0));
    return range;
}

static int label_width(const Breakdown *b) {
    size_t longest = 7;
    for (uint32_t i = 0; i < b->dim->member_count; i++) {
        size_t length = utf8_count(format_member(b->dim, i));
        if (length > longest) longest = length;
    }
    return CHARACTER * (int)(longest < LABEL_MAX ? longest : LABEL_MAX);
}

static void breakdown_axis(Breakdown *b, int bottom) {
    for (int i = 0; i <= scale_ticks(&b->x); i++) {
        double tick = b->x.low + i * b->x.step;
        int x = scale_position(&b->x, tick);
        svg_line(b->html, "grid", x, 300, x, bottom);
        svg_text(b->html, svg_axis_class(scale_ticks(&b->x) > 3, i), "middle", x, bottom + 200,
                scale_tick_text(b->html, b->shown.unit, &b->x, tick));
    }
}

static void breakdown_whole(Breakdown *b, int bottom) {
    if (b->bars || !shown_present(b->whole, 0)) return;
    int x = scale_position(&b->x, shown_number(b->whole, 0));
    svg_line(b->html, "whole", x, 300, x, bottom);
    Slice value = format_cell(b->html->arena, b->html->input, b->whole, 0, b->places);
    svg_text(b->html, "value", "middle", x, 210,
            arena_printf(b->html->arena, "All: %.*s", SLICE_FMT(value)));
}

static void breakdown_row(Breakdown *b, uint32_t cell, int y) {
    Html *html = b->html;
    double lower, upper;
    svg_text(html, "label", "end", b->x.from - 130, y + 45,
            short_label(html, format_member(b->dim, cell)));
    if (!shown_present(b->shown, cell)) {
        svg_text(html, "value", "start", b->x.from + 60, y + 45,
                slice_of(mark_text(MARK_CONFIDENTIAL)));
        return;
    }
    int x = scale_position(&b->x, shown_number(b->shown, cell));
    if (b->bars) {
        buffer_printf(html->out,
                      "<rect class=\"bar\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"180\"/>\n",
                      b->x.from, y - 90, x - b->x.from);
    } else {
        if (shown_limits(b->shown, cell, &lower, &upper))
            svg_line(html, "interval", scale_position(&b->x, lower), y, scale_position(&b->x, upper), y);
        svg_dot(html, x, y);
    }
    svg_text(html, "value", "end", WIDTH - 40, y + 45,
            format_cell(html->arena, html->input, b->shown, cell, b->places));
}

static Slice breakdown_caption(Breakdown *b, Slice caption) {
    const char *how = b->bars ? "Bars" : "Dots, with confidence limits as lines";
    const char *whole = !b->bars && shown_present(b->whole, 0)
                            ? " The dashed line is the figure for everyone."
                            : "";
    return arena_printf(b->html->arena, "%.*s. %s.%s%s", SLICE_FMT(caption), how, whole,
                        scale_zero_note(&b->x));
}

void html_breakdown_chart(Html *html, Slice title, Shown shown, Shown whole) {
    if (!shown_is_number(shown) || shown.array->type.dim_count != 1) return;
    Breakdown b = {.html = html,
                   .shown = shown,
                   .whole = whole,
                   .dim = shown_dim(html->input, shown, 0),
                   .places = format_places(shown),
                   .bars = !shown.array->type.estimate};
    Range range = breakdown_range(&b);
    if (!range.any || shown.array->count > 40 || (b.bars && range.low < 0)) return;
    int bottom = 340 + ROW * (int)shown.array->count;
    b.x = scale_for(range, b.bars, label_width(&b) + 200, WIDTH - 900);
    Slice caption = html_caption(html, title, shown.unit);
    svg_figure_begin(html, caption,
                 SLICE("One row for each group. The table after the chart has the same figures."),
                 bottom + 280);
    breakdown_axis(&b, bottom);
    breakdown_whole(&b, bottom);
    for (uint32_t cell = 0; cell < shown.array->count; cell++)
        breakdown_row(&b, cell, 340 + ROW / 2 + ROW * (int)cell);
    svg_figure_end(html, breakdown_caption(&b, caption));
}

/* ---- Shares ------------------------------------------------------------------------------- */

/* White text stands on each of them with a contrast of at least 4.5 to 1; neighbours are told
 * apart by the gap between them and by their words. */
static const char *const share_colours[] = {"#003087", "#005eb8", "#00594f", "#7c2855",
                                            "#6b4c00", "#425563", "#5b2c83", "#8a1538"};
enum { SHARE_COLOURS = sizeof share_colours / sizeof *share_colours, SHARE_ROW = 420 };

static void share_label(Html *html, Slice name, double share, int x, int y, int width) {
    Slice percent = format_share(html->arena, share);
    Slice text = arena_printf(html->arena, "%.*s %.*s", SLICE_FMT(name), SLICE_FMT(percent));
    if (CHARACTER * (int)utf8_count(text) > width) text = percent;
    if (CHARACTER * (int)utf8_count(text) > width) return;
    svg_text(html, "inside", "start", x + 70, y + 48, text);
}

static void share_row(Html *html, const Shares *shares, uint32_t year, int y) {
    const double *row = shares->shares + (size_t)year * shares->name_count;
    double left = 0;
    svg_text(html, "label", "end", 800, y + 48, format_member(shares->years, year));
    for (uint32_t i = 0; i < shares->name_count; i++) {
        if (!(row[i] > 0)) continue;
        int x = 900 + (int)lround(left * (WIDTH - 940));
        left += row[i];
        int width = 900 + (int)lround(left * (WIDTH - 940)) - x - 16;
        if (width < 1) continue;
        buffer_printf(html->out,
                      "<rect fill=\"%s\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"320\"/>\n",
                      share_colours[i % SHARE_COLOURS], x, y - 160, width);
        share_label(html, shares->names[i], row[i], x, y, width - 100);
    }
}

void html_shares_chart(Html *html, Slice title, const Shares *shares) {
    svg_figure_begin(html, title,
                 SLICE("A bar for each year, cut into shares. The table after the chart has the "
                       "same figures."),
                 SHARE_ROW * (int)shares->years->member_count);
    for (uint32_t i = 0; i < shares->years->member_count; i++)
        share_row(html, shares, i, SHARE_ROW * (int)i + SHARE_ROW / 2);
    Slice names = SLICE("");
    for (uint32_t i = 0; i < shares->name_count; i++)
        names = arena_printf(html->arena, "%.*s%s %.*s", SLICE_FMT(names), i ? "," : "",
                             SLICE_FMT(shares->names[i]));
    svg_figure_end(html, arena_printf(html->arena, "%.*s. From left to right:%.*s.", SLICE_FMT(title),
                                  SLICE_FMT(names)));
}
