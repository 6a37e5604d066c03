# libcfngen: the objects of all floors, as a shared library for others and a static one for the command (one binary).
get_property(floors GLOBAL PROPERTY CFN_FLOORS)
list(TRANSFORM floors REPLACE "(.+)" "$<TARGET_OBJECTS:\\1>" OUTPUT_VARIABLE objects)

foreach(kind IN ITEMS shared static)
    string(TOUPPER ${kind} upper)
    add_library(cfngen_${kind} ${upper} ${objects})
    set_target_properties(cfngen_${kind} PROPERTIES
        OUTPUT_NAME cfngen
        VERSION ${PROJECT_VERSION}
        SOVERSION ${PROJECT_VERSION_MAJOR}
        LINKER_LANGUAGE C)
    target_include_directories(cfngen_${kind} PUBLIC
        "$<BUILD_INTERFACE:${CFN_INCLUDE}>" "$<BUILD_INTERFACE:${CFN_GENERATED_HEADERS_DIR}>"
        $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
    target_compile_features(cfngen_${kind} PUBLIC c_std_11)
    target_link_libraries(cfngen_${kind}
        PUBLIC PkgConfig::JANSSON
        PRIVATE PkgConfig::YAML PkgConfig::PCRE2 PkgConfig::CURL PkgConfig::CRYPTO PkgConfig::EXPAT m ${CMAKE_DL_LIBS})
    if(CFNGEN_SANITIZE)
        target_link_options(cfngen_${kind} PUBLIC -fsanitize=${CFNGEN_SANITIZE})
    endif()
endforeach()
set_target_properties(cfngen_shared PROPERTIES EXPORT_NAME cfngen)
set_target_properties(cfngen_static PROPERTIES EXPORT_NAME static)
target_link_options(cfngen_shared PRIVATE -Wl,--as-needed)
if(NOT CFNGEN_SANITIZE) # whose runtime clang links into programs only
    target_link_options(cfngen_shared PRIVATE -Wl,--no-undefined)
endif()
add_library(cfngen::cfngen ALIAS cfngen_shared)
add_library(cfngen::static ALIAS cfngen_static)

install(TARGETS cfngen_shared cfngen_static EXPORT cfngen)
install(DIRECTORY include/cfngen TYPE INCLUDE)
install(FILES ${PROJECT_BINARY_DIR}/include/cfngen/version.h
    DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/cfngen)
install(DIRECTORY ${CFN_GENERATED_HEADERS_DIR}/cfngen TYPE INCLUDE)

include(CMakePackageConfigHelpers)
set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/cfngen)
configure_package_config_file(cmake/cfngen-config.cmake.in cfngen-config.cmake
    INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(cfngen-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/cfngen-config.cmake
    ${PROJECT_BINARY_DIR}/cfngen-config-version.cmake DESTINATION ${package_dir})
install(EXPORT cfngen NAMESPACE cfngen:: FILE cfngen-targets.cmake DESTINATION ${package_dir})
configure_file(cmake/cfngen.pc.in cfngen.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/cfngen.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
