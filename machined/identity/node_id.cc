#include "machined/identity/node_id.h"

#include <algorithm>
#include <format>

#include "absl/strings/escaping.h"
#include "lib/base/status.h"

namespace ichor {
namespace {

constexpr std::string_view kDigits =
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
constexpr size_t kNodeIdDigits = 43;  // as many as 256 bits need
constexpr unsigned kByteValues = 256;

// Divides the big-endian number of `bytes` by 62; returns what remains.
unsigned DivideByBase(std::string& bytes) {
  unsigned rest = 0;
  for (char& byte : bytes) {
    const unsigned value = rest * kByteValues + static_cast<unsigned char>(byte);
    byte = static_cast<char>(value / kDigits.size());
    rest = value % kDigits.size();
  }
  return rest;
}

// Multiplies it by 62 and adds `digit`. False if that needs more bytes.
bool MultiplyByBase(std::string& bytes, unsigned digit) {
  unsigned carry = digit;
  for (auto byte = bytes.rbegin(); byte != bytes.rend(); ++byte) {
    const unsigned value = static_cast<unsigned char>(*byte) * kDigits.size() + carry;
    *byte = static_cast<char>(value % kByteValues);
    carry = value / kByteValues;
  }
  return carry == 0;
}

}  // namespace

std::string ToNodeId(std::string_view bytes) {
  std::string number(bytes);
  std::string text(kNodeIdDigits, kDigits[0]);
  for (auto digit = text.rbegin(); digit != text.rend(); ++digit) {
    *digit = kDigits[DivideByBase(number)];
  }
  return text;
}

absl::StatusOr<std::string> NodeIdBytes(std::string_view node_id) {
  if (node_id.size() != kNodeIdDigits) {
    return absl::InvalidArgumentError(
        std::format("a node id has {} characters, expected {}", node_id.size(), kNodeIdDigits));
  }
  std::string bytes(kNodeIdBytes, '\0');
  for (const char c : node_id) {
    const size_t digit = kDigits.find(c);
    if (digit == std::string_view::npos) {
      return absl::InvalidArgumentError("a node id has a character that is no letter or digit");
    }
    if (!MultiplyByBase(bytes, static_cast<unsigned>(digit))) {
      return absl::InvalidArgumentError("a node id is larger than 256 bits");
    }
  }
  return bytes;
}

absl::StatusOr<std::string> MachineIdOf(std::string_view node_id) {
  ASSIGN_OR_RETURN(const std::string bytes, NodeIdBytes(node_id));
  return absl::BytesToHexString(bytes.substr(0, kNodeIdBytes / 2));
}

}  // namespace ichor
