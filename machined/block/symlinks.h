// The source of BlockSymlink rows: what udevd links in /dev/disk.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "machined/block/context.h"

namespace ichor {

// On the loop's thread.
class Symlinks {
 public:
  // Calls `on_read` whenever the links were read.
  Symlinks(const BlockContext& context, std::function<void()> on_read);

  // Reads the links on a worker. Calls while that goes on become one more reading.
  void Refresh();

  // Of the device with this name; empty if there are none.
  std::vector<std::string> Of(const std::string& device) const;

 private:
  void OnRead(std::map<std::string, std::vector<std::string>> links);

  const BlockContext context_;
  const std::function<void()> on_read_;
  const std::shared_ptr<Symlinks*> self_ = std::make_shared<Symlinks*>(this);
  std::map<std::string, std::vector<std::string>> links_;
  bool reading_ = false;
  bool again_ = false;
};

}  // namespace ichor
