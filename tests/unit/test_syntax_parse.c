/* What the parser promises beyond single trees: encodings, places, limits, reserved words,
 * mends that mend, and that every mistake is reported once. */
#include "tests/unit/test_syntax_fixture.h"

#include "compiler/syntax/layout.h"
#include "grammar/scp.tab.h"

#define TEST(name) static void name(void **state __attribute__((unused)))

static Slice source_text(const Parsed *parsed, Span span) {
    return source_map_text(&parsed->sources, span);
}

static const Item *only_item(const Parsed *parsed) {
    assert_int_equal(parsed->diags.items.count, 0);
    assert_int_equal(parsed->file->items.count, 1);
    return parsed->file->items.items[0];
}

/* ---- encodings ---- */

static void assert_at(Slice text, const char *place) {
    Parsed *parsed = parse_slice(text);
    assert_int_equal(parsed->diags.items.count, 1);
    Buffer out;
    buffer_init(&out, &parsed->arena);
    add_place(&out, &parsed->sources, parsed->diags.items.items[0]->span);
    assert_slice(buffer_slice(&out), place);
    parsed_free(parsed);
}

TEST(bytes_that_are_not_utf8_are_reported_with_their_place) {
    assert_only(SLICE("a b\nc \xFF d\n"), "invalid-utf8");
    assert_at(SLICE("a b\nc \xFF d\n"), "2:3-4");
    assert_only(SLICE("a \"x\xC3(\"\n"), "invalid-utf8");
    assert_only(SLICE("# \xE2\x82\n"), "invalid-utf8");
    assert_only(SLICE("a \xED\xA0\x80 b\n"), "invalid-utf8");
    assert_only(SLICE("a \xF4\x90\x80\x80 b\n"), "invalid-utf8");
    assert_only(SLICE("a \"\"\"x \xC0\xAF\"\"\"\nb c\n"), "invalid-utf8");
}

TEST(a_nul_byte_is_reported_and_does_not_end_the_file) {
    Parsed *parsed = parse_slice(SLICE("a \0 b\nc\n"));
    assert_int_equal(parsed->diags.items.count, 1);
    assert_slice(parsed->diags.items.items[0]->name, "invalid-utf8");
    assert_int_equal(parsed->file->items.count, 2);
    parsed_free(parsed);
    assert_only(SLICE("a \"x\0y\"\n"), "invalid-utf8");
}

TEST(bytes_of_windows_are_mended_to_what_they_were) {
    Parsed *parsed = parse_slice(SLICE("cost \xA3"
                                       "1.2m\n"));
    assert_int_equal(parsed->diags.items.count, 1);
    assert_slice(mended_text(parsed), "cost £1.2m\n");
    parsed_free(parsed);
}

TEST(a_file_in_utf16_is_one_mistake) {
    assert_only(SLICE("\xFF\xFE"
                      "a\0 \0b\0\n\0"),
                "invalid-utf8");
}

TEST(a_byte_order_mark_is_skipped) {
    Parsed *parsed = parse_slice(SLICE("\xEF\xBB\xBF"
                                       "a b\n"));
    const Item *item = only_item(parsed);
    assert_slice(source_text(parsed, item->word_span), "a");
    parsed_free(parsed);
}

static void assert_mended(const char *text, const char *mended) {
    Parsed *parsed = parse_text(text);
    assert_true(parsed->diags.items.count > 0);
    assert_slice(mended_text(parsed), mended);
    Parsed *again = parse_slice(mended_text(parsed));
    assert_slice(diags_text(again), "");
    parsed_free(again);
    parsed_free(parsed);
}

TEST(spaces_of_a_word_processor_are_mended) {
    assert_mended("x 5\xC2\xA0years\n", "x 5 years\n");
    assert_mended("x\xE2\x80\xAFy\n", "x y\n");
    assert_mended("x y\xE2\x80\x8B\n", "x y\n");
    assert_mended("x y\xEF\xBB\xBF\n", "x y\n");
    assert_mended("x y\rz\n", "x y\nz\n");
    assert_mended("x \x01y\n", "x y\n");
}

/* ---- places ---- */

TEST(columns_count_code_points) {
    assert_at(SLICE("a \"£££\" b\n"), "1:9-10");
    assert_at(SLICE("a \"😀\" by\n"), "1:9");
}

