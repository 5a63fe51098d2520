/* csv_reader FILE DIALECT: reads one file and prints its records, or its first fault and its line,
 * as one line of JSON: what the scorer of the suite asks for. */
#include <stdio.h>

#include "tests/vectors/csv_case.h"

static int read_file(Arena *arena, const char *path, const char *dialect) {
    JsonValue *options;
    JsonError error;
    if (!json_parse(arena, slice_of(dialect), &options, &error)) {
        fprintf(stderr, "csv_reader: the dialect is no JSON: %s\n", error.message);
        return 2;
    }
    CsvCase read = csv_case_read(arena, path, options);
    if (read.fault)
        printf("{\"error\": \"%s\", \"line\": %llu}\n", read.fault, (unsigned long long)read.line);
    else
        printf("{\"records\": %.*s}\n", SLICE_FMT(read.records));
    return 0;
}

int main(int argc, char **argv) {
    Boundary boundary;
    Arena arena;
    if (argc != 3) {
        fprintf(stderr, "usage: csv_reader FILE DIALECT\n");
        return 2;
    }
    arena_init(&arena, &boundary, 0);
    if (setjmp(boundary.at)) return 2;
    int status = read_file(&arena, argv[1], argv[2]);
    arena_free(&arena);
    return status;
}
