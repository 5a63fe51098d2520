/* Messages of the checker: where inside a function the fault lies, the message points at the
 * call and shows the body beside it; misspelt words get the nearest known one as a fix. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "compiler/sema/sema.h"
#include "compiler/syntax/scan.h"
#include "runtime/base/buffer.h"

Slice word(const Compilation *c, Atom atom) {
    return atom == ATOM_NONE ? SLICE("") : atom_text(c->interner, atom);
}

Slice with_article(const Compilation *c, Atom atom) {
    Slice text = word(c, atom);
    bool vowel = text.length && strchr("aeiou", text.data[0]) &&
                 !slice_starts_with(text, SLICE("uni")); /* a unit */
    return arena_printf(c->arena, "%s %.*s", vowel ? "an" : "a", SLICE_FMT(text));
}

bool name_lost(const Compilation *c, Atom name) {
    uint64_t found;
    return hashmap_get(&c->lost, name, &found);
}

Slice quoted(const Compilation *c, Span span) {
    Slice text = slice_trim(source_map_text(c->sources, span));
    for (size_t i = 0; i < text.length; i++) {
        if (text.data[i] == '\n' || i == 60)
            return arena_printf(c->arena, "%.*s…", (int)i, text.data);
    }
    return text;
}

/* From within: the scope around, and outside a function's body the one that calls it. */
static const Scope *scope_around(const Scope *scope) {
    return scope->outer ? scope->outer : scope->caller;
}

/* The heading path of the declaration around, or around the call. */
static Slice scope_path(const Compilation *c, const Scope *scope) {
    for (; scope; scope = scope_around(scope)) {
        if (scope->self) return scope->self->path;
    }
    return c->at ? c->at->path : (Slice){0};
}

/* The outermost call that surrounds the scope: where the plan's author can do something. */
static const Scope *outermost_call(const Scope *scope) {
    const Scope *call = NULL;
    for (; scope; scope = scope_around(scope)) {
        if (scope->call_span.start) call = scope;
    }
    return call;
}

Diag *sema_error(Compilation *c, const Scope *scope, DiagName name, Span span, const char *format,
                 ...) {
    char message[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    const Scope *call = outermost_call(scope);
    Diag *diag = diag_add(c->diags, name, call ? call->call_span : span, "%s", message);
    diag->path = scope_path(c, scope);
    if (call) {
        diag_relate(c->diags, diag, span, "in `%.*s`, here", SLICE_FMT(call->call_name));
    }
    return diag;
}

static char small(char c) {
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

/* `JSNA` and `jsna`. */
static bool differs_in_case(Slice a, Slice b) {
    size_t i = 0;
    while (a.length == b.length && i < a.length && small(a.data[i]) == small(b.data[i])) i++;
    return i == a.length && i == b.length;
}

/* `acute` and `acute_trust`, `low` and `lower`. */
static bool begins_with_word(Slice candidate, Slice wanted) {
    if (candidate.length <= wanted.length || !slice_starts_with(candidate, wanted)) return false;
    bool ending = wanted.length >= 3 && candidate.length <= wanted.length + 2; /* low, lower */
    return ending || (wanted.length >= 4 && candidate.data[wanted.length] == '_');
}

void circular(Compilation *c, Span span, Slice name, Slice path) {
    Diag *diag = diag_add(c->diags, DIAG_CIRCULAR_DEFINITION, span,
                          "`%.*s` is defined by way of itself", SLICE_FMT(name));
    diag->path = path;
    uint32_t from = c->busy.count;
    while (from && c->busy.items[from - 1].start != span.start) from--;
    for (uint32_t i = from; i < c->busy.count; i++)
        diag_relate(c->diags, diag, c->busy.items[i], "by way of this");
}

void nearest_offer(Nearest *nearest, Slice candidate) {
    if (slice_equal(candidate, nearest->wanted)) return; /* it is that, and will not do */
    size_t limit = nearest->wanted.length < 4 ? 1 : nearest->wanted.length < 8 ? 2 : 3;
    if (limit >= nearest->wanted.length)
        limit = nearest->wanted.length - (nearest->wanted.length > 0);
    size_t distance = slice_distance(nearest->wanted, candidate, limit);
    if (differs_in_case(nearest->wanted, candidate)) distance = 0;
    bool begins = distance > limit && begins_with_word(candidate, nearest->wanted);
    if (begins) distance = limit < 3 ? 3 : limit; /* near, and not certain */
    if (distance > limit && !begins) return;
    if (!nearest->best.length || distance < nearest->distance) {
        nearest->best = candidate;
        nearest->distance = distance;
    }
}

static bool is_plain_number(Slice text) {
    for (size_t i = 0; i < text.length; i++)
        if (text.data[i] < '0' || text.data[i] > '9') return false;
    return text.length && (text.length == 1 || text.data[0] != '0');
}

Slice member_written(const Compilation *c, Slice member) {
    if (text_is_name(member) || is_plain_number(member)) return member;
    Buffer out;
    buffer_init(&out, c->arena);
    buffer_add_char(&out, '"');
    for (size_t i = 0; i < member.length; i++) {
        if (member.data[i] == '"' || member.data[i] == '\\') buffer_add_char(&out, '\\');
        buffer_add_char(&out, member.data[i]);
    }
    buffer_add_char(&out, '"');
    return buffer_slice(&out);
}

void nearest_fix(Compilation *c, Diag *diag, Span span, const Nearest *nearest) {
    if (!nearest->best.length) return;
    diag_fix(c->diags, diag, span, nearest->best, "did you mean `%.*s`?", SLICE_FMT(nearest->best));
}

void use_fix(Compilation *c, Diag *diag, uint32_t file, Slice library) {
    const LoadedFile *loaded = &c->files.items[file];
    if (loaded->library) return;
    uint32_t at = c->sources->sources.items[loaded->source].base;
    Slice text = arena_printf(c->arena, "use %.*s\n", SLICE_FMT(library));
    for (uint32_t i = 0; i < loaded->tree->items.count; i++) {
        const Item *item = loaded->tree->items.items[i];
        Slice kind = word(c, item->word);
        if (!slice_equal(kind, SLICE("use")) && !slice_equal(kind, SLICE("edition"))) continue;
        at = item->span.end;
        text = arena_printf(c->arena, "\nuse %.*s", SLICE_FMT(library));
    }
    diag_fix(c->diags, diag, (Span){at, at}, text, "add `use %.*s` to this file",
             SLICE_FMT(library));
}