TEST(places_cover_what_was_written) {
    Parsed *parsed =
        parse_text("# one\nkpi falls \"Falls\" of older by 5 years, m.at : t = x + -1 {\n"
                   "  a\n} # two\n");
    const Item *item = only_item(parsed);
    assert_slice(source_text(parsed, item->word_span), "kpi");
    assert_slice(source_text(parsed, item->head_span),
                 "kpi falls \"Falls\" of older by 5 years, m.at : t = x + -1 ");
    assert_true(slice_ends_with(source_text(parsed, item->span), SLICE("  a\n}")));
    assert_slice(source_text(parsed, item->title->span), "\"Falls\"");
    const Phrase *by = &item->phrases.items[1];
    assert_slice(source_text(parsed, by->label_span), "by");
    assert_slice(source_text(parsed, by->span), "by 5 years, m.at");
    assert_slice(source_text(parsed, by->values.items[0]->span), "5 years");
    assert_slice(source_text(parsed, by->values.items[0]->word_span), "years");
    assert_slice(source_text(parsed, by->values.items[1]->word_span), "at");
    assert_slice(source_text(parsed, item->value->span), "x + -1");
    assert_slice(source_text(parsed, item->value->word_span), "+");
    parsed_free(parsed);
}

TEST(an_item_ends_before_the_semicolon_and_the_comment) {
    Parsed *parsed = parse_text("a b ; c d # e\n");
    assert_int_equal(parsed->file->items.count, 2);
    assert_slice(source_text(parsed, parsed->file->items.items[0]->span), "a b");
    assert_slice(source_text(parsed, parsed->file->items.items[1]->span), "c d");
    parsed_free(parsed);
}

TEST(a_label_on_the_next_line_can_be_told_from_its_item) {
    Parsed *parsed = parse_text("board x\n  with leeds\n");
    const Item *item = only_item(parsed);
    Position label = source_map_position(&parsed->sources, item->phrases.items[0].label_span.start);
    Position word = source_map_position(&parsed->sources, item->word_span.start);
    assert_int_equal(label.line, word.line + 1);
    parsed_free(parsed);
}

TEST(several_files_share_one_space_of_places) {
    Parsed *parsed = parse_text("a\n");
    uint32_t second = source_map_add(&parsed->sources, SLICE("b.scp"), SLICE("b £1,2 c\n"), false);
    File *file = parse_file(&parsed->context, second);
    const Source *source = &parsed->sources.sources.items[second];
    assert_int_equal(file->items.items[0]->word_span.start, source->base);
    assert_int_equal(parsed->diags.items.items[0]->span.start, source->base + 2);
    parsed_free(parsed);
}

/* ---- one expression ---- */

static Expr *parse_one(Parsed *parsed, const char *text) {
    uint32_t source =
        source_map_add(&parsed->sources, SLICE("<expression>"), slice_of(text), false);
    return parse_expression(&parsed->context, source);
}

TEST(an_expression_is_parsed_alone) {
    Parsed *parsed = parse_text("");
    assert_int_equal(parse_one(parsed, "count(falls where older)")->kind, EXPR_CALL);
    assert_int_equal(parse_one(parsed, " a\n\n+ b\n\n")->kind, EXPR_BINARY);
    assert_int_equal(parse_one(parsed, "5 years")->kind, EXPR_UNIT);
    assert_int_equal(parsed->diags.items.count, 0);
    parsed_free(parsed);
}

TEST(what_follows_an_expression_after_a_label_belongs_to_it) {
    Parsed *parsed = parse_text("");
    const Expr *asked = parse_one(parsed, "count(older) by place * sex, fy");
    assert_int_equal(asked->kind, EXPR_GROUP);
    assert_int_equal(asked->left->kind, EXPR_CALL);
    assert_int_equal(asked->phrases.count, 1);
    assert_int_equal(asked->phrases.items[0].values.count, 2);
    assert_int_equal(parsed->diags.items.count, 0);
    parsed_free(parsed);
}

