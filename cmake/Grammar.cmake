# The scanner and the parser, from grammar/scp.l and grammar/scp.y, into the build folder.
# They are included as "grammar/scp.tab.h" and "grammar/scp.lex.h".
# bison's warnings are errors: the grammar has no conflict and keeps none. Warnings of the C
# compiler are off for what flex and bison wrote: it is not ours to mend.
file(GLOB grammar_sources CONFIGURE_DEPENDS
    ${PROJECT_SOURCE_DIR}/grammar/scp.y
    ${PROJECT_SOURCE_DIR}/grammar/scp.l)
set(generated ${PROJECT_BINARY_DIR}/generated/grammar)
file(MAKE_DIRECTORY ${generated})
set(grammar_c "")
set(grammar_h "")

if(EXISTS ${PROJECT_SOURCE_DIR}/grammar/scp.y)
    find_package(BISON 3.8 REQUIRED)
    add_custom_command(
        OUTPUT ${generated}/scp.tab.c ${generated}/scp.tab.h
        COMMAND ${BISON_EXECUTABLE} -Werror -Wcounterexamples -Wdangling-alias
            --header=${generated}/scp.tab.h --output=${generated}/scp.tab.c grammar/scp.y
        DEPENDS ${PROJECT_SOURCE_DIR}/grammar/scp.y
        WORKING_DIRECTORY ${PROJECT_SOURCE_DIR}
        COMMENT "bison grammar/scp.y"
        VERBATIM)
    list(APPEND grammar_c ${generated}/scp.tab.c)
    list(APPEND grammar_h ${generated}/scp.tab.h)
endif()

if(EXISTS ${PROJECT_SOURCE_DIR}/grammar/scp.l)
    find_package(FLEX 2.6 REQUIRED)
    add_custom_command(
        OUTPUT ${generated}/scp.lex.c ${generated}/scp.lex.h
        COMMAND ${FLEX_EXECUTABLE} --header-file=${generated}/scp.lex.h
            --outfile=${generated}/scp.lex.c grammar/scp.l
        DEPENDS ${PROJECT_SOURCE_DIR}/grammar/scp.l
        WORKING_DIRECTORY ${PROJECT_SOURCE_DIR}
        COMMENT "flex grammar/scp.l"
        VERBATIM)
    list(APPEND grammar_c ${generated}/scp.lex.c)
    list(APPEND grammar_h ${generated}/scp.lex.h)
endif()

if(grammar_c)
    add_library(scp_grammar OBJECT ${grammar_c} ${grammar_h})
    target_link_libraries(scp_grammar PRIVATE scp_language)
    target_compile_options(scp_grammar PRIVATE -w)
    list(APPEND scp_objects scp_grammar)
    # The hand-written half of the layer includes the generated headers.
    if(TARGET scp_syntax)
        target_sources(scp_syntax PRIVATE ${grammar_h})
        add_dependencies(scp_syntax scp_grammar)
    endif()
endif()
