/* Windows-1252 by table (the five bytes it leaves open are no text), UTF-16 by pairs. */
#include "runtime/data/encoding.h"

#include <stdint.h>
#include <string.h>

#define NO_TEXT '\xFF'

void transcoder_init(Transcoder *transcoder, TextEncoding encoding) {
    *transcoder = (Transcoder){.encoding = encoding};
}

static size_t put_code(char *to, uint32_t code) {
    if (code < 0x80) {
        to[0] = (char)code;
        return 1;
    }
    size_t length = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    static const unsigned char marks[] = {0, 0, 0xC0, 0xE0, 0xF0};
    for (size_t i = length - 1; i > 0; i--, code >>= 6) to[i] = (char)(0x80 | (code & 0x3F));
    to[0] = (char)(marks[length] | code);
    return length;
}

static size_t from_windows_1252(const unsigned char *from, size_t length, char *to) {
    static const uint16_t high[32] = {
        0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
        0x2039, 0x0152, 0,      0x017D, 0,      0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
        0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178};
    size_t filled = 0;
    for (size_t i = 0; i < length; i++) {
        uint32_t code = from[i];
        if (code >= 0x80 && code < 0xA0) code = high[code - 0x80];
        if (code || !from[i]) filled += put_code(to + filled, code);
        else to[filled++] = NO_TEXT;
    }
    return filled;
}

static uint32_t unit(const Transcoder *transcoder, const unsigned char *at) {
    return transcoder->big_endian ? (uint32_t)at[0] << 8 | at[1] : (uint32_t)at[1] << 8 | at[0];
}

/* The character whose first unit was just completed in `rest`, or nothing yet. */
static size_t end_character(Transcoder *transcoder, char *to) {
    uint32_t first = unit(transcoder, transcoder->rest);
    bool high = first >= 0xD800 && first < 0xDC00, low = first >= 0xDC00 && first < 0xE000;
    if (high && transcoder->rest_length == 2) return 0;
    uint32_t second = high ? unit(transcoder, transcoder->rest + 2) : 0;
    if (high && second >= 0xDC00 && second < 0xE000) {
        transcoder->rest_length = 0;
        return put_code(to, 0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00));
    }
    transcoder->rest_length -= 2; /* what follows a lone surrogate stands for itself */
    memmove(transcoder->rest, transcoder->rest + 2, 2);
    if (!high && !low) return put_code(to, first);
    to[0] = NO_TEXT;
    return 1 + (transcoder->rest_length ? end_character(transcoder, to + 1) : 0);
}

static size_t take_mark(Transcoder *transcoder, char *to) {
    transcoder->started = true;
    transcoder->rest_length = 0;
    transcoder->big_endian = transcoder->rest[0] == 0xFE && transcoder->rest[1] == 0xFF;
    if (transcoder->big_endian || (transcoder->rest[0] == 0xFF && transcoder->rest[1] == 0xFE))
        return 0;
    to[0] = NO_TEXT; /* without a mark the order of bytes would be a guess */
    return 1;
}

static size_t from_utf16(Transcoder *transcoder, const unsigned char *from, size_t length,
                         bool last, char *to) {
    size_t filled = 0;
    for (size_t i = 0; i < length; i++) {
        transcoder->rest[transcoder->rest_length++] = from[i];
        if (transcoder->rest_length % 2) continue;
        filled += transcoder->started ? end_character(transcoder, to + filled)
                                      : take_mark(transcoder, to + filled);
    }
    if (last && transcoder->rest_length) to[filled++] = NO_TEXT;
    return filled;
}

size_t transcode(Transcoder *transcoder, const unsigned char *from, size_t length, bool last,
                 char *to) {
    switch (transcoder->encoding) {
    case ENCODING_UTF_8: break;
    case ENCODING_WINDOWS_1252: return from_windows_1252(from, length, to);
    case ENCODING_UTF_16: return from_utf16(transcoder, from, length, last, to);
    }
    memcpy(to, from, length);
    return length;
}
