/* Reads records out of chunks of text. The common road (no quote, no lone CR, ASCII) is one
 * vector search a field; whatever is unusual takes the slow road, where its fault is named. */
#include "runtime/data/csv.h"

#include <string.h>
#ifdef __SSE2__
#include <immintrin.h>
#endif

#include "runtime/base/utf8.h"

#ifdef __SSE2__

/* The first delimiter, quote, CR or LF at or after `p`; there is one, for the padding is LF. */
static inline char *find_structure(char *p, char delimiter) {
    const __m128i comma = _mm_set1_epi8(delimiter), quote = _mm_set1_epi8('"');
    const __m128i cr = _mm_set1_epi8('\r'), lf = _mm_set1_epi8('\n');
    for (;; p += 16) {
        __m128i x = _mm_loadu_si128((const __m128i *)(const void *)p);
        __m128i ends = _mm_or_si128(_mm_cmpeq_epi8(x, cr), _mm_cmpeq_epi8(x, lf));
        __m128i hit = _mm_or_si128(_mm_cmpeq_epi8(x, comma), _mm_cmpeq_epi8(x, quote));
        int mask = _mm_movemask_epi8(_mm_or_si128(hit, ends));
        if (mask) return p + __builtin_ctz((unsigned)mask);
    }
}

/* The bytes among 64 that find_structure looks for. */
static inline uint64_t structure_mask(const char *p, char delimiter) {
    const __m128i comma = _mm_set1_epi8(delimiter), quote = _mm_set1_epi8('"');
    const __m128i cr = _mm_set1_epi8('\r'), lf = _mm_set1_epi8('\n');
    uint64_t mask = 0;
    for (int k = 0; k < 4; k++) {
        __m128i x = _mm_loadu_si128((const __m128i *)(const void *)(p + 16 * k));
        __m128i ends = _mm_or_si128(_mm_cmpeq_epi8(x, cr), _mm_cmpeq_epi8(x, lf));
        __m128i hit = _mm_or_si128(_mm_cmpeq_epi8(x, comma), _mm_cmpeq_epi8(x, quote));
        mask |= (uint64_t)(unsigned)_mm_movemask_epi8(_mm_or_si128(hit, ends)) << 16 * k;
    }
    return mask;
}

/* Whether the text is ASCII without NUL: every byte, taken as signed, above zero. */
static bool is_ascii(const char *text, size_t length) {
    const __m128i zero = _mm_setzero_si128();
    size_t i = 0;
    for (; i + 16 <= length; i += 16) {
        __m128i x = _mm_loadu_si128((const __m128i *)(const void *)(text + i));
        if (_mm_movemask_epi8(_mm_cmpgt_epi8(x, zero)) != 0xFFFF) return false;
    }
    for (; i < length; i++)
        if ((signed char)text[i] <= 0) return false;
    return true;
}

/* Each of 16 lanes counts up to 255, then all are added. */
size_t csv_count_lines(const char *text, size_t length) {
    const __m128i lf = _mm_set1_epi8('\n'), zero = _mm_setzero_si128();
    size_t count = 0, i = 0;
    while (i + 16 <= length) {
        __m128i lanes = zero;
        for (int k = 0; k < 255 && i + 16 <= length; k++, i += 16) {
            __m128i x = _mm_loadu_si128((const __m128i *)(const void *)(text + i));
            lanes = _mm_sub_epi8(lanes, _mm_cmpeq_epi8(x, lf));
        }
        __m128i sums = _mm_sad_epu8(lanes, zero);
        count += (size_t)_mm_cvtsi128_si32(sums) + (size_t)_mm_extract_epi16(sums, 4);
    }
    for (; i < length; i++)
        count += text[i] == '\n';
    return count;
}

#else

static inline char *find_structure(char *p, char delimiter) {
    while (*p != delimiter && *p != '"' && *p != '\r' && *p != '\n')
        p++;
    return p;
}

static inline uint64_t structure_mask(const char *p, char delimiter) {
    uint64_t mask = 0;
    for (int k = 0; k < 64; k++)
        mask |= (uint64_t)(p[k] == delimiter || p[k] == '"' || p[k] == '\r' || p[k] == '\n') << k;
    return mask;
}

