/* The pages of `scpc explain`: every diagnostic has one, and its examples do what it says. An
 * example that fails and the same mended are compiled as part of a small plan (tests/unit/explain),
 * or alone where they have a `plan` item; examples of data are files that are read. */
#include "tests/unit/test_base_fixture.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "compiler/review/check.h"
#include "compiler/review/explain.h"
#include "runtime/base/buffer.h"
#include "runtime/base/file.h"
#include "runtime/data/dataset.h"

/* Pages whose case is no text that could stand on a page. */
static const char *const without_example[] = {
    "data-too-large",   "module-damaged",    "module-version",  "plan-not-read",
    "snapshot-damaged", "snapshot-mismatch", "strata-left-out", "strata-too-small"};

static bool is_listed(const char *const *names, size_t count, Slice name) {
    for (size_t i = 0; i < count; i++)
        if (slice_equal(slice_of(names[i]), name)) return true;
    return false;
}

#define IS_LISTED(names, name) is_listed((names), sizeof(names) / sizeof *(names), (name))

/* ---- A folder for an example ------------------------------------------------------------- */

typedef struct {
    Arena *arena;
    char folder[64];
} Place;

static Slice place_path(const Place *place, Slice name) {
    return arena_printf(place->arena, "%s/%.*s", place->folder, SLICE_FMT(name));
}

static void write_file(const Place *place, Slice name, Slice text) {
    FILE *file = fopen(place_path(place, name).data, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(text.data, 1, text.length, file), text.length);
    assert_int_equal(fclose(file), 0);
}

static Slice read_fixture(Arena *arena, const char *name) {
    Slice text = {0}, error = {0};
    const char *path = arena_printf(arena, "%s/tests/unit/explain/%s", SCP_SOURCE_DIR, name).data;
    assert_int_equal(file_read(arena, path, 1 << 20, &text, &error), SCP_OK);
    return text;
}

static void place_make(Place *place, Arena *arena) {
    *place = (Place){.arena = arena, .folder = "/tmp/scp-explain-XXXXXX"};
    assert_non_null(mkdtemp(place->folder));
    assert_int_equal(mkdir(place_path(place, SLICE("data")).data, 0700), 0);
    write_file(place, SLICE("data/people.csv"), read_fixture(arena, "people.csv"));
    write_file(place, SLICE("data/falls.csv"), read_fixture(arena, "falls.csv"));
    write_file(place, SLICE("plan.scp"), read_fixture(arena, "plan.scp"));
}

static void place_remove(const Place *place) {
    const char *command = arena_printf(place->arena, "rm -r '%s'", place->folder).data;
    assert_int_equal(system(command), 0);
}

/* ---- The blocks of a page ---------------------------------------------------------------- */

static int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* `\xA3` is a byte that could not stand on the page. */
static Slice with_bytes(Arena *arena, Slice text) {
    Buffer out;
    buffer_init(&out, arena);
    for (size_t i = 0; i < text.length; i++) {
        bool escape = i + 3 < text.length && text.data[i] == '\\' && text.data[i + 1] == 'x' &&
                      hex_digit(text.data[i + 2]) >= 0 && hex_digit(text.data[i + 3]) >= 0;
        if (!escape) {
            buffer_add_char(&out, text.data[i]);
            continue;
        }
        buffer_add_char(&out,
                        (char)(hex_digit(text.data[i + 2]) * 16 + hex_digit(text.data[i + 3])));
        i += 3;
    }
    return buffer_slice(&out);
}

static bool has_plan_item(Slice text) {
    return slice_starts_with(text, SLICE("plan ")) || strstr(text.data, "\nplan ");
}

static void write_plan(const Place *place, Slice example) {
    Arena *arena = place->arena;
    Slice copy = arena_copy(arena, example);
    Slice plan = read_fixture(arena, "plan.scp");
    if (has_plan_item(copy))
        write_file(place, SLICE("plan.scp"), copy);
    else
        write_file(place, SLICE("plan.scp"),
                   arena_printf(arena, "%.*s\n%.*s", SLICE_FMT(plan), SLICE_FMT(copy)));
}

