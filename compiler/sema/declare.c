/* Declarations and their clauses against their kinds: what is unknown, misplaced, missing or
 * repeated. Looks at the shape only; values are clauses.c's. */
#include "compiler/sema/mend.h"

#include "runtime/base/buffer.h"

const Phrase *item_phrase(const PhraseList *phrases, Atom label) {
    for (uint32_t i = 0; i < phrases->count; i++) {
        if (phrases->items[i].label == label) return &phrases->items[i];
    }
    return NULL;
}

Decl *decl_find(const Compilation *c, Atom name) {
    uint64_t found;
    return hashmap_get(&c->names, name, &found) ? (Decl *)(uintptr_t)found : NULL;
}

/* Two numbers as one key. */
static uint64_t pair_key(uint32_t high, uint32_t low) {
    return (uint64_t)high << 32 | low;
}

static Decl *find_pair(const HashMap *map, uint32_t high, Atom low) {
    uint64_t found;
    return hashmap_get(map, pair_key(high, low), &found) ? (Decl *)(uintptr_t)found : NULL;
}

static void put_pair(HashMap *map, uint32_t high, Atom low, Decl *decl) {
    if (low != ATOM_NONE && !find_pair(map, high, low))
        hashmap_put(map, pair_key(high, low), (uint64_t)(uintptr_t)decl);
}

Decl *decl_child(const Compilation *c, const Decl *decl, Atom name) {
    return find_pair(&c->members, decl->index + 1, name);
}

Decl *decl_in_file(const Compilation *c, uint32_t file, Atom name) {
    return find_pair(&c->tops, file, name);
}

Clause *decl_clause(const Decl *decl, Atom name) {
    for (uint32_t i = 0; i < decl->clauses.count; i++) {
        if (decl->clauses.items[i]->spec->name == name) return decl->clauses.items[i];
    }
    return NULL;
}

/* ---- Messages ----------------------------------------------------------------------- */

/* A message within a declaration; each `%s` of the text takes the next of the two words. */
static Diag *at_decl(Compilation *c, const Decl *decl, DiagName name, Span span, const char *text,
                     Slice a, Slice b) {
    Buffer message;
    buffer_init(&message, c->arena);
    int used = 0;
    for (const char *at = text; *at; at++) {
        if (at[0] == '%' && at[1] == 's') {
            buffer_add(&message, used++ ? b : a);
            at++;
        } else {
            buffer_add_char(&message, *at);
        }
    }
    Diag *diag = diag_add(c->diags, name, span, "%.*s", SLICE_FMT(buffer_slice(&message)));
    if (decl) diag->path = decl->path;
    return diag;
}

/* What a misspelt word certainly was: it is read as that, so that nothing that rests on it is
 * complained of. ATOM_NONE where nothing is as near as that. */
static Atom meant(Compilation *c, Diag *diag, Span span, const Nearest *nearest) {
    nearest_fix(c, diag, span, nearest);
    if (!nearest->best.length) return ATOM_NONE;
    bool begins_alike = nearest->best.data[0] == nearest->wanted.data[0];
    bool certain = nearest->distance == 1 ||
                   (nearest->distance == 2 && begins_alike && nearest->wanted.length > 4);
    return certain ? intern(c->interner, nearest->best) : ATOM_NONE;
}

static Atom unknown_in_block(Compilation *c, const Decl *decl, const Item *item) {
    Slice wanted = word(c, item->word);
    Diag *diag = at_decl(c, decl, DIAG_UNKNOWN_CLAUSE, item->word_span,
                         "`%s` is not a clause of %s", wanted, with_article(c, decl->kind->name));
    Nearest nearest = {.wanted = wanted};
    for (uint32_t i = 0; i < decl->kind->clauses.count; i++) {
        const ClauseSpec *spec = decl->kind->clauses.items[i];
        if (spec->cardinality != CLAUSE_DERIVED) nearest_offer(&nearest, word(c, spec->name));
    }
    for (uint32_t i = 0; i < c->kinds.count; i++) {
        const Kind *kind = c->kinds.items[i];
        for (uint32_t w = 0; w < kind->within.count; w++) {
            if (kind->within.items[w] == decl->kind->name)
                nearest_offer(&nearest, word(c, kind->name));
        }
    }
    return meant(c, diag, item->word_span, &nearest);
}

