#include "machined/api/files/message_source.h"

#include <algorithm>

#include "common/common.pb.h"

namespace ichor::api {
namespace {

constexpr size_t kChunkBytes = 1024;  // of one message

}  // namespace

void AppendData(std::string_view bytes, std::vector<std::string>& messages) {
  for (; !bytes.empty(); bytes.remove_prefix(std::min(kChunkBytes, bytes.size()))) {
    common::Data data;
    data.set_bytes(std::string(bytes.substr(0, kChunkBytes)));
    messages.push_back(data.SerializeAsString());
  }
}

}  // namespace ichor::api
