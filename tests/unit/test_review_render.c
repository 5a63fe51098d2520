/* Diagnostics as they are shown: the block for people to the character, the line for editors,
 * the object for scripts. */
#include "tests/unit/test_base_fixture.h"

#include "compiler/review/render.h"

/* The span of the `occurrence`-th (from 0) of `words` in the source. */
static Span span_of(const SourceMap *map, uint32_t source, const char *words, int occurrence) {
    const Source *in = &map->sources.items[source];
    const char *at = in->text.data;
    for (int i = 0; (at = strstr(at, words)) != NULL && i < occurrence; i++) at++;
    assert_non_null(at);
    uint32_t start = in->base + (uint32_t)(at - in->text.data);
    return (Span){start, start + (uint32_t)strlen(words)};
}

typedef struct {
    Arena *arena;
    SourceMap map;
    DiagBag bag;
} Fixture;

static void fixture(Fixture *f, Arena *arena, const char *text) {
    f->arena = arena;
    source_map_init(&f->map, arena);
    diag_bag_init(&f->bag, arena);
    source_map_add(&f->map, SLICE("plan.scp"), slice_of(text), false);
}

static Slice human(Fixture *f, const Diag *diag) {
    Buffer out;
    buffer_init(&out, f->arena);
    render_human(&f->map, diag, false, &out);
    return buffer_slice(&out);
}

static Slice json(Fixture *f, const Diag *diag) {
    Buffer out;
    JsonWriter writer;
    buffer_init(&out, f->arena);
    json_begin(&writer, &out, 0);
    render_json(&f->map, diag, &writer);
    return buffer_slice(&out);
}

/* ---- The block for people ---------------------------------------------------------------- */

ARENA_TEST(a_message_shows_its_lines_their_relation_and_the_changed_line) {
    Fixture f;
    fixture(&f, arena,
            "\n\n\n\n\n\n\nlet a = £4.2m\n  let uplift = £3.9m real\n\n  let total = inflow + "
            "uplift\n");
    Diag *diag = diag_add(&f.bag, DIAG_PRICE_BASE_MISMATCH, span_of(&f.map, 0, "+", 0),
                          "£4.2m is cash of FY2027/28, £3.9m is real, at FY2025/26 prices");
    diag->label = SLICE("cash, from line 8");
    diag->path = SLICE("Funding shift: From bed to home");
    diag_relate(&f.bag, diag, span_of(&f.map, 0, "£3.9m real", 0), "real because of this");
    diag_relate(&f.bag, diag, span_of(&f.map, 0, "inflow", 0), "%s", "");
    diag_fix(&f.bag, diag, span_of(&f.map, 0, "uplift", 1), SLICE("cash(uplift)"),
             "restate it in cash");
    assert_slice(human(&f, diag),
                 "error[price-base-mismatch]: £4.2m is cash of FY2027/28, £3.9m is real, at "
                 "FY2025/26 prices\n"
                 "  ┌─ plan.scp:11:22  Funding shift: From bed to home\n"
                 " 9 │   let uplift = £3.9m real\n"
                 "   │                ────────── real because of this\n"
                 "11 │   let total = inflow + uplift\n"
                 "   │               ────── ^ cash, from line 8\n"
                 "help: restate it in cash\n"
                 "11 │   let total = inflow + cash(uplift)\n"
                 "explain: scpc explain price-base-mismatch\n\n");
}

ARENA_TEST(a_span_over_lines_shows_its_first_and_last) {
    Fixture f;
    fixture(&f, arena, "kpi x {\n  measure a\n  better lower\n}\n");
    Span span = {f.map.sources.items[0].base, f.map.sources.items[0].base + 36};
    Diag *diag = diag_add_named(&f.bag, SLICE("a-rule"), SEVERITY_WARNING, span, SLICE("no"));
    diag->label = SLICE("all of it");
    assert_slice(human(&f, diag), "warning[a-rule]: no\n"
                                  " ┌─ plan.scp:1:1\n"
                                  "1 │ kpi x {\n"
                                  "  │ ^^^^^^^\n"
                                  "4 │ }\n"
                                  "  │ ^ all of it\n\n");
}

ARENA_TEST(a_span_that_takes_in_its_line_end_stays_on_its_line) {
    Fixture f;
    fixture(&f, arena, "one\ntwo\n");
    Span span = {f.map.sources.items[0].base, f.map.sources.items[0].base + 4};
    Diag *diag = diag_add_named(&f.bag, SLICE("a-rule"), SEVERITY_ERROR, span, SLICE("no"));
    assert_slice(human(&f, diag), "error[a-rule]: no\n ┌─ plan.scp:1:1\n1 │ one\n  │ ^^^\n\n");
}

