// What one node gives to those who look for the cause of a trouble.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "ichorctl/nodes/nodes.h"

namespace ichor::ctl {

// Takes one file: its path below the node's directory, and what is in it.
using TakeFile = std::function<void(const std::string& path, std::string_view contents)>;

// Logs, resources, tables of the node, without secrets: sensitive resources are left out, the
// config has "REDACTED" in their place. What cannot be had is left out too, and said in
// "errors.txt". `step` hears what is asked for next. Returns how many files the node gave; zero if
// it does not answer. Blocks; runs the session's loop.
size_t CollectFrom(Session& session, const NodeFlags& flags, const std::string& node,
                   const std::function<void(const std::string&)>& step, const TakeFile& take);

}  // namespace ichor::ctl
