/* Places in sources and the collection of diagnostics. */
#include "tests/unit/test_base_fixture.h"

#include "runtime/base/diag.h"

static void assert_position(const SourceMap *map, uint32_t offset, uint32_t line, uint32_t column) {
    Position position = source_map_position(map, offset);
    assert_non_null(position.source);
    assert_int_equal(position.line, line);
    assert_int_equal(position.column, column);
}

ARENA_TEST(offsets_name_file_line_and_column) {
    SourceMap map;
    source_map_init(&map, arena);
    assert_int_equal(
        source_map_add(&map, SLICE("a.scp"), SLICE("plan x\r\n  caf\xC3\xA9 y\n"), false), 0);
    assert_int_equal(source_map_add(&map, SLICE("b.scp"), SLICE("z"), true), 1);
    const Source *a = &map.sources.items[0], *b = &map.sources.items[1];
    assert_int_equal(a->base, 1);
    assert_position(&map, a->base, 1, 1);
    assert_position(&map, a->base + 5, 1, 6);
    assert_position(&map, a->base + 8, 2, 1);
    assert_position(&map, a->base + 15, 2, 7);
    assert_position(&map, a->base + (uint32_t)a->text.length, 3, 1);
    assert_position(&map, b->base, 1, 1);
    assert_position(&map, b->base + 1, 1, 2);
    assert_ptr_equal(source_map_position(&map, b->base).source, b);
    assert_null(source_map_position(&map, 0).source);
    assert_null(source_map_position(&map, b->base + 2).source);
    assert_null(source_map_find(&map, UINT32_MAX));
}

ARENA_TEST(text_of_a_source_ends_with_two_nul_bytes) {
    SourceMap map;
    source_map_init(&map, arena);
    source_map_add(&map, SLICE("a"), (Slice){"abcd", 2}, false);
    assert_memory_equal(map.sources.items[0].text.data, "ab\0\0", 4);
    source_map_add(&map, SLICE("b"), (Slice){NULL, 0}, false);
    assert_memory_equal(map.sources.items[1].text.data, "\0\0", 2);
    assert_position(&map, map.sources.items[1].base, 1, 1);
}

ARENA_TEST(lines_come_without_their_ends_and_without_a_byte_order_mark) {
    SourceMap map;
    source_map_init(&map, arena);
    source_map_add(&map, SLICE("a"),
                   SLICE("\xEF\xBB\xBF"
                         "one\r\ntwo\n\nfour"),
                   false);
    const Source *source = &map.sources.items[0];
    for (int known = 0; known < 2; known++) {
        assert_slice(source_line(source, 1), "one");
        assert_slice(source_line(source, 2), "two");
        assert_slice(source_line(source, 3), "");
        assert_slice(source_line(source, 4), "four");
        assert_slice(source_line(source, 5), "");
        assert_position(&map, source->base + 4, 1, 2);
        assert_int_equal(source->line_count, 4);
    }
    assert_position(&map, source->base, 1, 1);
}

ARENA_TEST(text_of_a_span_stays_within_its_source) {
    SourceMap map;
    source_map_init(&map, arena);
    source_map_add(&map, SLICE("a"), SLICE("kpi falls"), false);
    source_map_add(&map, SLICE("b"), SLICE("other"), false);
    assert_slice(source_map_text(&map, (Span){5, 10}), "falls");
    assert_slice(source_map_text(&map, (Span){5, 13}), "falls");
    assert_slice(source_map_text(&map, (Span){11, 16}), "other");
    assert_slice(source_map_text(&map, SPAN_NONE), "");
    assert_slice(source_map_text(&map, (Span){9, 3}), "");
}

PLAIN_TEST(joined_spans_cover_both) {
    Span joined = span_join((Span){5, 9}, (Span){2, 6});
    assert_int_equal(joined.start, 2);
    assert_int_equal(joined.end, 9);
    assert_int_equal(span_join(SPAN_NONE, (Span){2, 6}).start, 2);
    assert_int_equal(span_join((Span){2, 6}, SPAN_NONE).end, 6);
}

