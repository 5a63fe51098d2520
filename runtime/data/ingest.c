/* The road of one file: first chunk and header, then workers that each pull a chunk, read its rows
 * to where they belong in the store, and pull again; then what the pieces know of each column is
 * brought together, a column a worker. Where chunks are cut and who reads which changes nothing in
 * the result. */
#include "runtime/data/ingest.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/stat.h>

#include "runtime/base/hashmap.h"
#include "runtime/data/bits.h"
#include "runtime/data/block.h"
#include "runtime/data/duckdb.h"
#include "runtime/data/elastic.h"
#include "runtime/data/parallel.h"
#include "runtime/data/piece.h"
#include "runtime/data/problem.h"
#include "runtime/data/source.h"

typedef struct {
    const IngestRequest *request;
    TablePlan plan;
    TableStore store;
    pthread_rwlock_t room; /* the store: who writes into it reads this lock, who moves it writes */
    ByteSource source;
    ChunkSource chunks;
    DuckReader *duck; /* of Parquet; else NULL */
    Chunk first; /* the chunk with the header, and its reader past it */
    CsvReader *reader;
    uint64_t blank_chunks, blank_lines; /* all of which come before the header */
    uint64_t header_lines;              /* these, and up to the end of the header */
    pthread_mutex_t lock; /* of what follows */
    Piece *pieces;
    uint64_t piece_count, piece_capacity;
    PieceColumn *columns; /* what is known of each, of all pieces */
    uint64_t rows;
    bool failed;
} Ingest;

uint64_t row_line(const RowLines *lines, uint64_t row) {
    return lines->lines ? lines->lines[row] : row + 2;
}

static void report(const IngestRequest *request, DiagName name, uint64_t line, uint32_t field,
                   Slice header, Slice message) {
    data_report_add(request->report, request->arena,
                    (DataProblem){name, request->file, line, field, header, message});
}

static ScpStatus no_memory(const IngestRequest *request) {
    report(request, DIAG_LIMIT_REACHED, 0, 0, SLICE(""),
           SLICE("there is not enough memory for this table"));
    return SCP_LIMIT;
}

/* ---- The header ------------------------------------------------------------------------ */

/* Bytes a value of the column takes in the store at first; 0: a bit. Whole numbers hardly ever need
 * all that their bounds allow: their columns are elastic (runtime/data/elastic.h). */
static uint8_t width_of(const Module *module, const ModuleColumn *column, bool *elastic) {
    *elastic = false;
    switch (column->sort) {
    case COLUMN_IDENTIFIER: return 8;
    case COLUMN_REAL: return 8;
    case COLUMN_FLAG: return 0;
    case COLUMN_DATE: return 4;
    case COLUMN_CATEGORY:
        return store_width(0, (int64_t)module->dims.items[column->dim].member_count - 1);
    case COLUMN_INTEGER:
    case COLUMN_MONEY: break;
    }
    *elastic = true;
    uint8_t most = column->has_range ? store_width(column->low, column->high) : 8;
    return most < 4 ? most : 4;
}

static void plan_columns(Ingest *ingest) {
    const IngestRequest *request = ingest->request;
    const ModuleTable *table = request->table;
    TablePlan *plan = &ingest->plan;
    plan->count = table->columns.count;
    plan->columns = ARENA_NEW_ARRAY(request->arena, ColumnPlan, plan->count);
    ingest->columns = ARENA_NEW_ARRAY(request->arena, PieceColumn, plan->count);
    plan->seed = request->seed;
    plan->kernels = block_kernels_best();
    for (uint32_t c = 0; c < plan->count; c++) {
        const ModuleColumn *declared = &table->columns.items[c];
        ColumnPlan *column = &plan->columns[c];
        column->declared = declared;
        ingest->columns[c] = (PieceColumn){.low = INT64_MAX, .high = INT64_MIN};
        column->key = c == table->key;
        column->width = width_of(request->module, declared, &column->elastic);
        column->kept = column->key || declared->sort != COLUMN_IDENTIFIER;
        column->may_miss = declared->may_miss && !column->key;
        column->field = MODULE_NONE;
        if (column_has_texts(declared))
            dictionary_init(&column->dictionary, request->arena, declared->texts, 2);
        if (declared->sort != COLUMN_CATEGORY) continue;
        const ModuleDim *dim = &request->module->dims.items[declared->dim];
        dictionary_init(&column->dictionary, request->arena, dim->members, dim->member_count);
    }
}

