/* The few functions of DuckDB's C interface that are used are declared here by hand: they are the
 * stable ones. Each column is asked for in the one type that its declaration is read from, so
 * that the vectors that come are of four kinds: 64-bit numbers, doubles, days and texts; they are
 * read where they lie. */
#include "runtime/data/duckdb.h"

#include <dlfcn.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "runtime/base/buffer.h"
#include "runtime/base/memory.h"

/* ---- The interface of the library ----------------------------------------------------------- */

typedef uint64_t DuckIndex;
typedef void *DuckHandle;

typedef struct {
    DuckIndex columns, rows, changed;
    void *deprecated[2];
    void *internal;
} DuckResult;

/* A text of up to 12 bytes lies in its cell, a longer one behind a pointer. */
typedef struct {
    uint32_t length;
    char prefix[4];
    union {
        char rest[8];
        const char *text;
    } tail;
} DuckText;

enum { DUCK_BOOLEAN = 1, DUCK_TINYINT, DUCK_UBIGINT = 9, DUCK_FLOAT, DUCK_DOUBLE, DUCK_DATE = 13,
       DUCK_VARCHAR = 17, DUCK_DECIMAL = 19, DUCK_ENUM = 23 };
enum { DUCK_SUCCESS = 0 };

#define DUCK_FUNCTIONS(F)                                                          \
    F(int, create_config, (DuckHandle * config))                                   \
    F(int, set_config, (DuckHandle config, const char *name, const char *value))   \
    F(void, destroy_config, (DuckHandle * config))                                 \
    F(int, open_ext, (const char *path, DuckHandle *base, DuckHandle config, char **error)) \
    F(void, close, (DuckHandle * base))                                            \
    F(int, connect, (DuckHandle base, DuckHandle *connection))                     \
    F(void, disconnect, (DuckHandle * connection))                                 \
    F(int, query, (DuckHandle connection, const char *sql, DuckResult *result))    \
    F(int, prepare, (DuckHandle connection, const char *sql, DuckHandle *statement)) \
    F(int, execute_prepared_streaming, (DuckHandle statement, DuckResult *result)) \
    F(void, destroy_prepare, (DuckHandle * statement))                             \
    F(void, destroy_result, (DuckResult * result))                                 \
    F(int, column_type, (DuckResult * result, DuckIndex column))                   \
    F(DuckHandle, column_logical_type, (DuckResult * result, DuckIndex column))    \
    F(uint8_t, decimal_scale, (DuckHandle type))                                   \
    F(void, destroy_logical_type, (DuckHandle * type))                             \
    F(DuckHandle, fetch_chunk, (DuckResult result))                                \
    F(DuckIndex, data_chunk_get_size, (DuckHandle chunk))                          \
    F(DuckHandle, data_chunk_get_vector, (DuckHandle chunk, DuckIndex column))     \
    F(void, destroy_data_chunk, (DuckHandle * chunk))                              \
    F(void *, vector_get_data, (DuckHandle vector))                                \
    F(uint64_t *, vector_get_validity, (DuckHandle vector))                        \
    F(const char *, result_error, (DuckResult * result))

typedef struct {
#define F(result, name, arguments) result(*name) arguments;
    DUCK_FUNCTIONS(F)
#undef F
} DuckLibrary;

struct DuckReader {
    void *handle;
    DuckLibrary duck;
    DuckHandle base, connection, statement;
    DuckResult result;
    uint64_t rows; /* as the file says */
    bool executed;
};

