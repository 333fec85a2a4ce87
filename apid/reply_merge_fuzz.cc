// Any bytes as what another node replies.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "absl/log/absl_check.h"
#include "apid/reply_merge.h"
#include "common/common.pb.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view reply(reinterpret_cast<const char*>(data), size);
  const auto merged = ichor::apid::NameNodeInReply(reply, "n");
  common::EmptyResponse before;
  if (merged.ok() && before.ParseFromArray(data, static_cast<int>(size))) {
    common::EmptyResponse after;
    ABSL_CHECK(after.ParseFromString(*merged));
    ABSL_CHECK(after.messages_size() == 1 && before.messages_size() == 1);
    ABSL_CHECK(after.messages(0).metadata().hostname() == "n");
  }
  return 0;
}