static uint64_t header_line(const Ingest *ingest) {
    return ingest->blank_lines + ingest->reader->record_line;
}

/* Each label of the file leads to the column of its name, if it is declared. */
static bool place_labels(Ingest *ingest, const CsvReader *header) {
    const IngestRequest *request = ingest->request;
    TextMap seen;
    text_map_init(&seen, request->arena, request->seed);
    bool sound = true;
    for (uint32_t f = 0; f < header->count; f++) {
        Slice label = header->fields[f];
        uint64_t earlier;
        bool blank = !slice_trim(label).length;
        if (blank || text_map_get(&seen, label, &earlier)) {
            report(request, DIAG_DATA_ROW_SHAPE, header_line(ingest), f + 1, SLICE(""),
                   blank ? SLICE("a column has no name in the header")
                         : SLICE("a column has the name of an earlier one"));
            sound = false;
        }
        text_map_put(&seen, label, f);
    }
    for (uint32_t c = 0; c < ingest->plan.count; c++) {
        uint64_t field;
        if (text_map_get(&seen, ingest->plan.columns[c].declared->name, &field))
            ingest->plan.columns[c].field = (uint32_t)field;
    }
    return sound;
}

static char lower(char c) { return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c; }

/* `IMD Decile` and `imd_decile`: the same but for capitals and what stands between words. */
static char plain(char c) { return c == ' ' || c == '-' ? '_' : lower(c); }

static bool almost_equal(Slice label, Slice name) {
    label = slice_trim(label);
    if (label.length != name.length) return false;
    for (size_t i = 0; i < name.length; i++)
        if (plain(label.data[i]) != plain(name.data[i])) return false;
    return true;
}

/* Why a header that should have several columns has one: other marks stand between them. NULL: it
 * may be as it should. */
static const char *other_format(const CsvReader *header) {
    static const struct {
        char mark;
        const char *words;
    } marks[] = {
        {';', "the columns are set apart by `;`: say `delimiter \";\"`"},
        {'\t', "the columns are set apart by tabs: say `delimiter \"\\t\"`"},
        {'|', "the columns are set apart by `|`: say `delimiter \"|\"`"},
        {',', "the columns are set apart by commas: leave out `delimiter`"},
    };
    Slice first = header->count == 1 ? header->fields[0] : SLICE("");
    if (slice_starts_with(first, SLICE("PK\x03\x04")))
        return "this is a spreadsheet and no text: save the sheet as CSV (UTF-8)";
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (first.length && memchr(first.data, marks[i].mark, first.length)) return marks[i].words;
    return NULL;
}

static Slice missing_words(Arena *arena, const CsvReader *header, Slice name, uint32_t near) {
    if (!near) return arena_printf(arena, "the header has no column `%.*s`", SLICE_FMT(name));
    Slice label = header->fields[near - 1];
    return arena_printf(arena,
                        "the header has no column `%.*s`, but `%.*s`: write `from \"%.*s\"` behind "
                        "the column's type",
                        SLICE_FMT(name), SLICE_FMT(label), SLICE_FMT(label));
}

