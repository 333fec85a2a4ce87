// Notices what others do to files that the node renders.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "ichor/files.resources.h"
#include "lib/runtime/loop.h"
#include "lib/runtime/runtime.h"
#include "lib/sys/file_watch.h"

namespace ichor {

// The source of FileChange `rendered`: it counts up when something happens to a file in the
// directories or below, and once more when a directory is new. Those who write the files look again
// then, and find all as it shall be if it was they themselves. Loop's thread only.
class RenderedFiles {
 public:
  // Directories need not be there yet; they are looked for again when something was written or
  // mounted. Both outlive this.
  RenderedFiles(Runtime& runtime, Loop& loop, const std::vector<std::string>& directories);
  ~RenderedFiles();
  RenderedFiles(const RenderedFiles&) = delete;
  RenderedFiles& operator=(const RenderedFiles&) = delete;

  // Takes what happened; for tests, whose loop does not wait for descriptors.
  void Take();

 private:
  static constexpr std::string_view kSource = "files.rendered";

  void WatchAgainWhenWritten(const std::vector<std::string>& directories);
  void Count();

  Runtime& runtime_;
  Loop& loop_;
  // Its worker and this; absent where the kernel has no more.
  std::shared_ptr<sys::FileWatch> watch_;
  const std::shared_ptr<RenderedFiles*> self_ = std::make_shared<RenderedFiles*>(this);
  std::uint64_t count_ = 0;
};

// To be called by who writes such files: the row is known, as none, where nobody watches.
void ExpectFileChanges(Runtime& runtime);

}  // namespace ichor
