// Any text is a JSONPath or an error, and what is one can be asked.
#include <cstdint>
#include <string_view>

#include "ichorctl/get/json_path.h"
#include "lib/yaml/document.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, size_t size) {
  static ichor::yml::Source source{.file = "", .text = "a: [1, {b: x}]\nc: {d: null, e: '2'}\n"};
  static const auto kDocument = ichor::yml::ReadDocument(source);
  const auto path =
      ichor::ctl::JsonPath::Parse(std::string_view(reinterpret_cast<const char*>(data), size));
  if (path.ok() && kDocument.ok() && size < 200) {
    path->Evaluate(*kDocument);
  }
  return 0;
}
