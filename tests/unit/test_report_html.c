/* The published page: well-formed, accessible in what a program can check, self-contained, and
 * safe whatever a plan's texts hold. */
#include "tests/unit/test_report_fixture.h"

#include "runtime/base/hashmap.h"

/* ---- A reader of tags ------------------------------------------------------------------------ */

typedef struct {
    Slice name;       /* "h2" */
    Slice attributes; /* what stands after it */
    bool closes, empty;
} Tag;

/* The next tag from *at on; false at the end. */
static bool next_tag(Slice page, size_t *at, Tag *tag) {
    while (*at < page.length && page.data[*at] != '<') (*at)++;
    if (*at >= page.length) return false;
    size_t end = *at;
    while (end < page.length && page.data[end] != '>') end++;
    Slice inside = slice_sub(page, *at + 1, end);
    *at = end + 1;
    *tag = (Tag){.closes = slice_starts_with(inside, SLICE("/")),
                 .empty = slice_ends_with(inside, SLICE("/"))};
    if (tag->closes) inside = slice_sub(inside, 1, inside.length);
    size_t length = 0;
    while (length < inside.length && inside.data[length] != ' ' && inside.data[length] != '/')
        length++;
    tag->name = slice_sub(inside, 0, length);
    tag->attributes = slice_sub(inside, length, inside.length);
    return true;
}

static Slice attribute(Tag tag, const char *name) {
    char start[32];
    snprintf(start, sizeof start, " %s=\"", name);
    size_t length = strlen(start);
    for (size_t i = 0; i + length <= tag.attributes.length; i++) {
        if (memcmp(tag.attributes.data + i, start, length)) continue;
        size_t end = i + length;
        while (tag.attributes.data[end] != '"') end++;
        return slice_sub(tag.attributes, i + length, end);
    }
    return SLICE("");
}

static bool is(Slice text, const char *word) {
    return slice_equal(text, slice_of(word));
}

static bool is_void(Tag tag) {
    return tag.empty || is(tag.name, "meta") || is(tag.name, "!DOCTYPE");
}

static int count_tags(Slice page, const char *name) {
    int count = 0;
    Tag tag;
    for (size_t at = 0; next_tag(page, &at, &tag);)
        if (!tag.closes && is(tag.name, name)) count++;
    return count;
}

static Slice page_of(Fixture *fixture) {
    return report_html(fixture->arena, &fixture->input);
}

static void with_text(Fixture *fixture, const char *text) {
    uint32_t decl = add_decl(fixture, "intention", "extra", "Extra", MODULE_NONE);
    fixture->module.decls.items[decl].doc = slice_of(text);
}

/* ---- Structure ------------------------------------------------------------------------------- */

FIXTURE_TEST(every_tag_is_closed_where_it_was_opened) {
    Slice page = page_of(fixture);
    Slice open[64];
    int depth = 0;
    Tag tag;
    for (size_t at = 0; next_tag(page, &at, &tag);) {
        if (is_void(tag)) continue;
        if (!tag.closes) {
            assert_true(depth < 64);
            open[depth++] = tag.name;
        } else {
            assert_true(depth > 0);
            assert_true(slice_equal(open[--depth], tag.name));
        }
    }
    assert_int_equal(depth, 0);
}

FIXTURE_TEST(ids_are_unique_and_links_within_the_page_lead_somewhere) {
    Slice page = page_of(fixture);
    TextMap ids;
    text_map_init(&ids, fixture->arena, 1);
    Tag tag;
    uint64_t seen;
    for (size_t at = 0; next_tag(page, &at, &tag);) {
        Slice id = attribute(tag, "id");
        if (!id.length) continue;
        if (text_map_get(&ids, id, &seen)) fail_msg("id twice: %.*s", SLICE_FMT(id));
        text_map_put(&ids, id, 1);
    }
    for (size_t at = 0; next_tag(page, &at, &tag);) {
        Slice href = attribute(tag, "href");
        if (!slice_starts_with(href, SLICE("#"))) continue;
        if (!text_map_get(&ids, slice_sub(href, 1, href.length), &seen))
            fail_msg("leads nowhere: %.*s", SLICE_FMT(href));
    }
}

FIXTURE_TEST(headings_begin_at_one_and_skip_no_level) {
    Slice page = page_of(fixture);
    int level = 0;
    Tag tag;
    for (size_t at = 0; next_tag(page, &at, &tag);) {
        if (tag.closes || tag.name.length != 2 || tag.name.data[0] != 'h') continue;
        int next = tag.name.data[1] - '0';
        if (next < 1 || next > 6) continue;
        if (next > level + 1) fail_msg("h%d after h%d", next, level);
        level = next;
    }
    assert_int_equal(count_tags(page, "h1"), 1);
}

FIXTURE_TEST(page_has_its_landmarks_language_and_skip_link) {
    Slice page = page_of(fixture);
    const char *once[] = {"main", "nav", "header", "footer"};
    for (size_t i = 0; i < sizeof once / sizeof *once; i++)
        assert_int_equal(count_tags(page, once[i]), 1);
    assert_contains(page, "<html lang=\"en-GB\">");
    assert_contains(page, "href=\"#main\"");
    assert_contains(page, "<title>Northshire population health improvement plan - Northshire "
                          "Integrated Care Board</title>");
}

