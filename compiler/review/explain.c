/* Finding and printing explanations. */
#include "compiler/review/explain.h"

#include <string.h>

#include "compiler/review/excerpt.h"
#include "compiler/review/reference.h"
#include "runtime/base/diag.h"

/* ---- Lines ------------------------------------------------------------------------------- */

/* Takes the next line off the text; false at its end. */
static bool next_line(Slice *text, Slice *line) {
    if (!text->length) return false;
    const char *end = memchr(text->data, '\n', text->length);
    size_t length = end ? (size_t)(end - text->data) : text->length;
    *line = slice_sub(*text, 0, length);
    *text = slice_sub(*text, end ? length + 1 : length, text->length);
    return true;
}

static Slice without_prefix(Slice text, Slice prefix) {
    return slice_sub(text, prefix.length, text.length);
}

static Slice file_text(const EmbeddedFile *file) {
    return (Slice){file->text, file->length};
}

/* ---- Rules of the standard library ------------------------------------------------------- */

/* A rule stands at the left margin below its doc comment and ends with a brace there. */
typedef struct {
    Slice name; /* as in the library: with underscores */
    Slice doc;  /* its `##` lines */
    Slice text; /* the rule itself */
    Slice library;
} RuleText;

static size_t word_length(Slice text) {
    size_t length = 0;
    while (length < text.length && text.data[length] != ' ' && text.data[length] != '{') length++;
    return length;
}

static Slice rule_body(Slice line, Slice rest) {
    const char *start = line.data, *end = line.data + line.length;
    bool closed = line.length && line.data[line.length - 1] == '}';
    for (Slice next; !closed && next_line(&rest, &next);) {
        end = next.data + next.length;
        closed = slice_equal(next, SLICE("}"));
    }
    return (Slice){start, (size_t)(end - start)};
}

/* The next rule of the text, which is moved past its first line. */
static bool next_rule(Slice *text, RuleText *rule) {
    Slice line, doc = {0};
    while (next_line(text, &line)) {
        if (slice_starts_with(line, SLICE("##"))) {
            const char *start = doc.length ? doc.data : line.data;
            doc = (Slice){start, (size_t)(line.data + line.length - start)};
            continue;
        }
        if (slice_starts_with(line, SLICE("rule "))) {
            Slice after = without_prefix(line, SLICE("rule "));
            rule->name = slice_sub(after, 0, word_length(after));
            rule->doc = doc;
            rule->text = rule_body(line, *text);
            return true;
        }
        doc = (Slice){0};
    }
    return false;
}

/* `intention_has_lead` is known as `intention-has-lead`. */
static bool names_rule(Slice diagnostic, Slice rule) {
    if (diagnostic.length != rule.length) return false;
    for (size_t i = 0; i < rule.length; i++) {
        char c = rule.data[i] == '_' ? '-' : rule.data[i];
        if (c != diagnostic.data[i]) return false;
    }
    return true;
}

static bool find_rule(Slice name, RuleText *rule) {
    for (size_t i = 0; i < scp_stdlib_count; i++) {
        Slice text = file_text(&scp_stdlib_files[i]);
        while (next_rule(&text, rule)) {
            rule->library = slice_of(scp_stdlib_files[i].name);
            if (names_rule(name, rule->name)) return true;
        }
    }
    return false;
}

static Slice diagnostic_name(Arena *arena, Slice rule) {
    Slice name = arena_copy(arena, rule);
    char *at = (char *)name.data;
    for (size_t i = 0; i < name.length; i++)
        if (at[i] == '_') at[i] = '-';
    return name;
}

/* `nhs/framework.scp` is used as `nhs.framework`. */
static Slice library_name(Arena *arena, Slice file) {
    Slice name = arena_copy(arena, slice_sub(file, 0, file.length - strlen(".scp")));
    char *at = (char *)name.data;
    for (size_t i = 0; i < name.length; i++)
        if (at[i] == '/') at[i] = '.';
    return name;
}

/* ---- Pages ------------------------------------------------------------------------------- */