static bool may_stand(const Compilation *c, const Kind *kind, const Decl *parent) {
    if (kind->anywhere) return true;
    if (!parent && !kind->within.count) return true;
    for (uint32_t i = 0; i < kind->within.count; i++) {
        if (parent ? kind->within.items[i] == parent->kind->name
                   : slice_equal(word(c, kind->within.items[i]), SLICE("plan_root")))
            return true;
    }
    return false;
}

static Atom unknown_at_top(Compilation *c, const Item *item) {
    Slice wanted = word(c, item->word);
    Diag *diag = at_decl(c, NULL, DIAG_UNKNOWN_KIND, item->word_span, "`%s` is not a kind of item",
                         wanted, SLICE(""));
    Nearest nearest = {.wanted = wanted};
    for (uint32_t i = 0; i < c->kinds.count; i++) {
        const Kind *kind = c->kinds.items[i];
        if (may_stand(c, kind, NULL)) nearest_offer(&nearest, word(c, kind->name));
    }
    return meant(c, diag, item->word_span, &nearest);
}

/* Names that items declare which could not be read: who uses them is not told that they are
 * unknown. */
static void lose_names(Compilation *c, const Item *item) {
    const Expr *first = item->values.count ? item->values.items[0] : NULL;
    bool unit = slice_distance(word(c, item->word), SLICE("unit"), 2) <= 2;
    bool declares = item->title || item->has_block || item->value || item->type || unit;
    if (first && first->kind == EXPR_CALL) first = first->left;
    if (declares && first && first->kind == EXPR_WORD) hashmap_put(&c->lost, first->atom, 1);
    for (uint32_t i = 0; i < item->block.count; i++) lose_names(c, item->block.items[i]);
}

static void kind_not_used(Compilation *c, const Decl *parent, const Kind *kind, const Item *item,
                          uint32_t file) {
    Slice library = c->files.items[kind->file].name;
    Diag *diag = at_decl(c, parent, DIAG_UNKNOWN_KIND, item->word_span,
                         "the kind `%s` is of the library `%s`, which this file does not use",
                         word(c, kind->name), library);
    use_fix(c, diag, file, library);
}

static Slice places_of(Compilation *c, const Kind *kind) {
    if (!kind->within.count) return SLICE("at the top of a file");
    Slice text = SLICE("inside");
    for (uint32_t i = 0; i < kind->within.count; i++) {
        if (slice_equal(word(c, kind->within.items[i]), SLICE("plan_root"))) {
            text = arena_printf(c->arena, "%.*s%s the top of a file", SLICE_FMT(text),
                                i ? " or at" : "");
            continue;
        }
        const Kind *outer = kind_find(c, kind->within.items[i]);
        Slice title = outer ? outer->title : word(c, kind->within.items[i]);
        text = arena_printf(c->arena, "%.*s%s `%.*s`", SLICE_FMT(text), i ? " or" : "",
                            SLICE_FMT(outer ? word(c, outer->name) : title));
    }
    return text;
}

/* ---- Labels ------------------------------------------------------------------------- */

static const LabelSpec *label_spec(const ClauseSpec *spec, Atom label) {
    for (uint32_t i = 0; i < spec->labels.count; i++) {
        if (spec->labels.items[i].label == label) return &spec->labels.items[i];
    }
    return NULL;
}

static uint32_t line_of(const Compilation *c, uint32_t offset) {
    return source_map_position(c->sources, offset).line;
}

static bool is_given(const Clause *clause, const LabelSpec *spec) {
    for (uint32_t i = 0; i < clause->labels.count; i++) {
        if (clause->labels.items[i].spec == spec) return true;
    }
    return false;
}

/* The one label that the clause needs, or could have, and does not: what another was written
 * for. */
static const LabelSpec *lacking_label(const Clause *clause) {
    const LabelSpec *needed = NULL, *possible = NULL;
    int needs = 0, could = 0;
    for (uint32_t i = 0; i < clause->spec->labels.count; i++) {
        const LabelSpec *spec = &clause->spec->labels.items[i];
        if (is_given(clause, spec) || item_phrase(&clause->item->phrases, spec->label)) continue;
        possible = spec;
        could++;
        if (spec->may_miss) continue;
        needed = spec;
        needs++;
    }
    if (needs) return needs == 1 ? needed : NULL;
    return could == 1 ? possible : NULL;
}

