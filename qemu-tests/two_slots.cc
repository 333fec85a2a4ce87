#include "qemu-tests/two_slots.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "lib/base/status.h"
#include "qemu-tests/child_process.h"
#include "qemu-tests/test_files.h"

namespace ichor::qemu {
namespace {

using Words = std::vector<std::string>;

absl::Status Run(const Words& arguments, const std::string& log) {
  Words words = {"python3", "-B", "-m", "image.two_slots"};
  words.insert(words.end(), arguments.begin(), arguments.end());
  return RunTool(words, log);
}

std::string LogOf(const std::string& file) {
  return std::filesystem::path(file).parent_path() / "two-slots.log";
}

Words WithArguments(Words words, const Words& arguments) {
  for (const std::string& argument : arguments) {
    words.push_back("--arg");
    words.push_back(argument);
  }
  return words;
}

absl::Status Write(const std::filesystem::path& directory, const TwoSlots::Over& over) {
  std::error_code error;
  const auto write = [&](const auto& files, auto write_one) {
    for (const auto& [path, source] : files) {
      const std::filesystem::path file = directory / path.substr(1);
      std::filesystem::create_directories(file.parent_path(), error);
      if (!error) {
        write_one(source, file);
      }
      if (error) {
        return absl::ErrnoToStatus(error.value(), file.string());
      }
    }
    return absl::OkStatus();
  };
  RETURN_IF_ERROR(write(over.links, [&](const auto& target, const auto& link) {
    std::filesystem::create_symlink(target, link, error);
  }));
  return write(over.copies, [&](const auto& source, const auto& copy) {
    std::filesystem::copy_file(source, copy, error);
  });
}

}  // namespace

absl::StatusOr<TwoSlots> TwoSlots::Make(const std::string& name, const Over& over_b) {
  const std::string directory = TestDirectory();
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  if (error) {
    return absl::ErrnoToStatus(error.value(), directory);
  }
  const bool plain = over_b.links.empty() && over_b.copies.empty();
  const std::string over = plain ? "" : absl::StrCat(directory, "/", name, "-over");
  RETURN_IF_ERROR(Write(over, over_b));
  TwoSlots made(absl::StrCat(directory, "/", name, ".raw"), over);
  RETURN_IF_ERROR(made.MakeAgain());
  return made;
}

absl::Status TwoSlots::MakeAgain() const {
  Words words = {"make", file_, "--image", "/ichor/build/image/amd64"};
  if (!over_.empty()) {
    words.insert(words.end(), {"--over", over_});
  }
  return Run(words, LogOf(file_));
}

absl::Status TwoSlots::Arm(int tries, const Words& arguments) const {
  return Run(WithArguments({"arm", file_, "--tries", absl::StrCat(tries)}, arguments),
             LogOf(file_));
}

absl::Status TwoSlots::Commit(const Words& arguments) const {
  return Run(WithArguments({"commit", file_}, arguments), LogOf(file_));
}

absl::Status TwoSlots::Flip(const std::string& slot, const std::string& at) const {
  return Run({"flip", file_, "--slot", slot, "--at", at}, LogOf(file_));
}

absl::StatusOr<std::string> TwoSlots::Show() const {
  const std::string output = file_ + ".show";
  std::filesystem::remove(output);
  RETURN_IF_ERROR(Run({"show", file_}, output));
  std::ifstream file(output);
  return std::string(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
}

}  // namespace ichor::qemu
