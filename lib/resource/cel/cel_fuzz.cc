// Any bytes as a CEL expression: what is accepted keeps its meaning on the way back.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "absl/log/check.h"
#include "google/protobuf/util/message_differencer.h"
#include "lib/resource/cel/cel.h"
#include "lib/resource/cel/check.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto first = ichor::CelFromText(text);
  if (!first.ok()) return 0;
  const auto written = ichor::CelToText(*first);
  CHECK_OK(written);
  const auto second = ichor::CelFromText(*written);
  CHECK_OK(second) << *written;
  CHECK(google::protobuf::util::MessageDifferencer::Equals(*first, *second)) << *written;
  // Whatever it says, its type can be asked for.
  static const auto* const kEnvironment = new ichor::CelEnvironment{
      .variables = {{"x", ichor::ParseCelType("map(string, list(uint))")}}};
  if (const auto type = ichor::CheckCel(first->expr(), *kEnvironment); type.ok()) {
    CHECK(!ichor::ToString(*type).empty());
  }
  // What is made here must also fit through protobuf's parser.
  google::api::expr::v1alpha1::CheckedExpr parsed;
  CHECK(parsed.ParseFromString(first->SerializeAsString()));
  return 0;
}