ARENA_TEST(tabs_are_four_columns_and_characters_one) {
    Fixture f;
    fixture(&f, arena, "\tname \"日本 é\" here\n");
    Diag *diag = diag_add_named(&f.bag, SLICE("a-rule"), SEVERITY_ERROR,
                                span_of(&f.map, 0, "here", 0), SLICE("no"));
    assert_slice(human(&f, diag), "error[a-rule]: no\n"
                                  " ┌─ plan.scp:1:14\n"
                                  "1 │     name \"日本 é\" here\n"
                                  "  │                 ^^^^\n\n");
}

ARENA_TEST(nothing_quoted_can_steer_the_terminal) {
    Fixture f;
    fixture(&f, arena, "title \"\x1b[31m\xe2\x80\xae\" x\n");
    Diag *diag = diag_add_named(&f.bag, SLICE("a-rule"), SEVERITY_ERROR, span_of(&f.map, 0, "x", 0),
                                SLICE("it says \x1b]0;\x07 and\n\xe2\x80\xae"));
    diag->path = SLICE("Plan: \x1b");
    assert_slice(human(&f, diag), "error[a-rule]: it says \\u{1B}]0;\\u{7} and \\u{202E}\n"
                                  " ┌─ plan.scp:1:16  Plan: \\u{1B}\n"
                                  "1 │ title \"\\u{1B}[31m\\u{202E}\" x\n"
                                  "  │                            ^\n\n");
}

ARENA_TEST(malformed_bytes_are_shown_as_such) {
    Fixture f;
    fixture(&f, arena,
            "cost \xa3"
            "1m\n");
    Span span = span_of(&f.map, 0, "\xa3", 0);
    Diag *diag = diag_add(&f.bag, DIAG_INVALID_UTF8, span, "no");
    Slice text = human(&f, diag);
    assert_non_null(strstr(text.data, "1 │ cost \uFFFD1m\n  │      ^\n"));
}

ARENA_TEST(what_is_missing_at_the_end_has_a_place) {
    Fixture f;
    fixture(&f, arena, "let a =");
    uint32_t end = f.map.sources.items[0].base + 7;
    Diag *diag =
        diag_add_named(&f.bag, SLICE("a-rule"), SEVERITY_ERROR, (Span){end, end}, SLICE("no"));
    assert_slice(human(&f, diag),
                 "error[a-rule]: no\n ┌─ plan.scp:1:8\n1 │ let a =\n  │        ^\n\n");
}

ARENA_TEST(marks_that_overlap_have_rows_of_their_own) {
    Fixture f;
    fixture(&f, arena, "a + b * c\n");
    Diag *diag = diag_add_named(&f.bag, SLICE("a-rule"), SEVERITY_ERROR,
                                span_of(&f.map, 0, "b * c", 0), SLICE("no"));
    diag->label = SLICE("this");
    diag_relate(&f.bag, diag, span_of(&f.map, 0, "a + b", 0), "that");
    diag_relate(&f.bag, diag, span_of(&f.map, 0, "c", 0), "and that");
    assert_slice(human(&f, diag), "error[a-rule]: no\n"
                                  " ┌─ plan.scp:1:5\n"
                                  "1 │ a + b * c\n"
                                  "  │     ^^^^^ this\n"
                                  "  │ ─────   ─ and that\n"
                                  "  │ that\n\n");
}

ARENA_TEST(several_things_said_of_one_place_stand_below_each_other) {
    Fixture f;
    fixture(&f, arena, "kpi x\n");
    Span span = span_of(&f.map, 0, "x", 0);
    Diag *diag = diag_add_named(&f.bag, SLICE("a-rule"), SEVERITY_ERROR, span, SLICE("no"));
    diag_relate(&f.bag, diag, span, "`a` is 1");
    diag_relate(&f.bag, diag, span, "`b` is 2");
    assert_slice(human(&f, diag), "error[a-rule]: no\n"
                                  " ┌─ plan.scp:1:5\n"
                                  "1 │ kpi x\n"
                                  "  │     ^ `a` is 1\n"
                                  "  │       `b` is 2\n\n");
}

ARENA_TEST(what_lies_in_another_file_has_a_block_of_its_own) {
    Fixture f;
    fixture(&f, arena, "use \"b.scp\"\nbudget x = £1m\n");
    source_map_add(&f.map, SLICE("b.scp"), SLICE("\n  budget x = £2m\n"), false);
    Diag *diag = diag_add(&f.bag, DIAG_DUPLICATE_NAME, span_of(&f.map, 0, "x", 0), "twice");
    diag_relate(&f.bag, diag, span_of(&f.map, 1, "x", 0), "declared here");
    diag_relate(&f.bag, diag, SPAN_NONE, "a name stands for one thing");
    assert_slice(human(&f, diag), "error[duplicate-name]: twice\n"
                                  " ┌─ plan.scp:2:8\n"
                                  "2 │ budget x = £1m\n"
                                  "  │        ^\n"
                                  " ┌─ b.scp:2:10\n"
                                  "2 │   budget x = £2m\n"
                                  "  │          ─ declared here\n"
                                  "note: a name stands for one thing\n"
                                  "explain: scpc explain duplicate-name\n\n");
}

