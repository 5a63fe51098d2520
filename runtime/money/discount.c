/* Discount factors and present values. Rounds nothing; reals are taken from the last year to
 * the first (Horner's rule), so that no power is rounded on its own. */
#include "runtime/money/discount.h"

#include <math.h>

static Exact growth_of(Arena *arena, Exact rate) {
    return exact_add(arena, exact_from_int(1), rate);
}

void discount_factors(Arena *arena, const Exact *rates, uint32_t count, Exact *factors) {
    for (uint32_t i = 0; i < count; i++)
        factors[i] = i ? exact_div(arena, factors[i - 1], growth_of(arena, rates[i - 1]))
                       : exact_from_int(1);
}

Exact discount_value(Arena *arena, const Exact *flows, uint32_t count, Exact rate) {
    Exact growth = growth_of(arena, rate), value = EXACT_ZERO;
    for (uint32_t i = count; i-- > 0;) {
        if (i + 1 < count) value = exact_div(arena, value, growth);
        value = exact_add(arena, value, flows[i]);
    }
    return value;
}

double discount_value_real(const double *flows, uint32_t count, double rate) {
    double growth = 1 + rate, value = 0;
    if (growth == 0) return NAN;
    for (uint32_t i = count; i-- > 0;) value = flows[i] + value / growth;
    return value;
}
