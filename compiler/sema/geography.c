/* Geographies: the areas of a plan and how they nest, read from a file that is part of the
 * plan (places are not people). Refuses an area that stands twice or lies in two others. */
#include "compiler/sema/people.h"

#include <string.h>

#include "runtime/base/file.h"
#include "runtime/base/sha256.h"
#include "runtime/data/csv.h"
#include "runtime/data/encoding.h"

typedef struct {
    Atom name;
    uint16_t dim;
    uint32_t parents; /* row table from the finest level; MODULE_NONE for the finest itself */
} Level;

struct Geography {
    VEC(Level) levels; /* finest first */
    AreaAttributes attributes;
};

/* While it is read. */
typedef struct {
    Compilation *c;
    Decl *decl;
    Slice file;
    uint32_t level_count;
    uint32_t column[MODULE_MAX_DIMS];
    VEC(Slice) members[MODULE_MAX_DIMS];
    HashMap codes[MODULE_MAX_DIMS]; /* atom → code */
    VEC(int32_t) parents[MODULE_MAX_DIMS];
    AttributeReader *attributes;
} Reading;

Diag *area_fault(Compilation *c, const Decl *geography, Slice file, DiagName name, uint64_t line,
                 const char *text, Slice what) {
    Slice at =
        line ? arena_printf(c->arena, "%.*s:%llu: ", SLICE_FMT(file), (unsigned long long)line)
             : arena_printf(c->arena, "%.*s: ", SLICE_FMT(file));
    c->data_missing = true;
    return sema_error(c, NULL, name, geography->name_span, "%.*s%s%s%.*s%s", SLICE_FMT(at), text,
                      what.length ? " `" : "", SLICE_FMT(what), what.length ? "`" : "");
}

static Diag *fault(Reading *r, DiagName name, uint64_t line, const char *text, Slice area) {
    return area_fault(r->c, r->decl, r->file, name, line, text, area);
}

static bool find_columns(Reading *r, const CsvReader *csv) {
    uint32_t level = 0;
    for (uint32_t i = 0; i < r->decl->children.count; i++) {
        const Decl *child = r->decl->children.items[i];
        if (child->kind->sort != SORT_LEVEL) continue;
        Slice name = column_header(r->c, child);
        uint32_t column = 0;
        while (column < csv->count && !slice_equal(csv->fields[column], name)) column++;
        if (column == csv->count) {
            fault(r, DIAG_DATA_COLUMN_MISSING, 1, "there is no column", name);
            return false;
        }
        r->column[level++] = column;
    }
    r->level_count = level;
    return level > 0 && attributes_find(r->attributes, csv);
}

/* The code of an area of a level, new areas in order of the file. */
static int32_t area_code(Reading *r, uint32_t level, Slice area) {
    Atom atom = intern(r->c->interner, area);
    uint64_t found;
    if (hashmap_get(&r->codes[level], atom, &found)) return (int32_t)found;
    hashmap_put(&r->codes[level], atom, r->members[level].count);
    VEC_PUSH(r->c->arena, &r->members[level], atom_text(r->c->interner, atom));
    return (int32_t)(r->members[level].count - 1);
}

static bool read_record(Reading *r, const CsvReader *csv) {
    for (uint32_t level = 0; level < r->level_count; level++) {
        Slice area = csv->fields[r->column[level]];
        if (!area.length) {
            fault(r, DIAG_DATA_TYPE, csv->record_line, "an area has no name", SLICE(""));
            return false;
        }
        uint32_t before = r->members[level].count;
        int32_t code = area_code(r, level, area);
        if (level == 0 && before == r->members[0].count) {
            fault(r, DIAG_DATA_DUPLICATE_KEY, csv->record_line, "an area stands twice:", area);
            return false;
        }
        VEC_PUSH(r->c->arena, &r->parents[level], code);
    }
    return attributes_read(r->attributes, csv);
}