static const EmbeddedFile *find_page(Slice name) {
    for (size_t i = 0; i < scp_page_count; i++) {
        Slice file = slice_of(scp_page_files[i].name);
        if (slice_equal(slice_sub(file, 0, file.length - strlen(".md")), name))
            return &scp_page_files[i];
    }
    return NULL;
}

bool explain_knows(Slice name) {
    RuleText rule;
    return find_page(name) || find_rule(name, &rule);
}

static const Slice fence = {"```", 3};

bool explain_block(Slice page, Slice heading, uint32_t index, Slice *info, Slice *text) {
    Slice line;
    bool below = false;
    while (next_line(&page, &line)) {
        if (slice_starts_with(line, SLICE("## ")))
            below = slice_equal(without_prefix(line, SLICE("## ")), heading);
        if (!slice_starts_with(line, fence)) continue;
        *info = without_prefix(line, fence);
        const char *start = page.data;
        while (next_line(&page, &line) && !slice_equal(line, fence)) continue;
        *text = (Slice){start, (size_t)(line.data - start)};
        if (below && index-- == 0) return true;
    }
    return false;
}

static void add_line(Buffer *out, bool colour, Paint paint, int indent, Slice text) {
    if (text.length) {
        buffer_add_repeated(out, ' ', (size_t)indent);
        paint_text(out, colour, paint, text);
    }
    buffer_add_char(out, '\n');
}

/* Markdown as it reads at a terminal: headings strong, examples indented. */
static void print_page(Slice page, bool colour, Buffer *out) {
    Slice line;
    bool in_example = false;
    while (next_line(&page, &line)) {
        if (slice_starts_with(line, fence)) {
            in_example = !in_example;
            Slice file = without_prefix(line, fence);
            if (in_example && memchr(file.data, ' ', file.length))
                add_line(out, colour, PAINT_GUTTER, 4, file);
        } else if (in_example) {
            add_line(out, colour, PAINT_NONE, 4, line);
        } else if (slice_starts_with(line, SLICE("## "))) {
            add_line(out, colour, PAINT_STRONG, 0, without_prefix(line, SLICE("## ")));
        } else if (slice_starts_with(line, SLICE("# "))) {
            add_line(out, colour, PAINT_STRONG, 0, without_prefix(line, SLICE("# ")));
        } else {
            add_line(out, colour, PAINT_NONE, 0, line);
        }
    }
}

static Slice doc_line(Slice line) {
    return slice_trim(without_prefix(line, SLICE("##")));
}

/* `waivable no` stands on a line of its own. */
static bool is_waivable(Slice rule) {
    Slice line;
    while (next_line(&rule, &line))
        if (slice_starts_with(slice_trim(line), SLICE("waivable "))) return false;
    return true;
}

static void print_rule(const RuleText *rule, Slice name, bool colour, Buffer *out) {
    Slice library = library_name(out->arena, rule->library);
    add_line(out, colour, PAINT_STRONG, 0, name);
    buffer_add_char(out, '\n');
    Slice rest = rule->doc, line;
    while (next_line(&rest, &line)) add_line(out, colour, PAINT_NONE, 0, doc_line(line));
    buffer_printf(out, "\nA rule of the library %.*s (`use %.*s`), which says:\n\n",
                  SLICE_FMT(library), SLICE_FMT(library));
    rest = rule->text;
    while (next_line(&rest, &line)) add_line(out, colour, PAINT_NONE, 4, line);
    if (!is_waivable(rule->text)) {
        buffer_add_text(out, "\nIts findings cannot be waived.\n");
        return;
    }
    buffer_add_text(
        out, "\nWhere there is a reason to depart from it, accept the finding for a time:\n\n");
    buffer_printf(out, "    allow %.*s because \"…\" until 2027-03-31 by \"who decided\"\n",
                  SLICE_FMT(rule->name));
}

/* In small letters, as all names of the library are. */
static Slice in_small(Arena *arena, Slice name) {
    Slice copy = arena_copy(arena, name);
    char *at = (char *)copy.data;
    for (size_t i = 0; i < name.length; i++)
        if (at[i] >= 'A' && at[i] <= 'Z') at[i] = (char)(at[i] + ('a' - 'A'));
    return copy;
}

