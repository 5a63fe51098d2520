/* A counting sort in two steps, for memory is only fast in streams: rows are first thrown into parts,
 * whose numbers lie together, and each part, small enough for the cache, is then put in order. The
 * values of a column go the same two steps; those of eight bytes in halves, for less room. */
#include "runtime/data/reorder.h"

#include <stdatomic.h>
#include <string.h>

#include "runtime/base/memory.h"
#include "runtime/data/bits.h"
#include "runtime/data/parallel.h"

/* A processor follows about so many streams at once. Slices of a thread: so that none waits long for
 * another. FEW_ROWS: not worth a thread. */
enum { MOST_PARTS = 256, THREAD_SLICES = 4, FEW_ROWS = 1 << 16 };

struct Reorder {
    const void *number;
    uint8_t number_width;
    uint64_t rows;
    uint32_t numbers, threads;
    unsigned shift; /* the part of a number is what is above */
    uint32_t parts, slices;
    uint64_t *starts; /* [slice][part]: where its rows begin; and the end of all */
    uint64_t *places; /* [slice][part]: where its next row goes */
    uint32_t *thrown; /* by row: where it goes in the parts */
    uint32_t *order;  /* by place in the end: which of the parts' rows it is */
    bool lent;        /* the room of both is another's */
    void *spare;      /* values in parts */
    uint8_t spare_width;
    Parallel *crew;
    _Atomic uint32_t next; /* slice or part */
    atomic_bool unsorted, failed;
    /* What is at hand: values of a width, of which one in `stride` is meant. */
    void *values;
    uint8_t width, stride;
};

static uint32_t number_at(const Reorder *reorder, uint64_t row) {
    switch (reorder->number_width) {
    case 1: return ((const uint8_t *)reorder->number)[row];
    case 2: return ((const uint16_t *)reorder->number)[row];
    default: return ((const uint32_t *)reorder->number)[row];
    }
}

/* All that have no number share one beyond the last. */
static uint32_t known(const Reorder *reorder, uint32_t number) {
    return number < reorder->numbers ? number : reorder->numbers;
}

static uint32_t part_of(const Reorder *reorder, uint32_t number) {
    return known(reorder, number) >> reorder->shift;
}

static uint64_t slice_start(const Reorder *reorder, uint32_t slice) {
    return reorder->rows * slice / reorder->slices;
}

static uint64_t part_start(const Reorder *reorder, uint32_t part) {
    return part < reorder->parts ? reorder->starts[part] : reorder->rows;
}

static void in_rounds(Reorder *reorder, ParallelWork *work) {
    atomic_store(&reorder->next, 0);
    parallel_do(reorder->crew, reorder->threads, work, reorder);
}

/* ---- The order -------------------------------------------------------------------------------- */

static void count_slices(void *context, uint32_t worker) {
    (void)worker;
    Reorder *reorder = context;
    for (uint32_t s; (s = atomic_fetch_add(&reorder->next, 1)) < reorder->slices;) {
        uint64_t *counts = reorder->starts + (uint64_t)s * reorder->parts;
        uint64_t from = slice_start(reorder, s), to = slice_start(reorder, s + 1);
        uint32_t before = from ? number_at(reorder, from - 1) : 0;
        bool sorted = true;
        for (uint64_t row = from; row < to; row++) {
            uint32_t number = number_at(reorder, row);
            sorted &= before <= number;
            before = number;
            counts[part_of(reorder, number)]++;
        }
        if (!sorted) atomic_store(&reorder->unsorted, true);
    }
}

/* Counts become starts: part after part, in each of them slice after slice. */
static void add_up(Reorder *reorder) {
    uint64_t before = 0;
    for (uint32_t part = 0; part < reorder->parts; part++)
        for (uint32_t s = 0; s < reorder->slices; s++) {
            uint64_t *start = &reorder->starts[(uint64_t)s * reorder->parts + part];
            uint64_t count = *start;
            *start = before;
            before += count;
        }
    memcpy(reorder->places, reorder->starts,
           (size_t)reorder->slices * reorder->parts * sizeof *reorder->places);
}

