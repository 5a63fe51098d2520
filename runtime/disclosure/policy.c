/* Primary protection of counts, sums and statistics. Looks at one cell only and keeps no
 * memory of others. */
#include "runtime/disclosure/policy.h"

#include <assert.h>
#include <math.h>

#include "runtime/base/number.h"

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

static bool same(double a, double b) {
    return fabs(a - b) <= 1e-12 * fabs(b);
}

/* Whoever knows what each contributes knows from the sum how many do. */
static bool counts_in_disguise(const SumOverPeople *sum) {
    double size = fabs(sum->total);
    return sum->rows > 0 &&
           (same(size, (double)sum->people * sum->largest) || same(size, (double)sum->rows) ||
            same(size, (double)sum->rows * sum->unit));
}

Protected protect_sum(Policy policy, const SumOverPeople *sum) {
    assert(sum->people >= 0 && sum->largest >= sum->second && sum->second >= 0);
    if (policy == POLICY_EXACT_INTERNAL) return shown(sum->total);
    if (small(sum->people) || dominated(sum)) return withheld();
    if (counts_in_disguise(sum)) {
        Protected count = protect_events(policy, sum->rows, sum->people);
        count.value *= sum->total / (double)sum->rows;
        return count;
    }
    return shown(number_round_significant(sum->total, DISCLOSURE_FIGURES));
}

bool policy_reads_exact_counts(Policy policy) {
    return policy != POLICY_MIDPOINT6;
}

bool policy_too_few(Policy policy, double events) {
    return policy != POLICY_EXACT_INTERNAL && events < DISCLOSURE_FEW_EVENTS;
}

double policy_round_statistic(Policy policy, double value) {
    return policy == POLICY_HES ? number_round_significant(value, DISCLOSURE_FIGURES) : value;
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
