/* Lays strips out, counts in them and empties them. */
#include "runtime/strata/strips.h"

#include <string.h>

/* WORTH: so many lists of rows cost more to make and to walk than masks. SLICE: rows between which
 * what comes next is fetched. */
enum { STRIP_WORTH = 3, STRIP_SLICE = 64 };

/* ---- Laying out ------------------------------------------------------------------------------ */

static bool may_strip(const Total *total, uint32_t joint) {
    return total->kind == TOTAL_COUNT && total->joint == joint &&
           total->place.total == MODULE_NONE;
}

/* By octet of choices, whether the joint counts any of them; how many it counts. */
static uint32_t wanted_octets(const Layout *layout, uint32_t joint, bool *wanted) {
    uint32_t counts = 0;
    VEC_EACH (const Total, total, &layout->totals) {
        if (!may_strip(total, joint)) continue;
        wanted[total->choice / OCTET] = true;
        counts++;
    }
    return counts;
}

static uint32_t find_octet(const Strip *strip, uint32_t choice) {
    uint32_t o = 0;
    while (o < strip->octet_count && strip->octets[o] != choice / OCTET * OCTET) o++;
    return o;
}

static void take_totals(Layout *layout, uint32_t s) {
    const Strip *strip = &layout->strips.items[s];
    VEC_EACH (Total, total, &layout->totals) {
        if (!may_strip(total, strip->joint)) continue;
        uint32_t o = find_octet(strip, total->choice);
        if (o == strip->octet_count) continue;
        total->strip = s;
        total->lane = OCTET * o + total->choice % OCTET;
    }
}

static size_t take_bytes(Layout *layout, size_t bytes) {
    size_t at = layout->size;
    layout->size += (bytes + LAYOUT_ALIGNMENT - 1) / LAYOUT_ALIGNMENT * LAYOUT_ALIGNMENT;
    return at;
}

/* As many lanes as there are vectors of: 8, 16 or 32. */
static void close_strip(Layout *layout, Strip strip, Arena *arena) {
    const Joint *joint = &layout->joints.items[strip.joint];
    if (!strip.octet_count) return;
    strip.lanes = OCTET * (strip.octet_count == 3 ? 4 : strip.octet_count);
    size_t cells = (size_t)joint->cells * strip.lanes, copies = joint->copy ? 4 : 1;
    strip.narrow = take_bytes(layout, cells * copies * sizeof(uint16_t));
    strip.wide = take_bytes(layout, cells * sizeof(uint32_t));
    VEC_PUSH(arena, &layout->strips, strip);
    take_totals(layout, layout->strips.count - 1);
}

static void strip_joint(Layout *layout, uint32_t j, bool *wanted, Arena *arena) {
    const Joint *joint = &layout->joints.items[j];
    uint32_t counts = wanted_octets(layout, j, wanted);
    if (joint->cells > JOINT_MOST || (counts < STRIP_WORTH && joint->cells > 1)) return;
    Strip strip = {.joint = j};
    for (uint32_t c = 0; c < layout->choices.count; c += OCTET) {
        if (!wanted[c / OCTET]) continue;
        strip.octets[strip.octet_count++] = c;
        if (strip.octet_count < STRIP_OCTETS) continue;
        close_strip(layout, strip, arena);
        strip.octet_count = 0;
    }
    close_strip(layout, strip, arena);
}

void strips_lay_out(Layout *layout, bool events, Arena *arena) {
    uint32_t octets = layout->choices.count / OCTET + 1;
    for (uint32_t j = 0; !events && j < layout->joints.count; j++)
        strip_joint(layout, j, ARENA_NEW_ARRAY(arena, bool, octets), arena);
}

/* ---- Counting -------------------------------------------------------------------------------- */

/* The lanes of all copies into the wide ones, where there are none but those. */
static void empty_strip(const Layout *layout, const Strip *strip, char *block) {
    const Joint *joint = &layout->joints.items[strip->joint];
    uint16_t *narrow = (uint16_t *)(void *)(block + strip->narrow);
    uint32_t *wide = (uint32_t *)(void *)(block + strip->wide);
    size_t lanes = (size_t)joint->cells * strip->lanes, copies = joint->copy ? 4 : 1;
    for (size_t k = 0; k < copies; k++, narrow += lanes)
        for (size_t i = 0; i < lanes; i++) wide[i] += narrow[i];
    memset(block + strip->narrow, 0, lanes * copies * sizeof *narrow);
}

static void count_all(const Located *batch, const Strip *strip) {
    const Choices *choices = batch->choices;
    uint32_t *wide = (uint32_t *)(void *)(batch->block + strip->wide);
    for (uint32_t o = 0; o < strip->octet_count; o++)
        batch->machine->kernels->count_octet(choices->words + strip->octets[o], choices->stride,
                                             batch->count, wide + OCTET * (size_t)o);
}

static void count_cells(const Located *batch, const Strip *strip, const uint32_t *masks) {
    const uint32_t *cells = batch->cells[strip->joint];
    uint32_t copy = batch->pass->layout.joints.items[strip->joint].copy;
    uint16_t *narrow = (uint16_t *)(void *)(batch->block + strip->narrow);
    for (uint32_t from = 0; from < batch->count; from += STRIP_SLICE) {
        uint32_t left = batch->count - from;
        batch->machine->kernels->count_masks(masks + from, cells + from,
                                             left < STRIP_SLICE ? left : STRIP_SLICE, strip->lanes,
                                             copy, narrow);
        fetch_tick(&batch->machine->fetch);
    }
}

static bool same_octets(const Strip *a, const Strip *b) {
    return a->octet_count == b->octet_count &&
           !memcmp(a->octets, b->octets, a->octet_count * sizeof *a->octets);
}

void strips_add(const Located *batch, StripRows *rows) {
    const Layout *layout = &batch->pass->layout;
    const Choices *choices = batch->choices;
    const Strip *turned = NULL;
    bool full = rows->rows + batch->count > STRIP_MOST;
    rows->rows = (full ? 0 : rows->rows) + batch->count;
    VEC_EACH (const Strip, strip, &layout->strips) {
        if (layout->joints.items[strip->joint].cells == 1) {
            count_all(batch, strip);
            continue;
        }
        if (full) empty_strip(layout, strip, batch->block);
        if (!turned || !same_octets(turned, strip))
            batch->machine->kernels->turn(choices->words, choices->stride, strip->octets,
                                          strip->octet_count, batch->count, rows->masks);
        turned = strip;
        count_cells(batch, strip, rows->masks);
    }
}

void strips_close(const Layout *layout, char *block) {
    VEC_EACH (const Strip, strip, &layout->strips) empty_strip(layout, strip, block);
    VEC_EACH (const Total, total, &layout->totals) {
        if (total->strip == MODULE_NONE) continue;
        const Strip *strip = &layout->strips.items[total->strip];
        const uint32_t *wide = (const uint32_t *)(void *)(block + strip->wide) + total->lane;
        uint32_t *counts = (uint32_t *)(void *)(block + total->offset);
        for (uint32_t c = 0; c < layout->joints.items[strip->joint].cells; c++)
            counts[c] = wide[(size_t)c * strip->lanes];
    }
}
