/* Funding shifts of the money cases: levels by year, their split over the targets, and the
 * budgets left. The order in which a case is rejected is the vectors'. */
#include "runtime/money/allocate.h"
#include "runtime/money/price_base.h"
#include "runtime/money/round.h"
#include "runtime/money/series.h"
#include "tests/vectors/money_case.h"

typedef struct {
    const JsonValue *given;
    Exact *by_year; /* after all shifts, in the end */
} Budget;

typedef struct {
    const JsonValue *given, *to;
    uint32_t from, *targets; /* budgets */
    Exact *shares, *level;
    Exact **parts; /* parts[target][year] */
} Shift;

typedef struct {
    MoneyCase *c;
    const JsonValue *years;
    uint32_t year_count, budget_count, shift_count;
    Budget *budgets;
    Shift *shifts;
} Schedule;

static Slice id_of(const JsonValue *object) { return case_text_of(object, "id"); }

static Slice year_text(const Schedule *s, uint32_t year) {
    return s->years->items.items[year]->text;
}

/* The budget of that name; their number where there is none. */
static uint32_t find_budget(const Schedule *s, Slice id) {
    for (uint32_t i = 0; i < s->budget_count; i++)
        if (slice_equal(id_of(s->budgets[i].given), id)) return i;
    return s->budget_count;
}

static void read_budgets(Schedule *s, const JsonValue *budgets) {
    s->budget_count = budgets->items.count;
    s->budgets = ARENA_NEW_ARRAY(s->c->arena, Budget, s->budget_count);
    for (uint32_t i = 0; i < s->budget_count; i++) {
        Budget *budget = &s->budgets[i];
        budget->given = budgets->items.items[i];
        budget->by_year = ARENA_NEW_ARRAY(s->c->arena, Exact, s->year_count);
        const JsonValue *by_fy = json_get(budget->given, SLICE("by_fy"));
        for (uint32_t y = 0; y < s->year_count; y++)
            budget->by_year[y] = case_exact(s->c, json_get(by_fy, year_text(s, y)));
    }
}

static void read_shift(Schedule *s, Shift *shift, const JsonValue *given) {
    Arena *arena = s->c->arena;
    shift->given = given;
    shift->to = json_get(given, SLICE("to"));
    shift->from = find_budget(s, case_text_of(given, "from"));
    uint32_t count = shift->to->items.count;
    shift->targets = ARENA_NEW_ARRAY(arena, uint32_t, count);
    shift->shares = ARENA_NEW_ARRAY(arena, Exact, count);
    shift->parts = ARENA_NEW_ARRAY(arena, Exact *, count);
    shift->level = ARENA_NEW_ARRAY(arena, Exact, s->year_count);
    for (uint32_t i = 0; i < count; i++) {
        shift->targets[i] = find_budget(s, id_of(shift->to->items.items[i]));
        shift->shares[i] = case_exact_of(s->c, shift->to->items.items[i], "share");
        shift->parts[i] = ARENA_NEW_ARRAY(arena, Exact, s->year_count);
    }
}

static int64_t year_or(const Shift *shift, const char *key, int64_t otherwise) {
    Slice text = case_text_of(shift->given, key);
    return text.length ? case_year(text) : otherwise;
}

/* The level as the plan states it, before any change of price base. */
static Exact stated_level(const Schedule *s, const Shift *shift, uint32_t year) {
    Slice kind = case_text_of(shift->given, "kind"), text = year_text(s, year);
    int64_t fy = case_year(text), start = year_or(shift, "start", 0);
    if (slice_equal(kind, SLICE("percent"))) {
        const JsonValue *percent = json_get(json_get(shift->given, SLICE("percent")), text);
        return shift_share(s->c->arena, s->budgets[shift->from].by_year[year],
                           case_exact(s->c, percent));
    }
    Exact total = case_exact_of(s->c, shift->given, "total");
    if (slice_equal(kind, SLICE("step")))
        return shift_step(total, start, year_or(shift, "until", INT64_MAX), fy);
    if (slice_equal(kind, SLICE("linear")))
        return shift_linear(s->c->arena, total, start, year_or(shift, "end", fy), fy);
    const JsonValue *profile = json_get(json_get(shift->given, SLICE("profile")), text);
    return shift_share(s->c->arena, total, case_exact(s->c, profile));
}