/* `hospital to community`, where `hospital_to_community` is one word. */
static bool is_split_choice(Compilation *c, Clause *clause) {
    if (!clause->spec->type || !clause->exprs || !clause->exprs->count) return false;
    Span span = {clause->exprs->items[0]->span.start, clause->item->head_span.end};
    Slice joined = arena_copy(c->arena, slice_trim(source_map_text(c->sources, span)));
    for (char *at = (char *)joined.data; at < joined.data + joined.length; at++)
        if (*at == ' ') *at = '_';
    if (!type_takes_word(c, clause->spec->type, intern(c->interner, joined))) return false;
    Diag *diag = at_decl(c, clause->decl, DIAG_UNKNOWN_CATEGORY, span,
                         "`%s` is one word: within it stands `_` where a space would", joined,
                         SLICE(""));
    diag_fix(c->diags, diag, span, joined, "write `%.*s`", SLICE_FMT(joined));
    clause->exprs = NULL;
    return true;
}

/* `where age over 65`, `horizon FY2026/27 to FY2030/31`: what a label was written for, and the
 * mark that means it. */
static const char *mark_meant(const Compilation *c, const Clause *clause, Slice label) {
    bool condition = item_phrase(&clause->item->phrases, intern(c->interner, SLICE("where")));
    if (condition && slice_equal(label, SLICE("over"))) return ">";
    if (condition && slice_equal(label, SLICE("under"))) return "<";
    bool range = clause->spec->type && type_is_call(c, clause->spec->type, "range");
    return range && slice_equal(label, SLICE("to")) ? ".." : NULL;
}

static void unknown_label(Compilation *c, Clause *clause, const Phrase *phrase) {
    Slice label = word(c, phrase->label), name = word(c, clause->spec->name);
    if (line_of(c, phrase->label_span.start) > line_of(c, clause->span.start)) {
        at_decl(c, clause->decl, DIAG_UNKNOWN_LABEL, phrase->label_span,
                "`%s` introduces an argument and cannot start a clause; it was read as part of "
                "`%s` above",
                label, name);
        return;
    }
    if (is_split_choice(c, clause)) return;
    const char *mark = mark_meant(c, clause, label);
    Diag *diag = at_decl(c, clause->decl, DIAG_UNKNOWN_LABEL, phrase->label_span,
                         "`%s` says nothing that `%s` takes", label, name);
    if (mark) {
        diag_fix(c->diags, diag, phrase->label_span, slice_of(mark), "write `%s`", mark);
        return;
    }
    Nearest unused = {0};
    Slice words = clause->exprs || !clause->spec->type ? (Slice){0}
                                                       : type_words(c, clause->spec->type, &unused);
    if (words.length)
        diag_relate(c->diags, diag, clause->item->word_span, "it is followed by one of %.*s",
                    SLICE_FMT(words));
    if (!clause->spec->labels.count) return;
    const LabelSpec *meant = lacking_label(clause);
    if (meant)
        diag_fix(c->diags, diag, phrase->label_span, word(c, meant->label), "did you mean `%.*s`?",
                 SLICE_FMT(word(c, meant->label)));
    Slice known = {0};
    for (uint32_t i = 0; i < clause->spec->labels.count; i++)
        known = arena_printf(c->arena, "%.*s%s`%.*s`", SLICE_FMT(known), i ? ", " : "",
                             SLICE_FMT(word(c, clause->spec->labels.items[i].label)));
    diag_relate(c->diags, diag, clause->spec->span, "it takes %.*s", SLICE_FMT(known));
}

static void add_labels(Compilation *c, Clause *clause, const PhraseList *phrases) {
    for (uint32_t i = 0; i < phrases->count; i++) {
        const Phrase *phrase = &phrases->items[i];
        const LabelSpec *spec = label_spec(clause->spec, phrase->label);
        bool repeated = false;
        for (uint32_t j = 0; j < clause->labels.count; j++)
            repeated |= clause->labels.items[j].spec == spec;
        if (!spec) {
            clause->mislabelled = true;
            unknown_label(c, clause, phrase);
        } else if (repeated) {
            at_decl(c, clause->decl, DIAG_REPEATED_LABEL, phrase->label_span,
                    clause->spec->cardinality == CLAUSE_REPEATED && clause->spec->type &&
                            !type_is_call(c, clause->spec->type, "list")
                        ? "`%s` is given twice in `%s`: write one line for each"
                        : "`%s` is given twice in `%s`",
                    word(c, phrase->label), word(c, clause->spec->name));
        } else {
            ClauseLabel label = {.spec = spec, .phrase = phrase};
            VEC_PUSH(c->arena, &clause->labels, label);
        }
    }
}

