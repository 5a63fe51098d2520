/* The page: its head, the order of its sections, contents, banners. A section that has nothing
 * to say does not appear, in the contents neither. */
#include "runtime/report/html.h"

#include "runtime/base/date.h"

typedef struct {
    const char *id, *title;
    void (*write)(Html *html);
    bool new_sheet; /* begins one when printed */
} Section;

/* In the order readers of plans expect. */
static const Section sections[] = {
    {"foreword", "Foreword", section_forewords, false},
    {"vision", "Our vision", section_vision, false},
    {"plan-on-a-page", "The plan on a page", section_plan_on_a_page, false},
    {"population", "Our population", section_population, false},
    {"needs", "Needs and services today", section_needs, false},
    {"priorities", "How priorities were chosen", section_priorities, false},
    {"outcomes", "Outcomes and indicators", section_outcomes, true},
    {"intentions", "Commissioning intentions", section_intentions, true},
    {"change", "Joint working and change", section_change, false},
    {"finance", "Finance", section_finance, true},
    {"contracts", "Contracts and providers", section_contracts, false},
    {"evaluation", "How we will judge the plan", section_evaluation, false},
    {"risks", "Risks", section_risks, false},
    {"involved", "Who is involved", section_involved, false},
    {"more", "Further parts of the plan", section_more, false},
    {"assumptions", "Assumptions and scenarios", section_assumptions, false},
    {"figures", "Other figures", section_figures, false},
    {"evidence", "Documents and evidence", section_evidence, false},
    {"appendix", "Appendix", section_appendix, false},
    {"requirements", "Requirements on this plan", section_compliance, true},
    {"data", "Data sources", section_data, false},
    {"methods", "Methods and protection of people", section_methods, false},
    {"made", "How this report was made", section_made, false},
    {"glossary", "Glossary", section_glossary, false},
};
enum { SECTION_COUNT = sizeof sections / sizeof *sections };

/* ---- Head ------------------------------------------------------------------------------------ */

static Slice page_title(Html *html) {
    const ModuleDecl *plan = plan_decl(html->input);
    return plan ? decl_title(html->arena, plan) : SLICE("Plan");
}

static const ModuleDecl *board(Html *html) {
    return value_decl(html->input, decl_value(plan_decl(html->input), "board"));
}

static void head(Html *html) {
    html_raw(html, "<!DOCTYPE html>\n<html lang=\"en-GB\">\n<head>\n<meta charset=\"utf-8\">\n"
                   "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                   "<meta name=\"generator\" content=\"scpc ");
    html_text(html, html->input->version);
    html_raw(html, "\">\n<title>");
    if (html->input->internal) html_raw(html, "INTERNAL: ");
    html_text(html, page_title(html));
    if (board(html)) {
        html_raw(html, " - ");
        html_text(html, decl_title(html->arena, board(html)));
    }
    html_raw(html, "</title>\n<style>\n");
    for (const char *const *part = report_style; *part; part++) html_raw(html, *part);
    html_raw(html, "</style>\n</head>\n");
}

static void banners(Html *html) {
    if (html->input->internal)
        html_raw(html, "<div class=\"banner internal\" role=\"note\"><p class=\"width\"><strong>"
                       "Internal: not for publication.</strong> The figures on this page are exact "
                       "and not protected.</p></div>\n");
    if (!html->input->module->final_status)
        html_raw(html, "<div class=\"banner draft\" role=\"note\"><p class=\"width\"><strong>Draft."
                       "</strong> This plan has not been agreed and may change.</p></div>\n");
}

static void period(Html *html) {
    const Module *module = html->input->module;
    html_text(html, format_year(html->arena, module->horizon_first));
    html_raw(html, " to ");
    html_text(html, format_year(html->arena, module->horizon_last));
}

static void header(Html *html) {
    html_raw(html, "<a class=\"skip\" href=\"#main\">Skip to main content</a>\n"
                   "<header>\n<div class=\"bar\"><p class=\"width\">");
    if (board(html)) html_text(html, decl_title(html->arena, board(html)));
    html_raw(html, "</p></div>\n<div class=\"hero\"><div class=\"width\">\n");
    html_element(html, "h1", page_title(html));
    html_raw(html, "\n<p class=\"lead\">");
    period(html);
    html_raw(html, "</p>\n</div></div>\n");
    banners(html);
    html_raw(html, "</header>\n");
}

/* ---- Summary --------------------------------------------------------------------------------- */

