/* The standard library as it was when the program was built, one entry a file. The tables are
 * written at build time by tools/embed.c from stdlib; nothing here reads a disk. */
#ifndef COMPILER_SEMA_EMBEDDED_H
#define COMPILER_SEMA_EMBEDDED_H

#include <stddef.h>

typedef struct {
    const char *name; /* the path below stdlib: "nhs/framework.scp" */
    const char *text; /* UTF-8; a NUL follows the last byte */
    size_t length;    /* bytes of text, without that NUL */
} EmbeddedFile;

/* Sorted by name, byte by byte, so that a name can be found by bisection. */
extern const EmbeddedFile scp_stdlib_files[];
extern const size_t scp_stdlib_count;

#endif
