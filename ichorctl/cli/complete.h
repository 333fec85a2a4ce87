// What a shell offers while somebody types: `ichorctl __complete WORD…` is asked by small scripts.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "ichorctl/cli/command.h"

namespace ichor::ctl {

struct Candidate {
  std::string word;
  std::string about{};
};

struct Completions {
  std::vector<Candidate> candidates{};
  Completes rest = Completes::kNothing;  // kFile, kDirectory: the shell's own names too
};

// What may stand for the last of `words`, which is not finished and may be empty. `contexts` is
// asked for the names of contexts.
Completions Complete(const Command& root, const std::vector<std::string>& words,
                     const std::function<std::vector<std::string>()>& contexts);

// As the scripts read it: a line "WORD<tab>ABOUT" each, then ":file", ":directory" or ":nothing".
std::string ToLines(const Completions& completions);

// The script for "bash", "zsh" or "fish"; InvalidArgument for other shells.
absl::StatusOr<std::string> CompletionScript(std::string_view shell);

}  // namespace ichor::ctl
