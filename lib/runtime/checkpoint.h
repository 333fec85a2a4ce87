// Chosen kinds of the state in a file, so that a process that starts again goes on where it was.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/resource/resource.h"
#include "lib/resource/wire.h"
#include "lib/runtime/store.h"

namespace ichor {

struct CheckpointOptions {
  std::string path;
  std::string program;      // "machined": the file of another program is refused
  std::vector<Kind> kinds;  // what is written, and all that is taken when loading
  // As the store has them: with kKnownTypes, known types always come back typed; kOpaque keeps
  // their YAML as it is.
  SpecTyping typing = SpecTyping::kKnownTypes;
  size_t max_bytes = 64 << 20;  // of the file
};

// The rows of the kinds, by kind and id: what SaveCheckpoint writes. Confined to the loop's thread.
std::vector<ResourcePtr> CheckpointRows(Store& store, const std::vector<Kind>& kinds);

// Writes `rows` to the file, readable by its owner only, in place of the one there is. A row that
// could not be loaded again (text that is no UTF-8) is left out; the rest is written all the same,
// and then DataLoss names the first such row. ResourceExhausted, and the old file stays, if the
// file would be too large. Errors begin with "checkpoint <path>: ". Blocks; for any thread.
absl::Status SaveCheckpoint(const std::vector<ResourcePtr>& rows, const CheckpointOptions& options);

// Puts the rows of the file into `store`, with their versions, times, owners and phases. All or
// nothing; rows of kinds that are not asked for are skipped. Returns how many were put in. To be
// called before the first settle. NotFound if there is no file. Else an error that names the path
// and the reason: OutOfRange for a file that is too large, FailedPrecondition for one of another
// program or of another format version, DataLoss for one that is torn or no checkpoint at all.
// Blocks.
absl::StatusOr<size_t> LoadCheckpoint(Store& store, const CheckpointOptions& options);

// The same without the file. Equal rows give equal bytes.
struct EncodedCheckpoint {
  std::string bytes;
  absl::Status left_out;  // OK, or DataLoss: the first row that is not in `bytes`
};
EncodedCheckpoint EncodeCheckpoint(const std::vector<ResourcePtr>& rows,
                                   const CheckpointOptions& options);
absl::StatusOr<std::vector<Resource>> DecodeCheckpoint(std::string_view bytes,
                                                       const CheckpointOptions& options);

}  // namespace ichor
