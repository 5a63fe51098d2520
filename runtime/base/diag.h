/* Diagnostics: what is wrong in the plan, said once, with the place, what is related to it
 * and, where possible, the edit that mends it. Names are stable; the table is diag.def.
 * Rendering is compiler/review's and the driver's: here they are collected and sorted. */
#ifndef RUNTIME_BASE_DIAG_H
#define RUNTIME_BASE_DIAG_H

#include "runtime/base/span.h"

typedef enum { SEVERITY_NOTE, SEVERITY_WARNING, SEVERITY_ERROR } Severity;

/* Rows of diag.def: DIAG(CONSTANT, "kebab-name", severity, "one line on what it means").
 * A rule of the language brings its own name, as text. */
typedef enum {
    DIAG_NONE,
#define DIAG(constant, name, severity, summary) DIAG_##constant,
#include "runtime/base/diag.def"
#undef DIAG
    DIAG_COUNT
} DiagName;

typedef struct {
    Slice message;
    Span span;
} DiagRelated;

typedef struct {
    Span span; /* replaced by `text`; empty span: insertion */
    Slice text;
} DiagEdit;

typedef struct {
    Slice name; /* kebab-case */
    Severity severity;
    Slice message;
    Slice label; /* a few words under the primary span; may be empty */
    Span span;
    Slice path; /* heading path: "Outcome: People age well > KPI: Falls"; may be empty */
    VEC(DiagRelated) related;
    Slice fix_message; /* empty: no fix */
    VEC(DiagEdit) edits;
    Slice allowed_because; /* set where an `allow` covers it */
} Diag;

typedef struct {
    Arena *arena;
    VEC(Diag *) items;
    uint32_t limit; /* at most so many are kept; 0: 1,000 */
} DiagBag;

void diag_bag_init(DiagBag *bag, Arena *arena);

/* Adds a diagnostic with the severity of its row; the message is printf-formatted. The result
 * may be refined with the functions below. Exact repeats (name, span, message) are dropped
 * when the bag is sorted. */
Diag *diag_add(DiagBag *bag, DiagName name, Span span, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
Diag *diag_add_named(DiagBag *bag, Slice name, Severity severity, Span span, Slice message);
void diag_relate(DiagBag *bag, Diag *diag, Span span, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* Sets the fix's message, or adds a further edit to it. */
void diag_fix(DiagBag *bag, Diag *diag, Span replaced, Slice text, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

/* By place, then name; repeats removed. */
void diag_bag_sort(DiagBag *bag);
uint32_t diag_bag_count(const DiagBag *bag, Severity at_least); /* allowed ones left out */

const char *diag_name_text(DiagName name);
Severity diag_name_severity(DiagName name);
const char *diag_name_summary(DiagName name);
DiagName diag_name_find(Slice name); /* DIAG_NONE */

#endif