static Exact posted_level(const Schedule *s, const Shift *shift, uint32_t year) {
    Exact level = stated_level(s, shift, year);
    Slice base = case_text_of(shift->given, "price_base");
    const JsonValue *deflator = json_get(s->c->input, SLICE("deflator"));
    if (base.length)
        level = price_to_cash(s->c->arena, level,
                              case_exact(s->c, json_get(deflator, year_text(s, year))),
                              case_exact(s->c, json_get(deflator, base)));
    return money_post(s->c->arena, level);
}

/* The code by which the shift is rejected; NULL: it is not. */
static const char *shift_fault(const Schedule *s, const Shift *shift) {
    uint32_t count = shift->to->items.count;
    if (shift->from == s->budget_count) return "E118";
    for (uint32_t i = 0; i < count; i++)
        if (shift->targets[i] == s->budget_count) return "E118";
    const JsonValue *fenced = json_get(s->budgets[shift->from].given, SLICE("ringfenced"));
    if (fenced && fenced->kind == JSON_TRUE) return "E114";
    int shares = money_shares_against_one(s->c->arena, shift->shares, count);
    if (shares) return shares > 0 ? "E104" : "E105";
    for (uint32_t y = 0; y < s->year_count; y++)
        if (exact_sign(posted_level(s, shift, y)) < 0) return "E119";
    return NULL;
}

static void set_levels(Schedule *s, Shift *shift) {
    Arena *arena = s->c->arena;
    uint32_t count = shift->to->items.count;
    Exact *parts = ARENA_NEW_ARRAY(arena, Exact, count);
    for (uint32_t y = 0; y < s->year_count; y++) {
        shift->level[y] = posted_level(s, shift, y);
        money_allocate(arena, shift->level[y], shift->shares, count, parts);
        for (uint32_t i = 0; i < count; i++) shift->parts[i][y] = parts[i];
    }
}

/* Levels are set; all shifts out of one budget may not pass it in any year. */
static bool check_sources(Schedule *s, uint32_t *budget, uint32_t *year) {
    for (*budget = 0; *budget < s->budget_count; ++*budget)
        for (*year = 0; *year < s->year_count; ++*year) {
            Exact moved = EXACT_ZERO;
            for (uint32_t i = 0; i < s->shift_count; i++)
                if (s->shifts[i].from == *budget)
                    moved = exact_add(s->c->arena, moved, s->shifts[i].level[*year]);
            if (exact_compare(moved, s->budgets[*budget].by_year[*year]) > 0) return false;
        }
    return true;
}

static void move_money(Schedule *s) {
    Arena *arena = s->c->arena;
    for (uint32_t i = 0; i < s->shift_count; i++) {
        const Shift *shift = &s->shifts[i];
        for (uint32_t y = 0; y < s->year_count; y++) {
            Exact *from = &s->budgets[shift->from].by_year[y];
            *from = exact_sub(arena, *from, shift->level[y]);
            for (uint32_t k = 0; k < shift->to->items.count; k++) {
                Exact *to = &s->budgets[shift->targets[k]].by_year[y];
                *to = exact_add(arena, *to, shift->parts[k][y]);
            }
        }
    }
}

/* ---- Writing --------------------------------------------------------------------------------- */

static void write_years(Schedule *s, const char *key, const Exact *by_year) {
    json_key(&s->c->out, slice_of(key));
    json_begin_object(&s->c->out);
    for (uint32_t y = 0; y < s->year_count; y++)
        case_write_posted(s->c, year_text(s, y).data, by_year[y]);
    json_end_object(&s->c->out);
}

