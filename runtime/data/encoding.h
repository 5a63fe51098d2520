/* Text in the encodings data come in, as UTF-8: windows-1252 and UTF-16 with a byte-order mark.
 * Which one is declared, never guessed; UTF-8 passes as it is. What is no text in its encoding
 * becomes a byte that is none in UTF-8, so that whoever reads the text finds it where it stands. */
#ifndef RUNTIME_DATA_ENCODING_H
#define RUNTIME_DATA_ENCODING_H

#include <stdbool.h>
#include <stddef.h>

#include "runtime/bytecode/module.h"

/* The most bytes of UTF-8 that one byte becomes. */
enum { ENCODING_GROWTH = 3, ENCODING_SLACK = 8 };

typedef struct {
    TextEncoding encoding;
    bool started, big_endian;
    unsigned char rest[4]; /* UTF-16: of a character that is not complete */
    unsigned rest_length;
} Transcoder;

void transcoder_init(Transcoder *transcoder, TextEncoding encoding);

/* The text that comes next; `last`: nothing follows it. `to` has room for ENCODING_GROWTH times
 * the length and ENCODING_SLACK. Returns how much of it was filled. */
size_t transcode(Transcoder *transcoder, const unsigned char *from, size_t length, bool last,
                 char *to);

#endif