static bool require_columns(Ingest *ingest, const CsvReader *header) {
    const IngestRequest *request = ingest->request;
    bool sound = true;
    const char *other = ingest->plan.count > 1 ? other_format(header) : NULL;
    if (other) {
        report(request, DIAG_DATA_COLUMN_MISSING, header_line(ingest), 0, SLICE(""),
               slice_of(other));
        return false;
    }
    for (uint32_t c = 0; c < ingest->plan.count; c++) {
        const ColumnPlan *column = &ingest->plan.columns[c];
        if (column->field != MODULE_NONE) continue;
        Slice name = column->declared->name;
        uint32_t near = 0;
        for (uint32_t f = 0; f < header->count && !near; f++)
            if (almost_equal(header->fields[f], name)) near = f + 1;
        report(request, DIAG_DATA_COLUMN_MISSING, header_line(ingest), near, name,
               missing_words(request->arena, header, name, near));
        sound = false;
    }
    return sound;
}

static ScpStatus source_fault(Ingest *ingest, uint64_t line) {
    const IngestRequest *request = ingest->request;
    switch (ingest->source.fault) {
    case SOURCE_SOUND: return SCP_OK;
    case SOURCE_NO_MEMORY: return no_memory(request);
    case SOURCE_UNREADABLE:
        report(request, DIAG_DATA_NOT_FOUND, 0, 0, SLICE(""),
               SLICE("the file cannot be read to its end"));
        break;
    case SOURCE_DAMAGED:
        report(request, DIAG_DATA_ENCODING, 0, 0, SLICE(""),
               SLICE("the compressed file is damaged or incomplete: fetch it again"));
        break;
    case SOURCE_RECORD_TOO_LONG:
        report(request, DIAG_DATA_TOO_LARGE, line, 0, SLICE(""),
               SLICE("the record is longer than 16 MiB; is a quotation mark left open?"));
        break;
    }
    return SCP_DATA;
}

static char delimiter_of(const Ingest *ingest) {
    char declared = ingest->request->table->delimiter;
    return declared ? declared : ',';
}

/* The first record of the file, which may be in any chunk. */
static bool find_header(Ingest *ingest) {
    CsvReader *reader = ingest->reader;
    while (chunk_next(&ingest->chunks, &ingest->first)) {
        csv_reader_init(reader, ingest->first.text, ingest->first.length, delimiter_of(ingest),
                        0);
        if (csv_next(reader)) return true;
        ingest->blank_chunks++;
        ingest->blank_lines += reader->blank_lines;
    }
    return false;
}

/* A file without headings: its fields are the declared columns, in order, from the first record
 * on. */
static ScpStatus begin_headless(Ingest *ingest) {
    const IngestRequest *request = ingest->request;
    CsvReader *reader = ingest->reader;
    TablePlan *plan = &ingest->plan;
    plan->fields = plan->count;
    for (uint32_t c = 0; c < plan->count; c++) plan->columns[c].field = c;
    if (reader->count != plan->count) {
        report(request, DIAG_DATA_ROW_SHAPE, header_line(ingest), 0, SLICE(""),
               arena_printf(request->arena,
                            "the record has %" PRIu32 " fields, and %" PRIu32
                            " columns are declared: of a file without headings every column is "
                            "declared, in its order",
                            reader->count, plan->count));
        return SCP_DATA;
    }
    ingest->header_lines = ingest->blank_lines;
    csv_reader_init(reader, ingest->first.text, ingest->first.length, delimiter_of(ingest),
                    plan->fields);
    return SCP_OK;
}

static ScpStatus read_header(Ingest *ingest) {
    const IngestRequest *request = ingest->request;
    CsvReader *reader = ingest->reader;
    bool found = find_header(ingest);
    if (ingest->source.fault != SOURCE_SOUND) return source_fault(ingest, ingest->blank_lines + 1);
    if (!found) {
        report(request, DIAG_DATA_ROW_SHAPE, 0, 0, SLICE(""),
               request->table->headless ? SLICE("the file is empty")
                                        : SLICE("the file has no header: it is empty"));
        return SCP_DATA;
    }
    if (reader->fault != CSV_SOUND) {
        PieceProblem problem = {reader->record_line, reader->fault_field, MODULE_NONE,
                                (uint8_t)reader->fault};
        data_report_add(request->report, request->arena,
                        data_problem_of_piece(request->module, &ingest->plan, request->arena,
                                              request->file, ingest->blank_lines + 1, &problem));
        return SCP_DATA;
    }
    if (request->table->headless) return begin_headless(ingest);
    ingest->plan.fields = reader->expected = reader->count;
    ingest->header_lines = ingest->blank_lines + reader->line - 1;
    bool placed = place_labels(ingest, reader);
    return require_columns(ingest, reader) && placed ? SCP_OK : SCP_DATA;
}

