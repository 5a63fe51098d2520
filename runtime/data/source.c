/* Reads, inflates, hashes and cuts. What is wrong is kept as a fault of the source and ends the
 * text; the caller tells it. */
#include "runtime/data/source.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "runtime/base/memory.h"

enum {
    RAW_SIZE = 1 << 17,
    CHUNK_SIZE = 1 << 18,
    FOREIGN_SIZE = 1 << 16,
    GZIP_WINDOW = 16 + MAX_WBITS
};

void byte_source_init(ByteSource *source, int file, TextEncoding encoding) {
    memset(source, 0, sizeof *source);
    source->file = file;
    transcoder_init(&source->transcoder, encoding);
    sha256_init(&source->sha);
}

void byte_source_free(ByteSource *source) {
    if (source->inflating) inflateEnd(&source->gzip);
    source->inflating = false;
    ZSTD_freeDCtx(source->zstd);
    source->zstd = NULL;
    mem_free(source->raw);
    mem_free(source->foreign);
    source->raw = source->foreign = NULL;
}

/* Bytes as they lie on disk; 0 at the end or where the system cannot read on. */
static size_t read_disk(ByteSource *source, void *into, size_t room) {
    size_t got = 0;
    while (got < room) {
        ssize_t n = read(source->file, (char *)into + got, room - got);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) source->fault = SOURCE_UNREADABLE;
        if (n <= 0) break;
        got += (size_t)n;
    }
    progress_add(source->progress, got);
    return got;
}

/* The text is hashed by who takes it: it lies on disk as it is. */
static bool is_hashed_later(const ByteSource *source) {
    return source->hashed_later && source->packed == PACKED_NOT &&
           source->transcoder.encoding == ENCODING_UTF_8;
}

static void hash_now(ByteSource *source, const void *bytes, size_t length) {
    if (!is_hashed_later(source)) sha256_add(&source->sha, (Slice){bytes, length});
}

static size_t read_hashed(ByteSource *source, void *into, size_t room) {
    size_t got = read_disk(source, into, room);
    hash_now(source, into, got);
    return got;
}

static bool start_gzip(ByteSource *source, size_t got) {
    source->inflating = inflateInit2(&source->gzip, GZIP_WINDOW) == Z_OK;
    source->gzip.next_in = source->raw;
    source->gzip.avail_in = (uInt)got;
    return source->inflating;
}

static bool start_zstd(ByteSource *source, size_t got) {
    source->zstd = ZSTD_createDCtx();
    source->zstd_in = (ZSTD_inBuffer){source->raw, got, 0};
    return source->zstd != NULL;
}

/* A compressed file says so in its first bytes, which no text begins with. */
static Packed packed_how(const char *bytes, size_t length) {
    if (length >= 2 && !memcmp(bytes, "\x1f\x8b", 2)) return PACKED_GZIP;
    if (length >= 4 && !memcmp(bytes, "\x28\xb5\x2f\xfd", 4)) return PACKED_ZSTD;
    return PACKED_NOT;
}

static size_t start(ByteSource *source, char *into, size_t room) {
    source->started = true;
    size_t got = read_disk(source, into, room < RAW_SIZE ? room : RAW_SIZE);
    source->packed = packed_how(into, got);
    hash_now(source, into, got);
    if (source->packed == PACKED_NOT) return got;
    source->raw = mem_alloc(RAW_SIZE);
    if (source->raw) memcpy(source->raw, into, got);
    bool started = source->raw && (source->packed == PACKED_GZIP ? start_gzip(source, got)
                                                                 : start_zstd(source, got));
    if (!started) source->fault = SOURCE_NO_MEMORY;
    return 0;
}

static void refill(ByteSource *source) {
    if (source->gzip.avail_in) return;
    source->gzip.next_in = source->raw;
    source->gzip.avail_in = (uInt)read_hashed(source, source->raw, RAW_SIZE);
}

/* Several gzip members one after the other are one text. */
static void next_member(ByteSource *source) {
    refill(source);
    if (!source->gzip.avail_in)
        source->ended = true;
    else if (inflateReset2(&source->gzip, GZIP_WINDOW) != Z_OK)
        source->fault = SOURCE_DAMAGED;
}