FIXTURE_TEST(tables_have_captions_and_headings_a_scope) {
    Slice page = page_of(fixture);
    assert_int_equal(count_tags(page, "table"), count_tags(page, "caption"));
    Tag tag;
    for (size_t at = 0; next_tag(page, &at, &tag);)
        if (!tag.closes && is(tag.name, "th")) assert_true(attribute(tag, "scope").length > 0);
}

FIXTURE_TEST(every_row_has_a_cell_for_each_column) {
    Slice page = page_of(fixture);
    int columns = 0, cells = 0;
    bool head = false;
    Tag tag;
    for (size_t at = 0; next_tag(page, &at, &tag);) {
        if (is(tag.name, "thead")) head = !tag.closes;
        if (is(tag.name, "tr") && !tag.closes) cells = 0;
        if (!tag.closes && (is(tag.name, "th") || is(tag.name, "td"))) cells++;
        if (!is(tag.name, "tr") || !tag.closes) continue;
        if (head)
            columns = cells;
        else
            assert_int_equal(cells, columns);
    }
}

FIXTURE_TEST(charts_have_a_title_a_description_and_a_table) {
    Slice page = page_of(fixture);
    assert_int_equal(count_tags(page, "svg"), 4);
    assert_int_equal(count_tags(page, "desc"), 4);
    assert_int_equal(count_tags(page, "figcaption"), 4);
}

FIXTURE_TEST(page_is_self_contained) {
    Slice page = page_of(fixture);
    const char *outside[] = {"<script", "<link",   "<img",    "<iframe",    " src=",
                             "url(",    "@import", "onclick", "javascript:"};
    for (size_t i = 0; i < sizeof outside / sizeof *outside; i++) assert_lacks(page, outside[i]);
}

FIXTURE_TEST(same_input_gives_the_same_page) {
    assert_true(slice_equal(page_of(fixture), page_of(fixture)));
}

/* ---- Content --------------------------------------------------------------------------------- */

FIXTURE_TEST(texts_are_escaped) {
    fixture->module.decls.items[plan->kpi].title = SLICE("A & B <img src=x onerror=1> \"q\" 'r'");
    Slice page = page_of(fixture);
    assert_lacks(page, "<img");
    assert_contains(page, "A &amp; B &lt;img src=x onerror=1&gt; &quot;q&quot; &#39;r&#39;");
    assert_contains(page, "&lt;script&gt;alert(1)&lt;/script&gt;");
}

FIXTURE_TEST(control_and_direction_marks_are_replaced) {
    with_text(fixture, "a\x1b[31m\u202Egnp.exe\x07");
    Slice page = page_of(fixture);
    assert_lacks(page, "\x1b");
    assert_lacks(page, "\u202E");
    assert_contains(page, "a\uFFFD[31m\uFFFDgnp.exe\uFFFD");
}

FIXTURE_TEST(markdown_becomes_paragraphs_lists_and_links) {
    with_text(fixture, "# Heading\nFirst *line*\ncontinues `x < y`.\n\n1. one\n2. two **bold "
                       "_both_**\n\nMail [us](mailto:a@example.org).");
    Slice page = page_of(fixture);
    assert_contains(page, "<p><strong>Heading</strong></p>");
    assert_contains(page, "<p>First <em>line</em> continues <code>x &lt; y</code>.</p>");
    assert_contains(page, "<ol>\n<li>one</li>\n<li>two <strong>bold <em>both</em></strong></li>");
    assert_contains(page, "<a href=\"mailto:a@example.org\">us</a>");
}

FIXTURE_TEST(only_links_to_web_and_mail_are_links) {
    with_text(fixture, "[a](javascript:alert(1)) [b](data:text/html,x) [c](//evil) "
                       "[d](https://x.example/\" onmouseover=\"y) [e](HTTP:x)");
    Slice page = page_of(fixture);
    assert_contains(page, "[a](javascript:alert(1))");
    assert_contains(page, "[b](data:text/html,x) [c](//evil)");
    assert_contains(page, "[d](https://x.example/&quot; onmouseover=&quot;y) [e](HTTP:x)");
}

FIXTURE_TEST(marks_without_a_partner_are_text) {
    with_text(fixture, "2 * 3 * 4, snake_case_word, **open, [half](, `tick, * star");
    assert_contains(page_of(fixture),
                    "<p>2 * 3 * 4, snake_case_word, **open, [half](, `tick, * star</p>");
}

FIXTURE_TEST(withheld_cells_are_marked_and_explained) {
    Slice page = page_of(fixture);
    assert_contains(page, "<th scope=\"row\">Dales</th><td class=\"n\">[c]</td>");
    assert_contains(page, "[c] means withheld so that nobody can be identified.");
    assert_contains(page, "Not yet known until 30 June 2027: first linked extract");
    assert_lacks(page, "987654321");
}

