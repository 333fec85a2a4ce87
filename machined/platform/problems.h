// Reading files of the platform, which anybody may have written: what is wrong is named, and the
// rest is read.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "lib/yaml/node.h"

namespace ichor {

// What is wrong in one file, each with its place: `network-config:5:8: mtu: "x" is no number`.
class FileProblems {
 public:
  explicit FileProblems(std::string file) : file_(std::move(file)) {}

  void Add(const yml::Node& value, std::string_view message);
  void Add(std::string sentence);

  std::vector<std::string> Take() && { return std::move(problems_); }

 private:
  const std::string file_;
  std::vector<std::string> problems_;
};

// The values of a mapping by key. What is not there, or is null, is empty; so is what has another
// form than is asked for, which is a problem. Both arguments outlive it.
class Fields {
 public:
  // A value that is no mapping is a problem, and has no fields.
  Fields(const yml::Node& mapping, FileProblems& problems);

  // Null if it is not there.
  const yml::Node* Find(std::string_view key) const;
  std::string Text(std::string_view key) const;
  std::uint32_t Number(std::string_view key) const;
  bool Flag(std::string_view key) const;
  // The items of a list; a value alone counts as a list of one.
  std::vector<const yml::Node*> Items(std::string_view key) const;
  // The same as texts; other items are problems.
  std::vector<std::string> Texts(std::string_view key) const;

  // Says so of the value at `key`, or of the whole where there is none.
  void Complain(std::string_view key, std::string_view message) const;
  FileProblems& problems() const { return problems_; }

 private:
  const yml::Node& mapping_;
  FileProblems& problems_;
};

}  // namespace ichor
