/* What people.c and geography.c share. */
#ifndef COMPILER_SEMA_PEOPLE_H
#define COMPILER_SEMA_PEOPLE_H

#include "compiler/sema/sema.h"
#include "runtime/data/csv.h"

/* The declaration of that sort that a word names; NULL after a message: `…` is not `wanted`. */
Decl *decl_named(Compilation *c, const Expr *expr, DeclSort sort, const char *wanted);

/* people.c: what tables and series alike say of their files: the path as written (empty: none), how
 * the bytes are text, and the days covered, whole months as 2025-04 .. 2026-03 (0, 0: not said). */
Slice file_of(const Compilation *c, const Decl *decl);
TextEncoding encoding_of(const Compilation *c, const Decl *decl);
/* What stands between the fields of a declaration's files; 0: nothing is said, a comma. */
char delimiter_of(Compilation *c, const Decl *decl);
void days_covered(Compilation *c, const Decl *decl, int32_t *first, int32_t *last);

/* columns.c */
/* The type without `or missing`, and whether that was said. */
const Expr *without_missing(const Expr *type, bool *may_miss);
Node *column_node(Compilation *c, const Table *table, const TableColumn *column, Span span);
void declare_columns(Compilation *c, Decl *decl, Table *table, ModuleTable *module);
/* One column as its declaration says. */
void declare_column(Compilation *c, const Decl *decl, ModuleColumn *column, TableColumn *info);

/* Something known of every finest area of a geography, as of one who lives there. */
typedef struct {
    Atom name;
    Type type;
    uint32_t table; /* look-up table: from the area to a code, or to the value less `offset` */
    int64_t offset;
    int64_t scale_num, scale_den; /* canonical = value * num / den */
    Span span;
} AreaAttribute;

typedef VEC(AreaAttribute) AreaAttributes;

/* attributes.c: reads them beside the areas, first the headings, then a record an area; each says
 * what is wrong. What could not be read is kept as missing everywhere, so that its name is known.
 */
typedef struct AttributeReader AttributeReader;
AttributeReader *attributes_begin(Compilation *c, const Decl *geography, Slice file);
bool attributes_find(AttributeReader *reader, const CsvReader *header);
bool attributes_read(AttributeReader *reader, const CsvReader *record);
void attributes_keep(AttributeReader *reader, AreaAttributes *attributes);

/* The attribute of the area whose code a row node gives. */
Node *attribute_of_row(Compilation *c, Node *area, const AreaAttribute *attribute, Span span);

/* Reads the areas of a geography from its file: a dimension for each level, finest first, and
 * which coarser area each finest one lies in. */
void geography_read(Compilation *c, Decl *decl);

/* A mistake in its file, at a line of it where one is known. */
Diag *area_fault(Compilation *c, const Decl *geography, Slice file, DiagName name, uint64_t line,
                 const char *text, Slice what);

/* What is known of its areas under that name; NULL where nothing is. */
const AreaAttribute *geography_attribute(const Decl *geography, Atom name);

/* The attribute that is a category of the dimension; NULL. */
const AreaAttribute *geography_attribute_of(const Decl *geography, uint16_t dim);

/* The dimension of its finest level. */
uint16_t geography_finest(Compilation *c, const Decl *decl);

/* The dimension of the level of that name; false where there is none. */
bool geography_level(Compilation *c, const Decl *decl, Atom name, uint16_t *dim);

/* The look-up table from the finest level to the level `dim`; MODULE_NONE where it is none of
 * this geography's. */
uint32_t geography_parent_table(Compilation *c, const Decl *decl, uint16_t dim);
/* The heading a column or level is read from: `from "…"`, else its name. */
Slice column_header(Compilation *c, const Decl *decl);

#endif