/* ---- Rows -------------------------------------------------------------------------------- */

static bool make_place(Ingest *ingest, uint64_t index) {
    if (index < ingest->piece_capacity) return true;
    uint64_t capacity = index * 2 + 64;
    Piece *larger = mem_realloc(ingest->pieces, capacity * sizeof *larger);
    if (!larger) return false;
    memset(larger + ingest->piece_capacity, 0,
           (capacity - ingest->piece_capacity) * sizeof *larger);
    ingest->pieces = larger;
    ingest->piece_capacity = capacity;
    return true;
}

static void add_columns(Ingest *ingest, Piece *piece) {
    for (uint32_t c = 0; c < ingest->plan.count; c++) {
        PieceColumn *all = &ingest->columns[c];
        const PieceColumn *own = &piece->columns[c];
        all->missing_count += own->missing_count;
        if (own->low < all->low) all->low = own->low;
        if (own->high > all->high) all->high = own->high;
    }
    piece_forget_columns(piece);
}

/* Puts the piece where its chunk lies in the file. False: nobody need read on. */
static bool keep_piece(Ingest *ingest, uint64_t index, Piece *piece) {
    pthread_mutex_lock(&ingest->lock);
    if (piece->failed || !make_place(ingest, index)) {
        ingest->failed = true;
        piece_free(piece);
    } else {
        add_columns(ingest, piece);
        ingest->pieces[index] = *piece;
        ingest->rows += piece->rows;
        if (index >= ingest->piece_count) ingest->piece_count = index + 1;
    }
    bool more = !ingest->failed && ingest->rows <= ingest->request->row_limit;
    pthread_mutex_unlock(&ingest->lock);
    return more;
}

static void give_up(Ingest *ingest) {
    pthread_mutex_lock(&ingest->lock);
    ingest->failed = true;
    pthread_mutex_unlock(&ingest->lock);
}

/* Room for rows up to `rows`, while nobody writes; more of it than asked for, as there may be more
 * to come. */
static bool make_room(Ingest *ingest, uint64_t rows) {
    pthread_rwlock_wrlock(&ingest->room);
    uint64_t more = ingest->store.capacity + ingest->store.capacity / 2;
    bool done = rows <= ingest->store.capacity ||
                store_reserve(&ingest->store, rows > more ? rows : more);
    pthread_rwlock_unlock(&ingest->room);
    return done;
}

/* Holds on to room for rows up to `rows`; let_room_go gives it back. */
static bool hold_room(Ingest *ingest, uint64_t rows) {
    for (;;) {
        pthread_rwlock_rdlock(&ingest->room);
        if (rows <= ingest->store.capacity) return true;
        pthread_rwlock_unlock(&ingest->room);
        if (!make_room(ingest, rows)) return false;
    }
}

static void let_room_go(Ingest *ingest) { pthread_rwlock_unlock(&ingest->room); }

/* Columns of the piece are made wider now, while nobody writes. */
static bool widen_now(Ingest *ingest, const Piece *piece) {
    pthread_rwlock_wrlock(&ingest->room);
    uint64_t rows = chunk_lines(&ingest->chunks); /* nobody writes now what is not among them */
    if (rows > ingest->store.capacity) rows = ingest->store.capacity;
    bool done = elastic_widen_for(&ingest->store, piece, rows);
    pthread_rwlock_unlock(&ingest->room);
    return done;
}

/* ---- Pieces ----------------------------------------------------------------------------- */