/* Writes the files of the example below that heading; false where there is none. */
static bool write_example(const Place *place, Slice page, Slice heading) {
    Slice info, text;
    uint32_t index = 0;
    for (; explain_block(page, heading, index, &info, &text); index++) {
        text = with_bytes(place->arena, text);
        const char *blank = memchr(info.data, ' ', info.length);
        size_t name = blank ? (size_t)(blank + 1 - info.data) : info.length;
        if (!blank)
            write_plan(place, text);
        else
            write_file(place, slice_sub(info, name, info.length), text);
    }
    return index > 0;
}

/* ---- What is wrong with it --------------------------------------------------------------- */

typedef VEC(Slice) Names;

static void read_data(const Place *place, const CheckResult *checked, Names *names) {
    DataOptions options = {.root = slice_of(place->folder)};
    Dataset dataset = {0};
    DataReport report = {0};
    ScpStatus status =
        dataset_load(checked->compile.module, &options, place->arena, &dataset, &report);
    dataset_free(&dataset);
    assert_int_equal(status, report.total ? SCP_DATA : SCP_OK);
    VEC_EACH(const DataProblem, problem, &report.problems)
    VEC_PUSH(place->arena, names, slice_of(diag_name_text(problem->name)));
}

static Names check_example(const Place *place, bool with_data) {
    Names names = {0};
    Slice path = place_path(place, SLICE("plan.scp")), text, error;
    assert_int_equal(file_read(place->arena, path.data, 1 << 20, &text, &error), SCP_OK);
    CheckOptions options = {.compile = {.path = path, .text = text}};
    CheckResult *result = ARENA_NEW(place->arena, CheckResult);
    check_plan(&options, place->arena, result);
    for (uint32_t i = 0; i < result->compile.diags.items.count; i++) {
        const Diag *diag = result->compile.diags.items.items[i];
        if (!diag->allowed_because.length) VEC_PUSH(place->arena, &names, diag->name);
    }
    if (with_data && result->compile.module) read_data(place, result, &names);
    return names;
}

static void prove_example(Arena *arena, Slice name, Slice page, const char *heading, bool wrong) {
    Place place;
    place_make(&place, arena);
    assert_true(write_example(&place, page, slice_of(heading)));
    Names names = check_example(&place, slice_starts_with(name, SLICE("data-")));
    bool found = false;
    VEC_EACH(const Slice, other, &names) {
        if (slice_equal(*other, name)) found = true;
        if (!wrong) fail_msg("%s, mended, still says %s", name.data, other->data);
    }
    if (found != wrong) fail_msg("the wrong example of %s does not say so", name.data);
    place_remove(&place);
}

static Slice page_name(Arena *arena, const EmbeddedFile *page) {
    Slice name = slice_of(page->name);
    return arena_copy(arena, slice_sub(name, 0, name.length - strlen(".md")));
}

ARENA_TEST(every_example_fails_as_its_page_says_and_is_clean_when_mended) {
    for (size_t i = 0; i < scp_page_count; i++) {
        Slice name = page_name(arena, &scp_page_files[i]);
        Slice page = {scp_page_files[i].text, scp_page_files[i].length};
        if (IS_LISTED(without_example, name)) continue;
        prove_example(arena, name, page, "Wrong", true);
        prove_example(arena, name, page, "Mended", false);
    }
}

/* ---- Which pages there are --------------------------------------------------------------- */

ARENA_TEST(every_diagnostic_has_a_page) {
    (void)arena;
    for (int i = DIAG_NONE + 1; i < DIAG_COUNT; i++) {
        Slice name = slice_of(diag_name_text((DiagName)i));
        if (!explain_knows(name)) fail_msg("%s", name.data);
    }
}

