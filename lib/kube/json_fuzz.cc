// Any bytes as JSON: what is accepted survives the way out and back.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "absl/log/check.h"
#include "lib/kube/json.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto object = ichor::kube::FromJson({reinterpret_cast<const char*>(data), size});
  if (object.ok()) {
    const std::string written = ichor::kube::ToJson(*object);
    const auto again = ichor::kube::FromJson(written);
    CHECK_OK(again);
    CHECK(ichor::kube::ToJson(*again) == written) << written;
  }
  return 0;
}
