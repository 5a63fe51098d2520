/* What was asked and what it cost. Questions that differ in their breakdown alone stand on one
 * line, and those asked for one thing below its name, so that hundreds of them can be read. */
#include "compiler/driver/cost.h"

#include <sys/resource.h>

#include "compiler/driver/results.h"
#include "runtime/base/date.h"
#include "runtime/base/number.h"
#include "runtime/bytecode/instr.h"
#include "runtime/report/table.h"

/* ---- Numbers ----------------------------------------------------------------------------------- */

static Slice whole(Driver *driver, uint64_t value) {
    return number_format_int(&driver->work, (int64_t)value, true);
}

static Slice size_text(Driver *driver, uint64_t bytes) {
    static const char *const units[] = {"bytes", "kB", "MB", "GB"};
    double size = (double)bytes;
    unsigned unit = 0;
    for (; size >= 1000 && unit < 3; unit++) size /= 1000;
    Slice number = number_format_fixed(&driver->work, size, unit && size < 100 ? 1 : 0, true);
    return arena_printf(&driver->work, "%.*s %s", SLICE_FMT(number), units[unit]);
}

static Slice seconds_text(Driver *driver, double seconds) {
    Slice number = number_format_fixed(&driver->work, seconds, 4, true);
    return arena_printf(&driver->work, "%.*s s", SLICE_FMT(number));
}

/* How many rows there are is a count of people like any other. */
static Slice rows_shown(Driver *driver, Policy policy, uint64_t count) {
    Protected rows = protect_people(policy, (int64_t)count);
    if (rows.suppressed) return SLICE("few");
    return number_format_int(&driver->work, (int64_t)rows.value, true);
}

static const char *plural(uint64_t count, const char *one, const char *many) {
    return count == 1 ? one : many;
}

/* ---- Questions --------------------------------------------------------------------------------- */

/* What is counted of some people or events, for one thing, in all its breakdowns. */
typedef struct {
    Slice owner; /* what it is asked for: its name, and its title where it has one */
    uint32_t table;
    Slice text;
    bool counted[AGG_ORDERED + 1]; /* by AggSort */
    Slice breakdowns;
    uint64_t cells;
} Question;

typedef struct {
    Driver *driver;
    const Module *module;
    const uint32_t *outputs; /* by register, of find_outputs */
    VEC(Question) questions;
    uint64_t cells;
} Asking;

static Slice named(Arena *arena, Slice name, Slice title) {
    if (!title.length) return name;
    return arena_printf(arena, "%.*s  %.*s", SLICE_FMT(name), SLICE_FMT(title));
}

/* By register, the first value printed that rests on it, counted from 1; 0: none does. What an
 * instruction reads stands before it. */
static uint32_t *find_outputs(Arena *arena, const Module *module) {
    uint32_t *outputs = ARENA_NEW_ARRAY(arena, uint32_t, module->code.count + 1);
    for (uint32_t o = module->outputs.count; o-- > 0;) outputs[module->outputs.items[o].reg] = o + 1;
    for (uint32_t i = module->code.count; i-- > 0;) {
        Reg registers[3];
        unsigned count = instr_registers(&module->code.items[i], registers);
        InstrArgs arguments = instr_arguments(module, &module->code.items[i]);
        for (unsigned r = 0; r < count + arguments.count && outputs[i]; r++) {
            uint32_t *place =
                &outputs[r < count ? registers[r] : arguments.registers[r - count]];
            if (!*place || *place > outputs[i]) *place = outputs[i];
        }
    }
    return outputs;
}

/* The declaration in a clause of which the question is asked, or the value that needs it. */
static Slice owner_of(const Asking *asking, Reg reg) {
    const Module *module = asking->module;
    Arena *arena = &asking->driver->work;
    const ModuleDecl *decl = results_decl_around(module, module->code.items[reg].span);
    if (decl) return named(arena, decl->name, decl->title);
    if (!asking->outputs[reg]) return SLICE("other values");
    const ModuleOutput *output = &module->outputs.items[asking->outputs[reg] - 1];
    return named(arena, output->name, output->title);
}

