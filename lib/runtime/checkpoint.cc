#include "lib/runtime/checkpoint.h"

#include <algorithm>
#include <cstdint>
#include <format>
#include <set>
#include <utility>

#include "absl/crc/crc32c.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "lib/base/status.h"
#include "lib/sys/file.h"

namespace ichor {
namespace {

using google::protobuf::io::CodedInputStream;
using google::protobuf::io::CodedOutputStream;
using google::protobuf::io::StringOutputStream;

// The file: magic; format version; then, each with its length before it, the program and
// cosi.resource.Resource messages, their number between the two; the CRC-32C of all that. Fixed
// numbers have 32 bits, little-endian, numbers and lengths in the middle are protobuf's varints.
constexpr std::string_view kMagic = "ichor-cp";
constexpr std::uint32_t kFormat = 1;
constexpr size_t kNumberBytes = sizeof(std::uint32_t);
constexpr size_t kHeaderBytes = kMagic.size() + kNumberBytes;

std::string NumberBytes(std::uint32_t number) {
  std::string bytes(kNumberBytes, '\0');
  CodedOutputStream::WriteLittleEndian32ToArray(number,
                                                reinterpret_cast<std::uint8_t*>(bytes.data()));
  return bytes;
}

// `bytes` has kNumberBytes or more.
std::uint32_t NumberOf(std::string_view bytes) {
  std::uint32_t number = 0;
  CodedInputStream::ReadLittleEndian32FromArray(reinterpret_cast<const std::uint8_t*>(bytes.data()),
                                                &number);
  return number;
}

std::uint32_t ChecksumOf(std::string_view bytes) {
  return static_cast<std::uint32_t>(
      absl::ComputeCrc32c(absl::string_view(bytes.data(), bytes.size())));
}

std::string EncodeRow(const Resource& row, SpecTyping typing) {
  // The YAML of what comes back typed is rendered anew; that of an opaque spec would be lost.
  const bool keep_yaml = typing == SpecTyping::kOpaque || row.spec->message() == nullptr;
  cosi::resource::Resource message;
  ToProto(row, keep_yaml ? SpecForm::kProtoAndYaml : SpecForm::kProto, message);
  std::string bytes;
  StringOutputStream stream(&bytes);
  CodedOutputStream coded(&stream);
  coded.SetSerializationDeterministic(true);
  message.SerializeToCodedStream(&coded);
  coded.Trim();
  return bytes;
}

absl::StatusOr<Resource> DecodeRow(std::string_view bytes, SpecTyping typing) {
  cosi::resource::Resource message;
  if (!message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return absl::DataLossError(
        std::format("{} bytes are no valid cosi.resource.Resource", bytes.size()));
  }
  absl::StatusOr<Resource> row = FromProto(message, typing);
  if (!row.ok()) {
    return absl::DataLossError(row.status().message());
  }
  if (row->metadata.version == 0) {
    return absl::DataLossError(std::format("{} has no version", ToString(row->metadata)));
  }
  return row;
}

// Reads a length and so many bytes; false if there are fewer.
bool ReadBlock(CodedInputStream& stream, std::string_view all, std::string_view& block) {
  int size = 0;
  if (!stream.ReadVarintSizeAsInt(&size)) {
    return false;
  }
  const auto start = static_cast<size_t>(stream.CurrentPosition());
  if (!stream.Skip(size)) {
    return false;
  }
  block = all.substr(start, static_cast<size_t>(size));
  return true;
}

// The part of the file between header and checksum, once these are found to be right.
absl::StatusOr<std::string_view> BodyOf(std::string_view bytes) {
  if (!bytes.starts_with(kMagic.substr(0, bytes.size()))) {
    return absl::DataLossError("not a checkpoint");
  }
  if (bytes.size() < kHeaderBytes + kNumberBytes) {
    return absl::DataLossError(std::format("torn: only {} bytes", bytes.size()));
  }
  const std::uint32_t format = NumberOf(bytes.substr(kMagic.size()));
  if (format != kFormat) {
    return absl::FailedPreconditionError(std::format("format {}, expected {}", format, kFormat));
  }
  const size_t end = bytes.size() - kNumberBytes;
  if (NumberOf(bytes.substr(end)) != ChecksumOf(bytes.substr(0, end))) {
    return absl::DataLossError("torn or damaged: the checksum is wrong");
  }
  return bytes.substr(kHeaderBytes, end - kHeaderBytes);
}

absl::StatusOr<std::vector<Resource>> DecodeBody(std::string_view body,
                                                 const CheckpointOptions& options) {
  CodedInputStream stream(reinterpret_cast<const std::uint8_t*>(body.data()),
                          static_cast<int>(body.size()));
  std::string_view program;
  if (!ReadBlock(stream, body, program)) {
    return absl::DataLossError("malformed");
  }
  if (program != options.program) {
    return absl::FailedPreconditionError(
        std::format("written by \"{}\", expected \"{}\"", program, options.program));
  }
  std::uint64_t count = 0;
  if (!stream.ReadVarint64(&count)) {
    return absl::DataLossError("malformed");
  }
  std::vector<Resource> rows;
  for (std::uint64_t i = 0; i < count; ++i) {
    std::string_view block;
    if (!ReadBlock(stream, body, block)) {
      return absl::DataLossError("malformed");
    }
    absl::StatusOr<Resource> row = DecodeRow(block, options.typing);
    RETURN_IF_ERROR(base::Annotate(row.status(), std::format("row {}", i)));
    rows.push_back(*std::move(row));
  }
  if (static_cast<size_t>(stream.CurrentPosition()) != body.size()) {
    return absl::DataLossError(std::format("more bytes than {} rows", count));
  }
  return rows;
}

std::string Context(const CheckpointOptions& options) {
  return "checkpoint " + options.path;
}

}  // namespace

std::vector<ResourcePtr> CheckpointRows(Store& store, const std::vector<Kind>& kinds) {
  std::vector<ResourcePtr> rows;
  for (const Kind& kind : std::set<Kind>(kinds.begin(), kinds.end())) {
    const Snapshot snapshot = store.List(kind.ns, kind.type);
    rows.insert(rows.end(), snapshot->begin(), snapshot->end());
  }
  return rows;
}

EncodedCheckpoint EncodeCheckpoint(const std::vector<ResourcePtr>& rows,
                                   const CheckpointOptions& options) {
  EncodedCheckpoint result;
  std::string encoded;
  std::uint64_t count = 0;
  {
    StringOutputStream stream(&encoded);
    CodedOutputStream coded(&stream);
    for (const ResourcePtr& row : rows) {
      const std::string bytes = EncodeRow(*row, options.typing);
      const absl::Status status = DecodeRow(bytes, options.typing).status();
      if (!status.ok()) {
        result.left_out.Update(base::Annotate(status, ToString(row->metadata) + " is left out"));
        continue;
      }
      coded.WriteVarint64(bytes.size());
      coded.WriteString(bytes);
      ++count;
    }
  }
  result.bytes = std::string(kMagic) + NumberBytes(kFormat);
  {
    StringOutputStream stream(&result.bytes);
    CodedOutputStream coded(&stream);
    coded.WriteVarint64(options.program.size());
    coded.WriteString(options.program);
    coded.WriteVarint64(count);
    coded.WriteString(encoded);
  }
  result.bytes += NumberBytes(ChecksumOf(result.bytes));
  return result;
}

absl::StatusOr<std::vector<Resource>> DecodeCheckpoint(std::string_view bytes,
                                                       const CheckpointOptions& options) {
  ASSIGN_OR_RETURN(const std::string_view body, BodyOf(bytes));
  return DecodeBody(body, options);
}

absl::Status SaveCheckpoint(const std::vector<ResourcePtr>& rows,
                            const CheckpointOptions& options) {
  const EncodedCheckpoint checkpoint = EncodeCheckpoint(rows, options);
  if (checkpoint.bytes.size() > options.max_bytes) {
    return base::Annotate(
        absl::ResourceExhaustedError(std::format("{} bytes, expected at most {}",
                                                 checkpoint.bytes.size(), options.max_bytes)),
        Context(options));
  }
  RETURN_IF_ERROR(base::Annotate(sys::WriteFileAtomically(options.path, checkpoint.bytes, 0600),
                                 Context(options)));
  return base::Annotate(checkpoint.left_out, Context(options));
}

absl::StatusOr<size_t> LoadCheckpoint(Store& store, const CheckpointOptions& options) {
  absl::StatusOr<std::string> bytes = sys::ReadFile(options.path, options.max_bytes);
  RETURN_IF_ERROR(base::Annotate(bytes.status(), Context(options)));
  absl::StatusOr<std::vector<Resource>> rows = DecodeCheckpoint(*bytes, options);
  RETURN_IF_ERROR(base::Annotate(rows.status(), Context(options)));
  size_t restored = 0;
  for (Resource& row : *rows) {
    if (std::ranges::contains(options.kinds, *row.metadata.kind)) {
      store.Restore(std::move(row));
      ++restored;
    }
  }
  return restored;
}

}  // namespace ichor
