/* Help in all its forms. Nothing is written here that a table could say. */
#include "compiler/driver/help.h"

#include <string.h>

#include "runtime/base/number.h"
#include "scp/runtime.h"

enum { OPTION_COLUMN = 26, TEXT_WIDTH = 78 };

/* ---- Pieces ------------------------------------------------------------------------------ */

/* The text, broken at blanks, every line but the first indented. */
static void add_wrapped(Buffer *out, Slice text, size_t indent) {
    size_t column = indent;
    for (size_t at = 0; at < text.length;) {
        size_t end = at;
        while (end < text.length && text.data[end] != ' ') end++;
        if (column > indent && column + end - at > TEXT_WIDTH) {
            buffer_add_char(out, '\n');
            buffer_add_repeated(out, ' ', indent);
            column = indent;
        }
        if (column > indent) {
            buffer_add_char(out, ' ');
            column++;
        }
        buffer_add(out, slice_sub(text, at, end));
        column += end - at;
        at = end < text.length ? end + 1 : end;
    }
    buffer_add_char(out, '\n');
}

static size_t characters(Slice text) {
    size_t count = 0;
    for (size_t i = 0; i < text.length; i++) count += ((unsigned char)text.data[i] & 0xC0) != 0x80;
    return count;
}

/* Two columns; what is too wide for the first has a line of its own. */
static void add_entry(Buffer *out, Slice left, size_t column, Slice right) {
    buffer_add_text(out, "  ");
    buffer_add(out, left);
    size_t width = characters(left) + 2;
    if (width + 2 > column) {
        buffer_add_char(out, '\n');
        width = 0;
    }
    buffer_add_repeated(out, ' ', column - width);
    add_wrapped(out, right, column);
}

static Slice option_spelling(Arena *arena, const OptionRow *row) {
    Buffer out;
    buffer_init(&out, arena);
    if (row->short_name) buffer_printf(&out, "-%c, ", row->short_name);
    buffer_printf(&out, "--%s", row->name.data);
    if (row->value.length) buffer_printf(&out, " %s", row->value.data);
    return buffer_slice(&out);
}

static void add_amount(Buffer *out, const OptionRow *row, int64_t amount) {
    bool size = slice_equal(row->value, SLICE("SIZE"));
    if (!amount)
        buffer_add_text(out, "none");
    else if (size && amount % (INT64_C(1) << 30) == 0)
        buffer_printf(out, "%dG", (int)(amount >> 30));
    else if (size)
        buffer_printf(out, "%dM", (int)(amount >> 20));
    else
        buffer_add(out, number_format_int(out->arena, amount, true));
}

/* What an option does, and for a limit its value where none is given. */
static Slice option_prose(Arena *arena, OptionId id) {
    const OptionRow *row = option_row(id);
    if (!option_is_limit(id)) return row->prose;
    Buffer out;
    buffer_init(&out, arena);
    buffer_printf(&out, "%s: ", row->prose.data);
    bool checks = option_is_for(id, COMMAND_CHECK);
    if (checks) add_amount(&out, row, row->checking);
    if (checks && row->checking != row->running) buffer_add_text(&out, ", with data ");
    if (!checks || row->checking != row->running) add_amount(&out, row, row->running);
    return buffer_slice(&out);
}

/* Whether the option is shown on a command's page: limits and what every command takes come
 * under headings of their own. */
typedef enum { SHOWN_OWN, SHOWN_EVERY, SHOWN_LIMIT } Shown;

static Shown shown_as(OptionId id) {
    if (option_is_limit(id)) return SHOWN_LIMIT;
    return option_row(id)->commands == UINT32_MAX ? SHOWN_EVERY : SHOWN_OWN;
}

static void add_options(Buffer *out, CommandId command, Shown shown, const char *heading) {
    bool any = false;
    for (int i = 0; i < OPTION_COUNT; i++) {
        OptionId id = (OptionId)i;
        if (shown_as(id) != shown || !option_is_for(id, command)) continue;
        if (!any) buffer_printf(out, "\n%s\n", heading);
        any = true;
        add_entry(out, option_spelling(out->arena, option_row(id)), OPTION_COLUMN,
                  option_prose(out->arena, id));
    }
}

/* ---- Pages ------------------------------------------------------------------------------- */

Slice help_version(void) {
    return SLICE("scpc " SCP_VERSION "\n");
}

static Slice usage_of(Arena *arena, const CommandRow *row) {
    return arena_printf(arena, "%s %s", row->name.data, row->arguments.data);
}

