/* What surrounds the intentions: the population and its needs, how priorities were set,
 * contracts, evaluation, risks, who is involved, evidence; and every kind this report does not
 * know, which a board has declared for itself and expects to see published. */
#include "runtime/base/date.h"
#include "runtime/report/html.h"

/* ---- Which kind belongs where ---------------------------------------------------------------- */

typedef enum {
    PLACE_ELSEWHERE, /* written by a section of its own */
    PLACE_POPULATION,
    PLACE_NEEDS,
    PLACE_PRIORITIES,
    PLACE_ASSUMPTIONS,
    PLACE_CHANGE,
    PLACE_CONTRACTS,
    PLACE_EVALUATION,
    PLACE_RISKS,
    PLACE_INVOLVED,
    PLACE_EVIDENCE
} Place;

typedef struct {
    const char *kind;
    Place place;
    const char *title; /* of many */
} KindPlace;

/* In the order in which a section shows them. */
static const KindPlace kinds[] = {
    {"plan", PLACE_ELSEWHERE, ""},
    {"outcome", PLACE_ELSEWHERE, ""},
    {"sub_outcome", PLACE_ELSEWHERE, ""},
    {"kpi", PLACE_ELSEWHERE, ""},
    {"intention", PLACE_ELSEWHERE, ""},
    {"budget", PLACE_ELSEWHERE, ""},
    {"funding_shift", PLACE_ELSEWHERE, ""},
    {"pot", PLACE_ELSEWHERE, ""},
    {"population", PLACE_ELSEWHERE, ""},
    {"events", PLACE_ELSEWHERE, ""},
    {"segment", PLACE_POPULATION, "Groups of people"},
    {"segmentation", PLACE_POPULATION, "Segmentation"},
    {"risk_tier", PLACE_POPULATION, "Levels of risk"},
    {"dimension", PLACE_POPULATION, "How people are grouped"},
    {"geography", PLACE_POPULATION, "Places"},
    {"need", PLACE_NEEDS, "Needs"},
    {"projection", PLACE_NEEDS, "Projections"},
    {"service", PLACE_NEEDS, "Services as they are"},
    {"criterion", PLACE_PRIORITIES, "Criteria"},
    {"assume", PLACE_ASSUMPTIONS, "Assumptions"},
    {"scenario", PLACE_ASSUMPTIONS, "Scenarios"},
    {"simulation", PLACE_ASSUMPTIONS, "Simulations"},
    {"joint", PLACE_CHANGE, "Joint commissioning"},
    {"delegation", PLACE_CHANGE, "Delegation"},
    {"reconfiguration", PLACE_CHANGE, "Reconfiguration"},
    {"consultation", PLACE_CHANGE, "Consultation"},
    {"pathway", PLACE_CHANGE, "Pathways"},
    {"contract", PLACE_CONTRACTS, "Contracts"},
    {"payment", PLACE_CONTRACTS, "Payment"},
    {"gain_share", PLACE_CONTRACTS, "Sharing of gains and losses"},
    {"pool", PLACE_CONTRACTS, "Pooled funds"},
    {"monitoring", PLACE_CONTRACTS, "Monitoring"},
    {"procurement", PLACE_CONTRACTS, "Procurement"},
    {"market", PLACE_CONTRACTS, "Market"},
    {"constraint", PLACE_CONTRACTS, "Constraints"},
    {"evaluation", PLACE_EVALUATION, "Evaluation"},
    {"decision", PLACE_EVALUATION, "Decisions to come"},
    {"actuals", PLACE_ELSEWHERE, ""},
    {"feedback", PLACE_EVALUATION, "Feedback"},
    {"index", PLACE_EVALUATION, "Indices"},
    {"capability", PLACE_EVALUATION, "Capability"},
    {"risk", PLACE_RISKS, "Risks of the plan"},
    {"governance", PLACE_INVOLVED, "Governance"},
    {"organisation", PLACE_INVOLVED, "Organisations"},
    {"document", PLACE_EVIDENCE, "Documents"},
    {"evidence", PLACE_EVIDENCE, "Evidence"},
    {"dataset", PLACE_EVIDENCE, "Data sets"},
};
enum { KIND_COUNT = sizeof kinds / sizeof *kinds };

static const KindPlace *kind_place(Slice kind) {
    for (int i = 0; i < KIND_COUNT; i++)
        if (text_is(kind, kinds[i].kind)) return &kinds[i];
    return NULL;
}

/* A procurement for an intention stands on that intention's card. */
static bool stands_elsewhere(Html *html, const ModuleDecl *decl) {
    return decl_is(decl, "procurement") &&
           value_decl(html->input, decl_value(decl, "for_intention"));
}