static size_t inflate_some(ByteSource *source, char *into, size_t room) {
    z_stream *gzip = &source->gzip;
    refill(source);
    if (source->fault != SOURCE_SOUND) return 0;
    gzip->next_out = (unsigned char *)into;
    gzip->avail_out = (uInt)room;
    bool input = gzip->avail_in > 0;
    int outcome = inflate(gzip, Z_NO_FLUSH);
    size_t got = room - gzip->avail_out;
    if (outcome == Z_STREAM_END)
        next_member(source);
    else if (outcome == Z_MEM_ERROR)
        source->fault = SOURCE_NO_MEMORY;
    else if (outcome != Z_OK || (!input && !got))
        source->fault = SOURCE_DAMAGED;
    return got;
}

/* Several frames one after the other are one text, as with gzip. */
static size_t unpack_some(ByteSource *source, char *into, size_t room) {
    ZSTD_outBuffer out = {into, room, 0};
    if (source->zstd_in.pos == source->zstd_in.size)
        source->zstd_in =
            (ZSTD_inBuffer){source->raw, read_hashed(source, source->raw, RAW_SIZE), 0};
    if (source->fault != SOURCE_SOUND) return 0;
    bool input = source->zstd_in.size > 0;
    if (!input && !source->within_frame) {
        source->ended = true;
        return 0;
    }
    size_t left = ZSTD_decompressStream(source->zstd, &out, &source->zstd_in);
    source->within_frame = left != 0;
    if (ZSTD_isError(left) || (!input && !out.pos)) source->fault = SOURCE_DAMAGED;
    return out.pos;
}

static size_t read_unpacked(ByteSource *source, char *into, size_t room) {
    size_t got = source->started ? 0 : start(source, into, room);
    while (got < room && !source->ended && source->fault == SOURCE_SOUND) {
        size_t wanted = room - got < 1u << 30 ? room - got : 1u << 30, more;
        if (source->packed == PACKED_GZIP) {
            more = inflate_some(source, into + got, wanted);
        } else if (source->packed == PACKED_ZSTD) {
            more = unpack_some(source, into + got, wanted);
        } else {
            more = read_hashed(source, into + got, wanted);
            source->ended = more == 0;
        }
        got += more;
    }
    return got;
}

/* Text of another encoding; the last bytes of the room may be left, for one character more could
 * be too many. */
static size_t read_foreign(ByteSource *source, char *into, size_t room) {
    size_t filled = 0;
    while (!source->ended && source->fault == SOURCE_SOUND && room - filled > 2 * ENCODING_SLACK) {
        size_t wanted = (room - filled - ENCODING_SLACK) / ENCODING_GROWTH;
        if (wanted > FOREIGN_SIZE) wanted = FOREIGN_SIZE;
        size_t got = read_unpacked(source, (char *)source->foreign, wanted);
        filled += transcode(&source->transcoder, source->foreign, got, source->ended, into + filled);
    }
    return filled;
}

size_t byte_source_read(ByteSource *source, char *into, size_t room) {
    if (source->transcoder.encoding == ENCODING_UTF_8) return read_unpacked(source, into, room);
    if (!source->foreign) source->foreign = mem_alloc(FOREIGN_SIZE);
    if (source->foreign) return read_foreign(source, into, room);
    source->fault = SOURCE_NO_MEMORY;
    return 0;
}

void byte_source_sha256(ByteSource *source, char hex[SHA256_HEX_SIZE]) {
    char rest[4096];
    source->hashed_later = false;
    while (source->fault == SOURCE_SOUND && read_hashed(source, rest, sizeof rest))
        ;
    sha256_hex(sha256_finish(&source->sha), hex);
}

void chunk_source_init(ChunkSource *chunks, ByteSource *source, char delimiter, size_t size) {
    memset(chunks, 0, sizeof *chunks);
    pthread_mutex_init(&chunks->lock, NULL);
    pthread_mutex_init(&chunks->hash_lock, NULL);
    pthread_cond_init(&chunks->hash_turned, NULL);
    source->hashed_later = true;
    chunks->source = source;
    chunks->delimiter = delimiter;
    chunks->size = size ? size : CHUNK_SIZE;
}

void chunk_source_free(ChunkSource *chunks) {
    pthread_mutex_destroy(&chunks->lock);
    pthread_mutex_destroy(&chunks->hash_lock);
    pthread_cond_destroy(&chunks->hash_turned);
    mem_free(chunks->carry);
}

