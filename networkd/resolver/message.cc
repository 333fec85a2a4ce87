#include "networkd/resolver/message.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"

namespace ichor::networkd {
namespace {

constexpr std::size_t kHeaderBytes = 12;
constexpr std::size_t kMaxNameBytes = 255;
constexpr std::size_t kMaxLabelBytes = 63;
constexpr std::uint8_t kPointer = 0xc0;
constexpr std::uint16_t kInternet = 1;

// Bits of the header's second word.
constexpr std::uint16_t kIsReply = 0x8000;
constexpr std::uint16_t kOpcode = 0x7800;
constexpr std::uint16_t kTruncated = 0x0200;
constexpr std::uint16_t kRecursionDesired = 0x0100;
constexpr std::uint16_t kRecursionAvailable = 0x0080;
constexpr std::uint16_t kUnchecked = 0x0010;
constexpr std::uint16_t kCode = 0x000f;
constexpr std::uint32_t kDnssecOk = 0x8000;  // of an OPT record's ttl

absl::Status Short() {
  return absl::InvalidArgumentError("DNS message is cut off");
}

// Reads a message from front to back.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}

  std::size_t at() const { return at_; }
  bool ok() const { return ok_; }
  bool AtEnd() const { return at_ == bytes_.size(); }

  std::uint8_t U8() {
    if (!Has(1)) return 0;
    return static_cast<std::uint8_t>(bytes_[at_++]);
  }
  std::uint16_t U16() {
    const unsigned high = U8();
    return static_cast<std::uint16_t>(high << 8U | U8());
  }
  std::uint32_t U32() {
    const std::uint32_t high = U16();
    return high << 16U | U16();
  }
  std::string_view Bytes(std::size_t count) {
    if (!Has(count)) return {};
    return bytes_.substr(std::exchange(at_, at_ + count), count);
  }

  // A name in lower case. Pointers lead back only, so they end.
  std::string Name() {
    std::string name;
    std::size_t at = at_;
    std::size_t end = 0;  // behind the first pointer
    std::size_t before = at_;
    while (ok_) {
      if (at >= bytes_.size()) return Fail();
      const auto length = static_cast<std::uint8_t>(bytes_[at]);
      if ((length & kPointer) == kPointer) {
        if (at + 1 >= bytes_.size()) return Fail();
        const std::size_t to =
            std::size_t{length & 0x3fU} << 8U | static_cast<std::uint8_t>(bytes_[at + 1]);
        if (to >= before) return Fail();
        end = end == 0 ? at + 2 : end;
        before = at = to;
        continue;
      }
      if (length > kMaxLabelBytes || at + 1 + length > bytes_.size() ||
          name.size() + 1 + length > kMaxNameBytes) {
        return Fail();
      }
      name += absl::AsciiStrToLower(std::string(bytes_.substr(at, 1 + std::size_t{length})));
      at += 1 + std::size_t{length};
      if (length == 0) break;
    }
    at_ = end == 0 ? at : end;
    return name;
  }

 private:
  bool Has(std::size_t count) {
    ok_ = ok_ && bytes_.size() - at_ >= count;
    return ok_;
  }
  std::string Fail() {
    ok_ = false;
    return "";
  }

