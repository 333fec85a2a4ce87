#include "lib/rpc/http2.h"

namespace ichor::rpc {

nghttp2_nv Header(std::string_view name, std::string_view value) {
  return {.name = reinterpret_cast<std::uint8_t*>(const_cast<char*>(name.data())),
          .value = reinterpret_cast<std::uint8_t*>(const_cast<char*>(value.data())),
          .namelen = name.size(),
          .valuelen = value.size(),
          .flags = NGHTTP2_NV_FLAG_NONE};
}

std::string_view View(const std::uint8_t* data, size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

std::string_view View(nghttp2_rcbuf* buffer) {
  const nghttp2_vec bytes = nghttp2_rcbuf_get_buf(buffer);
  return View(bytes.base, bytes.len);
}

void Append(const Metadata& metadata, std::vector<nghttp2_nv>& headers) {
  for (const auto& [name, value] : metadata) {
    headers.push_back(Header(name, value));
  }
}

}  // namespace ichor::rpc
