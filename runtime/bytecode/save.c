/* Writing a module to bytes. Holds no clock, path or address, so that equal modules give equal
 * bytes; texts are kept once each, in the order in which the walk meets them. */
#include "runtime/bytecode/codec.h"

uint32_t read_u32(const uint8_t *bytes) {
    return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 |
           (uint32_t)bytes[3] << 24;
}

void write_u32(uint8_t *bytes, uint32_t value) {
    for (unsigned i = 0; i < 4; i++) bytes[i] = (uint8_t)(value >> (8 * i));
}

/* CRC-32 (ISO-HDLC, as in gzip), a nibble at a time: the table is small enough to read. */
uint32_t module_checksum(Slice file) {
    static const uint32_t nibbles[16] = {
        0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4,
        0x4db26158, 0x5005713c, 0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
        0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c};
    uint32_t crc = UINT32_MAX;
    for (size_t i = MODULE_AT_SECTIONS; i < file.length; i++) {
        crc ^= (uint8_t)file.data[i];
        crc = crc >> 4 ^ nibbles[crc & 15];
        crc = crc >> 4 ^ nibbles[crc & 15];
    }
    return ~crc;
}

/* The texts that the other sections have met: their count, then length and bytes of each. */
static void write_texts(Codec *codec) {
    const TextMap *texts = codec->text_numbers;
    codec_count(codec, texts->count, 1);
    for (uint32_t i = 0; i < texts->count; i++) {
        Slice text = texts->entries[i].key;
        codec_count(codec, (uint32_t)text.length, 1);
        codec_bytes(codec, text.data, text.length);
    }
}

static void add_u32(Buffer *file, uint32_t value) {
    uint8_t bytes[4];
    write_u32(bytes, value);
    buffer_add(file, (Slice){(const char *)bytes, sizeof bytes});
}

static Slice join_sections(Arena *arena, const Buffer sections[SECTION_COUNT]) {
    Buffer file;
    buffer_init(&file, arena);
    buffer_add(&file, (Slice){MODULE_MAGIC, sizeof MODULE_MAGIC - 1});
    add_u32(&file, MODULE_FORMAT_VERSION);
    add_u32(&file, 0); /* the checksum, known last */
    add_u32(&file, SECTION_COUNT);
    uint64_t offset = MODULE_HEADER_SIZE + SECTION_COUNT * MODULE_ENTRY_SIZE;
    for (uint32_t i = 0; i < SECTION_COUNT; i++) {
        add_u32(&file, i);
        add_u32(&file, (uint32_t)offset);
        add_u32(&file, (uint32_t)sections[i].length);
        offset += sections[i].length;
    }
    if (offset > UINT32_MAX)
        boundary_leave(arena->boundary, SCP_LIMIT, "the compiled plan is larger than 4 GiB");
    for (uint32_t i = 0; i < SECTION_COUNT; i++) buffer_add(&file, buffer_slice(&sections[i]));
    write_u32((uint8_t *)file.data + MODULE_AT_CHECKSUM, module_checksum(buffer_slice(&file)));
    return buffer_slice(&file);
}

Slice module_save(const Module *module, Arena *arena) {
    Buffer sections[SECTION_COUNT];
    TextMap texts;
    text_map_init(&texts, arena, 0);
    Module walked = *module; /* the walk only looks, but serves reading too */
    Codec codec = {.arena = arena, .text_numbers = &texts};
    for (Section i = SECTION_TEXTS; i < SECTION_COUNT; i++) buffer_init(&sections[i], arena);
    for (Section i = SECTION_HEAD; i < SECTION_COUNT; i++) {
        codec.bytes = &sections[i];
        codec_section(&codec, i, &walked);
    }
    codec.bytes = &sections[SECTION_TEXTS];
    write_texts(&codec);
    return join_sections(arena, sections);
}
