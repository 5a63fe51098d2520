/* Loading a plan with what it uses: the prelude, libraries of the standard library by name,
 * files below the plan's folder by path. Refuses what lies outside that folder, circles, and
 * more files than the limits allow. */
#include "compiler/sema/embedded.h"
#include "compiler/sema/sema.h"
#include "runtime/base/buffer.h"
#include "runtime/base/file.h"
#include "runtime/base/sha256.h"

static bool load_uses(Compilation *c, uint32_t file, uint32_t depth);

static void record_source(Compilation *c, uint32_t source) {
    const Source *loaded = &c->sources->sources.items[source];
    ModuleSource record = {.path = loaded->path,
                           .library = loaded->library,
                           .text = loaded->text,
                           .base = loaded->base};
    char hex[SHA256_HEX_SIZE];
    sha256_hex(sha256_of(loaded->text), hex);
    record.sha256 = arena_copy(c->arena, slice_of(hex));
    VEC_PUSH(c->arena, &record.line_starts, 0);
    for (uint32_t i = 0; i < loaded->text.length; i++) {
        if (loaded->text.data[i] == '\n') VEC_PUSH(c->arena, &record.line_starts, i + 1);
    }
    VEC_PUSH(c->arena, &c->module->sources, record);
}

static uint32_t add_file(Compilation *c, Slice name, Slice path, Slice text, bool library) {
    uint32_t source = source_map_add(c->sources, path, text, library);
    record_source(c, source);
    LoadedFile file = {.name = arena_copy(c->arena, name), .source = source, .library = library};
    file.tree = parse_file(&c->parse, source);
    VEC_PUSH(c->arena, &c->files, file);
    return c->files.count - 1;
}

static const EmbeddedFile *embedded_find(Compilation *c, Slice library) {
    Buffer path;
    buffer_init(&path, c->arena);
    for (size_t i = 0; i < library.length; i++)
        buffer_add_char(&path, library.data[i] == '.' ? '/' : library.data[i]);
    buffer_add(&path, SLICE(".scp"));
    Slice wanted = buffer_slice(&path);
    for (size_t i = 0; i < scp_stdlib_count; i++) {
        if (slice_equal(slice_of(scp_stdlib_files[i].name), wanted)) return &scp_stdlib_files[i];
    }
    return NULL;
}

static uint32_t find_loaded(const Compilation *c, Slice name, bool library) {
    for (uint32_t i = 0; i < c->files.count; i++) {
        if (c->files.items[i].library == library && slice_equal(c->files.items[i].name, name))
            return i;
    }
    return MODULE_NONE;
}

/* The dotted name of `use nhs.esp2013`; empty where the expression is none. */
static Slice dotted_name(Compilation *c, const Expr *expr) {
    if (expr->kind == EXPR_WORD) return word(c, expr->atom);
    if (expr->kind != EXPR_MEMBER) return (Slice){0};
    Slice left = dotted_name(c, expr->left);
    if (!left.length) return left;
    return arena_printf(c->arena, "%.*s.%.*s", SLICE_FMT(left), SLICE_FMT(word(c, expr->atom)));
}

Slice library_name(Compilation *c, size_t index) {
    Slice file = slice_of(scp_stdlib_files[index].name);
    Buffer dotted;
    buffer_init(&dotted, c->arena);
    for (size_t i = 0; i + 4 < file.length; i++)
        buffer_add_char(&dotted, file.data[i] == '/' ? '.' : file.data[i]);
    return buffer_slice(&dotted);
}

static void library_not_found(Compilation *c, Slice name, Span span) {
    Diag *diag = diag_add(c->diags, DIAG_IMPORT_NOT_FOUND, span, "there is no library `%.*s`",
                          SLICE_FMT(name));
    if (slice_ends_with(name, SLICE(".scp"))) {
        diag_fix(c->diags, diag, span, arena_printf(c->arena, "\"%.*s\"", SLICE_FMT(name)),
                 "a file stands in quotes: `use \"%.*s\"`", SLICE_FMT(name));
        return;
    }
    Nearest nearest = {.wanted = name};
    for (size_t i = 0; i < scp_stdlib_count; i++) nearest_offer(&nearest, library_name(c, i));
    nearest_fix(c, diag, span, &nearest);
}

static uint32_t load_library(Compilation *c, Slice name, Span span, uint32_t depth) {
    uint32_t loaded = find_loaded(c, name, true);
    if (loaded != MODULE_NONE) return loaded;
    const EmbeddedFile *embedded = embedded_find(c, name);
    if (!embedded) {
        library_not_found(c, name, span);
        return MODULE_NONE;
    }
    Slice path = arena_printf(c->arena, "<%.*s>", SLICE_FMT(name));
    uint32_t file = add_file(c, name, path, (Slice){embedded->text, embedded->length}, true);
    size_t dot = name.length;
    while (dot && name.data[dot - 1] != '.') dot--;
    c->files.items[file].short_name = intern(c->interner, slice_sub(name, dot, name.length));
    load_uses(c, file, depth + 1);
    return file;
}

