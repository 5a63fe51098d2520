/* Reading the command line. Options may stand anywhere; `--` ends them; `--name value` and
 * `--name=value` mean the same, as do `-o FILE` and `-oFILE`. */
#include "compiler/driver/options.h"

#include <string.h>

#include "runtime/base/buffer.h"
#include "runtime/base/date.h"
#include "runtime/base/file.h"
#include "runtime/base/number.h"

/* ---- The tables -------------------------------------------------------------------------- */

static const CommandRow commands[COMMAND_COUNT] = {
#define TEXT(literal) \
    { literal, sizeof(literal) - 1 }
#define COMMAND(constant, function, name, arguments, fewest, most, formats, summary, more, \
                examples)                                                                  \
    [COMMAND_##constant] = {TEXT(name),    TEXT(arguments), fewest,     most,              \
                            TEXT(formats), TEXT(summary),   TEXT(more), TEXT(examples)},
#include "compiler/driver/commands.def"
#undef COMMAND
};

/* Which commands take an option. */
#define IN(command) (UINT32_C(1) << COMMAND_##command)
#define PEOPLE      (IN(RUN) | IN(REPORT) | IN(EVAL) | IN(DATA_CHECK))
#define READING     (PEOPLE | IN(DATA_PACK))
#define PLANS       (READING | IN(CHECK) | IN(BUILD) | IN(DIS))
#define FORMATTED   (PEOPLE | IN(CHECK) | IN(HELP) | IN(EXPLAIN))
#define WRITING     (PLANS | IN(HELP) | IN(EXPLAIN))
#define EVERY       UINT32_MAX

#define ROW(name, short_name, value, commands, prose, checking, running) \
    { TEXT(name), short_name, TEXT(value), commands, TEXT(prose), checking, running }

