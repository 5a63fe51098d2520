/* From a file and its dialect to records or the first fault. */
#include "tests/vectors/csv_case.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runtime/data/source.h"

typedef struct {
    Arena *arena;
    bool header, equal;
    CsvReader *reader;
    uint32_t expected;
    uint64_t first_line; /* of the chunk */
    Buffer out;
    CsvCase result;
} Reading;

Slice csv_case_text(const JsonValue *object, const char *key, const char *otherwise) {
    const JsonValue *value = json_get(object, slice_of(key));
    return value && value->kind == JSON_STRING ? value->text : slice_of(otherwise);
}

static const char *fault_name(CsvFault fault) {
    switch (fault) {
    case CSV_SOUND:
    case CSV_FAULT_COUNT: break;
    case CSV_ENCODING: return "E_ENCODING";
    case CSV_NUL: return "E_NUL";
    case CSV_BARE_CR: return "E_BARE_CR";
    case CSV_BARE_QUOTE: return "E_BARE_QUOTE";
    case CSV_TEXT_AFTER_QUOTE: return "E_TEXT_AFTER_QUOTE";
    case CSV_UNTERMINATED_QUOTE: return "E_UNTERMINATED_QUOTE";
    case CSV_TOO_FEW_FIELDS: return "E_TOO_FEW_FIELDS";
    case CSV_TOO_MANY_FIELDS: return "E_TOO_MANY_FIELDS";
    case CSV_FIELD_TOO_LONG: return "E_FIELD_TOO_LONG";
    case CSV_TOO_MANY_COLUMNS: return "E_TOO_MANY_COLUMNS";
    case CSV_RECORD_TOO_LONG: return "E_RECORD_TOO_LONG";
    }
    return NULL;
}

/* As Python's json module writes a text when it keeps characters as they are: the suite has
 * fingerprints of that. */
static void write_text(Buffer *out, Slice text) {
    static const char *const short_names[] = {['\b'] = "\\b", ['\t'] = "\\t", ['\n'] = "\\n",
                                              ['\f'] = "\\f", ['\r'] = "\\r", [0x1F] = NULL};
    buffer_add_char(out, '"');
    for (size_t i = 0; i < text.length; i++) {
        unsigned char c = (unsigned char)text.data[i];
        if (c == '"' || c == '\\') buffer_printf(out, "\\%c", c);
        else if (c >= 0x20) buffer_add_char(out, (char)c);
        else if (short_names[c]) buffer_add_text(out, short_names[c]);
        else buffer_printf(out, "\\u%04x", c);
    }
    buffer_add_char(out, '"');
}

static const char *label_fault(const CsvReader *reader) {
    for (uint32_t f = 0; f < reader->count; f++) {
        if (!slice_trim(reader->fields[f]).length) return "E_BLANK_LABEL";
        for (uint32_t k = 0; k < f; k++)
            if (slice_equal(reader->fields[f], reader->fields[k])) return "E_DUPLICATE_LABEL";
    }
    return NULL;
}

static bool read_record(Reading *reading, bool first) {
    const CsvReader *reader = reading->reader;
    Buffer *out = &reading->out;
    reading->result.line = reading->first_line + reader->record_line - 1;
    reading->result.fault = fault_name(reader->fault);
    if (!reading->result.fault && first && reading->header)
        reading->result.fault = label_fault(reader);
    if (reading->result.fault) return false;
    buffer_add_text(out, first ? "[" : ",[");
    for (uint32_t f = 0; f < reader->count; f++) {
        if (f) buffer_add_char(out, ',');
        write_text(out, reader->fields[f]);
    }
    buffer_add_char(out, ']');
    return true;
}

/* The first record says how many fields the others have. */
static bool read_chunk(Reading *reading, Chunk *chunk, char delimiter) {
    CsvReader *reader = reading->reader;
    csv_reader_init(reader, chunk->text, chunk->length, delimiter, reading->expected);
    while (csv_next(reader)) {
        bool first = reading->out.length == 1;
        if (!read_record(reading, first)) return false;
        if (first && reading->equal) reader->expected = reading->expected = reader->count;
    }
    reading->first_line += reader->line - 1;
    return true;
}

static void read_chunks(Reading *reading, ByteSource *source, char delimiter) {
    ChunkSource chunks;
    Chunk chunk = {0};
    chunk_source_init(&chunks, source, delimiter, 0);
    bool sound = true;
    while (sound && chunk_next(&chunks, &chunk)) sound = read_chunk(reading, &chunk, delimiter);
    if (sound && source->fault != SOURCE_SOUND) reading->result.fault = "E_SOURCE";
    if (sound && source->fault == SOURCE_RECORD_TOO_LONG)
        reading->result.fault = "E_RECORD_TOO_LONG";
    chunk_free(&chunk);
    chunk_source_free(&chunks);
}

static TextEncoding encoding_of(const JsonValue *dialect) {
    Slice name = csv_case_text(dialect, "encoding", "utf-8");
    if (slice_equal(name, SLICE("windows-1252"))) return ENCODING_WINDOWS_1252;
    return slice_equal(name, SLICE("utf-16")) ? ENCODING_UTF_16 : ENCODING_UTF_8;
}

CsvCase csv_case_read(Arena *arena, const char *path, const JsonValue *dialect) {
    const JsonValue *header = json_get(dialect, SLICE("header"));
    Reading reading = {.arena = arena, .first_line = 1};
    ByteSource source;
    int descriptor = open(path, O_RDONLY);
    if (descriptor < 0) {
        perror(path);
        exit(2);
    }
    reading.header = header && header->kind == JSON_TRUE;
    reading.equal = !slice_equal(csv_case_text(dialect, "fields", "equal"), SLICE("any"));
    reading.reader = ARENA_NEW(arena, CsvReader);
    buffer_init(&reading.out, arena);
    buffer_add_char(&reading.out, '[');
    byte_source_init(&source, descriptor, encoding_of(dialect));
    read_chunks(&reading, &source, csv_case_text(dialect, "delimiter", ",").data[0]);
    byte_source_free(&source);
    close(descriptor);
    if (!reading.result.fault && reading.header && reading.out.length == 1) {
        reading.result.fault = "E_NO_HEADER";
        reading.result.line = 1;
    }
    buffer_add_char(&reading.out, ']');
    reading.result.records = buffer_slice(&reading.out);
    return reading.result;
}
