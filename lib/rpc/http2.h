// Text as nghttp2 takes and gives it.
#pragma once

#include <nghttp2/nghttp2.h>

#include <cstdint>
#include <string_view>
#include <vector>

#include "lib/rpc/metadata.h"

namespace ichor::rpc {

// A header to send. Both texts must live until it is submitted, which copies them.
nghttp2_nv Header(std::string_view name, std::string_view value);

// The headers of `metadata`, behind those that are there. It must live until they are submitted.
void Append(const Metadata& metadata, std::vector<nghttp2_nv>& headers);

// What nghttp2 shows in a callback; lives as long as the callback.
std::string_view View(const std::uint8_t* data, size_t size);
std::string_view View(nghttp2_rcbuf* buffer);

}  // namespace ichor::rpc
