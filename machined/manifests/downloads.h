// The source of manifests that the config names by URL.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "lib/base/clock.h"
#include "lib/http/client.h"
#include "lib/runtime/loop.h"
#include "lib/runtime/runtime.h"
#include "talos/resource/definitions/k8s/k8s.resources.h"

namespace ichor {

// Publishes a Manifest for each that could be fetched, once: it stays as it is until its URL or
// headers change. What fails is tried again after a second, doubled each time up to a minute; after
// the third time it is a Diagnostic "manifest-NAME". Loop's thread only.
class ManifestDownloads {
 public:
  static constexpr std::chrono::seconds kFirstBackoff{1};
  static constexpr std::chrono::seconds kLongestBackoff{60};

  struct Parts {  // all outlive it
    Runtime& runtime;
    Loop& loop;
    const base::Clock& clock;
    std::function<absl::StatusOr<std::unique_ptr<http::Client>>()> new_client;
  };

  explicit ManifestDownloads(Parts parts);
  ~ManifestDownloads();
  ManifestDownloads(const ManifestDownloads&) = delete;
  ManifestDownloads& operator=(const ManifestDownloads&) = delete;

  void Set(const k8s::ExtraManifestsConfig::Spec& wish);

  // For tasks that may outlive it.
  std::weak_ptr<ManifestDownloads*> self() const { return self_; }

 private:
  using Extra = talos::resource::definitions::k8s::ExtraManifest;
  struct Download {
    Extra extra;
    std::unique_ptr<http::Client> client;
    std::unique_ptr<http::Fetch> fetch;  // goes before its client
    std::optional<k8s::Manifest::Spec> manifest;
    std::optional<Loop::TimerId> timer;
    int failures = 0;
    std::string error;
  };

  void Begin(const std::string& id);
  void OnAnswer(const std::string& id, const absl::StatusOr<http::Response>& response);
  void Fail(const std::string& id, const absl::Status& status);
  void Drop(Download& download);
  void Publish();

  const Parts parts_;
  const std::shared_ptr<ManifestDownloads*> self_ = std::make_shared<ManifestDownloads*>(this);
  std::map<std::string, Download> downloads_;  // by id of the Manifest
};

}  // namespace ichor
