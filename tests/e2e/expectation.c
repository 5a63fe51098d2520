/* Expectations, and plans made to fit a vector. */
#include "expectation.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- Reading --------------------------------------------------------------------------------- */

static void add_statement(Expectation *expectation, const char *line) {
    if (expectation->count == MOST_STATEMENTS) stop("%s is too long", expectation->path);
    Statement statement = {.line = copy_text(line, strlen(line))};
    char *rest = copy_text(line, strlen(line)), *word;
    while ((word = strtok_r(rest, " ", &rest))) {
        if (statement.count == MOST_WORDS) stop("%s: too many words: %s", expectation->path, line);
        statement.words[statement.count++] = word;
    }
    if (statement.count && statement.words[0][0] != '#')
        expectation->statements[expectation->count++] = statement;
}

Expectation read_expectation(const char *path) {
    Expectation expectation = {.path = path};
    char *rest = read_file(path), *line;
    while ((line = strtok_r(rest, "\n", &rest))) add_statement(&expectation, line);
    return expectation;
}

/* ---- Vectors ---------------------------------------------------------------------------------- */

static const char *argument_of(const Json *vector, const char *name) {
    if (strcmp(name, "function") == 0) return text_of(member(vector, "function"));
    return text_of(member(member(vector, "args"), name));
}

const Json *expected_result(const Json *vector) {
    return member(member(vector, "expected"), "result");
}

char *input_path(const Json *vector, const char *directory, const char *name) {
    const char *file = text_of(member(member(member(vector, "inputs"), name), "file"));
    if (!file) stop("the vector has no input %s", name);
    return join("%s/%s", directory, file);
}

static bool condition_holds(const Json *vector, const char *condition) {
    const char *equals = strchr(condition, '=');
    if (!equals) stop("a condition is ARGUMENT=VALUE, not %s", condition);
    const char *value =
        argument_of(vector, copy_text(condition, (size_t)(equals - condition)));
    return value && strcmp(value, equals + 1) == 0;
}

int expectation_fits(const Expectation *expectation, const Json *vector) {
    int best = -1;
    for (size_t i = 0; i < expectation->count; i++) {
        const Statement *statement = &expectation->statements[i];
        if (strcmp(statement->words[0], "function") != 0 || statement->count < 2) continue;
        if (!is_text(member(vector, "function"), statement->words[1])) continue;
        bool all = true;
        for (size_t w = 2; w < statement->count; w++)
            all &= condition_holds(vector, statement->words[w]);
        int conditions = (int)statement->count - 2;
        if (all && conditions > best) best = conditions;
    }
    return best;
}

/* ---- Words ------------------------------------------------------------------------------------ */

static bool in_word(char c) {
    return isalnum((unsigned char)c) || c == '_' || c == '%';
}

char *replace_word(const char *text, const char *from, const char *to) {
    size_t length = strlen(from), room = strlen(text) * (strlen(to) + 1) + 1;
    char *result = take(room), *out = result;
    for (const char *at = text; *at;) {
        bool begins = at == text || !in_word(at[-1]);
        if (begins && strncmp(at, from, length) == 0 && !in_word(at[length])) {
            out += sprintf(out, "%s", to);
            at += length;
        } else {
            *out++ = *at++;
        }
    }
    return result;
}

/* argument NAME[:DEFAULT] WORD [VALUE=WORD …] */
const char *argument_word(const Statement *argument, const Json *vector) {
    const char *name = argument->words[1], *colon = strchr(name, ':');
    if (colon) name = copy_text(name, (size_t)(colon - name));
    const char *value = argument_of(vector, name);
    if (!value && colon) value = colon + 1;
    for (size_t w = 3; value && w < argument->count; w++) {
        const char *equals = strchr(argument->words[w], '=');
        size_t length = equals ? (size_t)(equals - argument->words[w]) : 0;
        if (equals && strlen(value) == length && strncmp(argument->words[w], value, length) == 0)
            return equals + 1;
    }
    return value;
}

static bool is_argument(const Statement *statement) {
    return strcmp(statement->words[0], "argument") == 0 && statement->count >= 3;
}

Expectation for_vector(const Expectation *expectation, const Json *vector) {
    Expectation made = *expectation;
    for (size_t a = 0; a < expectation->count; a++) {
        const Statement *argument = &expectation->statements[a];
        const char *word = is_argument(argument) ? argument_word(argument, vector) : NULL;
        for (size_t i = 0; word && i < made.count; i++) {
            Statement *statement = &made.statements[i];
            if (is_argument(statement)) continue;
            for (size_t w = 1; w < statement->count; w++)
                statement->words[w] = replace_word(statement->words[w], argument->words[2], word);
        }
    }
    return made;
}

/* ---- Levels ------------------------------------------------------------------------------------ */