/* Each level must nest in the next: one coarser area for each finer one. */
static bool check_nesting(Reading *r) {
    for (uint32_t level = 1; level + 1 < r->level_count; level++) {
        HashMap above;
        hashmap_init(&above, r->c->arena);
        for (uint32_t i = 0; i < r->members[0].count; i++) {
            uint64_t child = (uint64_t)r->parents[level].items[i], parent;
            uint64_t here = (uint64_t)r->parents[level + 1].items[i];
            if (!hashmap_get(&above, child, &parent))
                hashmap_put(&above, child, here);
            else if (parent != here) {
                fault(r, DIAG_DATA_DUPLICATE_KEY, i + 2,
                      "an area lies in two larger ones:", r->members[level].items[child]);
                return false;
            }
        }
    }
    return true;
}

static void keep_levels(Reading *r) {
    Compilation *c = r->c;
    uint32_t level = 0;
    struct Geography *geography = ARENA_NEW(c->arena, struct Geography);
    for (uint32_t i = 0; i < r->decl->children.count; i++) {
        const Decl *child = r->decl->children.items[i];
        if (child->kind->sort != SORT_LEVEL) continue;
        ModuleDim dim = {.name = word(c, child->name),
                         .sort = DIM_GEOGRAPHY,
                         .member_count = r->members[level].count,
                         .members = r->members[level].items,
                         .titles = r->members[level].items};
        dim.title = child->title.length ? child->title : dim.name;
        Level kept = {.name = child->name, .dim = dim_intern(c, &dim), .parents = MODULE_NONE};
        if (level) {
            RowTable table = {.count = r->parents[level].count, .codes = r->parents[level].items};
            kept.parents = c->module->row_tables.count;
            VEC_PUSH(c->arena, &c->module->row_tables, table);
        }
        VEC_PUSH(c->arena, &geography->levels, kept);
        level++;
    }
    attributes_keep(r->attributes, &geography->attributes);
    r->decl->geography = geography;
}

static bool read_text(Reading *r, Slice text) {
    Transcoder transcoder;
    transcoder_init(&transcoder, encoding_of(r->c, r->decl));
    char *plain = arena_alloc(r->c->arena,
                              text.length * ENCODING_GROWTH + ENCODING_SLACK + CSV_PADDING);
    size_t length =
        transcode(&transcoder, (const unsigned char *)text.data, text.length, true, plain);
    size_t skip = length >= 3 && !memcmp(plain, "\xEF\xBB\xBF", 3) ? 3 : 0;
    char delimiter = delimiter_of(r->c, r->decl);
    CsvReader *csv = ARENA_NEW(r->c->arena, CsvReader);
    csv_reader_init(csv, plain + skip, length - skip, delimiter ? delimiter : ',', 0);
    for (uint32_t level = 0; level < MODULE_MAX_DIMS; level++)
        hashmap_init(&r->codes[level], r->c->arena);
    bool header = true;
    while (csv_next(csv)) {
        if (csv->fault != CSV_SOUND) {
            fault(r, DIAG_DATA_ROW_SHAPE, csv->record_line,
                  "the record is not well-formed delimited text", SLICE(""));
            return false;
        }
        if (header) {
            if (!find_columns(r, csv)) return false;
            csv->expected = csv->count;
            header = false;
        } else if (!read_record(r, csv)) {
            return false;
        }
    }
    if (r->level_count && r->members[0].count) return check_nesting(r);
    fault(r, DIAG_DATA_ROW_SHAPE, 0, "the file has no areas", SLICE(""));
    return false;
}

/* Of a file that cannot be read only the levels are known: they have no members, and nobody is
 * told so a second time. */
static void forget_areas(Reading *r, uint32_t levels) {
    for (uint32_t level = 0; level < levels; level++)
        r->members[level].count = r->parents[level].count = 0;
}

