/* Mending a clause that could not be read: with what its kind takes, words side by side have a
 * meaning that the grammar alone cannot know: one word with `_` forgotten, or the beginning of
 * another clause. Adds a fix to what was reported, and reports nothing itself. */
#include "compiler/sema/mend.h"

enum { MOST_WORDS = 8 };

typedef struct {
    Span items[MOST_WORDS];
    int count;
    uint32_t end; /* of the line */
} WordRun;

static bool is_word_char(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

static bool is_blank(char c) {
    return c == ' ' || c == '\t';
}

/* The words after the clause's own, up to the first thing that is none. */
static WordRun read_words(const Compilation *c, uint32_t from) {
    const Source *source = source_map_find(c->sources, from);
    const char *text = source->text.data;
    uint32_t at = from - source->base, length = (uint32_t)source->text.length;
    WordRun run = {0};
    while (run.count < MOST_WORDS) {
        while (at < length && is_blank(text[at])) at++;
        uint32_t start = at;
        while (at < length && is_word_char(text[at])) at++;
        if (at == start) break;
        run.items[run.count++] = (Span){source->base + start, source->base + at};
    }
    while (at < length && text[at] != '\n') at++;
    run.end = source->base + at;
    return run;
}

/* What was reported of the clause on this line and has no fix yet; NULL: nothing. */
static Diag *unmended(const Compilation *c, Span line) {
    for (uint32_t i = 0; i < c->diags->items.count; i++) {
        Diag *diag = c->diags->items.items[i];
        bool here = diag->span.start >= line.start && diag->span.end <= line.end;
        bool syntax = slice_equal(diag->name, slice_of(diag_name_text(DIAG_SYNTAX_ERROR)));
        if (here && syntax && !diag->fix_message.length) return diag;
    }
    return NULL;
}

static bool begins_clause(const Compilation *c, const Kind *kind, Span at) {
    Atom name = intern(c->interner, source_map_text(c->sources, at));
    const ClauseSpec *spec = kind_clause(kind, name);
    return spec && spec->cardinality != CLAUSE_DERIVED;
}

/* `local authority` where `local_authority` is one of the words. */
static bool mend_joined(Compilation *c, const ClauseSpec *spec, const WordRun *run, Diag *diag) {
    for (int last = run->count - 1; last > 0; last--) {
        Slice joined = source_map_text(c->sources, run->items[0]);
        for (int i = 1; i <= last; i++)
            joined = arena_printf(c->arena, "%.*s_%.*s", SLICE_FMT(joined),
                                  SLICE_FMT(source_map_text(c->sources, run->items[i])));
        if (!type_takes_word(c, spec->type, intern(c->interner, joined))) continue;
        diag_fix(c->diags, diag, span_join(run->items[0], run->items[last]), joined,
                 "did you mean `%.*s`?", SLICE_FMT(joined));
        return true;
    }
    return false;
}

/* `acute essential yes` where `essential` is another clause. */
static bool mend_clause(Compilation *c, const Kind *kind, const WordRun *run, Diag *diag) {
    for (int i = 1; i < run->count; i++) {
        if (!begins_clause(c, kind, run->items[i])) continue;
        Span at = {run->items[i - 1].end, run->items[i - 1].end};
        diag_fix(c->diags, diag, at, SLICE(";"),
                 "begin the clause `%.*s` with `;` or on a new line",
                 SLICE_FMT(source_map_text(c->sources, run->items[i])));
        return true;
    }
    return false;
}

/* `community_trust, ods "RD4"` where `ods` is another clause. */
static void mend_comma(Compilation *c, const Kind *kind, uint32_t from, uint32_t end, Diag *diag) {
    Slice line = source_map_text(c->sources, (Span){from, end});
    for (uint32_t comma = 0; comma < line.length; comma++) {
        if (line.data[comma] != ',') continue;
        WordRun next = read_words(c, from + comma + 1);
        if (!next.count || !begins_clause(c, kind, next.items[0])) continue;
        diag_fix(c->diags, diag, (Span){from + comma, from + comma + 1}, SLICE(";"),
                 "begin the clause `%.*s` with `;` or on a new line",
                 SLICE_FMT(source_map_text(c->sources, next.items[0])));
        return;
    }
}

static bool takes_text(const Compilation *c, const Expr *type) {
    if (type->kind == EXPR_BINARY && type->op == OP_OR)
        return takes_text(c, type->left) || takes_text(c, type->right);
    if (type_is_call(c, type, "list") && type->entries.count)
        return takes_text(c, type->entries.items[0].value);
    return type_is_word(c, type, "text");
}

/* `mitigation Rotational posts`: words for readers, up to a label of the clause. */
static bool mend_text(Compilation *c, const ClauseSpec *spec, const WordRun *run, Diag *diag) {
    int last = 0;
    for (; last < run->count; last++) {
        Atom name = intern(c->interner, source_map_text(c->sources, run->items[last]));
        bool label = false;
        VEC_EACH(const LabelSpec, known, &spec->labels) label |= known->label == name;
        if (label) break;
    }
    if (last < 2 || !takes_text(c, spec->type)) return false;
    Span span = span_join(run->items[0], run->items[last - 1]);
    Slice text = arena_printf(c->arena, "\"%.*s\"",
                              SLICE_FMT(source_map_text(c->sources, span)));
    diag_fix(c->diags, diag, span, text, "words for readers stand between double quotes");
    return true;
}

/* Of a choice that nothing comes near to: what there is to choose from. */
static void tell_choices(Compilation *c, const ClauseSpec *spec, const Item *item, Diag *diag) {
    Nearest unused = {0};
    Slice words = type_words(c, spec->type, &unused);
    if (words.length)
        diag_relate(c->diags, diag, item->word_span, "it is followed by one of %.*s",
                    SLICE_FMT(words));
}

void mend_broken_clause(Compilation *c, const Kind *kind, const ClauseSpec *spec,
                        const Item *item) {
    uint32_t from = item->word_span.end;
    WordRun run = read_words(c, from);
    Diag *diag = unmended(c, (Span){from, run.end});
    if (!diag || (spec->type && mend_joined(c, spec, &run, diag))) return;
    if (spec->type && mend_text(c, spec, &run, diag)) return;
    if (!mend_clause(c, kind, &run, diag)) mend_comma(c, kind, from, run.end, diag);
    if (!diag->fix_message.length && spec->type) tell_choices(c, spec, item, diag);
}
