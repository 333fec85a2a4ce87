// A file tree in memory.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "lib/sys/file_view.h"

namespace ichor::sys {

class FakeFileView : public FileView {
 public:
  FakeFileView();

  absl::StatusOr<std::string> Read(const std::string& path, size_t limit_bytes) override;
  absl::StatusOr<std::unique_ptr<FileReader>> Open(const std::string& path) override;
  absl::StatusOr<std::string> Resolve(const std::string& path) override;
  absl::StatusOr<std::vector<std::string>> Entries(const std::string& path) override;
  absl::StatusOr<std::string> ReadLink(const std::string& path) override;
  absl::StatusOr<FileStatus> Status(const std::string& path) override;
  absl::StatusOr<std::vector<ExtendedAttribute>> Attributes(const std::string& path) override;
  absl::StatusOr<FilesystemUse> Use(const std::string& path) override;

  // Puts a file, link or directory there, and the directories above it. Paths are absolute.
  void AddFile(const std::string& path, std::string contents);
  void AddLink(const std::string& path, std::string target);
  void AddDirectory(const std::string& path);

  // What Use says of every path that is there.
  FilesystemUse use;

 private:
  struct File {
    FileStatus status;
    std::string contents;  // of a link: its target
  };
  absl::StatusOr<const File*> Find(const std::string& path, std::string_view what) const;
  File& Put(const std::string& path, std::uint32_t mode);

  std::map<std::string, File> files_;  // by path; the root is "/"
};

}  // namespace ichor::sys