/* The rows of a chunk lie in the store as its lines do in the file: a row for every line that is no
 * header. Few files have fewer rows than that, and theirs are put together in the end. */
static bool read_piece(Ingest *ingest, CsvReader *reader, const Chunk *chunk) {
    uint64_t index = chunk->index - ingest->blank_chunks;
    uint64_t first = index ? chunk->lines_before - ingest->header_lines : 0;
    Piece piece = {.failed = true};
    if (hold_room(ingest, first + chunk->lines)) {
        piece_read(&ingest->store, first, chunk->lines, reader, &piece);
        let_room_go(ingest);
    }
    if (index && !piece.failed && elastic_is_strained(&piece) && !widen_now(ingest, &piece))
        piece.failed = true;
    return keep_piece(ingest, index, &piece);
}

static void read_chunks(void *context, uint32_t worker) {
    Ingest *ingest = context;
    CsvReader *reader = worker ? mem_alloc(sizeof *reader) : ingest->reader;
    Chunk own = {0}, *chunk = worker ? &own : &ingest->first;
    if (!reader) give_up(ingest);
    while (reader && chunk_next(&ingest->chunks, chunk)) {
        csv_reader_init(reader, chunk->text, chunk->length, delimiter_of(ingest),
                        ingest->plan.fields);
        if (!read_piece(ingest, reader, chunk)) break;
    }
    chunk_free(&own);
    if (worker) mem_free(reader);
}

/* Rows that the file may have, if its rows go on as in the first chunk; 0: who knows. */
static uint64_t rows_expected(const Ingest *ingest) {
    struct stat status;
    const Piece *first = ingest->pieces;
    if (ingest->source.ended || ingest->source.packed != PACKED_NOT || !first->rows) return 0;
    if (fstat(ingest->request->descriptor, &status) || status.st_size <= 0) return 0;
    double rows = (double)first->rows * ((double)status.st_size / (double)ingest->first.length);
    double most = (double)ingest->request->row_limit;
    return (uint64_t)((rows < most ? rows : most) * 1.04) + 1024;
}

/* The first chunk is read before the others: it tells how much room there should be, and how wide
 * the values are. */
static bool read_first(Ingest *ingest) {
    if (!store_init(&ingest->store, &ingest->plan)) return false;
    if (!read_piece(ingest, ingest->reader, &ingest->first)) return !ingest->failed;
    uint64_t expected = rows_expected(ingest);
    if (!elastic_fit(&ingest->store, ingest->pieces, ingest->columns)) return false;
    while (expected > ingest->store.capacity && !store_reserve(&ingest->store, expected))
        expected /= 2;
    return true;
}

static DataProblem problem_of_piece(const Ingest *ingest, uint64_t line,
                                    const PieceProblem *problem) {
    const IngestRequest *request = ingest->request;
    return data_problem_of_piece(request->module, &ingest->plan, request->arena, request->file,
                                 line, problem);
}

/* Tells the problems of the pieces in order of the file; the number of its lines. */
static uint64_t report_pieces(Ingest *ingest) {
    const IngestRequest *request = ingest->request;
    uint64_t line = ingest->blank_lines + 1;
    for (uint64_t p = 0; p < ingest->piece_count; p++) {
        const Piece *piece = &ingest->pieces[p];
        for (uint32_t i = 0; i < piece->problem_count; i++)
            data_report_keep(request->report, request->arena,
                             problem_of_piece(ingest, line, &piece->problems[i]));
        for (uint32_t i = 0; i < piece->tally_count; i++)
            data_report_count(request->report, request->arena,
                              problem_of_piece(ingest, line, &piece->tallies[i].first),
                              piece->tallies[i].count);
        line += piece->lines;
    }
    return line;
}

static void too_many_rows(const IngestRequest *request) {
    report(request, DIAG_DATA_TOO_LARGE, 0, 0, SLICE(""),
           arena_printf(request->arena, "the table has more than %" PRIu64 " rows",
                        request->row_limit));
}

