/* UTF-8: decoding, encoding, checking. Overlong forms, surrogates and numbers beyond
 * U+10FFFF are malformed, and nothing is ever guessed from malformed bytes. */
#ifndef RUNTIME_BASE_UTF8_H
#define RUNTIME_BASE_UTF8_H

#include "runtime/base/slice.h"

#define UTF8_REPLACEMENT ((uint32_t)0xFFFD)

/* Decodes the code point at byte `at`, which lies within the text. Returns the number of its
 * bytes; 0 where they are malformed. */
size_t utf8_decode(Slice text, size_t at, uint32_t *code);

/* As utf8_decode, but malformed bytes are U+FFFD, one for each longest beginning of a
 * character (Unicode 15, table 3-8). The result is at least 1. */
size_t utf8_decode_lossy(Slice text, size_t at, uint32_t *code);

/* Writes the code point and returns the number of bytes; 0 where it is none. */
size_t utf8_encode(uint32_t code, char bytes[4]);

/* The offset of the first malformed byte sequence; text.length where there is none. */
size_t utf8_find_malformed(Slice text);
bool utf8_valid(Slice text);

/* Code points of well-formed text. */
size_t utf8_count(Slice text);

/* Code points that must not reach a terminal or a file name as they are: the C0 and C1
 * controls with DEL (line feed and tab too), the line and paragraph separators, and the marks
 * that turn the direction of what is displayed. */
bool utf8_is_control(uint32_t code);
bool utf8_is_bidirectional(uint32_t code);

#endif
