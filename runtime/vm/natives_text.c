/* Texts of a plan: whether they match a pattern, and whether they only hold a place. */
#include "runtime/vm/natives.h"
#include "runtime/vm/pattern.h"

/* The pattern compiled, once for as long as it stays the same from cell to cell. */
static bool take_pattern(NativeCall *call, Slice text) {
    Slice why;
    if (call->pattern_text.data && slice_equal(call->pattern_text, text)) return true;
    call->pattern_text = text;
    call->pattern = pattern_compile(call->vm->arena, text, &why);
    return vm_charge(call->vm, call->pattern ? 10 * pattern_cost(call->pattern, SLICE(""))
                                             : PATTERN_COMPILE_COST);
}

/* A pattern that is refused matches nothing that can be told. */
AbsentReason native_matches(NativeCall *call, uint32_t i) {
    Slice text = native_text(call, 0);
    if (!take_pattern(call, native_text(call, 1))) return ABSENT_NONE;
    if (!call->pattern) return ABSENT_NOT_CALCULABLE;
    if (!vm_charge(call->vm, pattern_cost(call->pattern, text))) return ABSENT_NONE;
    call->out->as.integer[i] = pattern_matches(call->pattern, text);
    return ABSENT_NONE;
}

/* Letters of other scripts count as parts of words; the signs of Latin-1 (the pound among them)
 * and general punctuation, whose first bytes are C2 and E2, do not. */
static bool is_word_at(Slice text, size_t at) {
    while (at && ((uint8_t)text.data[at] & 0xC0) == 0x80) at--;
    uint8_t c = (uint8_t)text.data[at];
    if (c >= 0x80) return c != 0xC2 && c != 0xE2;
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

static char lower(char c) { return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c; }

static bool starts_with(Slice text, size_t at, Slice words) {
    if (text.length - at < words.length) return false;
    for (size_t k = 0; k < words.length; k++)
        if (lower(text.data[at + k]) != words.data[k]) return false;
    return true;
}

/* As whole words: not within a longer one on either side. */
static bool holds_words(Slice text, Slice words) {
    for (size_t at = 0; at < text.length; at++) {
        size_t end = at + words.length;
        if (!starts_with(text, at, words)) continue;
        bool open_before = !at || !is_word_at(words, 0) || !is_word_at(text, at - 1);
        bool open_after = end == text.length || !is_word_at(words, words.length - 1) ||
                          !is_word_at(text, end);
        if (open_before && open_after) return true;
    }
    return false;
}

/* What people write meaning to come back; a text of nothing but blanks is one too. */
static bool is_placeholder(Slice text) {
    static const char *const placeholders[] = {
        "tbc", "tbd", "tba", "todo", "xx", "xxx", "xxxx", "??", "lorem", "to be confirmed",
        "to be agreed", "to be determined", "n/a"};
    if (!slice_trim(text).length) return true;
    for (size_t k = 0; k < sizeof placeholders / sizeof *placeholders; k++)
        if (holds_words(text, slice_of(placeholders[k]))) return true;
    return false;
}

AbsentReason native_placeholder(NativeCall *call, uint32_t i) {
    Slice text = native_text(call, 0);
    if (!vm_charge(call->vm, 16 * text.length)) return ABSENT_NONE;
    call->out->as.integer[i] = is_placeholder(text);
    return ABSENT_NONE;
}