/* A rule is known by the name that `allow` takes, too. */
bool explain_print(Slice name, bool colour, Buffer *out) {
    name = in_small(out->arena, name);
    Slice diagnostic = diagnostic_name(out->arena, name);
    const EmbeddedFile *page = find_page(diagnostic);
    RuleText rule;
    Buffer reference;
    buffer_init(&reference, out->arena);
    if (page)
        print_page(file_text(page), colour, out);
    else if (find_rule(diagnostic, &rule))
        print_rule(&rule, diagnostic, colour, out);
    else if (reference_print(name, &reference))
        print_page(buffer_slice(&reference), colour, out);
    else
        return false;
    return true;
}

/* ---- All of them ------------------------------------------------------------------------- */

enum { NAME_COLUMN = 26 };

static void list_entry(Buffer *out, Slice name, Slice meaning) {
    buffer_printf(out, "  %-*.*s  %.*s\n", NAME_COLUMN, SLICE_FMT(name), SLICE_FMT(meaning));
}

/* Of a doc comment, which may go on over the end of a line. */
static Slice first_sentence(Arena *arena, Slice doc) {
    Slice text = {0}, line;
    while (!slice_ends_with(text, SLICE(".")) && next_line(&doc, &line))
        text = arena_printf(arena, "%.*s%s%.*s", SLICE_FMT(text), text.length ? " " : "",
                            SLICE_FMT(doc_line(line)));
    for (size_t i = 0; i + 1 < text.length; i++)
        if (text.data[i] == '.' && text.data[i + 1] == ' ') return slice_sub(text, 0, i + 1);
    return text;
}

static void list_rules(Buffer *out, const EmbeddedFile *file) {
    Slice text = file_text(file);
    RuleText rule;
    bool first = true;
    while (next_rule(&text, &rule)) {
        if (first) {
            Slice library = library_name(out->arena, slice_of(file->name));
            buffer_printf(out, "\nRules of %.*s\n", SLICE_FMT(library));
        }
        first = false;
        list_entry(out, diagnostic_name(out->arena, rule.name), first_sentence(out->arena, rule.doc));
    }
}

void explain_list(Buffer *out) {
    buffer_add_text(out, "Diagnostics\n");
    for (int i = DIAG_NONE + 1; i < DIAG_COUNT; i++)
        list_entry(out, slice_of(diag_name_text((DiagName)i)),
                   slice_of(diag_name_summary((DiagName)i)));
    for (size_t i = 0; i < scp_stdlib_count; i++) list_rules(out, &scp_stdlib_files[i]);
    buffer_add_text(out, "\nPages of the reference, and each kind, function and unit by its name\n");
    for (size_t i = 0; reference_page(i); i++) buffer_printf(out, "  %s\n", reference_page(i));
}

typedef struct {
    Slice wanted, best;
    size_t distance;
} Nearest;

static void offer(Nearest *nearest, Slice candidate) {
    size_t distance = slice_distance(nearest->wanted, candidate, nearest->distance);
    if (distance >= nearest->distance) return;
    nearest->distance = distance;
    nearest->best = candidate;
}

static void offer_name(void *nearest, Slice candidate) {
    offer(nearest, candidate);
}

Slice explain_nearest(Arena *arena, Slice name) {
    /* Up to three slips, underscores for hyphens included. */
    Nearest nearest = {.wanted = diagnostic_name(arena, name), .distance = 4};
    for (int i = DIAG_NONE + 1; i < DIAG_COUNT; i++)
        offer(&nearest, slice_of(diag_name_text((DiagName)i)));
    for (size_t i = 0; i < scp_stdlib_count; i++) {
        Slice text = file_text(&scp_stdlib_files[i]);
        RuleText rule;
        while (next_rule(&text, &rule)) offer(&nearest, diagnostic_name(arena, rule.name));
    }
    nearest.wanted = name;
    reference_names(arena, offer_name, &nearest);
    return nearest.best;
}
