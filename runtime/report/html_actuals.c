/* What was measured of a KPI, in the report: signs for variation, assurance and trend with their
 * words, a control chart, and a table with the same figures. A special cause is told by the shape
 * of its point, never by colour alone. */
#include <math.h>

#include "runtime/report/actuals.h"
#include "runtime/report/svg.h"

enum { LEFT = 900, RIGHT = 6500, TOP = 620, BOTTOM = 2900, HEIGHT = 3300, LABELS = 7 };

typedef struct {
    Html *html;
    const Actuals *actuals;
    Scale y;
    int places;
} Control;

/* ---- Points --------------------------------------------------------------------------------- */

typedef enum { POINT_COMMON, POINT_BETTER, POINT_WORSE, POINT_NEITHER } PointShape;

static PointShape shape_of(const Actuals *actuals, uint32_t cell) {
    Slice kind = actuals_text(actuals->variation, cell);
    if (text_is(kind, "improvement")) return POINT_BETTER;
    if (text_is(kind, "concern")) return POINT_WORSE;
    if (text_is(kind, "high") || text_is(kind, "low")) return POINT_NEITHER;
    return POINT_COMMON;
}

/* A circle, a diamond, a triangle, a square. */
static void draw_point(Html *html, PointShape shape, int x, int y) {
    switch (shape) {
    case POINT_COMMON:
        buffer_printf(html->out, "<circle class=\"common\" cx=\"%d\" cy=\"%d\" r=\"48\"/>\n", x, y);
        return;
    case POINT_BETTER:
        buffer_printf(html->out, "<path class=\"better\" d=\"M%d %dl85 85l-85 85l-85 -85z\"/>\n", x,
                      y - 85);
        return;
    case POINT_WORSE:
        buffer_printf(html->out, "<path class=\"worse\" d=\"M%d %dl88 150h-176z\"/>\n", x, y - 95);
        return;
    case POINT_NEITHER:
        buffer_printf(html->out,
                      "<rect class=\"neither\" x=\"%d\" y=\"%d\" width=\"120\" height=\"120\"/>\n",
                      x - 60, y - 60);
        return;
    }
}

/* ---- Chart ---------------------------------------------------------------------------------- */

static int x_of(const Control *c, uint32_t cell) {
    uint32_t count = c->actuals->end - c->actuals->first;
    if (count < 2) return (LEFT + RIGHT) / 2;
    return LEFT + 150 +
           (int)((int64_t)(RIGHT - LEFT - 300) * (cell - c->actuals->first) / (count - 1));
}

static void range_of(const Control *c, Range *range) {
    const Shown lines[] = {c->actuals->values, c->actuals->mean, c->actuals->lower,
                           c->actuals->upper};
    for (int i = 0; i < 4; i++)
        for (uint32_t cell = c->actuals->first; lines[i].array && cell < c->actuals->end; cell++)
            if (shown_present(lines[i], cell)) range_include(range, shown_number(lines[i], cell));
    if (shown_is_number(c->actuals->target) && shown_present(c->actuals->target, 0))
        range_include(range, shown_number(c->actuals->target, 0));
}

static void draw_axes(Control *c) {
    const Actuals *a = c->actuals;
    for (int i = 0; i <= scale_ticks(&c->y); i++) {
        double tick = c->y.low + i * c->y.step;
        int y = scale_position(&c->y, tick);
        svg_line(c->html, "grid", LEFT, y, RIGHT, y);
        svg_text(c->html, "axis", "end", LEFT - 100, y + 45,
                 scale_tick_text(c->html, a->values.unit, &c->y, tick));
    }
    uint32_t count = a->end - a->first, step = (count + LABELS - 1) / LABELS;
    int label = 0;
    for (uint32_t cell = a->first; cell < a->end; cell += step ? step : 1)
        svg_text(c->html, svg_axis_class(count > 3, label++), "middle", x_of(c, cell), BOTTOM + 260,
                 actuals_period_short(c->html->arena, a->periods, cell));
}

static bool is_break(const Actuals *actuals, uint32_t cell) {
    VEC_EACH(const ActualsBreak, found, &actuals->breaks)
    if (found->cell == cell) return true;
    return false;
}

