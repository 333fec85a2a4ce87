#include "ichorctl/cli/complete.h"

#include <algorithm>
#include <format>
#include <ranges>

namespace ichor::ctl {
namespace {

// Where in the tree the words before the last one lead.
struct Position {
  std::vector<const Command*> path;
  size_t arguments = 0;
  const Flag* wanting = nullptr;  // a flag whose value comes next
  bool flags_ended = false;
};

const Flag* FindFlag(const std::vector<const Command*>& path, std::string_view word) {
  for (const Command* const command : path | std::views::reverse) {
    for (const Flag& flag : command->flags) {
      const bool by_letter = word.size() == 2 && flag.letter != '\0' && word[1] == flag.letter;
      if (word == "--" + flag.name || (word.starts_with('-') && by_letter)) {
        return &flag;
      }
    }
  }
  return nullptr;
}

void Step(const std::string& word, Position& at) {
  if (at.wanting != nullptr) {
    at.wanting = nullptr;
  } else if (!at.flags_ended && word == "--") {
    at.flags_ended = true;
  } else if (!at.flags_ended && word.size() > 1 && word.starts_with('-')) {
    const Flag* const flag = FindFlag(at.path, word);
    at.wanting = flag == nullptr || IsSwitch(*flag) ? nullptr : flag;
  } else if (const Command* const below = FindCommand(*at.path.back(), word)) {
    at.path.push_back(below);
  } else {
    ++at.arguments;
  }
}

void AddWords(const std::vector<std::string>& words, std::string_view before, Completions& out) {
  for (const std::string& word : words) {
    out.candidates.push_back({.word = std::string(before) + word});
  }
}

void AddValues(const std::vector<std::string>& words, Completes completes, std::string_view before,
               const std::function<std::vector<std::string>()>& contexts, Completions& out) {
  AddWords(words, before, out);
  if (completes == Completes::kContext) {
    AddWords(contexts(), before, out);
  } else {
    out.rest = completes;
  }
}

void AddFlags(const std::vector<const Command*>& path, Completions& out) {
  for (const Command* const command : path | std::views::reverse) {
    for (const Flag& flag : command->flags) {
      if (!flag.hidden) {
        out.candidates.push_back({.word = "--" + flag.name, .about = flag.help});
      }
    }
  }
  out.candidates.push_back({.word = "--help", .about = "says what there is"});
}

void AddCommands(const Command& command, Completions& out) {
  for (const Command& child : command.commands) {
    if (!child.hidden) {
      out.candidates.push_back({.word = child.name, .about = child.summary});
    }
  }
}

const Argument* ArgumentAt(const Command& command, size_t index) {
  const std::vector<Argument>& all = command.arguments;
  if (index < all.size()) {
    return &all[index];
  }
  return !all.empty() && all.back().repeated ? &all.back() : nullptr;
}

}  // namespace

Completions Complete(const Command& root, const std::vector<std::string>& words,
                     const std::function<std::vector<std::string>()>& contexts) {
  Completions out;
  Position at{.path = {&root}};
  for (const std::string& word : words | std::views::take(std::max<size_t>(words.size(), 1) - 1)) {
    Step(word, at);
  }
  const std::string last = words.empty() ? "" : words.back();
  const size_t equals = last.find('=');
  if (at.wanting != nullptr) {
    AddValues(at.wanting->words, at.wanting->completes, "", contexts, out);
  } else if (!at.flags_ended && last.starts_with("--") && equals != std::string::npos) {
    if (const Flag* const flag = FindFlag(at.path, last.substr(0, equals))) {
      AddValues(flag->words, flag->completes, last.substr(0, equals + 1), contexts, out);
    }
  } else if (!at.flags_ended && last.starts_with('-')) {
    AddFlags(at.path, out);
  } else {
    AddCommands(*at.path.back(), out);
    if (const Argument* const argument = ArgumentAt(*at.path.back(), at.arguments)) {
      AddValues(argument->words, argument->completes, "", contexts, out);
    }
  }
  std::erase_if(out.candidates,
                [&](const Candidate& candidate) { return !candidate.word.starts_with(last); });
  return out;
}

std::string ToLines(const Completions& completions) {
  std::string out;
  for (const Candidate& candidate : completions.candidates) {
    out += candidate.word;
    out += candidate.about.empty() ? "\n" : std::format("\t{}\n", candidate.about);
  }
  switch (completions.rest) {
    case Completes::kFile:
      return out + ":file\n";
    case Completes::kDirectory:
      return out + ":directory\n";
    case Completes::kNothing:
    case Completes::kContext:
      return out + ":nothing\n";
  }
  return out;
}

}  // namespace ichor::ctl
