// The bytes of one file, for Read.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "lib/sys/file_view.h"
#include "machine/machine.pb.h"
#include "machined/api/files/message_source.h"

namespace ichor::api {

// common.Data that hold a regular file, as it is while it is read.
class FileBytes : public MessageSource {
 public:
  // `files` must outlive this.
  FileBytes(sys::FileView& files, machine::ReadRequest request)
      : files_(files), request_(std::move(request)) {}

  absl::StatusOr<bool> Produce(std::vector<std::string>& messages) override;

 private:
  sys::FileView& files_;
  const machine::ReadRequest request_;
  std::unique_ptr<sys::FileReader> reader_;
};

}  // namespace ichor::api