/* Where a stretch between breaks begins and ends: half way between its points and the next. */
static int stretch_edge(const Control *c, uint32_t cell) {
    if (cell <= c->actuals->first) return LEFT;
    if (cell >= c->actuals->end) return RIGHT;
    return (x_of(c, cell - 1) + x_of(c, cell)) / 2;
}

/* One level of a limit or the mean from break to break; of a point that is missing the level of its
 * stretch is that of another. */
static void draw_level(Control *c, Shown shown, const char *class_name) {
    const Actuals *a = c->actuals;
    for (uint32_t from = a->first, to; shown.array && from < a->end; from = to) {
        uint32_t there = MODULE_NONE;
        for (to = from; to < a->end && (to == from || !is_break(a, to)); to++)
            if (there == MODULE_NONE && shown_present(shown, to)) there = to;
        if (there == MODULE_NONE) continue;
        int y = scale_position(&c->y, shown_number(shown, there));
        svg_line(c->html, class_name, stretch_edge(c, from), y, stretch_edge(c, to), y);
    }
}

static void draw_breaks(Control *c) {
    VEC_EACH(const ActualsBreak, found, &c->actuals->breaks) {
        if (found->cell <= c->actuals->first || found->cell >= c->actuals->end) continue;
        int x = stretch_edge(c, found->cell);
        svg_line(c->html, "break", x, TOP - 80, x, BOTTOM);
        svg_text(c->html, "axis", "middle", x, TOP - 120, SLICE("Break"));
    }
}

/* How far the nearest point lies from a height, among those under a label at one end. */
static int clearance(const Control *c, bool right, int y) {
    enum { LABEL_WIDTH = 1500 };
    const Actuals *a = c->actuals;
    int nearest = HEIGHT;
    for (uint32_t cell = a->first; cell < a->end; cell++) {
        int x = x_of(c, cell);
        bool under = right ? x > RIGHT - LABEL_WIDTH : x < LEFT + LABEL_WIDTH;
        if (!under || !shown_present(a->values, cell)) continue;
        int distance = scale_position(&c->y, shown_number(a->values, cell)) - y;
        if (distance < 0) distance = -distance;
        if (distance < nearest) nearest = distance;
    }
    return nearest;
}

/* Its label stands where the points leave most room: at either end, above the line or below. */
static void draw_target(Control *c) {
    enum { ABOVE = -60, BELOW = 170, MIDDLE = 50 };
    Shown target = c->actuals->target;
    if (!shown_is_number(target) || !shown_present(target, 0)) return;
    int y = scale_position(&c->y, shown_number(target, 0)), most = -1, at = y + ABOVE;
    bool at_right = true;
    svg_line(c->html, "aim", LEFT, y, RIGHT, y);
    for (int place = 0; place < 4; place++) {
        bool right = place < 2;
        int line = y + (place % 2 ? BELOW : ABOVE);
        int room = clearance(c, right, line - MIDDLE);
        if (line > BOTTOM - 20 || room <= most) continue;
        most = room;
        at = line;
        at_right = right;
    }
    Slice value = format_cell(c->html->arena, c->html->input, target, 0, c->places);
    svg_text(c->html, "value", at_right ? "end" : "start", at_right ? RIGHT : LEFT + 40, at,
             arena_printf(c->html->arena, "Target %.*s", SLICE_FMT(value)));
}

static void draw_points(Control *c) {
    const Actuals *a = c->actuals;
    bool started = false;
    html_raw(c->html, "<path class=\"run\" d=\"");
    for (uint32_t cell = a->first; cell < a->end; cell++) {
        bool there = shown_present(a->values, cell);
        if (there)
            buffer_printf(c->html->out, "%s%d %d", started && !is_break(a, cell) ? "L" : "M",
                          x_of(c, cell), scale_position(&c->y, shown_number(a->values, cell)));
        started = there;
    }
    html_raw(c->html, "\"/>\n");
    for (uint32_t cell = a->first; cell < a->end; cell++)
        if (shown_present(a->values, cell))
            draw_point(c->html, shape_of(a, cell), x_of(c, cell),
                       scale_position(&c->y, shown_number(a->values, cell)));
}

