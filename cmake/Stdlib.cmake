# Texts made part of libscp at build time by tools/embed.c, each folder one C file that defines
# PREFIX_files and PREFIX_count: the standard library, written in the language itself (declared
# in compiler/sema/embedded.h), the pages of `scpc explain` (compiler/review/explain.h), and the
# plan that `scpc new` starts from (compiler/driver/template.h).
add_executable(scp_embed ${PROJECT_SOURCE_DIR}/tools/embed.c)
target_link_libraries(scp_embed PRIVATE scp_flags)

# Embeds the files below FOLDER whose name fits PATTERN; appends the library to scp_objects.
function(scp_embed_folder prefix folder pattern)
    set(root ${PROJECT_SOURCE_DIR}/${folder})
    file(GLOB_RECURSE files CONFIGURE_DEPENDS RELATIVE ${root} ${root}/${pattern})
    list(SORT files)
    list(TRANSFORM files PREPEND ${root}/ OUTPUT_VARIABLE paths)

    # The list is a file, rewritten only when it changes, so that a file removed is noticed too.
    string(JOIN "\n" lines ${files} "")
    set(list ${PROJECT_BINARY_DIR}/generated/${prefix}.list)
    file(CONFIGURE OUTPUT ${list} CONTENT "${lines}" @ONLY)

    set(out ${PROJECT_BINARY_DIR}/generated/${prefix}.c)
    add_custom_command(
        OUTPUT ${out}
        COMMAND scp_embed ${root} ${list} ${out} ${prefix}
        DEPENDS scp_embed ${list} ${paths}
        COMMENT "Embedding ${folder}"
        VERBATIM)
    add_library(${prefix} OBJECT ${out})
    target_link_libraries(${prefix} PRIVATE scp_language)
    target_compile_options(${prefix} PRIVATE -w)
    set(scp_objects ${scp_objects} ${prefix} PARENT_SCOPE)
endfunction()

scp_embed_folder(scp_stdlib stdlib *.scp)
scp_embed_folder(scp_page compiler/review/explain *.md)
scp_embed_folder(scp_template compiler/driver/template *)
