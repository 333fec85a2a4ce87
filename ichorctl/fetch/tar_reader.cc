#include "ichorctl/fetch/tar_reader.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "lib/base/status.h"

namespace ichor::ctl {
namespace {

constexpr size_t kBlock = 512;
constexpr std::uint64_t kMaxSpecial = 1 << 20;  // of a long name, or of pax records

std::string Text(std::string_view header, size_t offset, size_t size) {
  const std::string_view field = header.substr(offset, size);
  return std::string(field.substr(0, field.find('\0')));
}

// Octal, or, if the first bit is set, big-endian.
std::optional<std::uint64_t> Number(std::string_view field) {
  std::uint64_t number = 0;
  if ((static_cast<unsigned char>(field.front()) & 0x80U) != 0) {
    for (const char c : field.substr(field.size() - 8)) {
      number = number << 8 | static_cast<unsigned char>(c);
    }
    return number;
  }
  const size_t begin = field.find_first_not_of(' ');
  field = field.substr(std::min(begin, field.size()));
  const auto [rest, error] = std::from_chars(field.data(), field.data() + field.size(), number, 8);
  return error == std::errc() ? std::optional(number) : std::nullopt;
}

bool HasGoodSum(std::string_view header) {
  constexpr size_t kSumAt = 148;
  constexpr size_t kSumSize = 8;
  std::uint64_t sum = 0;
  for (size_t i = 0; i < header.size(); ++i) {
    const bool in_sum = i >= kSumAt && i < kSumAt + kSumSize;
    sum += in_sum ? ' ' : static_cast<unsigned char>(header[i]);
  }
  return Number(header.substr(kSumAt, kSumSize)) == sum;
}

TarEntry::Type TypeOf(char type) {
  switch (type) {
    case '0':
    case '\0':
    case '7':
      return TarEntry::Type::kFile;
    case '5':
      return TarEntry::Type::kDirectory;
    case '2':
      return TarEntry::Type::kLink;
    default:
      return TarEntry::Type::kOther;
  }
}

}  // namespace

absl::Status TarReader::Feed(std::string_view bytes) {
  while (!bytes.empty()) {
    if (left_ > 0) {
      const std::string_view part = bytes.substr(0, std::min<std::uint64_t>(left_, bytes.size()));
      bytes.remove_prefix(part.size());
      RETURN_IF_ERROR(TakeContents(part));
      continue;
    }
    if (padding_ > 0) {
      const std::uint64_t size = std::min<std::uint64_t>(padding_, bytes.size());
      bytes.remove_prefix(size);
      padding_ -= size;
      continue;
    }
    const size_t size = std::min(kBlock - header_.size(), bytes.size());
    header_ += bytes.substr(0, size);
    bytes.remove_prefix(size);
    if (header_.size() == kBlock) {
      RETURN_IF_ERROR(ReadHeader());
      header_.clear();
    }
  }
  return absl::OkStatus();
}

absl::Status TarReader::TakeContents(std::string_view part) {
  left_ -= part.size();
  if (role_ == Role::kContents) {
    RETURN_IF_ERROR(sink_.Contents(part));
  } else if (role_ != Role::kSkipped) {
    special_ += part;
  }
  return left_ == 0 ? EndSpecial() : absl::OkStatus();
}

absl::Status TarReader::ReadHeader() {
  if (header_.find_first_not_of('\0') == std::string::npos) {
    return absl::OkStatus();  // the end
  }
  const std::optional<std::uint64_t> size = Number(std::string_view(header_).substr(124, 12));
  if (!HasGoodSum(header_) || !size) {
    return absl::DataLossError("what came is no tar archive");
  }
  left_ = *size;
  padding_ = (kBlock - *size % kBlock) % kBlock;
  const std::string prefix = Text(header_, 345, 155);
  const bool ustar = header_.substr(257, 6) == std::string_view("ustar\0", 6);
  std::string name = Text(header_, 0, 100);
  if (ustar && !prefix.empty()) {
    name.insert(0, prefix + "/");
  }
  return BeginEntry(header_[156], std::move(name), Text(header_, 157, 100));
}

absl::Status TarReader::BeginEntry(char type, std::string name, std::string target) {
  special_.clear();
  if (type == 'L' || type == 'K' || type == 'x') {
    role_ = type == 'L' ? Role::kName : type == 'K' ? Role::kTarget : Role::kPax;
    return left_ <= kMaxSpecial ? absl::OkStatus() : absl::DataLossError("a name is too long");
  }
  if (type == 'g') {
    role_ = Role::kSkipped;
    return absl::OkStatus();
  }
  TarEntry entry{.type = TypeOf(type), .name = std::move(name), .target = std::move(target)};
  if (!next_name_.empty()) {
    entry.name = std::exchange(next_name_, {});
  }
  if (!next_target_.empty()) {
    entry.target = std::exchange(next_target_, {});
  }
  role_ = entry.type == TarEntry::Type::kFile ? Role::kContents : Role::kSkipped;
  entry.size = role_ == Role::kContents ? left_ : 0;
  return sink_.Begin(entry);
}

absl::Status TarReader::EndSpecial() {
  const std::string text = special_.substr(0, special_.find('\0'));
  if (role_ == Role::kName) {
    next_name_ = text;
  } else if (role_ == Role::kTarget) {
    next_target_ = text;
  } else if (role_ == Role::kPax) {
    return ReadPax();
  }
  return absl::OkStatus();
}

// Records "LENGTH KEY=VALUE\n", where the length counts itself.
absl::Status TarReader::ReadPax() {
  std::string_view rest = special_;
  while (!rest.empty()) {
    size_t size = 0;
    const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), size);
    const auto digits = static_cast<size_t>(end - rest.data());
    if (error != std::errc() || size > rest.size() || size < digits + 2) {
      return absl::DataLossError("a pax record is broken");
    }
    const std::string_view record = rest.substr(digits + 1, size - digits - 2);
    const size_t sign = record.find('=');
    if (sign != std::string_view::npos) {
      const std::string_view key = record.substr(0, sign);
      next_name_ = key == "path" ? std::string(record.substr(sign + 1)) : next_name_;
      next_target_ = key == "linkpath" ? std::string(record.substr(sign + 1)) : next_target_;
    }
    rest.remove_prefix(size);
  }
  return absl::OkStatus();
}

absl::Status TarReader::Finish() const {
  return left_ == 0 && header_.empty() ? absl::OkStatus()
                                       : absl::DataLossError("the end of the archive is missing");
}

}  // namespace ichor::ctl
