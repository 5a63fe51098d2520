/* Reading files within bounds, and writing them whole or not at all. */
#include "tests/unit/test_base_fixture.h"
#include "tests/unit/test_folder_fixture.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runtime/base/atomic_file.h"
#include "runtime/base/file.h"

enum { LIMIT = 1000 };

/* Each test runs in a new empty folder. */
static void put(const char *path, const char *text) {
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
}

static void assert_content(Arena *arena, const char *path, const char *want) {
    Slice text, error;
    if (file_read(arena, path, LIMIT, &text, &error) != SCP_OK) fail_msg("%.*s", SLICE_FMT(error));
    assert_slice(text, want);
}

static int count_entries(const char *path) {
    DIR *folder = opendir(path);
    int count = 0;
    for (struct dirent *entry; (entry = readdir(folder));)
        count += entry->d_name[0] != '.' || strlen(entry->d_name) > 2;
    closedir(folder);
    return count;
}

static void assert_unread(Arena *arena, const char *path, ScpStatus status, const char *message) {
    Slice text = SLICE("untouched"), error = SLICE("");
    assert_int_equal(file_read(arena, path, LIMIT, &text, &error), status);
    assert_slice(error, message);
    assert_slice(text, "untouched");
}

ARENA_TEST(text_read_is_followed_by_two_nul_bytes) {
    Slice text, error;
    put("a", "abc");
    put("empty", "");
    assert_int_equal(file_read(arena, "a", 3, &text, &error), SCP_OK);
    assert_memory_equal(text.data, "abc\0\0", 5);
    assert_int_equal(text.length, 3);
    assert_int_equal(file_read(arena, "empty", 0, &text, &error), SCP_OK);
    assert_memory_equal(text.data, "\0\0", 2);
    assert_int_equal(text.length, 0);
    assert_int_equal(file_read(arena, "a", SIZE_MAX, &text, &error), SCP_OK);
}

ARENA_TEST(what_cannot_be_read_is_said_in_plain_words) {
    char big[LIMIT + 2];
    memset(big, 'x', LIMIT + 1);
    big[LIMIT + 1] = '\0';
    put("big", big);
    mkdir("folder", 0777);
    mkfifo("pipe", 0666);
    assert_unread(arena, "no\nne", SCP_DATA, "`no\\u{000A}ne` is not there");
    assert_unread(arena, "big/x", SCP_DATA, "`big/x` is not there");
    assert_unread(arena, "big", SCP_LIMIT, "`big` is over the limit of 1000 bytes");
    assert_unread(arena, "folder", SCP_DATA, "`folder` is a folder, not a file");
    assert_unread(arena, "pipe", SCP_DATA, "`pipe` is not a regular file");
    assert_unread(arena, "/dev/null", SCP_DATA, "`/dev/null` is not a regular file");
    put("locked", "");
    chmod("locked", 0);
    if (geteuid())
        assert_unread(arena, "locked", SCP_DATA, "`locked` may not be read: permission is refused");
    assert_slice(file_quote(arena, SLICE("a\xFF\xE2\x80\xAE")), "`a\\xFF\\u{202E}`");
}

ARENA_TEST(file_that_lies_about_its_size_is_read_whole) {
    Slice text, error;
    assert_int_equal(file_read(arena, "/proc/self/status", 1 << 20, &text, &error), SCP_OK);
    assert_true(text.length > 100);
}

ARENA_TEST(pipe_is_read_to_its_end_and_no_further_than_the_limit) {
    Slice text, error;
    for (size_t length = 9999; length <= 10000; length++) {
        int ends[2];
        assert_int_equal(pipe(ends), 0);
        char bytes[10000];
        memset(bytes, 'y', sizeof bytes);
        assert_int_equal(write(ends[1], bytes, length), length);
        close(ends[1]);
        ScpStatus status =
            file_read_descriptor(arena, ends[0], SLICE("standard input"), 9999, &text, &error);
        assert_int_equal(status, length > 9999 ? SCP_LIMIT : SCP_OK);
        close(ends[0]);
    }
    assert_int_equal(text.length, 9999);
}

