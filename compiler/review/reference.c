/* Reads the standard library as a plan is read, and writes down what it declares. */
#include "compiler/review/reference.h"

#include <string.h>

#include "compiler/sema/embedded.h"
#include "compiler/syntax/parse.h"

typedef struct {
    Arena *arena;
    ParseContext context;
    SourceMap sources;
    DiagBag diags;
    VEC(const File *) files; /* as scp_stdlib_files */
    Buffer *out;
} Reference;

/* ---- The library ------------------------------------------------------------------------- */

static void read_library(Reference *r, Arena *arena, Buffer *out) {
    *r = (Reference){.arena = arena, .out = out};
    source_map_init(&r->sources, arena);
    diag_bag_init(&r->diags, arena);
    r->context = (ParseContext){.arena = arena,
                                .interner = interner_new(arena, 0),
                                .sources = &r->sources,
                                .diags = &r->diags};
    for (size_t i = 0; i < scp_stdlib_count; i++) {
        Slice text = {scp_stdlib_files[i].text, scp_stdlib_files[i].length};
        uint32_t source =
            source_map_add(&r->sources, slice_of(scp_stdlib_files[i].name), text, true);
        VEC_PUSH(arena, &r->files, parse_file(&r->context, source));
    }
}

static Slice atom_word(const Reference *r, Atom atom) {
    return atom == ATOM_NONE ? SLICE("") : atom_text(r->context.interner, atom);
}

static bool is_item(const Reference *r, const Item *item, const char *word) {
    return slice_equal(atom_word(r, item->word), slice_of(word)) && item->values.count;
}

static Slice one_line(const Reference *r, Slice text) {
    Buffer line;
    buffer_init(&line, r->arena);
    for (size_t i = 0; i < text.length; i++) {
        bool space = strchr(" \t\n", text.data[i]) != NULL;
        bool again = space && strchr(" \t\n", text.data[i - 1]);
        if (!again) buffer_add_char(&line, space ? ' ' : text.data[i]);
    }
    return buffer_slice(&line);
}

/* Source text on one line. */
static Slice plain(const Reference *r, uint32_t start, uint32_t end) {
    return one_line(r, slice_trim(source_map_text(&r->sources, (Span){start, end})));
}

static Slice name_of(const Reference *r, const Item *item) {
    const Expr *name = item->values.items[0];
    if (name->kind == EXPR_CALL) name = name->left;
    return name->kind == EXPR_WORD ? atom_word(r, name->atom) : SLICE("");
}

static Slice library_of(const Reference *r, size_t file) {
    Slice path = slice_of(scp_stdlib_files[file].name);
    Slice name = arena_copy(r->arena, slice_sub(path, 0, path.length - strlen(".scp")));
    char *at = (char *)name.data;
    for (size_t i = 0; i < name.length; i++)
        if (at[i] == '/') at[i] = '.';
    return name;
}

static const Phrase *phrase_of(const Reference *r, const Item *item, const char *label) {
    for (uint32_t i = 0; i < item->phrases.count; i++)
        if (slice_equal(atom_word(r, item->phrases.items[i].label), slice_of(label)))
            return &item->phrases.items[i];
    return NULL;
}

static void add_doc(Reference *r, Slice doc) {
    if (doc.length) buffer_printf(r->out, "%.*s\n\n", SLICE_FMT(doc));
}

static void add_heading(Reference *r, int level, Slice title) {
    buffer_add_repeated(r->out, '#', (size_t)level);
    buffer_printf(r->out, " %.*s\n\n", SLICE_FMT(title));
}

/* ---- Kinds ------------------------------------------------------------------------------- */

/* What follows the name and title of a declaration: `from budget to budget`, `= series`. */
static Slice kind_form(const Reference *r, const Item *item) {
    Slice text = {0};
    for (uint32_t i = 0; i < item->phrases.count; i++) {
        const Phrase *phrase = &item->phrases.items[i];
        if (slice_equal(atom_word(r, phrase->label), SLICE("within"))) continue;
        text = arena_printf(r->arena, "%.*s %.*s", SLICE_FMT(text),
                            SLICE_FMT(plain(r, phrase->span.start, phrase->span.end)));
    }
    const Expr *definition = item->type ? item->type : item->value;
    if (!definition) return text;
    return arena_printf(r->arena, "%.*s %s %.*s", SLICE_FMT(text), item->type ? ":" : "=",
                        SLICE_FMT(plain(r, definition->span.start, item->head_span.end)));
}