/* POSIX lets an object pointer stand for a function's; C asks for it to be copied. */
static bool find_functions(void *handle, DuckLibrary *duck) {
    bool found = true;
    void *symbol;
#define F(result, name, arguments)               \
    symbol = dlsym(handle, "duckdb_" #name);     \
    found &= symbol != NULL;                     \
    memcpy(&duck->name, &symbol, sizeof symbol);
    DUCK_FUNCTIONS(F)
#undef F
    return found;
}

/* ---- Opening -------------------------------------------------------------------------------- */

bool duckdb_is_parquet(int descriptor) {
    char bytes[4];
    return pread(descriptor, bytes, sizeof bytes, 0) == (ssize_t)sizeof bytes &&
           !memcmp(bytes, "PAR1", sizeof bytes);
}

static bool open_base(DuckReader *reader, uint32_t threads) {
    DuckLibrary *duck = &reader->duck;
    DuckHandle config = NULL;
    char count[16], *error = NULL;
    snprintf(count, sizeof count, "%u", (unsigned)(threads ? threads : 1));
    bool done = duck->create_config(&config) == DUCK_SUCCESS &&
                duck->set_config(config, "autoinstall_known_extensions", "false") == DUCK_SUCCESS &&
                duck->set_config(config, "autoload_known_extensions", "false") == DUCK_SUCCESS &&
                duck->set_config(config, "threads", count) == DUCK_SUCCESS &&
                duck->open_ext(NULL, &reader->base, config, &error) == DUCK_SUCCESS &&
                duck->connect(reader->base, &reader->connection) == DUCK_SUCCESS;
    duck->destroy_config(&config);
    return done;
}

static DuckReader *load_library(const char *library, uint32_t threads, Arena *arena, Slice *error) {
    const char *name = *library ? library : "libduckdb.so";
    Slice missing = arena_printf(arena,
                                 "Parquet is read by DuckDB, whose library %s was not found: install "
                                 "libduckdb, or name it with --duckdb",
                                 name);
    DuckReader *reader = mem_alloc(sizeof *reader);
    *error = SLICE("there is not enough memory");
    if (!reader) return NULL;
    *error = missing;
    reader->handle = dlopen(name, RTLD_NOW | RTLD_LOCAL);
    if (reader->handle && !find_functions(reader->handle, &reader->duck)) {
        *error = SLICE("the library is not DuckDB's, or another version of it");
        reader->handle = NULL;
    }
    if (reader->handle && open_base(reader, threads)) return reader;
    if (reader->handle) *error = SLICE("DuckDB cannot be started");
    duckdb_close_reader(reader);
    return NULL;
}

static void add_name(Buffer *sql, Slice name) {
    buffer_add_char(sql, '"');
    for (size_t i = 0; i < name.length; i++) {
        if (name.data[i] == '"') buffer_add_char(sql, '"');
        buffer_add_char(sql, name.data[i]);
    }
    buffer_add_char(sql, '"');
}

static void add_source(Buffer *sql, int descriptor) {
    buffer_printf(sql, " FROM read_parquet('/proc/self/fd/%d')", descriptor);
}

/* ---- Types ---------------------------------------------------------------------------------- */

static bool is_whole(int type) { return type >= DUCK_TINYINT && type <= DUCK_UBIGINT; }

/* What the column is asked for as; NULL: its type in the file does not hold what is declared. */
static const char *cast_for(const ModuleColumn *declared, int type, unsigned scale) {
    bool text = type == DUCK_VARCHAR || type == DUCK_ENUM;
    switch (declared->sort) {
    case COLUMN_IDENTIFIER: return text || is_whole(type) ? "%s::VARCHAR" : NULL;
    case COLUMN_CATEGORY: return text || is_whole(type) ? "%s::VARCHAR" : NULL;
    case COLUMN_INTEGER: return is_whole(type) ? "%s::BIGINT" : NULL;
    case COLUMN_FLAG:
        if (column_has_texts(declared)) return text || is_whole(type) ? "%s::VARCHAR" : NULL;
        return type == DUCK_BOOLEAN || is_whole(type) ? "%s::BIGINT" : NULL;
    case COLUMN_DATE: return type == DUCK_DATE ? "%s" : NULL;
    case COLUMN_REAL:
        return is_whole(type) || type == DUCK_FLOAT || type == DUCK_DOUBLE || type == DUCK_DECIMAL
                   ? "%s::DOUBLE"
                   : NULL;
    case COLUMN_MONEY:
        if (type == DUCK_DECIMAL && scale <= 2) return "(%s * 100)::BIGINT";
        return is_whole(type) ? "(%s::BIGINT * 100)" : NULL;
    }
    return NULL;
}

static Slice type_wanted(const ModuleColumn *declared) {
    switch (declared->sort) {
    case COLUMN_IDENTIFIER:
    case COLUMN_CATEGORY: return SLICE("expected a column of texts or whole numbers");
    case COLUMN_INTEGER: return SLICE("expected a column of whole numbers");
    case COLUMN_FLAG:
        return column_has_texts(declared)
                   ? SLICE("expected a column of texts or whole numbers, as the flag declares them")
                   : SLICE("expected a column of truth values, or of 0 and 1");
    case COLUMN_DATE: return SLICE("expected a column of dates");
    case COLUMN_REAL: return SLICE("expected a column of numbers");
    case COLUMN_MONEY: break;
    }
    return SLICE("expected a column of decimals with two places");
}

/* False: it failed, and there is no result to give back. */
static bool query(DuckReader *reader, Buffer *sql) {
    DuckLibrary *duck = &reader->duck;
    bool done = duck->query(reader->connection, buffer_slice(sql).data, &reader->result) ==
                DUCK_SUCCESS;
    if (!done) duck->destroy_result(&reader->result);
    return done;
}

/* How a column is asked for; NULL, with why, where it is not there or of another type. */
static const char *find_cast(DuckReader *reader, int descriptor, const ModuleColumn *declared,
                             Arena *arena, Slice *error) {
    DuckLibrary *duck = &reader->duck;
    Buffer sql;
    buffer_init(&sql, arena);
    buffer_add_text(&sql, "SELECT ");
    add_name(&sql, declared->name);
    add_source(&sql, descriptor);
    buffer_add_text(&sql, " LIMIT 0");
    *error = arena_printf(arena, "the file has no column `%.*s`", SLICE_FMT(declared->name));
    if (!query(reader, &sql)) return NULL;
    int type = duck->column_type(&reader->result, 0);
    DuckHandle logical = duck->column_logical_type(&reader->result, 0);
    unsigned scale = type == DUCK_DECIMAL ? duck->decimal_scale(logical) : 0;
    duck->destroy_logical_type(&logical);
    duck->destroy_result(&reader->result);
    *error = type_wanted(declared);
    return cast_for(declared, type, scale);
}

static bool add_column(DuckReader *reader, int descriptor, const ModuleColumn *declared,
                       Arena *arena, Buffer *sql, Slice *error) {
    const char *cast = find_cast(reader, descriptor, declared, arena, error);
    if (!cast) return false;
    const char *at = strstr(cast, "%s");
    buffer_add(sql, (Slice){cast, (size_t)(at - cast)});
    add_name(sql, declared->name);
    buffer_add_text(sql, at + 2);
    return true;
}

/* The rows as the end of the file says. False: it does not open. */
static bool count_rows(DuckReader *reader, int descriptor, Arena *arena) {
    DuckLibrary *duck = &reader->duck;
    Buffer sql;
    buffer_init(&sql, arena);
    buffer_add_text(&sql, "SELECT count(*)");
    add_source(&sql, descriptor);
    if (!query(reader, &sql)) return false;
    DuckHandle chunk = duck->fetch_chunk(reader->result);
    if (chunk && duck->data_chunk_get_size(chunk))
        reader->rows =
            *(const uint64_t *)duck->vector_get_data(duck->data_chunk_get_vector(chunk, 0));
    if (chunk) duck->destroy_data_chunk(&chunk);
    duck->destroy_result(&reader->result);
    return true;
}

static bool execute(DuckReader *reader, Slice sql) {
    DuckLibrary *duck = &reader->duck;
    if (duck->prepare(reader->connection, sql.data, &reader->statement) != DUCK_SUCCESS)
        return false;
    reader->executed = true;
    return duck->execute_prepared_streaming(reader->statement, &reader->result) == DUCK_SUCCESS;
}

static bool ask(DuckReader *reader, int descriptor, const TablePlan *plan, Arena *arena,
                uint32_t *column, Slice *error) {
    Buffer sql;
    buffer_init(&sql, arena);
    buffer_add_text(&sql, "SELECT ");
    *error = SLICE("the file is damaged, or no Parquet that DuckDB can read");
    if (!count_rows(reader, descriptor, arena)) return false;
    for (uint32_t c = 0; c < plan->count; c++) {
        if (c) buffer_add_char(&sql, ',');
        *column = c;
        if (!add_column(reader, descriptor, plan->columns[c].declared, arena, &sql, error))
            return false;
    }
    *column = MODULE_NONE;
    add_source(&sql, descriptor);
    *error = SLICE("the file is damaged, or no Parquet that DuckDB can read");
    return execute(reader, buffer_slice(&sql));
}

/* What DuckDB holds is given back where the arena's memory ends. */
static bool ask_guarded(DuckReader *const reader, int descriptor, const TablePlan *plan,
                        Arena *arena, uint32_t *column, Slice *error) {
    Boundary *const outer = arena->boundary;
    Boundary boundary;
    arena->boundary = &boundary;
    if (setjmp(boundary.at)) {
        arena->boundary = outer;
        duckdb_close_reader(reader);
        boundary_leave(outer, boundary.status, boundary.message);
    }
    bool asked = ask(reader, descriptor, plan, arena, column, error);
    arena->boundary = outer;
    return asked;
}

DuckReader *duckdb_open_parquet(const char *library, int descriptor, const TablePlan *plan,
                                uint32_t threads, Arena *arena, uint32_t *column, Slice *error) {
    *column = MODULE_NONE;
    DuckReader *reader = load_library(library, threads, arena, error);
    if (!reader || ask_guarded(reader, descriptor, plan, arena, column, error)) return reader;
    duckdb_close_reader(reader);
    return NULL;
}

uint64_t duckdb_rows(const DuckReader *reader) { return reader->rows; }

/* The library itself stays loaded: threads of its own may still be ending. */
void duckdb_close_reader(DuckReader *reader) {
    DuckLibrary *duck = &reader->duck;
    if (reader->executed) duck->destroy_result(&reader->result);
    if (reader->statement) duck->destroy_prepare(&reader->statement);
    if (reader->connection) duck->disconnect(&reader->connection);
    if (reader->base) duck->close(&reader->base);
    mem_free(reader);
}

/* ---- Reading -------------------------------------------------------------------------------- */

static Slice text_at(const DuckText *cell) {
    const char *inside = cell->prefix;
    return (Slice){cell->length <= 12 ? inside : cell->tail.text, cell->length};
}

static void put_value(TableStore *store, uint32_t c, const void *data, uint64_t row,
                      Piece *piece) {
    const ModuleColumn *declared = store->plan->columns[c].declared;
    switch (declared->sort) {
    case COLUMN_IDENTIFIER:
    case COLUMN_CATEGORY: piece_put_text(store, piece, c, text_at((const DuckText *)data + row)); return;
    case COLUMN_REAL: piece_put_real(store, piece, c, ((const double *)data)[row]); return;
    case COLUMN_DATE: piece_put_whole(store, piece, c, ((const int32_t *)data)[row]); return;
    case COLUMN_FLAG:
        if (!column_has_texts(declared)) break;
        piece_put_text(store, piece, c, text_at((const DuckText *)data + row));
        return;
    case COLUMN_INTEGER:
    case COLUMN_MONEY: break;
    }
    piece_put_whole(store, piece, c, ((const int64_t *)data)[row]);
}

static void put_column(const DuckLibrary *duck, DuckHandle chunk, TableStore *store, uint32_t c,
                       uint64_t rows, Piece *piece) {
    DuckHandle vector = duck->data_chunk_get_vector(chunk, c);
    const void *data = duck->vector_get_data(vector);
    const uint64_t *valid = duck->vector_get_validity(vector);
    for (uint64_t row = 0; row < rows; row++) {
        piece->rows = row;
        if (!valid || (valid[row / 64] >> row % 64 & 1)) put_value(store, c, data, row, piece);
        else piece_put_text(store, piece, c, SLICE(""));
    }
}

DuckOutcome duckdb_next(DuckReader *reader, TableStore *store, uint64_t first, Piece *piece) {
    const DuckLibrary *duck = &reader->duck;
    DuckHandle chunk = duck->fetch_chunk(reader->result);
    *piece = (Piece){0};
    if (!chunk) {
        const char *error = duck->result_error(&reader->result);
        return error && *error ? DUCK_FAILED : DUCK_END;
    }
    uint64_t rows = duck->data_chunk_get_size(chunk);
    piece->failed = first + rows > store->capacity &&
                    !store_reserve(store, first + rows + store->capacity / 2);
    if (!piece->failed && piece_begin(store, first, piece, rows)) {
        for (uint32_t c = 0; c < store->plan->count && !piece->failed; c++)
            put_column(duck, chunk, store, c, rows, piece);
        piece_end(store, piece, rows);
    }
    duck->destroy_data_chunk(&chunk);
    return rows ? DUCK_ROWS : DUCK_END;
}
