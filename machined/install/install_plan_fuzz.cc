// Any text as the plan of an install: it is refused, or nothing in it leads out of its directory.
#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/log/check.h"
#include "machined/install/install_plan.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  for (const std::string& whole : {text, "ichor-install 1\n" + text}) {
    const auto plan = ichor::ParseInstallPlan(whole);
    if (!plan.ok()) {
      continue;
    }
    for (const ichor::InstallFile& file : plan->files) {
      CHECK(!file.path.starts_with("/") && !file.path.starts_with("../")) << file.path;
    }
  }
  return 0;
}