/* Only shapes that there are. */
static void draw_key(Control *c) {
    static const char *const words[] = {"No special cause", "Improvement", "Concern",
                                        "Special cause"};
    bool there[4] = {false, false, false, false};
    const Actuals *a = c->actuals;
    for (uint32_t cell = a->first; cell < a->end; cell++)
        if (shown_present(a->values, cell)) there[shape_of(a, cell)] = true;
    int x = LEFT + 60;
    for (int shape = 0; shape < 4; shape++) {
        if (!there[shape]) continue;
        draw_point(c->html, (PointShape)shape, x, 160);
        svg_text(c->html, "axis", "start", x + 140, 205, slice_of(words[shape]));
        x += shape == POINT_COMMON ? 2000 : 1650;
    }
}

static void control_chart(Html *html, const Actuals *actuals, Slice title) {
    Control c = {.html = html, .actuals = actuals, .places = format_places(actuals->values)};
    Range range = {0, 0, false};
    range_of(&c, &range);
    if (!range.any) return;
    c.y = scale_for(range, false, BOTTOM, TOP);
    scale_make_room(&c.y, range);
    Slice caption = html_caption(html, title, actuals->values.unit);
    Slice variation = actuals_variation(html->arena, actuals);
    svg_figure_begin(
        html, arena_printf(html->arena, "Control chart of: %.*s", SLICE_FMT(caption)),
        arena_printf(html->arena,
                     "%u periods, each a point, with the mean and the process limits.%s%.*s. The "
                     "table after the chart has the same figures.",
                     actuals->end - actuals->first, variation.length ? " " : "",
                     SLICE_FMT(variation)),
        HEIGHT);
    draw_key(&c);
    draw_axes(&c);
    draw_breaks(&c);
    draw_level(&c, actuals->mean, "centre");
    draw_level(&c, actuals->lower, "limit");
    draw_level(&c, actuals->upper, "limit");
    draw_target(&c);
    draw_points(&c);
    bool limits = actuals->upper.array && shown_present(actuals->upper, actuals->end - 1);
    svg_figure_end(html, arena_printf(html->arena, "%.*s. Solid line across: mean.%s%s%s",
                                      SLICE_FMT(caption),
                                      limits ? " Dashed lines: process limits, between which "
                                               "points lie while nothing changes."
                                             : "",
                                      actuals->target.array && shown_present(actuals->target, 0)
                                          ? " Dotted line: target."
                                          : "",
                                      scale_zero_note(&c.y)));
}

/* ---- Signs ---------------------------------------------------------------------------------- */

static void sign_begin(Html *html, const char *label) {
    buffer_printf(html->out,
                  "<li class=\"sign\"><svg viewBox=\"0 0 96 96\" role=\"img\" aria-label=\"%s\">",
                  label);
}

static void sign_end(Html *html, const char *name, Slice words) {
    html_raw(html, "</svg><div><strong>");
    html_text(html, slice_of(name));
    html_raw(html, "</strong><br>");
    html_text(html, words);
    html_raw(html, "</div></li>\n");
}

/* Points within two lines, or leaving them upwards or downwards; an improvement has a tick, a
 * concern an exclamation mark. */
static void variation_sign(Html *html, const Actuals *actuals) {
    Slice words = actuals_variation(html->arena, actuals);
    if (!words.length) return;
    PointShape shape = shape_of(actuals, actuals->end - 1);
    Shown mean = actuals->mean;
    uint32_t last = actuals->end - 1;
    bool high = mean.array && shown_present(mean, last) &&
                shown_number(actuals->values, last) > shown_number(mean, last);
    static const char *const labels[] = {"Common cause", "Improvement", "Concern", "Special cause"};
    sign_begin(html, labels[shape]);
    buffer_printf(html->out, "<circle class=\"s%d\" cx=\"48\" cy=\"48\" r=\"44\"/>", (int)shape);
    html_raw(html, "<path class=\"band\" d=\"M12 34h72M12 62h72\"/>");
    if (shape == POINT_COMMON)
        html_raw(html, "<path class=\"trace\" d=\"M16 50L28 42L40 54L52 44L64 52L80 46\"/>");
    else if (high)
        html_raw(html, "<path class=\"trace\" d=\"M16 56L30 50L42 54L56 38L70 22M70 22l-11 2M70 "
                       "22l-1 11\"/>");
    else
        html_raw(html, "<path class=\"trace\" d=\"M16 40L30 46L42 42L56 58L70 74M70 74l-11 -2M70 "
                       "74l-1 -11\"/>");
    if (shape == POINT_BETTER)
        buffer_printf(html->out, "<path class=\"mark\" d=\"M22 %dl7 8l14 -16\"/>", high ? 22 : 76);
    if (shape == POINT_WORSE)
        buffer_printf(html->out, "<path class=\"mark\" d=\"M32 %dv14M32 %dv3\"/>", high ? 12 : 66,
                      high ? 31 : 85);
    sign_end(html, "Variation", words);
}

