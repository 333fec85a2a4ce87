#include "machined/manifests/downloads.h"

#include <algorithm>
#include <chrono>
#include <format>
#include <utility>

#include "google/protobuf/util/message_differencer.h"
#include "lib/base/status.h"
#include "machined/manifests/extra.h"
#include "talos/resource/definitions/runtime/runtime.resources.h"

namespace ichor {
namespace {

constexpr const char* kSource = "manifests.download";
constexpr int kPatience = 3;  // failures, one after the other

}  // namespace

ManifestDownloads::ManifestDownloads(Parts parts) : parts_(std::move(parts)) {
  parts_.runtime.AddSource<k8s::Manifest>(kSource);
  parts_.runtime.AddSource<runtime::Diagnostic>(kSource);
  Publish();
}

ManifestDownloads::~ManifestDownloads() {
  for (auto& [id, download] : downloads_) {
    Drop(download);
  }
}

void ManifestDownloads::Set(const k8s::ExtraManifestsConfig::Spec& wish) {
  std::map<std::string, Download> before = std::exchange(downloads_, {});
  for (const Extra& extra : wish.extra_manifests()) {
    if (extra.url().empty()) {
      continue;
    }
    const std::string id = ManifestIdOf(extra);
    const auto same = before.find(id);
    if (same != before.end() &&
        google::protobuf::util::MessageDifferencer::Equals(same->second.extra, extra)) {
      downloads_.insert(before.extract(same));
    } else {
      downloads_[id].extra = extra;
      Begin(id);
    }
  }
  for (auto& [id, download] : before) {
    Drop(download);
  }
  Publish();
}

void ManifestDownloads::Begin(const std::string& id) {
  Download& download = downloads_.at(id);
  absl::StatusOr<std::unique_ptr<http::Client>> client = parts_.new_client();
  if (!client.ok()) {
    Fail(id, client.status());
    return;
  }
  download.client = *std::move(client);
  http::Request request{.url = download.extra.url(), .headers = {}};
  for (const auto& [name, value] : download.extra.extra_headers()) {
    request.headers.emplace_back(name, value);
  }
  download.fetch = download.client->Get(std::move(request),
                                        [this, id](const absl::StatusOr<http::Response>& answer) {
                                          OnAnswer(id, answer);
                                          Publish();
                                        });
}

void ManifestDownloads::OnAnswer(const std::string& id,
                                 const absl::StatusOr<http::Response>& response) {
  if (!response.ok()) {
    Fail(id, response.status());
    return;
  }
  const auto objects = ObjectsOfText(response->body);
  if (!objects.ok()) {
    Fail(id, objects.status());
    return;
  }
  Download& download = downloads_.at(id);
  download.manifest = ManifestOf(*objects);
  download.failures = 0;
  Drop(download);
}

void ManifestDownloads::Fail(const std::string& id, const absl::Status& status) {
  Download& download = downloads_.at(id);
  Drop(download);
  download.error = base::MessageOf(status);
  constexpr int kDoublings = 6;
  const std::chrono::seconds delay =
      std::min(kFirstBackoff * (1 << std::min(download.failures, kDoublings)), kLongestBackoff);
  ++download.failures;
  download.timer = parts_.loop.RunAt(parts_.clock.Monotonic() + delay, [this, id] {
    downloads_.at(id).timer.reset();
    Begin(id);
  });
}

void ManifestDownloads::Drop(Download& download) {
  download.fetch.reset();
  download.client.reset();
  if (download.timer.has_value()) {
    parts_.loop.Cancel(*download.timer);
    download.timer.reset();
  }
}

void ManifestDownloads::Publish() {
  Desired<k8s::Manifest> manifests;
  Desired<runtime::Diagnostic> diagnostics;
  for (const auto& [id, download] : downloads_) {
    if (download.manifest.has_value()) {
      manifests.Add(id, *download.manifest);
    }
    if (download.failures >= kPatience) {
      runtime::Diagnostic::Spec spec;
      spec.set_message(std::format("the manifest {} cannot be fetched", download.extra.name()));
      spec.add_details(download.error);
      diagnostics.Add("manifest-" + download.extra.name(), std::move(spec));
    }
  }
  parts_.runtime.Publish<k8s::Manifest>(kSource, std::move(manifests));
  parts_.runtime.Publish<runtime::Diagnostic>(kSource, std::move(diagnostics));
}

}  // namespace ichor
