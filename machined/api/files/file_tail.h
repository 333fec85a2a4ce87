// A log file that others write and begin anew.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "lib/sys/file_view.h"
#include "machined/api/files/message_source.h"

namespace ichor::api {

// common.Data that hold what is in a file, from its last lines on. At its end it may be asked again
// for what came meanwhile, also when another file has taken its name.
class FileTail : public MessageSource {
 public:
  // `files` must outlive this. Without `lines`: from the beginning on.
  FileTail(sys::FileView& files, std::string path, std::optional<size_t> lines)
      : files_(files), path_(std::move(path)), lines_(lines) {}

  absl::StatusOr<bool> Produce(std::vector<std::string>& messages) override;

 private:
  absl::Status Begin();
  absl::StatusOr<std::uint64_t> StartOfTail(size_t lines) const;
  absl::Status Skip(std::uint64_t bytes);
  bool IsReplaced() const;

  sys::FileView& files_;
  const std::string path_;
  const std::optional<size_t> lines_;
  std::unique_ptr<sys::FileReader> reader_;
};

}  // namespace ichor::api
