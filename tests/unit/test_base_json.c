/* JSON: what is written reads back, what is no JSON is refused at the right byte, and the
 * shared suite (JSONTestSuite) is decided as it says. */
#include "tests/unit/test_base_fixture.h"

#include <dirent.h>
#include <stdlib.h>

#include "runtime/base/json.h"

ARENA_TEST(writer_puts_commas_and_escapes) {
    Buffer out;
    JsonWriter json;
    buffer_init(&out, arena);
    json_begin(&json, &out, 0);
    json_begin_object(&json);
    json_key(&json, SLICE("name"));
    json_string(&json, SLICE("a\"b\\c\n\t\r\x01\x7F/<\xC2\xA3\xE2\x80\xAE\xE2\x80\xA8\xC2\x85"));
    json_key(&json, SLICE("cells"));
    json_begin_array(&json);
    json_number(&json, 12.5);
    json_int(&json, INT64_MIN);
    json_bool(&json, true);
    json_bool(&json, false);
    json_null(&json);
    json_begin_object(&json);
    json_end_object(&json);
    json_begin_array(&json);
    json_end_array(&json);
    json_raw(&json, SLICE("1.50"));
    json_end_array(&json);
    json_key(&json, SLICE(""));
    json_number(&json, -0.0);
    json_end_object(&json);
    assert_slice(buffer_slice(&out),
                 "{\"name\":\"a\\\"b\\\\c\\n\\t\\r\\u0001\\u007f/<\xC2\xA3\\u202e\\u2028\\u0085\","
                 "\"cells\":[12.5,-9223372036854775808,true,false,null,{},[],1.50],\"\":0}");
}

ARENA_TEST(indented_writing_gives_every_entry_a_line) {
    Buffer out;
    JsonWriter json;
    buffer_init(&out, arena);
    json_begin(&json, &out, 2);
    json_begin_object(&json);
    json_key(&json, SLICE("a"));
    json_begin_array(&json);
    json_int(&json, 1);
    json_begin_array(&json);
    json_end_array(&json);
    json_end_array(&json);
    json_key(&json, SLICE("b"));
    json_null(&json);
    json_end_object(&json);
    assert_slice(buffer_slice(&out), "{\n  \"a\": [\n    1,\n    []\n  ],\n  \"b\": null\n}");
}

ARENA_TEST(malformed_text_is_written_as_replacement) {
    Buffer out;
    buffer_init(&out, arena);
    json_escape(&out, SLICE("a\xFF"
                            "b\xE2\x82"));
    assert_slice(buffer_slice(&out), "\"a\xEF\xBF\xBD"
                                     "b\xEF\xBF\xBD\"");
}

static JsonValue *parsed(Arena *arena, Slice text) {
    JsonValue *value = NULL;
    JsonError error;
    if (!json_parse(arena, text, &value, &error))
        fail_msg("refused at %zu: %s", error.offset, error.message);
    return value;
}

ARENA_TEST(values_are_read_with_their_places) {
    JsonValue *value = parsed(
        arena, SLICE(" {\"a\": [1.50, -2e3, true, false, null], \"b\": {\"\\u0000\": \"x\\ny\"},"
                     " \"a\": 9007199254740993}"));
    assert_int_equal(value->kind, JSON_OBJECT);
    assert_int_equal(value->offset, 1);
    assert_int_equal(value->members.count, 3);
    const JsonValue *array = value->members.items[0].value;
    assert_int_equal(array->items.count, 5);
    assert_slice(array->items.items[0]->text, "1.50");
    assert_true(array->items.items[0]->number == 1.5 && array->items.items[1]->number == -2000);
    assert_int_equal(array->items.items[1]->offset, 14);
    assert_int_equal(array->items.items[2]->kind, JSON_TRUE);
    assert_int_equal(array->items.items[3]->kind, JSON_FALSE);
    assert_int_equal(array->items.items[4]->kind, JSON_NULL);
    assert_slice(json_get(value, SLICE("a"))->text, "9007199254740993");
    const JsonValue *inner = json_get(json_get(value, SLICE("b")), (Slice){"\0", 1});
    assert_slice(inner->text, "x\ny");
    assert_null(json_get(value, SLICE("c")));
    assert_null(json_get(array, SLICE("a")));
    assert_null(json_get(NULL, SLICE("a")));
}

