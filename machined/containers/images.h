// Images in containerd.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "machined/containers/containerd.h"
#include "machined/containers/image_files.h"
#include "machined/containers/registry_logins.h"

namespace ichor {

// Where registries' mirrors and certificates are configured: hosts.toml files.
inline constexpr const char* kRegistryHosts = "/etc/cri/conf.d/hosts";

// Has containerd pull `image` for this machine's architecture and unpack it; what is there already
// is not fetched again. A registry that asks who it is learns its login of `logins`, and no other.
// May take minutes. Errors are containerd's.
void PullImage(Containerd& containerd, const std::string& image, const RegistryLogins& logins,
               Containerd::Done<bool> done);

// What a container of `image` is made with. NotFound if it was not pulled. `containerd` must live
// until then.
void ReadImage(Containerd& containerd, const std::string& image,
               Containerd::Done<ImageConfig> done);

// How many bytes the image of this machine's architecture takes, of which `digest` is the index or
// the manifest.
void ReadImageSize(Containerd& containerd, const std::string& digest,
                   Containerd::Done<std::int64_t> done);

// "image NAME cannot be pulled: no such host": with what an error of containerd, which names every
// step on the way, says last.
absl::Status CannotPull(const std::string& image, const absl::Status& status);

}  // namespace ichor