static ScpStatus read_rows(Ingest *ingest) {
    const IngestRequest *request = ingest->request;
    uint64_t before = request->report->total;
    if (!read_first(ingest)) return no_memory(request);
    if (ingest->rows <= request->row_limit) parallel_run(request->threads, read_chunks, ingest);
    if (ingest->failed) return no_memory(request);
    bool torn = ingest->source.fault == SOURCE_DAMAGED || ingest->source.fault == SOURCE_UNREADABLE;
    uint64_t line = torn ? 0 : report_pieces(ingest); /* what is torn off says nothing true */
    ScpStatus status = source_fault(ingest, line);
    if (ingest->rows > request->row_limit) too_many_rows(request);
    return request->report->total > before ? status_worse(status, SCP_DATA) : status;
}

/* ---- Parquet ------------------------------------------------------------------------------- */

static ScpStatus open_parquet(Ingest *ingest) {
    const IngestRequest *request = ingest->request;
    uint32_t column;
    Slice error;
    ingest->duck = duckdb_open_parquet(request->duckdb, request->descriptor, &ingest->plan,
                                       request->threads, request->arena, &column, &error);
    if (ingest->duck) {
        progress_count_parts(request->progress, duckdb_rows(ingest->duck));
        ingest->source.progress = NULL; /* rows are told, not bytes */
        return SCP_OK;
    }
    bool known = column != MODULE_NONE;
    report(request, known ? DIAG_DATA_COLUMN_MISSING : DIAG_DATA_ENCODING, 0, 0,
           known ? ingest->plan.columns[column].declared->name : SLICE(""), error);
    return SCP_DATA;
}

static ScpStatus read_parquet(Ingest *ingest) {
    const IngestRequest *request = ingest->request;
    uint64_t before = request->report->total;
    DuckOutcome outcome;
    Piece piece;
    if (!store_init(&ingest->store, &ingest->plan)) return no_memory(request);
    for (uint64_t index = 0;; index++) {
        outcome = duckdb_next(ingest->duck, &ingest->store, ingest->rows, &piece);
        if (outcome != DUCK_ROWS || !keep_piece(ingest, index, &piece)) break;
        progress_add(request->progress, piece.rows);
    }
    if (ingest->failed) return no_memory(request);
    report_pieces(ingest);
    if (outcome == DUCK_FAILED)
        report(request, DIAG_DATA_ENCODING, 0, 0, SLICE(""),
               SLICE("DuckDB could not read the file to its end"));
    if (ingest->rows > request->row_limit) too_many_rows(request);
    return request->report->total > before ? SCP_DATA : SCP_OK;
}

/* ---- Columns ------------------------------------------------------------------------------- */

typedef struct {
    Ingest *ingest;
    TableData *data;
    KeyColumn *keys;
    RowLines *lines;
    atomic_uint next;    /* column; the one past the last is the lines */
    atomic_bool failed;
} Assembly;

/* Rows of all pieces lie one after the other, without the room that lines without a row had. */
static void close_gaps(const Ingest *ingest, uint32_t c) {
    size_t width = ingest->plan.columns[c].width;
    char *values = ingest->store.values[c];
    uint8_t *bits = ingest->store.values[c], *missing = ingest->store.missing[c];
    uint64_t row = 0;
    for (uint64_t p = 0; p < ingest->piece_count; p++) {
        const Piece *piece = &ingest->pieces[p];
        uint64_t from = piece->first;
        if (from != row && width)
            memmove(values + row * width, values + from * width, piece->rows * width);
        if (from != row && !width) bits_copy(bits, row, bits, from, piece->rows);
        if (from != row && missing) bits_copy(missing, row, missing, from, piece->rows);
        row += piece->rows;
    }
}

static void survey(const Ingest *ingest, uint32_t c, Column *column) {
    const PieceColumn *held = &ingest->columns[c];
    bool any = held->low <= held->high;
    column->missing_count = held->missing_count;
    column->low = any ? held->low : 0;
    column->high = any ? held->high : 0;
    column->width = ingest->plan.columns[c].width;
    if (column->width && !column->real) column->width = store_width(column->low, column->high);
}

