/* The two charts of a KPI as inline SVG: the way to its targets, and how groups compare. Drawn
 * in whole tenths of a pixel. Nothing is told by colour alone, and nothing only by a chart: the
 * table that follows each has the same figures. Withheld cells are drawn as their mark. */
#include <math.h>

#include "runtime/base/number.h"
#include "runtime/base/utf8.h"
#include "runtime/report/html.h"

enum { WIDTH = 6800, LINE_HEIGHT = 3000, ROW = 340, TICKS = 5, LABEL_MAX = 25, CHARACTER = 110 };

/* ---- Scale -------------------------------------------------------------------------------- */

typedef struct {
    double low, high, step;
    int from, to; /* tenths of a pixel; from may lie beyond to */
    int places;
} Scale;

typedef struct {
    double low, high;
    bool any;
} Range;

static void include(Range *range, double value) {
    if (!isfinite(value)) return;
    range->low = range->any ? fmin(range->low, value) : value;
    range->high = range->any ? fmax(range->high, value) : value;
    range->any = true;
}

static double nice_step(double span) {
    double raw = span / TICKS, power = 1;
    while (raw >= power * 10) power *= 10;
    while (raw < power) power /= 10;
    double lead = raw / power;
    return (lead <= 1 ? 1 : lead <= 2 ? 2 : lead <= 5 ? 5 : 10) * power;
}

/* Starts at zero unless all lies in the upper half; bars always do. */
static Scale scale_for(Range range, bool from_zero, int from, int to) {
    Scale scale = {.from = from, .to = to};
    double low = range.low, high = range.high;
    if (from_zero || (low >= 0 && low < high / 2)) low = fmin(low, 0);
    if (high < 0) high = 0;
    if (high <= low) high = low + fmax(fabs(low), 1);
    scale.step = nice_step(high - low);
    scale.low = floor(low / scale.step) * scale.step;
    scale.high = ceil(high / scale.step) * scale.step;
    while (scale.places < 6 &&
           fabs(number_round_places(scale.step, scale.places) - scale.step) > 1e-9 * scale.step)
        scale.places++;
    return scale;
}

static int tick_count(const Scale *scale) {
    return (int)lround((scale->high - scale->low) / scale->step);
}

static int position(const Scale *scale, double value) {
    double share = (value - scale->low) / (scale->high - scale->low);
    return scale->from + (int)lround(share * (scale->to - scale->from));
}

static Slice tick_text(Html *html, const ModuleUnit *unit, const Scale *scale, double tick) {
    return format_number(html->arena, unit, number_round_places(tick, scale->places),
                         scale->places);
}

/* ---- Pieces ------------------------------------------------------------------------------- */

static void text_at(Html *html, const char *class_name, const char *anchor, int x, int y,
                    Slice text) {
    buffer_printf(html->out, "<text class=\"%s\" text-anchor=\"%s\" x=\"%d\" y=\"%d\">", class_name,
                  anchor, x, y);
    html_text(html, text);
    html_raw(html, "</text>\n");
}

/* On a narrow screen, where letters are larger, every other of many marks is left out. */
static const char *axis_class(bool many, int at) {
    return many && at % 2 ? "axis odd" : "axis";
}

static void line_between(Html *html, const char *class_name, int x1, int y1, int x2, int y2) {
    buffer_printf(html->out, "<line class=\"%s\" x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\"/>\n",
                  class_name, x1, y1, x2, y2);
}

static void circle(Html *html, int x, int y) {
    buffer_printf(html->out, "<circle class=\"dot\" cx=\"%d\" cy=\"%d\" r=\"55\"/>\n", x, y);
}

static void square(Html *html, int x, int y) {
    buffer_printf(html->out, "<rect class=\"dot\" x=\"%d\" y=\"%d\" width=\"110\" height=\"110\"/>\n",
                  x - 55, y - 55);
}

static void diamond(Html *html, int x, int y) {
    buffer_printf(html->out, "<path class=\"target\" d=\"M%d %dl80 80l-80 80l-80 -80z\"/>\n", x,
                  y - 80);
}

/* Opens figure and picture; the figure's title is what a reader of the page hears. */
static void figure_begin(Html *html, Slice title, Slice description, int height) {
    uint32_t label = html->labels + 1;
    html->labels += 2;
    html_raw(html, "<figure>\n<div class=\"chart\">\n");
    buffer_printf(html->out,
                  "<svg role=\"img\" aria-labelledby=\"label-%u label-%u\" viewBox=\"0 0 %d %d\" "
                  "xmlns=\"http://www.w3.org/2000/svg\">\n<title id=\"label-%u\">",
                  label, label + 1, WIDTH, height, label);
    html_text(html, title);
    buffer_printf(html->out, "</title>\n<desc id=\"label-%u\">", label + 1);
    html_text(html, description);
    html_raw(html, "</desc>\n");
}