TEST(an_expression_with_a_mistake_is_none) {
    static const char *const wrong[] = {"",      "a b",   "a of",   "f(a",  "a)",      "a {",
                                        "£1,00", "a = b", "a, b",   "a\nb", "\"\"\"x", "}"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        Parsed *parsed = parse_text("");
        assert_null(parse_one(parsed, wrong[i]));
        assert_int_equal(parsed->diags.items.count, 1);
        parsed_free(parsed);
    }
}

/* ---- reserved words ---- */

TEST(exactly_the_reserved_words_are_reserved) {
    static const char *const words[] = {
        "across",   "after", "against", "as",    "at",     "because", "before", "between",
        "by",       "every", "for",     "from",  "into",   "of",      "on",     "over",
        "reaching", "to",    "under",   "until", "using",  "when",    "where",  "with",
        "within",   "and",   "or",      "not",   "in",     "is",      "per",    "if",
        "then",     "else",  "true",    "false", "missing"};
    enum { COUNT = sizeof words / sizeof words[0], LABELS = 25 };
    int reserved = 0, labels = 0;
    for (int kind = 0; kind <= T_MISSING; kind++) {
        if (!token_is_reserved(kind)) continue;
        assert_string_equal(token_kind_text(kind), words[reserved]);
        reserved++;
        labels += token_is_label(kind);
    }
    assert_int_equal(reserved, COUNT);
    assert_int_equal(labels, LABELS);
    for (int i = 0; i < COUNT; i++) {
        Parsed *parsed = parse_text("");
        Slice text = arena_printf(&parsed->arena, "x m.%s, m. %s", words[i], words[i]);
        Parsed *member = parse_slice(text);
        assert_slice(diags_text(member), "");
        parsed_free(member);
        parsed_free(parsed);
    }
}

/* ---- limits ---- */

static Slice repeat(Arena *arena, const char *before, const char *piece, const char *middle,
                    const char *after, const char *end, size_t count) {
    Buffer out;
    buffer_init(&out, arena);
    buffer_add_text(&out, before);
    for (size_t i = 0; i < count; i++) buffer_add_text(&out, piece);
    buffer_add_text(&out, middle);
    for (size_t i = 0; i < count; i++) buffer_add_text(&out, after);
    buffer_add_text(&out, end);
    return buffer_slice(&out);
}

static uint32_t tallest(const Expr *expr) {
    uint32_t below = 0;
    if (!expr) return 0;
    const Expr *parts[] = {expr->left, expr->right, expr->other};
    for (int i = 0; i < 3; i++) {
        uint32_t height = tallest(parts[i]);
        if (height > below) below = height;
    }
    return expr->height > below ? expr->height : below;
}

/* Nothing but the limit is reported, once, and the item after it is read. */
static void assert_limit(const char *before, const char *piece, const char *after, size_t count) {
    Parsed *memory = parsed_new(0);
    Slice text = repeat(&memory->arena, before, piece, "a", after, "\nb c\n", count);
    Parsed *parsed = parse_slice(text);
    assert_int_equal(parsed->diags.items.count, 1);
    assert_slice(parsed->diags.items.items[0]->name, "limit-reached");
    const ItemList *items = &parsed->file->items;
    assert_slice(source_text(parsed, items->items[items->count - 1]->span), "b c");
    for (uint32_t i = 0; i < items->count; i++)
        assert_in_range(tallest(items->items[i]->value), 0, EXPR_HEIGHT);
    parsed_free(parsed);
    parsed_free(memory);
}

TEST(what_lies_too_deep_is_a_limit_and_no_fault) {
    assert_limit("x = ", "(", ")", 201);
    assert_limit("x = ", "(", ")", 100000);
    assert_limit("x = ", "[", "]", 100000);
    assert_limit("x = ", "f(", ")", 100000);
    assert_limit("", "x {\n", "}\n", 100000);
    assert_limit("x = a", "[b", "]", 100000);
}

TEST(what_is_too_long_to_walk_is_a_limit) {
    Parsed *memory = parsed_new(0);
    static const char *const pieces[] = {"a + ", "- ", "not ", "a ^ ", "if a then b else ", "per "};
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
        Slice text = repeat(&memory->arena, "x = ", pieces[i], "a\n", "", "", 20000);
        assert_only(text, "limit-reached");
    }
    assert_only(repeat(&memory->arena, "x = a", ".b", "\n", "", "", 20000), "limit-reached");
    assert_only(repeat(&memory->arena, "x = a", "()", "\n", "", "", 20000), "limit-reached");
    parsed_free(memory);
}

