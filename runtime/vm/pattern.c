/* Reading a pattern to a tree, the tree to a machine of states, and running all its states side
 * by side. Never backtracks, and keeps one list of states for each of the two characters it
 * stands between. */
#include "runtime/vm/pattern.h"

#include <string.h>

#include "runtime/base/utf8.h"
#include "runtime/base/vec.h"

enum { MOST_STEPS = 2000, MOST_REPEATS = 100, MOST_DEPTH = 50, MOST_VISITS = PATTERN_COMPILE_COST };

typedef struct {
    uint32_t low, high;
} CodeRange;

/* Characters in one of `count` ranges from `first` on, or, negated, in none. */
typedef struct {
    uint32_t first, count;
    bool negated;
} Class;

/* CLASS takes a character and goes on at `out`; SPLIT goes on at both; DONE is the end. */
typedef enum { STEP_DONE, STEP_CLASS, STEP_SPLIT } StepSort;

typedef struct {
    StepSort sort;
    uint32_t out, other;
    Class class;
} Step;

/* A set of steps, each in it once. */
typedef struct {
    uint32_t *listed;
    uint32_t count;
} StepSet;

struct Pattern {
    VEC(Step) steps;
    VEC(CodeRange) ranges;
    uint32_t start;
    uint64_t weight; /* steps and ranges that one character may have to pass */
    /* while matching: where it is before and after a character; `mark` is the moment at which
     * a step was last added, and moments only grow, from match to match too */
    StepSet now, next;
    uint64_t *mark, moment;
    uint32_t *pending; /* steps to follow, in place of recursion */
};

/* ---- Reading --------------------------------------------------------------------------------- */

typedef enum { TREE_EMPTY, TREE_CLASS, TREE_CHAIN, TREE_EITHER, TREE_REPEAT } TreeSort;

typedef struct Tree {
    TreeSort sort;
    Class class;
    const struct Tree *one, *other; /* of CHAIN and EITHER; REPEAT has one */
    uint32_t least, most;           /* of REPEAT */
    bool endless;
} Tree;

typedef struct {
    Arena *arena;
    Slice text;
    size_t at;
    uint32_t depth, visits;
    Pattern *pattern;
    const char *why; /* once set, the rest of the text is not read */
} Compiler;

static void fail(Compiler *c, const char *why) {
    if (!c->why) c->why = why;
    c->at = c->text.length;
}

static char peek(const Compiler *c) { return c->at < c->text.length ? c->text.data[c->at] : '\0'; }

static bool accept(Compiler *c, char wanted) {
    if (c->at >= c->text.length || c->text.data[c->at] != wanted) return false;
    c->at++;
    return true;
}

static Tree *new_tree(Compiler *c, TreeSort sort) {
    Tree *tree = ARENA_NEW(c->arena, Tree);
    tree->sort = sort;
    return tree;
}

static bool among(uint32_t code, const char *characters) {
    return code && code < 128 && strchr(characters, (int)code);
}

/* One character; `special` ones need a backslash, and only special ones may have one. */
static uint32_t read_character(Compiler *c, const char *special) {
    uint32_t code = 0;
    bool escaped = accept(c, '\\');
    size_t length = c->at < c->text.length ? utf8_decode(c->text, c->at, &code) : 0;
    c->at += length;
    if (!length)
        fail(c, "a character is missing");
    else if (escaped && !among(code, ".[](){}*+?|\\-^"))
        fail(c, "a backslash before an ordinary character");
    else if (!escaped && among(code, special))
        fail(c, "a special character without a backslash");
    return code;
}

static Tree *read_class(Compiler *c) {
    Tree *tree = new_tree(c, TREE_CLASS);
    tree->class.first = c->pattern->ranges.count;
    tree->class.negated = accept(c, '^');
    while (c->at < c->text.length && peek(c) != ']') {
        CodeRange range;
        range.low = range.high = read_character(c, "[]\\-^");
        if (accept(c, '-')) range.high = read_character(c, "[]\\-^");
        if (range.high < range.low) fail(c, "a range that runs backwards");
        VEC_PUSH(c->arena, &c->pattern->ranges, range);
        tree->class.count++;
    }
    if (!tree->class.count || !accept(c, ']')) fail(c, "a class that is empty or not closed");
    return tree;
}

static const Tree *read_alternatives(Compiler *c);

