# What most sources include, compiled once per preset: it saves a third of a cold build. release-amd64 does without: a source whose
# own includes do not suffice fails there, and a second checkout finds all objects in ccache.

# precompiled(TARGET HEADERS…): headers for use_precompiled().
function(precompiled target)
  file(WRITE "${CMAKE_BINARY_DIR}/${target}.cc" "")
  add_library(${target} OBJECT "${CMAKE_BINARY_DIR}/${target}.cc")
  target_precompile_headers(${target} PRIVATE
    <algorithm> <array> <chrono> <cstdint> <filesystem> <format> <functional> <map> <memory> <optional> <ranges> <set> <span>
    <string> <string_view> <utility> <variant> <vector>
    <absl/container/flat_hash_map.h> <absl/functional/any_invocable.h> <absl/status/status.h> <absl/status/statusor.h>
    <absl/strings/str_cat.h> <google/protobuf/message.h> <google/protobuf/timestamp.pb.h> ${ARGN})
  # Its bytes, and with them the keys of ccache, do not depend on when it was made. ccache itself must not keep it: there is a path
  # of build/PRESET in it, and another preset may have the same flags.
  target_compile_options(${target} PRIVATE "SHELL:-Xclang -fno-pch-timestamp")
  set_target_properties(${target} PROPERTIES CXX_COMPILER_LAUNCHER "")
  add_dependencies(generated ${target})  # clang-tidy reads it too
endfunction()

set(ICHOR_PRECOMPILED OFF)
if(NOT ICHOR_FLAVOUR STREQUAL "release" OR CMAKE_SYSTEM_PROCESSOR STREQUAL "aarch64")
  set(ICHOR_PRECOMPILED ON)
  precompiled(ichor_precompiled)
endif()
if(NOT ICHOR_FLAVOUR STREQUAL "release")
  # Apart from the others: Catch2 and Abseil have a macro CHECK each.
  set(catch2 <catch2/catch_test_macros.hpp> <catch2/generators/catch_generators.hpp>)
  precompiled(ichor_precompiled_test ${catch2})
  if(ICHOR_WITH_GRPC AND ICHOR_FLAVOUR MATCHES "^(dev|tidy)$")
    precompiled(ichor_precompiled_grpc ${catch2} <grpcpp/grpcpp.h>)
  endif()
endif()

# use_precompiled(TARGET FROM): not for a program that has libc only.
function(use_precompiled target from)
  if(ICHOR_PRECOMPILED)
    target_precompile_headers(${target} REUSE_FROM ${from})
  endif()
endfunction()
