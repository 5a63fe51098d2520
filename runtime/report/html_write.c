/* The smallest pieces of the page: escaped text, headings, terms, tables, and the marks that
 * stand where a number cannot. */
#include "runtime/base/date.h"
#include "runtime/base/utf8.h"
#include "runtime/report/html.h"

enum { CROSSED_MAX = 8 }; /* columns of a table of two dimensions */

/* ---- Text ------------------------------------------------------------------------------- */

void html_raw(Html *html, const char *markup) {
    buffer_add_text(html->out, markup);
}

void html_int(Html *html, int64_t value) {
    buffer_printf(html->out, "%lld", (long long)value);
}

static const char *entity(uint32_t code) {
    switch (code) {
    case '&': return "&amp;";
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '"': return "&quot;";
    case '\'': return "&#39;";
    default: return NULL;
    }
}

static bool unwanted(uint32_t code) {
    if (code == '\n' || code == '\t') return false;
    return utf8_is_control(code) || utf8_is_bidirectional(code);
}

void html_text(Html *html, Slice text) {
    for (size_t at = 0; at < text.length;) {
        uint32_t code;
        at += utf8_decode_lossy(text, at, &code);
        if (entity(code))
            buffer_add_text(html->out, entity(code));
        else
            buffer_add_code_point(html->out, unwanted(code) ? UTF8_REPLACEMENT : code);
    }
}

void html_element(Html *html, const char *tag, Slice text) {
    buffer_printf(html->out, "<%s>", tag);
    html_text(html, text);
    buffer_printf(html->out, "</%s>", tag);
}

void html_heading(Html *html, int level, Slice text) {
    int shown = level > 6 ? 6 : level;
    buffer_printf(html->out, "<h%d>", shown);
    html_text(html, text);
    buffer_printf(html->out, "</h%d>\n", shown);
}

/* ---- Terms -------------------------------------------------------------------------------- */

void html_terms_begin(Html *html) {
    html_raw(html, "<dl class=\"terms\">\n");
}
void html_terms_end(Html *html) {
    html_raw(html, "</dl>\n");
}

void html_term(Html *html, Slice term) {
    html_raw(html, "<div><dt>");
    html_text(html, term);
    html_raw(html, "</dt><dd>");
}

void html_term_end(Html *html) {
    html_raw(html, "</dd></div>\n");
}

void html_term_text(Html *html, const char *term, Slice text) {
    html_term(html, slice_of(term));
    html_text(html, text);
    html_term_end(html);
}

/* ---- Tables ------------------------------------------------------------------------------- */

void html_table_begin(Html *html, Slice caption) {
    uint32_t label = ++html->labels;
    for (int mark = 0; mark < MARK_COUNT; mark++) html->used[mark] = false;
    buffer_printf(html->out,
                  "<div class=\"table\" role=\"region\" aria-labelledby=\"label-%u\" "
                  "tabindex=\"0\">\n<table>\n<caption id=\"label-%u\"%s>",
                  label, label, html->quiet ? " class=\"quiet\"" : "");
    html->quiet = false;
    html_raw(html, "<span>"); /* stays in the window where the table is wider than that */
    if (html->input->internal) html_raw(html, "<strong class=\"tag\">Internal</strong> ");
    html_text(html, caption);
    html_raw(html, "</span></caption>\n<thead><tr>");
}

void html_column(Html *html, Slice heading, bool right) {
    html_raw(html, right ? "<th scope=\"col\" class=\"n\">" : "<th scope=\"col\">");
    html_text(html, heading);
    html_raw(html, "</th>");
}

void html_rows_begin(Html *html) {
    html_raw(html, "</tr></thead>\n<tbody>\n");
}
void html_row_begin(Html *html) {
    html_raw(html, "<tr>");
}
void html_row_end(Html *html) {
    html_raw(html, "</tr>\n");
}
void html_row_heading_begin(Html *html) {
    html_raw(html, "<th scope=\"row\">");
}
void html_row_heading_end(Html *html) {
    html_raw(html, "</th>");
}

void html_row_decl(Html *html, const ModuleDecl *decl) {
    html_raw(html, "<th scope=\"row\" id=\"");
    html_text(html, decl_id(html, decl));
    html_raw(html, "\">");
    html_text(html, decl_title(html->arena, decl));
    html_raw(html, "</th>");
}

void html_row_heading(Html *html, Slice text) {
    html_row_heading_begin(html);
    html_text(html, text);
    html_row_heading_end(html);
}

void html_cell_begin(Html *html, bool right) {
    html_raw(html, right ? "<td class=\"n\">" : "<td>");
}

void html_cell_end(Html *html) {
    html_raw(html, "</td>");
}

