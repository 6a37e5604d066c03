# A file as bytes of C: cmake -D FILE=... -D OUT=... -D NAME=... -D HEADER=... -P embed.cmake
file(READ ${FILE} bytes HEX)
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${bytes}")
string(REGEX REPLACE "(................................................................................)" "\\1\n    "
    bytes "${bytes}")
file(WRITE ${OUT} "#include \"${HEADER}\"\n
const char ${NAME}[] = {\n    ${bytes}0};
const size_t ${NAME}_size = sizeof ${NAME} - 1;\n")
