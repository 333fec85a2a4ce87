#include "lib/sys/fake_file_systems.h"

#include <algorithm>
#include <cerrno>
#include <format>
#include <set>
#include <utility>

#include "lib/base/status.h"
#include "lib/sys/error.h"

namespace ichor::sys {

class FakeMountedFiles : public MountedFiles {
 public:
  FakeMountedFiles(FakeFileSystems& owner, FakeFileSystems::Files& files)
      : owner_(owner), files_(files) {
    ++owner_.mounted_;
  }
  ~FakeMountedFiles() override { --owner_.mounted_; }
  FakeMountedFiles(const FakeMountedFiles&) = delete;
  FakeMountedFiles& operator=(const FakeMountedFiles&) = delete;

  absl::StatusOr<std::vector<std::string>> List(const std::string& directory) override {
    std::set<std::string> names;
    for (const auto& [path, bytes] : files_) {
      if (path.starts_with(directory + "/")) {
        const std::string below = path.substr(directory.size() + 1);
        names.insert(below.substr(0, below.find('/')));
      }
    }
    if (names.empty()) {
      return ErrnoError(ENOENT, "open " + directory);
    }
    return std::vector<std::string>(names.begin(), names.end());
  }

  absl::StatusOr<std::string> Read(const std::string& path, size_t limit_bytes) override {
    const auto found = files_.find(path);
    if (found == files_.end()) {
      return ErrnoError(ENOENT, "open " + path);
    }
    if (found->second.size() > limit_bytes) {
      return absl::OutOfRangeError(std::format("read {}: more than {} bytes", path, limit_bytes));
    }
    return found->second;
  }

  absl::Status Overwrite(const std::string& path, std::string_view bytes) override {
    const auto found = files_.find(path);
    if (found == files_.end()) {
      return ErrnoError(ENOENT, "open " + path);
    }
    if (found->second.size() != bytes.size()) {
      return absl::InvalidArgumentError(std::format("overwrite {}: it has {} bytes, not {}", path,
                                                    found->second.size(), bytes.size()));
    }
    RETURN_IF_ERROR(owner_.Change());
    found->second = bytes;
    return absl::OkStatus();
  }

  // Directories are what files lie in: none is empty.
  absl::Status MakeDirectory(const std::string& /*path*/) override { return owner_.Change(); }

  absl::Status Append(const std::string& path, std::string_view bytes) override {
    RETURN_IF_ERROR(owner_.Change());
    files_[path] += bytes;
    return absl::OkStatus();
  }

  absl::Status Rename(const std::string& from, const std::string& to) override {
    const std::string what = std::format("rename {} to {}", from, to);
    if (!files_.contains(from) || files_.contains(to)) {
      return ErrnoError(files_.contains(from) ? EEXIST : ENOENT, what);
    }
    RETURN_IF_ERROR(owner_.Change());
    files_[to] = std::exchange(files_[from], "");
    files_.erase(from);
    return absl::OkStatus();
  }

 private:
  FakeFileSystems& owner_;
  FakeFileSystems::Files& files_;
};

absl::Status FakeFileSystems::Change() {
  if (changes_left_ == 0) {
    return ErrnoError(EIO, "write");
  }
  changes_left_ -= changes_left_ > 0 ? 1 : 0;
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<MountedFiles>> FakeFileSystems::Mount(const std::string& dev_path,
                                                                     const std::string& type) {
  const auto found = disks_.find(dev_path);
  if (found == disks_.end()) {
    return ErrnoError(ENOENT, std::format("mount {} as {}", dev_path, type));
  }
  return std::make_unique<FakeMountedFiles>(*this, found->second);
}

}  // namespace ichor::sys