ARENA_TEST(escapes_are_decoded) {
    assert_slice(
        parsed(arena, SLICE("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00a3\\u20AC\\uD83D\\uDE00\""))->text,
        "\"\\/\b\f\n\r\t\xC2\xA3\xE2\x82\xAC\xF0\x9F\x98\x80");
    const char *replacement = "\xEF\xBF\xBD";
    assert_slice(parsed(arena, SLICE("\"\\uD83D\""))->text, replacement);
    assert_slice(parsed(arena, SLICE("\"\\uDE00\""))->text, replacement);
    assert_slice(parsed(arena, SLICE("\"\\uD83D\\u0041\""))->text, "\xEF\xBF\xBD"
                                                                   "A");
    assert_slice(parsed(arena, SLICE("\"\\uD83D\\n\""))->text, "\xEF\xBF\xBD\n");
}

ARENA_TEST(numbers_beyond_a_double_keep_their_text) {
    JsonValue *value = parsed(arena, SLICE("-1e999"));
    assert_true(isinf(value->number) && value->number < 0);
    assert_slice(value->text, "-1e999");
}

ARENA_TEST(mistakes_are_named_at_their_byte) {
    const struct {
        Slice text;
        size_t offset;
    } cases[] = {
        {SLICE(""), 0},
        {SLICE("[1,]"), 3},
        {SLICE("[1 2]"), 3},
        {SLICE("{\"a\" 1}"), 5},
        {SLICE("{\"a\":1,}"), 7},
        {SLICE("{a:1}"), 1},
        {SLICE("01"), 1},
        {SLICE("-"), 1},
        {SLICE("1."), 2},
        {SLICE("1e+"), 3},
        {SLICE("\"a"), 2},
        {SLICE("\"a\nb\""), 2},
        {SLICE("\"\\x\""), 2},
        {SLICE("\"\\u12G4\""), 3},
        {SLICE("nul"), 0},
        {SLICE("1 1"), 2},
        {SLICE("\xEF\xBB\xBF{}"), 0},
        {SLICE("[\"\xC0\xAF\"]"), 2},
        {SLICE("[\0]"), 1},
        {SLICE("NaN"), 0},
        {SLICE("+1"), 0},
        {SLICE("\"\\\0\""), 2},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        JsonValue *value = NULL;
        JsonError error = {0};
        assert_false(json_parse(arena, cases[i].text, &value, &error));
        assert_int_equal(error.offset, cases[i].offset);
        assert_true(strlen(error.message) > 10);
        assert_null(value);
    }
}

ARENA_TEST(nesting_is_limited) {
    char text[2 * JSON_NESTING_LIMIT + 2];
    JsonValue *value;
    JsonError error;
    memset(text, '[', JSON_NESTING_LIMIT + 1);
    memset(text + JSON_NESTING_LIMIT, ']', JSON_NESTING_LIMIT + 1);
    assert_true(json_parse(arena, (Slice){text, 2 * JSON_NESTING_LIMIT}, &value, &error));
    memset(text, '[', JSON_NESTING_LIMIT + 1);
    assert_false(json_parse(arena, (Slice){text, 2 * JSON_NESTING_LIMIT + 1}, &value, &error));
    assert_int_equal(error.offset, JSON_NESTING_LIMIT);
}

