# Debian packages: cpack -G DEB in the build's folder, after the build. Three of them:
#   pgo-tools        the programs, their man pages and completion
#   libpgocollect    the profiler, with its header: what people preload is libpgocollect.so, so this
#                    link does not lie apart in a -dev package
#   libpgobench-dev  benchmarks, a static library
# A component is what `cmake --install DIR --component NAME` installs.
set(components tools libpgocollect libpgobench)
set(package_of_tools pgo-tools)
set(package_of_libpgocollect libpgocollect)
set(package_of_libpgobench libpgobench-dev)

set(CPACK_COMPONENTS_ALL ${components})
set(CPACK_PACKAGE_VENDOR "the pgo project")
set(CPACK_PACKAGE_CONTACT "the pgo maintainers")
set(CPACK_PACKAGE_DIRECTORY ${CMAKE_BINARY_DIR}/packages)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)

set(CPACK_COMPONENT_TOOLS_DESCRIPTION "profile-guided optimization for C and C++
 pgo-collect records a program's CPU profile, pgo-convert makes it clang's,
 pgo-build runs any build with it, pgo-bench tells whether that was faster.")
set(CPACK_DEBIAN_TOOLS_PACKAGE_SECTION devel)
set(CPACK_DEBIAN_TOOLS_PACKAGE_SHLIBDEPS ON)
# pgo-collect record preloads it where perf events are not allowed.
set(CPACK_DEBIAN_TOOLS_PACKAGE_DEPENDS "libpgocollect (= ${PROJECT_VERSION})")
set(CPACK_DEBIAN_TOOLS_PACKAGE_RECOMMENDS "clang, llvm")
set(CPACK_DEBIAN_TOOLS_PACKAGE_SUGGESTS "ccache, linux-perf, libpgobench-dev")

set(CPACK_COMPONENT_LIBPGOCOLLECT_DESCRIPTION "continuous CPU profiler inside a program
 Preloaded or linked, it writes pprof files and serves them over HTTP.")
set(CPACK_DEBIAN_LIBPGOCOLLECT_PACKAGE_SECTION libs)
set(CPACK_DEBIAN_LIBPGOCOLLECT_PACKAGE_SHLIBDEPS ON)
# Programs linked with it depend on it; and ldconfig is run.
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS ON)

set(CPACK_COMPONENT_LIBPGOBENCH_DESCRIPTION "benchmarks in C and C++, as Go has them
 A header and a static library; the output is that of go test -bench.")
set(CPACK_DEBIAN_LIBPGOBENCH_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_LIBPGOBENCH_PACKAGE_DEPENDS libc6-dev)

foreach(component IN LISTS components)
    set(package ${package_of_${component}})
    string(TOUPPER ${component} upper)
    set(CPACK_DEBIAN_${upper}_PACKAGE_NAME ${package})
    install(FILES ${CMAKE_CURRENT_SOURCE_DIR}/LICENSE COMPONENT ${component}
        DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/${package} RENAME copyright)
endforeach()
include(CPack)
