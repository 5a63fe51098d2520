# scp_flags: what every C file of the project is compiled with.
# Results must not depend on the machine: no contraction of a*b+c, no fast-math, C11 as written.
# Assertions stay on in a release: a module or a plan is somebody else's text.

if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
    set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "Build type" FORCE)
endif()
set(CMAKE_C_FLAGS_RELEASE "-O3" CACHE STRING "Flags of a release" FORCE)
set(CMAKE_C_FLAGS_RELWITHDEBINFO "-O2 -g" CACHE STRING "Flags of a release to debug" FORCE)

set(CMAKE_C_STANDARD 11)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

# The same for hand-written and generated code, whatever is warned about.
add_library(scp_language INTERFACE)
target_compile_definitions(scp_language INTERFACE _POSIX_C_SOURCE=200809L)
target_compile_options(scp_language INTERFACE
    -ffp-contract=off
    -fno-fast-math
    -fvisibility=hidden
    -fmacro-prefix-map=${PROJECT_SOURCE_DIR}/=
)
target_include_directories(scp_language INTERFACE
    ${PROJECT_SOURCE_DIR}
    ${PROJECT_SOURCE_DIR}/runtime/include
    ${PROJECT_SOURCE_DIR}/compiler/include
    ${PROJECT_BINARY_DIR}/generated
)

if(SCP_SANITIZE)
    set(sanitize -fsanitize=${SCP_SANITIZE} -fno-sanitize-recover=all)
    target_compile_options(scp_language INTERFACE ${sanitize} -fno-omit-frame-pointer)
    target_link_options(scp_language INTERFACE ${sanitize})
endif()
if(SCP_COVERAGE)
    target_compile_options(scp_language INTERFACE --coverage)
    target_link_options(scp_language INTERFACE --coverage)
endif()
if(SCP_FUZZ)
    if(NOT CMAKE_C_COMPILER_ID MATCHES "Clang")
        message(FATAL_ERROR "SCP_FUZZ needs clang: configure with --preset fuzz")
    endif()
    target_compile_options(scp_language INTERFACE -fsanitize=fuzzer-no-link)
endif()
if(CMAKE_BUILD_TYPE STREQUAL "Release")
    target_compile_options(scp_language INTERFACE -fstack-protector-strong -D_FORTIFY_SOURCE=2)
endif()

add_library(scp_flags INTERFACE)
target_link_libraries(scp_flags INTERFACE scp_language)
target_compile_options(scp_flags INTERFACE
    -Wall
    -Wextra
    -Wpedantic
    -Wshadow
    -Wstrict-prototypes
    -Wmissing-prototypes
    -Wvla
    -Wundef
)
