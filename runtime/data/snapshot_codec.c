/* The directory of a snapshot, described once for writing and for reading. Reading, every number
 * has its most and every count is held against what is left; whether sizes and places agree is
 * snapshot_open.c's affair. */
#include "runtime/data/snapshot.h"

enum { TEXT_MOST = 1 << 20 };

static void number_64(Codec *codec, uint64_t *value) { codec_unsigned(codec, value, INT64_MAX); }

static void number_32(Codec *codec, uint32_t *value, uint32_t most) {
    uint64_t number = *value;
    codec_unsigned(codec, &number, most);
    if (codec->reading) *value = (uint32_t)number;
}

static void text(Codec *codec, Slice *value) {
    uint64_t length = value->length;
    codec_unsigned(codec, &length, TEXT_MOST);
    const uint8_t *bytes = codec_bytes(codec, value->data, (size_t)length);
    if (codec->reading) *value = (Slice){bytes ? (const char *)bytes : "", bytes ? length : 0};
}

static void array(Codec *codec, SnapshotArray *array) {
    number_64(codec, &array->offset);
    number_64(codec, &array->length);
    array->block_count = codec_count(codec, array->block_count, 8);
    const uint8_t *checks = codec_bytes(codec, array->checks, (size_t)array->block_count * 8);
    if (codec->reading) array->checks = (uint8_t *)(uintptr_t)checks;
}

static void column(Codec *codec, SnapshotColumn *column) {
    text(codec, &column->name);
    number_32(codec, &column->sort, COLUMN_CATEGORY);
    number_32(codec, &column->width, 8);
    codec_signed(codec, &column->low, INT64_MIN, INT64_MAX);
    codec_signed(codec, &column->high, INT64_MIN, INT64_MAX);
    number_64(codec, &column->missing_count);
    uint32_t count = codec_count(codec, column->members.count, 1);
    if (codec->reading) {
        column->members.items = ARENA_NEW_ARRAY(codec->arena, Slice, count);
        column->members.count = column->members.capacity = count;
    }
    for (uint32_t i = 0; i < count && !codec->broken; i++)
        text(codec, &column->members.items[i]);
    array(codec, &column->values);
    array(codec, &column->missing);
}

static void join(Codec *codec, SnapshotJoin *join) {
    number_32(codec, &join->part, UINT32_MAX);
    number_64(codec, &join->unmatched);
    array(codec, &join->rows);
}

static void part(Codec *codec, SnapshotPart *part) {
    text(codec, &part->name);
    number_32(codec, &part->sort, TABLE_EVENTS);
    codec_signed(codec, &part->as_at, INT32_MIN, INT32_MAX);
    codec_unsigned(codec, &part->rows, UINT32_MAX - 1);
    number_64(codec, &part->blank_lines);
    number_64(codec, &part->orphans);
    text(codec, &part->file);
    text(codec, &part->sha256);
    text(codec, &part->schema);
    text(codec, &part->ordered_by);
    uint32_t columns = codec_count(codec, part->columns.count, 12);
    if (codec->reading) {
        part->columns.items = ARENA_NEW_ARRAY(codec->arena, SnapshotColumn, columns);
        part->columns.count = part->columns.capacity = columns;
    }
    for (uint32_t i = 0; i < columns && !codec->broken; i++)
        column(codec, &part->columns.items[i]);
    uint32_t joins = codec_count(codec, part->joins.count, 5);
    if (codec->reading) {
        part->joins.items = ARENA_NEW_ARRAY(codec->arena, SnapshotJoin, joins);
        part->joins.count = part->joins.capacity = joins;
    }
    for (uint32_t i = 0; i < joins && !codec->broken; i++)
        join(codec, &part->joins.items[i]);
}

void snapshot_codec(Codec *codec, SnapshotDirectory *directory) {
    text(codec, &directory->version);
    uint32_t count = codec_count(codec, directory->parts.count, 12);
    if (codec->reading) {
        directory->parts.items = ARENA_NEW_ARRAY(codec->arena, SnapshotPart, count);
        directory->parts.count = directory->parts.capacity = count;
    }
    for (uint32_t i = 0; i < count && !codec->broken; i++)
        part(codec, &directory->parts.items[i]);
}
