/* Cells as text for readers, in every type, unit and format, and texts put together. */
#include "tests/unit/test_vm_fixture.h"

typedef struct {
    int64_t num, den;
    uint16_t unit;
    uint32_t format;
    const char *want;
} ExactRow;

enum { OWN, PERCENT, POUNDS, MILLIONS, WHOLE, PLACES };

static const ExactRow exact_rows[] = {
    {1234567, 1, UNIT_AT_PLAIN, OWN, "1,234,567"},
    {1, 8, UNIT_AT_PLAIN, OWN, "0.125"},
    {1, 3, UNIT_AT_PLAIN, OWN, "0.333333"},
    {1, 8, UNIT_AT_PERCENT, OWN, "12.5%"},
    {1, 2, UNIT_AT_PERCENT, OWN, "50%"},
    {1, 3, UNIT_AT_PERCENT, OWN, "33.3%"},
    {-3, 100, UNIT_AT_POINTS, OWN, "-3 percentage points"},
    {1250, 1, UNIT_AT_GBP, OWN, "£1,250"},
    {25001, 20, UNIT_AT_GBP, OWN, "£1,250.05"},
    {-1005, 1000, UNIT_AT_GBP, OWN, "-£1.01"},
    {-1, 1000, UNIT_AT_GBP, OWN, "£0"},
    {4249999, 1, UNIT_AT_GBP, MILLIONS, "£4.2m"},
    {-12000000, 1, UNIT_AT_GBP, MILLIONS, "-£12m"},
    {1500000, 1, UNIT_AT_PEOPLE, MILLIONS, "1.5 million"},
    {8201, 2, UNIT_AT_GBP, POUNDS, "£4,101"},
    {8201, 2, UNIT_AT_GBP, WHOLE, "£4,101"},
    {8201, 2, UNIT_AT_GBP, PLACES + 2, "£4,100.50"},
    {1, 8, UNIT_AT_PLAIN, PERCENT, "12.5%"},
    {1, 8, UNIT_AT_PLAIN, PLACES + 1, "0.1"},
    {1, 8, UNIT_AT_PERCENT, PLACES, "13%"},
    {2150, 100000, UNIT_AT_RATE, OWN, "2,150 per 100,000 person-years"},
    {2150, 100000, UNIT_AT_RATE, PLACES + 2, "2,150.00 per 100,000 person-years"},
};

ARENA_TEST(exact_numbers_are_shown_in_their_unit) {
    Module *module = empty_module(arena);
    enum { COUNT = sizeof exact_rows / sizeof *exact_rows };
    Reg texts[COUNT];
    for (int i = 0; i < COUNT; i++) {
        Reg number = emit_exact(module, exact_rows[i].num, exact_rows[i].den);
        texts[i] = emit(module, OPCODE_FORMAT, number, exact_rows[i].unit, exact_rows[i].format);
    }
    VmResult result = run(module);
    for (int i = 0; i < COUNT; i++)
        assert_slice(result.registers[texts[i]].as.text[0], exact_rows[i].want);
}

typedef struct {
    double value;
    uint16_t unit;
    const char *want;
} RealRow;

static const RealRow real_rows[] = {
    {1234.56, UNIT_AT_PLAIN, "1,234.6"},
    {12.34, UNIT_AT_PLAIN, "12.3"},
    {1.2345, UNIT_AT_PLAIN, "1.23"},
    {0.012345, UNIT_AT_PLAIN, "0.012"},
    {0, UNIT_AT_PLAIN, "0"},
    {-0.0, UNIT_AT_PLAIN, "0"},
    {0.1254, UNIT_AT_PERCENT, "12.5%"},
    {0.0215, UNIT_AT_RATE, "2,150 per 100,000 person-years"},
    {1999.5, UNIT_AT_PEOPLE, "2,000 people"},
    {2.675, UNIT_AT_GBP, "£2.68"},
};