static Slice breakdown_of(const Asking *asking, const StrataQuery *query) {
    Slice text = SLICE("in all");
    for (uint8_t i = 0; i < query->dim_count; i++) {
        Slice name = asking->module->dims.items[query->dims[i]].name;
        if (i == 0)
            text = name;
        else
            text = arena_printf(&asking->driver->work, "%.*s * %.*s", SLICE_FMT(text),
                                SLICE_FMT(name));
    }
    return text;
}

/* Names hold no comma, so that what stands between commas is one. */
static bool lists(Slice list, Slice item) {
    while (list.length) {
        size_t end = 0;
        while (end < list.length && list.data[end] != ',') end++;
        if (slice_equal(slice_sub(list, 0, end), item)) return true;
        list = slice_sub(list, end + 2 < list.length ? end + 2 : list.length, list.length);
    }
    return false;
}

static Question *find_question(Asking *asking, Slice owner, const StrataQuery *query) {
    VEC_EACH(Question, question, &asking->questions)
    if (question->table == query->table && slice_equal(question->text, query->text) &&
        slice_equal(question->owner, owner))
        return question;
    VEC_PUSH(&asking->driver->work, &asking->questions,
             (Question){.owner = owner, .table = query->table, .text = query->text});
    return &asking->questions.items[asking->questions.count - 1];
}

static uint64_t cells_of(const Module *module, const StrataQuery *query) {
    uint64_t cells = 1;
    for (uint8_t i = 0; i < query->dim_count; i++)
        cells *= module->dims.items[query->dims[i]].member_count;
    return cells;
}

static void add_question(Asking *asking, Reg reg) {
    const Module *module = asking->module;
    const StrataQuery *query = &module->queries.items[module->code.items[reg].a];
    Question *question = find_question(asking, owner_of(asking, reg), query);
    Slice breakdown = breakdown_of(asking, query), so_far = question->breakdowns;
    uint64_t cells = cells_of(module, query);
    question->cells += cells;
    asking->cells += cells;
    question->counted[query->agg] = true;
    if (lists(so_far, breakdown)) return;
    question->breakdowns = so_far.length
                               ? arena_printf(&asking->driver->work, "%.*s, %.*s",
                                              SLICE_FMT(so_far), SLICE_FMT(breakdown))
                               : breakdown;
}

/* Each question once: an instruction takes its answer. */
static Asking gather(Driver *driver) {
    const Module *module = driver->evaluation.module;
    Asking asking = {.driver = driver, .module = module,
                     .outputs = find_outputs(&driver->work, module)};
    for (Reg reg = 0; reg < module->code.count; reg++) {
        uint8_t op = module->code.items[reg].op;
        if (op == OPCODE_STRATA || op == OPCODE_SPREAD) add_question(&asking, reg);
    }
    return asking;
}

/* "events and people" */
static Slice counted_text(const Asking *asking, const Question *question) {
    const ModuleTable *table = &asking->module->tables.items[question->table];
    const char *names[] = {
        [AGG_ROWS] = table->sort == TABLE_POPULATION ? "people" : "events",
        [AGG_PEOPLE] = "people behind them",
        [AGG_SUM] = "sum",
        [AGG_SUM_SQUARES] = "squares",
        [AGG_SUM_SQUARED_EVENTS] = "how often a person recurs",
        [AGG_ORDERED] = "all values in order",
    };
    Slice text = SLICE("");
    for (unsigned agg = 0; agg < sizeof names / sizeof *names; agg++)
        if (question->counted[agg])
            text = arena_printf(&asking->driver->work, "%.*s%s%s", SLICE_FMT(text),
                                text.length ? ", " : "", names[agg]);
    return text;
}

static bool same_block(const Question *a, const Question *b) {
    return slice_equal(a->owner, b->owner) && slice_equal(a->breakdowns, b->breakdowns);
}

/* `in all, and by place, sex` */
static void say_breakdowns(Buffer *out, Slice list) {
    Slice all = SLICE("in all");
    if (!lists(list, all)) {
        buffer_add_text(out, "by ");
    } else if (list.length > all.length) {
        buffer_add_text(out, "in all, and by ");
        list = slice_sub(list, all.length + 2, list.length);
    }
    plain_text(out, list);
}

