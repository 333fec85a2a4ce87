# node_module(NAME [GRPC] HDRS … SRCS … TESTS … FUZZ … DEPS … TEST_DEPS …)
#
# One directory's library ichor::NAME, the test program NAME_test (Catch2, from all TESTS), and one libFuzzer
# program per file of FUZZ. Headers are verified to compile alone. GRPC marks what the tsan flavour leaves out.
# Tests are built in dev and tsan, fuzz programs in fuzz; release builds only what ships.
function(node_module name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "GRPC" "" "HDRS;SRCS;TESTS;FUZZ;DEPS;TEST_DEPS")
  if(arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "node_module(${name}): unexpected ${arg_UNPARSED_ARGUMENTS}")
  endif()
  if(arg_GRPC AND NOT ICHOR_WITH_GRPC)
    return()
  endif()

  if(arg_SRCS)
    add_library(ichor_${name} STATIC ${arg_SRCS})
    set(scope PUBLIC)
    target_link_libraries(ichor_${name} PRIVATE ichor_warnings)
  else()
    add_library(ichor_${name} INTERFACE)
    set(scope INTERFACE)
  endif()
  add_library(ichor::${name} ALIAS ichor_${name})
  target_sources(ichor_${name} ${scope} FILE_SET HEADERS BASE_DIRS "${CMAKE_SOURCE_DIR}" FILES ${arg_HDRS})
  target_include_directories(ichor_${name} ${scope} "${CMAKE_SOURCE_DIR}")
  target_link_libraries(ichor_${name} ${scope} ${arg_DEPS})

  if(arg_TESTS AND ICHOR_FLAVOUR MATCHES "^(dev|tsan|tidy)$")
    node_test(${name}_test SRCS ${arg_TESTS} DEPS ichor::${name} ${arg_TEST_DEPS})
  endif()
  if(ICHOR_FLAVOUR MATCHES "^(fuzz|tidy)$")
    foreach(source IN LISTS arg_FUZZ)
      node_fuzzer(${source} ichor::${name} ${arg_TEST_DEPS})
    endforeach()
  endif()
endfunction()

# node_program(NAME SRCS … DEPS …): an executable in bin/.
function(node_program name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SRCS;DEPS")
  add_executable(${name} ${arg_SRCS})
  target_include_directories(${name} PRIVATE "${CMAKE_SOURCE_DIR}")
  target_link_libraries(${name} PRIVATE ichor_warnings ${arg_DEPS})
  if(ICHOR_FLAVOUR MATCHES "^(dev|fuzz)$")
    target_sources(${name} PRIVATE "${CMAKE_SOURCE_DIR}/cmake/sanitizer_options.cc")
  endif()
endfunction()

# node_early(MODULES…): compiles the modules so that they need nothing of the C++ library but its headers.
function(node_early)
  foreach(name IN LISTS ARGN)
    target_compile_options(ichor_${name} PRIVATE -fno-exceptions -fno-rtti -fno-threadsafe-statics)
  endforeach()
endfunction()

# A program of libc and such modules alone: what runs before the node's root does, and PID 1.
function(node_early_program name)
  node_program(${name} ${ARGN})
  target_compile_options(${name} PRIVATE -fno-exceptions -fno-rtti -fno-threadsafe-statics)
  if(ICHOR_FLAVOUR STREQUAL "release")
    target_link_options(${name} PRIVATE -nostdlib++)
  endif()
endfunction()

function(node_test name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SRCS;DEPS")
  node_program(${name} SRCS ${arg_SRCS} DEPS ${arg_DEPS} ichor::catch2_main)
  add_test(NAME ${name} COMMAND ${name} WORKING_DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}")
endfunction()

# The program is named after the file: yaml_fuzz.cc gives bin/yaml_fuzz.
function(node_fuzzer source)
  cmake_path(GET source STEM name)
  node_program(${name} SRCS ${source} DEPS ${ARGN})
  if(ICHOR_FLAVOUR STREQUAL "fuzz")
    target_link_options(${name} PRIVATE -fsanitize=fuzzer)
  endif()
  add_dependencies(fuzzers ${name})
endfunction()
