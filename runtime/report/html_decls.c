/* Many declarations of one kind side by side: a table where they fit in one, cards where they
 * do not. The columns are the clauses that any of them has. */
#include "runtime/report/html.h"

enum { COLUMNS_MAX = 6, CELL_TEXT_MAX = 240 };

typedef struct {
    Slice names[COLUMNS_MAX];
    bool of_head[COLUMNS_MAX]; /* a label of the declarations' own line */
    uint32_t count;
    bool fits;
} Columns;

bool decl_is_top(const ReportInput *input, const ModuleDecl *decl) {
    return decl->parent == MODULE_NONE || decl->parent == input->module->plan;
}

Decls decls_of_kind(Html *html, const char *kind, const ModuleDecl *parent) {
    Decls decls = {0};
    EACH_DECL(html->input, decl, kind, parent)
    if (parent || decl_is_top(html->input, decl)) VEC_PUSH(html->arena, &decls, decl);
    return decls;
}

/* ---- Columns ------------------------------------------------------------------------------ */

static void add_column(Columns *columns, Slice name, bool of_head) {
    for (uint32_t i = 0; i < columns->count; i++)
        if (slice_equal(columns->names[i], name)) return;
    if (columns->count == COLUMNS_MAX) {
        columns->fits = false;
        return;
    }
    columns->of_head[columns->count] = of_head;
    columns->names[columns->count++] = name;
}

static bool value_fits(Html *html, const FieldValue *value) {
    Shown shown = shown_field(html->input, value);
    if (!shown.array) return true;
    if (shown.array->type.dim_count) return false;
    Slice text;
    return !scalar_text(html->input, value, &text) || text.length <= CELL_TEXT_MAX;
}

/* Of the values after `=` only single ones have a place in a table; series have their own. */
static bool is_scalar(Html *html, const FieldValue *value) {
    if (!value || value->sort != FIELD_REGISTER) return value != NULL;
    Shown shown = shown_field(html->input, value);
    return shown.array && !shown.array->type.dim_count;
}

static void add_field_columns(Html *html, Columns *columns, const ModuleField *field) {
    for (uint32_t i = 0; field_is_head(field) && i < field->labels.count; i++)
        if (field->labels.items[i].values.count)
            add_column(columns, field->labels.items[i].label, true);
    if (field_is_head(field) && is_scalar(html, field_value(field)))
        add_column(columns, SLICE("value"), true);
    if (field_is_head(field) || (!field_value(field) && !field->labels.count)) return;
    add_column(columns, field->name, false);
    VEC_EACH(const FieldValue, value, &field->values)
    if (!value_fits(html, value)) columns->fits = false;
}

static bool has_children(Html *html, const ModuleDecl *decl) {
    EACH_DECL(html->input, child, NULL, decl)
    if (decl_published(child)) return true;
    return false;
}

static Columns columns_of(Html *html, const Decls *decls) {
    Columns columns = {.fits = true};
    for (uint32_t i = 0; i < decls->count; i++) {
        const ModuleDecl *decl = decls->items[i];
        VEC_EACH(const ModuleField, field, &decl->fields)
        if (!field->derived) add_field_columns(html, &columns, field);
        if (has_children(html, decl) || decl->doc.length > CELL_TEXT_MAX) columns.fits = false;
        if (decl->doc.length) add_column(&columns, SLICE("description"), false);
    }
    return columns;
}

/* ---- Rows --------------------------------------------------------------------------------- */

static bool head_value(Html *html, const ModuleField *head, Slice name) {
    if (text_is(name, "value") && is_scalar(html, field_value(head))) {
        html_values(html, (FieldValues){head->values.items, head->values.count});
        return true;
    }
    for (uint32_t i = 0; i < head->labels.count; i++) {
        const FieldLabel *label = &head->labels.items[i];
        if (!slice_equal(label->label, name) || !label->values.count) continue;
        html_label_values(html, label);
        return true;
    }
    return false;
}

static void decl_cell(Html *html, const ModuleDecl *decl, Slice name, bool of_head) {
    bool any = false;
    html_cell_begin(html, false);
    VEC_EACH(const ModuleField, field, &decl->fields) {
        if (field->derived) continue;
        if (field_is_head(field)) {
            any = any || head_value(html, field, name);
        } else if (slice_equal(field->name, name) && (field_value(field) || field->labels.count)) {
            if (any) html_raw(html, "; ");
            html_field(html, field);
            any = true;
        }
    }
    if (text_is(name, "description") && !any && decl->doc.length) {
        html_inline(html, decl->doc);
        any = true;
    }
    if (!any) html_raw(html, of_head ? "None" : "Not stated");
    html_cell_end(html);
}

static void decl_table(Html *html, Slice caption, const Decls *decls, const Columns *columns) {
    html_table_begin(html, caption);
    html_column(html, SLICE("Name"), false);
    for (uint32_t i = 0; i < columns->count; i++)
        html_column(html, clause_title(html, columns->names[i]), false);
    html_rows_begin(html);
    for (uint32_t i = 0; i < decls->count; i++) {
        html_row_begin(html);
        html_row_decl(html, decls->items[i]);
        for (uint32_t k = 0; k < columns->count; k++)
            decl_cell(html, decls->items[i], columns->names[k], columns->of_head[k]);
        html_row_end(html);
    }
    html_table_end(html);
}

void html_decls(Html *html, int level, Slice caption, const Decls *decls) {
    if (!decls->count) return;
    Columns columns = columns_of(html, decls);
    if (columns.fits) {
        decl_table(html, caption, decls, &columns);
        return;
    }
    html->quiet = false;
    for (uint32_t i = 0; i < decls->count; i++) html_card(html, level, decls->items[i]);
}

void html_kind(Html *html, int level, const char *kind, const char *title) {
    Decls decls = decls_of_kind(html, kind, NULL);
    if (!decls.count) return;
    html_heading(html, level, slice_of(title));
    html->quiet = true;
    html_decls(html, level + 1, slice_of(title), &decls);
}
