/* Opening a snapshot: header, directory, and whether they agree with the file and each other.
 * No array is read here, so that opening costs the same for a thousand people and for millions. */
#include "runtime/data/snapshot.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/base/utf8.h"
#include "runtime/data/checksum.h"

enum { DIRECTORY_MOST = 256 << 20, MAGIC_SIZE = sizeof SNAPSHOT_MAGIC - 1 };

/* ---- Header --------------------------------------------------------------------------------- */

typedef struct {
    uint8_t bytes[SNAPSHOT_HEADER_SIZE];
    uint64_t length, directory, directory_length, directory_check;
} Header;

static uint64_t word_at(const uint8_t *bytes) {
    uint64_t word;
    memcpy(&word, bytes, sizeof word);
    return word;
}

static bool read_at(int descriptor, void *into, size_t length, uint64_t offset) {
    for (size_t got = 0; got < length;) {
        ssize_t n = pread(descriptor, (char *)into + got, length - got, (off_t)(offset + got));
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return false;
        got += (size_t)n;
    }
    return true;
}

bool snapshot_is(int descriptor) {
    char bytes[MAGIC_SIZE];
    return read_at(descriptor, bytes, sizeof bytes, 0) &&
           !memcmp(bytes, SNAPSHOT_MAGIC, sizeof bytes);
}

/* NULL, or what is wrong. */
static const char *read_header(int descriptor, uint64_t size, Header *header) {
    uint32_t mark;
    uint8_t *bytes = header->bytes;
    if (size < SNAPSHOT_HEADER_SIZE || !read_at(descriptor, bytes, sizeof header->bytes, 0))
        return "it is cut off within its header";
    if (memcmp(bytes, SNAPSHOT_MAGIC, MAGIC_SIZE)) return "it does not begin as a snapshot does";
    if (read_u32(bytes + 8) != SNAPSHOT_FORMAT_VERSION)
        return "it was made by another version of the program; pack it again";
    memcpy(&mark, bytes + 12, sizeof mark);
    if (mark != SNAPSHOT_ORDER_MARK)
        return "it was made on a machine of another byte order; pack it again here";
    if (checksum_of(bytes, 48) != word_at(bytes + 48)) return "its header is not what was written";
    header->length = word_at(bytes + 16);
    header->directory = word_at(bytes + 24);
    header->directory_length = word_at(bytes + 32);
    header->directory_check = word_at(bytes + 40);
    if (header->length != size) return "it is not as long as it was written";
    if (header->directory != SNAPSHOT_HEADER_SIZE || header->directory_length > DIRECTORY_MOST ||
        header->directory_length > size - SNAPSHOT_HEADER_SIZE)
        return "its directory is not within it";
    return NULL;
}

/* ---- Directory ------------------------------------------------------------------------------ */

static bool array_sound(const SnapshotArray *array, uint64_t length, uint64_t block,
                        uint64_t room) {
    uint64_t blocks = (length + block - 1) / block;
    return array->length == length && array->block_count == blocks &&
           array->offset % SNAPSHOT_ALIGNMENT == 0 && array->offset <= room &&
           length <= room - array->offset;
}

static bool bounds_sound(const SnapshotColumn *column) {
    int64_t low = column->low, high = column->high;
    switch ((ColumnSort)column->sort) {
    case COLUMN_IDENTIFIER: return false;
    case COLUMN_REAL: return column->width == 8 && low == 0 && high == 0;
    case COLUMN_FLAG: return column->width == 0 && low >= 0 && high <= 1 && low <= high;
    case COLUMN_CATEGORY:
        if (low < 0 || (high && high >= (int64_t)column->members.count)) return false;
        break;
    case COLUMN_DATE:
        if (low < INT32_MIN || high > INT32_MAX) return false;
        break;
    case COLUMN_INTEGER:
    case COLUMN_MONEY: break;
    }
    switch (column->width) {
    case 1: return low >= 0 && high <= UINT8_MAX && low <= high;
    case 2: return low >= 0 && high <= UINT16_MAX && low <= high;
    case 4: return low >= INT32_MIN && high <= INT32_MAX && low <= high;
    case 8: return low <= high;
    }
    return false;
}