static void kind_block(Html *html, const KindPlace *kind) {
    Decls decls = {0};
    EACH_DECL(html->input, decl, kind->kind, NULL)
    if (decl_is_top(html->input, decl) && !stands_elsewhere(html, decl))
        VEC_PUSH(html->arena, &decls, decl);
    if (!decls.count) return;
    html_heading(html, 3, slice_of(kind->title));
    html->quiet = true;
    html_decls(html, 4, slice_of(kind->title), &decls);
}

static void place_blocks(Html *html, Place place) {
    for (int i = 0; i < KIND_COUNT; i++)
        if (kinds[i].place == place) kind_block(html, &kinds[i]);
}

/* ---- Population ------------------------------------------------------------------------------ */

static const ReportData *data_of(Html *html, Slice name) {
    for (uint32_t i = 0; i < html->input->data_count; i++)
        if (slice_equal(html->input->data[i].name, name)) return &html->input->data[i];
    return NULL;
}

/* "31 March 2026", "2025/26", or from when to when. */
static Slice day_or_days(Html *html, const ModuleTable *table) {
    if (table->sort == TABLE_POPULATION && table->snapshots.count)
        return date_format_long(html->arena, table->snapshots.items[0].as_at);
    if (!table->covers_from && !table->covers_to) return SLICE("");
    int year = financial_year_of(table->covers_from);
    if (table->covers_from == financial_year_start(year) &&
        table->covers_to == financial_year_end(year))
        return format_year(html->arena, year);
    Slice from = date_format_long(html->arena, table->covers_from);
    Slice to = date_format_long(html->arena, table->covers_to);
    return arena_printf(html->arena, "%.*s to %.*s", SLICE_FMT(from), SLICE_FMT(to));
}

static void count_cell(Html *html, const ReportData *data) {
    int64_t count;
    html_cell_begin(html, true);
    if (!data)
        html_mark(html, ABSENT_NO_DATA);
    else if (rows_released(html->input, data, &count))
        html_text(html, format_count(html->arena, (double)count));
    else
        html_mark(html, ABSENT_SUPPRESSED);
    html_cell_end(html);
}

static const ModuleDecl *decl_of_table(Html *html, const ModuleTable *table) {
    const char *kind = table->sort == TABLE_POPULATION ? "population" : "events";
    EACH_DECL(html->input, decl, kind, NULL)
    if (slice_equal(decl->name, table->name)) return decl;
    return NULL;
}

static void table_row(Html *html, const ModuleTable *table) {
    const ModuleDecl *decl = decl_of_table(html, table);
    html_row_begin(html);
    if (decl)
        html_row_decl(html, decl);
    else
        html_row_heading(html, table->title.length ? table->title
                                                   : word_for_readers(html->arena, table->name));
    bool people = table->sort == TABLE_POPULATION;
    html_cell(html, people ? SLICE("People") : word_for_readers(html->arena, table->unit), false);
    html_cell(html, day_or_days(html, table), false);
    count_cell(html, data_of(html, table->name));
    html_cell_begin(html, false);
    if (decl && decl->doc.length)
        html_inline(html, decl->doc);
    else
        html_raw(html, "Not stated");
    html_cell_end(html);
    html_row_end(html);
}

enum { AREAS_NAMED = 12 };

static const ModuleDim *dim_of_level(Html *html, const ModuleDecl *level) {
    VEC_EACH(const ModuleDim, dim, &html->input->module->dims)
    if (dim->sort == DIM_GEOGRAPHY && slice_equal(dim->name, level->name)) return dim;
    return NULL;
}

/* The areas of a level by name, where they are few; else how many. */
static void level_areas(Html *html, const ModuleDecl *level, const ModuleDim *dim) {
    html_term(html, decl_title(html->arena, level));
    for (uint32_t i = 0; i < dim->member_count && dim->member_count <= AREAS_NAMED; i++) {
        html_raw(html, i ? "; " : "");
        html_text(html, format_member(dim, i));
    }
    if (dim->member_count > AREAS_NAMED) {
        html_int(html, dim->member_count);
        html_raw(html, " areas");
    }
    html_term_end(html);
}

static void areas(Html *html) {
    EACH_DECL(html->input, geography, "geography", NULL) {
        bool open = false;
        EACH_DECL(html->input, level, "level", geography) {
            const ModuleDim *dim = dim_of_level(html, level);
            if (!dim) continue;
            if (!open) html_terms_begin(html);
            open = true;
            level_areas(html, level, dim);
        }
        if (open) html_terms_end(html);
    }
}

void section_population(Html *html) {
    const Module *module = html->input->module;
    if (module->tables.count) {
        html_table_begin(html, SLICE("Who and what is counted"));
        html_column(html, SLICE("Name"), false);
        html_column(html, SLICE("Rows are"), false);
        html_column(html, SLICE("When"), false);
        html_column(html, SLICE("Rows"), true);
        html_column(html, SLICE("Description"), false);
        html_rows_begin(html);
        VEC_EACH(const ModuleTable, table, &module->tables) table_row(html, table);
        html_table_end(html);
    }
    place_blocks(html, PLACE_POPULATION);
    areas(html);
}

