// What containerd's service Transfer is asked.
#pragma once

#include <string>

#include "containerd/transfer_types.pb.h"
#include "google/protobuf/message.h"
#include "machined/containers/containerd.h"

namespace ichor {

inline constexpr const char* kSnapshotter = "overlayfs";

// "amd64" or "arm64": this machine's.
const char* ImageArchitecture();

// Takes images for this machine's architecture, and unpacks them.
containerd::types::transfer::ImageStore StoreForThisMachine();

// Has containerd move what `source` names to `destination`, and say on the stream `progress`, if it
// is not empty, what it did. May take minutes. Errors are containerd's.
void Transfer(Containerd& containerd, const google::protobuf::Message& source,
              const containerd::types::transfer::ImageStore& destination,
              const std::string& progress, Containerd::Done<bool> done);

}  // namespace ichor