/* The numbers themselves are the first values to be thrown. */
static void throw_numbers(void *context, uint32_t worker) {
    (void)worker;
    Reorder *reorder = context;
    uint32_t *thrown = reorder->spare;
    for (uint32_t s; (s = atomic_fetch_add(&reorder->next, 1)) < reorder->slices;) {
        uint64_t *places = reorder->places + (uint64_t)s * reorder->parts;
        uint64_t to = slice_start(reorder, s + 1);
        for (uint64_t row = slice_start(reorder, s); row < to; row++) {
            uint32_t number = number_at(reorder, row);
            uint64_t place = places[part_of(reorder, number)]++;
            reorder->thrown[row] = (uint32_t)place;
            thrown[place] = number;
        }
    }
}

static void order_part(const Reorder *reorder, uint32_t part, uint32_t *starts) {
    uint32_t size = 1u << reorder->shift, low = part << reorder->shift;
    const uint32_t *numbers = reorder->spare;
    uint64_t from = part_start(reorder, part), to = part_start(reorder, part + 1);
    if (from == to) return;
    memset(starts, 0, (size + 1) * sizeof *starts);
    for (uint64_t i = from; i < to; i++) starts[known(reorder, numbers[i]) - low + 1]++;
    for (uint32_t n = 0; n < size; n++) starts[n + 1] += starts[n];
    for (uint64_t i = from; i < to; i++)
        reorder->order[from + starts[known(reorder, numbers[i]) - low]++] = (uint32_t)i;
}

static void order_parts(void *context, uint32_t worker) {
    (void)worker;
    Reorder *reorder = context;
    uint32_t *starts = mem_alloc_array(((size_t)1 << reorder->shift) + 1, sizeof *starts);
    if (!starts) atomic_store(&reorder->failed, true);
    for (uint32_t p; starts && (p = atomic_fetch_add(&reorder->next, 1)) < reorder->parts;)
        order_part(reorder, p, starts);
    mem_free(starts);
}

static bool make_spare(Reorder *reorder, uint8_t width) {
    if (width <= reorder->spare_width) return true;
    void *spare = mem_alloc_array(reorder->rows, width);
    if (!spare) return false;
    mem_free(reorder->spare);
    reorder->spare = spare;
    reorder->spare_width = width;
    return true;
}

static bool make_room(Reorder *reorder, void *room) {
    reorder->lent = room != NULL;
    if (!room) room = mem_alloc_array(reorder->rows, 2 * sizeof *reorder->thrown);
    reorder->thrown = room;
    reorder->order = room ? reorder->thrown + reorder->rows : NULL;
    return room;
}

static bool find_order(Reorder *reorder, void *room) {
    size_t places = (size_t)reorder->slices * reorder->parts;
    reorder->starts = mem_alloc_array(places, sizeof *reorder->starts);
    reorder->places = mem_alloc_array(places, sizeof *reorder->places);
    if (!reorder->starts || !reorder->places) return false;
    in_rounds(reorder, count_slices);
    if (!atomic_load(&reorder->unsorted)) return true;
    if (!make_room(reorder, room) || !make_spare(reorder, sizeof(uint32_t))) return false;
    add_up(reorder);
    in_rounds(reorder, throw_numbers);
    in_rounds(reorder, order_parts);
    return !atomic_load(&reorder->failed);
}

Reorder *reorder_open(const void *number, uint8_t width, uint64_t rows, uint32_t numbers,
                      uint32_t threads, void *room) {
    Reorder *reorder = mem_alloc(sizeof *reorder);
    if (!reorder) return NULL;
    reorder->number = number;
    reorder->number_width = width;
    reorder->rows = rows;
    reorder->numbers = numbers;
    while (numbers >> reorder->shift >= MOST_PARTS) reorder->shift++;
    reorder->parts = (numbers >> reorder->shift) + 1;
    reorder->threads = rows < FEW_ROWS ? 1 : threads;
    reorder->slices = reorder->threads * THREAD_SLICES;
    reorder->crew = parallel_open(reorder->threads);
    if (find_order(reorder, room)) return reorder;
    reorder_close(reorder);
    return NULL;
}

