/* The tree as text for people who test it. Nothing else reads it: it may change. */
#include <assert.h>

#include "compiler/syntax/parse.h"
#include "runtime/base/buffer.h"

typedef struct {
    Buffer out;
    const Interner *interner;
} Dump;

static void add(Dump *dump, const char *text) {
    buffer_add_text(&dump->out, text);
}

static void add_atom(Dump *dump, Atom atom) {
    buffer_add(&dump->out, atom_text(dump->interner, atom));
}

static const char *operator_text(Operator op) {
    switch (op) {
    case OP_OR: return "or";
    case OP_AND: return "and";
    case OP_NOT: return "not";
    case OP_EQ: return "==";
    case OP_NE: return "!=";
    case OP_LT: return "<";
    case OP_LE: return "<=";
    case OP_GT: return ">";
    case OP_GE: return ">=";
    case OP_IN: return "in";
    case OP_NOT_IN: return "not-in";
    case OP_IS: return "is";
    case OP_IS_NOT: return "is-not";
    case OP_RANGE: return "..";
    case OP_ADD:
    case OP_POS: return "+";
    case OP_SUB:
    case OP_NEG: return "-";
    case OP_MUL: return "*";
    case OP_DIV: return "/";
    case OP_PER:
    case OP_PER_PREFIX: return "per";
    case OP_POW: return "^";
    }
    return "?";
}

static void add_quoted(Dump *dump, Slice text) {
    buffer_add_char(&dump->out, '"');
    for (size_t i = 0; i < text.length; i++) {
        char c = text.data[i];
        if (c == '\n')
            add(dump, "\\n");
        else if (c == '"' || c == '\\')
            buffer_printf(&dump->out, "\\%c", c);
        else
            buffer_add_char(&dump->out, c);
    }
    buffer_add_char(&dump->out, '"');
}

static void add_number(Dump *dump, Decimal number) {
    buffer_printf(&dump->out, "%lld", (long long)number.mantissa);
    if (number.power) buffer_printf(&dump->out, "e%d", number.power);
}

static void add_expr(Dump *dump, const Expr *expr);

static void add_values(Dump *dump, const ExprList *values) {
    for (uint32_t i = 0; i < values->count; i++) {
        add(dump, " ");
        add_expr(dump, values->items[i]);
    }
}

static void add_phrases(Dump *dump, const PhraseList *phrases) {
    VEC_EACH(Phrase, phrase, phrases) {
        add(dump, " {");
        add_atom(dump, phrase->label);
        add_values(dump, &phrase->values);
        add(dump, "}");
    }
}

static void add_entries(Dump *dump, const Expr *expr) {
    VEC_EACH(Entry, entry, &expr->entries) {
        add(dump, " ");
        if (entry->key) {
            add_expr(dump, entry->key);
            add(dump, ": ");
        }
        add_expr(dump, entry->value);
    }
    add_phrases(dump, &expr->phrases);
}

/* ( word left entries phrases ) */
static void add_form(Dump *dump, const char *word, const Expr *expr) {
    buffer_printf(&dump->out, "(%s", word);
    if (expr->left) {
        add(dump, " ");
        add_expr(dump, expr->left);
    }
    add_entries(dump, expr);
    add(dump, ")");
}

static void add_parts(Dump *dump, const Expr *text) {
    add(dump, "(text");
    VEC_EACH(TextPart, part, &text->parts) {
        add(dump, " ");
        if (!part->value) {
            add_quoted(dump, part->literal);
            continue;
        }
        add(dump, "{");
        add_expr(dump, part->value);
        if (part->format) {
            add(dump, " as ");
            if (part->places) buffer_printf(&dump->out, "%d ", (int)part->places);
            add_atom(dump, part->format);
        }
        add(dump, "}");
    }
    add(dump, ")");
}

static void add_operator(Dump *dump, const Expr *expr) {
    buffer_printf(&dump->out, "(%s ", operator_text(expr->op));
    add_expr(dump, expr->left);
    if (expr->right) {
        add(dump, " ");
        add_expr(dump, expr->right);
    }
    add(dump, ")");
}

