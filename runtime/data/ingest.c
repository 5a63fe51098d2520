/* The road of one file: first chunk and header, then workers that each pull a chunk, read it
 * into a piece and pull again, then the pieces put end to end, a column a worker. Where chunks
 * are cut and who reads which changes nothing in the result. */
#include "runtime/data/ingest.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <string.h>

#include "runtime/base/hashmap.h"
#include "runtime/data/duckdb.h"
#include "runtime/data/parallel.h"
#include "runtime/data/piece.h"
#include "runtime/data/problem.h"
#include "runtime/data/source.h"

typedef struct {
    const IngestRequest *request;
    TablePlan plan;
    ByteSource source;
    ChunkSource chunks;
    DuckReader *duck; /* of Parquet; else NULL */
    Chunk first; /* the chunk with the header, and its reader past it */
    CsvReader *reader;
    pthread_mutex_t lock; /* of what follows */
    Piece *pieces;
    uint64_t piece_count, piece_capacity;
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

/* Bytes a value of the column takes in a piece: what its declaration needs. */
static uint8_t width_for(int64_t low, int64_t high) {
    if (low >= 0 && high <= UINT8_MAX) return 1;
    if (low >= 0 && high <= UINT16_MAX) return 2;
    return low >= INT32_MIN && high <= INT32_MAX ? 4 : 8;
}

static uint8_t piece_width(const Module *module, const ModuleColumn *column) {
    switch (column->sort) {
    case COLUMN_IDENTIFIER: return 0;
    case COLUMN_REAL: return 8;
    case COLUMN_FLAG: return 1;
    case COLUMN_DATE: return 4;
    case COLUMN_CATEGORY:
        return width_for(0, (int64_t)module->dims.items[column->dim].member_count - 1);
    case COLUMN_INTEGER:
    case COLUMN_MONEY: break;
    }
    return column->has_range ? width_for(column->low, column->high) : 8;
}

static void plan_columns(Ingest *ingest) {
    const IngestRequest *request = ingest->request;
    const ModuleTable *table = request->table;
    TablePlan *plan = &ingest->plan;
    plan->count = table->columns.count;
    plan->columns = ARENA_NEW_ARRAY(request->arena, ColumnPlan, plan->count);
    plan->seed = request->seed;
    for (uint32_t c = 0; c < plan->count; c++) {
        const ModuleColumn *declared = &table->columns.items[c];
        ColumnPlan *column = &plan->columns[c];
        column->declared = declared;
        column->key = c == table->key;
        column->width = column->key ? 8 : piece_width(request->module, declared);
        column->may_miss = declared->may_miss && !column->key;
        column->field = MODULE_NONE;
        if (declared->sort != COLUMN_CATEGORY) continue;
        const ModuleDim *dim = &request->module->dims.items[declared->dim];
        dictionary_init(&column->dictionary, request->arena, dim->members, dim->member_count);
    }
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
            report(request, DIAG_DATA_ROW_SHAPE, header->record_line, f + 1, SLICE(""),
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

static bool almost_equal(Slice label, Slice name) {
    label = slice_trim(label);
    if (label.length != name.length) return false;
    for (size_t i = 0; i < name.length; i++)
        if (lower(label.data[i]) != lower(name.data[i])) return false;
    return true;
}

static bool require_columns(Ingest *ingest, const CsvReader *header) {
    const IngestRequest *request = ingest->request;
    bool sound = true;
    for (uint32_t c = 0; c < ingest->plan.count; c++) {
        const ColumnPlan *column = &ingest->plan.columns[c];
        if (column->field != MODULE_NONE) continue;
        Slice name = column->declared->name;
        uint32_t near = 0;
        for (uint32_t f = 0; f < header->count && !near; f++)
            if (almost_equal(header->fields[f], name)) near = f + 1;
        report(request, DIAG_DATA_COLUMN_MISSING, header->record_line, near, name,
               near ? arena_printf(request->arena,
                                   "the header has no column `%.*s`; field %" PRIu32
                                   " differs only in capitals or blanks",
                                   SLICE_FMT(name), near)
                    : arena_printf(request->arena, "the header has no column `%.*s`",
                                   SLICE_FMT(name)));
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
        report(request, DIAG_DATA_NOT_FOUND, 0, 0, SLICE(""), SLICE("the file cannot be read"));
        break;
    case SOURCE_DAMAGED:
        report(request, DIAG_DATA_ENCODING, 0, 0, SLICE(""),
               SLICE("the compressed file is damaged or incomplete"));
        break;
    case SOURCE_RECORD_TOO_LONG:
        report(request, DIAG_DATA_TOO_LARGE, line, 0, SLICE(""),
               SLICE("the record is longer than 16 MiB; is a quotation mark left open?"));
        break;
    }
    return SCP_DATA;
}

static ScpStatus read_header(Ingest *ingest) {
    const IngestRequest *request = ingest->request;
    CsvReader *reader = ingest->reader;
    bool any = chunk_next(&ingest->chunks, &ingest->first);
    if (ingest->source.fault != SOURCE_SOUND) return source_fault(ingest, 1);
    if (any) csv_reader_init(reader, ingest->first.text, ingest->first.length, ',', 0);
    if (!any || !csv_next(reader)) {
        report(request, DIAG_DATA_ROW_SHAPE, 0, 0, SLICE(""),
               SLICE("the file has no header: it is empty"));
        return SCP_DATA;
    }
    if (reader->fault != CSV_SOUND) {
        PieceProblem problem = {reader->record_line, reader->fault_field, MODULE_NONE,
                                (uint8_t)reader->fault};
        data_report_add(request->report, request->arena,
                        data_problem_of_piece(request->module, &ingest->plan, request->arena,
                                              request->file, 1, &problem));
        return SCP_DATA;
    }
    ingest->plan.fields = reader->expected = reader->count;
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

/* Puts the piece where its chunk lies in the file. False: nobody need read on. */
static bool keep_piece(Ingest *ingest, uint64_t index, Piece *piece) {
    pthread_mutex_lock(&ingest->lock);
    if (piece->failed || !make_place(ingest, index)) {
        ingest->failed = true;
        piece_free(piece);
    } else {
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

static bool read_piece(Ingest *ingest, CsvReader *reader, uint64_t index) {
    Piece piece;
    piece_read(&ingest->plan, reader, &piece);
    return keep_piece(ingest, index, &piece);
}

static void read_chunks(void *context, uint32_t worker) {
    Ingest *ingest = context;
    if (!worker && !read_piece(ingest, ingest->reader, 0)) return;
    CsvReader *reader = worker ? mem_alloc(sizeof *reader) : ingest->reader;
    Chunk chunk = {0};
    if (!reader) give_up(ingest);
    while (reader && chunk_next(&ingest->chunks, &chunk)) {
        csv_reader_init(reader, chunk.text, chunk.length, ',', ingest->plan.fields);
        if (!read_piece(ingest, reader, chunk.index)) break;
    }
    chunk_free(&chunk);
    if (worker) mem_free(reader);
}

/* Tells the problems of the pieces in order of the file; the number of its lines. */
static uint64_t report_pieces(Ingest *ingest) {
    const IngestRequest *request = ingest->request;
    uint64_t line = 1;
    for (uint64_t p = 0; p < ingest->piece_count; p++) {
        const Piece *piece = &ingest->pieces[p];
        for (uint32_t i = 0; i < piece->problem_count; i++)
            data_report_add(request->report, request->arena,
                            data_problem_of_piece(request->module, &ingest->plan, request->arena,
                                                  request->file, line, &piece->problems[i]));
        request->report->total += piece->problem_total - piece->problem_count;
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
    parallel_run(request->threads, read_chunks, ingest);
    if (ingest->failed) return no_memory(request);
    uint64_t line = report_pieces(ingest);
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
    if (ingest->duck) return SCP_OK;
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
    for (uint64_t index = 0;; index++) {
        outcome = duckdb_next(ingest->duck, &ingest->plan, &piece);
        if (outcome != DUCK_ROWS || !keep_piece(ingest, index, &piece)) break;
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
    const Ingest *ingest;
    TableData *data;
    KeyColumn *keys;
    RowLines *lines;
    atomic_uint next;    /* column; the one past the last is the lines */
    atomic_bool failed;
} Assembly;

/* Copies values of one width to another, both without sign up to two bytes. */
static void copy_values(void *to, uint8_t to_width, const void *from, uint8_t from_width,
                        uint64_t count) {
    if (to_width == from_width) {
        memcpy(to, from, count * from_width);
        return;
    }
    for (uint64_t i = 0; i < count; i++) {
        int64_t value = from_width == 8   ? ((const int64_t *)from)[i]
                        : from_width == 4 ? ((const int32_t *)from)[i]
                        : from_width == 2 ? ((const uint16_t *)from)[i]
                                          : ((const uint8_t *)from)[i];
        switch (to_width) {
        case 1: ((uint8_t *)to)[i] = (uint8_t)value; break;
        case 2: ((uint16_t *)to)[i] = (uint16_t)value; break;
        case 4: ((int32_t *)to)[i] = (int32_t)value; break;
        case 8: ((int64_t *)to)[i] = value; break;
        }
    }
}

static void copy_missing(uint8_t *to, uint64_t at, const uint8_t *from, uint64_t count) {
    for (uint64_t byte = 0; byte * 8 < count; byte++)
        for (unsigned bits = from[byte]; bits; bits &= bits - 1) {
            uint64_t row = at + byte * 8 + (uint64_t)__builtin_ctz(bits);
            to[row / 8] |= (uint8_t)(1u << row % 8);
        }
}

static void survey(const Ingest *ingest, uint32_t c, Column *column) {
    int64_t low = INT64_MAX, high = INT64_MIN;
    for (uint64_t p = 0; p < ingest->piece_count; p++) {
        const PieceColumn *held = &ingest->pieces[p].columns[c];
        column->missing_count += held->missing_count;
        if (held->low < low) low = held->low;
        if (held->high > high) high = held->high;
    }
    column->low = low <= high ? low : 0;
    column->high = low <= high ? high : 0;
    column->width = column->real ? 8 : width_for(column->low, column->high);
}

static bool assemble_column(const Assembly *assembly, uint32_t c) {
    const Ingest *ingest = assembly->ingest;
    const ColumnPlan *plan = &ingest->plan.columns[c];
    Column *column = &assembly->data->columns[c];
    survey(ingest, c, column);
    column->values = mem_alloc_array(ingest->rows, column->width);
    if (column->missing_count) column->missing = mem_alloc(ingest->rows / 8 + 1);
    if (!column->values || (column->missing_count && !column->missing)) return false;
    uint64_t row = 0;
    for (uint64_t p = 0; p < ingest->piece_count; p++) {
        const Piece *piece = &ingest->pieces[p];
        copy_values((char *)column->values + row * column->width, column->width,
                    piece->columns[c].values, plan->width, piece->rows);
        if (piece->columns[c].missing_count)
            copy_missing(column->missing, row, piece->columns[c].missing, piece->rows);
        row += piece->rows;
    }
    return true;
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
    const Ingest *ingest = assembly->ingest;
    KeyColumn *keys = assembly->keys;
    keys->rows = ingest->rows;
    keys->words = mem_alloc_array(ingest->rows, sizeof *keys->words);
    if (!keys->words) return false;
    uint64_t row = 0;
    for (uint64_t p = 0; p < ingest->piece_count; p++) {
        const Piece *piece = &ingest->pieces[p];
        memcpy(keys->words + row, piece->columns[c].values, piece->rows * sizeof *keys->words);
        row += piece->rows;
    }
    return assemble_pool(ingest, keys);
}

/* Kept only where a row may be elsewhere than one line below the row before. */
static bool assemble_lines(const Assembly *assembly) {
    const Ingest *ingest = assembly->ingest;
    uint64_t row = 0, first_line = 1;
    bool regular = true;
    for (uint64_t p = 0; p < ingest->piece_count && regular; p++) {
        const Piece *piece = &ingest->pieces[p];
        for (uint64_t r = 0; r < piece->rows; r++)
            regular &= first_line + piece->row_lines[r] - 1 == row + r + 2;
        row += piece->rows;
        first_line += piece->lines;
    }
    if (regular) return true;
    uint32_t *lines = assembly->lines->lines = mem_alloc_array(ingest->rows, sizeof *lines);
    if (!lines) return false;
    first_line = 1;
    for (uint64_t p = 0; p < ingest->piece_count; p++) {
        const Piece *piece = &ingest->pieces[p];
        for (uint64_t r = 0; r < piece->rows; r++)
            *lines++ = (uint32_t)(first_line + piece->row_lines[r] - 1);
        first_line += piece->lines;
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
        else if (plan->columns[c].width)
            done = assemble_column(assembly, c);
        if (!done) atomic_store(&assembly->failed, true);
    }
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
    for (uint64_t p = 0; p < ingest->piece_count; p++)
        data->blank_lines += ingest->pieces[p].blank_lines;
    Assembly assembly = {.ingest = ingest, .data = data, .keys = keys, .lines = lines};
    parallel_run(request->threads, assemble, &assembly);
    return atomic_load(&assembly.failed) ? no_memory(request) : SCP_OK;
}

static void ingest_free(Ingest *ingest) {
    for (uint64_t p = 0; p < ingest->piece_capacity; p++)
        piece_free(&ingest->pieces[p]);
    mem_free(ingest->pieces);
    if (ingest->duck) duckdb_close_reader(ingest->duck);
    mem_free(ingest->reader);
    chunk_free(&ingest->first);
    chunk_source_free(&ingest->chunks);
    byte_source_free(&ingest->source);
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
    byte_source_init(&ingest.source, request->descriptor, request->table->encoding);
    chunk_source_init(&ingest.chunks, &ingest.source, ',');
    data->file = request->file;
    return ingest_guarded(&ingest, data, keys, lines);
}
