/* The binary form of a module, described once for both directions: a walk over every field
 * that writes it or reads it, as the codec is told. Only save.c and load.c include this (and
 * tests that damage modules on purpose).
 *
 * A file is, all numbers little-endian:
 *   8 bytes  magic
 *   u32      format version
 *   u32      checksum: CRC-32 (ISO-HDLC) of all that follows; against corruption only
 *   u32      number of sections
 *   then one entry a section, in order of id: u32 id, u32 offset from the start of the file,
 *            u32 length; sections lie in that order without gaps and end the file.
 * Within sections numbers are LEB128 in their shortest form (signed ones zigzag), doubles are
 * their 8 bytes, texts are indices into the text section, references are one more than the
 * index with 0 for none, and a list is its count and its items. */
#ifndef RUNTIME_BYTECODE_CODEC_H
#define RUNTIME_BYTECODE_CODEC_H

#include "runtime/base/buffer.h"
#include "runtime/base/hashmap.h"
#include "runtime/bytecode/module.h"

#define MODULE_MAGIC "SCPB\r\n\x1a\n" /* the line ends show a transfer as text */
#define MODULE_FORMAT_VERSION 6

enum {
    MODULE_AT_VERSION = 8,
    MODULE_AT_CHECKSUM = 12,
    MODULE_AT_SECTIONS = 16,
    MODULE_HEADER_SIZE = 20,
    MODULE_ENTRY_SIZE = 12
};

/* Sections after the texts, which are section 0. */
typedef enum {
    SECTION_TEXTS,
    SECTION_HEAD,
    SECTION_UNITS,
    SECTION_DIMS,
    SECTION_CONSTS,
    SECTION_CODE,
    SECTION_ARGS,
    SECTION_TABLES,
    SECTION_ROWS,
    SECTION_ROW_TABLES,
    SECTION_RANKINGS,
    SECTION_QUERIES,
    SECTION_MEASURED,
    SECTION_DECLS,
    SECTION_OUTPUTS,
    SECTION_INTERVALS,
    SECTION_REQUIREMENTS,
    SECTION_ALLOWS,
    SECTION_SOURCES,
    SECTION_INPUTS,
    SECTION_UNKNOWNS,
    SECTION_COUNT
} Section;

typedef struct {
    Arena *arena;
    bool reading;
    /* writing: where the section's bytes go, and the number of each text met so far */
    Buffer *bytes;
    TextMap *text_numbers;
    /* reading: what is left of the section, and the texts */
    const uint8_t *at, *end;
    const Slice *texts;
    uint32_t text_count;
    const char *broken; /* the first rule broken, or NULL; after it every read gives 0 */
} Codec;

/* Reads or writes one section of the module. */
void codec_section(Codec *codec, Section section, Module *module);

/* The pieces sections are made of; at most `most` (reading more breaks a rule). */
void codec_unsigned(Codec *codec, uint64_t *value, uint64_t most);
void codec_signed(Codec *codec, int64_t *value, int64_t least, int64_t most);

/* A count of items of which each takes at least `least_bytes`, so that no count is believed
 * beyond what the input can hold. Reading returns it; writing writes `count`. */
uint32_t codec_count(Codec *codec, uint32_t count, size_t least_bytes);

/* `length` raw bytes, written or pointed to; NULL where there are not as many. */
const uint8_t *codec_bytes(Codec *codec, const void *bytes, size_t length);

void codec_break(Codec *codec, const char *rule);

/* The checksum of a file that is at least a header long. */
uint32_t module_checksum(Slice file);

uint32_t read_u32(const uint8_t *bytes);
void write_u32(uint8_t *bytes, uint32_t value);

#endif
