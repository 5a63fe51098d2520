/* csv_vectors DIR: every case of the suite of delimited text: outcome, code of the error and its
 * line; files that break readers, of which none may crash or hang; cells of typed values. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runtime/base/file.h"
#include "runtime/base/sha256.h"
#include "runtime/data/csv.h"
#include "runtime/report/csv.h"
#include "tests/vectors/csv_typed.h"

enum { SUITE_SIZE = 1 << 26, SECONDS_A_FILE = 10 };

typedef struct {
    Arena *arena;
    const char *folder;
    unsigned cases, wrong;
} Score;

static void is_wrong(Score *score, Slice id, const char *what) {
    score->wrong++;
    printf("wrong: %.*s: %s\n", SLICE_FMT(id), what);
}

static char *path_of(const Score *score, Slice file) {
    return (char *)(uintptr_t)arena_printf(score->arena, "%s/%.*s", score->folder, SLICE_FMT(file))
        .data;
}

/* Calls `each` with every line of a file of JSON. */
static void read_lines(Score *score, const char *name, void (*each)(Score *, const JsonValue *)) {
    Slice text, message;
    const char *path = path_of(score, slice_of(name));
    if (file_read(score->arena, path, SUITE_SIZE, &text, &message) != SCP_OK) {
        fprintf(stderr, "%.*s\n", SLICE_FMT(message));
        exit(2);
    }
    for (size_t at = 0; at < text.length;) {
        const char *end = memchr(text.data + at, '\n', text.length - at);
        size_t stop = end ? (size_t)(end - text.data) : text.length;
        JsonValue *entry;
        JsonError error;
        if (!json_parse(score->arena, slice_sub(text, at, stop), &entry, &error)) exit(2);
        each(score, entry);
        at = stop + 1;
    }
}

/* ---- Records -------------------------------------------------------------------------------- */

static bool same_value(const JsonValue *a, const JsonValue *b) {
    if (a->kind != b->kind || a->items.count != b->items.count) return false;
    for (uint32_t i = 0; i < a->items.count; i++)
        if (!same_value(a->items.items[i], b->items.items[i])) return false;
    return a->kind == JSON_ARRAY || slice_equal(a->text, b->text);
}

static bool same_records(Score *score, const JsonValue *entry, Slice records) {
    const JsonValue *wanted = json_get(entry, SLICE("records"));
    char hex[SHA256_HEX_SIZE];
    JsonValue *read;
    JsonError error;
    if (wanted)
        return json_parse(score->arena, records, &read, &error) && same_value(wanted, read);
    sha256_hex(sha256_of(records), hex);
    return slice_equal(csv_case_text(entry, "records_sha256", ""), slice_of(hex));
}

static void judge_case(Score *score, const JsonValue *entry) {
    Slice id = csv_case_text(entry, "id", ""), expect = csv_case_text(entry, "expect", "");
    const char *path = path_of(score, csv_case_text(entry, "file", ""));
    const JsonValue *line = json_get(entry, SLICE("line"));
    score->cases++;
    alarm(SECONDS_A_FILE);
    CsvCase read = csv_case_read(score->arena, path, json_get(entry, SLICE("dialect")));
    alarm(0);
    if (slice_equal(expect, SLICE("either"))) return;
    if (slice_equal(expect, SLICE("records"))) {
        if (read.fault) is_wrong(score, id, read.fault);
        else if (!same_records(score, entry, read.records)) is_wrong(score, id, "other records");
    } else if (!read.fault) {
        is_wrong(score, id, "accepted");
    } else if (!slice_equal(csv_case_text(entry, "error", ""), slice_of(read.fault))) {
        is_wrong(score, id, read.fault);
    } else if (line && line->kind == JSON_NUMBER && (uint64_t)line->number != read.line) {
        is_wrong(score, id, "another line");
    }
}

/* ---- Files that break readers --------------------------------------------------------------- */

