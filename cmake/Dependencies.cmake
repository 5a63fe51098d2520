# What the project stands on besides the C library. Each is small, packaged everywhere, and
# used in one layer: zlib and libzstd (data), libtommath (base, for exact numbers), libffi (native).
find_package(Threads REQUIRED)
find_package(ZLIB REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(libffi REQUIRED IMPORTED_TARGET libffi)
pkg_check_modules(libtommath REQUIRED IMPORTED_TARGET libtommath)
pkg_check_modules(libzstd REQUIRED IMPORTED_TARGET libzstd)

add_library(scp_dependencies INTERFACE)
target_link_libraries(scp_dependencies INTERFACE
    Threads::Threads
    ZLIB::ZLIB
    PkgConfig::libzstd
    PkgConfig::libffi
    PkgConfig::libtommath
    ${CMAKE_DL_LIBS}
    m
)
