/* Primary protection of counts, sums and statistics. Looks at one cell only and keeps no
 * memory of others. */
#include "runtime/disclosure/policy.h"

#include <assert.h>
#include <math.h>

static const int64_t COUNT_LIMIT = INT64_C(1) << 62;

static Protected shown(double value) {
    return (Protected){value, false};
}

static Protected withheld(void) {
    return (Protected){NAN, true};
}

int64_t round_midpoint6(int64_t count) {
    assert(count >= 0 && count <= COUNT_LIMIT);
    return count == 0 ? 0 : (count - 1) / 6 * 6 + 3;
}

int64_t round_nearest5(int64_t count) {
    assert(count >= 0 && count <= COUNT_LIMIT);
    return (count + 2) / 5 * 5;
}

/* 10^n for 0 <= n <= 27, exact in extended precision (5^27 < 2^64). */
static long double power_of_ten(int n) {
    long double power = 1;
    while (n-- > 0) power *= 10;
    return power;
}

/* digits * 10^exponent, correctly rounded where both factors are exact doubles. */
static double scale_decimal(int64_t digits, int exponent) {
    double value = (double)digits;
    if (exponent >= 0)
        return exponent <= 22 ? value * (double)power_of_ten(exponent)
                              : (double)(value * powl(10, exponent));
    return exponent >= -22 ? value / (double)power_of_ten(-exponent)
                           : (double)(value / powl(10, -exponent));
}

/* The 15 significant decimal digits of a positive number, as 10^14 <= digits < 10^15, and the
 * power of ten that they stand for. */
static int64_t decimal_digits(double value, int *exponent) {
    int lead = (int)floor(log10(value)), shift = 14 - lead;
    long double scaled = shift >= 0 && shift <= 27   ? value * power_of_ten(shift)
                         : shift < 0 && shift >= -27 ? value / power_of_ten(-shift)
                                                     : value * powl(10, shift);
    int64_t digits = (int64_t)roundl(scaled);
    *exponent = -shift;
    if (digits >= INT64_C(1000000000000000)) {
        digits = (digits + 5) / 10;
        ++*exponent;
    } else if (digits < INT64_C(100000000000000)) {
        digits = (int64_t)roundl(scaled * 10);
        --*exponent;
    }
    return digits;
}

double round_significant(double value, int figures) {
    assert(figures >= 1 && figures <= 15);
    if (value == 0 || !isfinite(value)) return value;
    int exponent;
    int64_t digits = decimal_digits(fabs(value), &exponent), unit = 1;
    for (int i = figures; i < 15; i++) unit *= 10;
    digits = (digits + unit / 2) / unit;
    return copysign(scale_decimal(digits, exponent + 15 - figures), value);
}

/* value + unit, or value where that does not fit. */
static DisclosureInt128 saturating_add(DisclosureInt128 value, DisclosureInt128 unit) {
    DisclosureInt128 sum;
    return __builtin_add_overflow(value, unit, &sum) ? value : sum;
}

DisclosureInt128 round_significant_integer(DisclosureInt128 value, int figures) {
    assert(figures >= 1 && figures <= 15);
    DisclosureInt128 bound = 1, unit = 1;
    for (int i = 0; i < figures; i++) bound *= 10;
    while (value / unit >= bound || value / unit <= -bound) unit *= 10;
    DisclosureInt128 rest = value % unit, base = value - rest;
    if (rest > 0 && rest >= unit - rest) return saturating_add(base, unit);
    if (rest < 0 && -rest >= unit + rest) return saturating_add(base, -unit);
    return base;
}

static bool small(int64_t count) {
    return count > 0 && count < DISCLOSURE_SMALL;
}

Protected protect_people(Policy policy, int64_t people) {
    return protect_events(policy, people, people);
}

Protected protect_events(Policy policy, int64_t events, int64_t people) {
    assert(events >= 0 && people >= 0);
    switch (policy) {
    case POLICY_HES:
        if (small(events) || small(people)) return withheld();
        return shown((double)round_nearest5(events));
    case POLICY_MIDPOINT6: return shown((double)round_midpoint6(events));
    case POLICY_EXACT_INTERNAL: break;
    }
    return shown((double)events);
}

Protected protect_person_years(Policy policy, int64_t people, double years) {
    Protected protected = protect_people(policy, people);
    protected.value *= years;
    return protected;
}

/* The p% rule: could the second largest contributor come within a tenth of the largest? */
static bool dominated(const SumOverPeople *sum) {
    return 10 * (sum->magnitude - sum->largest - sum->second) < sum->largest;
}

Protected protect_sum(Policy policy, const SumOverPeople *sum) {
    assert(sum->people >= 0 && sum->largest >= sum->second && sum->second >= 0);
    if (policy == POLICY_EXACT_INTERNAL) return shown(sum->total);
    if (small(sum->people) || dominated(sum)) return withheld();
    return shown(round_significant(sum->total, DISCLOSURE_FIGURES));
}

bool policy_reads_exact_counts(Policy policy) {
    return policy != POLICY_MIDPOINT6;
}

bool policy_too_few(Policy policy, double events) {
    return policy != POLICY_EXACT_INTERNAL && events < DISCLOSURE_FEW_EVENTS;
}

double policy_round_statistic(Policy policy, double value) {
    return policy == POLICY_HES ? round_significant(value, DISCLOSURE_FIGURES) : value;
}

bool protected_any_suppressed(const Protected *parts, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (parts[i].suppressed) return true;
    return false;
}

static int strictness(Policy policy) {
    switch (policy) {
    case POLICY_EXACT_INTERNAL: return 0;
    case POLICY_HES: return 1;
    case POLICY_MIDPOINT6: return 2;
    }
    return 0;
}

Policy policy_stricter(Policy a, Policy b) {
    return strictness(a) >= strictness(b) ? a : b;
}