  const std::string_view bytes_;
  std::size_t at_ = 0;
  bool ok_ = true;
};

struct Header {
  std::uint16_t id = 0;
  std::uint16_t flags = 0;
  std::uint16_t questions = 0;
  std::uint16_t answers = 0;
  std::uint16_t authorities = 0;
  std::uint16_t additional = 0;
};

Header TakeHeader(Reader& reader) {
  Header header;
  for (std::uint16_t* const field : {&header.id, &header.flags, &header.questions, &header.answers,
                                     &header.authorities, &header.additional}) {
    *field = reader.U16();
  }
  return header;
}

void Put16(std::size_t number, std::string& bytes) {
  bytes.push_back(static_cast<char>(number >> 8U));
  bytes.push_back(static_cast<char>(number));
}
void Put32(std::uint32_t number, std::string& bytes) {
  Put16(number >> 16U, bytes);
  Put16(number & 0xffffU, bytes);
}

std::string Head(const Header& header) {
  std::string bytes;
  for (const std::uint16_t field : {header.id, header.flags, header.questions, header.answers,
                                    header.authorities, header.additional}) {
    Put16(field, bytes);
  }
  return bytes;
}

std::uint16_t ReplyFlags(const DnsQuery& query, DnsCode code) {
  std::uint16_t flags = kIsReply | kRecursionAvailable | static_cast<std::uint16_t>(code);
  if (query.recursion) flags |= kRecursionDesired;
  if (query.unchecked) flags |= kUnchecked;
  return flags;
}

void PutOpt(bool dnssec, std::string& bytes) {
  bytes.push_back('\0');
  Put16(static_cast<std::uint16_t>(DnsType::kOpt), bytes);
  Put16(kMostDnsBytes, bytes);
  Put32(dnssec ? kDnssecOk : 0, bytes);
  Put16(0, bytes);
}

DnsQuestion TakeQuestion(Reader& reader) {
  DnsQuestion question{.name = reader.Name()};
  question.type = reader.U16();
  question.cls = reader.U16();
  return question;
}

// Where a message's question ends, unless its name is written with pointers: those could only lead
// into the header.
std::size_t EndOf(const DnsQuestion& question) {
  constexpr std::size_t kTypeAndClass = 4;
  return kHeaderBytes + question.name.size() + kTypeAndClass;
}

absl::Status Strange() {
  return absl::InvalidArgumentError("DNS message has a question whose name is no name");
}

// Everything behind the owner's name of a record.
struct Record {
  std::uint16_t type = 0;
  std::uint16_t cls = 0;
  std::size_t ttl_place = 0;
  std::uint32_t ttl = 0;
  std::string_view data;
};

Record TakeRecord(Reader& reader) {
  reader.Name();
  Record record{.type = reader.U16(), .cls = reader.U16()};
  record.ttl_place = reader.at();
  record.ttl = reader.U32();
  record.data = reader.Bytes(reader.U16());
  return record;
}

bool IsAddress(const Record& record) {
  return record.cls == kInternet &&
         ((record.type == static_cast<std::uint16_t>(DnsType::kA) && record.data.size() == 4) ||
          (record.type == static_cast<std::uint16_t>(DnsType::kAaaa) && record.data.size() == 16));
}

// A negative reply holds as long as the last number of its SOA record says (RFC 2308).
std::uint32_t HoldsFor(const Record& record) {
  constexpr std::uint32_t kSign = 0x80000000;
  const std::uint32_t ttl = (record.ttl & kSign) != 0 ? 0 : record.ttl;  // RFC 2181
  if (record.type != static_cast<std::uint16_t>(DnsType::kSoa) || record.data.size() < 4) {
    return ttl;
  }
  return std::min(ttl, Reader(record.data.substr(record.data.size() - 4)).U32());
}

void AddRecord(const Record& record, bool is_answer, DnsReply& reply) {
  if (record.type == static_cast<std::uint16_t>(DnsType::kOpt)) return;
  if (is_answer && IsAddress(record)) reply.addresses.emplace_back(record.data);
  reply.ttl_places.push_back(record.ttl_place);
  reply.ttl = std::min(reply.ttl.value_or(HoldsFor(record)), HoldsFor(record));
}

}  // namespace

absl::StatusOr<DnsQuery> ParseDnsQuery(std::string_view bytes) {
  Reader reader(bytes);
  const Header header = TakeHeader(reader);
  if (!reader.ok()) return Short();
  if ((header.flags & kIsReply) != 0 || header.questions != 1 || header.answers != 0) {
    return absl::InvalidArgumentError("DNS message is not one question");
  }
  if ((header.flags & kOpcode) != 0) {
    return absl::UnimplementedError("DNS message wants something else than a name looked up");
  }
  DnsQuery query{.id = header.id,
                 .recursion = (header.flags & kRecursionDesired) != 0,
                 .unchecked = (header.flags & kUnchecked) != 0};
  query.question = TakeQuestion(reader);
  if (reader.at() != EndOf(query.question)) return Strange();
  query.asked = bytes.substr(kHeaderBytes, reader.at() - kHeaderBytes);
  for (std::size_t i = 0; i < std::size_t{header.authorities} + header.additional; ++i) {
    const Record record = TakeRecord(reader);
    if (!reader.ok()) return Short();
    if (record.type != static_cast<std::uint16_t>(DnsType::kOpt)) continue;
    query.edns = true;
    query.dnssec = (record.ttl & kDnssecOk) != 0;
    query.room = std::clamp<std::size_t>(record.cls, kPlainDnsBytes, kMostDnsBytes);
  }
  if (!reader.ok()) return Short();
  return query;
}

std::string EncodeDnsQuery(const DnsQuery& query) {
  std::uint16_t flags = query.recursion ? kRecursionDesired : 0;
  if (query.unchecked) flags |= kUnchecked;
  std::string bytes =
      Head({.id = query.id, .flags = flags, .questions = 1, .additional = std::uint16_t{1}});
  bytes += query.question.name;
  Put16(query.question.type, bytes);
  Put16(query.question.cls, bytes);
  PutOpt(query.dnssec, bytes);
  return bytes;
}