/* The breakdowns, and each thing counted in all of them. */
static void say_block(const Asking *asking, uint32_t first, bool *said) {
    Driver *driver = asking->driver;
    Buffer *out = &driver->messages;
    const Question *questions = asking->questions.items;
    buffer_add_text(out, "    ");
    say_breakdowns(out, questions[first].breakdowns);
    buffer_add_char(out, '\n');
    for (uint32_t q = first; q < asking->questions.count; q++) {
        if (said[q] || !same_block(&questions[first], &questions[q])) continue;
        said[q] = true;
        Slice cells = whole(driver, questions[q].cells);
        buffer_printf(out, "%13.*s %s  ", SLICE_FMT(cells),
                      questions[q].cells == 1 ? "cell " : "cells");
        plain_text(out, questions[q].text);
        buffer_printf(out, ": %.*s\n", SLICE_FMT(counted_text(asking, &questions[q])));
    }
}

void cost_say_asked(Driver *driver) {
    Asking asking = gather(driver);
    uint32_t count = driver->evaluation.module->queries.count, blocks = asking.questions.count;
    bool *said = ARENA_NEW_ARRAY(&driver->work, bool, blocks + 1);
    Slice cells = whole(driver, asking.cells), questions = whole(driver, count);
    Slice owner = SLICE("");
    buffer_printf(&driver->messages, "Asked of the people: %.*s %s, %.*s %s of answers\n",
                  SLICE_FMT(questions), plural(count, "question", "questions"), SLICE_FMT(cells),
                  plural(asking.cells, "cell", "cells"));
    for (uint32_t q = 0; q < blocks; q++) {
        if (said[q]) continue;
        if (!slice_equal(owner, asking.questions.items[q].owner)) {
            owner = asking.questions.items[q].owner;
            buffer_add_text(&driver->messages, "  ");
            plain_text(&driver->messages, owner);
            buffer_add_char(&driver->messages, '\n');
        }
        say_block(&asking, q, said);
    }
}

/* ---- Before ------------------------------------------------------------------------------------- */

/* Of the plan's own questions; what protects their answers is asked beside them. */
static uint32_t questions_of(const Module *module, const StrataPass *pass) {
    uint32_t count = 0;
    VEC_EACH(const StrataQuery, query, &module->queries)
    count += query->table == pass->table && query->snapshot == pass->snapshot;
    return count;
}

/* "residents", or which of its days. */
static Slice pass_name(Driver *driver, const StrataPass *pass) {
    const Module *module = driver->evaluation.module;
    const ModuleTable *table = &module->tables.items[pass->table];
    const ModuleTable *people =
        table->sort == TABLE_EVENTS ? &module->tables.items[table->population] : table;
    if (people->snapshots.count < 2) return table->name;
    Slice day = date_format_iso(&driver->work, people->snapshots.items[pass->snapshot].as_at);
    return arena_printf(&driver->work, "%.*s, %.*s", SLICE_FMT(table->name), SLICE_FMT(day));
}

static void plan_row(Driver *driver, const StrataPass *pass, Policy policy, Table *lines) {
    Arena *arena = &driver->work;
    table_cell(lines, pass_name(driver, pass));
    table_cell(lines, whole(driver, questions_of(driver->evaluation.module, pass)));
    table_cell(lines, rows_shown(driver, policy, pass->rows));
    table_cell(lines, size_text(driver, pass->row_bytes));
    table_cell(lines, size_text(driver, pass->table_bytes));
    table_cell(lines, arena_printf(arena, "%u", (unsigned)pass->threads));
}

