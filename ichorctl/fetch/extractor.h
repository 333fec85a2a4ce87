// Writes the files of an archive into a directory.
#pragma once

#include <filesystem>
#include <fstream>

#include "absl/status/statusor.h"
#include "ichorctl/fetch/tar_reader.h"

namespace ichor::ctl {

// Directories, files and symbolic links; modes and owners are not kept, what else an archive may
// have is left out. Nothing is written outside of the directory: a name that leads out of it, also
// through a link that the archive brought, is InvalidArgument.
class Extractor : public TarSink {
 public:
  explicit Extractor(std::filesystem::path directory) : directory_(std::move(directory)) {}

  absl::Status Begin(const TarEntry& entry) override;
  absl::Status Contents(std::string_view bytes) override;
  // Unavailable if the last file could not be written.
  absl::Status Finish();

 private:
  absl::StatusOr<std::filesystem::path> PathOf(const std::string& name) const;

  const std::filesystem::path directory_;
  std::ofstream file_;
  std::string name_;
};

}  // namespace ichor::ctl
