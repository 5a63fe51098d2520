/* Drawing: scales with round steps, and the lines, marks and frames of charts. */
#include "runtime/report/svg.h"

#include <math.h>

#include "runtime/base/number.h"

enum { TICKS = 5 };

/* ---- Scale -------------------------------------------------------------------------------- */

void range_include(Range *range, double value) {
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
Scale scale_for(Range range, bool from_zero, int from, int to) {
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

int scale_ticks(const Scale *scale) {
    return (int)lround((scale->high - scale->low) / scale->step);
}

int scale_position(const Scale *scale, double value) {
    double share = (value - scale->low) / (scale->high - scale->low);
    return scale->from + (int)lround(share * (scale->to - scale->from));
}

Slice scale_tick_text(Html *html, const ModuleUnit *unit, const Scale *scale, double tick) {
    return format_number(html->arena, unit, number_round_places(tick, scale->places),
                         scale->places);
}

/* ---- Pieces ------------------------------------------------------------------------------- */

void svg_text(Html *html, const char *class_name, const char *anchor, int x, int y, Slice text) {
    buffer_printf(html->out, "<text class=\"%s\" text-anchor=\"%s\" x=\"%d\" y=\"%d\">", class_name,
                  anchor, x, y);
    html_text(html, text);
    html_raw(html, "</text>\n");
}

const char *svg_axis_class(bool many, int at) {
    return many && at % 2 ? "axis odd" : "axis";
}

void svg_line(Html *html, const char *class_name, int x1, int y1, int x2, int y2) {
    buffer_printf(html->out, "<line class=\"%s\" x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\"/>\n",
                  class_name, x1, y1, x2, y2);
}

void svg_dot(Html *html, int x, int y) {
    buffer_printf(html->out, "<circle class=\"dot\" cx=\"%d\" cy=\"%d\" r=\"55\"/>\n", x, y);
}

void svg_square(Html *html, int x, int y) {
    buffer_printf(html->out,
                  "<rect class=\"dot\" x=\"%d\" y=\"%d\" width=\"110\" height=\"110\"/>\n", x - 55,
                  y - 55);
}

void svg_diamond(Html *html, int x, int y) {
    buffer_printf(html->out, "<path class=\"target\" d=\"M%d %dl80 80l-80 80l-80 -80z\"/>\n", x,
                  y - 80);
}

/* Opens figure and picture; the figure's title is what a reader of the page hears. */
void svg_figure_begin(Html *html, Slice title, Slice description, int height) {
    uint32_t label = html->labels + 1;
    html->labels += 2;
    html_raw(html, "<figure>\n<div class=\"chart\">\n");
    buffer_printf(html->out,
                  "<svg role=\"img\" aria-labelledby=\"label-%u label-%u\" viewBox=\"0 0 %d %d\" "
                  "xmlns=\"http://www.w3.org/2000/svg\">\n<title id=\"label-%u\">",
                  label, label + 1, SVG_WIDTH, height, label);
    html_text(html, title);
    buffer_printf(html->out, "</title>\n<desc id=\"label-%u\">", label + 1);
    html_text(html, description);
    html_raw(html, "</desc>\n");
}

void svg_figure_end(Html *html, Slice caption) {
    html_raw(html, "</svg>\n</div>\n<figcaption>");
    html_text(html, caption);
    html_raw(html, "</figcaption>\n</figure>\n");
}

const char *scale_zero_note(const Scale *scale) {
    return scale->low > 0 ? " The scale does not start at zero." : "";
}

/* The label of a point near the floor would lie in the axis, of one near the top outside. */
void scale_make_room(Scale *scale, Range range) {
    if (scale->low > 0 && range.low - scale->low < scale->step * 0.7) scale->low -= scale->step;
    if (scale->high - range.high < scale->step * 0.3) scale->high += scale->step;
}
