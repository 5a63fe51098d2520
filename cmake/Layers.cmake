# One object library a layer, in the order in which they may use each other: an include points
# only to the left (tests/architecture holds the line). A layer without a file yet is left out.
set(scp_layer_order
    runtime/base
    runtime/bytecode
    runtime/data
    runtime/strata
    runtime/disclosure
    runtime/stats
    runtime/money
    runtime/simulate
    runtime/vm
    runtime/native
    runtime/report
    runtime/run
    compiler/syntax
    compiler/sema
    compiler/lower
    compiler/review
    compiler/lsp
    compiler/driver)

# Adds the layer in FOLDER and appends its library to the list scp_objects.
function(scp_add_layer folder)
    file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/${folder}/*.c)
    if(NOT sources)
        return()
    endif()
    get_filename_component(layer ${folder} NAME)
    add_library(scp_${layer} OBJECT ${sources})
    target_link_libraries(scp_${layer} PRIVATE scp_flags scp_dependencies)
    set(scp_objects ${scp_objects} scp_${layer} PARENT_SCOPE)
endfunction()

set(scp_objects "")
foreach(layer IN LISTS scp_layer_order)
    if(NOT layer STREQUAL "compiler/driver") # a library of its own: cmake/Products.cmake
        scp_add_layer(${layer})
    endif()
endforeach()
