/* Budgets added up by setting. */
#include "runtime/report/settings.h"

static Setting *setting_named(Settings *settings, Slice name) {
    VEC_EACH(Setting, setting, &settings->items)
    if (slice_equal(setting->name, name)) return setting;
    uint32_t years = settings->years->member_count;
    Setting setting = {.name = name,
                       .before = ARENA_NEW_ARRAY(settings->arena, Exact, years),
                       .after = ARENA_NEW_ARRAY(settings->arena, Exact, years),
                       .absent = ARENA_NEW_ARRAY(settings->arena, bool, years)};
    for (uint32_t i = 0; i < years; i++) setting.before[i] = setting.after[i] = EXACT_ZERO;
    VEC_PUSH(settings->arena, &settings->items, setting);
    return &settings->items.items[settings->items.count - 1];
}

static bool exact_cell(Shown shown, uint32_t cell, Exact *value) {
    if (!shown_present(shown, cell) || shown.array->type.elem != ELEM_EXACT) return false;
    *value = shown.array->as.exact[cell];
    return true;
}

static void add_budget(const ReportInput *input, Settings *settings, const FinanceLine *line) {
    Setting *setting = setting_named(settings, value_word(decl_value(line->decl, "setting")));
    for (uint32_t i = 0; i < settings->years->member_count; i++) {
        int32_t year = settings->years->first + (int32_t)i;
        Exact before, after;
        if (!exact_cell(line->by_year, shown_year_cell(input, line->by_year, year), &before) ||
            !exact_cell(line->after, shown_year_cell(input, line->after, year), &after)) {
            setting->absent[i] = settings->total_absent[i] = true;
            continue;
        }
        setting->before[i] = exact_add(settings->arena, setting->before[i], before);
        setting->after[i] = exact_add(settings->arena, setting->after[i], after);
        settings->total_after[i] = exact_add(settings->arena, settings->total_after[i], after);
    }
}

static void begin(Settings *settings, const ModuleDim *years) {
    settings->years = years;
    settings->total_after = ARENA_NEW_ARRAY(settings->arena, Exact, years->member_count);
    settings->total_absent = ARENA_NEW_ARRAY(settings->arena, bool, years->member_count);
    for (uint32_t i = 0; i < years->member_count; i++) settings->total_after[i] = EXACT_ZERO;
}

Settings settings_read(const ReportInput *input, Arena *arena) {
    Settings settings = {.arena = arena};
    FinanceLines lines = finance_read(input, arena);
    VEC_EACH(const FinanceLine, line, &lines) {
        if (!decl_is(line->decl, "budget") || !line->after.array) continue;
        if (!shown_is_series(input, line->by_year)) continue;
        if (!settings.years) begin(&settings, shown_dim(input, line->by_year, 0));
        add_budget(input, &settings, line);
    }
    return settings;
}

bool settings_cell(const Settings *settings, const Setting *setting, uint32_t year, bool share,
                   double *value) {
    if (setting->absent[year]) return false;
    if (!share) {
        *value = exact_to_double(
            exact_sub(settings->arena, setting->after[year], setting->before[year]));
        return true;
    }
    if (settings->total_absent[year] || exact_is_zero(settings->total_after[year])) return false;
    *value = exact_to_double(
        exact_div(settings->arena, setting->after[year], settings->total_after[year]));
    return true;
}