static bool is_ascii(const char *text, size_t length) {
    bool ascii = true;
    for (size_t i = 0; i < length; i++)
        ascii &= (signed char)text[i] > 0;
    return ascii;
}

size_t csv_count_lines(const char *text, size_t length) {
    size_t count = 0;
    for (size_t i = 0; i < length; i++)
        count += text[i] == '\n';
    return count;
}

#endif

static bool is_plain(const char *text, size_t length) {
    if (is_ascii(text, length)) return true;
    return !memchr(text, 0, length) && utf8_valid((Slice){text, length});
}

void csv_reader_init(CsvReader *reader, char *text, size_t length, char delimiter,
                     uint32_t expected) {
    memset(text + length, '\n', CSV_PADDING);
    reader->text = reader->next = text;
    reader->end = text + length;
    reader->delimiter = delimiter;
    reader->plain = is_plain(text, length);
    reader->expected = expected;
    reader->line = 1;
    reader->blank_lines = 0;
    reader->fault = CSV_SOUND;
    reader->fault_field = 0;
    reader->record_line = 0;
    reader->count = 0;
}

/* Only the first thing wrong with a record is told: what follows may come of it. */
static void note_fault(CsvReader *reader, CsvFault fault, uint32_t field) {
    if (reader->fault != CSV_SOUND) return;
    reader->fault = fault;
    reader->fault_field = field;
}

static void add_field(CsvReader *reader, const char *start, size_t length) {
    if (reader->count < CSV_COLUMN_LIMIT)
        reader->fields[reader->count] = (Slice){start, length};
    else
        note_fault(reader, CSV_TOO_MANY_COLUMNS, 0);
    reader->count++;
    if (length > CSV_FIELD_LIMIT) note_fault(reader, CSV_FIELD_TOO_LONG, reader->count);
}

/* Whether the record ends at `p`: LF, CR LF, or the end of the text. */
static bool at_record_end(const CsvReader *reader, const char *p) {
    return *p == '\n' || (*p == '\r' && p[1] == '\n' && p + 1 < reader->end);
}

/* From within a field to its end, past what should not stand in it. */
static char *skip_unquoted(CsvReader *reader, char *p) {
    for (;; p++) {
        p = find_structure(p, reader->delimiter);
        if (*p == reader->delimiter || at_record_end(reader, p)) return p;
        note_fault(reader, *p == '\r' ? CSV_BARE_CR : CSV_BARE_QUOTE, reader->count + 1);
    }
}

/* The part of a quoted field between its quotes, doubled quotes made single in place; `*p`
 * goes to what follows the closing quote. */
static size_t unquote(CsvReader *reader, char *start, char **p) {
    char *from = start, *to = start;
    for (;;) {
        char *quote = memchr(from, '"', (size_t)(reader->end - from));
        char *stop = quote ? quote : reader->end;
        if (to != from) memmove(to, from, (size_t)(stop - from));
        to += stop - from;
        *p = quote ? quote + 1 : stop;
        if (!quote) note_fault(reader, CSV_UNTERMINATED_QUOTE, reader->count + 1);
        if (!quote || quote[1] != '"') return (size_t)(to - start);
        *to++ = '"';
        from = quote + 2;
    }
}

static void read_quoted(CsvReader *reader) {
    char *start = reader->next + 1, *after;
    size_t length = unquote(reader, start, &after);
    /* Line ends stay as they are when doubled quotes shrink. */
    reader->line += csv_count_lines(start, length);
    if (*after != reader->delimiter && !at_record_end(reader, after)) {
        note_fault(reader, *after == '\r' ? CSV_BARE_CR : CSV_TEXT_AFTER_QUOTE, reader->count + 1);
        after = skip_unquoted(reader, after);
    }
    add_field(reader, start, length);
    reader->next = after;
}

static void read_field(CsvReader *reader) {
    char *start = reader->next;
    if (*start == '"') {
        read_quoted(reader);
        return;
    }
    reader->next = skip_unquoted(reader, start);
    add_field(reader, start, (size_t)(reader->next - start));
}

