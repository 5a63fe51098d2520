/* The tree of a plan: two families of node, items and expressions. It says what was written
 * and where, and nothing of what it means: meaning is compiler/sema's. */
#ifndef COMPILER_SYNTAX_TREE_H
#define COMPILER_SYNTAX_TREE_H

#include "runtime/base/intern.h"
#include "runtime/base/span.h"
#include "runtime/base/vec.h"

/* How deep an expression can be: beyond, it is poison and `limit-reached` is reported. Blocks
 * and brackets are limited by ParseContext.nesting_limit. */
enum { EXPR_HEIGHT = 1000 };

typedef struct Expr Expr;
typedef struct Item Item;

typedef VEC(Expr *) ExprList;
typedef VEC(Item *) ItemList;

typedef enum {
    EXPR_POISON,  /* something was written here that could not be read; already reported */
    EXPR_WORD,    /* atom */
    EXPR_NUMBER,  /* number */
    EXPR_PERCENT, /* number: 12.5% holds 12.5 */
    EXPR_POINTS,  /* number: 3pp holds 3 */
    EXPR_MONEY,   /* number in pounds; real: at the plan's price base */
    EXPR_UNIT,    /* a value and the unit word after it on the same line: `5 years` (left is the
                     number, percentage, points, money or poison; atom and word_span are the
                     word's; number is copied from left). `-12% relative` is the negation of
                     one. */
    EXPR_STRING,  /* text, unescaped */
    EXPR_TEXT,    /* parts */
    EXPR_DATE,    /* year, month, day */
    EXPR_MONTH,   /* year, month */
    EXPR_YEAR,    /* year: FY2026/27 holds 2026 */
    EXPR_QUARTER, /* year, month: quarter 1 to 4 */
    EXPR_BOOL,    /* truth */
    EXPR_MISSING,
    EXPR_UNARY,  /* op, left */
    EXPR_BINARY, /* op, left, right */
    EXPR_IF,     /* left: condition, right: then, other: else */
    EXPR_MEMBER, /* left . atom (word_span is the atom's) */
    EXPR_CALL,   /* left ( entries phrases ) */
    EXPR_INDEX,  /* left [ entries ] */
    EXPR_LIST,   /* [ entries ] */
    EXPR_GROUP   /* ( left phrases ): plain parentheses, or a value with `at` or `where` */
} ExprKind;

typedef enum {
    OP_OR,
    OP_AND,
    OP_NOT,
    OP_EQ,
    OP_NE,
    OP_LT,
    OP_LE,
    OP_GT,
    OP_GE,
    OP_IN,
    OP_NOT_IN,
    OP_IS,
    OP_IS_NOT,
    OP_RANGE, /* a .. b */
    OP_ADD,
    OP_SUB,
    OP_MUL,
    OP_DIV,
    OP_PER, /* binary `a per n u` is a / (n u) */
    OP_NEG,
    OP_POS,
    OP_PER_PREFIX, /* prefix - + per */
    OP_POW
} Operator;

/* An exact decimal: mantissa * 10^power. */
typedef struct {
    int64_t mantissa;
    int16_t power;
} Decimal;

/* key : value, in lists and arguments; key NULL where there is none. */
typedef struct {
    Expr *key;
    Expr *value;
} Entry;

/* A label and what it introduces: `from 0, 1, 5`. */
typedef struct {
    Atom label;
    Span label_span;
    Span span; /* label and values */
    ExprList values;
} Phrase;

typedef VEC(Phrase) PhraseList;

/* A piece of a text: literal, or a value with an optional format. */
typedef struct {
    Slice literal; /* when value is NULL; indentation and escapes already resolved */
    Expr *value;
    Atom format;    /* percent pounds millions whole places; ATOM_NONE: the unit's own */
    int32_t places; /* with format `places` */
    Span span;
} TextPart;

struct Expr {
    ExprKind kind;
    Span span;
    uint32_t height; /* of the tree below, from 1; at most EXPR_HEIGHT: recursion is safe */
    Span word_span;  /* of the operator, member word or unit word */
    Operator op;
    Atom atom;
    Expr *left, *right, *other;
    Decimal number;
    bool real;  /* EXPR_MONEY: `£3.9m real` */
    bool truth; /* EXPR_BOOL */
    int32_t year, month, day;
    Slice text; /* EXPR_STRING */
    VEC(Entry) entries;
    PhraseList phrases;
    VEC(TextPart) parts;
};

/* word head phrases [ definition phrases ] [ block ]. Whether a word and a text *declare* is
 * the kind's to say; here the head is a list of values, with `title` set for word + text. */
struct Item {
    Atom word;
    Span word_span;
    Span span;                /* from the word to the end of the item, its block included */
    Span head_span;           /* without the block */
    Slice doc;                /* the `##` lines before it, joined; empty: none */
    ExprList values;          /* the head; with a title the first is the name */
    Expr *title;              /* the text of `word name "title"`, else NULL */
    PhraseList phrases;       /* before the definition */
    Expr *type;               /* after ":" */
    PhraseList type_phrases;  /* after the type; those between type and "=" stand here too */
    Expr *value;              /* after "=" */
    PhraseList value_phrases; /* after the value */
    ItemList block;
    bool has_block;
    bool broken; /* a syntax error, already reported, lies before the block, or an item of the
                    block could not be read at all; what was read before it is here (name and
                    title always), what follows is not. A block of broken items does not make
                    the item around it broken. */
};

typedef struct {
    uint32_t source; /* index in the source map */
    ItemList items;
} File;

#endif
