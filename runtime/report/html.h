/* Writing the report's HTML: escaped text, headings, tables, charts, cards. Whatever comes from
 * the plan or the data goes through `html_text` (or Markdown, which does): no function here
 * takes markup from outside. */
#ifndef RUNTIME_REPORT_HTML_H
#define RUNTIME_REPORT_HTML_H

#include "runtime/base/buffer.h"
#include "runtime/report/format.h"

/* Marks of absent cells, as government statistics write them. */
typedef enum { MARK_CONFIDENTIAL, MARK_NOT_AVAILABLE, MARK_NOT_APPLICABLE, MARK_COUNT } Mark;

typedef struct {
    const ReportInput *input;
    Arena *arena;
    Buffer *out;
    uint32_t labels;       /* numbered ids given out so far */
    bool used[MARK_COUNT]; /* in the table being written */
    bool quiet; /* the next caption repeats its heading: only for those who do not see it */
} Html;

/* ---- Text ------------------------------------------------------------------------------- */

void html_raw(Html *html, const char *markup);
void html_text(Html *html, Slice text); /* escaped; control characters become U+FFFD */
void html_element(Html *html, const char *tag, Slice text);
void html_heading(Html *html, int level, Slice text); /* 1 to 6; deeper ones are 6 */
void html_int(Html *html, int64_t value);

/* Markdown: paragraphs, lists, bold, italics, code, links to http, https and mailto. All else
 * is text. `html_inline` writes one run of text without blocks. */
void html_markdown(Html *html, Slice text);
void html_inline(Html *html, Slice text);

/* ---- Declarations ------------------------------------------------------------------------- */

bool decl_published(const ModuleDecl *decl); /* has a place, and so an id, in the report */
Slice decl_id(Html *html, const ModuleDecl *decl);
void html_link(Html *html, const ModuleDecl *decl); /* its title; a link where published */
void html_decl_heading(Html *html, int level, const ModuleDecl *decl); /* with the id */

/* A word of the plan and the name of a clause, as a reader knows them. */
Slice word_title(Html *html, Slice word);
Slice clause_title(Html *html, Slice clause);

/* A clause with its labels, in words; long texts and arrays as blocks. */
void html_field(Html *html, const ModuleField *field);
void html_value(Html *html, const FieldValue *value);
/* The values of a label; what follows `where` as it is written. */
void html_label_values(Html *html, const FieldLabel *label);
void html_values(Html *html, FieldValues values); /* with commas between */

/* A list of clauses as terms and descriptions: those named, in that order (repeated ones
 * together); and all that are not derived and not in `but`. NULL ends a list. Nothing is
 * written where there are none. */
void html_clauses(Html *html, const ModuleDecl *decl, const char *const *names);
void html_other_clauses(Html *html, const ModuleDecl *decl, const char *const *but);

/* A declaration of any kind: heading, comment, clauses, what stands within it. */
void html_card(Html *html, int level, const ModuleDecl *decl);

/* Several declarations as a table, a column for each clause or label of theirs; as cards where
 * that would not fit in one (long texts, many clauses, something within them). */
typedef VEC(const ModuleDecl *) Decls;
Decls decls_of_kind(Html *html, const char *kind, const ModuleDecl *parent); /* NULL: top level */
void html_decls(Html *html, int level, Slice caption, const Decls *decls);

/* What a plan has of that kind at top level, under a heading of its own. */
void html_kind(Html *html, int level, const char *kind, const char *title);

bool decl_is_top(const ReportInput *input, const ModuleDecl *decl);

/* ---- Lists of terms ------------------------------------------------------------------------- */

void html_terms_begin(Html *html);
void html_term(Html *html, Slice term); /* then the description, then html_term_end */
void html_term_end(Html *html);
void html_term_text(Html *html, const char *term, Slice text);
void html_terms_end(Html *html);

/* ---- Tables --------------------------------------------------------------------------------- */

