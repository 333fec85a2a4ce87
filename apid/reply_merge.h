// Replies of many nodes in one, as clients know them: each part says which node it is from
// (common.Metadata). Works on encoded messages, since apid does not know the types.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace ichor::apid {

// A message of a stream, with the name of its node.
std::string NameNode(std::string message, std::string_view node);

// In place of a message: why there is none of `node`.
std::string ErrorMessage(std::string_view node, const absl::Status& status);

// A reply whose field "messages" has one element, with the name of the node in it: such replies one
// behind the other are one reply with all elements. Internal if it is no such reply.
absl::StatusOr<std::string> NameNodeInReply(std::string_view reply, std::string_view node);

// In place of such a reply: why there is none of `node`.
std::string ErrorReply(std::string_view node, const absl::Status& status);

}  // namespace ichor::apid
