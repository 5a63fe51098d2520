/* What people.c and geography.c share. */
#ifndef COMPILER_SEMA_PEOPLE_H
#define COMPILER_SEMA_PEOPLE_H

#include "compiler/sema/sema.h"

/* columns.c */
void declare_columns(Compilation *c, Decl *decl, Table *table, ModuleTable *module);

/* Reads the areas of a geography from its file: a dimension for each level, finest first, and
 * which coarser area each finest one lies in. */
void geography_read(Compilation *c, Decl *decl);

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