void html_cell(Html *html, Slice text, bool right) {
    html_cell_begin(html, right);
    html_text(html, text.length ? text : SLICE("Not stated"));
    html_cell_end(html);
}

void html_table_end(Html *html) {
    html_raw(html, "</tbody>\n</table>\n</div>\n");
    bool any = false;
    for (int mark = 0; mark < MARK_COUNT; mark++) {
        if (!html->used[mark]) continue;
        html_raw(html, any ? " " : "<p class=\"key\">");
        html_raw(html, mark_text((Mark)mark));
        html_raw(html, " means ");
        html_raw(html, mark_meaning((Mark)mark));
        html_raw(html, ".");
        any = true;
    }
    if (any) html_raw(html, "</p>\n");
}

/* ---- Marks -------------------------------------------------------------------------------- */

const char *mark_text(Mark mark) {
    switch (mark) {
    case MARK_CONFIDENTIAL: return "[c]";
    case MARK_NOT_AVAILABLE: return "[x]";
    case MARK_NOT_APPLICABLE: return "[z]";
    case MARK_COUNT: break;
    }
    return "";
}

const char *mark_meaning(Mark mark) {
    switch (mark) {
    case MARK_CONFIDENTIAL: return "withheld so that nobody can be identified";
    case MARK_NOT_AVAILABLE: return "not available";
    case MARK_NOT_APPLICABLE: return "not applicable";
    case MARK_COUNT: break;
    }
    return "";
}

static Mark mark_of(AbsentReason reason) {
    switch (reason) {
    case ABSENT_SUPPRESSED: return MARK_CONFIDENTIAL;
    case ABSENT_NOT_CALCULABLE:
    case ABSENT_NO_POPULATION:
    case ABSENT_OUTSIDE_HORIZON: return MARK_NOT_APPLICABLE;
    default: return MARK_NOT_AVAILABLE;
    }
}

void html_mark(Html *html, AbsentReason reason) {
    Mark mark = mark_of(reason);
    html->used[mark] = true;
    html_raw(html, mark_text(mark));
}

void html_shown_cell(Html *html, Shown shown, uint32_t cell, int places) {
    html_cell_begin(html, !shown.array || shown_is_number(shown));
    if (!shown.array || cell >= shown.array->count)
        html_mark(html, ABSENT_OUTSIDE_HORIZON);
    else if (!shown_present(shown, cell))
        html_mark(html, array_absent(shown.array, cell));
    else
        html_text(html, format_cell(html->arena, html->input, shown, cell, places));
    html_cell_end(html);
}

static const char *absence_in_words(AbsentReason reason) {
    switch (reason) {
    case ABSENT_SUPPRESSED: return "Withheld so that nobody can be identified";
    case ABSENT_UNKNOWN: return "Not yet known";
    case ABSENT_TOO_FEW: return "Too few events for a reliable figure";
    case ABSENT_NOT_CALCULABLE: return "Cannot be calculated";
    case ABSENT_OUTSIDE_HORIZON: return "Outside the years of this plan";
    case ABSENT_NO_DATA: return "No data opened";
    case ABSENT_NO_POPULATION: return "Nobody to count";
    default: return "Not available";
    }
}

void html_scalar(Html *html, Shown shown) {
    if (shown_present(shown, 0)) {
        html_text(html, format_with_unit(html->arena, html->input, shown, 0));
        return;
    }
    AbsentReason reason = shown.array ? array_absent(shown.array, 0) : ABSENT_MISSING;
    html_raw(html, absence_in_words(reason));
    Slice note = shown.array ? absence_note(html->arena, shown) : SLICE("");
    if (!note.length) return;
    html_raw(html, reason == ABSENT_UNKNOWN ? " " : ": ");
    html_text(html, note);
}

/* ---- Arrays ------------------------------------------------------------------------------- */

