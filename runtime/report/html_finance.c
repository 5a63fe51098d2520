/* Money: budgets before and after the shifts, what is moved, what that does to the share of
 * each setting, and what the intentions cost. Sums of what is there; a sum over an absent
 * amount is absent. */
#include <math.h>

#include "runtime/report/html.h"

#include "runtime/report/settings.h"

static MoneyRows rows_of(Html *html, const char *kind, const char *clause) {
    MoneyRows rows = {0};
    EACH_DECL(html->input, decl, kind, NULL) {
        Shown by_year = shown_field(html->input, decl_value(decl, clause));
        if (!shown_is_series(html->input, by_year)) continue;
        VEC_PUSH(html->arena, &rows, (MoneyRow){.link = decl, .by_year = by_year});
    }
    return rows;
}

static void money_of(Html *html, const char *kind, const char *clause, const char *caption,
                     const char *first_column) {
    MoneyRows rows = rows_of(html, kind, clause);
    if (rows.count) html_money_table(html, slice_of(caption), first_column, &rows, true);
}

/* ---- Price base ----------------------------------------------------------------------------- */

static void price_note(Html *html) {
    FinanceLines lines = finance_read(html->input, html->arena);
    bool cash = false;
    int32_t real = 0;
    VEC_EACH(FinanceLine, line, &lines) {
        if (line->by_year.unit->price_year)
            real = line->by_year.unit->price_year;
        else
            cash = true;
    }
    html_raw(html, "<p>Amounts are in millions of pounds, posted to the nearest penny and shown "
                   "rounded, so that columns may not add exactly. ");
    if (cash && !real)
        html_raw(html, "They are cash: no allowance for inflation has been taken out.");
    if (real) {
        html_raw(html, cash ? "They are cash, but for those said to be at " : "They are at ");
        html_text(html, format_year(html->arena, real));
        html_raw(html, " prices.");
    }
    html_raw(html, "</p>\n");
}

/* ---- Settings -------------------------------------------------------------------------------- */

static Slice setting_title(Html *html, const Setting *setting) {
    return setting->name.length ? word_title(html, setting->name) : SLICE("No setting stated");
}

static void settings_table(Html *html, const Settings *settings, const char *caption, bool share) {
    html_table_begin(html, slice_of(caption));
    html_column(html, SLICE("Setting"), false);
    for (uint32_t i = 0; i < settings->years->member_count; i++)
        html_column(html, format_member(settings->years, i), true);
    html_rows_begin(html);
    VEC_EACH(const Setting, setting, &settings->items) {
        html_row_begin(html);
        html_row_heading(html, setting_title(html, setting));
        for (uint32_t i = 0; i < settings->years->member_count; i++) {
            html_cell_begin(html, true);
            double value;
            if (!settings_cell(settings, setting, i, share, &value))
                html_mark(html, ABSENT_MISSING);
            else
                html_text(html, share ? format_share(html->arena, value)
                                      : format_millions(html->arena, value, 3));
            html_cell_end(html);
        }
        html_row_end(html);
    }
    html_table_end(html);
}

static void settings_chart(Html *html, const Settings *settings, Slice title) {
    uint32_t years = settings->years->member_count, count = settings->items.count;
    Slice *names = ARENA_NEW_ARRAY(html->arena, Slice, count);
    double *shares = ARENA_NEW_ARRAY(html->arena, double, (size_t)years *count);
    for (uint32_t i = 0; i < count; i++) {
        const Setting *setting = &settings->items.items[i];
        names[i] = setting_title(html, setting);
        for (uint32_t year = 0; year < years; year++) {
            double *share = &shares[(size_t)year * count + i];
            if (!settings_cell(settings, setting, year, true, share)) *share = NAN;
        }
    }
    html_shares_chart(html, title, &(Shares){settings->years, names, count, shares});
}

static void settings_tables(Html *html) {
    Settings settings = settings_read(html->input, html->arena);
    if (!settings.years || settings.items.count < 2) return;
    html_heading(html, 3, SLICE("Where the money goes"));
    settings_table(html, &settings, "Net change of each setting after all shifts, £ million",
                   false);
    settings_chart(html, &settings, SLICE("Share of these budgets by setting after all shifts"));
    settings_table(html, &settings, "Share of these budgets by setting after all shifts, %", true);
}

/* ---- Section --------------------------------------------------------------------------------- */

static void intention_costs(Html *html) {
    MoneyRows rows = {0};
    FinanceLines lines = finance_read(html->input, html->arena);
    VEC_EACH(const FinanceLine, line, &lines) {
        if (!decl_is(line->decl, "intention")) continue;
        Slice as = line->as.length ? word_title(html, line->as) : SLICE("");
        VEC_PUSH(html->arena, &rows,
                 (MoneyRow){.label = as, .link = line->decl, .by_year = line->by_year});
    }
    if (!rows.count) return;
    html_heading(html, 3, SLICE("What the intentions cost"));
    html_money_table(html, SLICE("Cost of the commissioning intentions"), "Intention", &rows, true);
}

static void budgets(Html *html) {
    Decls decls = decls_of_kind(html, "budget", NULL);
    if (!decls.count) return;
    html_heading(html, 3, SLICE("Budgets"));
    html_decls(html, 4, SLICE("What each budget is"), &decls);
    money_of(html, "budget", "by_year", "Budgets before shifts", "Budget");
    money_of(html, "budget", "after_shifts", "Budgets after all shifts", "Budget");
}

static void shifts(Html *html) {
    Decls decls = decls_of_kind(html, "funding_shift", NULL);
    if (!decls.count) return;
    html_heading(html, 3, SLICE("Money moved"));
    money_of(html, "funding_shift", "by_year", "Funding shifts", "Shift");
    for (uint32_t i = 0; i < decls.count; i++) {
        html_raw(html, "<article class=\"card\">\n");
        html_decl_heading(html, 4, decls.items[i]);
        html_markdown(html, decls.items[i]->doc);
        html_other_clauses(html, decls.items[i], (const char *const[]){"amount", NULL});
        html_raw(html, "</article>\n");
    }
}

void section_finance(Html *html) {
    FinanceLines lines = finance_read(html->input, html->arena);
    html_placed_texts(html, "finance");
    if (!lines.count) return;
    price_note(html);
    budgets(html);
    shifts(html);
    settings_tables(html);
    intention_costs(html);
    html_kind(html, 3, "pot", "Pots");
}
