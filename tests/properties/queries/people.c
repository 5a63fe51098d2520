/* A random population with its events: columns of every type, values missing, tied, skewed and
 * extreme, tables of no row and of thousands. */
#include "model.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const flag_words[4][2] = {{"0", "1"}, {"N", "Y"}, {"no", "yes"}, {"false", "true"}};

uint64_t chance(Chance *c) {
    uint64_t z = c->state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

int64_t pick(Chance *c, int64_t low, int64_t high) {
    uint64_t span = (uint64_t)high - (uint64_t)low + 1;
    return (int64_t)((uint64_t)low + (span ? chance(c) % span : chance(c)));
}

bool one_in(Chance *c, int64_t n) { return pick(c, 1, n) == 1; }

/* ---- Days ------------------------------------------------------------------------------------- */

/* Days of the Gregorian calendar since 1970-01-01, counted from March so that the leap day ends a
 * year. */
int64_t day_of(int year, int month, int day) {
    int64_t y = month > 2 ? year : year - 1, m = month > 2 ? month - 3 : month + 9;
    return 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 1 - 719468;
}

static void day_parts(int64_t day, int *year, int *month, int *of_month) {
    int y = 1970 + (int)(day / 366) - (day < 0 ? 2 : 1);
    while (day_of(y + 1, 1, 1) <= day) y++;
    int m = 1;
    while (m < 12 && day_of(y, m + 1, 1) <= day) m++;
    *year = y;
    *month = m;
    *of_month = (int)(day - day_of(y, m, 1)) + 1;
}

char *day_text(int64_t day) {
    int y, m, d;
    day_parts(day, &y, &m, &d);
    return join("%04d-%02d-%02d", y, m, d);
}

int financial_year(int64_t day) {
    int y, m, d;
    day_parts(day, &y, &m, &d);
    return m < 4 ? y - 1 : y;
}

static char *year_name(int year) { return join("FY%d/%02d", year, (year + 1) % 100); }

/* ---- Columns ----------------------------------------------------------------------------------- */

static char **member_names(Chance *c, int count) {
    static const char *const words[] = {"a",    "b",  "low", "mid",   "high", "north",
                                        "west", "x1", "y_2", "other", "fit",  "severe"};
    char **names = take((size_t)count * sizeof *names);
    int64_t start = pick(c, 0, 11);
    for (int i = 0; i < count; i++)
        names[i] = i < 12 ? join("%s", words[(start + i) % 12]) : join("m%d", i);
    return names;
}

static void make_column(Batch *batch, Records *table, Sort sort) {
    Chance *c = &batch->chance;
    Column *column = &table->columns[table->column_count];
    column->name = join("%s%d", table == batch->tables ? "c" : table->name, table->column_count);
    if (table != batch->tables) column->name = join("%s_c%d", table->name, table->column_count);
    table->column_count++;
    column->sort = sort;
    column->may_miss = one_in(c, 2);
    if (sort == COLUMN_CODE || sort == COLUMN_ORDERED) {
        column->member_count = one_in(c, 10) ? (int)pick(c, 20, 300) : (int)pick(c, 1, 6);
        column->members = member_names(c, column->member_count);
        column->unknown = column->may_miss && sort == COLUMN_CODE && one_in(c, 2);
    }
    static const int64_t highs[] = {1, 9, 100, 255, 256, 70000, 4000000000, INT64_C(1) << 40};
    if (sort == COLUMN_FLAG && one_in(c, 2)) column->words = (int)pick(c, 1, 3);
    column->low = 0;
    column->high = highs[pick(c, 0, 7)];
    column->ranged = one_in(c, 2);
    if (sort == COLUMN_YEARS) column->high = 120, column->ranged = true;
    if (sort == COLUMN_WHOLE && one_in(c, 3)) column->low = -column->high;
    if (sort == COLUMN_WHOLE && one_in(c, 12)) {
        column->low = INT64_MIN + 1;
        column->high = INT64_MAX;
        column->ranged = false;
    }
    if (sort == COLUMN_PENCE || sort == COLUMN_POUNDS) {
        column->ranged = false;
        column->low = one_in(c, 3) ? -100000 : 0;
        column->high = one_in(c, 4) ? 10000000000 : 500000;
    }
}

static void make_area_column(Batch *batch, Records *table, int geography) {
    make_column(batch, table, COLUMN_AREA);
    Column *column = &table->columns[table->column_count - 1];
    const Geography *places = &batch->geographies[geography];
    column->geography = geography;
    column->name = places->levels[0];
    column->member_count = places->sizes[0];
    column->members = take((size_t)places->sizes[0] * sizeof *column->members);
    for (int i = 0; i < places->sizes[0]; i++)
        column->members[i] = join("%s_%d", places->levels[0], i);
}

static void make_geography(Batch *batch) {
    Chance *c = &batch->chance;
    int g = batch->geography_count++;
    Geography *places = &batch->geographies[g];
    places->name = join("land%d", g);
    places->level_count = (int)pick(c, 1, MOST_LEVELS);
    places->sizes[0] = one_in(c, 5) ? (int)pick(c, 100, 400) : (int)pick(c, 1, 12);
    for (int l = 0; l < places->level_count; l++) {
        places->levels[l] = join("area%d%c", g, 'a' + l);
        places->parent[l] = take((size_t)places->sizes[0] * sizeof(int));
        if (l) places->sizes[l] = (int)pick(c, 1, places->sizes[l - 1] < 8 ? places->sizes[l - 1] : 8);
        for (int i = 0; i < places->sizes[0]; i++) {
            /* the first areas name each member once, in order: members stand in order of the file */
            int below = l ? places->parent[l - 1][i] : i;
            places->parent[l][i] = l ? below * places->sizes[l] / places->sizes[l - 1] : i;
        }
    }
}

/* ---- Rows -------------------------------------------------------------------------------------- */

typedef enum { EVEN, SKEWED, CONSTANT, EXTREME, TIED, CANCELLING } Shape;

static int64_t shaped(Chance *c, Shape shape, int64_t low, int64_t high) {
    switch (shape) {
    case EVEN: return pick(c, low, high);
    case CONSTANT: return low + (high - low) / 3;
    case EXTREME: return one_in(c, 2) ? low : high;
    case CANCELLING: return pick(c, -high, high);
    case TIED: return low + (high / 4 - low / 4) * pick(c, 0, 3);
    case SKEWED: break;
    }
    int64_t best = pick(c, low, high);
    for (int i = 0; i < 4; i++) {
        int64_t other = pick(c, low, high);
        if (other < best) best = other;
    }
    return best;
}

static char *money_text(Chance *c, int64_t pence) {
    const char *sign = pence < 0 ? "-" : "";
    long long size = pence < 0 ? -pence : pence;
    if (size % 100 == 0 && one_in(c, 2)) return join("%s%lld", sign, size / 100);
    if (size % 10 == 0 && one_in(c, 3))
        return join("%s%lld.%lld", sign, size / 100, size % 100 / 10);
    return join("%s%lld.%02lld", sign, size / 100, size % 100);
}

/* Of any size, and as often as not the opposite of one of the same seed: what is left of a sum of
 * such numbers is far smaller than they are. */
static double of_any_size(Chance *c) {
    Chance again = {.state = (uint64_t)pick(c, 1, 5000)};
    double value = ldexp((double)pick(&again, 1, INT64_C(1) << 53), (int)pick(&again, -1000, 800));
    return one_in(c, 2) ? value : -value;
}

static Value decimal(Chance *c, Shape shape) {
    char *text;
    if (shape == CANCELLING)
        text = join("%.17g", of_any_size(c));
    else if (shape == EXTREME && one_in(c, 2))
        text = join("%.17g", (double)pick(c, -1000000, 1000000) * (one_in(c, 2) ? 1e12 : 1e-12));
    else
        text = join("%.*f", (int)pick(c, 0, 6), (double)shaped(c, shape, -1000000, 4000000) / 1000);
    return (Value){.real = strtod(text, NULL), .text = text};
}

static Value make_value(Batch *batch, const Column *column, Shape shape, const Records *table) {
    Chance *c = &batch->chance;
    Value value = {.whole = shaped(c, shape, column->low, column->high)};
    switch (column->sort) {
    case COLUMN_WHOLE:
    case COLUMN_YEARS:
    case COLUMN_PENCE: value.text = join("%lld", (long long)value.whole); break;
    case COLUMN_POUNDS: value.text = money_text(c, value.whole); break;
    case COLUMN_DECIMAL: value = decimal(c, shape); break;
    case COLUMN_DAY: {
        int64_t from = table->covered ? table->from - 40 : day_of(2021, 1, 1);
        int64_t to = table->covered ? table->to + 40 : day_of(2027, 12, 31);
        if (table == batch->tables) from = day_of(1920, 1, 1);
        value.whole = shaped(c, shape, from, to);
        value.text = day_text(value.whole);
        break;
    }
    case COLUMN_FLAG: {
        value.whole = shaped(c, shape, 0, 1);
        value.text = join("%s", flag_words[column->words][value.whole]);
        break;
    }
    case COLUMN_CODE:
    case COLUMN_ORDERED:
    case COLUMN_AREA:
        value.whole = shaped(c, shape, 0, column->member_count - 1);
        value.text = column->members[value.whole];
        break;
    }
    return value;
}

static void fill_column(Batch *batch, Records *table, int index) {
    Chance *c = &batch->chance;
    const Column *column = &table->columns[index];
    static const int shares[] = {0, 3, 30, 97, 100};
    int64_t share = column->may_miss ? shares[one_in(c, 8) ? pick(c, 3, 4) : pick(c, 0, 2)] : 0;
    Shape shape = one_in(c, 2) ? EVEN : (Shape)pick(c, EVEN, TIED);
    bool number = column->sort == COLUMN_DECIMAL || column->sort == COLUMN_PENCE;
    if (number && (batch->many || one_in(c, 6))) shape = CANCELLING;
    for (int r = 0; r < table->rows; r++) {
        Value *value = &table->values[(size_t)r * (size_t)table->column_count + (size_t)index];
        *value = make_value(batch, column, shape, table);
        if (pick(c, 1, 100) <= share) *value = (Value){.missing = true, .text = ""};
    }
}

static void fill(Batch *batch, Records *table, int rows) {
    table->rows = rows;
    table->values = take((size_t)rows * (size_t)table->column_count * sizeof *table->values);
    table->gone = take((size_t)rows * sizeof *table->gone);
    for (int i = 0; i < table->column_count; i++) fill_column(batch, table, i);
}

int snapshot_of(const Batch *batch, int year) {
    for (int s = 0; s < batch->snapshots; s++)
        if (batch->years[s] == year) return s;
    return -1;
}

/* A row that a smaller case goes without, or of somebody who has none left. */
bool in_no_file(const Batch *batch, const Records *table, int row) {
    const Records *people = &batch->tables[0];
    if (table->gone[row]) return true;
    if (table == people || table->person[row] < 0) return false;
    const int *rows = people->rows_of[table->person[row]];
    for (int s = 0; s < 2; s++)
        if (rows[s] >= 0 && !people->gone[rows[s]]) return false;
    return true;
}

int row_count(const Records *table) {
    int count = 0;
    for (int r = 0; r < table->rows; r++) count += !table->gone[r];
    return count;
}

/* ---- Tables ------------------------------------------------------------------------------------ */

static int how_many_people(Chance *c) {
    static const int sizes[] = {0, 1, 2, 7, 31, 100, 100, 400, 400, 400, 1000, 1000, 2500, 6000};
    int size = sizes[pick(c, 0, 13)];
    if (one_in(c, 25)) size = 20000;
    return size > 7 ? size + (int)pick(c, -5, 5) : size;
}

static void make_columns(Batch *batch, Records *people) {
    Chance *c = &batch->chance;
    if (!one_in(c, 6)) make_column(batch, people, COLUMN_YEARS);
    for (int g = 0; g < batch->geography_count; g++)
        if (g == 0 || one_in(c, 2)) make_area_column(batch, people, g);
    int64_t more = pick(c, 3, 10);
    for (int64_t i = 0; i < more; i++)
        make_column(batch, people, (Sort)pick(c, COLUMN_WHOLE, COLUMN_ORDERED));
}

static void make_population(Batch *batch) {
    Chance *c = &batch->chance;
    Records *people = &batch->tables[0];
    batch->table_count = 1;
    people->name = "people";
    people->file = "people.csv";
    people->dated = -1;
    if (batch->many) {
        make_column(batch, people, COLUMN_CODE);
        make_column(batch, people, COLUMN_DECIMAL);
        make_column(batch, people, COLUMN_PENCE);
    } else {
        make_columns(batch, people);
    }
    int first = batch->many ? batch->many : how_many_people(c), fewer = (int)pick(c, 0, first / 4);
    int second = batch->snapshots > 1 ? first + (int)pick(c, -fewer, first / 4) : 0;
    fill(batch, people, first + second);
    people->person = take((size_t)people->rows * sizeof *people->person);
    people->snapshot = take((size_t)people->rows * sizeof *people->snapshot);
    people->rows_of = take((size_t)people->rows * sizeof *people->rows_of);
    for (int r = 0; r < people->rows; r++) people->rows_of[r][0] = people->rows_of[r][1] = -1;
    people->ids = take((size_t)people->rows * sizeof *people->ids);
    uint64_t spread = chance(c) | 1; /* odd: a permutation of 32 bits */
    for (int r = 0; r < people->rows; r++) {
        people->snapshot[r] = r >= first;
        people->person[r] = r < first ? r : r - first + fewer; /* some gone, some new */
        people->rows_of[people->person[r]][people->snapshot[r]] = r;
        people->ids[r] = join("%s%u", people->rows % 2 ? "N" : "",
                              (uint32_t)people->person[r] * (uint32_t)spread);
    }
}

static void choose_people(Batch *batch, Records *events, Shape shape) {
    Chance *c = &batch->chance;
    events->person = take((size_t)events->rows * sizeof *events->person);
    const Records *people = &batch->tables[0];
    for (int r = 0; r < events->rows; r++) {
        int somebody = people->rows ? (int)shaped(c, shape, 0, people->rows - 1) : -1;
        events->person[r] = somebody < 0 ? -1 : people->person[somebody];
        if (batch->orphans && one_in(c, 20)) events->person[r] = -1;
    }
}

static bool area_taken(const Batch *batch, int geography) {
    for (int t = 0; t < batch->table_count; t++)
        for (int i = 0; i < batch->tables[t].column_count; i++) {
            const Column *column = &batch->tables[t].columns[i];
            if (column->sort == COLUMN_AREA && column->geography == geography) return true;
        }
    return false;
}

static void make_events(Batch *batch) {
    Chance *c = &batch->chance;
    Records *events = &batch->tables[batch->table_count];
    events->name = join("e%d", batch->table_count);
    events->file = join("e%d.csv", batch->table_count);
    events->dated = -1;
    if (!one_in(c, 4)) {
        events->dated = 0;
        events->covered = !one_in(c, 4);
        events->from = day_of(batch->as_at_year - (int)pick(c, 0, 2), 4, 1);
        events->to = day_of(batch->as_at_year + 1 + (int)pick(c, 0, 1), 3, 31);
        if (one_in(c, 3)) events->from += pick(c, -200, 400);
        if (one_in(c, 3)) events->to -= pick(c, -100, 200);
        if (events->from > events->to) events->to = events->from;
        make_column(batch, events, COLUMN_DAY);
    }
    for (int g = 0; g < batch->geography_count; g++)
        if (!area_taken(batch, g)) make_area_column(batch, events, g);
    int64_t more = pick(c, 1, 5);
    for (int64_t i = 0; i < more; i++)
        make_column(batch, events, (Sort)pick(c, COLUMN_WHOLE, COLUMN_ORDERED));
    batch->table_count++;
    int people = batch->tables[0].rows;
    int rows = one_in(c, 8) ? (int)pick(c, 0, 1) : (int)pick(c, 0, 3 * (int64_t)people);
    fill(batch, events, people || batch->orphans ? rows : 0);
    choose_people(batch, events, one_in(c, 3) ? SKEWED : EVEN);
}

/* ---- By what they can be split ----------------------------------------------------------------- */

static Dim *add_dim(Batch *batch, const char *name, DimSort sort, int table, int size) {
    if (batch->dim_count == MOST_DIMS) stop("too many dimensions");
    Dim *dim = &batch->dims[batch->dim_count++];
    *dim = (Dim){.name = join("%s", name), .sort = sort, .table = table, .size = size};
    dim->labels = take((size_t)size * sizeof *dim->labels);
    dim->uncovered = take((size_t)size * sizeof *dim->uncovered);
    return dim;
}

static void add_levels(Batch *batch, const Column *column, int table) {
    const Geography *places = &batch->geographies[column->geography];
    for (int l = 0; l < places->level_count; l++) {
        Dim *dim = add_dim(batch, places->levels[l], BY_CODE, table, places->sizes[l]);
        dim->sql = join("(SELECT l%d FROM %s WHERE l0 = %s.%s)", l, places->name,
                        table ? "e" : "p", column->name);
        for (int i = 0; i < dim->size; i++) dim->labels[i] = join("%s_%d", places->levels[l], i);
    }
}

static void add_column_dim(Batch *batch, int table, const Column *column) {
    const char *alias = table ? "e" : "p";
    if (column->sort == COLUMN_AREA) add_levels(batch, column, table);
    if (column->sort != COLUMN_CODE && column->sort != COLUMN_ORDERED) return;
    int count = column->member_count;
    Dim *dim = add_dim(batch, column->name, BY_CODE, table, count + column->unknown);
    dim->sql = column->unknown ? join("ifnull(%s.%s, %d)", alias, column->name, count)
                               : join("%s.%s", alias, column->name);
    for (int i = 0; i < count; i++) dim->labels[i] = column->members[i];
    if (column->unknown) dim->labels[count] = "unknown";
}

static void add_band(Batch *batch, int table, const Column *column, int number) {
    Chance *c = &batch->chance;
    int64_t low = column->ranged ? column->low : 0, starts[40];
    int64_t high = column->high < 1000000 ? column->high : 1000;
    int count = 0;
    starts[count++] = pick(c, low < 0 ? 0 : low, low < 0 ? 1 : low + 1);
    int64_t step = pick(c, 1, high / 6 + 1), listed = pick(c, 0, 3);
    char *text = join("%lld", (long long)starts[0]);
    for (int64_t i = 0; i < listed; i++) {
        starts[count] = starts[count - 1] + pick(c, 1, 2 * step);
        text = join("%s, %lld", text, (long long)starts[count++]);
    }
    if (one_in(c, 2)) {
        int64_t last = starts[count - 1] + pick(c, 0, 10) * step + pick(c, 0, step - 1);
        text = join("%s to %lld every %lld", text, (long long)last, (long long)step);
        for (; starts[count - 1] + step <= last; count++) starts[count] = starts[count - 1] + step;
    }
    Dim *dim = add_dim(batch, join("band%d", number), BY_CODE, table, count);
    dim->declared = join("dimension %s of %s = band(%s from %s)", dim->name,
                         batch->tables[table].name, column->name, text);
    char *value = join("%s.%s", table ? "e" : "p", column->name);
    dim->sql = join("CASE WHEN %s < %lld THEN NULL", value, (long long)starts[0]);
    for (int i = 0; i < count; i++) {
        long long from = starts[i], to = i + 1 < count ? starts[i + 1] - 1 : -1;
        bool last = i + 1 == count;
        bool closed = last && column->ranged && column->high == from;
        dim->labels[i] = closed                    ? join("%lld", from)
                         : last                    ? join("%lld+", from)
                         : from == to ? join("%lld", from)
                                                   : join("%lld-%lld", from, to);
        dim->sql = last ? join("%s WHEN %s >= %lld THEN %d END", dim->sql, value, from, i)
                        : join("%s WHEN %s <= %lld THEN %d", dim->sql, value, to, i);
    }
}

/* Groups of equal size among all people, within strata or not, by the rule of phe_quantile: the
 * function `quantile_group` of answers.c. */
static void add_groups(Batch *batch, const Column *column, int number) {
    Chance *c = &batch->chance;
    static const int counts[] = {2, 3, 4, 5, 7, 10, 14, 20, 100};
    int groups = counts[pick(c, 0, 8)], strata = 0;
    char *within = "", *keys = "0", *present = "1";
    for (int d = 0; d < batch->dim_count && strata < 2; d++) {
        const Dim *dim = &batch->dims[d];
        if (dim->table || dim->declared || dim->size > 50 || !one_in(c, 4)) continue;
        within = join("%s %s %s", within, strata++ ? "*" : "within", dim->name);
        keys = join("%s, %s", keys, dim->sql);
        present = join("%s AND %s IS NOT NULL", present, dim->sql);
    }
    bool turned = one_in(c, 4);
    const char *using = turned ? " using highest_first" : "";
    Dim *dim = add_dim(batch, join("group%d", number), BY_CODE, 0, groups);
    char *call = groups == 5 && one_in(c, 2)    ? join("quintile(%s%s%s)", column->name, within, using)
                 : groups == 10 && one_in(c, 2) ? join("decile(%s%s%s)", column->name, within, using)
                                                : join("quantile_group(%s into %d%s%s)",
                                                       column->name, groups, within, using);
    dim->declared = join("dimension %s of people = %s", dim->name, call);
    dim->ready = join("CREATE TABLE %s AS SELECT p.snapshot AS snapshot, p.id AS id,"
                      " quantile_group(count(*) OVER (PARTITION BY p.snapshot, %s), rank() OVER"
                      " (PARTITION BY p.snapshot, %s ORDER BY p.%s%s), %d) AS n FROM p"
                      " WHERE p.%s IS NOT NULL AND %s;"
                      "CREATE UNIQUE INDEX %s_id ON %s(snapshot, id)",
                      dim->name, keys, keys, column->name, turned ? " DESC" : "", groups,
                      column->name, present, dim->name, dim->name);
    dim->sql = join("(SELECT n FROM %s WHERE id = p.id AND snapshot = p.snapshot)", dim->name);
    for (int i = 0; i < groups; i++) dim->labels[i] = join("%d", i + 1);
}

static void add_declared(Batch *batch) {
    int number = 0;
    for (int t = 0; t < batch->table_count; t++)
        for (int i = 0; i < batch->tables[t].column_count; i++) {
            const Column *column = &batch->tables[t].columns[i];
            bool whole = column->sort == COLUMN_WHOLE || column->sort == COLUMN_YEARS;
            bool number_of_any = whole || column->sort == COLUMN_DECIMAL ||
                                 column->sort == COLUMN_PENCE || column->sort == COLUMN_POUNDS;
            if (whole && t == 0 && number < 8) add_band(batch, t, column, number++);
            if (number_of_any && t == 0 && number < 8 && one_in(&batch->chance, 2))
                add_groups(batch, column, number++);
        }
}

/* ---- Periods ----------------------------------------------------------------------------------- */

static bool year_covered(const Records *events, int year) {
    return !events->covered ||
           (events->from <= day_of(year, 4, 1) && events->to >= day_of(year + 1, 3, 31));
}

static int usual_year(const Batch *batch) {
    for (int s = batch->snapshots; s-- > 0;) {
        bool known = true;
        for (int t = 1; t < batch->table_count; t++)
            known &= batch->tables[t].dated < 0 || year_covered(&batch->tables[t], batch->years[s]);
        if (known) return batch->years[s];
    }
    return batch->as_at_year;
}

/* Years: from the first that data stand for to the last, whoever's. */
static void add_years(Batch *batch, int table) {
    int first = batch->years[0], last = batch->as_at_year;
    for (int t = 1; t < batch->table_count; t++) {
        const Records *events = &batch->tables[t];
        if (events->dated < 0 || !events->covered) continue;
        if (financial_year(events->from) < first) first = financial_year(events->from);
        if (financial_year(events->to) > last) last = financial_year(events->to);
    }
    Dim *dim = add_dim(batch, "fy", BY_YEAR, table, last - first + 1);
    for (int i = 0; i < dim->size; i++) {
        dim->labels[i] = year_name(first + i);
        dim->uncovered[i] = table ? !year_covered(&batch->tables[table], first + i)
                                  : snapshot_of(batch, first + i) < 0;
    }
    if (!table) {
        dim->sql = join("CASE p.snapshot WHEN 0 THEN %d ELSE %d END", batch->years[0] - first,
                        batch->as_at_year - first);
        return;
    }
    char *day = join("e.%s", batch->tables[table].columns[0].name);
    dim->sql = join("(CAST(substr(%s, 1, 4) AS INTEGER) - (substr(%s, 6, 2) < '04') - %d)", day, day,
                    first);
}

/* The first day of the n-th period since year 0, or since 1970 for weeks, which begin on Mondays. */
static int64_t period_start(DimSort sort, int64_t n) {
    if (sort == BY_WEEK) return 7 * n + day_of(1970, 1, 5);
    int64_t months = sort == BY_QUARTER ? 3 * n : n;
    return day_of((int)(months / 12), (int)(months % 12) + 1, 1);
}

static char *period_label(DimSort sort, int64_t n) {
    int64_t start = period_start(sort, n);
    if (sort == BY_WEEK) return day_text(start);
    if (sort == BY_MONTH) return join("%.7s", day_text(start));
    int year = financial_year(start);
    return join("%sQ%d", year_name(year), (int)((n + 3) % 4) + 1);
}

/* Periods that lie within what the events cover, all together; each table may cover less. */
static void add_periods(Batch *batch, int table, DimSort sort, const char *name) {
    const Records *events = &batch->tables[table];
    int64_t from = INT64_MAX, to = INT64_MIN;
    for (int t = 1; t < batch->table_count; t++) {
        const Records *other = &batch->tables[t];
        if (other->dated < 0 || !other->covered) continue;
        if (other->from < from) from = other->from;
        if (other->to > to) to = other->to;
    }
    if (from > to) return;
    int64_t first = sort == BY_WEEK ? (from - day_of(1970, 1, 5)) / 7 - 2
                                    : financial_year(from) * (sort == BY_MONTH ? 12 : 4);
    while (period_start(sort, first) < from) first++;
    int64_t end = first;
    while (period_start(sort, end + 1) <= to + 1) end++;
    if (end == first) return;
    Dim *dim = add_dim(batch, name, sort, table, (int)(end - first));
    for (int i = 0; i < dim->size; i++) {
        dim->labels[i] = period_label(sort, first + i);
        dim->uncovered[i] = events->covered && (period_start(sort, first + i) < events->from ||
                                                period_start(sort, first + i + 1) > events->to + 1);
    }
    char *day = join("e.%s", events->columns[0].name);
    char *months = join("(substr(%s, 1, 4) * 12 + substr(%s, 6, 2) - 1)", day, day);
    dim->sql = sort == BY_WEEK
                   ? join("CAST((julianday(%s) - julianday('1970-01-05')) / 7 AS INTEGER) - %lld",
                          day, (long long)first)
                   : join("%s / %d - %lld", months, sort == BY_QUARTER ? 3 : 1, (long long)first);
}

bool may_split(const Batch *batch, int dim, int table) {
    return batch->dims[dim].table == table ||
           (batch->dims[dim].table == 0 && batch->dims[dim].sort == BY_CODE);
}

void make_people(Batch *batch) {
    Chance *c = &batch->chance;
    batch->snapshots = batch->many || !one_in(c, 3) ? 1 : 2;
    batch->years[0] = (int)pick(c, 2021, 2024);
    batch->years[1] = batch->years[0] + (int)pick(c, 1, 2);
    for (int s = 0; s < 2; s++)
        batch->dates[s] = day_text(day_of(batch->years[s], 4, 1) + pick(c, 0, 364));
    batch->as_at_year = batch->years[batch->snapshots - 1];
    batch->orphans = one_in(c, 3);
    batch->crlf = one_in(c, 5);
    batch->quoted = one_in(c, 4);
    for (int64_t n = pick(c, 1, 2); n > 0; n--) make_geography(batch);
    make_population(batch);
    batch->most_cells = one_in(c, 12) ? 40000 : 3000;
    for (int64_t n = batch->many ? 0 : pick(c, 0, 3); n > 0; n--) make_events(batch);
    batch->usual_year = usual_year(batch);
    for (int t = 0; t < batch->table_count; t++)
        for (int i = 0; i < batch->tables[t].column_count; i++)
            add_column_dim(batch, t, &batch->tables[t].columns[i]);
    add_declared(batch);
    add_years(batch, 0);
    for (int t = 1; t < batch->table_count; t++) {
        if (batch->tables[t].dated < 0) continue;
        add_years(batch, t);
        add_periods(batch, t, BY_QUARTER, "quarter");
        add_periods(batch, t, BY_MONTH, "month");
        add_periods(batch, t, BY_WEEK, "week");
    }
}