FIXTURE_TEST(numbers_are_worded_for_readers) {
    Slice page = page_of(fixture);
    assert_contains(page, "1,870 to 1,990");
    assert_contains(page, "\u221212%");
    assert_contains(page, "31 December 2026");
    assert_contains(page, "<td class=\"n\">1,105.465</td>");
    assert_contains(page, "\u22128.667");
    assert_contains(page, "82.7%");
}

FIXTURE_TEST(kind_of_the_boards_own_is_published) {
    Slice page = page_of(fixture);
    assert_contains(page, "<h3>Citizens panel</h3>");
    assert_contains(page, "Town hall &amp; library");
}

FIXTURE_TEST(draft_says_so_and_final_does_not) {
    assert_contains(page_of(fixture), "<strong>Draft.</strong>");
    fixture->module.final_status = true;
    Slice page = page_of(fixture);
    assert_lacks(page, "<strong>Draft.</strong>");
    assert_contains(page, "Must be put right");
}

FIXTURE_TEST(internal_copy_is_watermarked_in_every_part) {
    fixture->input.internal = true;
    fixture->input.policy = POLICY_EXACT_INTERNAL;
    Slice page = page_of(fixture);
    assert_contains(page, "<title>INTERNAL: ");
    int sections = 0, marks = 0;
    for (size_t i = 0; i < page.length; i++) {
        Slice rest = slice_sub(page, i, page.length);
        if (slice_starts_with(rest, SLICE("<section aria-labelledby"))) sections++;
        if (slice_starts_with(rest, SLICE("<p class=\"tag\">Internal"))) marks++;
    }
    assert_int_equal(sections, marks);
    assert_contains(page, "It must not be published.");
}

FIXTURE_TEST(accepted_exception_is_listed_with_its_reason) {
    VEC_PUSH(fixture->arena, &fixture->module.allows,
             (ModuleAllow){.rule = SLICE("inequalities-missing"),
                           .decl = 4,
                           .because = SLICE("agreed with the region"),
                           .by = SLICE("Chief Officer"),
                           .until = date_from_civil(2027, 3, 31)});
    fixture->findings.items[1].allow = 0;
    Slice page = page_of(fixture);
    assert_contains(page, "agreed with the region");
    assert_contains(page, "31 March 2027");
    assert_lacks(page, "Requirements not met");
}

FIXTURE_TEST(plan_without_anything_still_makes_a_page) {
    fixture->module.decls.count = 0;
    fixture->module.plan = MODULE_NONE;
    fixture->module.outputs.count = 0;
    fixture->input.data_count = fixture->input.finding_count = 0;
    Slice page = page_of(fixture);
    assert_int_equal(count_tags(page, "h1"), 1);
    assert_lacks(page, "id=\"outcomes\"");
}

FIXTURE_TEST(money_by_year_and_place_is_no_series_and_breaks_nothing) {
    add_decl(fixture, "budget", "odd", "Odd", MODULE_NONE);
    double amounts[20] = {1, 2, 3};
    Array array = over(over(pounds(fixture, amounts, 20), plan->place), plan->years);
    add_derived(fixture, "by_year", add_register(fixture, array), plan->money);
    fixture->vm.registers = fixture->registers.items;
    Slice page = page_of(fixture);
    assert_contains(page, "id=\"budget-odd\"");
    assert_lacks(page, "href=\"#budget-odd\"");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_tag_is_closed_where_it_was_opened),
        cmocka_unit_test(ids_are_unique_and_links_within_the_page_lead_somewhere),
        cmocka_unit_test(headings_begin_at_one_and_skip_no_level),
        cmocka_unit_test(page_has_its_landmarks_language_and_skip_link),
        cmocka_unit_test(tables_have_captions_and_headings_a_scope),
        cmocka_unit_test(every_row_has_a_cell_for_each_column),
        cmocka_unit_test(charts_have_a_title_a_description_and_a_table),
        cmocka_unit_test(page_is_self_contained),
        cmocka_unit_test(same_input_gives_the_same_page),
        cmocka_unit_test(texts_are_escaped),
        cmocka_unit_test(control_and_direction_marks_are_replaced),
        cmocka_unit_test(markdown_becomes_paragraphs_lists_and_links),
        cmocka_unit_test(only_links_to_web_and_mail_are_links),
        cmocka_unit_test(marks_without_a_partner_are_text),
        cmocka_unit_test(withheld_cells_are_marked_and_explained),
        cmocka_unit_test(numbers_are_worded_for_readers),
        cmocka_unit_test(kind_of_the_boards_own_is_published),
        cmocka_unit_test(draft_says_so_and_final_does_not),
        cmocka_unit_test(internal_copy_is_watermarked_in_every_part),
        cmocka_unit_test(accepted_exception_is_listed_with_its_reason),
        cmocka_unit_test(plan_without_anything_still_makes_a_page),
        cmocka_unit_test(money_by_year_and_place_is_no_series_and_breaks_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
