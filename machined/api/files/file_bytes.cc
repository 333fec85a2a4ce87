#include "machined/api/files/file_bytes.h"

#include "lib/base/status.h"
#include "machined/api/files/tree_walk.h"

namespace ichor::api {
namespace {

constexpr size_t kBytesAtOnce = 64 << 10;

}  // namespace

absl::StatusOr<bool> FileBytes::Produce(std::vector<std::string>& messages) {
  if (reader_ == nullptr) {
    ASSIGN_OR_RETURN(const std::string path, files_.Resolve(AbsolutePath(request_.path())));
    ASSIGN_OR_RETURN(reader_, files_.Open(path));
  }
  ASSIGN_OR_RETURN(const std::string bytes, reader_->Next(kBytesAtOnce));
  AppendData(bytes, messages);
  return !bytes.empty();
}

}  // namespace ichor::api
