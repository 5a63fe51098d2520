/* Delimited text by the strict profile: RFC 4180, UTF-8, LF or CR LF; no sniffing, no comments,
 * no repair. A chunk of whole records goes in, one record after the other comes out as fields,
 * or as the first thing that is wrong with it. Knows nothing of columns or types. */
#ifndef RUNTIME_DATA_CSV_H
#define RUNTIME_DATA_CSV_H

#include "runtime/base/slice.h"

enum {
    CSV_PADDING = 64, /* writable bytes that must follow the text of a chunk */
    CSV_FIELD_LIMIT = 1048576,
    CSV_COLUMN_LIMIT = 4096,
    CSV_RECORD_LIMIT = 16777216,
};

typedef enum {
    CSV_SOUND,
    CSV_ENCODING,
    CSV_NUL,
    CSV_BARE_CR,
    CSV_BARE_QUOTE,
    CSV_TEXT_AFTER_QUOTE,
    CSV_UNTERMINATED_QUOTE,
    CSV_TOO_FEW_FIELDS,
    CSV_TOO_MANY_FIELDS,
    CSV_FIELD_TOO_LONG,
    CSV_TOO_MANY_COLUMNS,
    CSV_RECORD_TOO_LONG,
    CSV_FAULT_COUNT
} CsvFault;

typedef struct {
    char *text;
    char *next;
    char *end;
    char delimiter;
    bool plain;         /* the chunk is UTF-8 without NUL: nothing to check */
    uint32_t expected;  /* fields a record must have; 0: any number */
    uint64_t line;      /* of `next`, from 1 within the chunk */
    uint64_t blank_lines;
    /* the record read last */
    CsvFault fault;
    uint32_t fault_field; /* from 1; 0: the record */
    uint64_t record_line;
    uint32_t count;
    Slice fields[CSV_COLUMN_LIMIT]; /* unescaped; each may be read CSV_PADDING bytes past its end */
} CsvReader;

/* `text` holds whole records and is followed by CSV_PADDING writable bytes; it is changed in
 * place (doubled quotes are made single). */
void csv_reader_init(CsvReader *reader, char *text, size_t length, char delimiter,
                     uint32_t expected);

/* The next record, sound or not; false at the end. Blank lines are skipped and counted. */
bool csv_next(CsvReader *reader);

/* Where text may be cut into chunks: `records` is the length of what is surely whole records
 * (0: none yet). Goes over text that starts with a record; may be continued with more of it. */
typedef struct {
    size_t at;       /* looked at up to here */
    size_t records;
    bool quoted;     /* `at` lies within quotes */
} CsvCut;

void csv_cut(CsvCut *cut, const char *text, size_t length, char delimiter);

/* Line ends (LF) in the text. */
size_t csv_count_lines(const char *text, size_t length);

#endif
