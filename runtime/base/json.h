/* JSON: a writer that streams into a buffer and a strict reader (RFC 8259) into an arena.
 * The writer puts the commas and escapes what must be and what should not reach a terminal;
 * it refuses by assertion what has no meaning (a NaN, a value without its key). The reader
 * takes no comments, no trailing commas, no byte-order mark, no malformed UTF-8. */
#ifndef RUNTIME_BASE_JSON_H
#define RUNTIME_BASE_JSON_H

#include "runtime/base/buffer.h"
#include "runtime/base/vec.h"

enum { JSON_NESTING_LIMIT = 256 };

typedef struct {
    Buffer *out;
    int indent; /* blanks a level; 0: all on one line */
    int depth;
    bool has_value; /* the innermost array or object is not empty */
    bool after_key;
    char open[JSON_NESTING_LIMIT]; /* '{' or '[' of each level */
} JsonWriter;

/* Begins one document; `indent` 0 writes it without any blanks. */
void json_begin(JsonWriter *json, Buffer *out, int indent);
void json_begin_object(JsonWriter *json);
void json_end_object(JsonWriter *json);
void json_begin_array(JsonWriter *json);
void json_end_array(JsonWriter *json);
void json_key(JsonWriter *json, Slice key);
void json_string(JsonWriter *json, Slice text);   /* malformed UTF-8 becomes U+FFFD */
void json_number(JsonWriter *json, double value); /* finite; reads back as the same number */
void json_int(JsonWriter *json, int64_t value);
void json_bool(JsonWriter *json, bool value);
void json_null(JsonWriter *json);
/* A value that is JSON already, such as the text of a number read. */
void json_raw(JsonWriter *json, Slice value);
/* A member of an object that is JSON already, key and value. */
void json_raw_member(JsonWriter *json, Slice member);

/* A string in quotes, without a writer. */
void json_escape(Buffer *out, Slice text);

typedef enum {
    JSON_NULL,
    JSON_FALSE,
    JSON_TRUE,
    JSON_NUMBER,
    JSON_STRING,
    JSON_ARRAY,
    JSON_OBJECT,
} JsonKind;

typedef struct JsonValue JsonValue;

typedef struct {
    Slice key;
    JsonValue *value;
} JsonMember;

struct JsonValue {
    JsonKind kind;
    size_t offset; /* of its first byte */
    Slice text;    /* a number as it was written, a string decoded and NUL-terminated */
    double number; /* infinite where the text is beyond a double */
    VEC(JsonValue *) items;
    VEC(JsonMember) members; /* in order; a repeated key stands repeatedly */
};

typedef struct {
    size_t offset; /* of the byte that does not fit */
    const char *message;
} JsonError;

/* Reads one document; a view of `text` is kept. False with `error` filled where it is none.
 * An escaped half of a surrogate pair alone becomes U+FFFD. */
bool json_parse(Arena *arena, Slice text, JsonValue **value, JsonError *error);

/* The last member of that key; NULL where there is none or `object` is NULL or no object. */
const JsonValue *json_get(const JsonValue *object, Slice key);

#endif