static const Tree *read_group(Compiler *c) {
    if (++c->depth > MOST_DEPTH) fail(c, "groups are nested too deep");
    const Tree *tree = read_alternatives(c);
    c->depth--;
    if (!accept(c, ')')) fail(c, "a group that is not closed");
    return tree;
}

static const Tree *read_one(Compiler *c) {
    if (accept(c, '[')) return read_class(c);
    if (accept(c, '(')) return read_group(c);
    Tree *tree = new_tree(c, TREE_CLASS);
    tree->class.first = c->pattern->ranges.count;
    if (accept(c, '.')) {
        tree->class.negated = true; /* in none of no ranges: any */
        return tree;
    }
    uint32_t code = read_character(c, "[](){}*+?|\\^");
    VEC_PUSH(c->arena, &c->pattern->ranges, (CodeRange){code, code});
    tree->class.count = 1;
    return tree;
}

static uint32_t read_count(Compiler *c) {
    uint32_t number = 0;
    if (peek(c) < '0' || peek(c) > '9') fail(c, "a count that is no number");
    while (peek(c) >= '0' && peek(c) <= '9' && number <= MOST_REPEATS)
        number = number * 10 + (uint32_t)(c->text.data[c->at++] - '0');
    if (number > MOST_REPEATS) fail(c, "a count over 100");
    return number;
}

static void read_braces(Compiler *c, Tree *repeat) {
    repeat->least = repeat->most = read_count(c);
    if (accept(c, ',')) {
        repeat->endless = peek(c) == '}';
        if (!repeat->endless) repeat->most = read_count(c);
    }
    if (!accept(c, '}')) fail(c, "a count that is not closed");
    if (repeat->most < repeat->least) fail(c, "a count that runs backwards");
}

static const Tree *read_repeat(Compiler *c) {
    const Tree *one = read_one(c);
    Tree repeat = {.sort = TREE_REPEAT, .one = one};
    if (accept(c, '*'))
        repeat.endless = true;
    else if (accept(c, '+')) {
        repeat.least = repeat.most = 1;
        repeat.endless = true;
    } else if (accept(c, '?'))
        repeat.most = 1;
    else if (accept(c, '{'))
        read_braces(c, &repeat);
    else
        return one;
    Tree *tree = new_tree(c, TREE_REPEAT);
    *tree = repeat;
    return tree;
}

static const Tree *join(Compiler *c, TreeSort sort, const Tree *one, const Tree *other) {
    Tree *tree = new_tree(c, sort);
    tree->one = one;
    tree->other = other;
    return tree;
}

static const Tree *read_chain(Compiler *c) {
    const Tree *chain = NULL;
    while (c->at < c->text.length && peek(c) != '|' && peek(c) != ')') {
        const Tree *next = read_repeat(c);
        chain = chain ? join(c, TREE_CHAIN, chain, next) : next;
    }
    return chain ? chain : new_tree(c, TREE_EMPTY);
}

static const Tree *read_alternatives(Compiler *c) {
    const Tree *tree = read_chain(c);
    while (accept(c, '|')) tree = join(c, TREE_EITHER, tree, read_chain(c));
    return tree;
}

/* ---- Building the machine: back to front, each piece given the step that follows it ---------- */

static uint32_t add_step(Compiler *c, Step step) {
    if (c->pattern->steps.count >= MOST_STEPS) {
        fail(c, "the pattern is too long");
        return 0;
    }
    VEC_PUSH(c->arena, &c->pattern->steps, step);
    c->pattern->weight += 1 + step.class.count;
    return c->pattern->steps.count - 1;
}

static uint32_t build(Compiler *c, const Tree *tree, uint32_t next);

static uint32_t build_repeat(Compiler *c, const Tree *tree, uint32_t next) {
    if (tree->endless) {
        uint32_t loop = add_step(c, (Step){.sort = STEP_SPLIT, .other = next});
        uint32_t body = build(c, tree->one, loop);
        if (!c->why) c->pattern->steps.items[loop].out = body;
        next = loop;
    }
    for (uint32_t i = tree->least; i < tree->most && !c->why; i++) {
        uint32_t body = build(c, tree->one, next);
        next = add_step(c, (Step){.sort = STEP_SPLIT, .out = body, .other = next});
    }
    for (uint32_t i = 0; i < tree->least && !c->why; i++) next = build(c, tree->one, next);
    return next;
}

