/* The whole road from text to module. A plan with errors has no module; what the compiler
 * itself makes goes through the verifier like everybody else's. */
#include "compiler/lower/compile.h"

#include <stdio.h>
#include <string.h>

#include "compiler/lower/lower.h"
#include "runtime/bytecode/verify.h"
#include "scp/runtime.h"

static Compilation *begin(const CompileOptions *options, Arena *arena, CompileResult *result) {
    memset(result, 0, sizeof *result);
    result->arena = arena;
    source_map_init(&result->sources, arena);
    diag_bag_init(&result->diags, arena);
    Compilation *c = ARENA_NEW(arena, Compilation);
    c->arena = arena;
    c->interner = interner_new(arena, 0);
    c->sources = &result->sources;
    c->diags = &result->diags;
    c->options = (SemaOptions){.root = options->root,
                               .file_limit = options->file_limit,
                               .import_limit = options->import_limit,
                               .depth_limit = options->depth_limit,
                               .has_as_of = options->has_as_of,
                               .as_of = options->as_of,
                               .data = options->data,
                               .data_count = options->data_count};
    c->parse = (ParseContext){.arena = arena,
                              .interner = c->interner,
                              .sources = c->sources,
                              .diags = c->diags,
                              .nesting_limit = options->nesting_limit};
    c->module = module_new(arena);
    c->module->compiler_version = SLICE(SCP_VERSION);
    c->module->edition = 2026;
    unit_table_init(&c->units, arena, c->interner);
    hashmap_init(&c->kind_names, arena);
    hashmap_init(&c->row_codes, arena);
    pool_init(&c->dim_pool, arena);
    return c;
}

static const Expr *read_eval(Compilation *c, Slice text) {
    if (!text.length) return NULL;
    uint32_t source = source_map_add(c->sources, SLICE("<expression>"), text, false);
    return parse_expression(&c->parse, source);
}

static void lower(Compilation *c, const Expr *eval) {
    Lowering *l = ARENA_NEW(c->arena, Lowering);
    l->c = c;
    l->module = c->module;
    hashmap_init(&l->memo, c->arena);
    hashmap_init(&l->row_memo, c->arena);
    hashmap_init(&l->decl_index, c->arena);
    hashmap_init(&l->splits, c->arena);
    pool_init(&l->consts, c->arena);
    pool_init(&l->rows, c->arena);
    pool_init(&l->queries, c->arena);
    lower_decls(l);
    lower_outputs(l);
    if (eval) lower_asked(l, eval);
    lower_rules(l);
}

/* Text of the tree and of sources does not outlive the compilation: the module keeps its own. */
static void keep_texts(Module *module) {
    for (uint32_t i = 0; i < module->sources.count; i++) module->sources.items[i].text = (Slice){0};
}

static void verify(Compilation *c) {
    Slice broken = module_verify(c->module, c->arena);
    if (!broken.length) return;
    char message[160];
    snprintf(message, sizeof message, "the compiled plan breaks its own rule %.*s",
             SLICE_FMT(broken));
    boundary_leave(c->arena->boundary, SCP_FAULT, message);
}

/* A module of its own, with nothing of the compilation's arena in it. */
static Module *moved(Compilation *c, Arena *module_arena) {
    Module *module;
    Slice error;
    if (module_load(module_arena, module_save(c->module, c->arena), &module, &error) != SCP_OK)
        boundary_leave(c->arena->boundary, SCP_FAULT, "the module cannot be read back");
    return module;
}

void compile_plan(const CompileOptions *options, Arena *arena, Arena *module_arena,
                  CompileResult *result) {
    Compilation *c = begin(options, arena, result);
    sema_load(c, options->path, options->text);
    const Expr *eval = read_eval(c, options->eval);
    sema_read_kinds(c);
    sema_declare(c);
    sema_declare_plan(c);
    sema_declare_people(c);
    sema_elaborate_all(c);
    result->is_library = c->plan_is_library;
    result->data_missing = c->data_missing;
    /* also where there are mistakes: some are only found in what measures are asked for */
    if (!c->data_missing && !c->limit_said) lower(c, eval);
    diag_bag_sort(c->diags);
    if (diag_bag_count(c->diags, SEVERITY_ERROR)) return;
    verify(c);
    keep_texts(c->module);
    result->module = module_arena == arena ? c->module : moved(c, module_arena);
}
