/* Marks the rows of choices: a filter's truth, without what is missing, 64 rows a word. */
#include "runtime/strata/choices.h"

#include <string.h>

#include "runtime/base/memory.h"

/* FEW_SHARE: less than that part of a batch is few. */
enum { FEW_SHARE = 8 };

bool choices_init(Choices *choices, const Layout *layout) {
    uint32_t count = layout->choices.count;
    choices->stride = (count + OCTET - 1) / OCTET * OCTET;
    choices->words = mem_alloc_array((size_t)choices->stride * MASK_WORDS, sizeof *choices->words);
    choices->each = mem_alloc_array(count, sizeof *choices->each);
    return choices->words && choices->each;
}

void choices_free(Choices *choices) {
    mem_free(choices->words);
    mem_free(choices->each);
    choices->words = NULL;
    choices->each = NULL;
}

static uint32_t words_of(uint32_t rows) { return (rows + MASK_ROWS - 1) / MASK_ROWS; }

/* Of events, those whose person is in the snapshot. */
static void drop_unmatched(const Batch *batch, uint32_t stride, uint64_t *words) {
    for (uint32_t i = 0; i < batch->count; i++) {
        uint64_t nobody = batch->people[i] == DATA_NO_PERSON;
        words[(size_t)(i / MASK_ROWS) * stride] &= ~(nobody << i % MASK_ROWS);
    }
}

static void mark_filter(const Pass *pass, const ExprMachine *machine, uint32_t f,
                        const Batch *batch, Choices *choices) {
    uint32_t step = pass->filters.items[f], stride = choices->stride;
    bool unmatched = batch->people && pass->data->unmatched;
    const ExprVector every = {NULL, NULL};
    const ExprVector *truth = step == MODULE_NONE ? &every : &machine->vectors[step];
    choices->each[f].every = !truth->values && !unmatched;
    machine->kernels->mark(truth->values, truth->missing, NULL, stride, batch->count,
                           choices->words + f);
    if (unmatched) drop_unmatched(batch, stride, choices->words + f);
}

void choices_filter(const Pass *pass, const ExprMachine *machine, const Batch *batch,
                    Choices *choices) {
    for (uint32_t f = 0; f < pass->filters.count; f++)
        mark_filter(pass, machine, f, batch, choices);
}

/* ---- Few rows -------------------------------------------------------------------------------- */

/* The rows that pass any filter; how many. */
static uint32_t mark_any(const Pass *pass, uint32_t count, Choices *choices) {
    uint32_t n = 0;
    for (uint32_t w = 0; w < words_of(count); w++) {
        uint64_t any = 0;
        const uint64_t *here = choices->words + (size_t)w * choices->stride;
        for (uint32_t f = 0; f < pass->filters.count; f++) any |= here[f];
        choices->kept_words[w] = any;
        n += (uint32_t)__builtin_popcountll(any);
    }
    return n;
}

/* Bits of the rows that are kept, in order. No word is written before all of it has been read. */
static void keep_bits(const uint16_t *kept, uint32_t count, uint32_t stride, uint64_t *words) {
    uint64_t bits = 0;
    for (uint32_t k = 0; k < count; k++) {
        uint64_t bit = words[(size_t)(kept[k] / MASK_ROWS) * stride] >> kept[k] % MASK_ROWS & 1;
        bits |= bit << k % MASK_ROWS;
        if (k + 1 < count && (k + 1) % MASK_ROWS) continue;
        words[(size_t)(k / MASK_ROWS) * stride] = bits;
        bits = 0;
    }
}

bool choices_keep_few(const Pass *pass, const ExprMachine *machine, Batch *batch,
                      Choices *choices) {
    if (pass->layout.unfiltered) return false;
    uint32_t n = mark_any(pass, batch->count, choices);
    if (n > batch->count / FEW_SHARE) return false;
    machine->kernels->select(choices->kept_words, 1, batch->count, choices->kept);
    for (uint32_t f = 0; f < pass->filters.count; f++)
        keep_bits(choices->kept, n, choices->stride, choices->words + f);
    for (uint32_t i = 0; batch->people && i < n; i++)
        choices->people[i] = batch->people[choices->kept[i]];
    choices->each->every |= pass->filters.count == 1;
    batch->count = n;
    if (batch->people) batch->people = choices->people;
    return true;
}

/* ---- All choices ----------------------------------------------------------------------------- */

/* The rows of a filter that have the values wanted, too. */
static void mark_choice(const Pass *pass, const ExprMachine *machine, uint32_t c, uint32_t count,
                        Choices *choices) {
    const Choice *choice = &pass->layout.choices.items[c];
    const uint64_t *within = choices->words + choice->filter;
    choices->each[c].every = choices->each[choice->filter].every;
    for (int i = 0; i < CHOICE_STEPS; i++) {
        const uint8_t *missing =
            choice->steps[i] == MODULE_NONE ? NULL : machine->vectors[choice->steps[i]].missing;
        if (i && !missing) continue;
        machine->kernels->mark(NULL, missing, within, choices->stride, count, choices->words + c);
        choices->each[c].every &= !missing;
        within = choices->words + c;
    }
}

static void list_rows(const ExprMachine *machine, uint32_t c, uint32_t count, Choices *choices) {
    Chosen *chosen = &choices->each[c];
    chosen->rows = (PlaceList){NULL, count};
    if (chosen->every) return;
    uint32_t n =
        machine->kernels->select(choices->words + c, choices->stride, count, chosen->places);
    chosen->rows = (PlaceList){chosen->places, n};
}

void choices_mark(const Pass *pass, const ExprMachine *machine, uint32_t count, Choices *choices) {
    const Layout *layout = &pass->layout;
    for (uint32_t c = pass->filters.count; c < layout->choices.count; c++)
        mark_choice(pass, machine, c, count, choices);
    for (uint32_t c = 0; c < layout->choices.count; c++)
        if (layout->choices.items[c].listed) list_rows(machine, c, count, choices);
}