/* ---- The other sections ---------------------------------------------------------------------- */

void section_needs(Html *html) {
    html_placed_texts(html, "needs");
    place_blocks(html, PLACE_NEEDS);
}

void section_priorities(Html *html) {
    html_placed_texts(html, "priorities");
    place_blocks(html, PLACE_PRIORITIES);
}

void section_assumptions(Html *html) {
    place_blocks(html, PLACE_ASSUMPTIONS);
}
void section_change(Html *html) {
    place_blocks(html, PLACE_CHANGE);
}
void section_contracts(Html *html) {
    place_blocks(html, PLACE_CONTRACTS);
}

void section_evaluation(Html *html) {
    html_placed_texts(html, "evaluation");
    place_blocks(html, PLACE_EVALUATION);
}

/* The risks of intentions stand on their cards; here they are in one list, with where. */
static void intention_risks(Html *html) {
    static const char *const clauses[] = {"likelihood", "impact", "mitigation"};
    bool open = false;
    EACH_DECL(html->input, decl, "risk", NULL) {
        const ModuleDecl *parent = model_decl(html->input, decl->parent);
        if (!parent || decl_is_top(html->input, decl)) continue;
        if (!open) {
            html_heading(html, 3, SLICE("Risks of the intentions"));
            html_raw(html,
                     "<p>Likelihood and impact run from 1 to 5; 5 is most likely and worst.</p>\n");
            html->quiet = true;
            html_table_begin(html, SLICE("Risks of the intentions"));
            html_column(html, SLICE("Risk"), false);
            html_column(html, SLICE("Of"), false);
            for (int i = 0; i < 3; i++)
                html_column(html, clause_title(html, slice_of(clauses[i])), i < 2);
            html_rows_begin(html);
            open = true;
        }
        html_row_begin(html);
        html_row_heading_begin(html);
        html_link(html, decl);
        html_row_heading_end(html);
        html_cell_begin(html, false);
        html_link(html, parent);
        html_cell_end(html);
        for (int i = 0; i < 3; i++) {
            html_cell_begin(html, i < 2);
            html_value(html, decl_value(decl, clauses[i]));
            html_cell_end(html);
        }
        html_row_end(html);
    }
    if (open) html_table_end(html);
}

void section_risks(Html *html) {
    place_blocks(html, PLACE_RISKS);
    intention_risks(html);
}

void section_involved(Html *html) {
    place_blocks(html, PLACE_INVOLVED);
}
void section_evidence(Html *html) {
    place_blocks(html, PLACE_EVIDENCE);
}

/* ---- Kinds of the board's own ---------------------------------------------------------------- */

static bool is_unplaced(Html *html, const ModuleDecl *decl) {
    return decl_published(decl) && decl_is_top(html->input, decl) && !kind_place(decl->kind);
}

static bool kind_came_before(Html *html, const ModuleDecl *decl) {
    for (const ModuleDecl *other = html->input->module->decls.items; other < decl; other++)
        if (is_unplaced(html, other) && slice_equal(other->kind, decl->kind)) return true;
    return false;
}

void section_more(Html *html) {
    EACH_DECL(html->input, decl, NULL, NULL) {
        if (!is_unplaced(html, decl) || kind_came_before(html, decl)) continue;
        Slice kind = arena_copy(html->arena, decl->kind);
        Slice title = word_for_readers(html->arena, decl->kind);
        Decls decls = decls_of_kind(html, kind.data, NULL);
        html_heading(html, 3, title);
        html->quiet = true;
        html_decls(html, 4, title, &decls);
    }
}

/* ---- Values that the plan names and works with ----------------------------------------------- */

static Slice output_title(Html *html, const ModuleOutput *output) {
    return output->title.length ? output->title : word_for_readers(html->arena, output->name);
}

static void scalar_figures(Html *html) {
    bool open = false;
    VEC_EACH(const ModuleOutput, output, &html->input->module->outputs) {
        Shown shown = shown_of(html->input, output->reg, output->unit);
        if (!shown.array || shown.array->type.dim_count) continue;
        if (!open) html_terms_begin(html);
        open = true;
        html_term(html, output_title(html, output));
        html_scalar(html, shown);
        html_term_end(html);
    }
    if (open) html_terms_end(html);
}

void section_figures(Html *html) {
    scalar_figures(html);
    VEC_EACH(const ModuleOutput, output, &html->input->module->outputs) {
        Shown shown = shown_of(html->input, output->reg, output->unit);
        if (shown.array && shown.array->type.dim_count)
            html_array_table(html, output_title(html, output), shown, NULL);
    }
}
