# A page's parts as a struct page (base/page.h).
#
# page_embed(NAME FOLDER HTML CSS JS...) makes NAME.c, which defines `const struct page NAME`, in the current
# binary folder. The program is its parts in this order: each uses those before it.
if(NOT CMAKE_SCRIPT_MODE_FILE)
    function(page_embed name folder)
        list(TRANSFORM ARGN PREPEND ${CMAKE_CURRENT_SOURCE_DIR}/${folder}/ OUTPUT_VARIABLE parts)
        add_custom_command(
            OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/${name}.c
            COMMAND ${CMAKE_COMMAND} -DNAME=${name} "-DPARTS=${parts}"
                -DOUTPUT=${CMAKE_CURRENT_BINARY_DIR}/${name}.c
                -P ${CMAKE_SOURCE_DIR}/lib/base/page_embed.cmake
            DEPENDS ${parts} ${CMAKE_SOURCE_DIR}/lib/base/page_embed.cmake
            VERBATIM)
    endfunction()
    return()
endif()

# The script: cmake -DNAME=NAME -DPARTS=FILE;... -DOUTPUT=FILE.c -P page_embed.cmake
set(text "#include \"base/page.h\"\n\nextern const struct page ${NAME};\n")
set(fields "")
foreach(kind IN ITEMS html css js)
    set(all "")
    foreach(part IN LISTS PARTS)
        if(part MATCHES "\\.${kind}$")
            file(READ ${part} hex HEX)
            string(APPEND all "${hex}")
        endif()
    endforeach()
    string(REGEX REPLACE "([0-9a-f][0-9a-f])" "'\\\\x\\1'," bytes "${all}")
    string(APPEND text "\nstatic const char ${kind}[] = {\n${bytes}\n};\n")
    string(APPEND fields "    .${kind} = ${kind},\n    .${kind}_bytes = sizeof(${kind}),\n")
endforeach()
file(WRITE ${OUTPUT} "${text}\nconst struct page ${NAME} = {\n${fields}};\n")