/* The lowest free descriptor: the same before and after if none leaked. */
static int next_descriptor(void) {
    int descriptor = open("/dev/null", O_RDONLY);
    close(descriptor);
    return descriptor;
}

static ScpStatus try_reading(Arena *arena, Boundary *boundary, Slice *text, Slice *error) {
    static const Slice path = {"d/../a", 6};
    if (setjmp(boundary->at)) return SCP_FAULT;
    return file_confined_read(arena, ".", path, LIMIT, text, error);
}

PLAIN_TEST(exhausted_memory_while_reading_is_a_status_and_leaks_nothing) {
    put("a", "abc");
    mkdir("d", 0777);
    int before = next_descriptor();
    for (int n = 1; n <= 3; n++) {
        Boundary boundary;
        Arena arena;
        Slice text, error;
        arena_init(&arena, &boundary, 0);
        mem_fail_after(n);
        ScpStatus status = try_reading(&arena, &boundary, &text, &error);
        if (mem_fail_after(0) == 0 && n == 1) {
            assert_int_equal(status, SCP_LIMIT);
            assert_slice(error, "there is not enough memory");
        }
        assert_true(status != SCP_FAULT);
        arena_free(&arena);
        assert_int_equal(next_descriptor(), before);
    }
}

typedef ScpStatus Opening(Arena *arena, int root, Slice path, int *descriptor, Slice *error);

static ScpStatus open_and_close(Arena *arena, Opening *opening, int root, Slice path,
                                Slice *error) {
    int descriptor = -1;
    ScpStatus status = opening(arena, root, path, &descriptor, error);
    assert_int_equal(status == SCP_OK, descriptor >= 0);
    if (descriptor >= 0) close(descriptor);
    return status;
}

/* root/{in, pipe, sub/{deep, up → ../in, out → ../../secret}, loop, away → /etc, above → ..}
 * and a secret beside it. */
static int make_tree(Arena *arena) {
    int root = -1;
    Slice error;
    put("secret", "secret");
    mkdir("root", 0777);
    mkdir("root/sub", 0777);
    put("root/in", "in");
    put("root/sub/deep", "deep");
    mkfifo("root/pipe", 0666);
    assert_int_equal(symlink("../in", "root/sub/up"), 0);
    assert_int_equal(symlink("../../secret", "root/sub/out"), 0);
    assert_int_equal(symlink("loop", "root/loop"), 0);
    assert_int_equal(symlink("/etc", "root/away"), 0);
    assert_int_equal(symlink("..", "root/above"), 0);
    assert_int_equal(file_root_open(arena, "root", &root, &error), SCP_OK);
    return root;
}

ARENA_TEST(paths_stay_below_their_root) {
    Opening *const ways[] = {file_confined_open, file_confined_open_by_steps};
    const char *inside[] = {"in",        "./in",       "sub/deep",        "sub//deep",
                            "sub/../in", "sub/./deep", "sub/../sub/deep", ".//in"};
    const char *outside[] = {"",        "/etc/passwd",    "../secret",    "sub/../../secret",
                             "sub/out", "away/passwd",    "above/secret", "loop",
                             "none",    "sub/none",       "in/x",         "sub",
                             ".",       "pipe",           "sub/..",       "above",
                             "away",    "x/../../root/in"};
    int root = make_tree(arena);
    int before = next_descriptor();
    Slice error;
    for (int way = 0; way < 2; way++) {
        for (size_t i = 0; i < sizeof inside / sizeof *inside; i++)
            if (open_and_close(arena, ways[way], root, slice_of(inside[i]), &error) != SCP_OK)
                fail_msg("way %d: %.*s", way, SLICE_FMT(error));
        for (size_t i = 0; i < sizeof outside / sizeof *outside; i++)
            if (open_and_close(arena, ways[way], root, slice_of(outside[i]), &error) != SCP_DATA)
                fail_msg("way %d opened %s", way, outside[i]);
    }
    assert_int_equal(next_descriptor(), before);
    assert_int_equal(open_and_close(arena, ways[1], root, SLICE("sub/up"), &error), SCP_DATA);
    assert_slice(error, "`sub/up` is reached through a link that is not followed");
    close(root);
}

