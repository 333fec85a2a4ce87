// Containers and images of this node, for the machine API.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "lib/runtime/loop.h"
#include "lib/sys/file_view.h"
#include "machined/api/container_directory.h"
#include "machined/containers/containerd.h"
#include "machined/containers/registry_logins.h"

namespace ichor {

// Asks containerd anew for each question. Loop's thread only.
class ContainersOfNode : public api::ContainerDirectory {
 public:
  struct Parts {  // all outlive it
    Loop& loop;
    sys::FileView& files;  // of /proc and of control groups
    std::function<RegistryLogins()> logins;
    // Has containerd run, and calls back then; without it, it runs or does not.
    std::function<void(absl::AnyInvocable<void(absl::Status)>)> bring_up{};
  };

  ContainersOfNode(Parts parts, std::string socket)
      : loop_(parts.loop),
        files_(parts.files),
        logins_(std::move(parts.logins)),
        bring_up_(std::move(parts.bring_up)),
        socket_(std::move(socket)) {}

  void List(const api::ContainerScope& scope,
            Done<std::vector<machine::ContainerInfo>> done) override;
  void Stats(const api::ContainerScope& scope, Done<std::vector<machine::Stat>> done) override;
  void Images(const std::string& name_space,
              Done<std::vector<machine::ImageServiceListResponse>> done) override;
  void Pull(const std::string& name_space, const std::string& image,
            Done<std::string> done) override;
  std::unique_ptr<api::ImageImport> Import(const std::string& name_space,
                                           std::function<void()> on_room,
                                           Done<std::string> done) override;
  void Remove(const std::string& name_space, const std::string& image, Done<bool> done) override;
  void LogFile(const std::string& id, Done<std::string> done) override;
  void Restart(const api::ContainerScope& scope, const std::string& id, Done<bool> done) override;

 private:
  // The container of that id; NotFound.
  void Find(const api::ContainerScope& scope, const std::string& id,
            Done<machine::ContainerInfo> done);

  // Calls `then` when containerd runs, as far as this can have it run, or with why it does not.
  void BringUp(absl::AnyInvocable<void(absl::Status)> then);
  void PullNow(const std::string& name_space, const std::string& image, Done<std::string> done);

  Loop& loop_;
  sys::FileView& files_;
  const std::function<RegistryLogins()> logins_;
  const std::function<void(absl::AnyInvocable<void(absl::Status)>)> bring_up_;
  const std::string socket_;
};

}  // namespace ichor
