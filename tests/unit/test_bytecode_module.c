/* Modules as bytes: written and read back, the same bytes each time, and whatever is damaged
 * refused by name. */
#include "tests/unit/test_base_fixture.h"

#include "runtime/bytecode/codec.h"
#include "tests/unit/test_module_fixture.h"

static Slice copy_bytes(Arena *arena, Slice bytes) { return arena_copy(arena, bytes); }

/* As module_load wants it: the checksum of what the bytes now are. */
static Slice sealed(Slice bytes) {
    write_u32((uint8_t *)bytes.data + MODULE_AT_CHECKSUM, module_checksum(bytes));
    return bytes;
}

static void assert_refused(Arena *arena, Slice bytes, const char *rule) {
    Module *module;
    Slice error = SLICE("");
    ScpStatus status = module_load(arena, bytes, &module, &error);
    size_t length = strlen(rule);
    bool named = error.length > length && error.data[length] == ':' &&
                 slice_starts_with(error, slice_of(rule));
    if (!named) fprintf(stderr, "wanted %s, got %.*s\n", rule, SLICE_FMT(error));
    assert_true(named);
    assert_int_equal(status, SCP_DATA);
    assert_null(module);
}

ARENA_TEST(fixture_is_well_formed) {
    assert_slice(module_verify(fixture_module(arena), arena), "");
}

ARENA_TEST(new_module_is_well_formed) {
    assert_slice(module_verify(module_new(arena), arena), "");
}

ARENA_TEST(module_reads_back_as_the_same_bytes) {
    Slice bytes = module_save(fixture_module(arena), arena), error = SLICE("");
    Module *module;
    assert_int_equal(module_load(arena, bytes, &module, &error), SCP_OK);
    Slice again = module_save(module, arena);
    assert_true(slice_equal(bytes, again));
}

ARENA_TEST(equal_modules_give_equal_bytes) {
    Slice one = module_save(fixture_module(arena), arena);
    Slice other = module_save(fixture_module(arena), arena);
    assert_true(slice_equal(one, other));
}

ARENA_TEST(fields_survive) {
    Slice bytes = module_save(fixture_module(arena), arena), error = SLICE("");
    Module *module;
    assert_int_equal(module_load(arena, bytes, &module, &error), SCP_OK);
    assert_int_equal(module->as_of, date_from_civil(2026, 11, 1));
    assert_slice(module->dims.items[DIM_AT_FY].members[2], "FY2027/28");
    assert_slice(module->dims.items[DIM_AT_PLACE].titles[0], "The north");
    assert_int_equal(module->tables.items[TABLE_AT_PEOPLE].columns.items[1].high, 120);
    assert_int_equal(module->queries.items[QUERY_AT_COST].scale_den, 100);
    assert_int_equal(module->queries.items[QUERY_AT_FALLS].filter, MODULE_NONE);
    assert_slice(module->decls.items[0].doc, "A plan — of sorts.");
    assert_slice(module->requirements.items[0].values.items[0].text, "i.lead");
    assert_int_equal(module->sources.items[0].line_starts.items[1], 17);
}

ARENA_TEST(extreme_numbers_survive) {
    Module *module = module_new(arena), *read;
    Slice error = SLICE("");
    Exact huge = exact_pow(arena, exact_from_ratio(arena, INT64_MAX, 7), 20);
    emit_const(module, (ModuleConst){.sort = CONST_EXACT, .exact = huge});
    emit_real(module, -0x1.fffffffffffffp+1023);
    emit_real(module, 5e-324);
    add_row(module, (RowNode){.op = ROW_CONST, .value = INT64_MIN});
    add_row(module, (RowNode){.op = ROW_CONST, .value = INT64_MAX});
    assert_int_equal(module_load(arena, module_save(module, arena), &read, &error), SCP_OK);
    assert_true(exact_equal(read->consts.items[0].exact, huge));
    assert_true(read->consts.items[1].real == -0x1.fffffffffffffp+1023);
    assert_true(read->consts.items[2].real == 5e-324);
    assert_true(read->rows.items[0].value == INT64_MIN);
    assert_true(read->rows.items[1].value == INT64_MAX);
}

