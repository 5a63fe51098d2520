/* Price bases, exact. Which index belongs to which year is the plan's table to say. */
#include "runtime/money/price_base.h"

Exact price_to_real(Arena *arena, Exact cash, Exact index_of_year, Exact index_of_base) {
    return exact_div(arena, exact_mul(arena, cash, index_of_base), index_of_year);
}

Exact price_to_cash(Arena *arena, Exact real, Exact index_of_year, Exact index_of_base) {
    return exact_div(arena, exact_mul(arena, real, index_of_year), index_of_base);
}

Exact price_growth(Arena *arena, Exact before, Exact after) {
    return exact_sub(arena, exact_div(arena, after, before), exact_from_int(1));
}