static const char *check_column(const SnapshotColumn *column, uint64_t rows, uint64_t room) {
    if (!column->name.length || !utf8_valid(column->name)) return "a column has no name";
    if (!bounds_sound(column)) return "the bounds of a column do not fit its type";
    if (column->missing_count > rows) return "a column misses more values than it has";
    for (uint32_t i = 0; i < column->members.count; i++)
        if (!utf8_valid(column->members.items[i])) return "a category is not text";
    uint8_t width = (uint8_t)column->width;
    uint64_t marks = column->missing_count ? bits_size(rows) : 0;
    if (!array_sound(&column->values, values_size(rows, width), snapshot_block(width), room) ||
        !array_sound(&column->missing, marks, snapshot_block(0), room))
        return "a column does not lie within it";
    return NULL;
}

static const char *check_join(const SnapshotDirectory *directory, const SnapshotPart *part,
                              const SnapshotJoin *join, uint64_t room) {
    bool people = join->part < directory->parts.count &&
                  directory->parts.items[join->part].sort == TABLE_POPULATION;
    if (!people) return "events are joined to no population";
    if (join->unmatched > part->rows) return "more events are left over than there are";
    if (!array_sound(&join->rows, part->rows * 4, snapshot_block(4), room))
        return "a join does not lie within it";
    return NULL;
}

static const char *check_part(const SnapshotDirectory *directory, const SnapshotPart *part,
                              uint64_t room) {
    const char *wrong = NULL;
    if (!utf8_valid(part->name) || !utf8_valid(part->file) || !utf8_valid(part->ordered_by))
        return "a name is not text";
    if (part->sha256.length != SHA256_HEX_SIZE - 1) return "a fingerprint is not one";
    if (part->orphans > part->rows) return "more events are left over than there are";
    if ((part->sort == TABLE_EVENTS) != (part->joins.count > 0))
        return "events without people, or people joined to people";
    for (uint32_t c = 0; c < part->columns.count && !wrong; c++)
        wrong = check_column(&part->columns.items[c], part->rows, room);
    for (uint32_t j = 0; j < part->joins.count && !wrong; j++)
        wrong = check_join(directory, part, &part->joins.items[j], room);
    return wrong;
}

/* The directory is copied before it is summed: what is checked is what is used. */
static const char *read_directory(Arena *arena, int descriptor, const Header *header,
                                  Snapshot *snapshot) {
    size_t length = (size_t)header->directory_length;
    uint8_t *bytes = arena_alloc(arena, length + 1);
    if (!read_at(descriptor, bytes, length, header->directory)) return "it cannot be read";
    if (checksum_of(bytes, length) != header->directory_check)
        return "its directory is not what was written";
    Codec codec = {.arena = arena, .reading = true, .at = bytes, .end = bytes + length};
    SnapshotDirectory *directory = &snapshot->directory;
    snapshot_codec(&codec, directory);
    if (codec.broken || codec.at != codec.end) return "its directory cannot be made out";
    uint64_t from = snapshot_align(header->directory + length);
    if (from > header->length) return "its directory is not within it";
    const char *wrong = NULL;
    for (uint32_t p = 0; p < directory->parts.count && !wrong; p++)
        wrong = check_part(directory, &directory->parts.items[p], header->length - from);
    return wrong;
}

/* ---- The whole ------------------------------------------------------------------------------ */

static const char *map_file(int descriptor, const Header *header, Snapshot *snapshot) {
    size_t length = (size_t)header->length;
    void *map = mmap(NULL, length, PROT_READ, MAP_PRIVATE, descriptor, 0);
    if (map == MAP_FAILED) return "it cannot be mapped into memory";
    snapshot->map = map;
    snapshot->map_length = length;
    snapshot->arrays = snapshot->map + snapshot_align(header->directory + header->directory_length);
    return NULL;
}

ScpStatus snapshot_open(Arena *arena, int descriptor, Snapshot *snapshot, Slice *error) {
    struct stat status;
    Header header;
    *snapshot = (Snapshot){.next = snapshot->next, .file = snapshot->file};
    const char *wrong = NULL;
    if (fstat(descriptor, &status) || !S_ISREG(status.st_mode)) wrong = "it is not a file";
    if (!wrong) snapshot->device = (uint64_t)status.st_dev;
    if (!wrong) snapshot->node = (uint64_t)status.st_ino;
    if (!wrong) wrong = read_header(descriptor, (uint64_t)status.st_size, &header);
    if (!wrong) wrong = read_directory(arena, descriptor, &header, snapshot);
    if (!wrong) wrong = map_file(descriptor, &header, snapshot);
    if (wrong) {
        *error = arena_printf(arena, "the snapshot cannot be used: %s", wrong);
        return SCP_DATA;
    }
    return SCP_OK;
}

void snapshot_close(Snapshot *snapshot) {
    if (snapshot->map) munmap(snapshot->map, snapshot->map_length);
    snapshot->map = NULL;
}