ARENA_TEST(texts_are_kept_once) {
    Module *module = module_new(arena);
    Slice word = SLICE("a text that is long enough to be seen in a count of bytes");
    for (int i = 0; i < 100; i++) emit_text(module, word.data);
    Slice bytes = module_save(module, arena);
    size_t found = 0;
    for (size_t at = 0; at + word.length <= bytes.length; at++)
        found += slice_equal(slice_sub(bytes, at, at + word.length), word);
    assert_int_equal(found, 1);
}

/* The text found first, so that its bytes can be changed. */
static char *bytes_of(Slice bytes, const char *text) {
    size_t length = strlen(text);
    for (size_t at = 0; at + length <= bytes.length; at++)
        if (!memcmp(bytes.data + at, text, length)) return (char *)bytes.data + at;
    fail_msg("no %s", text);
    return NULL;
}

ARENA_TEST(what_is_no_module_is_refused) {
    assert_refused(arena, SLICE(""), "not-a-module");
    assert_refused(arena, SLICE("#!/bin/sh\n"), "not-a-module");
    assert_refused(arena, SLICE("SCPB\n\x1a\n\n plan as text"), "not-a-module");
    assert_refused(arena, SLICE("SCPB\r\n\x1a\n"), "truncated");
}

ARENA_TEST(header_is_checked) {
    Slice bytes = module_save(fixture_module(arena), arena), copy = copy_bytes(arena, bytes);
    write_u32((uint8_t *)copy.data + MODULE_AT_VERSION, MODULE_FORMAT_VERSION + 1);
    assert_refused(arena, sealed(copy), "format-version");
    copy = copy_bytes(arena, bytes);
    bytes_of(copy, "northshire")[0] = 'N';
    assert_refused(arena, copy, "checksum");
    copy = copy_bytes(arena, bytes);
    write_u32((uint8_t *)copy.data + MODULE_AT_SECTIONS, SECTION_COUNT + 1);
    assert_refused(arena, sealed(copy), "section-directory");
}

ARENA_TEST(every_section_must_lie_where_it_says) {
    Slice bytes = module_save(fixture_module(arena), arena);
    for (int i = 0; i < SECTION_COUNT * 3; i++) {
        Slice copy = copy_bytes(arena, bytes);
        uint8_t *word = (uint8_t *)copy.data + MODULE_HEADER_SIZE + 4 * i;
        write_u32(word, read_u32(word) ^ 1);
        assert_refused(arena, sealed(copy), "section-directory");
        write_u32(word, UINT32_MAX);
        assert_refused(arena, sealed(copy), "section-directory");
    }
}

ARENA_TEST(module_cut_anywhere_is_refused) {
    Slice bytes = module_save(fixture_module(arena), arena);
    for (size_t length = 0; length < bytes.length; length++) {
        Module *module;
        Slice error = SLICE(""), copy = copy_bytes(arena, slice_sub(bytes, 0, length));
        if (length >= MODULE_HEADER_SIZE) sealed(copy);
        assert_int_equal(module_load(arena, copy, &module, &error), SCP_DATA);
        assert_null(module);
    }
}

ARENA_TEST(text_that_is_not_utf8_is_refused) {
    Slice copy = copy_bytes(arena, module_save(fixture_module(arena), arena));
    bytes_of(copy, "\xe2\x80\x94")[1] = 'x';
    assert_refused(arena, sealed(copy), "text-not-utf8");
}

/* Rewrites a section of an otherwise empty module. */
static Slice with_section(Arena *arena, Section section, Slice content) {
    Slice bytes = module_save(module_new(arena), arena);
    Buffer file;
    buffer_init(&file, arena);
    size_t directory = MODULE_HEADER_SIZE + SECTION_COUNT * MODULE_ENTRY_SIZE;
    buffer_add(&file, slice_sub(bytes, 0, directory));
    for (uint32_t i = 0; i < SECTION_COUNT; i++) {
        uint8_t *entry = (uint8_t *)file.data + MODULE_HEADER_SIZE + i * MODULE_ENTRY_SIZE;
        uint32_t from = read_u32(entry + 4), length = read_u32(entry + 8);
        Slice part = i == section ? content : slice_sub(bytes, from, from + length);
        write_u32(entry + 4, (uint32_t)file.length);
        write_u32(entry + 8, (uint32_t)part.length);
        buffer_add(&file, part);
    }
    return sealed(buffer_slice(&file));
}

