# The floor of the tables' description, which carries pipeline/tables.json.
set(tables_file ${PROJECT_SOURCE_DIR}/pipeline/tables.json)
set(tables_out ${PROJECT_BINARY_DIR}/tables/shop.c)
add_custom_command(
    OUTPUT ${tables_out}
    COMMAND ${CMAKE_COMMAND} -D FILE=${tables_file} -D OUT=${tables_out} -D NAME=cfn__shop_tables
        -D HEADER=tables/shop.h -P ${PROJECT_SOURCE_DIR}/cmake/embed.cmake
    DEPENDS ${tables_file} ${PROJECT_SOURCE_DIR}/cmake/embed.cmake
    COMMENT "Taking in pipeline/tables.json"
    VERBATIM)
cfn_floor(tables base)
target_sources(floor_tables PRIVATE ${tables_out})