/* A band for the process and a line for the target: inside it, or on its good or bad side. */
static void assurance_sign(Html *html, const Actuals *actuals) {
    const char *words = actuals_assurance(actuals);
    if (!*words) return;
    bool pass = text_is(actuals->assurance, "will pass"),
         fail = text_is(actuals->assurance, "will fail");
    sign_begin(html, pass   ? "Will meet the target"
                     : fail ? "Will not meet the target"
                            : "May or may not meet the target");
    buffer_printf(html->out, "<circle class=\"s%d\" cx=\"48\" cy=\"48\" r=\"44\"/>",
                  pass   ? 1
                  : fail ? 2
                         : 0);
    buffer_printf(html->out,
                  "<rect class=\"process\" x=\"18\" y=\"%d\" width=\"60\" height=\"22\"/>",
                  pass || fail ? 54 : 37);
    buffer_printf(html->out, "<path class=\"goal\" d=\"M12 %dh72\"/>", pass || fail ? 44 : 48);
    html_raw(html, pass ? "<path class=\"mark\" d=\"M38 26l8 9l16 -18\"/>"
                   : fail
                       ? "<path class=\"mark\" d=\"M40 16l16 16M56 16l-16 16\"/>"
                       : "<path class=\"mark\" d=\"M42 20q0 -8 7 -8q7 0 7 7q0 5 -7 8M49 32v2\"/>");
    sign_end(html, "Target", slice_of(words));
}

static void trend_sign(Html *html, const Actuals *actuals) {
    Slice words = actuals_trend(html->arena, actuals);
    if (!words.length) return;
    bool up = text_is(actuals->trend, "increasing"), down = text_is(actuals->trend, "decreasing");
    bool level = text_is(actuals->trend, "no significant change");
    bool better = text_is(actuals->judged, "getting better");
    bool worse = text_is(actuals->judged, "getting worse");
    sign_begin(html, up ? "Increasing" : down ? "Decreasing" : level ? "No change" : "Not known");
    buffer_printf(html->out, "<circle class=\"s%d\" cx=\"48\" cy=\"48\" r=\"44\"/>",
                  better  ? 1
                  : worse ? 2
                          : 0);
    html_raw(html, up      ? "<path class=\"arrow\" d=\"M48 76V24M48 24l-18 18M48 24l18 18\"/>"
                   : down  ? "<path class=\"arrow\" d=\"M48 20v52M48 72l-18 -18M48 72l18 -18\"/>"
                   : level ? "<path class=\"arrow\" d=\"M20 48h52M72 48l-16 -16M72 48l-16 16\"/>"
                           : "<path class=\"arrow\" d=\"M30 48h36\"/>");
    sign_end(html, "Recent trend", words);
}

/* ---- Words and table ------------------------------------------------------------------------ */

static void standing(Html *html, const Actuals *actuals) {
    Slice text = actuals_standing(html->arena, html->input, actuals);
    if (!text.length) return;
    html_raw(html, "<p>");
    html_text(html, word_for_readers(html->arena, text));
    html_raw(html, actuals->newer ? ". These figures are newer than the people\u2019s data, and the "
                                    "KPI is judged by them.</p>\n"
                                  : ".</p>\n");
}

static bool any_limits(const Actuals *actuals) {
    double lower, upper;
    for (uint32_t cell = actuals->first; cell < actuals->end; cell++)
        if (shown_limits(actuals->values, cell, &lower, &upper)) return true;
    return false;
}

/* "3,771 to 4,226"; empty where there are none. */
static Slice process_limits(Html *html, const Actuals *a, uint32_t cell, int places) {
    if (!a->lower.array || !shown_present(a->lower, cell) || !shown_present(a->upper, cell))
        return SLICE("");
    return arena_printf(
        html->arena, "%.*s to %.*s",
        SLICE_FMT(format_cell(html->arena, html->input, a->lower, cell, places)),
        SLICE_FMT(format_cell(html->arena, html->input, a->upper, cell, places)));
}

