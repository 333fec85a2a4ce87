// From requests on the wire to what the store understands.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "cosi/resource/state.pb.h"
#include "lib/resource/wire.h"
#include "lib/runtime/query.h"
#include "lib/runtime/watcher.h"

namespace ichor::state {

// A request that writes may be this large, all others kMaxQueryBytes. Memory is bounded by what a
// request may expand to when decoded: empty elements of repeated fields take up to 30 times their
// encoded size.
inline constexpr size_t kMaxWriteBytes = 32 << 20;
inline constexpr size_t kMaxQueryBytes = 1 << 20;
// The metadata inside a written resource.
inline constexpr size_t kMaxMetadataBytes = 1 << 20;
// All of a request that writes but the spec's two texts: metadata, options, and what we do not
// know.
inline constexpr size_t kMaxBesideSpecBytes = 2 * kMaxMetadataBytes;

// Decodes `bytes` into `request`. ResourceExhausted if they are more than `limit_bytes`,
// InvalidArgument if they are no such message.
absl::Status Decode(std::string_view bytes, size_t limit_bytes, google::protobuf::Message& request);

// Decodes a request that carries a resource in field `resource_field`: as Decode, and
// ResourceExhausted, before anything is decoded, if the resource's metadata or what is beside its
// spec is too large.
absl::Status DecodeWrite(std::string_view bytes, int resource_field,
                         google::protobuf::Message& request);

// The query of a list or watch. InvalidArgument as Query::Create; Unimplemented for an operator
// that is not known.
absl::StatusOr<Query> QueryOf(
    const google::protobuf::RepeatedPtrField<cosi::resource::LabelQuery>& labels,
    const cosi::resource::IDQuery& id);

// The options of a watch. Unimplemented for bootstrap contents or labels on one id, InvalidArgument
// for options that exclude each other, FailedPrecondition for a bookmark that is not one of
// `server`'s.
absl::StatusOr<WatchOptions> WatchOptionsOf(const cosi::resource::WatchRequest& request,
                                            std::string_view server);

// A bookmark: `server`, eight bytes that are another process's every time, and a position,
// big-endian.
std::string EncodeBookmark(std::string_view server, std::int64_t position);

}  // namespace ichor::state
