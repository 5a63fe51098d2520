# The standard library, written in the language itself, made part of libscp: tools/embed.c
# turns stdlib/**/*.scp into one C file (see compiler/sema/embedded.h).
file(GLOB_RECURSE stdlib_files CONFIGURE_DEPENDS
    RELATIVE ${PROJECT_SOURCE_DIR}/stdlib ${PROJECT_SOURCE_DIR}/stdlib/*.scp)
list(SORT stdlib_files)
list(TRANSFORM stdlib_files PREPEND ${PROJECT_SOURCE_DIR}/stdlib/ OUTPUT_VARIABLE stdlib_paths)

# The list is a file, rewritten only when it changes, so that a file removed is noticed too.
string(JOIN "\n" stdlib_lines ${stdlib_files} "")
set(stdlib_list ${PROJECT_BINARY_DIR}/generated/stdlib.list)
file(CONFIGURE OUTPUT ${stdlib_list} CONTENT "${stdlib_lines}" @ONLY)

add_executable(scp_embed ${PROJECT_SOURCE_DIR}/tools/embed.c)
target_link_libraries(scp_embed PRIVATE scp_flags)

set(stdlib_c ${PROJECT_BINARY_DIR}/generated/stdlib.c)
add_custom_command(
    OUTPUT ${stdlib_c}
    COMMAND scp_embed ${PROJECT_SOURCE_DIR}/stdlib ${stdlib_list} ${stdlib_c}
    DEPENDS scp_embed ${stdlib_list} ${stdlib_paths}
    COMMENT "Embedding the standard library"
    VERBATIM)
add_library(scp_stdlib OBJECT ${stdlib_c})
target_link_libraries(scp_stdlib PRIVATE scp_language)
target_compile_options(scp_stdlib PRIVATE -w)
list(APPEND scp_objects scp_stdlib)