void cost_say_plan(void *context, const StrataResult *plan) {
    Driver *driver = context;
    Policy policy = driver->evaluation.input.policy;
    uint64_t most = 0;
    Table lines;
    cost_say_asked(driver);
    table_begin(&lines, &driver->work);
    table_column(&lines, SLICE("pass over"), false);
    table_column(&lines, SLICE("questions"), true);
    table_column(&lines, SLICE("rows"), true);
    table_column(&lines, SLICE("read of a row"), true);
    table_column(&lines, SLICE("memory a thread"), true);
    table_column(&lines, SLICE("threads"), true);
    for (uint32_t p = 0; p < plan->passes; p++) {
        const StrataPass *pass = &plan->each_pass[p];
        uint64_t counts = pass->table_bytes * pass->threads;
        most = counts > most ? counts : most;
        plan_row(driver, pass, policy, &lines);
    }
    buffer_add_text(&driver->messages, "\nTo be counted, one pass after another\n");
    table_print(&lines, &driver->messages, 2);
    Slice counts = size_text(driver, most), answers = size_text(driver, plan->answer_bytes);
    buffer_printf(&driver->messages,
                  "  Memory for it: %.*s at a time to count in, up to %.*s for the answers\n",
                  SLICE_FMT(counts), SLICE_FMT(answers));
    driver_flush(driver);
}

/* ---- After -------------------------------------------------------------------------------------- */

static Slice rate_text(Driver *driver, const StrataPass *pass) {
    if (pass->counting <= 0) return SLICE("");
    Slice rate = number_format_fixed(&driver->work,
                                     (double)pass->rows / pass->counting / 1e6, 0, true);
    return arena_printf(&driver->work, "%.*s million", SLICE_FMT(rate));
}

static void say_passes(Driver *driver) {
    const StrataResult *strata = &driver->evaluation.strata;
    Table lines;
    if (!strata->passes) return;
    table_begin(&lines, &driver->work);
    table_column(&lines, SLICE("pass over"), false);
    table_column(&lines, SLICE("counting"), true);
    table_column(&lines, SLICE("filling cells"), true);
    table_column(&lines, SLICE("rows a second"), true);
    for (uint32_t p = 0; p < strata->passes; p++) {
        const StrataPass *pass = &strata->each_pass[p];
        table_cell(&lines, pass_name(driver, pass));
        table_cell(&lines, seconds_text(driver, pass->counting));
        table_cell(&lines, seconds_text(driver, pass->answering));
        table_cell(&lines, rate_text(driver, pass));
    }
    table_print(&lines, &driver->messages, 2);
}

static void stage_row(Driver *driver, const char *name, double seconds, double all, Table *lines) {
    Slice share = number_format_fixed(&driver->work, all > 0 ? 100 * seconds / all : 0, 0, false);
    table_cell(lines, slice_of(name));
    table_cell(lines, seconds_text(driver, seconds));
    table_cell(lines, arena_printf(&driver->work, "%.*s%%", SLICE_FMT(share)));
}

static void say_stages(Driver *driver) {
    static const char *const names[STAGE_COUNT] = {"reading the data", "verifying snapshots",
                                                   "counting", "computing"};
    const double *seconds = driver->evaluation.seconds;
    double all = driver->compiling;
    Table lines;
    for (int i = 0; i < STAGE_COUNT; i++) all += seconds[i];
    table_begin(&lines, &driver->work);
    table_column(&lines, SLICE("stage"), false);
    table_column(&lines, SLICE("time"), true);
    table_column(&lines, SLICE("share"), true);
    stage_row(driver, "compiling", driver->compiling, all, &lines);
    for (int i = 0; i < STAGE_COUNT; i++) stage_row(driver, names[i], seconds[i], all, &lines);
    stage_row(driver, "in all", all, all, &lines);
    table_print(&lines, &driver->messages, 2);
}

/* As the system counts it, mapped files included. */
static void say_peak(Driver *driver) {
    enum { KILOBYTE = 1024 };
    struct rusage usage;
    if (getrusage(RUSAGE_SELF, &usage)) return;
    Slice peak = size_text(driver, (uint64_t)usage.ru_maxrss * KILOBYTE);
    buffer_printf(&driver->messages, "\n  Memory used at the most, with the data: %.*s\n",
                  SLICE_FMT(peak));
}

void cost_say(Driver *driver) {
    buffer_add_text(&driver->messages, "\nWhat it took\n");
    say_stages(driver);
    buffer_add_char(&driver->messages, '\n');
    say_passes(driver);
    say_peak(driver);
}
