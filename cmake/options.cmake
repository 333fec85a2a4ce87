# Flags for every target of ours, by flavour (a preset's ICHOR_FLAVOUR).
set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_C_STANDARD 17)
set(CMAKE_CXX_SCAN_FOR_MODULES OFF)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
# All programs are static, and CMake gives programs -fPIE and libraries -fPIC: they could not share a precompiled header.
set(CMAKE_POSITION_INDEPENDENT_CODE OFF)
set(CMAKE_VERIFY_INTERFACE_HEADER_SETS ON)

# Applies to everything compiled here, generated code included.
add_compile_options(-fno-omit-frame-pointer -ffile-prefix-map=${CMAKE_SOURCE_DIR}=. -fdebug-compilation-dir=. -fPIE)
# Debian's Abseil was built without the annotations that AddressSanitizer needs in its containers.
add_compile_definitions(NDEBUG_SANITIZER)
add_link_options(-fuse-ld=lld)

set(ICHOR_WITH_GRPC ON)
if(ICHOR_FLAVOUR STREQUAL "release")
  set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG")
  set(CMAKE_C_FLAGS_RELEASE "-O2 -DNDEBUG")
  add_compile_options(-ffunction-sections -fdata-sections -fstack-protector-strong)
  add_link_options(-static-pie -s -Wl,--gc-sections -Wl,--icf=all -Wl,--pack-dyn-relocs=relr -Wl,-z,relro,-z,now -Wl,--build-id=none)
elseif(ICHOR_FLAVOUR STREQUAL "tsan")
  set(ICHOR_WITH_GRPC OFF)
  set(CMAKE_CXX_FLAGS_DEBUG "-O1 -g1")
  add_compile_options(-fsanitize=thread)
  add_link_options(-fsanitize=thread)
elseif(ICHOR_FLAVOUR STREQUAL "dev")
  # -O1 would take 1.7 times as long to compile; few tests wait for what is computed.
  set(CMAKE_CXX_FLAGS_DEBUG "-O0 -g1")
  add_compile_options(-fsanitize=address,undefined -fno-sanitize=vptr,function -fno-sanitize-recover=undefined)
  add_link_options(-fsanitize=address,undefined)
  # The fuzz programs are of the same objects as the tests: to compile everything for them again took ten minutes.
  add_compile_options(-fsanitize=fuzzer-no-link)
elseif(ICHOR_FLAVOUR STREQUAL "tidy")
  set(CMAKE_CXX_FLAGS_DEBUG "-O0")
endif()

# Warnings are errors in our own code only: node_module() links this.
add_library(ichor_warnings INTERFACE)
target_compile_options(ichor_warnings INTERFACE -Wall -Wextra -Werror -Wthread-safety
  -Wno-missing-designated-field-initializers)  # what is not named has its default: that is why it is designated

# A target that makes all generated code, for tools that only read sources.
add_custom_target(generated)
# All test programs, and all fuzz programs.
add_custom_target(tests)
add_custom_target(fuzzers)