ARENA_TEST(measured_numbers_are_shown_as_precisely_as_they_say) {
    Module *module = empty_module(arena);
    enum { COUNT = sizeof real_rows / sizeof *real_rows };
    Reg texts[COUNT];
    for (int i = 0; i < COUNT; i++)
        texts[i] = emit(module, OPCODE_FORMAT, emit_real(module, real_rows[i].value),
                        real_rows[i].unit, OWN);
    VmResult result = run(module);
    for (int i = 0; i < COUNT; i++)
        assert_slice(result.registers[texts[i]].as.text[0], real_rows[i].want);
}

static Slice text_of(const VmResult *result, Reg reg) {
    return vm_cell_text(result->module->arena, result->module, &result->registers[reg], 0, 0);
}

ARENA_TEST(other_types_read_as_words) {
    Module *module = empty_module(arena);
    Reg yes = emit_integer(module, CONST_BOOL, 1), no = emit_integer(module, CONST_BOOL, 0);
    Reg date = emit_integer(module, CONST_DATE, date_from_civil(2018, 8, 6));
    Reg fy = emit_integer(module, CONST_YEAR, 2026);
    Reg place = emit_const(module, (ModuleConst){.sort = CONST_CODE, .dim = DIM_AT_PLACE});
    Reg word = emit_text(module, "as it is");
    module->dims.items[DIM_AT_BAND].titles[1] = SLICE("");
    Reg band =
        emit_const(module, (ModuleConst){.sort = CONST_CODE, .integer = 1, .dim = DIM_AT_BAND});
    VmResult result = run(module);
    assert_slice(text_of(&result, yes), "yes");
    assert_slice(text_of(&result, no), "no");
    assert_slice(text_of(&result, date), "6 August 2018");
    assert_slice(text_of(&result, fy), "2026/27");
    assert_slice(text_of(&result, place), "The north");
    assert_slice(text_of(&result, band), "65+");
    assert_slice(text_of(&result, word), "as it is");
}

ARENA_TEST(absent_cells_read_as_their_reason) {
    Module *module = empty_module(arena);
    Reg suppressed = emit_absent(module, ELEM_REAL, ABSENT_SUPPRESSED);
    ModuleConst until = {.sort = CONST_ABSENT, .elem = ELEM_REAL, .integer = ABSENT_UNKNOWN,
                         .text = SLICE("until 2027-06-30: first extract")};
    Reg unknown = emit_const(module, until);
    Reg sum = emit(module, OPCODE_ADD, unknown, emit_real(module, 1), 0);
    Reg shown = emit(module, OPCODE_FORMAT, sum, UNIT_AT_PERCENT, OWN);
    Reg sentence = emit_concat(module, REGS(emit_text(module, "The rate is "), shown,
                                            emit_text(module, ".")));
    VmResult result = run(module);
    assert_slice(text_of(&result, suppressed), "suppressed");
    assert_slice(text_of(&result, sum), "unknown until 2027-06-30: first extract");
    assert_int_equal(reason_at(&result, shown, 0), ABSENT_UNKNOWN);
    assert_slice(text_of(&result, sentence),
                 "The rate is unknown until 2027-06-30: first extract.");
}

ARENA_TEST(texts_come_one_after_the_other) {
    Module *module = empty_module(arena);
    Reg both = emit_concat(module, REGS(emit_text(module, "£"), emit_text(module, "1")));
    Reg none = emit_concat(module, NULL, 0);
    VmResult result = run(module);
    assert_slice(text_of(&result, both), "£1");
    assert_slice(text_of(&result, none), "");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exact_numbers_are_shown_in_their_unit),
        cmocka_unit_test(measured_numbers_are_shown_as_precisely_as_they_say),
        cmocka_unit_test(other_types_read_as_words),
        cmocka_unit_test(absent_cells_read_as_their_reason),
        cmocka_unit_test(texts_come_one_after_the_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