static uint32_t build(Compiler *c, const Tree *tree, uint32_t next) {
    if (++c->visits > MOST_VISITS) fail(c, "the pattern is too long");
    if (c->why) return 0;
    switch (tree->sort) {
    case TREE_EMPTY:
        break;
    case TREE_CLASS:
        return add_step(c, (Step){.sort = STEP_CLASS, .out = next, .class = tree->class});
    case TREE_CHAIN:
        for (; tree->sort == TREE_CHAIN; tree = tree->one) next = build(c, tree->other, next);
        return build(c, tree, next);
    case TREE_EITHER: {
        uint32_t one = build(c, tree->one, next), other = build(c, tree->other, next);
        return add_step(c, (Step){.sort = STEP_SPLIT, .out = one, .other = other});
    }
    case TREE_REPEAT:
        return build_repeat(c, tree, next);
    }
    return next;
}

/* A step is pending at most as often as others lead to it: twice the number of steps in all. */
static void take_workspace(Arena *arena, Pattern *pattern) {
    uint32_t steps = pattern->steps.count;
    pattern->now.listed = ARENA_NEW_ARRAY(arena, uint32_t, steps);
    pattern->next.listed = ARENA_NEW_ARRAY(arena, uint32_t, steps);
    pattern->pending = ARENA_NEW_ARRAY(arena, uint32_t, 2 * (size_t)steps + 1);
    pattern->mark = ARENA_NEW_ARRAY(arena, uint64_t, steps);
}

Pattern *pattern_compile(Arena *arena, Slice text, Slice *why) {
    Pattern *pattern = ARENA_NEW(arena, Pattern);
    Compiler compiler = {.arena = arena, .text = text, .pattern = pattern};
    if (text.length > MOST_STEPS) fail(&compiler, "the pattern is too long");
    const Tree *tree = read_alternatives(&compiler);
    if (!compiler.why && compiler.at < text.length) fail(&compiler, "a `)` without its `(`");
    uint32_t done = add_step(&compiler, (Step){.sort = STEP_DONE});
    if (!compiler.why) pattern->start = build(&compiler, tree, done);
    if (compiler.why) {
        *why = slice_of(compiler.why);
        return NULL;
    }
    take_workspace(arena, pattern);
    return pattern;
}

/* ---- Matching -------------------------------------------------------------------------------- */

/* Adds a step and what can be reached from it without a character. */
static void add_reachable(Pattern *p, StepSet *set, uint32_t step) {
    uint32_t count = 0;
    p->pending[count++] = step;
    while (count) {
        uint32_t s = p->pending[--count];
        if (p->mark[s] == p->moment) continue;
        p->mark[s] = p->moment;
        const Step *at = &p->steps.items[s];
        if (at->sort == STEP_SPLIT) {
            p->pending[count++] = at->other;
            p->pending[count++] = at->out;
        } else {
            set->listed[set->count++] = s;
        }
    }
}

static bool class_takes(const Pattern *pattern, const Class *class, uint32_t code) {
    for (uint32_t i = 0; i < class->count; i++) {
        CodeRange range = pattern->ranges.items[class->first + i];
        if (code >= range.low && code <= range.high) return !class->negated;
    }
    return class->negated;
}

static void take(Pattern *p, uint32_t code) {
    p->moment++;
    p->next.count = 0;
    for (uint32_t i = 0; i < p->now.count; i++) {
        const Step *step = &p->steps.items[p->now.listed[i]];
        if (step->sort == STEP_CLASS && class_takes(p, &step->class, code))
            add_reachable(p, &p->next, step->out);
    }
    StepSet taken = p->next;
    p->next = p->now;
    p->now = taken;
}

bool pattern_matches(Pattern *pattern, Slice text) {
    pattern->moment++;
    pattern->now.count = 0;
    add_reachable(pattern, &pattern->now, pattern->start);
    for (size_t at = 0; at < text.length && pattern->now.count;) {
        uint32_t code;
        at += utf8_decode_lossy(text, at, &code);
        take(pattern, code);
    }
    for (uint32_t i = 0; i < pattern->now.count; i++)
        if (pattern->steps.items[pattern->now.listed[i]].sort == STEP_DONE) return true;
    return false;
}

uint64_t pattern_cost(const Pattern *pattern, Slice text) {
    return (text.length + 1) * pattern->weight;
}