static Slice kind_places(const Reference *r, const Item *item, const Item *outer) {
    const Phrase *within = phrase_of(r, item, "within");
    Slice text = outer ? arena_printf(r->arena, "inside `%.*s`", SLICE_FMT(name_of(r, outer)))
                       : SLICE("");
    for (uint32_t i = 0; within && i < within->values.count; i++) {
        Slice place = atom_word(r, within->values.items[i]->atom);
        bool top = slice_equal(place, SLICE("plan_root"));
        Slice words = top ? SLICE("at the top of a file")
                          : arena_printf(r->arena, "inside `%.*s`", SLICE_FMT(place));
        text = arena_printf(r->arena, "%.*s%s%.*s", SLICE_FMT(text), text.length ? " or " : "",
                            SLICE_FMT(words));
    }
    return text.length ? text : SLICE("at the top of a file");
}

static const char *cardinality_words(Slice word) {
    static const char *const words[][2] = {{"required", "once"},
                                           {"optional", "at most once"},
                                           {"several", "at least once"},
                                           {"repeated", "any number of times"}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (slice_equal(word, slice_of(words[i][0]))) return words[i][1];
    return NULL;
}

static void add_clause(Reference *r, const Item *clause, const char *how_often) {
    Slice name = name_of(r, clause);
    Slice takes = plain(r, clause->values.items[0]->span.end, clause->head_span.end);
    if (slice_starts_with(takes, SLICE(":"))) takes = slice_trim(slice_sub(takes, 1, takes.length));
    buffer_printf(r->out, "- `%.*s`, %s: `%.*s`", SLICE_FMT(name), how_often, SLICE_FMT(takes));
    if (clause->doc.length) buffer_printf(r->out, ". %.*s", SLICE_FMT(one_line(r, clause->doc)));
    buffer_add_char(r->out, '\n');
}

static void add_clauses(Reference *r, const Item *kind) {
    bool any = false;
    for (uint32_t i = 0; i < kind->block.count; i++) {
        const Item *clause = kind->block.items[i];
        const char *how_often = cardinality_words(atom_word(r, clause->word));
        if (!how_often || !clause->values.count) continue;
        add_clause(r, clause, how_often);
        any = true;
    }
    if (any) buffer_add_char(r->out, '\n');
}

static void add_derived(Reference *r, const Item *kind) {
    bool any = false;
    for (uint32_t i = 0; i < kind->block.count; i++) {
        const Item *clause = kind->block.items[i];
        if (!is_item(r, clause, "derived") || !clause->value) continue;
        if (!any) buffer_add_text(r->out, "Made from them:\n\n");
        any = true;
        buffer_printf(r->out, "- `%.*s` is `%.*s`\n", SLICE_FMT(name_of(r, clause)),
                      SLICE_FMT(plain(r, clause->value->span.start, clause->value->span.end)));
    }
    if (any) buffer_add_char(r->out, '\n');
}

static bool speaks_of(const Reference *r, const Item *rule, Slice kind) {
    const Phrase *loop = phrase_of(r, rule, "for");
    const Expr *first = loop && loop->values.count ? loop->values.items[0] : NULL;
    return first && first->kind == EXPR_BINARY && first->right->kind == EXPR_WORD &&
           slice_equal(atom_word(r, first->right->atom), kind);
}

static Slice diagnostic_name(const Reference *r, const Item *rule) {
    Slice name = arena_copy(r->arena, name_of(r, rule));
    char *at = (char *)name.data;
    for (size_t i = 0; i < name.length; i++)
        if (at[i] == '_') at[i] = '-';
    return name;
}

static void add_rules_of(Reference *r, Slice kind) {
    bool any = false;
    for (uint32_t f = 0; f < r->files.count; f++) {
        const ItemList *items = &r->files.items[f]->items;
        for (uint32_t i = 0; i < items->count; i++) {
            if (!is_item(r, items->items[i], "rule") || !speaks_of(r, items->items[i], kind))
                continue;
            buffer_printf(r->out, "%s`%.*s`", any ? ", " : "Rules about it: ",
                          SLICE_FMT(diagnostic_name(r, items->items[i])));
            any = true;
        }
    }
    if (any) buffer_add_text(r->out, ".\n\n");
}

static void add_kind(Reference *r, const Item *kind, const Item *outer, int level) {
    Slice name = name_of(r, kind);
    add_heading(r, level, name);
    add_doc(r, kind->doc);
    buffer_printf(r->out, "`%.*s name \"Title\"%.*s`, %.*s.\n\n", SLICE_FMT(name),
                  SLICE_FMT(kind_form(r, kind)), SLICE_FMT(kind_places(r, kind, outer)));
    add_clauses(r, kind);
    add_derived(r, kind);
    add_rules_of(r, name);
    for (uint32_t i = 0; i < kind->block.count; i++)
        if (is_item(r, kind->block.items[i], "kind")) add_kind(r, kind->block.items[i], kind, level);
}

/* ---- Functions and units ----------------------------------------------------------------- */

/* As declared, without what it is made of. */
static Slice signature(const Reference *r, const Item *fn) {
    uint32_t end = fn->head_span.end;
    if (fn->value) end = fn->value->span.start;
    Slice text = plain(r, fn->values.items[0]->span.start, end);
    for (size_t i = 0; i < text.length; i++)
        if (slice_starts_with(slice_sub(text, i, text.length), SLICE(" using \"")))
            text = slice_sub(text, 0, i);
    if (fn->value && slice_ends_with(text, SLICE("=")))
        text = slice_trim(slice_sub(text, 0, text.length - 1));
    return text;
}

/* What has no words of its own is a step of something that has. */
static bool is_function(const Reference *r, const Item *item) {
    return is_item(r, item, "fn") && item->doc.length;
}

static void add_function(Reference *r, const Item *fn, size_t file, int level) {
    add_heading(r, level, name_of(r, fn));
    buffer_printf(r->out, "`%.*s`\n\n", SLICE_FMT(signature(r, fn)));
    add_doc(r, fn->doc);
    if (strchr(scp_stdlib_files[file].name, '/'))
        buffer_printf(r->out, "In a plan that says `use %.*s`.\n\n", SLICE_FMT(library_of(r, file)));
}

static const struct {
    const char *name, *prose;
} forms[] = {
#define FORM(form, name, prose) {name, prose},
#include "compiler/sema/forms.def"
#undef FORM
};

/* Those without words here have theirs in the library. */
static bool has_words(size_t form) {
    return forms[form].prose[0] != '\0';
}

static void add_form(Reference *r, size_t form, int level) {
    add_heading(r, level, slice_of(forms[form].name));
    buffer_printf(r->out, "A function of the language: %s.\n\n", forms[form].prose);
}

static void add_unit_row(Reference *r, const Item *unit) {
    Slice is = unit->value ? plain(r, unit->value->span.start, unit->value->span.end) : SLICE("");
    Slice singular = {0}, prose = {0};
    for (uint32_t i = 0; i < unit->block.count; i++) {
        const Item *clause = unit->block.items[i];
        if (is_item(r, clause, "singular")) singular = name_of(r, clause);
        if (is_item(r, clause, "prose")) prose = clause->values.items[0]->text;
    }
    buffer_printf(r->out, "| `%.*s` | %s%.*s%s | %.*s | %.*s |\n", SLICE_FMT(name_of(r, unit)),
                  is.length ? "`" : "itself", SLICE_FMT(is), is.length ? "`" : "",
                  SLICE_FMT(singular), SLICE_FMT(prose));
}

static void unit_head(Reference *r) {
    buffer_add_text(r->out, "| unit | is | of one | in the report |\n|---|---|---|---|\n");
}

/* What the language itself measures in: the word, of one, in the report. */
static const char *const base_units[][3] = {
    {"persons", "person", "people"}, {"years", "year", ""}, {"days", "day", ""}, {"gbp", "", "£"}};

enum { BASE_UNITS = sizeof base_units / sizeof *base_units };

static void add_base_unit_row(Reference *r, size_t i) {
    buffer_printf(r->out, "| `%s` | itself | %s | %s |\n", base_units[i][0], base_units[i][1],
                  base_units[i][2]);
}

/* ---- Rules ------------------------------------------------------------------------------- */

static const Item *rule_clause(const Reference *r, const Item *rule, const char *name) {
    for (uint32_t i = 0; i < rule->block.count; i++)
        if (slice_equal(atom_word(r, rule->block.items[i]->word), slice_of(name)))
            return rule->block.items[i];
    return NULL;
}

static void add_rule_fact(Reference *r, const Item *rule, const char *name, const char *words) {
    const Item *clause = rule_clause(r, rule, name);
    if (!clause) return;
    Slice text = plain(r, clause->word_span.end, clause->head_span.end);
    if (clause->values.count && clause->values.items[0]->kind == EXPR_STRING)
        text = clause->values.items[0]->text;
    buffer_printf(r->out, "- %s %.*s\n", words, SLICE_FMT(text));
}

static void add_rule(Reference *r, const Item *rule, int level) {
    add_heading(r, level, diagnostic_name(r, rule));
    add_doc(r, rule->doc);
    add_rule_fact(r, rule, "severity", "severity:");
    add_rule_fact(r, rule, "in_draft", "in a draft:");
    add_rule_fact(r, rule, "in_force", "in force");
    add_rule_fact(r, rule, "source", "source:");
    if (rule_clause(r, rule, "waivable")) buffer_add_text(r->out, "- cannot be waived\n");
    buffer_add_char(r->out, '\n');
}

/* ---- Pages ------------------------------------------------------------------------------- */

static const struct {
    const char *name, *prose;
} types[] = {
#define TYPE(name, admit, prose) {name, prose},
#include "compiler/sema/types.def"
#undef TYPE
    {"value(c)", "a level, in the unit of the clause c"},
    {"change(c)", "a change of the clause c, with its sign: `-12%`, `+3pp`, `+607 people`"},
    {"one_of(a, b)", "one of these words"},
    {"list(t)", "one or several of t, with commas between them"},
    {"range(t)", "two of t with `..` between them"},
    {"t in a .. b", "t, from a to b"},
    {"t or u", "either of them"},
    {"unknown", "the word `unknown`, with `until` a date and `because` a text"},
    {"the name of a kind", "the name of something declared of that kind"},
};

static void add_types(Reference *r) {
    buffer_add_text(r->out, "## What clauses take\n\n| written | is |\n|---|---|\n");
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        buffer_printf(r->out, "| `%s` | %s |\n", types[i].name, types[i].prose);
    buffer_add_text(r->out, "\nA label is followed by what it takes; what ends in `or missing` may "
                            "be left out. `= word` at the end is what holds where the clause is "
                            "not written.\n\n");
}

#define EACH_ITEM(r, file, item, test)                                                 \
    for (uint32_t file = 0; file < (r)->files.count; file++)                           \
        for (uint32_t i_ = 0; i_ < (r)->files.items[file]->items.count; i_++)          \
            for (const Item *item = (r)->files.items[file]->items.items[i_]; item; item = NULL) \
                if (test)

static void page_kinds(Reference *r) {
    buffer_add_text(r->out, "# Kinds and clauses\n\nWhat may be written in a plan: each kind with "
                            "its clauses, how often each may stand, what it takes, and the rules "
                            "that speak of it. `scpc explain kpi` prints one of them.\n\n");
    add_types(r);
    EACH_ITEM(r, file, item, is_item(r, item, "kind")) add_kind(r, item, NULL, 2);
}

static void page_functions(Reference *r) {
    buffer_add_text(r->out, "# Functions\n\nWhat may be called in an expression.\n\n");
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        if (has_words(i)) add_form(r, i, 2);
    EACH_ITEM(r, file, item, is_function(r, item)) add_function(r, item, file, 2);
}

static void page_units(Reference *r) {
    buffer_add_text(r->out, "# Units\n\nA number takes the unit that follows it: `5 years`. A "
                            "plan may declare further ones: `unit visits { singular visit }`.\n\n");
    unit_head(r);
    for (size_t i = 0; i < BASE_UNITS; i++) add_base_unit_row(r, i);
    EACH_ITEM(r, file, item, is_item(r, item, "unit")) add_unit_row(r, item);
}

static void page_rules(Reference *r) {
    buffer_add_text(r->out, "# Rules\n\nThe checks of the standard library. They apply in a plan "
                            "that uses their library; `scpc explain NAME` shows how one is "
                            "written.\n\n");
    uint32_t last = UINT32_MAX;
    EACH_ITEM(r, file, item, is_item(r, item, "rule")) {
        if (file != last)
            add_heading(r, 2, arena_printf(r->arena, "use %.*s", SLICE_FMT(library_of(r, file))));
        last = file;
        add_rule(r, item, 3);
    }
}

static void page_diagnostics(Reference *r) {
    static const char *const severities[] = {"note", "warning", "error"};
    buffer_add_text(r->out, "# Diagnostics\n\nWhat the program itself finds, besides the "
                            "[rules](rules.md). `scpc explain NAME` shows an example of each and "
                            "the same mended.\n\n| name | severity | meaning |\n|---|---|---|\n");
    for (int i = DIAG_NONE + 1; i < DIAG_COUNT; i++)
        buffer_printf(r->out, "| `%s` | %s | %s |\n", diag_name_text((DiagName)i),
                      severities[diag_name_severity((DiagName)i)], diag_name_summary((DiagName)i));
}

static const struct {
    const char *name;
    void (*print)(Reference *r);
} pages[] = {
    {"kinds", page_kinds}, {"functions", page_functions},     {"units", page_units},
    {"rules", page_rules}, {"diagnostics", page_diagnostics},
};

enum { PAGES = sizeof pages / sizeof *pages };

const char *reference_page(size_t index) {
    return index < PAGES ? pages[index].name : NULL;
}

/* ---- One of them ------------------------------------------------------------------------- */

static bool add_kind_named(Reference *r, const Item *kind, const Item *outer, Slice name) {
    if (slice_equal(name_of(r, kind), name)) {
        add_kind(r, kind, outer, 1);
        return true;
    }
    for (uint32_t i = 0; i < kind->block.count; i++)
        if (is_item(r, kind->block.items[i], "kind") &&
            add_kind_named(r, kind->block.items[i], kind, name))
            return true;
    return false;
}

/* The clauses of that name, each with the kind that takes it. */
static bool add_clauses_named(Reference *r, const Item *kind, Slice name, bool any) {
    for (uint32_t i = 0; i < kind->block.count; i++) {
        const Item *clause = kind->block.items[i];
        if (is_item(r, clause, "kind")) any = add_clauses_named(r, clause, name, any);
        const char *how_often = cardinality_words(atom_word(r, clause->word));
        if (!how_often || !clause->values.count || !slice_equal(name_of(r, clause), name)) continue;
        if (!any) add_heading(r, 1, name);
        any = true;
        Slice where = arena_printf(r->arena, "%s in `%.*s`", how_often, SLICE_FMT(name_of(r, kind)));
        add_clause(r, clause, where.data);
    }
    return any;
}

static const struct {
    const char *name, *prose;
} words[] = {
#define CORE(name, text, prose) {text, prose},
#include "compiler/sema/core.def"
#undef CORE
};

static bool add_word(Reference *r, Slice name) {
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (!slice_equal(slice_of(words[i].name), name)) continue;
        add_heading(r, 1, name);
        buffer_printf(r->out, "A word of the language: %s. docs/language says how it is written.\n",
                      words[i].prose);
        Slice all = arena_printf(r->arena, "%.*ss", SLICE_FMT(name)); /* kind, kinds */
        for (size_t p = 0; reference_page(p); p++)
            if (slice_equal(slice_of(reference_page(p)), all))
                buffer_printf(r->out, "`scpc explain %.*s` lists those of the library.\n",
                              SLICE_FMT(all));
        return true;
    }
    return false;
}