ARENA_TEST(a_line_of_any_length_is_cut_around_what_is_meant) {
    Fixture f;
    Buffer text;
    buffer_init(&text, arena);
    buffer_add_repeated(&text, 'a', 100000);
    buffer_add_text(&text, " here ");
    buffer_add_repeated(&text, 'b', 100000);
    fixture(&f, arena, buffer_slice(&text).data);
    Diag *diag = diag_add_named(&f.bag, SLICE("a-rule"), SEVERITY_ERROR,
                                span_of(&f.map, 0, "here", 0), SLICE("no"));
    Slice shown = human(&f, diag);
    assert_true(shown.length < 800);
    assert_non_null(strstr(shown.data, "plan.scp:1:100002\n1 │ …aaa"));
    assert_non_null(strstr(shown.data, "a here bbb"));
    assert_non_null(strstr(shown.data, "bbb…\n"));
}

ARENA_TEST(without_a_place_only_the_sentence_is_shown) {
    Fixture f;
    fixture(&f, arena, "x");
    Diag *diag =
        diag_add_named(&f.bag, SLICE("a-rule"), SEVERITY_NOTE, SPAN_NONE, SLICE("so it is"));
    assert_slice(human(&f, diag), "note[a-rule]: so it is\n\n");
}

/* ---- Fixes ------------------------------------------------------------------------------- */

ARENA_TEST(a_fix_shows_every_line_it_changes_and_none_between) {
    Fixture f;
    fixture(&f, arena, "one\ntwo\nthree\nfour\n");
    Diag *diag = diag_add_named(&f.bag, SLICE("a-rule"), SEVERITY_ERROR,
                                span_of(&f.map, 0, "one", 0), SLICE("no"));
    diag_fix(&f.bag, diag, span_of(&f.map, 0, "three", 0), SLICE("3\n3b"), "count");
    diag_fix(&f.bag, diag, span_of(&f.map, 0, "one", 0), SLICE("1"), "count");
    diag_fix(&f.bag, diag, span_of(&f.map, 0, "four", 0), SLICE("4"), "count");
    Slice text = human(&f, diag);
    assert_non_null(strstr(text.data, "help: count\n1 │ 1\n3 │ 3\n4 │ 3b\n5 │ 4\n\n"));
}

ARENA_TEST(a_fix_that_takes_lines_away_shows_what_is_left) {
    Fixture f;
    fixture(&f, arena, "one\ntwo\nthree\n");
    Diag *diag = diag_add_named(&f.bag, SLICE("a-rule"), SEVERITY_ERROR,
                                span_of(&f.map, 0, "two", 0), SLICE("no"));
    diag_fix(&f.bag, diag, span_of(&f.map, 0, "one\ntwo", 0), SLICE("both"), "join them");
    assert_non_null(strstr(human(&f, diag).data, "help: join them\n1 │ both\n\n"));
}

ARENA_TEST(edits_that_overlap_or_lie_in_two_files_are_not_shown) {
    Fixture f;
    fixture(&f, arena, "one two\n");
    source_map_add(&f.map, SLICE("b.scp"), SLICE("three\n"), false);
    Diag *diag = diag_add_named(&f.bag, SLICE("a-rule"), SEVERITY_ERROR, SPAN_NONE, SLICE("no"));
    diag_fix(&f.bag, diag, span_of(&f.map, 0, "one two", 0), SLICE("1"), "so");
    diag_fix(&f.bag, diag, span_of(&f.map, 0, "two", 0), SLICE("2"), "so");
    assert_slice(human(&f, diag), "error[a-rule]: no\nhelp: so\n\n");
    diag->edits.items[0].span = span_of(&f.map, 1, "three", 0);
    assert_slice(human(&f, diag), "error[a-rule]: no\nhelp: so\n\n");
}

/* ---- Other formats ----------------------------------------------------------------------- */

ARENA_TEST(the_short_form_is_one_line) {
    Fixture f;
    Buffer out;
    fixture(&f, arena, "a\n  £ b\n");
    Diag *diag = diag_add(&f.bag, DIAG_UNDEFINED_NAME, span_of(&f.map, 0, "b", 0),
                          "nothing named `b`\nis declared");
    buffer_init(&out, arena);
    render_short(&f.map, diag, &out);
    assert_slice(buffer_slice(&out),
                 "plan.scp:2:5: error[undefined-name]: nothing named `b` is declared\n");
}