absl::StatusOr<DnsReply> ParseDnsReply(std::string_view bytes) {
  Reader reader(bytes);
  const Header header = TakeHeader(reader);
  if (!reader.ok() || (header.flags & kIsReply) == 0 || header.questions != 1) {
    return absl::InvalidArgumentError("DNS message is no reply to one question");
  }
  DnsReply reply{.id = header.id,
                 .code = static_cast<DnsCode>(header.flags & kCode),
                 .truncated = (header.flags & kTruncated) != 0,
                 .question = TakeQuestion(reader)};
  if (reader.at() != EndOf(reply.question)) return Strange();
  const std::size_t records = std::size_t{header.answers} + header.authorities + header.additional;
  for (std::size_t i = 0; i < records; ++i) {
    const std::size_t begin = reader.at();
    const Record record = TakeRecord(reader);
    if (!reader.ok()) {
      if (reply.truncated) return reply;  // its records do not count
      return Short();
    }
    AddRecord(record, i < header.answers, reply);
    const bool last = i + 1 == records && header.additional > 0 && reader.AtEnd();
    if (record.type == static_cast<std::uint16_t>(DnsType::kOpt) && last) reply.opt = begin;
  }
  if (!reader.ok()) return Short();
  reply.negative = reply.code == DnsCode::kNoName ||
                   (reply.code == DnsCode::kOk && header.answers == 0 && !reply.truncated);
  return reply;
}

std::string DnsFailure(const DnsQuery& query, DnsCode code) {
  std::string bytes = Head({.id = query.id,
                            .flags = ReplyFlags(query, code),
                            .questions = 1,
                            .additional = static_cast<std::uint16_t>(query.edns ? 1 : 0)});
  bytes += query.asked;
  if (query.edns) PutOpt(query.dnssec, bytes);
  return bytes;
}

std::optional<std::string> DnsFailure(std::string_view bytes, DnsCode code) {
  Reader reader(bytes);
  const Header header = TakeHeader(reader);
  if (!reader.ok() || (header.flags & kIsReply) != 0) return std::nullopt;
  return Head({.id = header.id,
               .flags = static_cast<std::uint16_t>(kIsReply | (header.flags & kOpcode) |
                                                   static_cast<std::uint16_t>(code))});
}

std::string DnsAddresses(const DnsQuery& query, const std::vector<std::string>& addresses,
                         std::uint32_t ttl) {
  std::string bytes = Head({.id = query.id,
                            .flags = ReplyFlags(query, DnsCode::kOk),
                            .questions = 1,
                            .answers = static_cast<std::uint16_t>(addresses.size()),
                            .additional = static_cast<std::uint16_t>(query.edns ? 1 : 0)});
  bytes += query.asked;
  for (const std::string& address : addresses) {
    Put16(std::size_t{kPointer} << 8U | kHeaderBytes, bytes);  // the name that was asked for
    Put16(query.question.type, bytes);
    Put16(query.question.cls, bytes);
    Put32(ttl, bytes);
    Put16(address.size(), bytes);
    bytes += address;
  }
  if (query.edns) PutOpt(query.dnssec, bytes);
  return bytes;
}

std::string DnsAnswerTo(const DnsQuery& query, std::string bytes, const DnsReply& reply,
                        std::uint32_t age, std::size_t room) {
  if (!query.edns && reply.opt != 0) {
    bytes.resize(reply.opt);
    constexpr std::size_t kAdditional = 10;  // where the header counts them
    std::string fewer;
    Put16(Reader(std::string_view(bytes).substr(kAdditional)).U16() - 1U, fewer);
    bytes.replace(kAdditional, fewer.size(), fewer);
  }
  if (bytes.size() > room) {
    std::string cut = DnsFailure(query, reply.code);
    cut[2] = static_cast<char>(static_cast<unsigned char>(cut[2]) | kTruncated >> 8U);
    return cut;
  }
  std::string id;
  Put16(query.id, id);
  bytes.replace(0, id.size(), id);
  // The same name, but perhaps in another case. A reply may not begin with a pointer.
  if (bytes.size() >= kHeaderBytes + query.asked.size()) {
    bytes.replace(kHeaderBytes, query.asked.size(), query.asked);
  }
  for (const std::size_t place : reply.ttl_places) {
    const std::uint32_t ttl = Reader(std::string_view(bytes).substr(place)).U32();
    std::string less;
    Put32(ttl - std::min(ttl, age), less);
    bytes.replace(place, less.size(), less);
  }
  return bytes;
}

std::optional<std::string> DnsName(std::string_view text) {
  if (text.ends_with('.')) text.remove_suffix(1);
  std::string name;
  while (!text.empty()) {
    const std::string_view label = text.substr(0, text.find('.'));
    if (label.empty() || label.size() > kMaxLabelBytes) return std::nullopt;
    name.push_back(static_cast<char>(label.size()));
    name += absl::AsciiStrToLower(std::string(label));
    const bool last = label.size() == text.size();
    text.remove_prefix(last ? label.size() : label.size() + 1);
    if (!last && text.empty()) return std::nullopt;
  }
  name.push_back('\0');
  return name.size() <= kMaxNameBytes ? std::optional(name) : std::nullopt;
}

}  // namespace ichor::networkd
