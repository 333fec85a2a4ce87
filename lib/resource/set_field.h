// Fields of messages by name, from text.
#pragma once

#include <string_view>

#include "google/protobuf/message.h"

namespace ichor {

// Sets `field` of `message`: an enumeration to the value with this word in YAML, or this number; a
// number; a bool by "true", "1", "on", "false", "0" or "off". False, and nothing is changed, if the
// text is none of these. The message must have such a field.
bool SetField(google::protobuf::Message& message, std::string_view field, std::string_view text);

}  // namespace ichor