static void read_robust(Score *score) {
    const char *folder = path_of(score, SLICE("robust"));
    DIR *open = opendir(folder);
    struct dirent *entry;
    if (!open) {
        perror(folder);
        exit(2);
    }
    while ((entry = readdir(open))) {
        if (entry->d_name[0] == '.') continue;
        score->cases++;
        Slice path = arena_printf(score->arena, "%s/%s", folder, entry->d_name);
        alarm(SECONDS_A_FILE);
        csv_case_read(score->arena, path.data, NULL);
        alarm(0);
    }
    closedir(open);
}

/* ---- Typed cells ---------------------------------------------------------------------------- */

static void judge_cell(Score *score, const JsonValue *entry) {
    Slice id = csv_case_text(entry, "id", ""), expect = csv_case_text(entry, "expect", "");
    Slice type = csv_case_text(entry, "type", ""), text = csv_case_text(entry, "text", "");
    const JsonValue *value = json_get(entry, SLICE("value"));
    score->cases++;
    CsvTyped read = csv_typed_read(score->arena, type, text);
    if (!read.known) {
        is_wrong(score, id, "no such type");
    } else if (!slice_equal(expect, slice_of(read.outcome))) {
        is_wrong(score, id, read.outcome);
    } else if (value) {
        Slice wanted = value->kind == JSON_TRUE    ? SLICE("true")
                       : value->kind == JSON_FALSE ? SLICE("false")
                                                   : value->text;
        if (!slice_equal(wanted, read.value)) is_wrong(score, id, "another value");
    }
}

/* ---- Cells written -------------------------------------------------------------------------- */

/* The text of the one field that was written; the reader is the one under test above. */
static Slice read_back(Arena *arena, Slice written) {
    CsvReader *reader = ARENA_NEW(arena, CsvReader);
    Buffer line;
    buffer_init(&line, arena);
    buffer_add(&line, written);
    buffer_add_char(&line, '\n');
    buffer_reserve(&line, CSV_PADDING);
    csv_reader_init(reader, line.data, line.length, ',', 1);
    if (!csv_next(reader)) return SLICE("");
    return reader->fault == CSV_SOUND ? reader->fields[0] : SLICE("(no field)");
}

static void judge_output(Score *score, const JsonValue *entry) {
    Slice id = csv_case_text(entry, "id", ""), text = csv_case_text(entry, "text", "");
    const JsonValue *neutralise = json_get(entry, SLICE("neutralise"));
    bool wanted = neutralise && neutralise->kind == JSON_TRUE;
    Buffer out;
    score->cases++;
    buffer_init(&out, score->arena);
    if (slice_equal(csv_case_text(entry, "type", ""), SLICE("number"))) csv_put_number(&out, text);
    else csv_put_text(&out, text);
    Slice got = read_back(score->arena, buffer_slice(&out));
    bool marked = got.length == text.length + 1 && got.data[0] == '\'' &&
                  slice_equal(slice_sub(got, 1, got.length), text);
    if (wanted ? !marked : !slice_equal(got, text)) is_wrong(score, id, "written otherwise");
}

/* ---- The whole ------------------------------------------------------------------------------ */

static unsigned report(Score *score, const char *what) {
    printf("csv %s: %u of %u right", what, score->cases - score->wrong,
           score->cases);
    printf("\n");
    unsigned wrong = score->wrong;
    score->cases = score->wrong = 0;
    return wrong;
}

int main(int argc, char **argv) {
    Boundary boundary;
    Arena arena;
    unsigned wrong = 0;
    if (argc != 2) {
        fprintf(stderr, "usage: csv_vectors DIR\n");
        return 2;
    }
    arena_init(&arena, &boundary, 0);
    if (setjmp(boundary.at)) {
        fprintf(stderr, "csv_vectors: %s\n", boundary.message);
        return 2;
    }
    Score score = {.arena = &arena, .folder = argv[1]};
    read_lines(&score, "manifest.jsonl", judge_case);
    wrong += report(&score, "files");
    read_robust(&score);
    wrong += report(&score, "broken files survived");
    read_lines(&score, "typed.jsonl", judge_cell);
    wrong += report(&score, "typed cells");
    read_lines(&score, "output.jsonl", judge_output);
    wrong += report(&score, "cells written");
    arena_free(&arena);
    return wrong ? 1 : 0;
}
