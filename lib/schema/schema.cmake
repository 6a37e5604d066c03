# From lib/schema/aws.facts: a header and a table per AWS service, made by a small compiler of ours, and the floor that
# looks things up in them. One object per service, so that a static link takes only the tables it names.

set(schema_folder ${PROJECT_SOURCE_DIR}/lib/schema)
set(schema_facts ${schema_folder}/aws.facts)
set(schema_out ${PROJECT_BINARY_DIR}/schema)
set(CFN_GENERATED_HEADERS_DIR ${schema_out}/include)

file(GLOB schema_compiler_sources CONFIGURE_DEPENDS ${schema_folder}/compiler/*.c)
set(facts_sources ${schema_compiler_sources})
list(FILTER facts_sources EXCLUDE REGEX "/main\\.c$")

# Reading and writing without main: for the compiler, its tests and its fuzzer.
add_library(cfn_facts STATIC ${facts_sources})
target_include_directories(cfn_facts PUBLIC ${schema_folder}/compiler)
target_link_libraries(cfn_facts PUBLIC floor_base PRIVATE cfn_flags)

add_executable(cfngen-schema-compiler ${schema_folder}/compiler/main.c)
target_link_libraries(cfngen-schema-compiler PRIVATE cfn_facts cfn_flags)

# A new service is a new file: the list is made when CMake runs, and CMake runs again when the facts change.
set_property(DIRECTORY ${PROJECT_SOURCE_DIR} APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${schema_facts})
file(STRINGS ${schema_facts} schema_services REGEX "^resource ")
list(TRANSFORM schema_services REPLACE "^resource [A-Za-z0-9]+::([A-Za-z0-9]+)::.*$" "\\1")
list(TRANSFORM schema_services TOLOWER)
list(REMOVE_DUPLICATES schema_services)

set(schema_tables ${schema_out}/registry.c)
set(schema_headers)
foreach(service IN LISTS schema_services)
    list(APPEND schema_tables ${schema_out}/${service}.c)
    list(APPEND schema_headers ${schema_out}/include/cfngen/aws/${service}.h)
endforeach()
file(MAKE_DIRECTORY ${schema_out}/include/cfngen/aws)
add_custom_command(
    OUTPUT ${schema_tables} ${schema_headers}
    COMMAND cfngen-schema-compiler ${schema_facts} ${schema_out}
    DEPENDS ${schema_facts} cfngen-schema-compiler
    COMMENT "Compiling the facts about AWS's resource types"
    VERBATIM)
add_custom_target(schema_headers DEPENDS ${schema_headers})

# Tables are data: nothing to instrument or to optimize, and a text longer than the 4,095 bytes that C guarantees.
set_source_files_properties(${schema_tables} PROPERTIES COMPILE_OPTIONS
    "-Wno-overlength-strings;-fno-sanitize=all;-fno-profile-arcs;-fno-test-coverage;-g0")

file(GLOB schema_sources CONFIGURE_DEPENDS ${schema_folder}/*.c)
add_library(floor_schema STATIC ${schema_sources} ${schema_tables})
add_dependencies(floor_schema schema_headers)
target_include_directories(floor_schema PUBLIC
    ${CFN_GENERATED_HEADERS_DIR} ${CFN_INCLUDE} ${PROJECT_SOURCE_DIR}/lib)
target_link_libraries(floor_schema PUBLIC PkgConfig::JANSSON floor_base PRIVATE cfn_flags)
set_property(GLOBAL APPEND PROPERTY CFN_FLOORS floor_schema)
