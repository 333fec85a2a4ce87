#include "machined/api/files/tar_header.h"

#include <algorithm>
#include <format>
#include <string_view>
#include <tuple>

namespace ichor::api {
namespace {

// Fields of a ustar header: where, and how many bytes.
struct Field {
  size_t offset;
  size_t size;
};
constexpr Field kName{0, 100};
constexpr Field kMode{100, 8};
constexpr Field kUid{108, 8};
constexpr Field kGid{116, 8};
constexpr Field kSize{124, 12};
constexpr Field kModified{136, 12};
constexpr Field kChecksum{148, 8};
constexpr Field kType{156, 1};
constexpr Field kTarget{157, 100};
constexpr Field kMagic{257, 8};
constexpr std::string_view kUstar{"ustar\00000", 8};
constexpr char kExtended = 'x';

void Put(std::string& header, const Field& field, std::string_view bytes) {
  header.replace(field.offset, std::min(bytes.size(), field.size), bytes.substr(0, field.size));
}

// Octal digits and a zero byte.
bool Fits(const Field& field, std::uint64_t number) {
  return number < (std::uint64_t{1} << (3 * (field.size - 1)));
}

void PutNumber(std::string& header, const Field& field, std::uint64_t number) {
  Put(header, field, std::format("{:0{}o}", Fits(field, number) ? number : 0, field.size - 1));
}

// "27 path=some/long/name\n": the length counts itself.
std::string Record(std::string_view key, std::string_view value) {
  const std::string rest = std::format(" {}={}\n", key, value);
  size_t length = rest.size();
  while (std::to_string(length).size() + rest.size() != length) {
    length = std::to_string(length).size() + rest.size();
  }
  return std::to_string(length) + rest;
}

// What ustar has no room for.
std::string Records(const TarEntry& entry) {
  std::string records;
  if (entry.name.size() > kName.size) {
    records += Record("path", entry.name);
  }
  if (entry.target.size() > kTarget.size) {
    records += Record("linkpath", entry.target);
  }
  for (const auto& [field, key, number] : {std::tuple{kSize, "size", entry.size_bytes},
                                           std::tuple{kUid, "uid", std::uint64_t{entry.uid}},
                                           std::tuple{kGid, "gid", std::uint64_t{entry.gid}}}) {
    if (!Fits(field, number)) {
      records += Record(key, std::to_string(number));
    }
  }
  return records;
}

std::string Plain(const TarEntry& entry, char type) {
  std::string header(kTarBlockBytes, '\0');
  Put(header, kName, entry.name);
  PutNumber(header, kMode, entry.permissions);
  PutNumber(header, kUid, entry.uid);
  PutNumber(header, kGid, entry.gid);
  PutNumber(header, kSize, entry.size_bytes);
  PutNumber(header, kModified,
            static_cast<std::uint64_t>(std::max<std::int64_t>(entry.modified_seconds, 0)));
  Put(header, kType, std::string(1, type));
  Put(header, kTarget, entry.target);
  Put(header, kMagic, kUstar);
  Put(header, kChecksum, std::string(kChecksum.size, ' '));
  std::uint64_t sum = 0;
  for (const char byte : header) {
    sum += static_cast<unsigned char>(byte);
  }
  Put(header, kChecksum, std::format("{:06o}", sum) + '\0');
  return header;
}

}  // namespace

std::string TarHeader(const TarEntry& entry) {
  std::string header;
  if (const std::string records = Records(entry); !records.empty()) {
    header = Plain({.name = "pax", .permissions = 0644, .size_bytes = records.size()}, kExtended) +
             records + TarPadding(records.size());
  }
  return header + Plain(entry, static_cast<char>(entry.type));
}

std::string TarPadding(std::uint64_t size_bytes) {
  const std::uint64_t over = size_bytes % kTarBlockBytes;
  return std::string(over == 0 ? 0 : kTarBlockBytes - over, '\0');
}

std::string TarEnd() {
  return std::string(2 * kTarBlockBytes, '\0');
}

}  // namespace ichor::api