static char small(char c) {
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

/* "People by place" says already that it counts people. */
static bool says_already(Slice title, Slice unit) {
    for (size_t at = 0; at + unit.length <= title.length; at++) {
        size_t same = 0;
        while (same < unit.length && small(title.data[at + same]) == small(unit.data[same])) same++;
        if (same == unit.length) return true;
    }
    return false;
}

Slice html_caption(Html *html, Slice title, const ModuleUnit *unit) {
    Slice text = format_unit(unit);
    if (unit->sort == UNIT_MONEY && unit->price_year) {
        Slice year = format_year(html->arena, unit->price_year);
        text = arena_printf(html->arena, "£ at %.*s prices", SLICE_FMT(year));
    }
    if (!text.length || says_already(title, text)) return title;
    return arena_printf(html->arena, "%.*s, %.*s", SLICE_FMT(title), SLICE_FMT(text));
}

static bool has_limits(Shown shown) {
    return shown.array->type.estimate && shown.array->lower;
}

static void limits_cell(Html *html, Shown shown, uint32_t cell, int places) {
    double lower, upper;
    bool present = shown_present(shown, cell);
    if (shown_limits(shown, cell, &lower, &upper)) {
        html_cell(html, format_limits(html->arena, shown, cell, places), true);
        return;
    }
    html_cell_begin(html, true);
    html_mark(html, present ? ABSENT_NOT_CALCULABLE : array_absent(shown.array, cell));
    html_cell_end(html);
}

/* At every level it is asked for. */
static void limits_cells(Html *html, Shown shown, uint32_t cell, int places) {
    Shown further;
    double level;
    limits_cell(html, shown, cell, places);
    for (uint32_t k = 1; shown_interval(html->input, shown, k, &further, &level); k++)
        limits_cell(html, further, cell, places);
}

static void count_cells(Html *html, Shown shown, uint32_t cell) {
    const Array *array = shown.array;
    const double *counts[] = {array->numerator, array->denominator};
    for (int i = 0; i < 2; i++) {
        html_cell_begin(html, true);
        if (shown_present(shown, cell))
            html_text(html, format_count(html->arena, counts[i][cell]));
        else
            html_mark(html, array_absent(array, cell));
        html_cell_end(html);
    }
}

static void more_cell(Html *html, const HtmlMore *more, uint32_t cell) {
    html_cell_begin(html, false);
    if (more->words[cell].length) {
        buffer_printf(html->out,
                      "<span class=\"compared\"><span class=\"side\" "
                      "aria-hidden=\"true\">%s</span> ",
                      more->marks[cell]);
        html_text(html, more->words[cell]);
        html_raw(html, "</span>");
    } else {
        html_raw(html, "Not compared");
    }
    html_cell_end(html);
}

static void array_columns(Html *html, Shown shown, const HtmlMore *more) {
    for (uint32_t axis = 0; axis < shown.array->type.dim_count; axis++)
        html_column(html, format_dim(html->arena, shown_dim(html->input, shown, axis)), false);
    html_column(html, SLICE("Value"), shown_is_number(shown));
    if (!has_limits(shown)) return;
    Shown further;
    double level;
    bool several = shown_interval(html->input, shown, 1, &further, &level);
    if (!several) html_column(html, SLICE("Confidence limits"), true);
    for (uint32_t k = 0; several && shown_interval(html->input, shown, k, &further, &level); k++)
        html_column(html,
                    arena_printf(html->arena, "%.*s confidence limits",
                                 SLICE_FMT(format_level(html->arena, level))),
                    true);
    if (more) html_column(html, more->heading, false);
    html_column(html, SLICE("Numerator"), true);
    html_column(html, SLICE("Denominator"), true);
}

static void array_row(Html *html, Shown shown, uint32_t cell, int places, const HtmlMore *more) {
    html_row_begin(html);
    for (uint32_t axis = 0; axis < shown.array->type.dim_count; axis++) {
        const ModuleDim *dim = shown_dim(html->input, shown, axis);
        html_row_heading(html, format_member(dim, shown_member(html->input, shown, cell, axis)));
    }
    html_shown_cell(html, shown, cell, places);
    if (has_limits(shown)) {
        limits_cells(html, shown, cell, places);
        if (more) more_cell(html, more, cell);
        count_cells(html, shown, cell);
    }
    html_row_end(html);
}

/* Two dimensions without intervals lie across each other. */
static bool is_crossed(Html *html, Shown shown) {
    return shown.array->type.dim_count == 2 && !has_limits(shown) &&
           shown_dim(html->input, shown, 1)->member_count <= CROSSED_MAX;
}

static void crossed_table(Html *html, Slice caption, Shown shown) {
    const ModuleDim *rows = shown_dim(html->input, shown, 0);
    const ModuleDim *columns = shown_dim(html->input, shown, 1);
    Slice across = format_in_sentence(html->arena, format_dim(html->arena, columns));
    caption = arena_printf(html->arena, "%.*s, by %.*s", SLICE_FMT(caption), SLICE_FMT(across));
    html_table_begin(html, caption);
    html_column(html, format_dim(html->arena, rows), false);
    for (uint32_t i = 0; i < columns->member_count; i++)
        html_column(html, format_member(columns, i), shown_is_number(shown));
    html_rows_begin(html);
    int places = format_places(shown);
    for (uint32_t i = 0; i < rows->member_count; i++) {
        html_row_begin(html);
        html_row_heading(html, format_member(rows, i));
        for (uint32_t k = 0; k < columns->member_count; k++)
            html_shown_cell(html, shown, i * columns->member_count + k, places);
        html_row_end(html);
    }
    html_table_end(html);
}

void html_array_table(Html *html, Slice title, Shown shown, const HtmlMore *more) {
    Slice caption = html_caption(html, title, shown.unit);
    if (is_crossed(html, shown)) {
        crossed_table(html, caption, shown);
        return;
    }
    html_table_begin(html, caption);
    array_columns(html, shown, more);
    html_rows_begin(html);
    int places = format_places(shown);
    for (uint32_t cell = 0; cell < shown.array->count; cell++)
        array_row(html, shown, cell, places, more);
    html_table_end(html);
}

/* ---- Money by year -------------------------------------------------------------------------- */

static int money_places(const MoneyRows *rows) {
    int places = 1;
    VEC_EACH(const MoneyRow, row, rows) places = format_million_places(row->by_year, places);
    return places;
}

static void money_cell(Html *html, Shown shown, uint32_t cell, int places) {
    html_cell_begin(html, true);
    if (cell == MODULE_NONE)
        html_mark(html, ABSENT_OUTSIDE_HORIZON);
    else if (!shown_present(shown, cell))
        html_mark(html, array_absent(shown.array, cell));
    else
        html_text(html, format_millions(html->arena, shown_number(shown, cell), places));
    html_cell_end(html);
}

/* The sum over the years; absent if any is. */
static void money_row_total(Html *html, Shown shown, int places) {
    double sum = 0;
    html_cell_begin(html, true);
    for (uint32_t cell = 0; cell < shown.array->count; cell++) {
        if (!shown_present(shown, cell)) {
            html_mark(html, array_absent(shown.array, cell));
            html_cell_end(html);
            return;
        }
        sum += shown_number(shown, cell);
    }
    html_text(html, format_millions(html->arena, sum, places));
    html_cell_end(html);
}

static void money_row(Html *html, const MoneyRow *row, const ModuleDim *years, int places) {
    html_row_begin(html);
    html_row_heading_begin(html);
    if (row->link)
        html_link(html, row->link);
    else
        html_text(html, row->label);
    if (row->link && row->label.length) {
        html_raw(html, ", ");
        html_text(html, format_in_sentence(html->arena, row->label));
    }
    html_row_heading_end(html);
    for (uint32_t i = 0; i < years->member_count; i++)
        money_cell(html, row->by_year,
                   shown_year_cell(html->input, row->by_year, years->first + (int32_t)i), places);
    money_row_total(html, row->by_year, places);
    html_row_end(html);
}

/* The sum of the rows in one year, or in all where `year` is 0. */
static void money_total_cell(Html *html, const MoneyRows *rows, int32_t year, int places) {
    double sum = 0;
    AbsentReason reason = ABSENT_NONE;
    VEC_EACH(const MoneyRow, row, rows)
    for (uint32_t cell = 0; cell < row->by_year.array->count; cell++) {
        if (year && shown_year_cell(html->input, row->by_year, year) != cell) continue;
        reason = absent_merge(reason, array_absent(row->by_year.array, cell));
        if (shown_present(row->by_year, cell)) sum += shown_number(row->by_year, cell);
    }
    html_cell_begin(html, true);
    if (reason == ABSENT_NONE)
        html_text(html, format_millions(html->arena, sum, places));
    else
        html_mark(html, reason);
    html_cell_end(html);
}

static void money_total(Html *html, const MoneyRows *rows, const ModuleDim *years, int places) {
    html_raw(html, "<tr class=\"total\">");
    html_row_heading(html, SLICE("Total"));
    for (uint32_t i = 0; i < years->member_count; i++)
        money_total_cell(html, rows, years->first + (int32_t)i, places);
    money_total_cell(html, rows, 0, places);
    html_row_end(html);
}

void html_money_table(Html *html, Slice caption, const char *first_column, const MoneyRows *rows,
                      bool total) {
    const ModuleDim *years = shown_dim(html->input, rows->items[0].by_year, 0);
    int places = money_places(rows);
    html_table_begin(html, arena_printf(html->arena, "%.*s, £ million", SLICE_FMT(caption)));
    html_column(html, slice_of(first_column), false);
    for (uint32_t i = 0; i < years->member_count; i++)
        html_column(html, format_member(years, i), true);
    html_column(html, SLICE("All years"), true);
    html_rows_begin(html);
    VEC_EACH(const MoneyRow, row, rows) money_row(html, row, years, places);
    if (total && rows->count > 1) money_total(html, rows, years, places);
    html_table_end(html);
}
