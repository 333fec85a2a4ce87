#include "machined/files/rendered_files.h"

#include <sys/epoll.h>

#include <algorithm>
#include <utility>

#include "ichor/kubelet.resources.h"
#include "lib/base/log.h"
#include "lib/base/status.h"
#include "talos/resource/definitions/block/block.resources.h"
#include "talos/resource/definitions/etcd/etcd.resources.h"
#include "talos/resource/definitions/files/files.resources.h"
#include "talos/resource/definitions/k8s/k8s.resources.h"

namespace ichor {
namespace {

using files::FileChange;

// On a worker. Whether a directory is watched that was not.
absl::StatusOr<bool> WatchAll(sys::FileWatch& watch, const std::vector<std::string>& directories,
                              int& youngest) {
  int found = youngest;
  for (const std::string& directory : directories) {
    ASSIGN_OR_RETURN(const int number, watch.Watch(directory));
    found = std::max(found, number);
  }
  return std::exchange(youngest, found) != found;
}

}  // namespace

RenderedFiles::RenderedFiles(Runtime& runtime, Loop& loop,
                             const std::vector<std::string>& directories)
    : runtime_(runtime), loop_(loop) {
  runtime_.Publish<FileChange>(kSource, {});
  absl::StatusOr<std::unique_ptr<sys::FileWatch>> watch = sys::FileWatch::Create();
  const absl::Status status =
      watch.ok() ? loop_.poller().Add((*watch)->Descriptor(), EPOLLIN, [this](auto) { Take(); })
                 : watch.status();
  if (!status.ok()) {
    base::Log(base::Severity::kError, "rendered files are not watched: {}",
              base::MessageOf(status));
    return;
  }
  watch_ = *std::move(watch);
  WatchAgainWhenWritten(directories);
}

RenderedFiles::~RenderedFiles() {
  if (watch_ != nullptr) {
    loop_.poller().Remove(watch_->Descriptor());
  }
}

void RenderedFiles::WatchAgainWhenWritten(const std::vector<std::string>& directories) {
  runtime_.Actuate<FileChange, k8s::SecretStatus, k8s::ConfigStatus, etcd::PKIStatus,
                   k8s::KubeletFilesStatus, files::EtcFileStatus, block::VolumeMountStatus>(
      "files.watch-rendered",
      [watch = watch_, directories, youngest = std::make_shared<int>(0), mailbox = loop_.mailbox(),
       weak = std::weak_ptr(self_)](const auto&...) -> absl::Status {
        ASSIGN_OR_RETURN(const bool any, WatchAll(*watch, directories, *youngest));
        if (!any) {
          return absl::OkStatus();
        }
        mailbox->Post([weak] {
          if (const auto self = weak.lock()) {
            (*self)->Count();
          }
        });
        return absl::OkStatus();
      });
}

void RenderedFiles::Take() {
  if (watch_ != nullptr && watch_->Drain()) {
    Count();
  }
}

void RenderedFiles::Count() {
  FileChange::Spec change;
  change.set_count(++count_);
  runtime_.Publish<FileChange>(kSource, {{"rendered", std::move(change)}});
}

void ExpectFileChanges(Runtime& runtime) {
  runtime.SetExternal(TypeRef::Of<FileChange>(), true);
}

}  // namespace ichor
