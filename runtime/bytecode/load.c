/* Reading a module from bytes that may be hostile. Every count is held against what is left
 * before memory is taken, every offset against the file, every text against UTF-8; then the
 * verifier has the last word, and no flag turns it off. */
#include "runtime/base/utf8.h"
#include "runtime/bytecode/codec.h"

#include <string.h>

typedef struct {
    Arena *arena;
    Slice file;
    Slice sections[SECTION_COUNT];
    Slice *error;
} Loading;

static ScpStatus refuse(Loading *loading, const char *rule, const char *detail) {
    *loading->error = arena_printf(loading->arena, "%s: %s", rule, detail);
    return SCP_DATA;
}

static ScpStatus check_header(Loading *loading) {
    Slice file = loading->file;
    const uint8_t *bytes = (const uint8_t *)file.data;
    size_t magic = sizeof MODULE_MAGIC - 1;
    if (file.length < magic || memcmp(file.data, MODULE_MAGIC, magic))
        return refuse(loading, "not-a-module", "the file is not a compiled plan");
    if (file.length < MODULE_HEADER_SIZE) return refuse(loading, "truncated", "in its header");
    if (read_u32(bytes + MODULE_AT_VERSION) != MODULE_FORMAT_VERSION)
        return refuse(loading, "format-version", "made by another version: build it again");
    if (read_u32(bytes + MODULE_AT_CHECKSUM) != module_checksum(file))
        return refuse(loading, "checksum", "the file is damaged");
    if (read_u32(bytes + MODULE_AT_SECTIONS) != SECTION_COUNT)
        return refuse(loading, "section-directory", "the number of sections is wrong");
    return SCP_OK;
}

/* Sections lie one after the other and fill the file, so none overlaps and nothing hides. */
static ScpStatus find_sections(Loading *loading) {
    const uint8_t *entry = (const uint8_t *)loading->file.data + MODULE_HEADER_SIZE;
    uint64_t offset = MODULE_HEADER_SIZE + SECTION_COUNT * MODULE_ENTRY_SIZE;
    if (loading->file.length < offset)
        return refuse(loading, "truncated", "in its section directory");
    for (uint32_t i = 0; i < SECTION_COUNT; i++, entry += MODULE_ENTRY_SIZE) {
        uint32_t length = read_u32(entry + 8);
        if (read_u32(entry) != i || read_u32(entry + 4) != offset)
            return refuse(loading, "section-directory", "sections are not in their order");
        if (length > loading->file.length - offset)
            return refuse(loading, "section-directory", "a section ends beyond the file");
        loading->sections[i] = slice_sub(loading->file, offset, offset + length);
        offset += length;
    }
    if (offset != loading->file.length)
        return refuse(loading, "section-directory", "bytes follow the last section");
    return SCP_OK;
}

static void open_section(Codec *codec, Slice section) {
    codec->at = (const uint8_t *)section.data;
    codec->end = codec->at + section.length;
}

/* The texts, in one copy that outlives the input. */
static void read_texts(Codec *codec, Slice section) {
    open_section(codec, arena_copy(codec->arena, section));
    uint32_t count = codec_count(codec, 0, 1);
    Slice *texts = ARENA_NEW_ARRAY(codec->arena, Slice, count);
    for (uint32_t i = 0; i < count && !codec->broken; i++) {
        uint32_t length = codec_count(codec, 0, 1);
        texts[i] = (Slice){(const char *)codec_bytes(codec, NULL, length), length};
        if (!codec->broken && !utf8_valid(texts[i])) codec_break(codec, "text-not-utf8");
    }
    if (!codec->broken && codec->at != codec->end) codec_break(codec, "section-left-over");
    codec->texts = texts;
    codec->text_count = count;
}

static ScpStatus read_sections(Loading *loading, Module *module) {
    Codec codec = {.arena = loading->arena, .reading = true};
    read_texts(&codec, loading->sections[SECTION_TEXTS]);
    for (Section i = SECTION_HEAD; i < SECTION_COUNT && !codec.broken; i++) {
        open_section(&codec, loading->sections[i]);
        codec_section(&codec, i, module);
        if (!codec.broken && codec.at != codec.end) codec_break(&codec, "section-left-over");
    }
    if (codec.broken) return refuse(loading, codec.broken, "the file is damaged");
    return SCP_OK;
}

ScpStatus module_load(Arena *arena, Slice bytes, Module **module, Slice *error) {
    Loading loading = {.arena = arena, .file = bytes, .error = error};
    *module = NULL;
    ScpStatus status = check_header(&loading);
    if (status == SCP_OK) status = find_sections(&loading);
    if (status != SCP_OK) return status;
    Module *read = ARENA_NEW(arena, Module);
    read->arena = arena;
    status = read_sections(&loading, read);
    if (status != SCP_OK) return status;
    *error = module_verify(read, arena);
    if (error->length) return SCP_DATA;
    *module = read;
    return SCP_OK;
}
