/* Lines of source quoted under a message, with what is meant underlined. Shows what was
 * written, but lets nothing in it steer the terminal: control characters and marks of direction
 * are spelt out, and a line of any length is cut around what is underlined. */
#ifndef COMPILER_REVIEW_EXCERPT_H
#define COMPILER_REVIEW_EXCERPT_H

#include "runtime/base/buffer.h"
#include "runtime/base/diag.h"

typedef enum {
    PAINT_NONE,
    PAINT_ERROR,
    PAINT_WARNING,
    PAINT_NOTE,
    PAINT_GUTTER,
    PAINT_RELATED,
    PAINT_HELP,
    PAINT_STRONG,
} Paint;

/* Appends the text (made plain) in that colour; without colour just the text. */
void paint_text(Buffer *out, bool colour, Paint paint, Slice text);

/* A place to underline and what to say beside it (may be empty). */
typedef struct {
    Span span;
    Slice label;
    bool primary;
} Mark;

typedef VEC(Mark) Marks;

typedef struct {
    const SourceMap *sources;
    Buffer *out;
    bool colour;
    Paint primary; /* colour of what is primarily underlined */
    int gutter;    /* width of the widest line number */
} Excerpt;

/* The lines of the marks, all in `source`, in order, each with its underlines. Of a mark over
 * several lines the first and the last are shown. */
void excerpt_marks(const Excerpt *excerpt, const Source *source, const Marks *marks);

/* A line that stands in no source, as a fix would make it; shown around its byte `wanted`. */
void excerpt_line(const Excerpt *excerpt, uint32_t line, Slice text, size_t wanted);

/* How many digits the number of the line has in which the offset lies. */
int excerpt_digits(const SourceMap *sources, uint32_t offset);

#endif
