// The body of a resource: a typed message, or the bytes of a type that this process does not know.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "google/protobuf/message.h"

namespace ichor {

class SpecData;
// Snapshots of specs are shared between the versions of a resource whose spec did not change.
using SpecPtr = std::shared_ptr<const SpecData>;

// Immutable. Any thread may read it.
class SpecData {
 public:
  // A spec of a known type. The wire form is deterministic: equal messages give equal bytes.
  static SpecPtr Of(std::unique_ptr<const google::protobuf::Message> message);

  // A spec as it came over the wire, both forms kept as they are.
  static SpecPtr Opaque(std::string proto, std::string yaml);

  // A spec of type `prototype` from its wire form. InvalidArgument if the bytes are no such
  // message.
  static absl::StatusOr<SpecPtr> Parse(std::string_view proto,
                                       const google::protobuf::Message& prototype);

  // The typed form; null for an opaque spec. Lives as long as this.
  const google::protobuf::Message* message() const { return message_.get(); }

  // The encoded message.
  const std::string& proto() const { return proto_; }

  // The YAML text: rendered from the message, or as given for an opaque spec.
  std::string Yaml() const;

  // Whether both hold the same value.
  friend bool operator==(const SpecData& a, const SpecData& b);

  SpecData(std::string proto, std::string yaml,
           std::unique_ptr<const google::protobuf::Message> message);

 private:
  std::string proto_;
  std::string yaml_;  // opaque specs only
  std::unique_ptr<const google::protobuf::Message> message_;
};

}  // namespace ichor