TEST(what_stands_before_the_limit_is_kept) {
    Parsed *memory = parsed_new(0);
    Parsed *parsed =
        parse_slice(repeat(&memory->arena, "a\nb {\nc\n}\nx = ", "- ", "a\n", "", "", 20000));
    assert_int_equal(parsed->file->items.count, 2);
    parsed_free(parsed);
    parsed_free(memory);
}

TEST(a_file_of_mistakes_ends_after_a_thousand) {
    static const char *const pieces[] = {")", "}", "x a b\n", "\xFF\n", "x £1,2\n", "f(a]\n", "{"};
    Parsed *memory = parsed_new(0);
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
        Parsed *parsed = parse_slice(repeat(&memory->arena, "", pieces[i], "", "", "", 100000));
        assert_in_range(parsed->diags.items.count, 1, 1000);
        assert_in_range(parsed->arena.used, 1, 64 << 20);
        parsed_free(parsed);
    }
    parsed_free(memory);
}

TEST(the_nesting_limit_can_be_set) {
    static const char *const texts[] = {"x = (((a)))\n", "x { y { z { a } } }\n",
                                        "x { y (\"\"\"{a}\"\"\") }\n"};
    for (uint32_t limit = 2; limit <= 3; limit++) {
        for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
            Parsed *parsed = parse_text("");
            parsed->context.nesting_limit = limit;
            parse_file(&parsed->context,
                       source_map_add(&parsed->sources, SLICE("x"), slice_of(texts[i]), false));
            assert_int_equal(parsed->diags.items.count, limit == 2);
            parsed_free(parsed);
        }
    }
}

TEST(texts_lie_within_texts_only_so_deep) {
    Parsed *memory = parsed_new(0);
    Slice fits = repeat(&memory->arena, "x ", "\"\"\"{", "a", "}\"\"\"", "\n", SCAN_TEXT_DEPTH);
    Parsed *parsed = parse_slice(fits);
    assert_slice(diags_text(parsed), "");
    parsed_free(parsed);
    Slice over = repeat(&memory->arena, "x ", "\"\"\"{", "a", "}\"\"\"", "\n", 500);
    parsed = parse_slice(over);
    assert_true(parsed->diags.items.count > 0);
    parsed_free(parsed);
    parsed_free(memory);
}

TEST(a_hundred_thousand_siblings_are_read) {
    enum { MANY = 100000 };
    Parsed *memory = parsed_new(0);
    static const char *const pieces[][3] = {
        {"", "x 5\n", ""},    {"x [", "a: 5,", "]\n"}, {"x 0", ", 5", "\n"},
        {"x", " by a", "\n"}, {"x f(", "a, ", "b)\n"}, {"", "## doc\n", "x\n"},
        {"x {", "y;", "}\n"},
    };
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
        Parsed *parsed = parse_slice(
            repeat(&memory->arena, pieces[i][0], pieces[i][1], pieces[i][2], "", "", MANY));
        assert_slice(diags_text(parsed), "");
        parsed_free(parsed);
    }
    parsed_free(memory);
}

/* Apart from the frame that holds the boundary, so that nothing of it lives in a register when
 * the parser leaves. */
static bool leaves_to_boundary(Parsed *parsed, uint32_t source) {
    if (setjmp(parsed->boundary.at)) return true;
    parse_file(&parsed->context, source);
    return false;
}

TEST(memory_that_runs_out_leaves_to_the_boundary) {
    Parsed *parsed = parsed_new(200000), *memory = parsed_new(0);
    Slice text = repeat(&memory->arena, "", "x 5\n", "", "", "", 10000);
    assert_true(
        leaves_to_boundary(parsed, source_map_add(&parsed->sources, SLICE("x"), text, false)));
    assert_int_equal(parsed->boundary.status, SCP_LIMIT);
    parsed_free(memory);
    parsed_free(parsed);
}

/* ---- mends ---- */