static void partners(Html *html, const ModuleDecl *plan) {
    bool open = false;
    for (const ModuleField *field = decl_field(plan, "partner"); field;
         field = next_field(plan, field, "partner")) {
        if (!open)
            html_term(html, SLICE("Partners"));
        else
            html_raw(html, ", ");
        html_values(html, (FieldValues){field->values.items, field->values.count});
        open = true;
    }
    if (open) html_term_end(html);
}

void report_summary(Html *html) {
    static const char *const shown[] = {"board",    "partner",  "horizon", "status",
                                        "as_of",    "prices",   "vision",  "protection",
                                        "deflator", "discount", NULL};
    const ModuleDecl *plan = plan_decl(html->input);
    if (!plan) return;
    html_terms_begin(html);
    if (board(html)) {
        html_term(html, SLICE("Published by"));
        html_link(html, board(html));
        html_term_end(html);
    }
    partners(html, plan);
    html_term(html, SLICE("Period"));
    period(html);
    html_term_end(html);
    html_term_text(html, "Status",
                   html->input->module->final_status ? SLICE("Final") : SLICE("Draft"));
    html_term_text(html, "As of", date_format_long(html->arena, html->input->as_of));
    if (html->input->module->price_year)
        html_term_text(html, "Prices", format_year(html->arena, html->input->module->price_year));
    const ModuleField *discount = decl_field(plan, "discount");
    if (discount) {
        html_term(html, SLICE("Discount rate"));
        html_field(html, discount);
        html_term_end(html);
    }
    html_terms_end(html);
    html_other_clauses(html, plan, shown);
    html_markdown(html, plan->doc);
}

/* ---- Body ------------------------------------------------------------------------------------ */

static Slice section_body(Html *html, const Section *section) {
    Buffer body;
    Buffer *page = html->out;
    buffer_init(&body, html->arena);
    html->out = &body;
    section->write(html);
    html->out = page;
    return buffer_slice(&body);
}

static void contents(Html *html, const Slice *bodies) {
    html_raw(html, "<nav aria-labelledby=\"contents\">\n"
                   "<h2 id=\"contents\">Contents</h2>\n<ol>\n");
    for (int i = 0; i < SECTION_COUNT; i++)
        if (bodies[i].length)
            buffer_printf(html->out, "<li><a href=\"#%s\">%s</a></li>\n", sections[i].id,
                          sections[i].title);
    html_raw(html, "</ol>\n</nav>\n");
}

static void body_section(Html *html, const Section *section, Slice body) {
    buffer_printf(html->out, "<section aria-labelledby=\"%s\"%s>\n", section->id,
                  section->new_sheet ? " class=\"sheet\"" : "");
    if (html->input->internal)
        html_raw(html, "<p class=\"tag\">Internal: not for publication</p>\n");
    buffer_printf(html->out, "<h2 id=\"%s\">%s</h2>\n", section->id, section->title);
    buffer_add(html->out, body);
    html_raw(html, "<p class=\"back\"><a href=\"#contents\">Back to contents</a></p>\n"
                   "</section>\n");
}

static void footer(Html *html) {
    html_raw(html, "<footer>\n<div class=\"width\">\n<p>");
    if (board(html)) {
        html_text(html, decl_title(html->arena, board(html)));
        html_raw(html, ". ");
    }
    html_text(html, page_title(html));
    html_raw(html, ", as of ");
    html_text(html, date_format_long(html->arena, html->input->as_of));
    html_raw(html, ".</p>\n<p>This page is meant to meet level AA of the Web Content Accessibility "
                   "Guidelines 2.2. Every chart is followed by a table with the same figures, and "
                   "nothing is told by colour alone.</p>\n</div>\n</footer>\n");
}

Slice report_html(Arena *arena, const ReportInput *input) {
    Buffer page;
    Html html = {.input = input, .arena = arena, .out = &page};
    Slice bodies[SECTION_COUNT];
    buffer_init(&page, arena);
    for (int i = 0; i < SECTION_COUNT; i++) bodies[i] = section_body(&html, &sections[i]);
    head(&html);
    html_raw(&html, "<body>\n");
    header(&html);
    html_raw(&html, "<main id=\"main\" class=\"width\" tabindex=\"-1\">\n");
    report_summary(&html);
    contents(&html, bodies);
    for (int i = 0; i < SECTION_COUNT; i++)
        if (bodies[i].length) body_section(&html, &sections[i], bodies[i]);
    html_raw(&html, "</main>\n");
    footer(&html);
    html_raw(&html, "</body>\n</html>\n");
    return buffer_slice(&page);
}
