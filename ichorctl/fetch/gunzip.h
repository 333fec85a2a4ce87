// Decompresses gzip as it comes. See RFC 1952.
#pragma once

#include <functional>
#include <memory>
#include <string_view>

#include "absl/status/status.h"

namespace ichor::ctl {

class Gunzip {
 public:
  using Take = std::function<absl::Status(std::string_view bytes)>;

  Gunzip();
  ~Gunzip();
  Gunzip(const Gunzip&) = delete;
  Gunzip& operator=(const Gunzip&) = delete;

  // Gives `take` what `bytes` decompress to, in pieces. DataLoss if they are not gzip; errors of
  // `take`.
  absl::Status Feed(std::string_view bytes, const Take& take);

  // DataLoss if the end is missing.
  absl::Status Finish() const;

 private:
  struct State;
  const std::unique_ptr<State> state_;
};

}  // namespace ichor::ctl