void html_table_begin(Html *html, Slice caption);
void html_column(Html *html, Slice heading, bool right);
void html_rows_begin(Html *html);
void html_row_begin(Html *html); /* then exactly one row heading first */
void html_row_heading(Html *html, Slice text);
void html_row_heading_begin(Html *html);
void html_row_heading_end(Html *html);
void html_cell(Html *html, Slice text, bool right);     /* no text: "Not stated" */
void html_row_decl(Html *html, const ModuleDecl *decl); /* a row heading that links lead to */
void html_cell_begin(Html *html, bool right);
void html_cell_end(Html *html);
void html_row_end(Html *html);
void html_table_end(Html *html); /* explains the marks used in it */

/* A cell of a value, or the mark of its absence. */
void html_shown_cell(Html *html, Shown shown, uint32_t cell, int places);
void html_mark(Html *html, AbsentReason reason);
const char *mark_text(Mark mark);
const char *mark_meaning(Mark mark);

/* A value without dimensions in a sentence: with its unit, or why there is none. */
void html_scalar(Html *html, Shown shown);

/* A further column of an array's table, a cell each: a mark for the eye alone, and words. */
typedef struct {
    Slice heading;
    const char **marks;
    Slice *words; /* empty: not compared */
} HtmlMore;

/* Any array as a table; estimates with limits, counts and, unless NULL, more. */
void html_array_table(Html *html, Slice title, Shown shown, const HtmlMore *more);

/* Caption "TITLE, UNIT". */
Slice html_caption(Html *html, Slice title, const ModuleUnit *unit);

/* Several series over the same years in £ million, with totals. */
typedef struct {
    Slice label;
    const ModuleDecl *link; /* NULL: none */
    Shown by_year;
} MoneyRow;
typedef VEC(MoneyRow) MoneyRows;
void html_money_table(Html *html, Slice caption, const char *first_column, const MoneyRows *rows,
                      bool total);

/* ---- Charts --------------------------------------------------------------------------------- */

/* A line through the years with the baseline and the targets on it. */
void html_trajectory_chart(Html *html, const Kpi *kpi);

/* html_actuals.c: what was measured of a KPI; nothing where it has no actuals. */
void html_actuals(Html *html, int level, const ModuleDecl *kpi);

/* A dot and its interval for each member of one dimension; `whole` is drawn as a line across. */
void html_breakdown_chart(Html *html, Slice title, Shown shown, Shown whole);

/* A bar for each year, cut into the shares of each of `names`; `shares` is year by year, from 0
 * to 1, NaN where not known. */
typedef struct {
    const ModuleDim *years;
    const Slice *names;
    uint32_t name_count;
    const double *shares; /* years->member_count * name_count */
} Shares;
void html_shares_chart(Html *html, Slice title, const Shares *shares);

/* ---- Sections of the report: each writes nothing where the plan has nothing for it ---------- */

void report_summary(Html *html);
void section_forewords(Html *html);
void section_vision(Html *html);
void section_plan_on_a_page(Html *html);
void section_population(Html *html);
void section_needs(Html *html);
void section_priorities(Html *html);
void section_assumptions(Html *html);
void section_outcomes(Html *html);
void section_intentions(Html *html);
void section_change(Html *html);
void section_finance(Html *html);
void section_contracts(Html *html);
void section_evaluation(Html *html);
void section_risks(Html *html);
void section_involved(Html *html);
void section_evidence(Html *html);
void section_more(Html *html);
void section_figures(Html *html);
void section_appendix(Html *html);
void section_compliance(Html *html);
void section_data(Html *html);
void section_methods(Html *html);
void section_made(Html *html);
void section_glossary(Html *html);

/* Texts that a plan sets into a section (`section … { place needs }`). */
void html_placed_texts(Html *html, const char *place);

/* The style sheet, in parts; NULL ends it. */
extern const char *const report_style[];

#endif
