// Fetches what a source of configs holds: from the image, from a volume, from a server.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "lib/http/client.h"
#include "lib/runtime/executor.h"
#include "lib/runtime/loop.h"
#include "lib/sys/file_systems.h"

namespace ichor {

// One at a time. Loop's thread only; never blocks it.
class SourceReader {
 public:
  struct Parts {  // all outlive this; `file_systems` outlives the process, as a worker may hang in
                  // it
    Loop& loop;
    Executor& worker;
    sys::FileSystems& file_systems;
    std::string embedded = "/usr/local/etc/talos/config.yaml";
    std::function<absl::StatusOr<std::unique_ptr<http::Client>>()> new_client;
  };
  // Called once, on the loop, never before the method returns. NotFound if there is nothing;
  // ResourceExhausted or OutOfRange for more than a config may be.
  using Done = absl::AnyInvocable<void(absl::StatusOr<std::string>)>;

  explicit SourceReader(Parts parts) : parts_(std::move(parts)) {}
  SourceReader(const SourceReader&) = delete;
  SourceReader& operator=(const SourceReader&) = delete;

  void ReadEmbedded(Done done);
  // The file `name` in the root of the file system of `type` on the device at `dev_path`.
  void ReadVolume(const std::string& dev_path, const std::string& type, const std::string& name,
                  Done done);
  void Download(const std::string& url, Done done);

  // What is under way calls nobody any more.
  void Cancel();

 private:
  void OnWorker(const std::string& name, absl::AnyInvocable<absl::StatusOr<std::string>()> read,
                Done done);

  const Parts parts_;
  std::shared_ptr<bool> wanted_;  // of what is under way
  std::unique_ptr<http::Client> client_;
  std::unique_ptr<http::Fetch> fetch_;  // goes before its client
};

}  // namespace ichor
