#include "lib/state/request.h"

#include <algorithm>
#include <cstdint>
#include <format>
#include <numeric>
#include <utility>
#include <vector>

#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/wire_format_lite.h"
#include "lib/base/status.h"

namespace ichor::state {
namespace {

using google::protobuf::internal::WireFormatLite;

absl::Status Malformed(std::string_view bytes, const google::protobuf::Message& request) {
  return absl::InvalidArgumentError(
      std::format("{} bytes are no valid {}", bytes.size(), request.GetDescriptor()->full_name()));
}

// Appends the bytes of each occurrence of the length-delimited field `number` at the top of
// `message`. False if `message` is malformed.
bool FindField(std::string_view message, int number, std::vector<std::string_view>& found) {
  google::protobuf::io::CodedInputStream stream(
      reinterpret_cast<const std::uint8_t*>(message.data()), static_cast<int>(message.size()));
  while (const std::uint32_t tag = stream.ReadTag()) {
    const bool is_bytes =
        WireFormatLite::GetTagWireType(tag) == WireFormatLite::WIRETYPE_LENGTH_DELIMITED;
    if (WireFormatLite::GetTagFieldNumber(tag) != number || !is_bytes) {
      if (!WireFormatLite::SkipField(&stream, tag)) {
        return false;
      }
      continue;
    }
    int size = 0;
    if (!stream.ReadVarintSizeAsInt(&size)) {
      return false;
    }
    const size_t start = static_cast<size_t>(stream.CurrentPosition());
    if (!stream.Skip(size)) {
      return false;
    }
    found.push_back(message.substr(start, static_cast<size_t>(size)));
  }
  return stream.ConsumedEntireMessage();
}

// The same in each of `messages`.
bool FindFields(const std::vector<std::string_view>& messages, int number,
                std::vector<std::string_view>& found) {
  return std::ranges::all_of(
      messages, [&](std::string_view message) { return FindField(message, number, found); });
}

size_t TotalSize(const std::vector<std::string_view>& parts) {
  return std::accumulate(parts.begin(), parts.end(), size_t{0},
                         [](size_t size, std::string_view part) { return size + part.size(); });
}

// Only the two texts of a spec may be large: all else grows when it is decoded. What is malformed
// is not decoded at all, for its beginning could be made to grow as well.
absl::Status CheckSizes(std::string_view bytes, int resource_field,
                        const google::protobuf::Message& request) {
  std::vector<std::string_view> resources;
  std::vector<std::string_view> metadata;
  std::vector<std::string_view> specs;
  std::vector<std::string_view> texts;
  if (!FindField(bytes, resource_field, resources) ||
      !FindFields(resources, cosi::resource::Resource::kMetadataFieldNumber, metadata) ||
      !FindFields(resources, cosi::resource::Resource::kSpecFieldNumber, specs) ||
      !FindFields(specs, cosi::resource::Spec::kProtoSpecFieldNumber, texts) ||
      !FindFields(specs, cosi::resource::Spec::kYamlSpecFieldNumber, texts)) {
    return Malformed(bytes, request);
  }
  if (const size_t size = TotalSize(metadata); size > kMaxMetadataBytes) {
    return absl::ResourceExhaustedError(
        std::format("metadata of {} bytes, expected at most {}", size, kMaxMetadataBytes));
  }
  if (const size_t rest = bytes.size() - TotalSize(texts); rest > kMaxBesideSpecBytes) {
    return absl::ResourceExhaustedError(
        std::format("{} bytes beside the spec, expected at most {}", rest, kMaxBesideSpecBytes));
  }
  return absl::OkStatus();
}

absl::StatusOr<LabelTerm> TermOf(const cosi::resource::LabelTerm& proto) {
  using Proto = cosi::resource::LabelTerm;
  using Operator = LabelTerm::Operator;
  LabelTerm term{.key = proto.key(),
                 .op = Operator::kExists,
                 .values = {proto.value().begin(), proto.value().end()},
                 .invert = proto.invert()};
  switch (proto.op()) {
    case Proto::EXISTS:
      return term;
    case Proto::NOT_EXISTS:  // the older way to say it; its own invert flag does not count
      term.invert = true;
      return term;
    case Proto::EQUAL:
      term.op = Operator::kEqual;
      return term;
    case Proto::IN:
      term.op = Operator::kIn;
      return term;
    case Proto::LT:
      term.op = Operator::kLess;
      return term;
    case Proto::LTE:
      term.op = Operator::kLessOrEqual;
      return term;
    case Proto::LT_NUMERIC:
      term.op = Operator::kLessNumeric;
      return term;
    case Proto::LTE_NUMERIC:
      term.op = Operator::kLessOrEqualNumeric;
      return term;
    default:
      return absl::UnimplementedError(
          std::format("unsupported label query operator: {}", static_cast<int>(proto.op())));
  }
}

absl::StatusOr<std::int64_t> DecodeBookmark(std::string_view bookmark, std::string_view server) {
  if (bookmark.size() != server.size() + sizeof(std::uint64_t) || !bookmark.starts_with(server)) {
    return absl::FailedPreconditionError("invalid watch bookmark");
  }
  std::uint64_t position = 0;
  for (const char byte : bookmark.substr(server.size())) {
    position = position << 8 | static_cast<unsigned char>(byte);
  }
  return static_cast<std::int64_t>(position);
}

absl::Status CheckCombination(const cosi::resource::WatchRequest& request) {
  const cosi::resource::WatchOptions& options = request.options();
  if (request.has_id() && options.bootstrap_contents()) {
    return absl::UnimplementedError("bootstrap contents is not implemented for resource watch");
  }
  if (request.has_id() && options.label_query_size() > 0) {
    return absl::UnimplementedError("label query is not implemented for resource watch");
  }
  if (options.tail_events() > 0 && options.has_start_from_bookmark()) {
    return absl::InvalidArgumentError("cannot use both tail_events and start_from_bookmark");
  }
  if (options.bootstrap_contents() &&
      (options.tail_events() > 0 || options.has_start_from_bookmark())) {
    return absl::InvalidArgumentError(
        "cannot use bootstrap_contents with tail_events or start_from_bookmark");
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status Decode(std::string_view bytes, size_t limit_bytes,
                    google::protobuf::Message& request) {
  if (bytes.size() > limit_bytes) {
    return absl::ResourceExhaustedError(
        std::format("request of {} bytes, expected at most {}", bytes.size(), limit_bytes));
  }
  if (!request.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return Malformed(bytes, request);
  }
  return absl::OkStatus();
}

absl::Status DecodeWrite(std::string_view bytes, int resource_field,
                         google::protobuf::Message& request) {
  if (bytes.size() > kMaxMetadataBytes && bytes.size() <= kMaxWriteBytes) {
    RETURN_IF_ERROR(CheckSizes(bytes, resource_field, request));
  }
  return Decode(bytes, kMaxWriteBytes, request);
}

absl::StatusOr<Query> QueryOf(
    const google::protobuf::RepeatedPtrField<cosi::resource::LabelQuery>& labels,
    const cosi::resource::IDQuery& id) {
  std::vector<LabelQuery> queries;
  for (const cosi::resource::LabelQuery& proto : labels) {
    LabelQuery& query = queries.emplace_back();
    for (const cosi::resource::LabelTerm& term : proto.terms()) {
      ASSIGN_OR_RETURN(query.emplace_back(), TermOf(term));
    }
  }
  return Query::Create(std::move(queries), id.regexp());
}

absl::StatusOr<WatchOptions> WatchOptionsOf(const cosi::resource::WatchRequest& request,
                                            std::string_view server) {
  RETURN_IF_ERROR(CheckCombination(request));
  const cosi::resource::WatchOptions& proto = request.options();
  WatchOptions options;
  if (proto.has_start_from_bookmark()) {
    ASSIGN_OR_RETURN(options.resume, DecodeBookmark(proto.start_from_bookmark(), server));
  }
  options.tail_events = proto.tail_events();
  if (request.has_id()) {
    options.id = request.id();
    return options;
  }
  ASSIGN_OR_RETURN(options.query, QueryOf(proto.label_query(), proto.id_query()));
  options.bootstrap_contents = proto.bootstrap_contents();
  options.bootstrap_bookmark = proto.bootstrap_bookmark();
  return options;
}

std::string EncodeBookmark(std::string_view server, std::int64_t position) {
  std::string bookmark(server);
  for (int shift = 56; shift >= 0; shift -= 8) {
    bookmark.push_back(static_cast<char>(static_cast<std::uint64_t>(position) >> shift & 0xff));
  }
  return bookmark;
}

}  // namespace ichor::state
