/* The command line, read against commands.def and options.def. Says what is wrong with it in
 * one sentence; never guesses what was meant, though it may suggest. */
#ifndef COMPILER_DRIVER_OPTIONS_H
#define COMPILER_DRIVER_OPTIONS_H

#include "runtime/base/diag.h"
#include "runtime/data/dataset.h"
#include "runtime/disclosure/policy.h"

typedef enum {
#define COMMAND(constant, function, name, arguments, fewest, most, formats, summary, more, \
                examples)                                                                  \
    COMMAND_##constant,
#include "compiler/driver/commands.def"
#undef COMMAND
    COMMAND_COUNT
} CommandId;

typedef enum {
#define OPTION(constant, long_name, short_name, value, commands, prose)      OPTION_##constant,
#define LIMIT(constant, long_name, unit, commands, checking, running, prose) OPTION_MAX_##constant,
#include "compiler/driver/options.def"
#undef OPTION
#undef LIMIT
    OPTION_COUNT
} OptionId;

typedef enum {
#define OPTION(constant, long_name, short_name, value, commands, prose)
#define LIMIT(constant, long_name, unit, commands, checking, running, prose) LIMIT_##constant,
#include "compiler/driver/options.def"
#undef OPTION
#undef LIMIT
    LIMIT_COUNT
} LimitId;

typedef struct {
    Slice name;       /* "data check" */
    Slice arguments;  /* "PLAN EXPRESSION" */
    int fewest, most; /* arguments; most -1: any number */
    Slice formats;
    Slice summary, more, examples;
} CommandRow;

typedef struct {
    Slice name;
    char short_name;
    Slice value;       /* what follows it; empty: nothing */
    uint32_t commands; /* a bit each */
    Slice prose;
    int64_t checking, running; /* of a limit: its values where none is given */
} OptionRow;

const CommandRow *command_row(CommandId id);
const OptionRow *option_row(OptionId id);
bool option_is_for(OptionId option, CommandId command);
bool option_is_limit(OptionId option);

typedef enum { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER } ColorChoice;

typedef struct {
    CommandId command; /* COMMAND_COUNT: none was named */
    bool help, version;
    VEC(const char *) arguments; /* after the command; "-" is standard input */
    Slice format;                /* one of the command's; empty where it has none */
    ColorChoice color;
    bool quiet;
    const char *output; /* NULL: standard output */
    VEC(DataOverride) data;
    const char *root; /* NULL: the plan's folder */
    const char *duckdb; /* NULL: as the system finds it */
    bool has_as_of;
    int32_t as_of;
    bool has_policy, exact_policy;
    Policy policy;
    bool internal;
    uint32_t threads; /* 0: as many as the machine has */
    bool leave_out_orphans, explain, manifest;
    Severity fail_on;
    Slice completion;
    int64_t limits[LIMIT_COUNT]; /* -1: not given */
} Options;

/* False with the sentence in *error where the command line is wrong; the command is then set if
 * it was read. Everything lives in the arena or in argv. */
bool options_parse(Arena *arena, int argc, char *const *argv, Options *options, Slice *error);

/* The limit as given, or its default: for checking alone, or for running. */
int64_t options_limit(const Options *options, LimitId limit, bool running);

#endif