ARENA_TEST(every_page_is_of_a_diagnostic_and_says_why) {
    for (size_t i = 0; i < scp_page_count; i++) {
        Slice name = page_name(arena, &scp_page_files[i]);
        if (diag_name_find(name) == DIAG_NONE) fail_msg("%s is no diagnostic", name.data);
        assert_non_null(strstr(scp_page_files[i].text, "## Why it matters"));
        const char *heading = arena_printf(arena, "# %s\n", name.data).data;
        assert_int_equal(strncmp(scp_page_files[i].text, heading, strlen(heading)), 0);
    }
}

ARENA_TEST(a_rule_is_explained_by_its_own_words) {
    Buffer out;
    buffer_init(&out, arena);
    assert_true(explain_print(SLICE("milestone-order"), false, &out));
    const char *text = buffer_slice(&out).data;
    assert_non_null(strstr(text, "A milestone is not due before the one it comes after."));
    assert_non_null(strstr(text, "use nhs.framework"));
    assert_non_null(strstr(text, "    rule milestone_order for m in milestone"));
    assert_non_null(strstr(text, "allow milestone_order because"));
}

static Slice explained(Arena *arena, const char *name) {
    Buffer out;
    buffer_init(&out, arena);
    if (!explain_print(slice_of(name), false, &out)) fail_msg("%s", name);
    return buffer_slice(&out);
}

ARENA_TEST(a_rule_is_known_by_the_name_that_allow_takes) {
    assert_non_null(strstr(explained(arena, "milestone_order").data, "rule milestone_order"));
}

ARENA_TEST(a_rule_that_cannot_be_waived_does_not_say_how_to) {
    Slice text = explained(arena, "shift-unbalanced");
    assert_null(strstr(text.data, "allow shift_unbalanced"));
    assert_non_null(strstr(text.data, "cannot be waived"));
}

ARENA_TEST(a_kind_is_explained_by_its_clauses_and_rules) {
    Slice text = explained(arena, "kpi");
    assert_non_null(strstr(text.data, "- `measure`, once: `measure`. What is measured."));
    assert_non_null(strstr(text.data, "`better`, once: `one_of(lower, higher, context)`"));
    assert_non_null(strstr(text.data, "`kpi-incomplete`"));
    assert_non_null(strstr(explained(arena, "milestone").data, "inside `intention`"));
    assert_non_null(strstr(explained(arena, "rate").data, "Byar"));
    assert_non_null(strstr(explained(arena, "bed_days").data, "bed days"));
}

ARENA_TEST(what_is_unknown_has_no_page_but_a_near_name) {
    Buffer out;
    buffer_init(&out, arena);
    assert_false(explain_print(SLICE("price-base-mismach"), false, &out));
    assert_slice(explain_nearest(arena, SLICE("price_base_mismach")), "price-base-mismatch");
    assert_slice(explain_nearest(arena, SLICE("nothing-like-it-at-all")), "");
}

ARENA_TEST(the_list_names_every_diagnostic_and_rule) {
    Buffer out;
    buffer_init(&out, arena);
    explain_list(&out);
    const char *text = buffer_slice(&out).data;
    for (int i = DIAG_NONE + 1; i < DIAG_COUNT; i++)
        assert_non_null(strstr(text, diag_name_text((DiagName)i)));
    assert_non_null(strstr(text, "Rules of nhs.psr"));
    assert_non_null(strstr(text, "incomplete-intention"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_example_fails_as_its_page_says_and_is_clean_when_mended),
        cmocka_unit_test(every_diagnostic_has_a_page),
        cmocka_unit_test(every_page_is_of_a_diagnostic_and_says_why),
        cmocka_unit_test(a_rule_is_explained_by_its_own_words),
        cmocka_unit_test(a_rule_is_known_by_the_name_that_allow_takes),
        cmocka_unit_test(a_rule_that_cannot_be_waived_does_not_say_how_to),
        cmocka_unit_test(a_kind_is_explained_by_its_clauses_and_rules),
        cmocka_unit_test(what_is_unknown_has_no_page_but_a_near_name),
        cmocka_unit_test(the_list_names_every_diagnostic_and_rule),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
