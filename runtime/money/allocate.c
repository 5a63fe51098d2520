/* Allocation by largest remainder, in exact arithmetic throughout. Never makes or loses a
 * penny. */
#include "runtime/money/allocate.h"

#include <stdlib.h>

#include "runtime/money/round.h"

static Exact sum_of(Arena *arena, const Exact *numbers, uint32_t count) {
    Exact sum = EXACT_ZERO;
    for (uint32_t i = 0; i < count; i++) sum = exact_add(arena, sum, numbers[i]);
    return sum;
}

int money_shares_against_one(Arena *arena, const Exact *shares, uint32_t count) {
    return exact_compare(sum_of(arena, shares, count), exact_from_int(1));
}

static bool weights_usable(const Exact *weights, uint32_t count, Exact sum) {
    for (uint32_t i = 0; i < count; i++)
        if (exact_sign(weights[i]) < 0 || exact_overflowed(weights[i])) return false;
    return exact_sign(sum) > 0;
}

/* A part in pence before the pennies that are left over, and what it was rounded down by. */
typedef struct {
    Exact pence, remainder;
    uint32_t index;
} Quota;

static int by_remainder(const void *left, const void *right) {
    const Quota *a = left, *b = right;
    int order = exact_compare(b->remainder, a->remainder);
    return order ? order : (a->index > b->index) - (a->index < b->index);
}

bool money_allocate(Arena *arena, Exact total, const Exact *weights, uint32_t count,
                    Exact *parts) {
    Exact sum = sum_of(arena, weights, count);
    if (!weights_usable(weights, count, sum) || exact_overflowed(total)) return false;
    Exact pence = exact_mul(arena, money_post(arena, exact_abs(arena, total)), exact_from_int(100));
    Exact penny = exact_from_ratio(arena, exact_sign(total) < 0 ? -1 : 1, 100), left = pence;
    Quota *quotas = ARENA_NEW_ARRAY(arena, Quota, count);
    for (uint32_t i = 0; i < count; i++) {
        Exact quota = exact_div(arena, exact_mul(arena, pence, weights[i]), sum);
        Exact whole = exact_floor(arena, quota);
        quotas[i] = (Quota){whole, exact_sub(arena, quota, whole), i};
        left = exact_sub(arena, left, whole);
        if (exact_overflowed(quota)) return false;
    }
    qsort(quotas, count, sizeof *quotas, by_remainder);
    for (uint32_t i = 0; i < count; i++) {
        if (exact_sign(left) > 0) {
            quotas[i].pence = exact_add(arena, quotas[i].pence, exact_from_int(1));
            left = exact_sub(arena, left, exact_from_int(1));
        }
        parts[quotas[i].index] = exact_mul(arena, quotas[i].pence, penny);
    }
    return true;
}
