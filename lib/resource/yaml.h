// The YAML form of specs, in both directions, by reflection: what a field reads like follows from
// its type and from the options of ichor/options.proto. A type needs no code here.
//
// The text is what go-yaml v3 makes of the same value, so that clients and their JSONPaths find
// what they look for:
//
//   string           the string, quoted where any reader of YAML 1.1 or 1.2 would take it for
//   something else bytes            a list of numbers; (ichor.text) makes it a string, base64 or a
//   hardware address enumeration      its word; a number without one: that number as a string
//   repeated, map    a list, a mapping sorted by key; [] and {} when empty
//   message          a mapping of its fields; without a value the same with zero values, or null if
//   it is (ichor.nullable) NetIP…, URL      text, "" when empty Duration         1h0m0s; Timestamp:
//   RFC 3339 in UTC, unset 0001-01-01T00:00:00Z Struct, Value    the YAML value CheckedExpr the
//   source of the CEL expression
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "google/protobuf/message.h"

namespace ichor {

// The text of `spec`; ends in a line break.
std::string ToYaml(const google::protobuf::Message& spec);

// Replaces `spec` by what `text` says; the other way round of ToYaml. A field that is not mentioned
// is unset, and so is a message without `omitempty` that has only zero values. InvalidArgument
// "LINE:COLUMN: path.to[1].key: …" for anything unknown, twice, of the wrong type or out of range,
// and for what yml::ReadDocument refuses; `spec` is then unspecified.
absl::Status FromYaml(std::string_view text, google::protobuf::Message& spec);

}  // namespace ichor
