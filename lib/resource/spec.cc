#include "lib/resource/spec.h"

#include <format>
#include <utility>

#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "lib/resource/yaml.h"

namespace ichor {
namespace {

std::string Encode(const google::protobuf::Message& message) {
  std::string bytes;
  bytes.reserve(message.ByteSizeLong());
  google::protobuf::io::StringOutputStream stream(&bytes);
  google::protobuf::io::CodedOutputStream coded(&stream);
  coded.SetSerializationDeterministic(true);  // map entries in key order
  message.SerializeWithCachedSizes(&coded);
  coded.Trim();
  return bytes;
}

}  // namespace

SpecData::SpecData(std::string proto, std::string yaml,
                   std::unique_ptr<const google::protobuf::Message> message)
    : proto_(std::move(proto)), yaml_(std::move(yaml)), message_(std::move(message)) {}

SpecPtr SpecData::Of(std::unique_ptr<const google::protobuf::Message> message) {
  std::string bytes = Encode(*message);
  return std::make_shared<const SpecData>(std::move(bytes), "", std::move(message));
}

SpecPtr SpecData::Opaque(std::string proto, std::string yaml) {
  return std::make_shared<const SpecData>(std::move(proto), std::move(yaml), nullptr);
}

absl::StatusOr<SpecPtr> SpecData::Parse(std::string_view proto,
                                        const google::protobuf::Message& prototype) {
  std::unique_ptr<google::protobuf::Message> message(prototype.New());
  if (!message->ParseFromArray(proto.data(), static_cast<int>(proto.size()))) {
    return absl::InvalidArgumentError(std::format("spec: {} bytes are no valid {}", proto.size(),
                                                  prototype.GetDescriptor()->full_name()));
  }
  return Of(std::move(message));
}

std::string SpecData::Yaml() const {
  return message_ != nullptr ? ToYaml(*message_) : yaml_;
}

bool operator==(const SpecData& a, const SpecData& b) {
  if (&a == &b) {
    return true;
  }
  return (a.message_ == nullptr) == (b.message_ == nullptr) && a.proto_ == b.proto_ &&
         a.yaml_ == b.yaml_;
}

}  // namespace ichor
