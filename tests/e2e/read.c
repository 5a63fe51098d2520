/* Reading, for the end-to-end program. */
#include "read.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void stop(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    fputs("end to end: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    exit(2);
}

void *take(size_t size) {
    void *memory = calloc(1, size ? size : 1);
    if (!memory) stop("out of memory");
    return memory;
}

void *grow(void *old, size_t count, size_t size) {
    if (count & (count - 1)) return old;
    void *memory = realloc(old, (count ? 2 * count : 1) * size);
    if (!memory) stop("out of memory");
    return memory;
}

char *copy_text(const char *from, size_t length) {
    char *text = take(length + 1);
    memcpy(text, from, length);
    return text;
}

char *join(const char *format, ...) {
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    size_t length = (size_t)vsnprintf(NULL, 0, format, arguments);
    char *text = take(length + 1);
    vsnprintf(text, length + 1, format, again);
    va_end(again);
    va_end(arguments);
    return text;
}

/* ---- Files ----------------------------------------------------------------------------------- */

char *read_file(const char *path) {
    FILE *in = fopen(path, "rb");
    if (!in) stop("%s: %s", path, strerror(errno));
    size_t length = 0, room = 1 << 16;
    char *text = take(room);
    for (size_t got; (got = fread(text + length, 1, room - length - 1, in)) > 0;) {
        length += got;
        if (length + 1 < room) continue;
        text = realloc(text, room *= 2);
        if (!text) stop("out of memory");
    }
    if (ferror(in)) stop("%s cannot be read", path);
    fclose(in);
    text[length] = '\0';
    return text;
}

void write_file(const char *path, const char *text) {
    FILE *out = fopen(path, "wb");
    if (!out || fputs(text, out) < 0 || fclose(out)) stop("%s: %s", path, strerror(errno));
}

/* ---- JSON ------------------------------------------------------------------------------------ */

static void skip_blanks(const char **at) {
    *at += strspn(*at, " \t\r\n");
}

/* Members are plain ASCII or UTF-8; of escapes only those of one character are needed. */
static char *parse_string(const char **at) {
    const char *end = ++*at;
    while (*end && *end != '"') end += end[0] == '\\' && end[1] ? 2 : 1;
    if (!*end) stop("a string in JSON does not end");
    char *text = take((size_t)(end - *at) + 1), *out = text;
    for (const char *c = *at; c < end; c++) {
        if (*c != '\\')
            *out++ = *c;
        else if (*++c != 'u')
            *out++ = *c == 'n' ? '\n' : *c == 't' ? '\t' : *c;
        else
            memcpy(out, "\\u", 2), out += 2;
    }
    *at = end + 1;
    return text;
}

static Json parse_value(const char **at);

static void parse_name(const char **at, Json *json) {
    if (**at != '"') stop("a member of an object has no name");
    json->names[json->count] = parse_string(at);
    skip_blanks(at);
    if (*(*at)++ != ':') stop("a member of an object has no value");
}

static Json parse_members(const char **at, JsonSort sort, char close) {
    Json json = {.sort = sort};
    ++*at;
    skip_blanks(at);
    while (**at != close) {
        json.items = grow(json.items, json.count, sizeof *json.items);
        json.names = grow(json.names, json.count, sizeof *json.names);
        json.names[json.count] = NULL;
        if (sort == JSON_OBJECT) parse_name(at, &json);
        json.items[json.count++] = parse_value(at);
        skip_blanks(at);
        if (**at == ',')
            ++*at;
        else if (**at != close)
            stop("this is not JSON: `%.20s`", *at);
        skip_blanks(at);
    }
    ++*at;
    return json;
}

static Json parse_value(const char **at) {
    skip_blanks(at);
    if (**at == '{') return parse_members(at, JSON_OBJECT, '}');
    if (**at == '[') return parse_members(at, JSON_ARRAY, ']');
    if (**at == '"') return (Json){.sort = JSON_STRING, .text = parse_string(at)};
    size_t length = strcspn(*at, ",]} \t\r\n");
    if (length == 0) stop("JSON ends too early");
    char *text = copy_text(*at, length);
    *at += length;
    if (strcmp(text, "null") == 0) return (Json){.sort = JSON_NULL};
    bool truth = strcmp(text, "true") == 0 || strcmp(text, "false") == 0;
    return (Json){.sort = truth ? JSON_BOOL : JSON_NUMBER, .text = text};
}

Json parse_json(const char *text) {
    return parse_value(&text);
}

const Json *member(const Json *object, const char *name) {
    if (!object || object->sort != JSON_OBJECT) return NULL;
    for (size_t i = 0; i < object->count; i++)
        if (strcmp(object->names[i], name) == 0) return &object->items[i];
    return NULL;
}

const char *text_of(const Json *json) {
    return json ? json->text : NULL;
}

bool is_text(const Json *json, const char *text) {
    return json && json->sort == JSON_STRING && strcmp(json->text, text) == 0;
}

double number_of(const Json *json) {
    if (!json || (json->sort != JSON_NUMBER && json->sort != JSON_STRING)) return NAN;
    char *end = NULL;
    double value = strtod(json->text, &end);
    return end == json->text || *end ? NAN : value;
}

/* ---- Tables ---------------------------------------------------------------------------------- */

/* One field; quotes may hold commas. Leaves *at on what ended it. */
static char *parse_field(const char **at) {
    char *text = take(strcspn(*at, "\n") + 1), *out = text;
    bool quoted = false;
    for (; **at && (quoted || (**at != ',' && **at != '\n')); ++*at) {
        if (**at == '"')
            quoted = !quoted;
        else if (**at != '\r')
            *out++ = **at;
    }
    return text;
}

Table read_table(const char *path) {
    const char *at = read_file(path);
    Table table = {0};
    size_t count = 0;
    while (*at) {
        table.fields = grow(table.fields, count, sizeof *table.fields);
        table.fields[count++] = parse_field(&at);
        if (*at == ',') {
            at++;
            continue;
        }
        if (*at == '\n') at++;
        if (table.rows++ == 0) table.columns = count;
        if (count != table.rows * table.columns)
            stop("%s: row %zu has other fields", path, table.rows);
    }
    if (table.rows < 2) stop("%s holds no rows", path);
    return table;
}

size_t column_of(const Table *table, const char *name) {
    size_t i = 0;
    while (i < table->columns && strcmp(table->fields[i], name) != 0) i++;
    return i;
}

const char *field(const Table *table, size_t row, size_t column) {
    return table->fields[row * table->columns + column];
}
