/* SHA-256 against the examples of NIST (FIPS 180-4 and the short message tests of CAVP). */
#include "tests/unit/test_base_fixture.h"

#include "runtime/base/sha256.h"

static void assert_digest(Slice text, const char *want) {
    char hex[SHA256_HEX_SIZE];
    sha256_hex(sha256_of(text), hex);
    assert_string_equal(hex, want);
}

PLAIN_TEST(digests_agree_with_the_examples_of_nist) {
    assert_digest(SLICE(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assert_digest(SLICE("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_digest(SLICE("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
                  "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    assert_digest(SLICE("abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmno"
                        "ijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu"),
                  "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1");
    assert_digest(SLICE("\xd3"),
                  "28969cdfa74a12c82f3bad960b0b000aca2ac329deea5c2328ebc6f2ba9802c1");
}

PLAIN_TEST(a_million_letters_in_any_pieces_have_one_digest) {
    char letters[1000];
    memset(letters, 'a', sizeof letters);
    for (size_t piece = 1; piece <= sizeof letters; piece = piece * 3 + 1) {
        Sha256 sha;
        sha256_init(&sha);
        for (size_t left = 1000000; left;) {
            size_t taken = left < piece ? left : piece;
            sha256_add(&sha, (Slice){letters, taken});
            left -= taken;
        }
        char hex[SHA256_HEX_SIZE];
        sha256_hex(sha256_finish(&sha), hex);
        assert_string_equal(hex,
                            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
    }
}

PLAIN_TEST(hexadecimal_text_reads_back) {
    char hex[SHA256_HEX_SIZE];
    Sha256Digest digest = sha256_of(SLICE("abc")), back = {{0}};
    sha256_hex(digest, hex);
    assert_true(sha256_parse_hex(slice_of(hex), &back) && sha256_equal(digest, back));
    hex[0] = 'B', hex[1] = 'A';
    assert_true(sha256_parse_hex(slice_of(hex), &back) && sha256_equal(digest, back));
    hex[5] = 'g';
    assert_false(sha256_parse_hex(slice_of(hex), &back));
    assert_false(sha256_parse_hex((Slice){hex, 63}, &back));
    assert_false(sha256_equal(digest, sha256_of(SLICE("abd"))));
}

/* Every length around the ends of blocks, and both ways of working through them. */
PLAIN_TEST(both_ways_give_one_digest) {
    if (!sha256_compress_fast()) skip();
    unsigned char bytes[5 * SHA256_BLOCK + 7];
    uint64_t random = 1;
    for (size_t i = 0; i < sizeof bytes; i++) bytes[i] = (unsigned char)test_random(&random);
    for (size_t length = 0; length <= sizeof bytes; length++) {
        Slice text = {(const char *)bytes + sizeof bytes - length, length};
        Sha256 sha;
        sha256_init(&sha);
        sha.compress = sha256_compress_portable;
        sha256_add(&sha, text);
        assert_true(sha256_equal(sha256_finish(&sha), sha256_of(text)));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(digests_agree_with_the_examples_of_nist),
        cmocka_unit_test(a_million_letters_in_any_pieces_have_one_digest),
        cmocka_unit_test(hexadecimal_text_reads_back),
        cmocka_unit_test(both_ways_give_one_digest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