/* What follows a label, in words. */
static Slice label_takes(Compilation *c, const LabelSpec *spec) {
    const Kind *kind =
        spec->type && spec->type->kind == EXPR_WORD ? kind_find(c, spec->type->atom) : NULL;
    if (!kind) return SLICE("…");
    return arena_printf(c->arena, "<the name of %.*s>", SLICE_FMT(with_article(c, kind->name)));
}

/* What the label can only mean, where the plan declares one thing of its kind. */
static const Decl *only_one_of(Compilation *c, const LabelSpec *spec) {
    const Kind *kind =
        spec->type && spec->type->kind == EXPR_WORD ? kind_find(c, spec->type->atom) : NULL;
    return kind && kind->decls.count == 1 ? kind->decls.items[0] : NULL;
}

static void missing_label(Compilation *c, const Clause *clause, const LabelSpec *spec) {
    Diag *diag = diag_add(c->diags, DIAG_MISSING_LABEL, clause->span, "`%.*s` must say `%.*s %.*s`",
                          SLICE_FMT(word(c, clause->spec->name)), SLICE_FMT(word(c, spec->label)),
                          SLICE_FMT(label_takes(c, spec)));
    diag->path = clause->decl->path;
    const Decl *only = only_one_of(c, spec);
    if (only && clause->exprs && clause->spec->type) {
        Slice name = word(c, only->name), label = word(c, spec->label);
        uint32_t end = clause->exprs->items[clause->exprs->count - 1]->span.end;
        Slice text = arena_printf(c->arena, " %.*s %.*s", SLICE_FMT(label), SLICE_FMT(name));
        diag_fix(c->diags, diag, (Span){end, end}, text, "say `%.*s %.*s` after it",
                 SLICE_FMT(label), SLICE_FMT(name));
    }
    if (clause->spec->type || !clause->exprs || clause->spec->labels.count != 1) return;
    uint32_t at = clause->exprs->items[0]->span.start;
    Slice label = arena_printf(c->arena, "%.*s ", SLICE_FMT(word(c, spec->label)));
    diag_fix(c->diags, diag, (Span){at, at}, label, "say `%.*s` before it",
             SLICE_FMT(word(c, spec->label)));
}

/* Where a label is wrong it may be the one that is missing: that was said. */
static void check_labels(Compilation *c, const Clause *clause) {
    if (clause->mislabelled || clause->item->broken) return;
    for (uint32_t i = 0; i < clause->spec->labels.count; i++) {
        const LabelSpec *spec = &clause->spec->labels.items[i];
        if (!spec->may_miss && !is_given(clause, spec)) missing_label(c, clause, spec);
    }
}

/* The kinds of the compiler itself have their labels here: what they do not take would be passed
 * over in silence. */
