// What `--help` says.
#pragma once

#include <string>
#include <vector>

#include "ichorctl/cli/command.h"

namespace ichor::ctl {

// The help of the last command of `path`, for a terminal 100 columns wide at most.
std::string HelpOf(const Session& session, const std::vector<const Command*>& path);

// "ichorctl gen config CLUSTER ENDPOINT [flags]"
std::string UsageOf(const std::vector<const Command*>& path);

// "-o, --output FILE", "    --force"
std::string TypedForm(const Flag& flag);

// The help of a flag with its default and words behind it.
std::string FullHelp(const Flag& flag);

// `text`, whose paragraphs are lines, cut at blanks into lines of at most `width` columns, each
// behind `indent` blanks.
std::string Wrapped(std::string_view text, size_t indent, size_t width = 100);

}  // namespace ichor::ctl
