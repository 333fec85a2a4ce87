#include "machined/api/parse/sockets.h"

#include <array>
#include <cstdint>
#include <format>
#include <optional>
#include <utility>

#include "lib/resource/address_text.h"
#include "machined/api/parse/text.h"

namespace ichor::api::parse {
namespace {

// Columns that are separated by blanks.
constexpr size_t kLocal = 1;
constexpr size_t kRemote = 2;
constexpr size_t kState = 3;
constexpr size_t kQueues = 4;
constexpr size_t kTimer = 5;
constexpr size_t kRetransmits = 6;
constexpr size_t kUid = 7;
constexpr size_t kTimeout = 8;
constexpr size_t kInode = 9;
constexpr size_t kReferences = 10;
constexpr size_t kPointer = 11;

struct Endpoint {
  std::string address;
  std::uint32_t port = 0;
};

// Words of 32 bits in the machine's own byte order, in hexadecimal: all machines of ours are
// little-endian.
std::optional<std::string> AddressBytes(std::string_view hex) {
  if (hex.size() != 8 && hex.size() != 32) {
    return std::nullopt;
  }
  std::string bytes;
  for (size_t word = 0; word < hex.size(); word += 8) {
    const std::optional<std::uint64_t> value = Number(hex.substr(word, 8), 16);
    if (!value.has_value()) {
      return std::nullopt;
    }
    for (int shift = 0; shift < 32; shift += 8) {
      bytes.push_back(static_cast<char>(*value >> shift));
    }
  }
  return bytes;
}

std::optional<Endpoint> EndpointOf(std::string_view text) {
  const std::optional<Pair> pair = Split(text, ':');
  if (!pair.has_value()) {
    return std::nullopt;
  }
  const std::optional<std::string> bytes = AddressBytes(pair->key);
  const std::optional<std::uint64_t> port = Number(pair->value, 16);
  if (!bytes.has_value() || !port.has_value()) {
    return std::nullopt;
  }
  common::NetIP address;
  address.set_ip(*bytes);
  return Endpoint{.address = ToText(address), .port = static_cast<std::uint32_t>(*port)};
}

// The two sides of "a:b", in hexadecimal.
std::array<std::uint64_t, 2> HexPair(std::string_view text) {
  const std::optional<Pair> pair = Split(text, ':');
  if (!pair.has_value()) {
    return {};
  }
  return {Number(pair->key, 16).value_or(0), Number(pair->value, 16).value_or(0)};
}

std::optional<machine::ConnectRecord> RecordOf(const std::vector<std::string_view>& fields) {
  if (fields.size() <= kPointer) {
    return std::nullopt;
  }
  const std::optional<Endpoint> local = EndpointOf(fields[kLocal]);
  const std::optional<Endpoint> remote = EndpointOf(fields[kRemote]);
  if (!local.has_value() || !remote.has_value()) {
    return std::nullopt;
  }
  const auto [sending, received] = HexPair(fields[kQueues]);
  const auto [timer, when] = HexPair(fields[kTimer]);
  machine::ConnectRecord record;
  record.set_localip(local->address);
  record.set_localport(local->port);
  record.set_remoteip(remote->address);
  record.set_remoteport(remote->port);
  record.set_state(
      static_cast<machine::ConnectRecord::State>(Number(fields[kState], 16).value_or(0)));
  record.set_txqueue(sending);
  record.set_rxqueue(received);
  record.set_tr(static_cast<machine::ConnectRecord::TimerActive>(timer));
  record.set_timerwhen(when);
  record.set_retrnsmt(Number(fields[kRetransmits], 16).value_or(0));
  record.set_uid(static_cast<std::uint32_t>(NumberOrZero(fields[kUid])));
  record.set_timeout(NumberOrZero(fields[kTimeout]));
  record.set_inode(NumberOrZero(fields[kInode]));
  record.set_ref(NumberOrZero(fields[kReferences]));
  record.set_pointer(Number(fields[kPointer], 16).value_or(0));
  record.mutable_process();  // clients expect it to be there
  return record;
}

}  // namespace

std::vector<machine::ConnectRecord> SocketsOf(std::string_view protocol, std::string_view text) {
  std::vector<machine::ConnectRecord> records;
  for (const std::string_view line : Lines(text)) {
    std::optional<machine::ConnectRecord> record = RecordOf(Fields(line));
    if (record.has_value()) {
      record->set_l4proto(std::string(protocol));
      records.push_back(*std::move(record));
    }
  }
  return records;
}

bool Passes(const machine::ConnectRecord& record, machine::NetstatRequest::Filter filter) {
  const bool listens =
      record.remoteport() == 0 && (record.state() == machine::ConnectRecord::LISTEN ||
                                   record.state() == machine::ConnectRecord::CLOSE);
  switch (filter) {
    case machine::NetstatRequest::LISTENING:
      return listens;
    case machine::NetstatRequest::CONNECTED:
      return !listens;
    default:
      return true;
  }
}

}  // namespace ichor::api::parse