void help_overview(Buffer *out) {
    buffer_add_text(out, "scpc checks, compiles and runs strategic commissioning plans.\n\n"
                         "usage: scpc COMMAND [OPTION…] …\n\n");
    for (int i = 0; i < COMMAND_COUNT; i++) {
        const CommandRow *row = command_row((CommandId)i);
        add_entry(out, usage_of(out->arena, row), OPTION_COLUMN, row->summary);
    }
    buffer_add_text(out,
                    "\nA first plan: scpc new DIR, then scpc check DIR and scpc run DIR/plan.scp\n"
                    "More on a command, with examples: scpc COMMAND --help\n");
}

void help_hint(CommandId command, Buffer *out) {
    if (command == COMMAND_COUNT)
        buffer_add_text(out, "See scpc --help\n");
    else
        buffer_printf(out, "See scpc %s --help\n", command_row(command)->name.data);
}

static void add_lines(Buffer *out, Slice text, size_t indent) {
    for (size_t at = 0; at < text.length;) {
        size_t end = at;
        while (end < text.length && text.data[end] != '\n') end++;
        buffer_add_repeated(out, ' ', indent);
        buffer_add(out, slice_sub(text, at, end));
        buffer_add_char(out, '\n');
        at = end + 1;
    }
}

/* "human json" as "human (the default), json" */
static void add_formats(Buffer *out, Slice formats) {
    bool first = true;
    for (size_t at = 0; at < formats.length;) {
        size_t end = at;
        while (end < formats.length && formats.data[end] != ' ') end++;
        if (!first) buffer_add_text(out, ", ");
        buffer_add(out, slice_sub(formats, at, end));
        if (first && end < formats.length) buffer_add_text(out, " (the default)");
        first = false;
        at = end + 1;
    }
    buffer_add_char(out, '\n');
}

static void add_command_page(Buffer *out, CommandId command) {
    const CommandRow *row = command_row(command);
    buffer_printf(out, "scpc %s: ", row->name.data);
    add_wrapped(out, row->summary, 2);
    buffer_printf(out, "\nusage: scpc %s [OPTION…] %s\n", row->name.data, row->arguments.data);
    if (row->more.length) {
        buffer_add_char(out, '\n');
        add_lines(out, row->more, 0);
    }
    buffer_add_text(out, "\nexamples\n");
    add_lines(out, row->examples, 2);
    if (row->formats.length) {
        buffer_add_text(out, "\nformats: ");
        add_formats(out, row->formats);
    }
    add_options(out, command, SHOWN_OWN, "options");
    add_options(out, command, SHOWN_EVERY, "with every command");
    add_options(out, command, SHOWN_LIMIT, "limits, and what they are where not given");
}

/* Exit statuses as a table of status.def. */
typedef struct {
    int number;
    const char *meaning;
} StatusRow;

static const StatusRow statuses[] = {
#define STATUS(constant, exit_status, meaning) {exit_status, meaning},
#include "runtime/base/status.def"
#undef STATUS
};

static void add_statuses(Buffer *out) {
    buffer_add_text(out, "\nexit status, the highest that applies\n");
    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++) {
        Slice number = arena_printf(out->arena, "%d", statuses[i].number);
        add_entry(out, number, 6, slice_of(statuses[i].meaning));
    }
}

ScpStatus help_print(Driver *driver, CommandId command) {
    Buffer out;
    buffer_init(&out, &driver->arena);
    if (command == COMMAND_COUNT) {
        help_overview(&out);
        add_statuses(&out);
    } else {
        add_command_page(&out, command);
    }
    return driver_result(driver, buffer_slice(&out));
}

/* ---- The reference page ------------------------------------------------------------------ */

/* For a cell of a Markdown table. */
static void add_cell(Buffer *out, Slice text) {
    for (size_t i = 0; i < text.length; i++) {
        if (text.data[i] == '|') buffer_add_char(out, '\\');
        buffer_add_char(out, text.data[i]);
    }
}

static void reference_command(Buffer *out, CommandId command) {
    const CommandRow *row = command_row(command);
    buffer_printf(out, "\n## scpc %s\n\n`scpc %s %s`: %s.\n", row->name.data, row->name.data,
                  row->arguments.data, row->summary.data);
    if (row->more.length) buffer_printf(out, "\n%s\n", row->more.data);
    buffer_printf(out, "\n```sh\n%s\n```\n", row->examples.data);
    if (!row->formats.length) return;
    buffer_add_text(out, "\nFormats: ");
    add_formats(out, row->formats);
}

static void reference_commands_of(Buffer *out, OptionId id) {
    if (option_row(id)->commands == UINT32_MAX) {
        buffer_add_text(out, "all");
        return;
    }
    const char *separator = "";
    for (int i = 0; i < COMMAND_COUNT; i++) {
        if (!option_is_for(id, (CommandId)i)) continue;
        buffer_printf(out, "%s%s", separator, command_row((CommandId)i)->name.data);
        separator = ", ";
    }
}