static const OptionRow rows[OPTION_COUNT] = {
#define OPTION(constant, name, short_name, value, commands, prose) \
    [OPTION_##constant] = ROW(name, short_name, value, commands, prose, 0, 0),
#define LIMIT(constant, name, unit, commands, checking, running, prose) \
    [OPTION_MAX_##constant] = ROW(name, 0, unit, commands, prose, checking, running),
#include "compiler/driver/options.def"
#undef OPTION
#undef LIMIT
};

const CommandRow *command_row(CommandId id) {
    return &commands[id];
}

const OptionRow *option_row(OptionId id) {
    return &rows[id];
}

bool option_is_for(OptionId option, CommandId command) {
    return (rows[option].commands >> command & 1) != 0;
}

static bool limit_of_option(OptionId option, LimitId *limit) {
    switch ((int)option) {
#define OPTION(constant, long_name, short_name, value, commands, prose)
#define LIMIT(constant, long_name, unit, commands, checking, running, prose) \
    case OPTION_MAX_##constant:                                              \
        *limit = LIMIT_##constant;                                           \
        return true;
#include "compiler/driver/options.def"
#undef OPTION
#undef LIMIT
    default: return false;
    }
}

bool option_is_limit(OptionId option) {
    LimitId limit;
    return limit_of_option(option, &limit);
}

static OptionId option_of_limit(LimitId limit) {
    switch (limit) {
#define OPTION(constant, long_name, short_name, value, commands, prose)
#define LIMIT(constant, long_name, unit, commands, checking, running, prose) \
    case LIMIT_##constant:                                                   \
        return OPTION_MAX_##constant;
#include "compiler/driver/options.def"
#undef OPTION
#undef LIMIT
    case LIMIT_COUNT: break;
    }
    return OPTION_COUNT;
}

int64_t options_limit(const Options *options, LimitId limit, bool running) {
    if (options->limits[limit] >= 0) return options->limits[limit];
    const OptionRow *row = &rows[option_of_limit(limit)];
    return running ? row->running : row->checking;
}

/* ---- Parsing ----------------------------------------------------------------------------- */

typedef struct {
    Arena *arena;
    int argc;
    char *const *argv;
    int next;
    bool only_arguments; /* after `--` */
    uint32_t given[OPTION_COUNT];
    Options *options;
    Slice *error;
} Parse;

static bool refuse(Parse *p, const char *format, ...) __attribute__((format(printf, 2, 3)));

static bool refuse(Parse *p, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    *p->error = arena_vprintf(p->arena, format, arguments);
    va_end(arguments);
    return false;
}

/* Of `among`, words between blanks, whether `word` is one. */
static bool is_word_of(Slice among, Slice word) {
    size_t from = 0;
    for (size_t at = 0; at <= among.length; at++) {
        if (at < among.length && among.data[at] != ' ') continue;
        if (slice_equal(slice_sub(among, from, at), word)) return true;
        from = at + 1;
    }
    return false;
}

/* "human json" as "human, json". */
static Slice listed(Arena *arena, Slice words) {
    Buffer out;
    buffer_init(&out, arena);
    for (size_t i = 0; i < words.length; i++) {
        if (words.data[i] == ' ') buffer_add_char(&out, ',');
        buffer_add_char(&out, words.data[i]);
    }
    return buffer_slice(&out);
}

/* What the user wrote, made harmless, in back quotes. */
static Slice quoted(Parse *p, Slice text) {
    return file_quote(p->arena, text);
}

/* ---- Values ------------------------------------------------------------------------------ */

static bool bad_value(Parse *p, OptionId id, Slice value, const char *wanted) {
    Slice shown = quoted(p, value);
    return refuse(p, "`--%s` takes %s, not %.*s", rows[id].name.data, wanted, SLICE_FMT(shown));
}

static bool read_count(Parse *p, OptionId id, Slice value, int64_t least, int64_t most,
                       int64_t *count) {
    if (number_parse_int(value, count) && *count >= least && *count <= most) return true;
    Slice most_text = number_format_int(p->arena, most, false);
    const char *wanted = arena_printf(p->arena, "a whole number from %d to %.*s", (int)least,
                                      SLICE_FMT(most_text)).data;
    if (most < INT64_MAX && number_parse_int(value, count) && *count > most)
        return bad_value(p, id, value, wanted);
    return bad_value(p, id, value, least ? "a whole number from 1" : "a whole number");
}

/* `512M`: k, M and G are powers of 1,024. */
static bool read_size(Parse *p, OptionId id, Slice value, int64_t *size) {
    static const char suffixes[] = "kMG";
    int shift = 0;
    if (value.length) {
        const char *suffix = strchr(suffixes, value.data[value.length - 1]);
        if (suffix && *suffix) shift = 10 * (int)(suffix - suffixes + 1);
    }
    Slice digits = slice_sub(value, 0, value.length - (shift > 0));
    if (number_parse_int(digits, size) && *size > 0 && *size <= INT64_MAX >> (shift + 1)) {
        *size <<= shift;
        return true;
    }
    return bad_value(p, id, value, "a size such as 512k, 64M or 2G");
}

static bool read_limit(Parse *p, OptionId id, LimitId limit, Slice value) {
    int64_t *number = &p->options->limits[limit];
    if (slice_equal(rows[id].value, SLICE("SIZE"))) return read_size(p, id, value, number);
    return read_count(p, id, value, 1, INT64_C(1) << 40, number);
}

static bool read_data(Parse *p, Slice value) {
    const char *equals = memchr(value.data, '=', value.length);
    bool for_all = !equals && slice_ends_with(value, SLICE(".scps"));
    if (!for_all && (!equals || equals == value.data || equals + 1 == value.data + value.length))
        return bad_value(p, OPTION_DATA, value,
                         "a name and a file such as residents=people.csv, or a snapshot");
    size_t at = for_all ? 0 : (size_t)(equals - value.data);
    DataOverride override = {slice_sub(value, 0, at),
                             slice_sub(value, for_all ? 0 : at + 1, value.length)};
    VEC_EACH(const DataOverride, other, &p->options->data) {
        if (!slice_equal(other->name, override.name)) continue;
        if (for_all) return refuse(p, "`--data` names two snapshots for all tables");
        return refuse(p, "`--data` names %s twice", quoted(p, override.name).data);
    }
    VEC_PUSH(p->arena, &p->options->data, override);
    return true;
}

static bool read_policy(Parse *p, Slice value) {
    p->options->has_policy = true;
    if (slice_equal(value, SLICE("hes")))
        p->options->policy = POLICY_HES;
    else if (slice_equal(value, SLICE("midpoint6")))
        p->options->policy = POLICY_MIDPOINT6;
    else if (slice_equal(value, SLICE("exact")))
        p->options->exact_policy = true;
    else
        return bad_value(p, OPTION_POLICY, value, "hes or midpoint6");
    return true;
}

static bool read_color(Parse *p, Slice value) {
    if (slice_equal(value, SLICE("auto")))
        p->options->color = COLOR_AUTO;
    else if (slice_equal(value, SLICE("always")))
        p->options->color = COLOR_ALWAYS;
    else if (slice_equal(value, SLICE("never")))
        p->options->color = COLOR_NEVER;
    else
        return bad_value(p, OPTION_COLOR, value, "auto, always or never");
    return true;
}

static bool read_fail_on(Parse *p, Slice value) {
    if (slice_equal(value, SLICE("error")))
        p->options->fail_on = SEVERITY_ERROR;
    else if (slice_equal(value, SLICE("warning")))
        p->options->fail_on = SEVERITY_WARNING;
    else
        return bad_value(p, OPTION_FAIL_ON, value, "error or warning");
    return true;
}

static bool read_as_of(Parse *p, Slice value) {
    p->options->has_as_of = true;
    return date_parse_iso(value, &p->options->as_of) ||
           bad_value(p, OPTION_AS_OF, value, "a date such as 2026-11-01");
}

static bool read_threads(Parse *p, Slice value) {
    int64_t count;
    if (!read_count(p, OPTION_THREADS, value, 1, 1024, &count)) return false;
    p->options->threads = (uint32_t)count;
    return true;
}

static bool read_completion(Parse *p, Slice value) {
    p->options->completion = value;
    return slice_equal(value, SLICE("bash")) || bad_value(p, OPTION_COMPLETION, value, "bash");
}

/* `value` ends with a NUL. */
static bool apply(Parse *p, OptionId id, Slice value) {
    Options *options = p->options;
    LimitId limit;
    if (limit_of_option(id, &limit)) return read_limit(p, id, limit, value);
    switch ((int)id) {
    case OPTION_FORMAT: options->format = value; return true; /* known when the command is */
    case OPTION_OUTPUT:
        options->output = value.data;
        return value.length || bad_value(p, id, value, "a file");
    case OPTION_ROOT:
        options->root = value.data;
        return value.length || bad_value(p, id, value, "a folder");
    case OPTION_DUCKDB:
        options->duckdb = value.data;
        return value.length || bad_value(p, id, value, "a file such as /usr/lib/libduckdb.so");
    case OPTION_DATA: return read_data(p, value);
    case OPTION_AS_OF: return read_as_of(p, value);
    case OPTION_POLICY: return read_policy(p, value);
    case OPTION_THREADS: return read_threads(p, value);
    case OPTION_FAIL_ON: return read_fail_on(p, value);
    case OPTION_COLOR: return read_color(p, value);
    case OPTION_COMPLETION: return read_completion(p, value);
    case OPTION_INTERNAL: options->internal = true; return true;
    case OPTION_ORPHANS: options->leave_out_orphans = true; return true;
    case OPTION_EXPLAIN: options->explain = true; return true;
    case OPTION_MANIFEST: options->manifest = true; return true;
    case OPTION_QUIET: options->quiet = true; return true;
    case OPTION_HELP: options->help = true; return true;
    case OPTION_VERSION: options->version = true; return true;
    }
    return false;
}

/* ---- Options ----------------------------------------------------------------------------- */

static Slice nearest_option(Slice name) {
    Slice best = {0};
    size_t least = 4;
    for (int i = 0; i < OPTION_COUNT; i++) {
        size_t distance = slice_distance(name, rows[i].name, least);
        if (distance >= least) continue;
        least = distance;
        best = rows[i].name;
    }
    return best;
}

static bool unknown_option(Parse *p, Slice name) {
    Slice shown = quoted(p, arena_printf(p->arena, "--%.*s", SLICE_FMT(name)));
    Slice nearest = nearest_option(name);
    if (nearest.length)
        return refuse(p, "there is no option %.*s: did you mean `--%.*s`?", SLICE_FMT(shown),
                      SLICE_FMT(nearest));
    return refuse(p, "there is no option %.*s", SLICE_FMT(shown));
}

static bool take_value(Parse *p, OptionId id, Slice *value) {
    if (p->next == p->argc)
        return refuse(p, "`--%s` wants a value: --%s %s", rows[id].name.data, rows[id].name.data,
                      rows[id].value.data);
    *value = slice_of(p->argv[p->next++]);
    return true;
}

static bool read_long(Parse *p, Slice text) {
    const char *equals = memchr(text.data, '=', text.length);
    Slice name = slice_sub(text, 0, equals ? (size_t)(equals - text.data) : text.length);
    for (int i = 0; i < OPTION_COUNT; i++) {
        if (!slice_equal(rows[i].name, name)) continue;
        OptionId id = (OptionId)i;
        p->given[id]++;
        Slice value = SLICE("");
        if (!rows[i].value.length && equals)
            return refuse(p, "`--%.*s` takes no value", SLICE_FMT(name));
        if (equals)
            value = slice_sub(text, name.length + 1, text.length);
        else if (rows[i].value.length && !take_value(p, id, &value))
            return false;
        return apply(p, id, value);
    }
    return unknown_option(p, name);
}

static bool read_short(Parse *p, Slice text) {
    for (size_t at = 0; at < text.length; at++) {
        int id = 0;
        while (id < OPTION_COUNT && rows[id].short_name != text.data[at]) id++;
        if (id == OPTION_COUNT) {
            Slice shown = quoted(p, arena_printf(p->arena, "-%c", text.data[at]));
            return refuse(p, "there is no option %.*s", SLICE_FMT(shown));
        }
        p->given[id]++;
        bool has_value = rows[id].value.length > 0;
        Slice value = has_value ? slice_sub(text, at + 1, text.length) : SLICE("");
        if (has_value && !value.length && !take_value(p, (OptionId)id, &value)) return false;
        if (!apply(p, (OptionId)id, value)) return false;
        if (has_value) return true;
    }
    return true;
}

/* ---- The command ------------------------------------------------------------------------- */

/* The first word of a command's name, and what follows it. */
static Slice first_word(Slice name, Slice *rest) {
    const char *blank = memchr(name.data, ' ', name.length);
    size_t length = blank ? (size_t)(blank - name.data) : name.length;
    *rest = slice_sub(name, blank ? length + 1 : length, name.length);
    return slice_sub(name, 0, length);
}

static bool unknown_command(Parse *p, Slice word) {
    Slice best = {0}, rest, shown = quoted(p, word);
    size_t least = 3;
    for (int i = 0; i < COMMAND_COUNT; i++) {
        Slice candidate = first_word(commands[i].name, &rest);
        size_t distance = slice_distance(word, candidate, least);
        if (distance >= least) continue;
        least = distance;
        best = candidate;
    }
    if (best.length)
        return refuse(p, "there is no command %.*s: did you mean `%.*s`?", SLICE_FMT(shown),
                      SLICE_FMT(best));
    return refuse(p, "there is no command %.*s", SLICE_FMT(shown));
}

/* Takes the command's words off the arguments. A command of two words (`data check`) is known by
 * both. */
static bool read_command(Parse *p) {
    Options *options = p->options;
    if (!options->arguments.count) return true;
    Slice word = slice_of(options->arguments.items[0]);
    Slice second = options->arguments.count > 1 ? slice_of(options->arguments.items[1]) : SLICE("");
    Buffer known; /* what may follow the first word */
    buffer_init(&known, p->arena);
    for (int i = 0; i < COMMAND_COUNT; i++) {
        Slice rest;
        if (!slice_equal(first_word(commands[i].name, &rest), word)) continue;
        if (rest.length && !slice_equal(rest, second)) {
            buffer_printf(&known, "%s`%s`", known.length ? " or " : "", rest.data);
            continue;
        }
        uint32_t words = rest.length ? 2 : 1;
        options->command = (CommandId)i;
        options->arguments.items += words;
        options->arguments.count -= words;
        options->arguments.capacity -= words;
        return true;
    }
    if (!known.length) return unknown_command(p, word);
    if (options->help) return true;
    return refuse(p, "after `scpc %.*s` stands %s", SLICE_FMT(word), buffer_slice(&known).data);
}

static bool check_format(Parse *p, const CommandRow *row) {
    Options *options = p->options;
    if (!row->formats.length) return true;
    if (!p->given[OPTION_FORMAT]) {
        Slice rest;
        options->format = first_word(row->formats, &rest);
        return true;
    }
    if (is_word_of(row->formats, options->format)) return true;
    Slice shown = quoted(p, options->format), list = listed(p->arena, row->formats);
    return refuse(p, "`scpc %s` has no format %.*s: it writes %.*s", row->name.data,
                  SLICE_FMT(shown), SLICE_FMT(list));
}

static bool check_combination(Parse *p, const CommandRow *row) {
    const Options *options = p->options;
    for (int i = 0; i < OPTION_COUNT; i++)
        if (p->given[i] && !option_is_for((OptionId)i, options->command))
            return refuse(p, "`scpc %s` takes no `--%s`", row->name.data, rows[i].name.data);
    if (options->internal && options->has_policy)
        return refuse(p, "`--internal` shows exact numbers and `--policy` protects them: only one "
                         "can be asked for");
    int count = (int)options->arguments.count;
    if (count < row->fewest)
        return refuse(p, "`scpc %s` wants more: scpc %s %s", row->name.data, row->name.data,
                      row->arguments.data);
    if (row->most >= 0 && count > row->most) {
        Slice shown = quoted(p, slice_of(options->arguments.items[row->most]));
        return refuse(p, "`scpc %s` takes no %.*s: scpc %s %s", row->name.data, SLICE_FMT(shown),
                      row->name.data, row->arguments.data);
    }
    return true;
}

/* `-` is standard input and `-1` or `-£2m` begin an expression. */
static bool is_option(Slice text) {
    if (text.length < 2 || text.data[0] != '-') return false;
    char c = text.data[1];
    return c == '-' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool read_word(Parse *p, const char *word) {
    Slice text = slice_of(word);
    if (p->only_arguments || !is_option(text)) {
        VEC_PUSH(p->arena, &p->options->arguments, word);
        return true;
    }
    if (slice_equal(text, SLICE("--"))) {
        p->only_arguments = true;
        return true;
    }
    if (text.data[1] == '-') return read_long(p, slice_sub(text, 2, text.length));
    return read_short(p, slice_sub(text, 1, text.length));
}

bool options_parse(Arena *arena, int argc, char *const *argv, Options *options, Slice *error) {
    *options = (Options){.command = COMMAND_COUNT, .fail_on = SEVERITY_ERROR};
    for (int i = 0; i < LIMIT_COUNT; i++) options->limits[i] = -1;
    Parse parse = {
        .arena = arena, .argc = argc, .argv = argv, .next = 1, .options = options, .error = error};
    bool good = true;
    while (good && parse.next < argc) {
        const char *word = argv[parse.next++];
        good = read_word(&parse, word);
    }
    /* The command is looked for even so: its help is offered. */
    Slice first_error = *error;
    bool known = read_command(&parse);
    if (!good) *error = first_error;
    if (!good || !known || options->command == COMMAND_COUNT) return good && known;
    if (options->help || options->version) return true;
    const CommandRow *row = &commands[options->command];
    return check_combination(&parse, row) && check_format(&parse, row);
}