/* Goes on with fields as long as there is nothing unusual about them: sixty-four bytes at a time
 * become a mask of the bytes that end a field or want a closer look, and each bit of it a field.
 * True: to the end of the line; false: `next` is the beginning of a field that is unusual. */
static bool read_plain_fields(CsvReader *reader) {
    char *start = reader->next, *block = start, delimiter = reader->delimiter;
    uint32_t count = reader->count;
    bool ended = false, usual = true;
    for (; usual && !ended; block += 64) {
        uint64_t mask = structure_mask(block, delimiter);
        for (; mask && usual && !ended; mask &= mask - 1) {
            char *stop = block + __builtin_ctzll(mask);
            ended = *stop == '\n';
            usual = (ended || *stop == delimiter) && count < CSV_COLUMN_LIMIT &&
                    stop - start <= CSV_FIELD_LIMIT;
            if (!usual) break;
            reader->fields[count++] = (Slice){start, (size_t)(stop - start)};
            start = ended ? stop : stop + 1;
        }
    }
    reader->next = start;
    reader->count = count;
    return usual;
}

static void read_record(CsvReader *reader) {
    while (!read_plain_fields(reader)) {
        read_field(reader);
        if (*reader->next != reader->delimiter) return;
        reader->next++;
    }
}

static void end_line(CsvReader *reader) {
    if (*reader->next == '\r') reader->next++;
    if (reader->next < reader->end) reader->next++;
    reader->line++;
}

/* A record in bytes that are no text is no record: this outranks every other fault. */
static void check_text(CsvReader *reader) {
    uint32_t count = reader->count < CSV_COLUMN_LIMIT ? reader->count : CSV_COLUMN_LIMIT;
    for (uint32_t i = 0; i < count; i++) {
        Slice field = reader->fields[i];
        bool nul = memchr(field.data, 0, field.length) != NULL;
        if (!nul && utf8_valid(field)) continue;
        reader->fault = nul ? CSV_NUL : CSV_ENCODING;
        reader->fault_field = i + 1;
        return;
    }
}

bool csv_next(CsvReader *reader) {
    while (reader->next < reader->end && at_record_end(reader, reader->next)) {
        end_line(reader);
        reader->blank_lines++;
    }
    if (reader->next >= reader->end) return false;
    reader->fault = CSV_SOUND;
    reader->fault_field = 0;
    reader->record_line = reader->line;
    reader->count = 0;
    read_record(reader);
    end_line(reader);
    if (reader->expected && reader->count != reader->expected)
        note_fault(reader,
                   reader->count < reader->expected ? CSV_TOO_FEW_FIELDS : CSV_TOO_MANY_FIELDS, 0);
    if (!reader->plain) check_text(reader);
    return true;
}

/* The last LF in [from, to), which lies outside quotes, ends a record. */
static void note_records(CsvCut *cut, const char *text, size_t from, size_t to) {
    for (; to > from; to--)
        if (text[to - 1] == '\n') {
            cut->records = to;
            return;
        }
}

static void cut_quoted(CsvCut *cut, const char *text, size_t length) {
    const char *quote = memchr(text + cut->at, '"', length - cut->at);
    if (!quote) {
        cut->at = length;
        return;
    }
    cut->at = (size_t)(quote - text);
    if (cut->at + 1 == length) return; /* whether it closes or doubles, what follows will tell */
    cut->quoted = quote[1] == '"';
    cut->at += cut->quoted ? 2 : 1;
}

static void cut_unquoted(CsvCut *cut, const char *text, size_t length, char delimiter) {
    const char *quote = memchr(text + cut->at, '"', length - cut->at);
    size_t stop = quote ? (size_t)(quote - text) : length;
    note_records(cut, text, cut->at, stop);
    cut->at = stop;
    if (!quote) return;
    cut->quoted = !stop || text[stop - 1] == delimiter || text[stop - 1] == '\n';
    cut->at = stop + 1;
}

void csv_cut(CsvCut *cut, const char *text, size_t length, char delimiter) {
    while (cut->at < length) {
        size_t before = cut->at;
        if (cut->quoted)
            cut_quoted(cut, text, length);
        else
            cut_unquoted(cut, text, length, delimiter);
        if (cut->at == before) return;
    }
}
