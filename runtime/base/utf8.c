/* UTF-8 by the table of well-formed byte sequences (Unicode 15, table 3-7). */
#include "runtime/base/utf8.h"

#include <string.h>

/* What a leading byte announces: how many bytes, and the range of the second. */
typedef struct {
    size_t length; /* 0: no leading byte */
    unsigned char least, most;
} Lead;

static Lead read_lead(unsigned char byte) {
    if (byte < 0x80) return (Lead){1, 0, 0};
    if (byte < 0xC2) return (Lead){0, 0, 0};
    if (byte < 0xE0) return (Lead){2, 0x80, 0xBF};
    if (byte < 0xF0) return (Lead){3, byte == 0xE0 ? 0xA0 : 0x80, byte == 0xED ? 0x9F : 0xBF};
    if (byte < 0xF5) return (Lead){4, byte == 0xF0 ? 0x90 : 0x80, byte == 0xF4 ? 0x8F : 0xBF};
    return (Lead){0, 0, 0};
}

/* How many bytes of the sequence announced by `lead` are as they must be, at least 1. */
static size_t count_sound(const unsigned char *bytes, size_t available, Lead lead) {
    if (lead.length < 2 || available < 2 || bytes[1] < lead.least || bytes[1] > lead.most) return 1;
    size_t sound = 2;
    while (sound < lead.length && sound < available && (bytes[sound] & 0xC0) == 0x80) sound++;
    return sound;
}

size_t utf8_decode(Slice text, size_t at, uint32_t *code) {
    const unsigned char *bytes = (const unsigned char *)text.data + at;
    Lead lead = read_lead(bytes[0]);
    if (!lead.length || count_sound(bytes, text.length - at, lead) < lead.length) return 0;
    uint32_t value = lead.length == 1 ? bytes[0] : bytes[0] & (0x7Fu >> lead.length);
    for (size_t i = 1; i < lead.length; i++) value = value << 6 | (bytes[i] & 0x3Fu);
    *code = value;
    return lead.length;
}

size_t utf8_decode_lossy(Slice text, size_t at, uint32_t *code) {
    size_t length = utf8_decode(text, at, code);
    if (length) return length;
    const unsigned char *bytes = (const unsigned char *)text.data + at;
    *code = UTF8_REPLACEMENT;
    return count_sound(bytes, text.length - at, read_lead(bytes[0]));
}

size_t utf8_encode(uint32_t code, char bytes[4]) {
    if (code < 0x80) {
        bytes[0] = (char)code;
        return 1;
    }
    if (code < 0x800) {
        bytes[0] = (char)(0xC0 | code >> 6);
        bytes[1] = (char)(0x80 | (code & 0x3F));
        return 2;
    }
    if (code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) return 0;
    size_t length = code < 0x10000 ? 3 : 4;
    for (size_t i = length; i-- > 1; code >>= 6) bytes[i] = (char)(0x80 | (code & 0x3F));
    bytes[0] = (char)((length == 3 ? 0xE0 : 0xF0) | code);
    return length;
}

/* Skips whole words of ASCII, which most files are made of. */
static size_t skip_ascii(Slice text, size_t at) {
    uint64_t word;
    while (text.length - at >= sizeof word) {
        memcpy(&word, text.data + at, sizeof word);
        if (word & 0x8080808080808080u) break;
        at += sizeof word;
    }
    return at;
}

size_t utf8_find_malformed(Slice text) {
    uint32_t code;
    for (size_t at = 0; at < text.length;) {
        if ((unsigned char)text.data[at] < 0x80) {
            size_t skipped = skip_ascii(text, at);
            at = skipped > at ? skipped : at + 1;
            continue;
        }
        size_t length = utf8_decode(text, at, &code);
        if (!length) return at;
        at += length;
    }
    return text.length;
}

bool utf8_valid(Slice text) {
    return utf8_find_malformed(text) == text.length;
}

size_t utf8_count(Slice text) {
    size_t count = 0;
    for (size_t i = 0; i < text.length; i++) count += ((unsigned char)text.data[i] & 0xC0) != 0x80;
    return count;
}

bool utf8_is_control(uint32_t code) {
    return code < 0x20 || (code >= 0x7F && code < 0xA0) || code == 0x2028 || code == 0x2029;
}

bool utf8_is_bidirectional(uint32_t code) {
    return code == 0x061C || code == 0x200E || code == 0x200F ||
           (code >= 0x202A && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069);
}