static bool builtin_takes(DeclSort sort, Slice label) {
    static const struct {
        DeclSort sort;
        const char *label;
    } known[] = {{SORT_LET, "by"},      {SORT_TABLE, "by"}, {SORT_ALLOW, "because"},
                 {SORT_ALLOW, "until"}, {SORT_ALLOW, "by"}, {SORT_RULE, "for"}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (known[i].sort == sort && slice_equal(label, slice_of(known[i].label))) return true;
    return false;
}

/* `count(residents) where older`: the condition belongs within the parentheses. */
static void move_within(Compilation *c, Diag *diag, const Expr *call, const Phrase *phrase) {
    Slice text = slice_trim(source_map_text(c->sources, phrase->span));
    Span close = {call->span.end - 1, call->span.end};
    diag_fix(c->diags, diag, close, arena_printf(c->arena, " %.*s)", SLICE_FMT(text)),
             "a condition on what is counted stands within the parentheses");
    diag_fix(c->diags, diag, (Span){call->span.end, phrase->span.end}, SLICE(""),
             "a condition on what is counted stands within the parentheses");
}

static void check_builtin_phrases(Compilation *c, const Decl *decl, const PhraseList *phrases) {
    for (uint32_t i = 0; i < phrases->count; i++) {
        const Phrase *phrase = &phrases->items[i];
        Slice label = word(c, phrase->label);
        if (builtin_takes(decl->kind->sort, label)) continue;
        bool share = decl->kind->sort == SORT_LET && decl->item->value &&
                     decl->item->value->kind == EXPR_PERCENT && slice_equal(label, SLICE("of"));
        Diag *diag = at_decl(c, decl, DIAG_UNKNOWN_LABEL, phrase->label_span,
                             "`%s` says nothing that `%s` takes", label, word(c, decl->kind->name));
        if (share)
            diag_fix(c->diags, diag, phrase->label_span, SLICE("*"),
                     "a share of an amount: `%.*s * …`",
                     SLICE_FMT(quoted(c, decl->item->value->span)));
        const Expr *value = decl->item->value;
        if (value && value->kind == EXPR_CALL && slice_equal(label, SLICE("where")))
            move_within(c, diag, value, phrase);
    }
}

static void check_builtin(Compilation *c, const Decl *decl) {
    DeclSort sort = decl->kind->sort;
    bool checked =
        sort == SORT_LET || sort == SORT_TABLE || sort == SORT_ALLOW || sort == SORT_RULE;
    if (!checked || decl->item->broken) return;
    check_builtin_phrases(c, decl, &decl->item->phrases);
    check_builtin_phrases(c, decl, &decl->item->type_phrases);
    check_builtin_phrases(c, decl, &decl->item->value_phrases);
}

/* ---- Clauses ------------------------------------------------------------------------ */

static Clause *add_clause(Compilation *c, Decl *decl, const ClauseSpec *spec, const Item *item) {
    Clause *clause = ARENA_NEW(c->arena, Clause);
    clause->spec = spec;
    clause->decl = decl;
    clause->item = item;
    clause->span = item->head_span;
    VEC_PUSH(c->arena, &decl->clauses, clause);
    return clause;
}

/* Whether something in the item's own line was complained of: its block may follow from that. */
static bool head_was_wrong(const Compilation *c, const Item *item) {
    for (uint32_t i = 0; i < c->diags->items.count; i++) {
        Span span = c->diags->items.items[i]->span;
        if (span.start >= item->span.start && span.end <= item->head_span.end) return true;
    }
    return false;
}

static void read_clause(Compilation *c, Decl *decl, const ClauseSpec *spec, const Item *item,
                        bool misspelt) {
    bool once = spec->cardinality == CLAUSE_REQUIRED || spec->cardinality == CLAUSE_OPTIONAL;
    Clause *before = once ? decl_clause(decl, spec->name) : NULL;
    if (before && (misspelt || before->misspelt)) return; /* one of them was something else */
    if (before) {
        Diag *diag = at_decl(c, decl, DIAG_REPEATED_CLAUSE, item->word_span,
                             "`%s` may stand only once in %s", word(c, spec->name),
                             with_article(c, decl->kind->name));
        diag_relate(c->diags, diag, before->item->word_span, "it stands here already");
        return;
    }
    Clause *clause = add_clause(c, decl, spec, item);
    clause->misspelt = misspelt;
    if (item->broken) {
        mend_broken_clause(c, decl->kind, spec, item);
        return;
    }
    clause->exprs = item->values.count ? &item->values : NULL;
    if (item->title || item->value || item->type) {
        const Expr *extra = item->title ? item->title : item->value ? item->value : item->type;
        at_decl(c, decl, DIAG_SYNTAX_ERROR, extra->span,
                item->title ? "`%s` takes its values with commas between them%s"
                            : "a clause's value follows its word directly: `%s …`",
                word(c, spec->name), SLICE(""));
        return;
    }
    if (item->has_block && !head_was_wrong(c, item))
        at_decl(c, decl, DIAG_MISPLACED_ITEM, item->word_span,
                "`%s` is a clause and takes no block", word(c, spec->name), SLICE(""));
    add_labels(c, clause, &item->phrases);
    check_labels(c, clause);
}

/* `where diabetes = 1`: what was meant is a comparison. */
static bool compares_with_equals(Compilation *c, const Decl *decl, const Expr *value) {
    const PhraseList *phrases = &decl->item->phrases;
    const Phrase *last = phrases->count ? &phrases->items[phrases->count - 1] : NULL;
    if (!last || decl->item->type || !slice_equal(word(c, last->label), SLICE("where")))
        return false;
    Diag *diag = at_decl(c, decl, DIAG_SYNTAX_ERROR, value->span,
                         "`=` gives a declared name its value; two values are compared with `==`%s",
                         SLICE(""), SLICE(""));
    Span between = {last->span.end, value->span.start};
    diag_fix(c->diags, diag, between, SLICE(" == "), "compare with `==`");
    /* half of a condition: nothing more is to be said of it */
    if (last->values.count) last->values.items[last->values.count - 1]->kind = EXPR_POISON;
    return true;
}

static void read_head(Compilation *c, Decl *decl) {
    const Item *item = decl->item;
    Clause *head = add_clause(c, decl, &decl->kind->head, item);
    decl->head = head;
    head->mislabelled = decl->name == ATOM_NONE; /* hardly begun: its name is asked for first */
    add_labels(c, head, &item->phrases);
    add_labels(c, head, &item->type_phrases);
    add_labels(c, head, &item->value_phrases);
    check_labels(c, head);
    const Expr *value = decl->kind->head_colon ? item->type : item->value;
    const Expr *other = decl->kind->head_colon ? item->value : item->type;
    if (value && !decl->kind->head.type && compares_with_equals(c, decl, value)) return;
    if (value && decl->kind->head.type) {
        ExprList *values = ARENA_NEW(c->arena, ExprList);
        VEC_PUSH(c->arena, values, (Expr *)(uintptr_t)value);
        head->exprs = values;
    }
    if ((value && !decl->kind->head.type) || other)
        at_decl(c, decl, DIAG_SYNTAX_ERROR, (value ? value : other)->span, "%s takes no value",
                with_article(c, decl->kind->name), SLICE(""));
    else if (!value && decl->kind->head.type && !decl->kind->head.may_miss && !item->broken)
        at_decl(c, decl, DIAG_MISSING_CLAUSE, item->head_span,
                decl->kind->head_colon ? "this %s has no type: add `: …`%s"
                                       : "this %s has no value: add `= …`",
                word(c, decl->kind->name), SLICE(""));
}

static void check_missing(Compilation *c, const Decl *decl) {
    if (decl->item->broken) return;
    for (uint32_t i = 0; i < decl->kind->clauses.count; i++) {
        const ClauseSpec *spec = decl->kind->clauses.items[i];
        if (spec->cardinality != CLAUSE_REQUIRED && spec->cardinality != CLAUSE_SEVERAL) continue;
        if (decl_clause(decl, spec->name)) continue;
        Diag *diag = at_decl(c, decl, DIAG_MISSING_CLAUSE,
                             decl->name_span.start ? decl->name_span : decl->item->head_span,
                             "this %s has no `%s`", word(c, decl->kind->name), word(c, spec->name));
        diag_relate(c->diags, diag, spec->span, "asked for here");
    }
}

/* ---- Declarations ------------------------------------------------------------------- */

static void register_name(Compilation *c, Decl *decl, HashMap *map) {
    uint64_t found;
    if (!hashmap_get(map, decl->name, &found)) {
        hashmap_put(map, decl->name, (uint64_t)(uintptr_t)decl);
        return;
    }
    const Decl *other = (const Decl *)(uintptr_t)found;
    Diag *diag = at_decl(c, decl, DIAG_DUPLICATE_NAME, decl->name_span, "`%s` is declared twice",
                         word(c, decl->name), SLICE(""));
    diag_relate(c->diags, diag, other->name_span, "first declared here");
}

static void register_fn(Compilation *c, Decl *decl) {
    uint64_t form;
    /* the library writes down what the functions of the language take and do */
    bool described = decl->library && fn_declare(c, decl) &&
                     slice_equal(decl->fn->native, SLICE("language"));
    if (hashmap_get(&c->form_names, decl->name, &form)) {
        if (described) return;
        at_decl(c, decl, DIAG_DUPLICATE_NAME, decl->name_span,
                "`%s` is a function of the language itself", word(c, decl->name), SLICE(""));
    } else {
        register_name(c, decl, &c->fn_names);
    }
}

static void register_decl(Compilation *c, Decl *decl) {
    VEC_PUSH(c->arena, &decl->kind->decls, decl);
    if (decl->name == ATOM_NONE) return;
    if (decl->kind->sort == SORT_FN) {
        register_fn(c, decl);
        return;
    }
    if (decl->kind->sort == SORT_RULE || decl->kind->sort == SORT_ALLOW) return;
    bool owned = decl->kind->local || (decl->kind->sort == SORT_LET && decl->parent);
    if (owned) {
        const Decl *other = decl->parent ? decl_child(c, decl->parent, decl->name) : NULL;
        if (!other) return;
        Diag *diag = at_decl(c, decl, DIAG_DUPLICATE_NAME, decl->name_span,
                             "`%s` is declared twice here", word(c, decl->name), SLICE(""));
        diag_relate(c->diags, diag, other->name_span, "first declared here");
        return;
    }
    if (!decl->library) register_name(c, decl, &c->names);
}

static Slice decl_path(Compilation *c, const Decl *decl) {
    Slice own = decl->title.length ? decl->title : word(c, decl->name);
    Slice text = arena_printf(c->arena, "%.*s%s%.*s", SLICE_FMT(decl->kind->title),
                              own.length ? ": " : "", SLICE_FMT(own));
    if (!decl->parent || !decl->parent->path.length) return text;
    return arena_printf(c->arena, "%.*s > %.*s", SLICE_FMT(decl->parent->path), SLICE_FMT(text));
}

static void name_decl(Compilation *c, Decl *decl) {
    const Item *item = decl->item;
    const Expr *first = item->values.count ? item->values.items[0] : NULL;
    if (first && first->kind == EXPR_CALL && decl->kind->sort == SORT_FN) first = first->left;
    if (first && first->kind == EXPR_WORD) {
        decl->name = first->atom;
        decl->name_span = first->span;
    } else if (!item->broken && decl->kind->sort != SORT_ALLOW) {
        const char *text = decl->kind->sort == SORT_LET || decl->kind->sort == SORT_TABLE
                               ? "this %s has no name: write `%s a_name = …`"
                               : "this %s has no name: write `%s a_name \"Its title\"`";
        at_decl(c, decl->parent, DIAG_SYNTAX_ERROR, item->head_span, text,
                word(c, decl->kind->name), word(c, decl->kind->name));
    }
    if (item->values.count > 1)
        at_decl(c, decl->parent, DIAG_SYNTAX_ERROR, item->values.items[1]->span,
                "one %s declares one name", word(c, decl->kind->name), SLICE(""));
    if (item->title) decl->title = item->title->text;
}

static void declare_as(Compilation *c, const Item *item, Decl *parent, uint32_t file, Kind *kind);

static void read_inner(Compilation *c, Decl *decl, const Item *inner, Atom as) {
    const ClauseSpec *spec = kind_clause(decl->kind, as);
    Kind *kind = kind_find(c, as);
    bool misspelt = as != inner->word;
    if (spec && spec->cardinality != CLAUSE_DERIVED)
        read_clause(c, decl, spec, inner, misspelt);
    else if (kind)
        declare_as(c, inner, decl, decl->unit_index, kind);
    else if (misspelt)
        lose_names(c, inner);
    else if (!inner->broken || inner->word != ATOM_NONE)
        read_inner(c, decl, inner, unknown_in_block(c, decl, inner));
}

static void read_block(Compilation *c, Decl *decl) {
    const ItemList *block = &decl->item->block;
    for (uint32_t i = 0; i < block->count; i++)
        read_inner(c, decl, block->items[i], block->items[i]->word);
}

static bool has_own_reader(DeclSort sort) {
    return sort == SORT_KIND || sort == SORT_EXTEND || sort == SORT_UNIT || sort == SORT_USE;
}

static void declare_item(Compilation *c, const Item *item, uint32_t file) {
    Kind *kind = kind_find(c, item->word);
    if (!kind && (!item->broken || item->word != ATOM_NONE))
        kind = kind_find(c, unknown_at_top(c, item));
    if (kind)
        declare_as(c, item, NULL, file, kind);
    else
        lose_names(c, item);
}

static void declare_as(Compilation *c, const Item *item, Decl *parent, uint32_t file, Kind *kind) {
    if (!file_sees(c, file, kind->file)) {
        kind_not_used(c, parent, kind, item, file);
        lose_names(c, item);
        return;
    }
    if (!may_stand(c, kind, parent)) {
        at_decl(c, parent, DIAG_MISPLACED_ITEM, item->word_span, "`%s` stands %s",
                word(c, kind->name), places_of(c, kind));
        if (kind->local) lose_names(c, item);
        parent = NULL; /* what it says is checked as if it stood by itself */
    }
    if (has_own_reader(kind->sort)) {
        if (item->word != kind->name) lose_names(c, item); /* its reader passed it over */
        return;
    }
    Decl *decl = ARENA_NEW(c->arena, Decl);
    decl->kind = kind;
    decl->item = item;
    decl->parent = parent;
    decl->unit_index = file;
    decl->library = c->files.items[file].library;
    decl->index = c->decls.count;
    name_decl(c, decl);
    decl->path = decl_path(c, decl);
    register_decl(c, decl);
    VEC_PUSH(c->arena, &c->decls, decl);
    if (parent) VEC_PUSH(c->arena, &parent->children, decl);
    if (parent)
        put_pair(&c->members, parent->index + 1, decl->name, decl);
    else if (kind->sort != SORT_FN)
        put_pair(&c->tops, file, decl->name, decl);
    if (kind->sort == SORT_RULE) VEC_PUSH(c->arena, &c->rules, decl);
    if (kind->sort == SORT_ALLOW) VEC_PUSH(c->arena, &c->allows, decl);
    if (kind->sort == SORT_FN) VEC_PUSH(c->arena, &c->fns, decl);
    if (kind->builtin) {
        check_builtin(c, decl);
        return;
    }
    read_head(c, decl);
    read_block(c, decl);
    check_missing(c, decl);
}

/* ---- A block without its brace ------------------------------------------------------- */

/* Whether the word begins a clause of the kind, or an item that stands within it. */
static bool stands_within(Compilation *c, Kind *kind, Atom word_of_item) {
    const Kind *inner = kind_find(c, word_of_item);
    if (inner && may_stand(c, inner, NULL)) return false;
    if (kind_clause(kind, word_of_item)) return true;
    for (uint32_t i = 0; inner && i < inner->within.count; i++) {
        if (inner->within.items[i] == kind->name) return true;
    }
    return false;
}

/* How many of the items from `at` on are clauses of the one before, whose `{` is missing. */
static uint32_t clauses_outside(Compilation *c, const ItemList *items, uint32_t at) {
    const Item *item = items->items[at];
    Kind *kind = kind_find(c, item->word);
    uint32_t count = 0;
    if (!kind || kind->builtin || item->has_block || !item->values.count) return 0;
    while (at + 1 + count < items->count &&
           stands_within(c, kind, items->items[at + 1 + count]->word))
        count++;
    return count;
}

/* The item with what follows it as its block: nothing in it is complained of for standing where
 * it does. */
static const Item *with_block(Compilation *c, const ItemList *items, uint32_t at, uint32_t count) {
    Item *item = ARENA_NEW(c->arena, Item);
    *item = *items->items[at];
    item->has_block = true;
    for (uint32_t i = 1; i <= count; i++)
        VEC_PUSH(c->arena, &item->block, items->items[at + i]);
    item->span.end = items->items[at + count]->span.end;
    Slice name = item->values.items[0]->kind == EXPR_WORD ? word(c, item->values.items[0]->atom)
                                                          : word(c, item->word);
    uint32_t end = item->head_span.end;
    Diag *diag = at_decl(c, NULL, DIAG_SYNTAX_ERROR, item->head_span,
                         "`%s` has no block, and the next line is a clause of %s: a `{` is missing",
                         name, with_article(c, item->word));
    diag_fix(c->diags, diag, (Span){end, end}, SLICE(" {"), "open the block");
    return item;
}

static void check_plan(Compilation *c) {
    const Kind *kind = kind_of_sort(c, SORT_PLAN);
    if (!kind || !kind->decls.count) {
        c->plan_is_library = true;
        return;
    }
    c->plan = kind->decls.items[0];
    for (uint32_t i = 1; i < kind->decls.count; i++) {
        Diag *diag = diag_add(c->diags, DIAG_DUPLICATE_NAME, kind->decls.items[i]->item->word_span,
                              "a plan has one `plan` item");
        diag_relate(c->diags, diag, c->plan->item->word_span, "it stands here already");
    }
}

static void check_edition(Compilation *c, const Item *item) {
    const Expr *value = item->values.count ? item->values.items[0] : NULL;
    if (value && value->kind == EXPR_NUMBER && value->number.power == 0 &&
        value->number.mantissa == 2026)
        return;
    if (item->broken) return;
    Diag *diag = diag_add(c->diags, DIAG_UNSUPPORTED_EDITION, item->head_span,
                          "this program knows edition 2026 of the language");
    if (value) diag_fix(c->diags, diag, value->span, SLICE("2026"), "write `edition 2026`");
}

void sema_declare(Compilation *c) {
    hashmap_init(&c->names, c->arena);
    hashmap_init(&c->members, c->arena);
    hashmap_init(&c->tops, c->arena);
    hashmap_init(&c->kept, c->arena);
    hashmap_init(&c->lost, c->arena);
    hashmap_init(&c->fn_names, c->arena);
    forms_declare(c);
    for (uint32_t f = 0; f < c->files.count; f++) {
        const File *tree = c->files.items[f].tree;
        for (uint32_t i = 0; i < tree->items.count; i++) {
            const Item *item = tree->items.items[i];
            uint32_t outside = clauses_outside(c, &tree->items, i);
            if (outside) item = with_block(c, &tree->items, i, outside);
            i += outside;
            const Kind *kind = kind_find(c, item->word);
            if (kind && kind->sort == SORT_EDITION)
                check_edition(c, item);
            else
                declare_item(c, item, f);
        }
    }
    check_plan(c);
}