static void write_shift(Schedule *s, const Shift *shift) {
    Exact *increment = ARENA_NEW_ARRAY(s->c->arena, Exact, s->year_count);
    for (uint32_t y = 0; y < s->year_count; y++) {
        Exact before = y ? shift->level[y - 1] : EXACT_ZERO;
        increment[y] = exact_sub(s->c->arena, shift->level[y], before);
    }
    json_begin_object(&s->c->out);
    case_write(s->c, "id", id_of(shift->given));
    write_years(s, "level", shift->level);
    write_years(s, "increment", increment);
    json_key(&s->c->out, SLICE("to"));
    json_begin_object(&s->c->out);
    for (uint32_t i = 0; i < shift->to->items.count; i++)
        write_years(s, id_of(shift->to->items.items[i]).data, shift->parts[i]);
    json_end_object(&s->c->out);
    json_end_object(&s->c->out);
}

static Exact total_of(const Schedule *s, uint32_t year) {
    Exact total = EXACT_ZERO;
    for (uint32_t i = 0; i < s->budget_count; i++)
        total = exact_add(s->c->arena, total, s->budgets[i].by_year[year]);
    return total;
}

static void write_budgets(Schedule *s) {
    Arena *arena = s->c->arena;
    json_key(&s->c->out, SLICE("budgets_after"));
    json_begin_object(&s->c->out);
    for (uint32_t i = 0; i < s->budget_count; i++)
        write_years(s, id_of(s->budgets[i].given).data, s->budgets[i].by_year);
    json_end_object(&s->c->out);
    json_key(&s->c->out, SLICE("share_of_total_after"));
    json_begin_object(&s->c->out);
    for (uint32_t i = 0; i < s->budget_count; i++) {
        json_key(&s->c->out, id_of(s->budgets[i].given));
        json_begin_object(&s->c->out);
        for (uint32_t y = 0; y < s->year_count; y++) {
            Exact share = exact_div(arena, s->budgets[i].by_year[y], total_of(s, y));
            case_write(s->c, year_text(s, y).data, exact_format_fixed(arena, share, 8));
        }
        json_end_object(&s->c->out);
    }
    json_end_object(&s->c->out);
}

static void write_schedule(Schedule *s) {
    Exact *imbalance = ARENA_NEW_ARRAY(s->c->arena, Exact, s->year_count);
    for (uint32_t y = 0; y < s->year_count; y++) imbalance[y] = total_of(s, y);
    move_money(s);
    for (uint32_t y = 0; y < s->year_count; y++)
        imbalance[y] = exact_sub(s->c->arena, total_of(s, y), imbalance[y]);
    case_write(s->c, "status", SLICE("ok"));
    json_key(&s->c->out, SLICE("shifts"));
    json_begin_array(&s->c->out);
    for (uint32_t i = 0; i < s->shift_count; i++) write_shift(s, &s->shifts[i]);
    json_end_array(&s->c->out);
    write_budgets(s);
    write_years(s, "imbalance", imbalance);
}

void family_shift_schedule(MoneyCase *c) {
    const JsonValue *shifts = json_get(c->input, SLICE("shifts"));
    Schedule s = {.c = c, .years = json_get(c->input, SLICE("years"))};
    s.year_count = s.years->items.count;
    read_budgets(&s, json_get(c->input, SLICE("budgets")));
    s.shift_count = shifts->items.count;
    s.shifts = ARENA_NEW_ARRAY(c->arena, Shift, s.shift_count);
    for (uint32_t i = 0; i < s.shift_count; i++) {
        read_shift(&s, &s.shifts[i], shifts->items.items[i]);
        const char *fault = shift_fault(&s, &s.shifts[i]);
        if (fault) {
            case_write_rejected(c, fault, id_of(s.shifts[i].given));
            return;
        }
        set_levels(&s, &s.shifts[i]);
    }
    uint32_t budget, year;
    if (check_sources(&s, &budget, &year)) {
        write_schedule(&s);
        return;
    }
    Slice id = id_of(s.budgets[budget].given), fy = year_text(&s, year);
    case_write_rejected(c, "E106",
                        arena_printf(c->arena, "%.*s@%.*s", SLICE_FMT(id), SLICE_FMT(fy)));
}