static bool assemble_column(const Assembly *assembly, uint32_t c) {
    Ingest *ingest = assembly->ingest;
    Column *column = &assembly->data->columns[c];
    survey(ingest, c, column);
    close_gaps(ingest, c);
    store_narrow(&ingest->store, c, column->width, ingest->rows);
    bool done = store_trim(&ingest->store, c, ingest->rows);
    column->width = ingest->plan.columns[c].width;
    column->values = store_take(&ingest->store, c);
    if (column->missing_count) column->missing = store_take_missing(&ingest->store, c);
    return done;
}

/* The pool of all pieces; offsets of a row count from its beginning. */
static bool assemble_pool(const Ingest *ingest, KeyColumn *keys) {
    size_t size = 0;
    for (uint64_t p = 0; p < ingest->piece_count; p++)
        size += ingest->pieces[p].pool_length;
    if (!size) return true;
    keys->pool = mem_alloc(size);
    keys->offsets = mem_alloc_array(ingest->rows, sizeof *keys->offsets);
    if (!keys->pool || !keys->offsets) return false;
    uint64_t row = 0, base = 0;
    for (uint64_t p = 0; p < ingest->piece_count; p++) {
        const Piece *piece = &ingest->pieces[p];
        if (piece->pool_length) memcpy(keys->pool + base, piece->pool, piece->pool_length);
        for (uint64_t r = 0; piece->key_offsets && r < piece->rows; r++)
            keys->offsets[row + r] = base + piece->key_offsets[r];
        row += piece->rows;
        base += piece->pool_length;
    }
    return true;
}

static bool assemble_keys(const Assembly *assembly, uint32_t c) {
    Ingest *ingest = assembly->ingest;
    KeyColumn *keys = assembly->keys;
    keys->rows = ingest->rows;
    close_gaps(ingest, c);
    bool done = store_trim(&ingest->store, c, ingest->rows);
    keys->words = store_take(&ingest->store, c);
    return done && assemble_pool(ingest, keys);
}

/* Whether every row is one line below the row before, the first below a header of one line. */
static bool lines_are_regular(const Ingest *ingest) {
    uint64_t row = 0, before = ingest->blank_lines;
    for (uint64_t p = 0; p < ingest->piece_count; p++) {
        const Piece *piece = &ingest->pieces[p];
        if (piece->rows && (piece->row_lines || before + piece->first_line != row + 2)) return false;
        row += piece->rows;
        before += piece->lines;
    }
    return true;
}

static bool assemble_lines(const Assembly *assembly) {
    const Ingest *ingest = assembly->ingest;
    if (lines_are_regular(ingest)) return true;
    uint32_t *lines = assembly->lines->lines = mem_alloc_array(ingest->rows, sizeof *lines);
    if (!lines) return false;
    uint64_t before = ingest->blank_lines;
    for (uint64_t p = 0; p < ingest->piece_count; p++) {
        const Piece *piece = &ingest->pieces[p];
        for (uint64_t r = 0; r < piece->rows; r++)
            *lines++ = (uint32_t)(before + (piece->row_lines ? piece->row_lines[r]
                                                             : piece->first_line + r));
        before += piece->lines;
    }
    return true;
}

static void assemble(void *context, uint32_t worker) {
    (void)worker;
    Assembly *assembly = context;
    const TablePlan *plan = &assembly->ingest->plan;
    for (uint32_t c; (c = atomic_fetch_add(&assembly->next, 1)) <= plan->count;) {
        bool done = true;
        if (c == plan->count)
            done = assemble_lines(assembly);
        else if (plan->columns[c].key)
            done = assemble_keys(assembly, c);
        else if (plan->columns[c].kept)
            done = assemble_column(assembly, c);
        if (!done) atomic_store(&assembly->failed, true);
    }
}