PLAIN_TEST(paths_with_characters_that_deceive_are_refused) {
    assert_null(file_path_fault(SLICE("data/caf\xC3\xA9 (1).csv")));
    assert_null(file_path_fault(SLICE("..data/...")));
    const Slice wrong[] = {SLICE("a\nb"),          SLICE("a\0b"),  SLICE("a\x7F"),
                           SLICE("a\xE2\x80\xAE"), SLICE("a\xFF"), SLICE("a\xC2\x85"),
                           SLICE("a/../.."),       SLICE("..")};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_non_null(file_path_fault(wrong[i]));
}

ARENA_TEST(confined_reading_names_what_is_wrong) {
    close(make_tree(arena));
    Slice text, error;
    assert_int_equal(file_confined_read(arena, "root", SLICE("sub/deep"), LIMIT, &text, &error),
                     SCP_OK);
    assert_slice(text, "deep");
    assert_int_equal(file_confined_read(arena, "root", SLICE("../secret"), LIMIT, &text, &error),
                     SCP_DATA);
    assert_slice(error, "`../secret` leads out of the folder it must stay in");
    assert_int_equal(file_confined_read(arena, "secret", SLICE("x"), LIMIT, &text, &error),
                     SCP_DATA);
    assert_slice(error, "`secret` is not a folder");
    assert_int_equal(file_confined_read(arena, "root", SLICE("in"), 1, &text, &error), SCP_LIMIT);
    assert_slice(error, "`in` is over the limit of 1 bytes");
}

ARENA_TEST(nothing_appears_before_the_commit) {
    put("old", "old");
    OutputSet *set = output_set_new();
    Output *a = output_add(set, "old", OUTPUT_SHARED), *b = output_add(set, "new", OUTPUT_SHARED);
    assert_non_null(a);
    assert_non_null(b);
    assert_int_equal(output_write(a, SLICE("one ")), SCP_OK);
    assert_int_equal(output_write(b, SLICE("b")), SCP_OK);
    assert_int_equal(output_write(a, SLICE("two")), SCP_OK);
    assert_content(arena, "old", "old");
    assert_int_equal(access("new", F_OK), -1);
    assert_int_equal(output_commit(set), SCP_OK);
    assert_content(arena, "old", "one two");
    assert_content(arena, "new", "b");
    assert_int_equal(output_commit(set), SCP_DATA);
    output_set_free(set);
    assert_int_equal(count_entries("."), 2);
}

ARENA_TEST(abandoned_outputs_leave_no_trace) {
    put("old", "old");
    OutputSet *set = output_set_new();
    output_write(output_add(set, "old", OUTPUT_SHARED), SLICE("new"));
    output_add(set, "other", OUTPUT_SHARED);
    output_set_free(set);
    set = output_set_new();
    output_add(set, "old", OUTPUT_SHARED);
    output_abandon(set);
    assert_int_equal(output_commit(set), SCP_DATA);
    output_set_free(set);
    output_set_free(NULL);
    assert_content(arena, "old", "old");
    assert_int_equal(count_entries("."), 1);
}

PLAIN_TEST(one_output_that_cannot_be_made_stops_all) {
    mkdir("folder", 0777);
    mkfifo("pipe", 0666);
    const struct {
        const char *path, *message;
    } cases[] = {
        {"none/x", "`none/x` cannot be written: its folder is not there"},
        {"folder", "`folder` is a folder and cannot be replaced by a file"},
        {"folder/", "`folder/` is a folder and cannot be replaced by a file"},
        {"pipe", "`pipe` is not a regular file and cannot be replaced"},
        {"/dev/null", "`/dev/null` is not a regular file and cannot be replaced"},
        {"no\033ne/x", "`no?ne/x` cannot be written: its folder is not there"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        OutputSet *set = output_set_new();
        assert_non_null(output_add(set, "good", OUTPUT_SHARED));
        assert_null(output_add(set, cases[i].path, OUTPUT_SHARED));
        assert_string_equal(output_set_error(set), cases[i].message);
        assert_int_equal(output_commit(set), SCP_DATA);
        output_set_free(set);
    }
    assert_int_equal(count_entries("."), 2);
}

/* In a child, whose limit on the size of files makes the write fail. */
static int write_over_the_limit(void) {
    struct rlimit limit = {10, 10};
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &limit);
    char message[512];
    ScpStatus status =
        output_write_file("old", OUTPUT_SHARED, SLICE("more than ten bytes"), message);
    bool said = !strcmp(message, "`old` cannot be written: the file grew too large");
    return status == SCP_DATA && said ? 0 : 1;
}