static bool add_named(Reference *r, Slice name) {
    bool any = false;
    EACH_ITEM(r, file, item, is_item(r, item, "kind"))
    if (add_kind_named(r, item, NULL, name)) return true;
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        if (!has_words(i) || !slice_equal(slice_of(forms[i].name), name)) continue;
        add_form(r, i, 1);
        return true;
    }
    EACH_ITEM(r, file, item, is_function(r, item) && slice_equal(name_of(r, item), name)) {
        add_function(r, item, file, 1);
        return true;
    }
    EACH_ITEM(r, file, item, is_item(r, item, "unit") && slice_equal(name_of(r, item), name)) {
        add_heading(r, 1, name);
        unit_head(r);
        add_unit_row(r, item);
        return true;
    }
    for (size_t i = 0; i < BASE_UNITS; i++) {
        if (!slice_equal(slice_of(base_units[i][0]), name)) continue;
        add_heading(r, 1, name);
        unit_head(r);
        add_base_unit_row(r, i);
        return true;
    }
    EACH_ITEM(r, file, item, is_item(r, item, "kind")) any = add_clauses_named(r, item, name, any);
    return any || add_word(r, name);
}

bool reference_print(Slice name, Buffer *out) {
    Reference *r = ARENA_NEW(out->arena, Reference);
    read_library(r, out->arena, out);
    for (size_t i = 0; i < PAGES; i++) {
        if (!slice_equal(slice_of(pages[i].name), name)) continue;
        pages[i].print(r);
        return true;
    }
    return add_named(r, name);
}

static void tell_kind(const Reference *r, const Item *kind, void (*each)(void *, Slice),
                      void *context) {
    each(context, name_of(r, kind));
    for (uint32_t i = 0; i < kind->block.count; i++)
        if (is_item(r, kind->block.items[i], "kind"))
            tell_kind(r, kind->block.items[i], each, context);
}

void reference_names(Arena *arena, void (*each)(void *context, Slice name), void *context) {
    Reference *r = ARENA_NEW(arena, Reference);
    read_library(r, arena, NULL);
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        if (has_words(i)) each(context, slice_of(forms[i].name));
    EACH_ITEM(r, file, item, true) {
        if (is_item(r, item, "kind")) tell_kind(r, item, each, context);
        if (is_function(r, item) || is_item(r, item, "unit")) each(context, name_of(r, item));
    }
}
