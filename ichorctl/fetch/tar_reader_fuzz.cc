// Any bytes are an archive or an error, and however they are cut the entries are the same.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "ichorctl/fetch/tar_reader.h"

namespace {

struct Log : ichor::ctl::TarSink {
  absl::Status Begin(const ichor::ctl::TarEntry& entry) override {
    text += entry.name + '\0' + entry.target + '\0';
    return absl::OkStatus();
  }
  absl::Status Contents(std::string_view bytes) override {
    text += bytes;
    return absl::OkStatus();
  }
  std::string text;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  Log whole;
  Log pieces;
  ichor::ctl::TarReader at_once(whole);
  ichor::ctl::TarReader cut(pieces);
  const bool good = at_once.Feed(bytes).ok();
  bool good_too = true;
  for (size_t i = 0; i < size && good_too; i += 77) {
    good_too = cut.Feed(bytes.substr(i, 77)).ok();
  }
  if (good != good_too || (good && whole.text != pieces.text)) {
    std::abort();
  }
  return 0;
}
