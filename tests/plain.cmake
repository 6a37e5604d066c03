# Builds SOURCE into BUILD as an ordinary user does, with the compiler CC, and installs it into PREFIX.
function(run)
    execute_process(COMMAND ${ARGN} RESULT_VARIABLE code OUTPUT_VARIABLE said ERROR_VARIABLE said)
    if(NOT code EQUAL 0)
        message(FATAL_ERROR "${said}")
    endif()
endfunction()

run(${CMAKE_COMMAND} -S ${SOURCE} -B ${BUILD} -G Ninja -D CMAKE_BUILD_TYPE=Release -D CMAKE_C_COMPILER=${CC}
    -D CMAKE_C_FLAGS=-Werror -D CMAKE_INSTALL_PREFIX=${PREFIX} -D CFNGEN_TESTS=OFF)
run(${CMAKE_COMMAND} --build ${BUILD})
file(REMOVE_RECURSE ${PREFIX})
run(${CMAKE_COMMAND} --install ${BUILD})