static Slice file_named(Compilation *c, const Decl *decl, bool *overridden) {
    for (uint32_t i = 0; i < c->options.data_count; i++) {
        if (!slice_equal(c->options.data[i].name, word(c, decl->name))) continue;
        *overridden = true;
        return c->options.data[i].path;
    }
    *overridden = false;
    const Phrase *from = item_phrase(&decl->item->phrases, intern(c->interner, SLICE("from")));
    return from && from->values.count && from->values.items[0]->kind == EXPR_STRING
               ? from->values.items[0]->text
               : (Slice){0};
}

/* What the report says it was made from. */
static void record_input(Compilation *c, const Decl *decl, Slice file, Slice text) {
    Arena *arena = c->module->arena;
    char hex[SHA256_HEX_SIZE];
    sha256_hex(sha256_of(text), hex);
    ModuleInput input = {.name = arena_copy(arena, word(c, decl->name)),
                         .file = arena_copy(arena, file),
                         .sha256 = arena_copy(arena, slice_of(hex))};
    VEC_PUSH(arena, &c->module->inputs, input);
}

void geography_read(Compilation *c, Decl *decl) {
    Reading *r = ARENA_NEW(c->arena, Reading);
    r->c = c;
    r->decl = decl;
    bool overridden;
    r->file = file_named(c, decl, &overridden);
    r->attributes = attributes_begin(c, decl, r->file);
    uint32_t levels = 0;
    for (uint32_t i = 0; i < decl->children.count; i++)
        levels += decl->children.items[i]->kind->sort == SORT_LEVEL;
    if (!levels || levels > MODULE_MAX_DIMS) {
        sema_error(c, NULL, DIAG_MISSING_CLAUSE, decl->name_span,
                   "a geography has from one to %d levels, finest first", MODULE_MAX_DIMS);
        return;
    }
    Slice text, error;
    const size_t limit = 64u << 20;
    ScpStatus status =
        overridden ? file_read(c->arena, arena_copy(c->arena, r->file).data, limit, &text, &error)
                   : file_confined_read(c->arena, arena_copy(c->arena, c->options.root).data,
                                        r->file, limit, &text, &error);
    if (status != SCP_OK) {
        c->data_missing = true;
        sema_error(c, NULL, DIAG_DATA_NOT_FOUND, decl->name_span, "%.*s", SLICE_FMT(error));
    }
    if (status == SCP_OK) record_input(c, decl, r->file, text);
    if (status != SCP_OK || !read_text(r, text)) forget_areas(r, levels);
    keep_levels(r);
}

uint16_t geography_finest(Compilation *c, const Decl *decl) {
    if (decl->geography) return decl->geography->levels.items[0].dim;
    ModuleDim none = {
        .name = word(c, decl->name), .title = word(c, decl->name), .sort = DIM_GEOGRAPHY};
    return dim_intern(c, &none);
}

bool geography_level(Compilation *c, const Decl *decl, Atom name, uint16_t *dim) {
    (void)c;
    if (!decl->geography) return false;
    VEC_EACH(const Level, level, &decl->geography->levels) {
        if (level->name != name) continue;
        *dim = level->dim;
        return true;
    }
    return false;
}

const AreaAttribute *geography_attribute(const Decl *decl, Atom name) {
    if (!decl->geography) return NULL;
    VEC_EACH(const AreaAttribute, attribute, &decl->geography->attributes) {
        if (attribute->name == name) return attribute;
    }
    return NULL;
}

const AreaAttribute *geography_attribute_of(const Decl *decl, uint16_t dim) {
    if (!decl->geography) return NULL;
    VEC_EACH(const AreaAttribute, attribute, &decl->geography->attributes) {
        if (attribute->type.base == TYPE_CODE && attribute->type.code_dim == dim) return attribute;
    }
    return NULL;
}

uint32_t geography_parent_table(Compilation *c, const Decl *decl, uint16_t dim) {
    (void)c;
    if (!decl->geography) return MODULE_NONE;
    VEC_EACH(const Level, level, &decl->geography->levels) {
        if (level->dim == dim) return level->parents;
    }
    return MODULE_NONE;
}
