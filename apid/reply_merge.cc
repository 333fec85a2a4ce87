#include "apid/reply_merge.h"

#include <google/protobuf/io/coded_stream.h>

#include <array>
#include <cstdint>
#include <format>

#include "common/common.pb.h"
#include "lib/base/status.h"
#include "lib/resource/utf8_text.h"

namespace ichor::apid {
namespace {

constexpr char kFirstField = 0x0a;  // field 1, with a length: "messages", and "metadata" in each

std::string Field(std::string_view bytes) {
  constexpr std::size_t kMaxVarintBytes = 10;
  std::array<std::uint8_t, kMaxVarintBytes> length{};
  const std::uint8_t* const end =
      google::protobuf::io::CodedOutputStream::WriteVarint64ToArray(bytes.size(), length.data());
  std::string field(1, kFirstField);
  field.append(reinterpret_cast<const char*>(length.data()),
               static_cast<std::size_t>(end - length.data()));
  field += bytes;
  return field;
}

// The names of gRPC's codes as Go writes them.
std::string_view CodeName(absl::StatusCode code) {
  constexpr std::array<std::string_view, 17> kNames = {
      "OK",       "Canceled",       "Unknown",          "InvalidArgument",   "DeadlineExceeded",
      "NotFound", "AlreadyExists",  "PermissionDenied", "ResourceExhausted", "FailedPrecondition",
      "Aborted",  "OutOfRange",     "Unimplemented",    "Internal",          "Unavailable",
      "DataLoss", "Unauthenticated"};
  const auto number = static_cast<std::size_t>(code);
  return number < kNames.size() ? kNames.at(number) : "Unknown";
}

}  // namespace

std::string NameNode(std::string message, std::string_view node) {
  common::Metadata metadata;
  metadata.set_hostname(Utf8Text(node));
  message += Field(metadata.SerializeAsString());
  return message;
}

std::string ErrorMessage(std::string_view node, const absl::Status& status) {
  const std::string text = Utf8Text(base::MessageOf(status));
  common::Metadata metadata;
  metadata.set_hostname(Utf8Text(node));
  metadata.set_error(std::format("rpc error: code = {} desc = {}", CodeName(status.code()), text));
  metadata.mutable_status()->set_code(static_cast<int>(status.code()));
  metadata.mutable_status()->set_message(text);
  return Field(metadata.SerializeAsString());
}

absl::StatusOr<std::string> NameNodeInReply(std::string_view reply, std::string_view node) {
  google::protobuf::io::CodedInputStream input(reinterpret_cast<const std::uint8_t*>(reply.data()),
                                               static_cast<int>(reply.size()));
  std::uint64_t size = 0;
  if (reply.empty() || reply.front() != kFirstField || !input.Skip(1) ||
      !input.ReadVarint64(&size) ||
      size != reply.size() - static_cast<std::size_t>(input.CurrentPosition())) {
    return absl::InternalError(
        std::format("node {}: its reply is not one message, so it cannot be merged", node));
  }
  return Field(NameNode(std::string(reply.substr(reply.size() - size)), node));
}

std::string ErrorReply(std::string_view node, const absl::Status& status) {
  return Field(ErrorMessage(node, status));
}

}  // namespace ichor::apid