static void add_if(Dump *dump, const Expr *expr) {
    add(dump, "(if ");
    add_expr(dump, expr->left);
    add(dump, " ");
    add_expr(dump, expr->right);
    add(dump, " ");
    add_expr(dump, expr->other);
    add(dump, ")");
}

static void add_unit(Dump *dump, const Expr *expr) {
    add(dump, "(");
    add_expr(dump, expr->left);
    add(dump, " ");
    add_atom(dump, expr->atom);
    add(dump, ")");
}

static void add_expr(Dump *dump, const Expr *expr) {
    Buffer *out = &dump->out;
    switch (expr->kind) {
    case EXPR_POISON: add(dump, "<unreadable>"); break;
    case EXPR_WORD: add_atom(dump, expr->atom); break;
    case EXPR_NUMBER: add_number(dump, expr->number); break;
    case EXPR_PERCENT: add_number(dump, expr->number), add(dump, "%"); break;
    case EXPR_POINTS: add_number(dump, expr->number), add(dump, "pp"); break;
    case EXPR_MONEY:
        add(dump, "£"), add_number(dump, expr->number), add(dump, expr->real ? " real" : "");
        break;
    case EXPR_UNIT: add_unit(dump, expr); break;
    case EXPR_STRING: add_quoted(dump, expr->text); break;
    case EXPR_TEXT: add_parts(dump, expr); break;
    case EXPR_DATE:
        buffer_printf(out, "%04d-%02d-%02d", (int)expr->year, (int)expr->month, (int)expr->day);
        break;
    case EXPR_MONTH: buffer_printf(out, "%04d-%02d", (int)expr->year, (int)expr->month); break;
    case EXPR_YEAR: buffer_printf(out, "FY%04d", (int)expr->year); break;
    case EXPR_QUARTER: buffer_printf(out, "FY%04dQ%d", (int)expr->year, (int)expr->month); break;
    case EXPR_BOOL: add(dump, expr->truth ? "true" : "false"); break;
    case EXPR_MISSING: add(dump, "missing"); break;
    case EXPR_UNARY:
    case EXPR_BINARY: add_operator(dump, expr); break;
    case EXPR_IF: add_if(dump, expr); break;
    case EXPR_MEMBER:
        add(dump, "(. "), add_expr(dump, expr->left), add(dump, " ");
        add_atom(dump, expr->atom), add(dump, ")");
        break;
    case EXPR_CALL: add_form(dump, "call", expr); break;
    case EXPR_INDEX: add_form(dump, "index", expr); break;
    case EXPR_LIST: add_form(dump, "list", expr); break;
    case EXPR_GROUP: add_form(dump, "group", expr); break;
    }
}

static void add_items(Dump *dump, const ItemList *items, size_t depth);

static void add_item(Dump *dump, const Item *item, size_t depth) {
    buffer_add_repeated(&dump->out, ' ', depth * 2);
    add_atom(dump, item->word);
    add_values(dump, &item->values);
    if (item->title) add(dump, " = "), add_quoted(dump, item->title->text);
    add_phrases(dump, &item->phrases);
    if (item->type) add(dump, " : "), add_expr(dump, item->type);
    add_phrases(dump, &item->type_phrases);
    if (item->value) add(dump, " := "), add_expr(dump, item->value);
    add_phrases(dump, &item->value_phrases);
    if (item->broken) add(dump, " BROKEN");
    if (item->doc.length) add(dump, " ## "), add_quoted(dump, item->doc);
    add(dump, item->has_block && !item->block.count ? " {}\n" : "\n");
    add_items(dump, &item->block, depth + 1);
}

static void add_items(Dump *dump, const ItemList *items, size_t depth) {
    for (uint32_t i = 0; i < items->count; i++) add_item(dump, items->items[i], depth);
}

Slice tree_dump(Arena *arena, const Interner *interner, const File *file) {
    Dump dump = {.interner = interner};
    buffer_init(&dump.out, arena);
    add_items(&dump, &file->items, 0);
    return buffer_slice(&dump.out);
}