/* The path of a used file from the plan's folder; one file has one spelling. */
static Slice relative_path(Compilation *c, uint32_t from, Slice path) {
    Slice user = c->files.items[from].name;
    size_t slash = user.length;
    while (slash && user.data[slash - 1] != '/') slash--;
    if (!slash) return path;
    return arena_printf(c->arena, "%.*s%.*s", (int)slash, user.data, SLICE_FMT(path));
}

static Slice shown_path(Compilation *c, Slice path) {
    if (!c->options.root.length || slice_equal(c->options.root, SLICE("."))) return path;
    return arena_printf(c->arena, "%.*s/%.*s", SLICE_FMT(c->options.root), SLICE_FMT(path));
}

static uint32_t load_local(Compilation *c, uint32_t from, Slice written, Span span,
                           uint32_t depth) {
    Slice path = relative_path(c, from, written);
    uint32_t loaded = find_loaded(c, path, false);
    if (loaded != MODULE_NONE) {
        if (c->files.items[loaded].loading)
            diag_add(c->diags, DIAG_CIRCULAR_IMPORT, span, "`%.*s` uses itself by way of this file",
                     SLICE_FMT(written));
        return loaded;
    }
    uint32_t limit = c->options.import_limit ? c->options.import_limit : 256;
    uint32_t depth_limit = c->options.depth_limit ? c->options.depth_limit : 16;
    if (c->files.count >= limit || depth >= depth_limit) {
        diag_add(c->diags, DIAG_LIMIT_REACHED, span,
                 "more than %u files, or files used %u deep: the limit", limit, depth_limit);
        return MODULE_NONE;
    }
    Slice text, error;
    size_t size_limit = c->options.file_limit ? c->options.file_limit : 1u << 20;
    if (file_confined_read(c->arena, arena_copy(c->arena, c->options.root).data, path, size_limit,
                           &text, &error) != SCP_OK) {
        diag_add(c->diags, DIAG_IMPORT_NOT_FOUND, span, "`%.*s` cannot be used: %.*s",
                 SLICE_FMT(written), SLICE_FMT(error));
        return MODULE_NONE;
    }
    uint32_t file = add_file(c, path, shown_path(c, path), text, false);
    load_uses(c, file, depth + 1);
    return file;
}

static void load_use(Compilation *c, uint32_t file, const Item *item, uint32_t depth) {
    const Expr *target = item->values.count ? item->values.items[0] : NULL;
    uint32_t used = MODULE_NONE;
    Slice name = target ? dotted_name(c, target) : (Slice){0};
    if (target && target->kind == EXPR_STRING) {
        used = load_local(c, file, target->text, target->span, depth);
    } else if (name.length) {
        used = load_library(c, name, target->span, depth);
    } else if (!item->broken) {
        diag_add(c->diags, DIAG_SYNTAX_ERROR, item->span,
                 "`use` wants a library (`use nhs.framework`) or a file (`use \"outcomes.scp\"`)");
    }
    if (used != MODULE_NONE) VEC_PUSH(c->arena, &c->files.items[file].uses, used);
}

static bool load_uses(Compilation *c, uint32_t file, uint32_t depth) {
    c->files.items[file].loading = true;
    const File *tree = c->files.items[file].tree;
    Atom use = intern(c->interner, SLICE("use"));
    for (uint32_t i = 0; i < tree->items.count; i++) {
        if (tree->items.items[i]->word == use) load_use(c, file, tree->items.items[i], depth);
    }
    c->files.items[file].loading = false;
    return true;
}

uint32_t file_at(const Compilation *c, Span span) {
    const Source *source = source_map_find(c->sources, span.start);
    for (uint32_t i = 0; i < c->files.count; i++) {
        if (&c->sources->sources.items[c->files.items[i].source] == source) return i;
    }
    return 0;
}

bool file_sees(const Compilation *c, uint32_t from, uint32_t file) {
    const LoadedFile *user = &c->files.items[from], *used = &c->files.items[file];
    if (from == file || used->prelude || (!used->library && !user->library)) return true;
    for (uint32_t i = 0; i < user->uses.count; i++) {
        if (user->uses.items[i] == file) return true;
    }
    return false;
}

bool sema_load(Compilation *c, Slice path, Slice text) {
    load_library(c, SLICE("prelude"), SPAN_NONE, 0);
    for (uint32_t i = 0; i < c->files.count; i++) c->files.items[i].prelude = true;
    size_t slash = path.length;
    while (slash && path.data[slash - 1] != '/') slash--;
    if (!c->options.root.length)
        c->options.root = slash ? slice_sub(path, 0, slash - 1) : SLICE(".");
    if (!c->options.root.length) c->options.root = SLICE("/");
    uint32_t file = add_file(c, slice_sub(path, slash, path.length), path, text, false);
    return load_uses(c, file, 0);
}