ARENA_TEST(diagnostics_are_sorted_by_place_and_said_once) {
    DiagBag bag;
    diag_bag_init(&bag, arena);
    diag_add(&bag, DIAG_UNDEFINED_NAME, (Span){9, 12}, "nothing is called `%s`", "x");
    diag_add(&bag, DIAG_UNUSED_DECLARATION, (Span){3, 5}, "never used");
    diag_add(&bag, DIAG_BAD_DATE, (Span){9, 12}, "no such day");
    Diag *repeat = diag_add(&bag, DIAG_UNUSED_DECLARATION, (Span){3, 5}, "never used");
    diag_relate(&bag, repeat, (Span){1, 2}, "later");
    diag_add(&bag, DIAG_UNUSED_DECLARATION, (Span){3, 4}, "never used");
    diag_bag_sort(&bag);
    assert_int_equal(bag.items.count, 4);
    assert_int_equal(bag.items.items[0]->span.end, 4);
    assert_int_equal(bag.items.items[1]->related.count, 0);
    assert_slice(bag.items.items[2]->name, "bad-date");
    assert_slice(bag.items.items[3]->message, "nothing is called `x`");
    assert_int_equal(diag_bag_count(&bag, SEVERITY_ERROR), 2);
    assert_int_equal(diag_bag_count(&bag, SEVERITY_WARNING), 4);
    bag.items.items[3]->allowed_because = SLICE("agreed");
    assert_int_equal(diag_bag_count(&bag, SEVERITY_ERROR), 1);
}

ARENA_TEST(sorting_agrees_whatever_the_order_of_entry) {
    for (uint32_t count = 0; count < 40; count++) {
        DiagBag bag;
        diag_bag_init(&bag, arena);
        for (uint32_t i = 0; i < count; i++) {
            uint32_t place = 1 + i * 17 % count;
            diag_add(&bag, DIAG_BAD_DATE, (Span){place, place}, "m");
        }
        diag_bag_sort(&bag);
        for (uint32_t i = 1; i < bag.items.count; i++)
            assert_true(bag.items.items[i - 1]->span.start < bag.items.items[i]->span.start);
    }
}

ARENA_TEST(second_fix_adds_an_edit_and_keeps_the_message) {
    DiagBag bag;
    diag_bag_init(&bag, arena);
    Diag *diag = diag_add(&bag, DIAG_BAD_LITERAL, (Span){3, 9}, "a comma between digits");
    assert_int_equal(diag->fix_message.length, 0);
    diag_fix(&bag, diag, (Span){3, 9}, SLICE("1_250"), "write %s", "1_250");
    diag_fix(&bag, diag, (Span){20, 20}, SLICE(" per year"), "something else");
    assert_slice(diag->fix_message, "write 1_250");
    assert_int_equal(diag->edits.count, 2);
    assert_slice(diag->edits.items[1].text, " per year");
    assert_int_equal(diag->edits.items[1].span.start, 20);
}

ARENA_TEST(flood_of_warnings_cannot_hide_an_error) {
    DiagBag bag;
    diag_bag_init(&bag, arena);
    bag.limit = 5;
    for (uint32_t i = 1; i <= 20; i++) diag_add(&bag, DIAG_UNUSED_ALLOW, (Span){i, i}, "warning");
    assert_int_equal(bag.items.count, 5);
    Diag *error = diag_add(&bag, DIAG_BAD_DATE, (Span){30, 31}, "error");
    diag_relate(&bag, error, (Span){1, 2}, "because");
    assert_int_equal(bag.items.count, 5);
    assert_int_equal(diag_bag_count(&bag, SEVERITY_ERROR), 1);
    for (uint32_t i = 1; i <= 20; i++) diag_add(&bag, DIAG_BAD_DATE, (Span){i, i}, "error");
    assert_int_equal(bag.items.count, 5);
    assert_int_equal(diag_bag_count(&bag, SEVERITY_ERROR), 5);
}

PLAIN_TEST(names_of_diagnostics_are_found_again) {
    for (int i = DIAG_NONE + 1; i < DIAG_COUNT; i++) {
        DiagName name = (DiagName)i;
        assert_int_equal(diag_name_find(slice_of(diag_name_text(name))), name);
        assert_true(strlen(diag_name_summary(name)) > 10);
    }
    assert_int_equal(diag_name_find(SLICE("no-such-name")), DIAG_NONE);
    assert_int_equal(diag_name_find(SLICE("")), DIAG_NONE);
    assert_int_equal(diag_name_severity(DIAG_STRATA_TOO_SMALL), SEVERITY_NOTE);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(offsets_name_file_line_and_column),
        cmocka_unit_test(text_of_a_source_ends_with_two_nul_bytes),
        cmocka_unit_test(lines_come_without_their_ends_and_without_a_byte_order_mark),
        cmocka_unit_test(text_of_a_span_stays_within_its_source),
        cmocka_unit_test(joined_spans_cover_both),
        cmocka_unit_test(diagnostics_are_sorted_by_place_and_said_once),
        cmocka_unit_test(sorting_agrees_whatever_the_order_of_entry),
        cmocka_unit_test(second_fix_adds_an_edit_and_keeps_the_message),
        cmocka_unit_test(flood_of_warnings_cannot_hide_an_error),
        cmocka_unit_test(names_of_diagnostics_are_found_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
