# Libraries from the sysroot's static archives, and those built from Debian's sources (cmake/sources.packages), as
# ichor::<name> interface targets.
# Headers of the sysroot are system headers, so their warnings are not ours.

# debian_library(NAME ARCHIVES… [SYSTEM …]): one link group of lib<ARCHIVE>.a, then -l<SYSTEM>.
function(debian_library name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "ARCHIVES;SYSTEM")
  set(files)
  foreach(archive IN LISTS arg_ARCHIVES)
    set(file "${ICHOR_LIBRARY_DIR}/lib${archive}.a")
    if(NOT EXISTS "${file}")  # a few packages are not multi-arch
      set(file "${CMAKE_SYSROOT}/usr/lib/lib${archive}.a")
    endif()
    if(NOT EXISTS "${file}")
      message(FATAL_ERROR "ichor::${name}: no lib${archive}.a: is its package in cmake/sysroot.packages?")
    endif()
    list(APPEND files "${file}")
  endforeach()
  add_library(ichor_${name} INTERFACE)
  add_library(ichor::${name} ALIAS ichor_${name})
  target_link_libraries(ichor_${name} INTERFACE -Wl,--start-group ${files} -Wl,--end-group)
  foreach(library IN LISTS arg_SYSTEM)
    target_link_libraries(ichor_${name} INTERFACE -l${library})
  endforeach()
endfunction()

# Abseil's archives refer to each other in circles: all of them, always together.
file(GLOB absl_files RELATIVE "${ICHOR_LIBRARY_DIR}" "${ICHOR_LIBRARY_DIR}/libabsl_*.a")
list(TRANSFORM absl_files REPLACE "^lib(.*)\\.a$" "\\1" OUTPUT_VARIABLE absl_archives)

debian_library(absl ARCHIVES ${absl_archives} SYSTEM pthread)
debian_library(blkid ARCHIVES blkid)
debian_library(protobuf ARCHIVES protobuf z SYSTEM pthread)
debian_library(re2 ARCHIVES re2 ${absl_archives} SYSTEM pthread)
debian_library(mnl ARCHIVES mnl)
debian_library(nghttp2 ARCHIVES nghttp2)
debian_library(seccomp ARCHIVES seccomp)
debian_library(libyaml ARCHIVES yaml)
debian_library(zlib ARCHIVES z)
debian_library(zstd ARCHIVES zstd)
debian_library(crypto ARCHIVES crypto z zstd SYSTEM dl pthread)
debian_library(ssl ARCHIVES ssl crypto z zstd SYSTEM dl pthread)
debian_library(cares ARCHIVES cares)
debian_library(catch2 ARCHIVES Catch2)
debian_library(catch2_main ARCHIVES Catch2Main Catch2)

# source_library(NAME ARCHIVES… [DEPS …] [DEFINES …]): archives that tools/sources.sh built, in link order.
function(source_library name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "ARCHIVES;DEPS;DEFINES")
  cmake_path(GET CMAKE_SYSROOT FILENAME architecture)
  set(tree "/libraries/${architecture}")
  add_library(ichor_${name} INTERFACE)
  add_library(ichor::${name} ALIAS ichor_${name})
  target_include_directories(ichor_${name} SYSTEM INTERFACE "${tree}/include")
  target_compile_definitions(ichor_${name} INTERFACE ${arg_DEFINES})
  list(TRANSFORM arg_ARCHIVES PREPEND "${tree}/lib/lib")
  list(TRANSFORM arg_ARCHIVES APPEND ".a")
  target_link_libraries(ichor_${name} INTERFACE ${arg_ARCHIVES} ${arg_DEPS})
endfunction()

source_library(ftxui ARCHIVES ftxui-component ftxui-dom ftxui-screen)
source_library(curl ARCHIVES curl DEPS ichor::nghttp2 ichor::cares ichor::ssl DEFINES CURL_STATICLIB)

if(ICHOR_WITH_GRPC)
  debian_library(grpc
    ARCHIVES grpc++ grpc gpr address_sorting upb cares re2 ssl crypto z zstd protobuf ${absl_archives}
    SYSTEM dl m pthread)
endif()
