// Amounts as Kubernetes writes them.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "config/common.pb.h"
#include "talos/resource/definitions/k8s/k8s.pb.h"

namespace ichor {

// Bytes of "512Mi", "1G", "1073741824", "1.5Gi", rounded down. Nothing for other text.
std::optional<std::uint64_t> BytesOfQuantity(std::string_view text);

// What the config lets a container ask for and use; numbers become text.
void TakeResources(const config::v1alpha1::Resources& from,
                   talos::resource::definitions::k8s::Resources& resources);

}  // namespace ichor
