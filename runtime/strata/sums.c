/* Lists the rows of sums and adds them, to two joints at a time. */
#include "runtime/strata/sums.h"

#include "runtime/base/memory.h"

/* MANY_ROWS: so many a cell, on average, are. SLICE: rows between which what comes next is
 * fetched. */
enum { MANY_ROWS = 128, SUM_SLICE = 64 };

/* ---- Laying out ------------------------------------------------------------------------------ */

static uint32_t find_summed(Layout *layout, uint32_t value, Arena *arena) {
    for (uint32_t v = 0; v < layout->summed.count; v++)
        if (layout->summed.items[v] == value) return v;
    VEC_PUSH(arena, &layout->summed, value);
    return layout->summed.count - 1;
}

static Summing *find_summing(Layout *layout, const Total *total, Arena *arena) {
    uint32_t value = find_summed(layout, total->value, arena);
    VEC_EACH (Summing, summing, &layout->summings)
        if (summing->choice == total->choice && summing->value == value) return summing;
    VEC_PUSH(arena, &layout->summings, ((Summing){.choice = total->choice, .value = value}));
    return &layout->summings.items[layout->summings.count - 1];
}

void sums_lay_out(Layout *layout, Arena *arena) {
    for (uint32_t t = 0; t < layout->totals.count; t++) {
        const Total *total = &layout->totals.items[t];
        if (total->kind != TOTAL_SUM || total->place.total != MODULE_NONE) continue;
        VEC_PUSH(arena, &find_summing(layout, total, arena)->totals, t);
    }
}

bool sums_init(SumRows *rows, const Layout *layout) {
    rows->nonzero = mem_alloc_array(layout->summed.count + 1, sizeof *rows->nonzero);
    return rows->nonzero;
}

void sums_free(SumRows *rows) {
    mem_free(rows->nonzero);
    rows->nonzero = NULL;
}

/* ---- Adding ---------------------------------------------------------------------------------- */

static uint8_t repr_of(const Located *batch, uint32_t step) {
    return batch->pass->program.steps.items[step].key.repr;
}

static void add_slice(const Located *batch, const Summing *summing, PlaceList rows) {
    const Layout *layout = &batch->pass->layout;
    const Kernels *kernels = batch->machine->kernels;
    uint32_t step = layout->summed.items[summing->value], t = 0;
    const void *values = batch->machine->vectors[step].values;
    const uint32_t *cells[2];
    SumCell *sums[2];
    bool few[2];
    while (t < summing->totals.count) {
        uint32_t n = 0;
        for (; n < 2 && t + n < summing->totals.count; n++) {
            const Total *total = &layout->totals.items[summing->totals.items[t + n]];
            uint64_t all = layout->joints.items[total->joint].cells;
            few[n] = all * MANY_ROWS <= batch->pass->data->rows;
            cells[n] = batch->cells[total->joint];
            sums[n] = (SumCell *)(void *)(batch->block + total->offset);
        }
        bool both = n == 2 && few[0] && few[1];
        if (both)
            kernels->sum_twice(rows, cells[0], cells[1], values, repr_of(batch, step), sums[0],
                               sums[1]);
        else
            kernels->sum(rows, cells[0], values, repr_of(batch, step), few[0], sums[0]);
        t += both ? 2 : 1;
    }
}

void sums_add(const Located *batch, SumRows *rows) {
    const Layout *layout = &batch->pass->layout;
    const Kernels *kernels = batch->machine->kernels;
    const Choices *choices = batch->choices;
    for (uint32_t v = 0; v < layout->summed.count; v++) {
        uint32_t step = layout->summed.items[v];
        kernels->mark_nonzero(batch->machine->vectors[step].values, repr_of(batch, step),
                              batch->count, rows->nonzero[v]);
    }
    VEC_EACH (const Summing, summing, &layout->summings) {
        uint32_t n = kernels->select_both(choices->words + summing->choice, choices->stride,
                                          rows->nonzero[summing->value], batch->count,
                                          rows->places);
        for (uint32_t from = 0; from < n; from += SUM_SLICE) {
            uint32_t left = n - from;
            add_slice(batch, summing,
                      (PlaceList){rows->places + from, left < SUM_SLICE ? left : SUM_SLICE});
            fetch_tick(&batch->machine->fetch);
        }
    }
}
