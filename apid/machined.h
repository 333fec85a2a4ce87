// The way to machined of this node.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "apid/hop.h"
#include "lib/rpc/client.h"
#include "lib/runtime/loop.h"

namespace ichor::apid {

// One connection, made with the first call, and again with the first after it broke.
class Machined : public Hop {
 public:
  // `loop` must outlive it.
  Machined(Loop& loop, std::string path) : loop_(loop), path_(std::move(path)) {}

  absl::Status Open(const std::string& path, const rpc::Metadata& metadata,
                    const MakeCall& make_call) override;
  absl::Status Explain(const absl::Status& status) const override { return status; }

 private:
  Loop& loop_;
  const std::string path_;
  std::unique_ptr<rpc::Client> client_;
};

}  // namespace ichor::apid
