/* Posting and scales. Nothing else in runtime/money rounds, except where its header says so. */
#include "runtime/money/round.h"

Exact money_post(Arena *arena, Exact pounds) { return exact_round_places(arena, pounds, 2); }

Exact money_in_pounds(Arena *arena, Exact amount, MoneyScale scale) {
    switch (scale) {
    case MONEY_PENCE:
        return exact_mul(arena, amount, exact_from_ratio(arena, 1, 100));
    case MONEY_POUNDS:
        break;
    case MONEY_THOUSANDS:
        return exact_mul(arena, amount, exact_from_int(1000));
    case MONEY_MILLIONS:
        return exact_mul(arena, amount, exact_from_int(1000000));
    }
    return amount;
}
