#include "lib/rpc/framing.h"

#include <algorithm>
#include <cstdint>
#include <format>
#include <utility>

#include "lib/base/status.h"

namespace ichor::rpc {
namespace {

constexpr size_t kPrefixBytes = 5;

}  // namespace

std::string Frame(std::string_view message) {
  std::string framed;
  framed.reserve(kPrefixBytes + message.size());
  framed.push_back('\0');
  for (int shift = 24; shift >= 0; shift -= 8) {
    framed.push_back(static_cast<char>(message.size() >> shift & 0xff));
  }
  return framed.append(message);
}

absl::Status FrameReader::Read(std::string_view bytes,
                               const std::function<void(std::string)>& on_message) {
  while (!bytes.empty()) {
    if (pending_.size() < kPrefixBytes) {
      if (!FillTo(kPrefixBytes, bytes)) {
        break;
      }
      RETURN_IF_ERROR(CheckPrefix());
    }
    if (FillTo(kPrefixBytes + MessageBytes(), bytes)) {
      std::string message = std::exchange(pending_, {}).substr(kPrefixBytes);
      on_message(std::move(message));
    }
  }
  return absl::OkStatus();
}

bool FrameReader::FillTo(size_t size, std::string_view& bytes) {
  const size_t taken = std::min(size - pending_.size(), bytes.size());
  pending_.append(bytes.substr(0, taken));
  bytes.remove_prefix(taken);
  return pending_.size() == size;
}

absl::Status FrameReader::CheckPrefix() const {
  if (pending_.front() != '\0') {
    return absl::UnimplementedError("compressed messages are not supported");
  }
  if (MessageBytes() > limit_bytes_) {
    return absl::ResourceExhaustedError(
        std::format("message of {} bytes, expected at most {}", MessageBytes(), limit_bytes_));
  }
  return absl::OkStatus();
}

size_t FrameReader::MessageBytes() const {
  size_t size = 0;
  for (size_t i = 1; i < kPrefixBytes; ++i) {
    size = size << 8 | static_cast<std::uint8_t>(pending_[i]);
  }
  return size;
}

}  // namespace ichor::rpc
