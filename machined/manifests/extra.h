// Manifests that the config brings: as text, or by URL.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "google/protobuf/struct.pb.h"
#include "lib/runtime/rows.h"
#include "resource/config/config.resources.h"
#include "talos/resource/definitions/k8s/k8s.resources.h"
#include "talos/resource/definitions/runtime/runtime.resources.h"

namespace ichor {

// ExtraManifestsConfig "extra-manifests": those of a container network of the config's own, of a
// cloud provider, and others; a document counts before an entry of the one-document form with its
// name. None where there is no control plane.
absl::StatusOr<Desired<k8s::ExtraManifestsConfig>> DeriveExtraManifests(
    const All<config::MachineConfig>& configs);

// The id of its Manifest: "99-name".
std::string ManifestIdOf(const talos::resource::definitions::k8s::ExtraManifest& extra);

// The objects of a text in YAML or JSON, those of lists one by one. Foreign bytes: bounded as
// yml::ReadDocuments. InvalidArgument for what is no YAML, and for an object without apiVersion,
// kind or name; without a part of the text in the message.
absl::StatusOr<std::vector<google::protobuf::Struct>> ObjectsOfText(std::string_view text);

// A manifest of objects.
k8s::Manifest::Spec ManifestOf(const std::vector<google::protobuf::Struct>& objects);

// A Manifest for each that stands in the config, and a Diagnostic "manifest-NAME" for each that
// cannot be read.
absl::StatusOr<Desired<k8s::Manifest>> RenderInlineManifests(
    const All<k8s::ExtraManifestsConfig>& extras);
absl::StatusOr<Desired<runtime::Diagnostic>> DiagnoseInlineManifests(
    const All<k8s::ExtraManifestsConfig>& extras);

}  // namespace ichor
