// The messages of List and DiskUsage, made of a walk. Blocking: for workers.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "machine/machine.pb.h"
#include "machined/api/files/message_source.h"
#include "machined/api/files/tree_walk.h"

namespace ichor::api {

// A mode of inode(7) as Go writes it, which is what clients show.
std::uint32_t GoMode(std::uint32_t mode);

// machine.FileInfo for what `request` asks for.
class FileList : public MessageSource {
 public:
  FileList(sys::FileView& files, machine::ListRequest request);
  absl::StatusOr<bool> Produce(std::vector<std::string>& messages) override;

 private:
  bool Wants(const sys::FileStatus& status) const;
  machine::FileInfo Describe(const Visit& visit);

  sys::FileView& files_;
  const machine::ListRequest request_;
  TreeWalk walk_;
};

// machine.DiskUsageInfo for what `request` asks for: what directories hold on disk, each after what
// is in it. A file with several names counts once.
class DiskUse : public MessageSource {
 public:
  DiskUse(sys::FileView& files, machine::DiskUsageRequest request);
  absl::StatusOr<bool> Produce(std::vector<std::string>& messages) override;

 private:
  void Take(const Visit& visit, std::vector<std::string>& messages);
  std::uint64_t Count(const sys::FileStatus& status);
  void Report(const Visit& visit, std::uint64_t bytes, std::vector<std::string>& messages) const;

  sys::FileView& files_;
  const machine::DiskUsageRequest request_;
  std::vector<std::string> paths_;  // still to walk, in reverse
  std::optional<TreeWalk> walk_;
  std::vector<std::uint64_t> sums_;                            // of the directories that are open
  std::set<std::pair<std::uint64_t, std::uint64_t>> counted_;  // device and inode
};

}  // namespace ichor::api