/* Rows of the store up to the last that was written. */
static uint64_t rows_reached(const Ingest *ingest) {
    if (!ingest->piece_count) return 0;
    const Piece *last = &ingest->pieces[ingest->piece_count - 1];
    return last->first + last->rows;
}

static ScpStatus make_table(Ingest *ingest, TableData *data, KeyColumn *keys, RowLines *lines) {
    const IngestRequest *request = ingest->request;
    data->rows = ingest->rows;
    data->column_count = ingest->plan.count;
    data->columns = ARENA_NEW_ARRAY(request->arena, Column, ingest->plan.count);
    for (uint32_t c = 0; c < ingest->plan.count; c++) {
        ColumnSort sort = request->table->columns.items[c].sort;
        data->columns[c].sort = sort;
        data->columns[c].real = sort == COLUMN_REAL;
    }
    data->blank_lines = ingest->blank_lines;
    for (uint64_t p = 0; p < ingest->piece_count; p++)
        data->blank_lines += ingest->pieces[p].blank_lines;
    if (!elastic_widen(&ingest->store, ingest->pieces, ingest->piece_count, rows_reached(ingest)))
        return no_memory(request);
    Assembly assembly = {.ingest = ingest, .data = data, .keys = keys, .lines = lines};
    parallel_run(request->threads, assemble, &assembly);
    return atomic_load(&assembly.failed) ? no_memory(request) : SCP_OK;
}

static void ingest_free(Ingest *ingest) {
    for (uint64_t p = 0; p < ingest->piece_capacity; p++)
        piece_free(&ingest->pieces[p]);
    mem_free(ingest->pieces);
    store_free(&ingest->store);
    if (ingest->duck) duckdb_close_reader(ingest->duck);
    mem_free(ingest->reader);
    chunk_free(&ingest->first);
    chunk_source_free(&ingest->chunks);
    byte_source_free(&ingest->source);
    pthread_rwlock_destroy(&ingest->room);
    pthread_mutex_destroy(&ingest->lock);
}

static ScpStatus ingest_run(Ingest *ingest, TableData *data, KeyColumn *keys, RowLines *lines) {
    ingest->reader = mem_alloc(sizeof *ingest->reader);
    if (!ingest->reader) return no_memory(ingest->request);
    plan_columns(ingest);
    bool parquet = duckdb_is_parquet(ingest->request->descriptor);
    ScpStatus status = parquet ? open_parquet(ingest) : read_header(ingest);
    if (status == SCP_OK) status = parquet ? read_parquet(ingest) : read_rows(ingest);
    if (status == SCP_OK) status = make_table(ingest, data, keys, lines);
    if (status == SCP_OK) byte_source_sha256(&ingest->source, data->sha256);
    return status;
}

/* A boundary of its own, so that nothing is lost when the arena is exhausted. */
static ScpStatus ingest_guarded(Ingest *ingest, TableData *data, KeyColumn *keys,
                                RowLines *lines) {
    Arena *arena = ingest->request->arena;
    Boundary *outer = arena->boundary, boundary;
    arena->boundary = &boundary;
    if (setjmp(boundary.at)) {
        arena->boundary = outer;
        ingest_free(ingest);
        boundary_leave(outer, boundary.status, boundary.message);
    }
    ScpStatus status = ingest_run(ingest, data, keys, lines);
    arena->boundary = outer;
    ingest_free(ingest);
    return status;
}

ScpStatus ingest_file(const IngestRequest *request, TableData *data, KeyColumn *keys,
                      RowLines *lines) {
    Ingest ingest = {.request = request};
    pthread_mutex_init(&ingest.lock, NULL);
    pthread_rwlock_init(&ingest.room, NULL);
    byte_source_init(&ingest.source, request->descriptor, request->table->encoding);
    ingest.source.progress = request->progress;
    chunk_source_init(&ingest.chunks, &ingest.source, delimiter_of(&ingest), request->chunk_size);
    data->file = request->file;
    return ingest_guarded(&ingest, data, keys, lines);
}