static Slice mean_text(Html *html, const Actuals *a, uint32_t cell, int places) {
    bool there = a->mean.array && shown_present(a->mean, cell);
    return there ? format_cell(html->arena, html->input, a->mean, cell, places) : SLICE("");
}

/* What is not there: of a period that was not measured, or of too few. */
static void limits_cell(Html *html, Slice text) {
    html_cell(html, text.length ? text : SLICE("None"), true);
}

static void points_table(Html *html, const Actuals *a, Slice title) {
    int places = format_places(a->values);
    bool limits = any_limits(a);
    html_table_begin(html, html_caption(html, title, a->values.unit));
    html_column(html, SLICE("Period"), false);
    html_column(html, SLICE("Value"), true);
    if (limits) html_column(html, SLICE("Confidence limits"), true);
    html_column(html, SLICE("Mean"), true);
    html_column(html, SLICE("Process limits"), true);
    html_column(html, SLICE("Signal"), false);
    html_rows_begin(html);
    for (uint32_t cell = a->first; cell < a->end; cell++) {
        html_row_begin(html);
        html_row_heading(html, actuals_period(html->arena, a->periods, cell));
        html_shown_cell(html, a->values, cell, places);
        if (limits) limits_cell(html, format_limits(html->arena, a->values, cell, places));
        limits_cell(html, mean_text(html, a, cell, places));
        limits_cell(html, process_limits(html, a, cell, places));
        Slice kind = actuals_text(a->variation, cell), signal = actuals_text(a->signal, cell);
        bool common = text_is(kind, "common cause") || !kind.length;
        html_cell(html,
                  common ? SLICE("None")
                         : arena_printf(html->arena, "%.*s: %.*s",
                                        SLICE_FMT(word_for_readers(html->arena, kind)),
                                        SLICE_FMT(signal)),
                  false);
        html_row_end(html);
    }
    html_table_end(html);
}

static Slice written_period(Html *html, const Actuals *a, uint32_t cell, Slice written) {
    return cell == MODULE_NONE ? written : actuals_period(html->arena, a->periods, cell);
}

static void remarks(Html *html, const Actuals *a) {
    static const char *const own[] = {"source", NULL};
    int places = format_places(a->values);
    if (!a->breaks.count && !a->revisions.count) {
        html_clauses(html, a->decl, own);
        return;
    }
    html_terms_begin(html);
    VEC_EACH(const ActualsBreak, found, &a->breaks)
    html_term_text(html, "Break",
                   arena_printf(html->arena,
                                "%.*s: %.*s. Figures before and after are not compared.",
                                SLICE_FMT(written_period(html, a, found->cell, found->written)),
                                SLICE_FMT(found->because)));
    VEC_EACH(const ActualsRevision, found, &a->revisions) {
        Slice was = shown_is_number(found->was) && shown_present(found->was, 0)
                        ? arena_printf(html->arena, ", published before as %.*s",
                                       SLICE_FMT(format_cell(html->arena, html->input, found->was,
                                                             0, places)))
                        : SLICE("");
        html_term_text(html, "Revised",
                       arena_printf(html->arena, "%.*s%.*s: %.*s",
                                    SLICE_FMT(written_period(html, a, found->cell, found->written)),
                                    SLICE_FMT(was), SLICE_FMT(found->because)));
    }
    html_terms_end(html);
    html_clauses(html, a->decl, own);
}

void html_actuals(Html *html, int level, const ModuleDecl *kpi) {
    Actuals actuals;
    if (!actuals_read(html->input, html->arena, kpi, &actuals)) return;
    html_decl_heading(html, level, actuals.decl);
    html_markdown(html, actuals.decl->doc);
    if (actuals.first == actuals.end) {
        html_raw(html, "<p>Nothing has been measured yet.</p>\n");
        return;
    }
    Slice title = decl_title(html->arena, actuals.decl);
    standing(html, &actuals);
    html_raw(html, "<ul class=\"signs\">\n");
    variation_sign(html, &actuals);
    assurance_sign(html, &actuals);
    trend_sign(html, &actuals);
    html_raw(html, "</ul>\n");
    control_chart(html, &actuals, title);
    points_table(html, &actuals, title);
    remarks(html, &actuals);
}
