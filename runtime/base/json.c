/* Writing and reading JSON. Neither side knows what the document means. */
#include "runtime/base/json.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "runtime/base/number.h"
#include "runtime/base/utf8.h"

/* The writer. */

void json_begin(JsonWriter *json, Buffer *out, int indent) {
    *json = (JsonWriter){.out = out, .indent = indent};
}

static void begin_line(JsonWriter *json) {
    if (!json->indent) return;
    buffer_add_char(json->out, '\n');
    buffer_add_repeated(json->out, ' ', (size_t)json->indent * (size_t)json->depth);
}

/* What stands before an entry of the innermost array or object. */
static void separate(JsonWriter *json) {
    if (json->has_value) buffer_add_char(json->out, ',');
    if (json->depth) begin_line(json);
    json->has_value = true;
}

static void begin_value(JsonWriter *json) {
    assert((json->depth && json->open[json->depth - 1] == '{') == json->after_key);
    assert(json->depth || !json->has_value);
    if (!json->after_key) separate(json);
    json->after_key = false;
}

static void begin_level(JsonWriter *json, char bracket) {
    begin_value(json);
    assert(json->depth < JSON_NESTING_LIMIT);
    json->open[json->depth++] = bracket;
    json->has_value = false;
    buffer_add_char(json->out, bracket);
}

static void end_level(JsonWriter *json, char bracket) {
    assert(json->depth && !json->after_key);
    json->depth--;
    assert((json->open[json->depth] == '{') == (bracket == '}'));
    if (json->has_value) begin_line(json);
    json->has_value = true;
    buffer_add_char(json->out, bracket);
}

void json_begin_object(JsonWriter *json) {
    begin_level(json, '{');
}
void json_end_object(JsonWriter *json) {
    end_level(json, '}');
}
void json_begin_array(JsonWriter *json) {
    begin_level(json, '[');
}
void json_end_array(JsonWriter *json) {
    end_level(json, ']');
}

void json_key(JsonWriter *json, Slice key) {
    assert(json->depth && json->open[json->depth - 1] == '{' && !json->after_key);
    separate(json);
    json_escape(json->out, key);
    buffer_add_text(json->out, json->indent ? ": " : ":");
    json->after_key = true;
}

void json_raw(JsonWriter *json, Slice value) {
    begin_value(json);
    buffer_add(json->out, value);
}

void json_raw_member(JsonWriter *json, Slice member) {
    assert(json->depth && json->open[json->depth - 1] == '{' && !json->after_key);
    separate(json);
    buffer_add(json->out, member);
}

void json_string(JsonWriter *json, Slice text) {
    begin_value(json);
    json_escape(json->out, text);
}

void json_number(JsonWriter *json, double value) {
    assert(isfinite(value));
    char text[NUMBER_TEXT_SIZE];
    size_t length = number_format_shortest(value, text);
    json_raw(json, (Slice){text, length});
}

void json_int(JsonWriter *json, int64_t value) {
    begin_value(json);
    buffer_printf(json->out, "%lld", (long long)value);
}

void json_bool(JsonWriter *json, bool value) {
    json_raw(json, value ? SLICE("true") : SLICE("false"));
}

void json_null(JsonWriter *json) {
    json_raw(json, SLICE("null"));
}

static void escape_code_point(Buffer *out, uint32_t code) {
    switch (code) {
    case '"': buffer_add_text(out, "\\\""); return;
    case '\\': buffer_add_text(out, "\\\\"); return;
    case '\n': buffer_add_text(out, "\\n"); return;
    case '\r': buffer_add_text(out, "\\r"); return;
    case '\t': buffer_add_text(out, "\\t"); return;
    default: break;
    }
    if (utf8_is_control(code) || utf8_is_bidirectional(code))
        buffer_printf(out, "\\u%04x", (unsigned)code);
    else
        buffer_add_code_point(out, code);
}

static bool is_plain_ascii(char c) {
    return c >= ' ' && c < 0x7F && c != '"' && c != '\\';
}

void json_escape(Buffer *out, Slice text) {
    buffer_add_char(out, '"');
    for (size_t at = 0; at < text.length;) {
        size_t from = at;
        while (at < text.length && is_plain_ascii(text.data[at])) at++;
        buffer_add(out, slice_sub(text, from, at));
        if (at == text.length) break;
        uint32_t code;
        at += utf8_decode_lossy(text, at, &code);
        escape_code_point(out, code);
    }
    buffer_add_char(out, '"');
}