static void figure_end(Html *html, Slice caption) {
    html_raw(html, "</svg>\n</div>\n<figcaption>");
    html_text(html, caption);
    html_raw(html, "</figcaption>\n</figure>\n");
}

static const char *zero_note(const Scale *scale) {
    return scale->low > 0 ? " The scale does not start at zero." : "";
}

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
    include(range, shown_number(shown, 0));
    if (!shown_limits(shown, 0, &lower, &upper)) return;
    include(range, lower);
    include(range, upper);
}

static Range trajectory_range(Trajectory *t) {
    Range range = {0, 0, false};
    const Kpi *kpi = t->kpi;
    include_shown(&range, kpi->baseline);
    if (has_newer(kpi)) include_shown(&range, kpi_newer(kpi));
    VEC_EACH(const KpiTarget, target, &kpi->targets)
    if (shown_present(target->level, 0)) include(&range, shown_number(target->level, 0));
    for (uint32_t cell = 0; kpi->trajectory.array && cell < kpi->trajectory.array->count; cell++)
        if (shown_present(kpi->trajectory, cell))
            include(&range, shown_number(kpi->trajectory, cell));
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
    for (int i = 0; i <= tick_count(&t->y); i++) {
        double tick = t->y.low + i * t->y.step;
        int y = position(&t->y, tick);
        line_between(html, "grid", PLOT_LEFT, y, PLOT_RIGHT, y);
        text_at(html, "axis", "end", PLOT_LEFT - 100, y + 45,
                tick_text(html, t->kpi->baseline.unit, &t->y, tick));
    }
    for (int32_t year = t->first; year <= t->last; year++)
        text_at(html, axis_class(t->last - t->first > 6, year - t->first), "middle",
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
                      position(&t->y, shown_number(t->kpi->baseline, 0)));
        started = true;
    }
    for (uint32_t cell = 0; cell < shown.array->count; cell++) {
        if (!shown_present(shown, cell)) continue;
        buffer_printf(t->html->out, "%s%d %d", started ? "L" : "M",
                      year_position(t, years->first + (int32_t)cell),
                      position(&t->y, shown_number(shown, cell)));
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
    text_at(t->html, "value", "middle", x, is_falling(t) ? y + 250 : y - 150, text);
}

/* What was measured in a year, with its limits; its label lies `aside` of it and so far down. */
static void measured_point(Trajectory *t, Shown shown, int32_t year,
                           void (*mark)(Html *, int, int), int down) {
    double lower, upper;
    int x = year_position(t, year), y = position(&t->y, shown_number(shown, 0));
    if (shown_limits(shown, 0, &lower, &upper))
        line_between(t->html, "interval", x, position(&t->y, lower), x, position(&t->y, upper));
    mark(t->html, x, y);
    text_at(t->html, "value", "start", x + 120, y + down,
            format_cell(t->html->arena, t->html->input, shown, 0, format_places(shown)));
}

static void trajectory_points(Trajectory *t) {
    const Kpi *kpi = t->kpi;
    if (kpi->baseline_year && shown_present(kpi->baseline, 0))
        measured_point(t, kpi->baseline, kpi->baseline_year, circle, is_falling(t) ? -70 : 170);
    if (has_newer(kpi)) measured_point(t, kpi_newer(kpi), kpi->measured_year, square, 170);
    VEC_EACH(const KpiTarget, target, &kpi->targets) {
        if (!target->year || !shown_present(target->level, 0)) continue;
        int x = year_position(t, target->year);
        int y = position(&t->y, shown_number(target->level, 0));
        diamond(t->html, x, y);
        value_label(t, target->level, x, y);
    }
}