#define BYTES(text) ((Slice){text, sizeof(text) - 1})

ARENA_TEST(counts_are_held_against_the_input) {
    assert_refused(arena, with_section(arena, SECTION_CODE, BYTES("\x80\x80\x80\x08")),
                   "count-too-large");
    assert_refused(arena, with_section(arena, SECTION_TEXTS, BYTES("\xff\xff\xff\xff\x0f")),
                   "count-too-large");
    assert_refused(arena, with_section(arena, SECTION_ARGS, BYTES("\x02\x00")), "count-too-large");
    assert_refused(arena, with_section(arena, SECTION_DIMS, BYTES("\x01\0\0\0\0\0\x7f")),
                   "count-too-large");
}

ARENA_TEST(numbers_have_one_form_and_a_range) {
    assert_refused(arena, with_section(arena, SECTION_ARGS, BYTES("\x80\x00")), "number-overlong");
    assert_refused(arena, with_section(arena, SECTION_ARGS,
                                       BYTES("\x01\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f")),
                   "number-overlong");
    assert_refused(arena, with_section(arena, SECTION_ARGS, BYTES("\x01\x80\x80\x80\x80\x10")),
                   "number-out-of-range");
    assert_refused(arena, with_section(arena, SECTION_ARGS, BYTES("\x01\x80")), "truncated");
    assert_refused(arena, with_section(arena, SECTION_ARGS, BYTES("\x00\x00")),
                   "section-left-over");
    assert_refused(arena, with_section(arena, SECTION_TEXTS, BYTES("\x01\x00\x00")),
                   "section-left-over");
    assert_refused(arena, with_section(arena, SECTION_TEXTS, BYTES("\x00")), "text-out-of-range");
}

ARENA_TEST(exact_constants_have_one_form) {
    const char *wrong[] = {"2/4", "1/0", "+1", "01", "-0", "1/1", "1.5", "", "x"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        Buffer section;
        buffer_init(&section, arena);
        buffer_add(&section, BYTES("\x01\x02\x02\0\0\0\0\0\0\0\0"));
        buffer_add_char(&section, (char)strlen(wrong[i]));
        buffer_add_text(&section, wrong[i]);
        buffer_add(&section, BYTES("\0\0\0"));
        assert_refused(arena, with_section(arena, SECTION_CONSTS, buffer_slice(&section)),
                       "exact-malformed");
    }
}

ARENA_TEST(damaged_bytes_never_do_more_than_be_refused) {
    Slice bytes = module_save(fixture_module(arena), arena);
    uint64_t random = 1;
    for (int i = 0; i < 3000; i++) {
        Boundary boundary;
        Arena own;
        arena_init(&own, &boundary, 64 << 20);
        if (!setjmp(boundary.at)) {
            Slice copy = copy_bytes(&own, bytes), error = SLICE("");
            Module *module;
            size_t body = copy.length - MODULE_HEADER_SIZE;
            size_t at = MODULE_HEADER_SIZE + test_random(&random) % body;
            ((char *)copy.data)[at] = (char)test_random(&random);
            if (module_load(&own, sealed(copy), &module, &error) == SCP_OK)
                assert_slice(module_verify(module, &own), "");
        }
        arena_free(&own);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fixture_is_well_formed),
        cmocka_unit_test(new_module_is_well_formed),
        cmocka_unit_test(module_reads_back_as_the_same_bytes),
        cmocka_unit_test(equal_modules_give_equal_bytes),
        cmocka_unit_test(fields_survive),
        cmocka_unit_test(extreme_numbers_survive),
        cmocka_unit_test(texts_are_kept_once),
        cmocka_unit_test(what_is_no_module_is_refused),
        cmocka_unit_test(header_is_checked),
        cmocka_unit_test(every_section_must_lie_where_it_says),
        cmocka_unit_test(module_cut_anywhere_is_refused),
        cmocka_unit_test(text_that_is_not_utf8_is_refused),
        cmocka_unit_test(counts_are_held_against_the_input),
        cmocka_unit_test(numbers_have_one_form_and_a_range),
        cmocka_unit_test(exact_constants_have_one_form),
        cmocka_unit_test(damaged_bytes_never_do_more_than_be_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