/* The reader: recursive descent, its depth limited. Each read_ function leaves `at` behind
 * what it read, or at the byte that does not fit with the message set. */

typedef struct {
    Arena *arena;
    Slice text;
    size_t at;
    int depth;
    const char *message;
} Reader;

static bool refuse(Reader *reader, const char *message) {
    reader->message = message;
    return false;
}

/* The byte at hand; 0 at the end, which begins nothing. */
static char peek(const Reader *reader) {
    return reader->at < reader->text.length ? reader->text.data[reader->at] : '\0';
}

static bool take(Reader *reader, char c) {
    if (peek(reader) != c) return false;
    reader->at++;
    return true;
}

static void skip_blanks(Reader *reader) {
    while (peek(reader) == ' ' || peek(reader) == '\n' || peek(reader) == '\t' ||
           peek(reader) == '\r')
        reader->at++;
}

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

static bool take_digits(Reader *reader) {
    size_t from = reader->at;
    while (is_digit(peek(reader))) reader->at++;
    return reader->at > from || refuse(reader, "a digit was expected here");
}

static bool read_number(Reader *reader, JsonValue *value) {
    size_t from = reader->at;
    take(reader, '-');
    if (!take(reader, '0') && !take_digits(reader)) return false;
    if (take(reader, '.') && !take_digits(reader)) return false;
    if (take(reader, 'e') || take(reader, 'E')) {
        if (!take(reader, '+')) take(reader, '-');
        if (!take_digits(reader)) return false;
    }
    value->kind = JSON_NUMBER;
    value->text = slice_sub(reader->text, from, reader->at);
    if (!number_parse(value->text, &value->number))
        value->number = value->text.data[0] == '-' ? -INFINITY : INFINITY;
    return true;
}

/* Four hexadecimal digits; false without a message where they are none. */
static bool take_hexadecimal(Reader *reader, uint32_t *unit) {
    if (reader->text.length - reader->at < 4) return false;
    uint32_t number = 0;
    for (size_t i = 0; i < 4; i++) {
        char c = reader->text.data[reader->at + i];
        int digit = is_digit(c)            ? c - '0'
                    : c >= 'a' && c <= 'f' ? c - 'a' + 10
                    : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                           : -1;
        if (digit < 0) return false;
        number = number << 4 | (uint32_t)digit;
    }
    reader->at += 4;
    *unit = number;
    return true;
}

/* A second half that follows a first; otherwise nothing is taken. */
static bool take_second_half(Reader *reader, uint32_t *unit) {
    size_t from = reader->at;
    if (take(reader, '\\') && take(reader, 'u') && take_hexadecimal(reader, unit) &&
        *unit >= 0xDC00 && *unit <= 0xDFFF)
        return true;
    reader->at = from;
    return false;
}

static bool read_unicode_escape(Reader *reader, Buffer *out) {
    uint32_t code, second;
    if (!take_hexadecimal(reader, &code))
        return refuse(reader, "four hexadecimal digits were expected here");
    if (code >= 0xD800 && code <= 0xDBFF && take_second_half(reader, &second))
        code = 0x10000 + ((code - 0xD800) << 10) + (second - 0xDC00);
    buffer_add_code_point(out, code);
    return true;
}