/* The label of a point near the floor would lie in the axis, of one near the top outside. */
static void make_room(Scale *scale, Range range) {
    if (scale->low > 0 && range.low - scale->low < scale->step * 0.7) scale->low -= scale->step;
    if (scale->high - range.high < scale->step * 0.3) scale->high += scale->step;
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
    Range range = trajectory_range(&t);
    cover_years(&t);
    if (!range.any || t.first == t.last) return;
    t.y = scale_for(range, false, PLOT_BOTTOM, PLOT_TOP);
    make_room(&t.y, range);
    Slice title = decl_title(html->arena, kpi->decl);
    Slice caption = html_caption(html, title, kpi->baseline.unit);
    figure_begin(html, arena_printf(html->arena, "Planned course of: %.*s", SLICE_FMT(caption)),
                 SLICE("A line from the baseline through the targets. The table after the chart "
                       "has the same figures."),
                 LINE_HEIGHT);
    trajectory_axes(&t);
    trajectory_line(&t);
    trajectory_points(&t);
    figure_end(html, arena_printf(html->arena,
                                  "%.*s.%s%s%s%s", SLICE_FMT(caption), baseline_note(kpi),
                                  has_newer(kpi) ? " Square: latest year measured." : "",
                                  kpi->targets.count ? " Line: planned level. Diamonds: targets."
                                                     : "",
                                  zero_note(&t.y)));
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
        include(&range, shown_number(b->shown, cell));
        if (!shown_limits(b->shown, cell, &lower, &upper)) continue;
        include(&range, lower);
        include(&range, upper);
    }
    if (!b->bars && shown_present(b->whole, 0)) include(&range, shown_number(b->whole, 0));
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
    for (int i = 0; i <= tick_count(&b->x); i++) {
        double tick = b->x.low + i * b->x.step;
        int x = position(&b->x, tick);
        line_between(b->html, "grid", x, 300, x, bottom);
        text_at(b->html, axis_class(tick_count(&b->x) > 3, i), "middle", x, bottom + 200,
                tick_text(b->html, b->shown.unit, &b->x, tick));
    }
}

static void breakdown_whole(Breakdown *b, int bottom) {
    if (b->bars || !shown_present(b->whole, 0)) return;
    int x = position(&b->x, shown_number(b->whole, 0));
    line_between(b->html, "whole", x, 300, x, bottom);
    Slice value = format_cell(b->html->arena, b->html->input, b->whole, 0, b->places);
    text_at(b->html, "value", "middle", x, 210,
            arena_printf(b->html->arena, "All: %.*s", SLICE_FMT(value)));
}

static void breakdown_row(Breakdown *b, uint32_t cell, int y) {
    Html *html = b->html;
    double lower, upper;
    text_at(html, "label", "end", b->x.from - 130, y + 45,
            short_label(html, format_member(b->dim, cell)));
    if (!shown_present(b->shown, cell)) {
        text_at(html, "value", "start", b->x.from + 60, y + 45,
                slice_of(mark_text(MARK_CONFIDENTIAL)));
        return;
    }
    int x = position(&b->x, shown_number(b->shown, cell));
    if (b->bars) {
        buffer_printf(html->out,
                      "<rect class=\"bar\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"180\"/>\n",
                      b->x.from, y - 90, x - b->x.from);
    } else {
        if (shown_limits(b->shown, cell, &lower, &upper))
            line_between(html, "interval", position(&b->x, lower), y, position(&b->x, upper), y);
        circle(html, x, y);
    }
    text_at(html, "value", "end", WIDTH - 40, y + 45,
            format_cell(html->arena, html->input, b->shown, cell, b->places));
}

static Slice breakdown_caption(Breakdown *b, Slice caption) {
    const char *how = b->bars ? "Bars" : "Dots, with confidence limits as lines";
    const char *whole = !b->bars && shown_present(b->whole, 0)
                            ? " The dashed line is the figure for everyone."
                            : "";
    return arena_printf(b->html->arena, "%.*s. %s.%s%s", SLICE_FMT(caption), how, whole,
                        zero_note(&b->x));
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
    figure_begin(html, caption,
                 SLICE("One row for each group. The table after the chart has the same figures."),
                 bottom + 280);
    breakdown_axis(&b, bottom);
    breakdown_whole(&b, bottom);
    for (uint32_t cell = 0; cell < shown.array->count; cell++)
        breakdown_row(&b, cell, 340 + ROW / 2 + ROW * (int)cell);
    figure_end(html, breakdown_caption(&b, caption));
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
    text_at(html, "inside", "start", x + 70, y + 48, text);
}

static void share_row(Html *html, const Shares *shares, uint32_t year, int y) {
    const double *row = shares->shares + (size_t)year * shares->name_count;
    double left = 0;
    text_at(html, "label", "end", 800, y + 48, format_member(shares->years, year));
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
    figure_begin(html, title,
                 SLICE("A bar for each year, cut into shares. The table after the chart has the "
                       "same figures."),
                 SHARE_ROW * (int)shares->years->member_count);
    for (uint32_t i = 0; i < shares->years->member_count; i++)
        share_row(html, shares, i, SHARE_ROW * (int)i + SHARE_ROW / 2);
    Slice names = SLICE("");
    for (uint32_t i = 0; i < shares->name_count; i++)
        names = arena_printf(html->arena, "%.*s%s %.*s", SLICE_FMT(names), i ? "," : "",
                             SLICE_FMT(shares->names[i]));
    figure_end(html, arena_printf(html->arena, "%.*s. From left to right:%.*s.", SLICE_FMT(title),
                                  SLICE_FMT(names)));
}
