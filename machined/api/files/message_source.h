// Streams that are made on a worker, a few messages at a time.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace ichor::api {

// Makes encoded messages. Blocking: for workers, one at a time.
class MessageSource {
 public:
  virtual ~MessageSource() = default;

  // Appends some; false at the end. After an error it is not called again.
  virtual absl::StatusOr<bool> Produce(std::vector<std::string>& messages) = 0;
};

// Appends common.Data messages that hold `bytes`, as many in each as clients are used to.
void AppendData(std::string_view bytes, std::vector<std::string>& messages);

}  // namespace ichor::api