TEST(mends_of_slips_leave_a_plan_that_parses) {
    static const char *const slips[] = {
        "amount £250,000, £1.2 million, £1.2M, £3BN by 1,000 people",
        "x 5years, 12%x, 1.5e6, 5k, 12 %, 3 pp, £ 250, £-5, .5, .75%",
        "x 12 per cent, 12.5 percent, 3 percentage points",
        "x 2026/27, 2026-27, FY26/27, fy2026-27, FY2026/28, FY2026/27 Q1, 2026/2027Q2",
        "x 31 March 2027, 31/3/2027, 31.03.2027, 2027-3-31, March 2027",
        "x “curly”, ‘single’, 'straight', \"mixed”, \"a\\qb\"",
        "x a ≤ b, a <> b, a === b, a && b, !a, a × b, a − b, FY2026/27–FY2030/31",
        "x a < b < c, a == b == c",
        "intention falls service \"Falls\"",
        "cost [FY2026/27 £60k]",
        "segment s of people where age > 65 AND smoker",
        "cost £1m £2m",
        "members a, b,\n  lead \"x\" at y",
        "members a,\n\nb",
        "x f(a, b,)",
        "sub-outcome fewer \"Fewer\"",
        "x count(p where age = 5)",
        "x f(a",
        "x f(a, [b\ny c",
        "cost [FY2026/27: £1m\n  FY2027/28: £2m]",
        "x [a)",
        "x a)",
        "a { b } c d",
        "a {\n  b {\n    c\n}\nd",
        "a {\n  b {{\n    c\n  }\n}",
        "a {\n  b {\n    c\n  }}\n}\n}",
        "a {\n  b",
        "kpi a \"A\"\n\n{\n  b\n}",
        "x \"open",
        "x \"\"\"a {b c\"\"\"",
        "x \"\"\"a {} b\"\"\"",
        "## alone\n\na ## after\n##\n## last",
    };
    for (size_t i = 0; i < sizeof slips / sizeof slips[0]; i++) {
        Parsed *parsed = parse_text(slips[i]);
        assert_true(parsed->diags.items.count > 0);
        Slice mended = mended_text(parsed);
        Parsed *again = parse_slice(mended);
        if (again->diags.items.count)
            fail_msg("%s\nmended to\n%.*s\nbut\n%.*s", slips[i], SLICE_FMT(mended),
                     SLICE_FMT(diags_text(again)));
        parsed_free(again);
        parsed_free(parsed);
    }
}

/* ---- every mistake once ---- */

/* The plan of tests/golden/syntax/plan.golden; freed by the caller. */
static char *read_plan(void) {
    FILE *in = fopen(SCP_SOURCE_DIR "/tests/golden/syntax/plan.golden", "rb");
    assert_non_null(in);
    char *text = calloc(1, 1 << 16);
    assert_non_null(text);
    assert_true(fread(text, 1, (1 << 16) - 1, in) > 0);
    fclose(in);
    char *from = strchr(strstr(text, "==== "), '\n') + 1;
    *strstr(from, "---- tree") = '\0';
    memmove(text, from, strlen(from) + 1);
    return text;
}

/* A line that cannot be read after every line of the plan that begins with an item. */
TEST(each_of_many_mistakes_is_reported_and_nothing_else) {
    char *plan = read_plan();
    Parsed *whole = parse_text(plan);
    Buffer out;
    buffer_init(&out, &whole->arena);
    uint32_t mistakes = 0;
    for (char *line = plan, *end; (end = strchr(line, '\n')); line = end + 1) {
        const char *word = line + strspn(line, " ");
        bool in_text = strncmp(word, "People", 6) == 0 || strncmp(word, "and the", 7) == 0 ||
                       strncmp(word, "vision", 6) == 0;
        buffer_add(&out, (Slice){line, (size_t)(end - line) + 1});
        if (*word < 'a' || *word > 'z' || in_text) continue;
        buffer_add_text(&out, "zzz 1 2\n");
        mistakes++;
    }
    Parsed *broken = parse_slice(buffer_slice(&out));
    assert_int_equal(broken->diags.items.count, mistakes);
    for (uint32_t i = 0; i < mistakes; i++)
        assert_slice(source_text(broken, broken->diags.items.items[i]->span), "2");
    assert_int_equal(broken->file->items.items[0]->word, whole->file->items.items[0]->word);
    parsed_free(broken);
    parsed_free(whole);
    free(plan);
}

typedef struct {
    int damaged, silent, once, often;
} Tally;

