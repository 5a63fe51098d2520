/* What charts are drawn with: a scale, and pieces of SVG in tenths of a pixel. Everything from the
 * plan or the data is escaped on its way out. */
#ifndef RUNTIME_REPORT_SVG_H
#define RUNTIME_REPORT_SVG_H

#include "runtime/report/html.h"

enum { SVG_WIDTH = 6800 };

/* From a value to a place. */
typedef struct {
    double low, high, step;
    int from, to; /* tenths of a pixel; from may lie beyond to */
    int places;
} Scale;

/* What a chart must show. */
typedef struct {
    double low, high;
    bool any;
} Range;

void range_include(Range *range, double value); /* what is not finite is left out */

/* Starts at zero unless all lies in the upper half; bars always do. */
Scale scale_for(Range range, bool from_zero, int from, int to);
/* Widens it for labels of points near the floor and near the top. */
void scale_make_room(Scale *scale, Range range);
int scale_position(const Scale *scale, double value);
int scale_ticks(const Scale *scale); /* steps from low to high */
Slice scale_tick_text(Html *html, const ModuleUnit *unit, const Scale *scale, double tick);
const char *scale_zero_note(const Scale *scale); /* a sentence where it does not start at zero */

void svg_text(Html *html, const char *class_name, const char *anchor, int x, int y, Slice text);
/* On a narrow screen, where letters are larger, every other of many marks is left out. */
const char *svg_axis_class(bool many, int at);
void svg_line(Html *html, const char *class_name, int x1, int y1, int x2, int y2);
void svg_dot(Html *html, int x, int y);
void svg_square(Html *html, int x, int y);
void svg_diamond(Html *html, int x, int y);

/* Opens figure and picture, SVG_WIDTH wide; the title is what a reader of the page hears. */
void svg_figure_begin(Html *html, Slice title, Slice description, int height);
void svg_figure_end(Html *html, Slice caption);

#endif