static void add_level(Levels *levels, double percent, bool only) {
    if (levels->count == sizeof levels->levels / sizeof levels->levels[0]) return;
    for (size_t i = 0; i < levels->count; i++)
        if (levels->levels[i].percent == percent) return;
    Level level = {.percent = percent, .only = only, .written = join("%g%%", percent)};
    level.columns = join("%.0f_%.0fcl", floor(percent), fmod(percent, 1) * 10);
    level.name = join("%g", percent);
    char *point = strchr(level.name, '.');
    if (point) memmove(point, point + 1, strlen(point));
    levels->levels[levels->count++] = level;
}

/* `…lower99_8cl` */
static void level_of_column(Levels *levels, const char *name) {
    const char *lower = strstr(name, "lower");
    int whole, tenth;
    char end;
    if (lower && sscanf(lower, "lower%d_%dc%c", &whole, &tenth, &end) == 3 && end == 'l')
        add_level(levels, whole + tenth / 10.0, false);
}

Levels levels_of(const Json *vector) {
    Levels levels = {.count = 0};
    const Json *columns = member(expected_result(vector), "columns");
    for (size_t i = 0; columns && i < columns->count; i++)
        level_of_column(&levels, columns->names[i]);
    if (levels.count) return levels;
    double asked = number_of(member(member(vector, "args"), "confidence"));
    add_level(&levels, isnan(asked) ? 95 : asked > 1 ? asked : asked * 100, true);
    return levels;
}

/* ---- Plans ------------------------------------------------------------------------------------- */

/* Whether the events are of that kind: `ed_attendances` of events `ed_attendance`. */
static bool is_kind_of_event(const char *declared, const char *singular) {
    const char *events = strstr(declared, "column  event");
    const char *found = events ? strstr(events, singular) : NULL;
    return found && !in_word(found[-1]) && found[strlen(singular)] == ':';
}

static bool is_flag(const char *declared, const char *column) {
    size_t length = strlen(column);
    for (const char *at = declared; (at = strstr(at, column)); at += length) {
        const char *after = at + length + strspn(at + length, " ");
        bool whole = !in_word(at[-1]) && !in_word(at[length]);
        if (whole && *after == ':' && strncmp(after + 1, " flag", 5) == 0) return true;
    }
    return false;
}

/* What is counted, where the vector says so: events of a kind, people with a flag, or the sum of a
 * column. */
static char *counted(const char *declared, const char *what) {
    size_t length = strlen(what);
    char *singular = copy_text(what, length && what[length - 1] == 's' ? length - 1 : length);
    if (is_kind_of_event(declared, singular))
        return join("count(hospital_contacts where event == %s)", singular);
    return is_flag(declared, what) ? join("count(sample where %s)", what)
                                   : join("sum(%s over sample)", what);
}

/* Writes the line `let counted = …` anew. */
static char *write_counted(const char *plan, const char *expression) {
    const char *begin = strstr(plan, "let counted = ");
    if (!begin) stop("a plan that says what is counted has a line `let counted = …`");
    const char *end = begin + strcspn(begin, "\n");
    return join("%slet counted = %s%s", copy_text(plan, (size_t)(begin - plan)), expression, end);
}

static char *paragraph_at(const char *paragraph, const Level *level) {
    char *text = replace_word(paragraph, "95%", level->written);
    for (char *at = text; (at = strstr(at, "_95"));) {
        if (in_word(at[3])) {
            at += 3;
            continue;
        }
        char *longer =
            join("%s_%s%s", copy_text(text, (size_t)(at - text)), level->name, at + 3);
        at = longer + (at - text) + strlen(level->name) + 1;
        text = longer;
    }
    return text;
}

static char *at_every_level(const char *plan, const Levels *levels) {
    char *result = copy_text("", 0);
    while (*plan) {
        const char *blank = strstr(plan, "\n\n");
        size_t length = blank ? (size_t)(blank - plan) + 2 : strlen(plan);
        char *paragraph = copy_text(plan, length);
        plan += length;
        bool limits = strcmp(replace_word(paragraph, "95%", ""), paragraph) != 0;
        for (size_t i = 0; i < (limits ? levels->count : 1); i++)
            result = join("%s%s\n", result,
                          limits ? paragraph_at(paragraph, &levels->levels[i]) : paragraph);
    }
    return result;
}

char *plan_for(const Expectation *expectation, const Json *vector, const Levels *levels,
               const char *directory) {
    char *plan = read_file(
        join("%s.scp", copy_text(expectation->path, strlen(expectation->path) - strlen(".expect"))));
    char *declared = read_file(join("%s/people.scp", directory));
    for (size_t i = 0; i < expectation->count; i++) {
        const Statement *statement = &expectation->statements[i];
        const char *word = is_argument(statement) ? argument_word(statement, vector) : NULL;
        if (word) plan = replace_word(plan, statement->words[2], word);
        if (strcmp(statement->words[0], "counted") != 0 || statement->count != 2) continue;
        const char *what = argument_of(vector, statement->words[1]);
        if (what) plan = write_counted(plan, counted(declared, what));
    }
    return at_every_level(plan, levels);
}
