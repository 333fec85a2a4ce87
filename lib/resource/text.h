// Specs from text, for tests, in protobuf's text format.
#pragma once

#include <concepts>
#include <string>
#include <utility>

#include "absl/log/absl_check.h"
#include "google/protobuf/message.h"
#include "google/protobuf/text_format.h"

namespace ichor {

// Converts to any spec message: HostnameSpecSpec spec = Text("hostname: 'n1'"). A text that does
// not parse is a broken test, and ends it.
class Text {
 public:
  explicit Text(std::string text) : text_(std::move(text)) {}

  template <std::derived_from<google::protobuf::Message> Message>
  operator Message() const {  // NOLINT(google-explicit-constructor): conversion is the purpose
    Message message;
    ABSL_CHECK(google::protobuf::TextFormat::ParseFromString(text_, &message)) << text_;
    return message;
  }

 private:
  std::string text_;
};

}  // namespace ichor