ARENA_TEST(the_object_has_every_member_and_ends_are_exclusive) {
    Fixture f;
    fixture(&f, arena, "a\n£ bb c\n");
    Diag *diag = diag_add(&f.bag, DIAG_UNDEFINED_NAME, span_of(&f.map, 0, "bb", 0), "no `bb`");
    diag->path = SLICE("Outcome: A > KPI: B");
    diag_relate(&f.bag, diag, span_of(&f.map, 0, "c", 0), "near");
    diag_fix(&f.bag, diag, span_of(&f.map, 0, "bb", 0), SLICE("cc"), "say `cc`");
    assert_slice(json(&f, diag),
                 "{\"name\":\"undefined-name\",\"severity\":\"error\",\"message\":\"no `bb`\","
                 "\"file\":\"plan.scp\",\"line\":2,\"column\":3,\"end_line\":2,\"end_column\":5,"
                 "\"path\":[\"Outcome: A\",\"KPI: B\"],"
                 "\"related\":[{\"message\":\"near\",\"file\":\"plan.scp\",\"line\":2,\"column\":6,"
                 "\"end_line\":2,\"end_column\":7}],"
                 "\"fix\":{\"message\":\"say `cc`\",\"edits\":[{\"file\":\"plan.scp\",\"line\":2,"
                 "\"column\":3,\"end_line\":2,\"end_column\":5,\"text\":\"cc\"}]}}");
}

ARENA_TEST(the_object_without_place_or_fix_says_so) {
    Fixture f;
    fixture(&f, arena, "a\n");
    Diag *diag = diag_add_named(&f.bag, SLICE("a-rule"), SEVERITY_WARNING, SPAN_NONE, SLICE("no"));
    assert_slice(json(&f, diag), "{\"name\":\"a-rule\",\"severity\":\"warning\",\"message\":\"no\","
                                 "\"file\":\"\",\"line\":0,\"column\":0,\"end_line\":0,"
                                 "\"end_column\":0,\"path\":[],\"related\":[],\"fix\":null}");
}

static Slice tally_of(Arena *arena, DiagTally tally) {
    Buffer out;
    buffer_init(&out, arena);
    diag_tally_print(&tally, &out);
    return buffer_slice(&out);
}

ARENA_TEST(the_summary_counts_each_and_leaves_out_none_but_zeros) {
    assert_slice(tally_of(arena, (DiagTally){3, 1, 0, 1}), "3 errors, 1 warning, 1 allowed");
    assert_slice(tally_of(arena, (DiagTally){1, 2, 1, 0}), "1 error, 2 warnings, 1 note");
    assert_slice(tally_of(arena, (DiagTally){0, 0, 0, 2}), "2 allowed");
    assert_slice(tally_of(arena, (DiagTally){0}), "nothing wrong");
}

ARENA_TEST(what_is_allowed_counts_as_allowed_alone) {
    Fixture f;
    DiagTally tally = {0};
    fixture(&f, arena, "a\n");
    Diag *diag = diag_add_named(&f.bag, SLICE("a-rule"), SEVERITY_ERROR, SPAN_NONE, SLICE("no"));
    diag_tally_add(&tally, diag);
    diag->allowed_because = SLICE("agreed");
    diag_tally_add(&tally, diag);
    assert_int_equal(tally.errors, 1);
    assert_int_equal(tally.allowed, 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_message_shows_its_lines_their_relation_and_the_changed_line),
        cmocka_unit_test(a_span_over_lines_shows_its_first_and_last),
        cmocka_unit_test(a_span_that_takes_in_its_line_end_stays_on_its_line),
        cmocka_unit_test(tabs_are_four_columns_and_characters_one),
        cmocka_unit_test(nothing_quoted_can_steer_the_terminal),
        cmocka_unit_test(malformed_bytes_are_shown_as_such),
        cmocka_unit_test(what_is_missing_at_the_end_has_a_place),
        cmocka_unit_test(marks_that_overlap_have_rows_of_their_own),
        cmocka_unit_test(several_things_said_of_one_place_stand_below_each_other),
        cmocka_unit_test(what_lies_in_another_file_has_a_block_of_its_own),
        cmocka_unit_test(a_line_of_any_length_is_cut_around_what_is_meant),
        cmocka_unit_test(without_a_place_only_the_sentence_is_shown),
        cmocka_unit_test(a_fix_shows_every_line_it_changes_and_none_between),
        cmocka_unit_test(a_fix_that_takes_lines_away_shows_what_is_left),
        cmocka_unit_test(edits_that_overlap_or_lie_in_two_files_are_not_shown),
        cmocka_unit_test(the_short_form_is_one_line),
        cmocka_unit_test(the_object_has_every_member_and_ends_are_exclusive),
        cmocka_unit_test(the_object_without_place_or_fix_says_so),
        cmocka_unit_test(the_summary_counts_each_and_leaves_out_none_but_zeros),
        cmocka_unit_test(what_is_allowed_counts_as_allowed_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