ARENA_TEST(failed_write_keeps_the_old_file) {
    put("old", "old");
    pid_t child = fork();
    if (child == 0) _exit(write_over_the_limit());
    int status;
    waitpid(child, &status, 0);
    assert_int_equal(status, 0);
    assert_content(arena, "old", "old");
    assert_int_equal(count_entries("."), 1);
}

static mode_t mode_of(const char *path) {
    struct stat about;
    assert_int_equal(stat(path, &about), 0);
    return about.st_mode & 0777;
}

static void write_simply(const char *path, OutputMode mode) {
    char message[512];
    if (output_write_file(path, mode, SLICE("x"), message) != SCP_OK) fail_msg("%s", message);
}

PLAIN_TEST(permissions_are_never_widened) {
    mode_t before = umask(022);
    write_simply("shared", OUTPUT_SHARED);
    assert_int_equal(mode_of("shared"), 0644);
    write_simply("private", OUTPUT_PRIVATE);
    assert_int_equal(mode_of("private"), 0600);
    write_simply("private", OUTPUT_SHARED);
    assert_int_equal(mode_of("private"), 0600);
    write_simply("shared", OUTPUT_PRIVATE);
    assert_int_equal(mode_of("shared"), 0600);
    umask(before);
}

ARENA_TEST(link_stays_and_its_file_is_replaced) {
    mkdir("elsewhere", 0777);
    put("elsewhere/file", "old");
    assert_int_equal(symlink("elsewhere/file", "link"), 0);
    write_simply("link", OUTPUT_SHARED);
    struct stat about;
    assert_int_equal(lstat("link", &about), 0);
    assert_true(S_ISLNK(about.st_mode));
    assert_content(arena, "elsewhere/file", "x");
}

ARENA_TEST(leftover_of_a_killed_writer_is_no_hindrance) {
    char name[64];
    snprintf(name, sizeof name, ".scp-%ld-0.tmp", (long)getpid());
    put(name, "left over");
    write_simply("new", OUTPUT_SHARED);
    assert_content(arena, "new", "x");
    assert_content(arena, name, "left over");
}

PLAIN_TEST(exhausted_memory_while_writing_is_a_status) {
    char message[512];
    for (int n = 1; n <= 2; n++) {
        mem_fail_after(n);
        assert_int_equal(output_write_file("f", OUTPUT_SHARED, SLICE("x"), message), SCP_DATA);
        assert_true(strstr(message, "there is not enough memory") != NULL);
    }
    assert_int_equal(count_entries("."), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_FOLDER(text_read_is_followed_by_two_nul_bytes),
        IN_FOLDER(what_cannot_be_read_is_said_in_plain_words),
        IN_FOLDER(file_that_lies_about_its_size_is_read_whole),
        IN_FOLDER(pipe_is_read_to_its_end_and_no_further_than_the_limit),
        IN_FOLDER(exhausted_memory_while_reading_is_a_status_and_leaks_nothing),
        IN_FOLDER(paths_stay_below_their_root),
        IN_FOLDER(paths_with_characters_that_deceive_are_refused),
        IN_FOLDER(confined_reading_names_what_is_wrong),
        IN_FOLDER(nothing_appears_before_the_commit),
        IN_FOLDER(abandoned_outputs_leave_no_trace),
        IN_FOLDER(one_output_that_cannot_be_made_stops_all),
        IN_FOLDER(failed_write_keeps_the_old_file),
        IN_FOLDER(permissions_are_never_widened),
        IN_FOLDER(link_stays_and_its_file_is_replaced),
        IN_FOLDER(leftover_of_a_killed_writer_is_no_hindrance),
        IN_FOLDER(exhausted_memory_while_writing_is_a_status),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
