# cmake -DINPUT=DIR -DOUTPUT=FILE.c -P embed.cmake: the page's sources as arrays (flame_page.h).
# The program is its parts in this order: each uses those before it.
set(html flame.html)
set(css flame.css)
set(js model.js words.js colours.js graph.js table.js about.js main.js)
set(text "#include \"${INPUT}/../flame_page.h\"\n")
foreach(kind IN ITEMS html css js)
    set(all "")
    foreach(part IN LISTS ${kind})
        file(READ ${INPUT}/${part} hex HEX)
        string(APPEND all "${hex}")
    endforeach()
    string(REGEX REPLACE "([0-9a-f][0-9a-f])" "'\\\\x\\1'," bytes "${all}")
    string(APPEND text "\nconst char flame_page_${kind}[] = {\n${bytes}\n};\n"
        "const size_t flame_page_${kind}_bytes = sizeof(flame_page_${kind});\n")
endforeach()
file(WRITE ${OUTPUT} "${text}")
