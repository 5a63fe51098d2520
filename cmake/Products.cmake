# What comes out: libscp (static, and shared where wanted) and the program scpc.
set(scp_object_files "")
foreach(objects IN LISTS scp_objects)
    list(APPEND scp_object_files $<TARGET_OBJECTS:${objects}>)
endforeach()

add_library(scp STATIC ${scp_object_files})
set_target_properties(scp PROPERTIES LINKER_LANGUAGE C EXPORT_NAME static)
set(scp_libraries scp)

if(SCP_SHARED_LIBRARY)
    add_library(scp_shared SHARED ${scp_object_files})
    set_target_properties(scp_shared PROPERTIES
        LINKER_LANGUAGE C
        OUTPUT_NAME scp
        EXPORT_NAME shared
        VERSION ${PROJECT_VERSION}
        SOVERSION ${PROJECT_VERSION_MAJOR})
    list(APPEND scp_libraries scp_shared)
endif()

foreach(library IN LISTS scp_libraries)
    target_include_directories(${library} INTERFACE
        $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/runtime/include>
        $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/compiler/include>
        $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
    target_link_libraries(${library} PRIVATE $<BUILD_INTERFACE:scp_flags>)
    # Installed, the library names its dependencies by themselves (cmake/scp-config.cmake.in).
    target_link_libraries(${library} PRIVATE
        $<BUILD_INTERFACE:scp_dependencies>
        $<INSTALL_INTERFACE:Threads::Threads>
        $<INSTALL_INTERFACE:ZLIB::ZLIB>
        $<INSTALL_INTERFACE:PkgConfig::libzstd>
        $<INSTALL_INTERFACE:PkgConfig::libffi>
        $<INSTALL_INTERFACE:PkgConfig::libtommath>
        $<INSTALL_INTERFACE:${CMAKE_DL_LIBS}>
        $<INSTALL_INTERFACE:m>)
endforeach()

# The driver's commands are a library of their own, so that the tests can link them.
file(GLOB driver_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/compiler/driver/*.c)
set(driver_main ${PROJECT_SOURCE_DIR}/compiler/driver/main.c)
list(REMOVE_ITEM driver_sources ${driver_main})
if(driver_sources)
    add_library(scp_driver STATIC ${driver_sources})
    target_link_libraries(scp_driver PRIVATE scp_flags PUBLIC scp)
endif()
if(EXISTS ${driver_main})
    add_executable(scpc ${driver_main})
    target_link_libraries(scpc PRIVATE scp_flags $<TARGET_NAME_IF_EXISTS:scp_driver> scp)
    set_target_properties(scpc PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR})
endif()