void reorder_close(Reorder *reorder) {
    if (!reorder) return;
    parallel_close(reorder->crew);
    mem_free(reorder->starts);
    mem_free(reorder->places);
    if (!reorder->lent) mem_free(reorder->thrown);
    mem_free(reorder->spare);
    mem_free(reorder);
}

bool reorder_is_done(const Reorder *reorder) { return !reorder->order; }

/* ---- Values ----------------------------------------------------------------------------------- */

#define BY_WIDTH(ACTION)                           \
    switch (reorder->width) {                      \
    case 1: ACTION(uint8_t) break;                 \
    case 2: ACTION(uint16_t) break;                \
    case 4: ACTION(uint32_t) break;                \
    }

#define THROW(type)                                \
    for (uint64_t row = from; row < to; row++)     \
        ((type *)reorder->spare)[reorder->thrown[row]] = \
            ((const type *)reorder->values)[row * reorder->stride];

#define PUT(type)                                  \
    for (uint64_t i = from; i < to; i++)           \
        ((type *)reorder->values)[i * reorder->stride] = \
            ((const type *)reorder->spare)[reorder->order[i]];

/* Bits travel as bytes. */
static void throw_bits(const Reorder *reorder, uint64_t from, uint64_t to) {
    uint8_t *spare = reorder->spare;
    for (uint64_t row = from; row < to; row++)
        spare[reorder->thrown[row]] = bit_at(reorder->values, row);
}

static void put_bits(const Reorder *reorder, uint64_t from, uint64_t to) {
    const uint8_t *spare = reorder->spare;
    for (uint64_t at = from, next; at < to; at = next) {
        uint64_t bits = 0;
        next = at / 64 * 64 + 64 < to ? at / 64 * 64 + 64 : to;
        for (uint64_t i = at; i < next; i++) bits |= (uint64_t)spare[reorder->order[i]] << (i - at);
        bits = bits_in_order(bits);
        bits_copy(reorder->values, at, (const uint8_t *)&bits, 0, next - at);
    }
}

static void throw_slices(void *context, uint32_t worker) {
    (void)worker;
    Reorder *reorder = context;
    for (uint32_t s; (s = atomic_fetch_add(&reorder->next, 1)) < reorder->slices;) {
        uint64_t from = slice_start(reorder, s), to = slice_start(reorder, s + 1);
        BY_WIDTH(THROW)
        if (!reorder->width) throw_bits(reorder, from, to);
    }
}

static void put_parts(void *context, uint32_t worker) {
    (void)worker;
    Reorder *reorder = context;
    for (uint32_t p; (p = atomic_fetch_add(&reorder->next, 1)) < reorder->parts;) {
        uint64_t from = part_start(reorder, p), to = part_start(reorder, p + 1);
        BY_WIDTH(PUT)
        if (!reorder->width) put_bits(reorder, from, to);
    }
}

static void take(Reorder *reorder, void *values, uint8_t width, uint8_t stride) {
    reorder->values = values;
    reorder->width = width;
    reorder->stride = stride;
}

static void move(Reorder *reorder, void *values, uint8_t width, uint8_t stride) {
    take(reorder, values, width, stride);
    in_rounds(reorder, throw_slices);
    in_rounds(reorder, put_parts);
}

/* They were thrown to find the order. */
void reorder_numbers(Reorder *reorder, uint32_t *number) {
    if (reorder_is_done(reorder)) return;
    take(reorder, number, sizeof *number, 1);
    in_rounds(reorder, put_parts);
}

bool reorder_values(Reorder *reorder, void *values, uint8_t width) {
    uint8_t half = sizeof(uint32_t);
    bool halves = width > half;
    if (reorder_is_done(reorder)) return true;
    if (!make_spare(reorder, halves ? half : width ? width : 1)) return false;
    move(reorder, values, halves ? half : width, halves ? 2 : 1);
    if (halves) move(reorder, (char *)values + half, half, 2);
    return true;
}

bool reorder_column(Reorder *reorder, Column *column) {
    if (!column->values || reorder_is_done(reorder)) return true;
    if (!reorder_values(reorder, column->values, column->width)) return false;
    return !column->missing || reorder_values(reorder, column->missing, 0);
}