static void reference_option(Buffer *out, OptionId id) {
    buffer_add_text(out, "| `");
    add_cell(out, option_spelling(out->arena, option_row(id)));
    buffer_add_text(out, "` | ");
    add_cell(out, option_prose(out->arena, id));
    buffer_add_text(out, " | ");
    reference_commands_of(out, id);
    buffer_add_text(out, " |\n");
}

static void add_reference(Buffer *out) {
    buffer_add_text(out, "# The command line\n\nMade of the program's own tables by `scpc help "
                         "--format markdown`.\n");
    for (int i = 0; i < COMMAND_COUNT; i++) reference_command(out, (CommandId)i);
    buffer_add_text(out, "\n## Options\n\n| option | meaning | commands |\n|---|---|---|\n");
    for (int i = 0; i < OPTION_COUNT; i++) reference_option(out, (OptionId)i);
    buffer_add_text(out, "\n## Exit status\n\nThe highest that applies.\n\n| status | meaning "
                         "|\n|---|---|\n");
    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++)
        buffer_printf(out, "| %d | %s |\n", statuses[i].number, statuses[i].meaning);
}

/* ---- Completion -------------------------------------------------------------------------- */

static void add_option_names(Buffer *out, CommandId command) {
    for (int i = 0; i < OPTION_COUNT; i++)
        if (option_is_for((OptionId)i, command))
            buffer_printf(out, " --%s", option_row((OptionId)i)->name.data);
}

static void add_bash(Buffer *out) {
    buffer_add_text(out, "_scpc() {\n"
                         "    local word=${COMP_WORDS[COMP_CWORD]} words\n"
                         "    case \"${COMP_WORDS[*]:1:2} \" in\n");
    for (int i = 0; i < COMMAND_COUNT; i++) {
        buffer_printf(out, "    \"%s \"*) words=\"", command_row((CommandId)i)->name.data);
        add_option_names(out, (CommandId)i);
        buffer_add_text(out, "\" ;;\n");
    }
    buffer_add_text(out, "    esac\n    if ((COMP_CWORD == 1)); then words=\"");
    for (int i = 0; i < COMMAND_COUNT; i++)
        buffer_printf(out, "%s ", command_row((CommandId)i)->name.data);
    buffer_add_text(out,
                    "--help --version\"; fi\n"
                    "    COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n"
                    "    if [[ $word != -* ]]; then COMPREPLY+=($(compgen -f -- \"$word\")); fi\n"
                    "}\n"
                    "complete -o filenames -F _scpc scpc\n");
}

/* ---- scpc help --------------------------------------------------------------------------- */

/* The command that the arguments name, of one or two words. */
static CommandId named_command(const Driver *driver) {
    Buffer name;
    buffer_init(&name, driver->messages.arena);
    for (uint32_t i = 0; i < driver->options.arguments.count; i++) {
        if (i) buffer_add_char(&name, ' ');
        buffer_add_text(&name, driver->options.arguments.items[i]);
    }
    int id = 0;
    while (id < COMMAND_COUNT &&
           !slice_equal(command_row((CommandId)id)->name, buffer_slice(&name)))
        id++;
    return (CommandId)id;
}

/* `data`, of which there are several: `scpc data check`, `scpc data pack`. */
static ScpStatus unknown_command(Driver *driver) {
    Slice name = slice_of(driver->options.arguments.items[0]);
    Slice start = arena_printf(&driver->arena, "%.*s ", SLICE_FMT(name)), known = {0};
    for (int i = 0; i < COMMAND_COUNT; i++) {
        Slice command = command_row((CommandId)i)->name;
        if (slice_starts_with(command, start))
            known = arena_printf(&driver->arena, "%.*s%s`%.*s`", SLICE_FMT(known),
                                 known.length ? " and " : "", SLICE_FMT(command));
    }
    driver_fail(driver, SCP_USAGE, "there is no command `%.*s`%s%.*s", SLICE_FMT(name),
                known.length ? " by itself: there are " : "", SLICE_FMT(known));
    help_hint(COMMAND_COUNT, &driver->messages);
    return SCP_USAGE;
}

ScpStatus command_help(Driver *driver) {
    Buffer out;
    buffer_init(&out, &driver->arena);
    if (driver->options.completion.length)
        add_bash(&out);
    else if (slice_equal(driver->options.format, SLICE("markdown")))
        add_reference(&out);
    if (out.length) return driver_result(driver, buffer_slice(&out));
    CommandId command = named_command(driver);
    if (command == COMMAND_COUNT && driver->options.arguments.count) return unknown_command(driver);
    return help_print(driver, command);
}
