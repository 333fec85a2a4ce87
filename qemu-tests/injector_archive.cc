#include "qemu-tests/injector_archive.h"

#include <array>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace ichor::qemu {
namespace {

constexpr std::uint32_t kProgram = 0100755;  // a regular file

void Pad(std::string& text) {
  text.append((4 - text.size() % 4) % 4, '\0');
}

// See "initramfs buffer format" in the kernel's documentation.
std::string Record(std::string_view name, std::uint32_t mode, std::string_view content) {
  const std::array<std::size_t, 13> fields = {
      1, mode, 0, 0, 1, 0, content.size(), 0, 0, 0, 0, name.size() + 1, 0};
  std::string text = "070701";
  for (const std::size_t field : fields) {
    absl::StrAppendFormat(&text, "%08X", field);
  }
  text.append(name).push_back('\0');
  Pad(text);
  text.append(content);
  Pad(text);
  return text;
}

}  // namespace

std::string InjectorArchive(const std::string& program, std::size_t before_bytes) {
  return absl::StrCat(std::string((4 - before_bytes % 4) % 4, '\0'),
                      Record("injector", kProgram, program), Record("TRAILER!!!", 0, ""));
}

absl::Status WriteInitramfsWithInjector(const std::string& base, const std::string& path) {
  std::string bytes;
  std::string program;
  for (const auto& [file, content] : {std::pair{base, &bytes}, {kInjectorFile, &program}}) {
    std::ifstream in(file, std::ios::binary);
    content->assign(std::istreambuf_iterator<char>(in), {});
    if (content->empty()) {
      return absl::NotFoundError(file);
    }
  }
  std::ofstream out(path, std::ios::binary);
  out << bytes << InjectorArchive(program, bytes.size());
  out.close();
  return out ? absl::OkStatus() : absl::UnknownError(absl::StrCat("write ", path));
}

}  // namespace ichor::qemu