void chunk_free(Chunk *chunk) {
    mem_free(chunk->text);
    *chunk = (Chunk){0};
}

static bool make_room(char **text, size_t *capacity, size_t size) {
    if (size <= *capacity) return true;
    char *larger = mem_realloc(*text, size + CSV_PADDING);
    if (!larger) return false;
    *text = larger;
    *capacity = size;
    return true;
}

/* A byte-order mark is no part of the text, though of the file. */
static size_t skip_mark(ByteSource *source, char *text, size_t length) {
    if (length < 3 || memcmp(text, "\xEF\xBB\xBF", 3)) return length;
    if (is_hashed_later(source)) sha256_add(&source->sha, (Slice){text, 3});
    memmove(text, text + 3, length - 3);
    return length - 3;
}

/* Fills the chunk until it holds a whole record, starting with what is carried over. Returns
 * how much of it is whole records; 0 at a fault, or where there is nothing left. */
static size_t fill(ChunkSource *chunks, Chunk *chunk, size_t room) {
    ByteSource *source = chunks->source;
    CsvCut cut = {0, 0, false};
    bool first = !chunks->count;
    size_t length = chunks->carried;
    if (length) memcpy(chunk->text, chunks->carry, length);
    while (source->fault == SOURCE_SOUND) {
        length += byte_source_read(source, chunk->text + length, room - length);
        if (first) length = skip_mark(source, chunk->text, length);
        first = false;
        chunk->length = length;
        if (source->ended) return length;
        csv_cut(&cut, chunk->text, length, chunks->delimiter);
        if (cut.records) return cut.records;
        room = room < CSV_RECORD_LIMIT / 2 ? room * 2 : CSV_RECORD_LIMIT + 1;
        if (length > CSV_RECORD_LIMIT)
            source->fault = SOURCE_RECORD_TOO_LONG;
        else if (!make_room(&chunk->text, &chunk->capacity, room))
            source->fault = SOURCE_NO_MEMORY;
    }
    return 0;
}

static bool take(ChunkSource *chunks, Chunk *chunk) {
    size_t room = chunks->carried + chunks->size;
    if (!make_room(&chunk->text, &chunk->capacity, room)) {
        chunks->source->fault = SOURCE_NO_MEMORY;
        return false;
    }
    size_t records = fill(chunks, chunk, room);
    if (!records) return false;
    chunks->carried = 0;
    size_t rest = chunk->length - records;
    if (!make_room(&chunks->carry, &chunks->carry_capacity, rest)) {
        chunks->source->fault = SOURCE_NO_MEMORY;
        return false;
    }
    if (rest) memcpy(chunks->carry, chunk->text + records, rest);
    chunks->carried = rest;
    chunk->length = records;
    chunk->index = chunks->count++;
    chunk->lines_before = chunks->lines;
    chunk->lines = csv_count_lines(chunk->text, records) + (chunk->text[records - 1] != '\n');
    chunks->lines += chunk->lines;
    return true;
}

/* Hashing takes as long as all else that is done one after the other, so that others read
 * meanwhile. Chunks are hashed in their order. */
static void hash_in_turn(ChunkSource *chunks, const Chunk *chunk) {
    pthread_mutex_lock(&chunks->hash_lock);
    while (chunks->hash_turn != chunk->index)
        pthread_cond_wait(&chunks->hash_turned, &chunks->hash_lock);
    pthread_mutex_unlock(&chunks->hash_lock);
    sha256_add(&chunks->source->sha, (Slice){chunk->text, chunk->length});
    pthread_mutex_lock(&chunks->hash_lock);
    chunks->hash_turn++;
    pthread_cond_broadcast(&chunks->hash_turned);
    pthread_mutex_unlock(&chunks->hash_lock);
}

bool chunk_next(ChunkSource *chunks, Chunk *chunk) {
    pthread_mutex_lock(&chunks->lock);
    bool taken = chunks->source->fault == SOURCE_SOUND && take(chunks, chunk);
    bool hashed = !is_hashed_later(chunks->source);
    pthread_mutex_unlock(&chunks->lock);
    if (taken && !hashed) hash_in_turn(chunks, chunk);
    return taken;
}

uint64_t chunk_lines(ChunkSource *chunks) {
    pthread_mutex_lock(&chunks->lock);
    uint64_t lines = chunks->lines;
    pthread_mutex_unlock(&chunks->lock);
    return lines;
}
