/* The text of a data file, plain, gzip or zstd, in its declared encoding, as UTF-8; the SHA-256 of
 * what lies on disk; and that text handed out in chunks of whole records. Never looks at what a
 * field says. */
#ifndef RUNTIME_DATA_SOURCE_H
#define RUNTIME_DATA_SOURCE_H

#include <pthread.h>
#include <zlib.h>
#include <zstd.h>

#include "runtime/base/progress.h"
#include "runtime/base/sha256.h"
#include "runtime/data/csv.h"
#include "runtime/data/encoding.h"

typedef enum {
    SOURCE_SOUND,
    SOURCE_UNREADABLE, /* the system could not read on */
    SOURCE_DAMAGED,    /* gzip or zstd that is cut off or broken */
    SOURCE_RECORD_TOO_LONG,
    SOURCE_NO_MEMORY
} SourceFault;

typedef enum { PACKED_NOT, PACKED_GZIP, PACKED_ZSTD } Packed;

typedef struct {
    int file;
    Packed packed;
    bool started, inflating, ended;
    SourceFault fault;
    Sha256 sha;
    bool hashed_later; /* who takes text that is the file's own bytes hashes it */
    Progress *progress; /* told of bytes as they lie on disk; NULL: nobody asks */
    z_stream gzip;
    ZSTD_DCtx *zstd;
    ZSTD_inBuffer zstd_in;
    bool within_frame;  /* zstd: the frame has not ended */
    unsigned char *raw; /* of a compressed file: what is not yet unpacked */
    Transcoder transcoder;
    unsigned char *foreign; /* text not yet in UTF-8; NULL: it is UTF-8 as it comes */
} ByteSource;

/* `file` is open for reading and stays the caller's. */
void byte_source_init(ByteSource *source, int file, TextEncoding encoding);
void byte_source_free(ByteSource *source);

/* Up to `room` bytes; fewer only at the end or at a fault. */
size_t byte_source_read(ByteSource *source, char *into, size_t room);

/* Of the whole file: reads what is left of it. */
void byte_source_sha256(ByteSource *source, char hex[SHA256_HEX_SIZE]);

typedef struct {
    pthread_mutex_t lock;
    ByteSource *source;
    char delimiter;
    size_t size;      /* of a chunk, about */
    uint64_t count;   /* chunks handed out */
    uint64_t lines;   /* in them */
    char *carry;      /* the beginning of a record whose end is not read yet */
    size_t carried, carry_capacity;
    pthread_mutex_t hash_lock; /* of the turn */
    pthread_cond_t hash_turned;
    uint64_t hash_turn; /* the chunk to be hashed next */
} ChunkSource;

typedef struct {
    char *text; /* followed by CSV_PADDING writable bytes */
    size_t length, capacity;
    uint64_t index; /* from 0, in order of the file */
    uint64_t lines_before, lines; /* how many chunks before it have; the most it has itself */
} Chunk;

/* Where the file is cut depends on nothing but its bytes and the size; 0: one that suits. */
void chunk_source_init(ChunkSource *chunks, ByteSource *source, char delimiter, size_t size);
void chunk_source_free(ChunkSource *chunks);

/* The next chunk, in the storage of the one before (zeroed at first; chunk_free gives it back).
 * False at the end or at a fault of the source. Any thread may ask. */
bool chunk_next(ChunkSource *chunks, Chunk *chunk);

/* Lines of all chunks that were handed out. Any thread may ask. */
uint64_t chunk_lines(ChunkSource *chunks);
void chunk_free(Chunk *chunk);

#endif
