/* What the families of cases share. */
#include "tests/vectors/stats_case.h"

#include <math.h>

const JsonValue *case_arg(const Case *c, const char *name) {
    const JsonValue *value = json_get(json_get(c->entry, SLICE("args")), slice_of(name));
    return value && value->kind != JSON_NULL ? value : NULL;
}

double case_number(const Case *c, const char *name, double otherwise) {
    const JsonValue *value = case_arg(c, name);
    return value ? value->number : otherwise;
}

bool case_flag(const Case *c, const char *name, bool otherwise) {
    const JsonValue *value = case_arg(c, name);
    return value ? value->kind == JSON_TRUE : otherwise;
}

Slice case_word(const Case *c, const char *name, const char *otherwise) {
    const JsonValue *value = case_arg(c, name);
    return value ? value->text : slice_of(otherwise);
}

Slice case_column(const Case *c, const char *role) {
    const JsonValue *value = json_get(json_get(c->entry, SLICE("columns")), slice_of(role));
    return value ? value->text : (Slice){"", 0};
}

Slice case_column_type(const Case *c, Slice column) {
    const JsonValue *data = json_get(json_get(c->entry, SLICE("inputs")), SLICE("data"));
    const JsonValue *type = json_get(json_get(data, SLICE("columns")), column);
    return type ? type->text : (Slice){"", 0};
}

double case_value(const Case *c, const char *role, size_t row) {
    return table_number(c->data, row, case_column(c, role));
}

double *case_values(const Case *c, const char *role) {
    double *values = ARENA_NEW_ARRAY(c->arena, double, c->data->rows + 1);
    for (size_t row = 0; row < c->data->rows; row++) values[row] = case_value(c, role, row);
    return values;
}

Table *case_result(Case *c, const char *name, size_t rows) {
    Table *table = table_new(c->arena, rows);
    c->results[c->result_count++] = (NamedTable){name, table};
    return table;
}

void case_refuse(Case *c, const char *why) {
    if (!c->refusal) c->refusal = why;
}

/* Numbers by value, all else by its bytes. */
static int compare_keys(const Case *c, const Groups *groups, size_t a, size_t b) {
    for (size_t k = 0; k < groups->key_count; k++) {
        Slice name = groups->keys[k];
        double x = table_number(c->data, a, name), y = table_number(c->data, b, name);
        int order = isnan(x) || isnan(y)
                        ? slice_compare(table_text(c->data, a, name), table_text(c->data, b, name))
                        : (x > y) - (x < y);
        if (order != 0) return order;
    }
    return 0;
}

/* The place of a row's group among those found so far, made where there is none. */
static Group *group_of_row(const Case *c, Groups *groups, size_t row) {
    size_t at = 0;
    int order = 1;
    while (at < groups->count &&
           (order = compare_keys(c, groups, row, groups->groups[at].rows[0])) > 0)
        at++;
    if (at < groups->count && order == 0) return &groups->groups[at];
    for (size_t k = groups->count++; k > at; k--) groups->groups[k] = groups->groups[k - 1];
    groups->groups[at] = (Group){ARENA_NEW_ARRAY(c->arena, size_t, c->data->rows), 0};
    return &groups->groups[at];
}

Groups groups_by(const Case *c, Slice *keys, size_t key_count) {
    Groups groups = {keys, key_count, ARENA_NEW_ARRAY(c->arena, Group, c->data->rows + 1), 0};
    for (size_t row = 0; row < c->data->rows; row++) {
        Group *group = group_of_row(c, &groups, row);
        group->rows[group->count++] = row;
    }
    return groups;
}

Groups case_groups(const Case *c) {
    const JsonValue *by = json_get(c->entry, SLICE("group_by"));
    Slice *keys = ARENA_NEW_ARRAY(c->arena, Slice, by->items.count + 1);
    for (uint32_t i = 0; i < by->items.count; i++) keys[i] = by->items.items[i]->text;
    return groups_by(c, keys, by->items.count);
}

void group_copy_keys(const Case *c, const Groups *groups, size_t group, Table *table, size_t row) {
    for (size_t k = 0; k < groups->key_count; k++)
        table_set_text(table, row, groups->keys[k],
                       table_text(c->data, groups->groups[group].rows[0], groups->keys[k]));
}

double *group_values(const Case *c, const Group *group, const char *role) {
    double *values = ARENA_NEW_ARRAY(c->arena, double, group->count + 1);
    for (size_t i = 0; i < group->count; i++) values[i] = case_value(c, role, group->rows[i]);
    return values;
}

/* A level in tenths of a percent. */
static int per_mille(double level) {
    return (int)lround(level * 1000);
}

Slice limit_name(const Case *c, const char *prefix, double level, bool always, const char *suffix) {
    if (c->level_count == 1 && !always) return arena_printf(c->arena, "%s%s", prefix, suffix);
    return arena_printf(c->arena, "%s%d_%d%s", prefix, per_mille(level) / 10, per_mille(level) % 10,
                        suffix);
}

Slice confidence_text(const Case *c) {
    Slice text = {"", 0};
    for (size_t i = 0; i < c->level_count; i++) {
        int tenths = per_mille(c->levels[i]);
        Slice level = tenths % 10 ? arena_printf(c->arena, "%d.%d%%", tenths / 10, tenths % 10)
                                  : arena_printf(c->arena, "%d%%", tenths / 10);
        text = arena_printf(c->arena, "%.*s%s%.*s", SLICE_FMT(text), i > 0 ? ", " : "",
                            SLICE_FMT(level));
    }
    return text;
}

Slice whole_text(const Case *c, const char *before, double value, const char *after) {
    return arena_printf(c->arena, "%s%lld%s", before, (long long)value, after);
}
