# What is installed: the program, the library, the public headers, and the two ways by which
# others find them, find_package(scp) and pkg-config scp. Both work wherever the tree is moved.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

if(TARGET scpc)
    install(TARGETS scpc)
endif()
install(TARGETS ${scp_libraries} EXPORT scp_targets)
install(DIRECTORY runtime/include/scp compiler/include/scp
    TYPE INCLUDE
    FILES_MATCHING PATTERN "*.h")

set(config_folder ${CMAKE_INSTALL_LIBDIR}/cmake/scp)
install(EXPORT scp_targets NAMESPACE scp:: FILE scp-targets.cmake DESTINATION ${config_folder})
configure_package_config_file(
    cmake/scp-config.cmake.in ${PROJECT_BINARY_DIR}/scp-config.cmake
    INSTALL_DESTINATION ${config_folder})
write_basic_package_version_file(
    ${PROJECT_BINARY_DIR}/scp-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES
    ${PROJECT_BINARY_DIR}/scp-config.cmake
    ${PROJECT_BINARY_DIR}/scp-config-version.cmake
    DESTINATION ${config_folder})

set(pkgconfig_folder ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
file(RELATIVE_PATH prefix_from_pkgconfig
    ${CMAKE_INSTALL_PREFIX}/${pkgconfig_folder} ${CMAKE_INSTALL_PREFIX})
string(REGEX REPLACE "/$" "" prefix_from_pkgconfig "${prefix_from_pkgconfig}")
configure_file(cmake/scp.pc.in ${PROJECT_BINARY_DIR}/scp.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/scp.pc DESTINATION ${pkgconfig_folder})
