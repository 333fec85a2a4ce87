// What replaces parts of the OCI spec of every container.
#pragma once

#include <string_view>

#include "google/protobuf/struct.pb.h"
#include "lib/config/validate/checker.h"

namespace ichor::config {

// An error for each value of another type than the specification gives its key. Keys that it does
// not have are let through: runtimes have ones of their own.
// https://github.com/opencontainers/runtime-spec/blob/main/config.md
void CheckRuntimeSpec(Checker& checker, std::string_view path,
                      const google::protobuf::Struct& spec);

}  // namespace ichor::config
