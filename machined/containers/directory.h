// Containers and images of this node, for the machine API.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "lib/runtime/loop.h"
#include "lib/sys/file_view.h"
#include "machined/api/container_directory.h"
#include "machined/containers/containerd.h"

namespace ichor {

// Asks containerd anew for each question. Loop's thread only.
class ContainersOfNode : public api::ContainerDirectory {
 public:
  // All must outlive it. `proc` and `cgroups` are read through `files`.
  ContainersOfNode(Loop& loop, sys::FileView& files, std::string socket)
      : loop_(loop), files_(files), socket_(std::move(socket)) {}

  void List(const api::ContainerScope& scope,
            Done<std::vector<machine::ContainerInfo>> done) override;
  void Stats(const api::ContainerScope& scope, Done<std::vector<machine::Stat>> done) override;
  void Images(const std::string& name_space,
              Done<std::vector<machine::ImageServiceListResponse>> done) override;
  void Pull(const std::string& name_space, const std::string& image,
            Done<std::string> done) override;
  void Remove(const std::string& name_space, const std::string& image, Done<bool> done) override;
  void Restart(const api::ContainerScope& scope, const std::string& id, Done<bool> done) override;

 private:
  Loop& loop_;
  sys::FileView& files_;
  const std::string socket_;
};

}  // namespace ichor