static void tally(Tally *tally, Slice text) {
    Parsed *parsed = parse_slice(text);
    uint32_t count = parsed->diags.items.count;
    tally->damaged++;
    tally->silent += count == 0;
    tally->once += count == 1;
    tally->often += count > 1;
    if (count > 3) fail_msg("%u messages\n%.*s", count, SLICE_FMT(diags_text(parsed)));
    parsed_free(parsed);
}

/* The plan without the piece, and with it twice. */
static void damage(Tally *result, Parsed *parsed, Slice plan, Span span, uint32_t base) {
    Slice before = slice_sub(plan, 0, span.start - base);
    Slice piece = slice_sub(plan, span.start - base, span.end - base);
    Slice after = slice_sub(plan, span.end - base, plan.length);
    tally(result, arena_printf(&parsed->arena, "%.*s%.*s", SLICE_FMT(before), SLICE_FMT(after)));
    tally(result, arena_printf(&parsed->arena, "%.*s%.*s %.*s%.*s", SLICE_FMT(before),
                               SLICE_FMT(piece), SLICE_FMT(piece), SLICE_FMT(after)));
}

/* Of all plans that lack one piece or have one twice, hardly any gets more than one message
 * (a text without its opening quotes has little to go by), and none more than three. */
TEST(one_damaged_piece_gives_one_message) {
    char *plan = read_plan();
    Parsed *parsed = parse_text(plan);
    Scan scan;
    scan_source(&scan, &parsed->context, 0);
    Tally result = {0, 0, 0, 0};
    for (uint32_t i = 0; i + 1 < scan.tokens.count; i++)
        damage(&result, parsed, slice_of(plan), scan.tokens.items[i].span, scan.base);
    assert_true(result.damaged > 800);
    assert_in_range(result.often, 0, result.damaged / 100);
    parsed_free(parsed);
    free(plan);
}

TEST(parsing_is_the_same_every_time) {
    char *plan = read_plan();
    Parsed *first = parse_text(plan), *second = parse_text(plan);
    assert_true(slice_equal(tree_text(first), tree_text(second)));
    parsed_free(first);
    parsed_free(second);
    free(plan);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_that_are_not_utf8_are_reported_with_their_place),
        cmocka_unit_test(a_nul_byte_is_reported_and_does_not_end_the_file),
        cmocka_unit_test(bytes_of_windows_are_mended_to_what_they_were),
        cmocka_unit_test(a_file_in_utf16_is_one_mistake),
        cmocka_unit_test(a_byte_order_mark_is_skipped),
        cmocka_unit_test(spaces_of_a_word_processor_are_mended),
        cmocka_unit_test(columns_count_code_points),
        cmocka_unit_test(places_cover_what_was_written),
        cmocka_unit_test(an_item_ends_before_the_semicolon_and_the_comment),
        cmocka_unit_test(a_label_on_the_next_line_can_be_told_from_its_item),
        cmocka_unit_test(several_files_share_one_space_of_places),
        cmocka_unit_test(an_expression_is_parsed_alone),
        cmocka_unit_test(what_follows_an_expression_after_a_label_belongs_to_it),
        cmocka_unit_test(an_expression_with_a_mistake_is_none),
        cmocka_unit_test(exactly_the_reserved_words_are_reserved),
        cmocka_unit_test(what_lies_too_deep_is_a_limit_and_no_fault),
        cmocka_unit_test(what_is_too_long_to_walk_is_a_limit),
        cmocka_unit_test(what_stands_before_the_limit_is_kept),
        cmocka_unit_test(a_file_of_mistakes_ends_after_a_thousand),
        cmocka_unit_test(the_nesting_limit_can_be_set),
        cmocka_unit_test(texts_lie_within_texts_only_so_deep),
        cmocka_unit_test(a_hundred_thousand_siblings_are_read),
        cmocka_unit_test(memory_that_runs_out_leaves_to_the_boundary),
        cmocka_unit_test(mends_of_slips_leave_a_plan_that_parses),
        cmocka_unit_test(each_of_many_mistakes_is_reported_and_nothing_else),
        cmocka_unit_test(one_damaged_piece_gives_one_message),
        cmocka_unit_test(parsing_is_the_same_every_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