static void write_value(JsonWriter *json, const JsonValue *value) {
    switch (value->kind) {
    case JSON_NULL: json_null(json); break;
    case JSON_FALSE: json_bool(json, false); break;
    case JSON_TRUE: json_bool(json, true); break;
    case JSON_NUMBER: json_raw(json, value->text); break;
    case JSON_STRING: json_string(json, value->text); break;
    case JSON_ARRAY:
        json_begin_array(json);
        for (uint32_t i = 0; i < value->items.count; i++) write_value(json, value->items.items[i]);
        json_end_array(json);
        break;
    case JSON_OBJECT:
        json_begin_object(json);
        for (uint32_t i = 0; i < value->members.count; i++) {
            json_key(json, value->members.items[i].key);
            write_value(json, value->members.items[i].value);
        }
        json_end_object(json);
        break;
    }
}

static Slice rewritten(Arena *arena, const JsonValue *value, int indent) {
    Buffer out;
    JsonWriter json;
    buffer_init(&out, arena);
    json_begin(&json, &out, indent);
    write_value(&json, value);
    return buffer_slice(&out);
}

static Slice read_whole(Arena *arena, const char *folder, const char *name) {
    FILE *file = fopen(arena_printf(arena, "%s/%s", folder, name).data, "rb");
    assert_non_null(file);
    size_t limit = 1 << 20;
    char *text = arena_alloc(arena, limit);
    size_t length = fread(text, 1, limit, file);
    fclose(file);
    return (Slice){text, length};
}

/* Reads one case in an arena of its own; what is accepted must survive being rewritten. */
static bool accepts(const char *folder, const char *name) {
    Boundary boundary;
    Arena arena;
    arena_init(&arena, &boundary, 0);
    if (setjmp(boundary.at)) fail_msg("left to the boundary: %s", boundary.message);
    JsonValue *value, *again;
    JsonError error;
    bool accepted = json_parse(&arena, read_whole(&arena, folder, name), &value, &error);
    for (int indent = 0; accepted && indent < 3; indent += 2) {
        Slice text = rewritten(&arena, value, indent);
        assert_true(json_parse(&arena, text, &again, &error));
        assert_true(slice_equal(text, rewritten(&arena, again, indent)));
    }
    arena_free(&arena);
    return accepted;
}

/* Runs every case of a folder; returns how many there were, or skips where there are none. */
static int run_suite(const char *part) {
    const char *shared = getenv("SCP_SHARED");
    char folder[512];
    snprintf(folder, sizeof folder, "%s/vectors/json/%s", shared ? shared : "../shared", part);
    DIR *cases = opendir(folder);
    if (!cases) skip();
    int count = 0;
    for (struct dirent *entry; (entry = readdir(cases));) {
        if (!strstr(entry->d_name, ".json")) continue;
        bool accepted = accepts(folder, entry->d_name);
        bool wrong = (entry->d_name[0] == 'y' && entry->d_name[1] == '_' && !accepted) ||
                     (entry->d_name[0] == 'n' && entry->d_name[1] == '_' && accepted);
        if (wrong) fail_msg("%s was %s", entry->d_name, accepted ? "accepted" : "refused");
        count++;
    }
    closedir(cases);
    return count;
}

PLAIN_TEST(suite_of_documents_is_decided_as_it_says) {
    assert_int_equal(run_suite("parsing"), 185);
}
PLAIN_TEST(suite_of_transformations_is_survived) {
    assert_true(run_suite("transform") > 5);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writer_puts_commas_and_escapes),
        cmocka_unit_test(indented_writing_gives_every_entry_a_line),
        cmocka_unit_test(malformed_text_is_written_as_replacement),
        cmocka_unit_test(values_are_read_with_their_places),
        cmocka_unit_test(escapes_are_decoded),
        cmocka_unit_test(numbers_beyond_a_double_keep_their_text),
        cmocka_unit_test(mistakes_are_named_at_their_byte),
        cmocka_unit_test(nesting_is_limited),
        cmocka_unit_test(suite_of_documents_is_decided_as_it_says),
        cmocka_unit_test(suite_of_transformations_is_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
