#include "lib/rpc/bytes.h"

#include <memory>
#include <utility>
#include <vector>

#include "grpcpp/support/slice.h"

namespace ichor::rpc {
namespace {

void DeleteString(void* string) { std::default_delete<std::string>()(static_cast<std::string*>(string)); }

}  // namespace

std::string ToString(const grpc::ByteBuffer& buffer) {
  std::vector<grpc::Slice> slices;
  std::string bytes;
  if (!buffer.Dump(&slices).ok()) {
    return bytes;  // only of a buffer that was never filled
  }
  bytes.reserve(buffer.Length());
  for (const grpc::Slice& slice : slices) {
    bytes.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  }
  return bytes;
}

grpc::ByteBuffer ToBuffer(std::string bytes) {
  constexpr size_t kInlineBytes = 256;  // small ones are cheaper to copy than to own
  if (bytes.size() <= kInlineBytes) {
    const grpc::Slice slice(bytes);
    return {&slice, 1};
  }
  auto owned = std::make_unique<std::string>(std::move(bytes));
  char* const data = owned->data();
  const size_t size = owned->size();
  const grpc::Slice slice(data, size, DeleteString, owned.release());
  return {&slice, 1};
}

}  // namespace ichor::rpc
