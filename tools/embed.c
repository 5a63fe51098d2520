/* Turns files, such as those of the standard library, into one C file, at build time.
 *
 *     embed ROOT LIST OUT PREFIX
 *
 * LIST names one file a line, relative to ROOT. OUT defines PREFIX_files and PREFIX_count; it is
 * always the same for the same files, whatever the order of LIST: sorted by name, no date, no
 * path of the machine. */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_SIZE = 1024, LINE_WIDTH = 80 };

typedef struct {
    char **items;
    size_t count;
} Names;

static _Noreturn void fail(const char *what, const char *which) {
    fprintf(stderr, "embed: %s %s: %s\n", what, which, strerror(errno));
    exit(1);
}

static FILE *open_file(const char *path, const char *mode) {
    FILE *file = fopen(path, mode);
    if (file == NULL) fail("cannot open", path);
    return file;
}

static void names_add(Names *names, const char *name) {
    char **items = realloc(names->items, (names->count + 1) * sizeof *items);
    if (items == NULL) fail("no memory for", name);
    names->items = items;
    size_t size = strlen(name) + 1;
    char *copy = malloc(size);
    if (copy == NULL) fail("no memory for", name);
    memcpy(copy, name, size);
    items[names->count++] = copy;
}

static int compare_names(const void *left, const void *right) {
    return strcmp(*(char *const *)left, *(char *const *)right);
}

static Names names_read(const char *path) {
    Names names = {0};
    char line[NAME_SIZE];
    FILE *file = open_file(path, "r");
    while (fgets(line, sizeof line, file) != NULL) {
        line[strcspn(line, "\r\n")] = '\0';
        if (line[0] != '\0') names_add(&names, line);
    }
    if (ferror(file)) fail("cannot read", path);
    fclose(file);
    if (names.count > 0) qsort(names.items, names.count, sizeof *names.items, compare_names);
    return names;
}

static void names_free(Names *names) {
    for (size_t i = 0; i < names->count; i++) free(names->items[i]);
    free(names->items);
}

/* One byte inside a C string literal; octal has three digits, so that what follows it cannot be
 * taken as a part of it, and `?` is escaped because of trigraphs. Returns the characters written.
 */
static int write_byte(FILE *out, int byte) {
    if (byte == '\n') return fprintf(out, "\\n");
    if (byte == '"' || byte == '\\' || byte == '?') return fprintf(out, "\\%c", byte);
    if (byte >= 0x20 && byte < 0x7f) return fprintf(out, "%c", byte);
    return fprintf(out, "\\%03o", (unsigned)byte);
}

/* The file as string literals, one or more a line of it. Returns its length in bytes. */
static size_t write_text(FILE *out, FILE *in) {
    size_t length = 0;
    int width = 0;
    bool open = false;
    for (int byte = fgetc(in); byte != EOF; byte = fgetc(in)) {
        if (!open) fputs("     \"", out);
        open = true;
        width += write_byte(out, byte);
        length++;
        if (byte == '\n' || width >= LINE_WIDTH) {
            fputs("\"\n", out);
            open = false;
            width = 0;
        }
    }
    if (open) fputs("\"\n", out);
    if (length == 0) fputs("     \"\"\n", out);
    return length;
}

static void write_entry(FILE *out, const char *root, const char *name) {
    char path[2 * NAME_SIZE];
    if ((size_t)snprintf(path, sizeof path, "%s/%s", root, name) >= sizeof path) {
        errno = ENAMETOOLONG;
        fail("cannot open", name);
    }
    FILE *in = open_file(path, "rb");
    fputs("    {\"", out);
    for (const char *c = name; *c != '\0'; c++) write_byte(out, (unsigned char)*c);
    fputs("\",\n", out);
    size_t length = write_text(out, in);
    if (ferror(in)) fail("cannot read", path);
    fprintf(out, "     , %zu},\n", length);
    fclose(in);
}

/* The entry after the last is empty: C has no array of nothing. */
static void write_tables(FILE *out, const char *root, const Names *names, const char *prefix) {
    fprintf(out,
            "/* Written by tools/embed.c; changes are lost. */\n"
            "#include \"compiler/sema/embedded.h\"\n\n"
            "const EmbeddedFile %s_files[] = {\n",
            prefix);
    for (size_t i = 0; i < names->count; i++) write_entry(out, root, names->items[i]);
    fprintf(out, "    {0, 0, 0},\n};\n\nconst size_t %s_count = %zu;\n", prefix, names->count);
}

int main(int argc, char **argv) {
    if (argc != 5) {
        fprintf(stderr, "usage: embed ROOT LIST OUT PREFIX\n");
        return 2;
    }
    Names names = names_read(argv[2]);
    FILE *out = open_file(argv[3], "w");
    write_tables(out, argv[1], &names, argv[4]);
    if (ferror(out) | fclose(out)) fail("cannot write", argv[3]);
    names_free(&names);
    return 0;
}