static bool read_escape(Reader *reader, Buffer *out) {
    static const char names[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
    if (take(reader, 'u')) return read_unicode_escape(reader, out);
    char c = peek(reader);
    const char *name = c ? strchr(names, c) : NULL;
    if (!name) return refuse(reader, "no such escape is known");
    reader->at++;
    buffer_add_char(out, meanings[name - names]);
    return true;
}

/* Bytes that stand for themselves; the document is known to be well-formed UTF-8. */
static Slice take_plain(Reader *reader) {
    size_t from = reader->at;
    while (reader->at < reader->text.length) {
        unsigned char c = (unsigned char)reader->text.data[reader->at];
        if (c < 0x20 || c == '"' || c == '\\') break;
        reader->at++;
    }
    return slice_sub(reader->text, from, reader->at);
}

/* The rest of a text in which something has to be decoded. */
static bool read_escaped(Reader *reader, Buffer *out) {
    while (!take(reader, '"')) {
        if (reader->at == reader->text.length) return refuse(reader, "the text has no end");
        if (!take(reader, '\\')) return refuse(reader, "a control character stands in a text");
        if (!read_escape(reader, out)) return false;
        buffer_add(out, take_plain(reader));
    }
    return true;
}

static bool read_string(Reader *reader, Slice *text) {
    reader->at++;
    Slice plain = take_plain(reader);
    if (take(reader, '"')) {
        *text = arena_copy(reader->arena, plain);
        return true;
    }
    Buffer out;
    buffer_init(&out, reader->arena);
    buffer_add(&out, plain);
    if (!read_escaped(reader, &out)) return false;
    *text = buffer_slice(&out);
    return true;
}

static bool read_value(Reader *reader, JsonValue **value);

static bool read_array(Reader *reader, JsonValue *array) {
    array->kind = JSON_ARRAY;
    reader->at++;
    skip_blanks(reader);
    if (take(reader, ']')) return true;
    for (;;) {
        JsonValue *item;
        if (!read_value(reader, &item)) return false;
        VEC_PUSH(reader->arena, &array->items, item);
        skip_blanks(reader);
        if (take(reader, ']')) return true;
        if (!take(reader, ',')) return refuse(reader, "a comma or ] was expected here");
    }
}

static bool read_member(Reader *reader, JsonValue *object) {
    JsonMember member;
    skip_blanks(reader);
    if (peek(reader) != '"') return refuse(reader, "a name in quotes was expected here");
    if (!read_string(reader, &member.key)) return false;
    skip_blanks(reader);
    if (!take(reader, ':')) return refuse(reader, "a colon was expected here");
    if (!read_value(reader, &member.value)) return false;
    VEC_PUSH(reader->arena, &object->members, member);
    return true;
}

static bool read_object(Reader *reader, JsonValue *object) {
    object->kind = JSON_OBJECT;
    reader->at++;
    skip_blanks(reader);
    if (take(reader, '}')) return true;
    for (;;) {
        if (!read_member(reader, object)) return false;
        skip_blanks(reader);
        if (take(reader, '}')) return true;
        if (!take(reader, ',')) return refuse(reader, "a comma or } was expected here");
    }
}

static bool read_word(Reader *reader, JsonValue *value) {
    static const struct {
        Slice word;
        JsonKind kind;
    } words[] = {{{"null", 4}, JSON_NULL}, {{"false", 5}, JSON_FALSE}, {{"true", 4}, JSON_TRUE}};
    Slice rest = slice_sub(reader->text, reader->at, reader->text.length);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (!slice_starts_with(rest, words[i].word)) continue;
        value->kind = words[i].kind;
        reader->at += words[i].word.length;
        return true;
    }
    return refuse(reader, "a value was expected here");
}

static bool read_by_first_byte(Reader *reader, JsonValue *value) {
    switch (peek(reader)) {
    case '{': return read_object(reader, value);
    case '[': return read_array(reader, value);
    case '"': value->kind = JSON_STRING; return read_string(reader, &value->text);
    default: break;
    }
    bool number = peek(reader) == '-' || is_digit(peek(reader));
    return number ? read_number(reader, value) : read_word(reader, value);
}

static bool read_value(Reader *reader, JsonValue **value) {
    skip_blanks(reader);
    if (reader->depth == JSON_NESTING_LIMIT)
        return refuse(reader, "values are nested deeper than 256 levels");
    reader->depth++;
    *value = ARENA_NEW(reader->arena, JsonValue);
    (*value)->offset = reader->at;
    bool read = read_by_first_byte(reader, *value);
    reader->depth--;
    return read;
}

static bool read_document(Reader *reader, JsonValue **value) {
    size_t malformed = utf8_find_malformed(reader->text);
    if (malformed < reader->text.length) {
        reader->at = malformed;
        return refuse(reader, "the bytes here are not UTF-8");
    }
    if (!read_value(reader, value)) return false;
    skip_blanks(reader);
    return reader->at == reader->text.length || refuse(reader, "something follows the value");
}

bool json_parse(Arena *arena, Slice text, JsonValue **value, JsonError *error) {
    Reader reader = {.arena = arena, .text = text};
    JsonValue *document;
    if (!read_document(&reader, &document)) {
        *error = (JsonError){reader.at, reader.message};
        return false;
    }
    *value = document;
    return true;
}

const JsonValue *json_get(const JsonValue *object, Slice key) {
    if (!object || object->kind != JSON_OBJECT) return NULL;
    for (uint32_t i = object->members.count; i > 0; i--)
        if (slice_equal(object->members.items[i - 1].key, key))
            return object->members.items[i - 1].value;
    return NULL;
}
