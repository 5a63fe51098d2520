/* A module as text: all of it, the same each time, and nothing in it that acts on a terminal. */
#include "tests/unit/test_base_fixture.h"

#include "tests/unit/test_module_fixture.h"

static void assert_holds(Slice text, const char *line) {
    size_t length = strlen(line);
    for (size_t at = 0; at + length <= text.length; at++)
        if (!memcmp(text.data + at, line, length)) return;
    fail_msg("no \"%s\" in\n%.*s", line, SLICE_FMT(text));
}

ARENA_TEST(every_part_is_listed) {
    Slice text = module_disassemble(fixture_module(arena), arena);
    assert_holds(text, "module \"0.1.0\" edition 2026 as of 2026-11-01 draft policy 0 horizon "
                       "2025 .. 2027 prices 2025 plan 0\n");
    assert_holds(text, "unit 1 \"percent\" \"%\" percent 100/1\n");
    assert_holds(text, "dim 0 \"place\" geography ordered 3: \"north\" = \"The north\"");
    assert_holds(text, "const 0 exact 19/20\n");
    assert_holds(text, "absent real reason 3 \"until 2027-06-30: first linked extract\"\n");
    assert_holds(text, "table 0 \"residents\" population key 0\n"
                       "  snapshot 0 \"data/people.csv\" 2026-03-31\n");
    assert_holds(text, "  column 1 \"age\" integer 0 .. 120\n");
    assert_holds(text, "table 1 \"falls\" events key 0 of table 0 dated 1 covers 2025-04-01 .. "
                       "2026-03-31\n");
    assert_holds(text, "look-up 0 from 64: 0 1\n");
    assert_holds(text, "query 0 rows of table 0 snapshot 0 where row 8 by 0 (row 1), 2 (row 2)"
                       "  \"count(residents)\"\n");
    assert_holds(text, "query 3 sum of table 1 snapshot 0 value row 6 valued row 6");
    assert_holds(text, "r0 strata query 0                       real [place age_band] aggregate\n");
    assert_holds(text, "r11 call stats.rate r1 r0 r7 r7         estimate [place age_band] "
                       "aggregate\n");
    assert_holds(text, "over dim 2 ");
    assert_holds(text, "decl 1 \"kpi\" \"falls_rate\" \"Falls\" in decl 0\n  field \"measure\" r");
    assert_holds(text, "label \"by\" decl 0 missing\n");
    assert_holds(text, "requirement 0 \"kpi-has-owner\" of decl 1 r");
    assert_holds(text, "error in draft warning from 2025-11-04\n  value \"i.lead\" r");
    assert_holds(text, "input 0 \"places\" \"data/places.csv\" \"11ee\"\n");
    assert_holds(text, "unknown 0 until 2027-06-30\n");
    assert_holds(text, "allow 0 \"kpi-has-owner\" in decl 1 \"agreed\" until 2027-03-31\n");
    assert_holds(text, "source 0 \"plan.scp\" \"00ff\" lines 2\n");
}

ARENA_TEST(listing_survives_saving) {
    Module *module = fixture_module(arena), *read;
    Slice error = SLICE("");
    assert_int_equal(module_load(arena, module_save(module, arena), &read, &error), SCP_OK);
    assert_true(slice_equal(module_disassemble(module, arena), module_disassemble(read, arena)));
}

ARENA_TEST(what_acts_on_a_terminal_is_escaped) {
    Module *module = module_new(arena);
    emit_text(module, "a\"\\\n\x1b[31m\xe2\x80\xae");
    assert_holds(module_disassemble(module, arena),
                 "const 0 text \"a\\\"\\\\\\n\\u{1B}[31m\\u{202E}\"\n");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_part_is_listed),
        cmocka_unit_test(listing_survives_saving),
        cmocka_unit_test(what_acts_on_a_terminal_is_escaped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
