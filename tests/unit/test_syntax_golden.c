/* Runs the cases of tests/golden/syntax: a file holds several, each a plan and what comes of
 * it, its tree and its messages. With SCP_ACCEPT=1 in the environment the files are rewritten
 * with what came: read the difference before you commit it. */
#include "tests/unit/test_syntax_fixture.h"

#include <dirent.h>

static const char folder[] = SCP_SOURCE_DIR "/tests/golden/syntax";

typedef struct {
    char *data;
    size_t length;
} Bytes;

static Bytes read_all(const char *path) {
    FILE *in = fopen(path, "rb");
    assert_non_null(in);
    Bytes bytes = {malloc(1 << 20), 0};
    assert_non_null(bytes.data);
    bytes.length = fread(bytes.data, 1, 1 << 20, in);
    fclose(in);
    return bytes;
}

static void write_all(const char *path, Slice text) {
    FILE *out = fopen(path, "wb");
    assert_non_null(out);
    assert_int_equal(fwrite(text.data, 1, text.length, out), text.length);
    assert_int_equal(fclose(out), 0);
}

/* Where the next line that begins with `mark` starts, from `at`. */
static size_t find_line(Slice text, size_t at, const char *mark) {
    size_t length = strlen(mark);
    for (size_t i = at; i + length <= text.length; i++)
        if ((i == 0 || text.data[i - 1] == '\n') && memcmp(text.data + i, mark, length) == 0)
            return i;
    return text.length;
}

static size_t after_line(Slice text, size_t at) {
    while (at < text.length && text.data[at] != '\n') at++;
    return at < text.length ? at + 1 : at;
}

/* Adds the heading, the plan and what came of it. */
static void add_case(Buffer *out, Slice heading, Slice plan) {
    Parsed *parsed = parse_slice(plan);
    buffer_add(out, heading);
    buffer_add(out, plan);
    buffer_add_text(out, "---- tree\n");
    buffer_add(out, tree_text(parsed));
    buffer_add_text(out, "---- messages\n");
    buffer_add(out, diags_text(parsed));
    parsed_free(parsed);
}

/* What the whole file should be. */
static Slice run_cases(Arena *arena, Slice text) {
    Buffer out;
    buffer_init(&out, arena);
    size_t at = find_line(text, 0, "==== ");
    buffer_add(&out, slice_sub(text, 0, at));
    while (at < text.length) {
        size_t plan = after_line(text, at), end = find_line(text, plan, "==== ");
        size_t result = find_line(slice_sub(text, 0, end), plan, "---- ");
        add_case(&out, slice_sub(text, at, plan), slice_sub(text, plan, result));
        if (end < text.length) buffer_add_text(&out, "\n");
        at = end;
    }
    return buffer_slice(&out);
}

static void show_difference(const char *path, Slice want, Slice got) {
    size_t i = 0;
    while (i < want.length && i < got.length && want.data[i] == got.data[i]) i++;
    while (i && want.data[i - 1] != '\n') i--;
    size_t heading = i;
    while (heading && !(want.data[heading] == '=' && want.data[heading - 1] == '\n')) heading--;
    fprintf(stderr, "%s\n%.*s\nexpected\n%.*s\n\ngot\n%.*s\n", path, 70, want.data + heading,
            (int)(after_line(want, i) - i), want.data + i, (int)(after_line(got, i) - i),
            got.data + i);
}

static bool run_file(const char *path) {
    Bytes bytes = read_all(path);
    Slice want = {bytes.data, bytes.length};
    Parsed *memory = parsed_new(0);
    Slice got = run_cases(&memory->arena, want);
    bool same = slice_equal(want, got);
    if (!same && getenv("SCP_ACCEPT"))
        write_all(path, got);
    else if (!same)
        show_difference(path, want, got);
    parsed_free(memory);
    free(bytes.data);
    return same;
}

static void plans_give_the_trees_and_messages_written_down(void **state) {
    (void)state;
    DIR *open = opendir(folder);
    assert_non_null(open);
    int files = 0, wrong = 0;
    for (struct dirent *entry; (entry = readdir(open));) {
        if (!slice_ends_with(slice_of(entry->d_name), SLICE(".golden"))) continue;
        char path[1024];
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        files++;
        wrong += !run_file(path);
    }
    closedir(open);
    assert_true(files > 0);
    assert_int_equal(wrong, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plans_give_the_trees_and_messages_written_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
