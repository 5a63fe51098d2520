/* The scanner's side of the syntax: pieces of text with their places, in the order of the
 * file. It knows words, values and marks, and nothing of items or of where they end (that is
 * layout.h). What is spelled wrongly is reported here, once, and handed on as an unreadable
 * value, so that nothing after it is blamed. */
#ifndef COMPILER_SYNTAX_SCAN_H
#define COMPILER_SYNTAX_SCAN_H

#include "compiler/syntax/parse.h"
#include "runtime/base/buffer.h"
#include "runtime/base/hashmap.h"

enum {
    TOKEN_FIRST = 1,    /* first on its line */
    TOKEN_BLANK = 2,    /* a blank line lies before it */
    TOKEN_DOUBTFUL = 4, /* something unreadable was left out just before it */
    TOKEN_INSERTED = 8, /* stands for something that is missing; already reported */
    TOKEN_SPACED = 16,  /* a space lies before it */
    TOKEN_DROPPED = 32  /* a brace too many; already reported */
};

/* `kind` is one of grammar/scp.tab.h. */
typedef struct {
    int16_t kind;
    uint8_t flags;
    uint8_t closers; /* so many `}` are missing before it; already reported */
    uint32_t doc;    /* its `##` lines: index + 1 in Scan.docs; 0: none */
    Span span;
    union {
        Atom word;   /* words, reserved or not */
        Expr *value; /* numbers, dates, strings and their like */
    } as;
} Token;

/* `{ items }` */
typedef struct {
    const Token *open;
    const Token *close;
    ItemList items;
} Block;

typedef struct {
    Slice text; /* lines joined, without the marks */
    Span span;
} DocComment;

/* A place to go back to, when what came after it turns out to be prose. */
typedef struct {
    Span span;
    uint32_t tokens;
    uint32_t diags;
} ScanMark;

enum { SCAN_TEXT_DEPTH = 16 }; /* texts within texts */

typedef struct {
    ParseContext *context;
    Arena *arena;
    DiagBag *diags;
    Slice text;
    uint32_t base; /* offset of the first byte */
    VEC(Token) tokens;
    VEC(DocComment) docs;
    HashMap keywords;    /* atom to kind */
    uint8_t next_flags;  /* of what comes next */
    uint32_t line_ends;  /* since the last piece or comment */
    bool doc_open;       /* the last doc comment still waits for its item */
    Buffer doc_lines;    /* its lines so far */
    uint32_t first_diag; /* diagnostics of this file begin there */
    size_t closing_quote; /* `"` on a line of its own, the end of one that was said; 0: none */
    uint32_t text_depth; /* open texts */
    Span text_opened[SCAN_TEXT_DEPTH + 1];
    ScanMark hole_opened[SCAN_TEXT_DEPTH + 1]; /* `{` within them */
    bool cut_short; /* a text ran to the end of the file: what is missing there is no news */
} Scan;

/* Splits the source; ends with the end of the file. */
void scan_source(Scan *scan, ParseContext *context, uint32_t source);

/* ---- What the rules of grammar/scp.l call: `at` is an offset in the text. ---- */

void scan_run(Scan *scan); /* in scp.l */

Token *scan_push(Scan *scan, int kind, size_t at, size_t length);
Expr *scan_push_value(Scan *scan, int kind, ExprKind expr_kind, size_t at, size_t length);
void scan_push_unreadable(Scan *scan, size_t at, size_t length);
void scan_space(Scan *scan);
void scan_line_end(Scan *scan);
void scan_comment(Scan *scan);
void scan_doc_comment(Scan *scan, size_t at, size_t length);
void scan_word(Scan *scan, size_t at, size_t length);
void scan_foreign_word(Scan *scan, size_t at, size_t length);
/* Both return how much belongs to the text, which a curly quote may have closed; the second
 * takes one that is not closed on its line. */
size_t scan_string(Scan *scan, size_t at, size_t length);
size_t scan_open_string(Scan *scan, size_t at, size_t length);
void scan_curly_string(Scan *scan, size_t at, size_t length);
void scan_wrong_mark(Scan *scan, size_t at, size_t length, int kind, const char *right);
void scan_wrong_comment(Scan *scan, size_t at, size_t length);
void scan_wrong_space(Scan *scan, size_t at, size_t length);
void scan_unknown(Scan *scan, size_t at, size_t length);
void scan_malformed(Scan *scan, size_t at, size_t length); /* reported by scan_source */
/* Three quotes: returns how many begin a text: none where they end the one around an open `{`,
 * which is then closed. */
size_t scan_open_text(Scan *scan, size_t at);
void scan_text_part(Scan *scan, size_t at, size_t length);
void scan_close_text(Scan *scan, size_t at, size_t length);
void scan_open_hole(Scan *scan, size_t at);
bool scan_close_brace(Scan *scan, size_t at); /* true: it closed a `{` within a text */
void scan_end(Scan *scan, bool in_text);
/* After a thousand mistakes nobody reads on: the rest of the file is passed over, so that a
 * file of mistakes does not cost memory without end. */
bool scan_is_full(const Scan *scan);
void scan_give_up(Scan *scan);

/* That the doc comment of that number (Token.doc) has no item. */
void scan_report_doc(Scan *scan, uint32_t number);

/* Whether a piece of that kind can be the last of an item. */
bool token_can_end(int kind);
bool token_is_value(int kind); /* by itself: a word, a number, a text on one line */
bool token_is_label(int kind);
bool token_is_reserved(int kind);
/* Whether the text, written as it is, is a word that names something. */
bool text_is_name(Slice text);
/* A number, percentage, points, amount of money: what takes a unit. */
bool token_takes_unit(int kind);
/* In the words of somebody who writes plans: grammar/scp.y. */
const char *token_kind_text(int kind);

/* The span of `length` bytes at `at`. */
Span scan_span(const Scan *scan, size_t at, size_t length);

#endif
