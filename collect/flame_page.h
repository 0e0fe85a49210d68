/*
 * flame_page.h - the sources of collect/page as bytes in the program, by page/embed.cmake.
 *
 * No NUL stands at the end; the sizes are in bytes.
 */
#ifndef COLLECT_FLAME_PAGE_H
#define COLLECT_FLAME_PAGE_H

#include <stddef.h>

extern const char flame_page_html[], flame_page_css[], flame_page_js[];
extern const size_t flame_page_html_bytes, flame_page_css_bytes, flame_page_js_bytes;

#endif
