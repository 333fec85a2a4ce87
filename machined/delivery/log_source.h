// What is to be sent, record by record.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "lib/base/clock.h"
#include "lib/runtime/loop.h"
#include "lib/sys/kernel_log.h"
#include "machined/delivery/record.h"
#include "machined/log/log_reader.h"
#include "machined/log/log_store.h"

namespace ichor {

// Keeps no queue: it is a position in a log that has its own bounds. Loop's thread only.
class LogSource {
 public:
  virtual ~LogSource() = default;

  // The next record, with its line break; nothing if there is none now: then the source calls back
  // once there may be one.
  virtual std::optional<std::string> Next() = 0;
};

// All logs of `store`, from their beginning. What a log has lost meanwhile is a record of its own.
class ServiceLogs : public LogSource {
 public:
  // All must outlive it. `on_ready` is called by a task of the loop.
  ServiceLogs(log::LogStore& store, Loop& loop, const base::Clock& clock, LogTags tags,
              std::function<void()> on_ready);

  std::optional<std::string> Next() override;

  // There may be a log that was not there before.
  void OnNewLog();

 private:
  struct Log {
    std::unique_ptr<log::LogReader> reader;
    std::string bytes;      // read, and not given yet
    bool dropping = false;  // the rest of a line that was too long
  };
  static std::optional<std::string> TakeLine(Log& log);
  void AddReaders();
  void Wake();

  log::LogStore& store_;
  Loop& loop_;
  const base::Clock& clock_;
  const LogTags tags_;
  const std::function<void()> on_ready_;
  const std::shared_ptr<ServiceLogs*> self_ = std::make_shared<ServiceLogs*>(this);
  std::map<std::string, Log, std::less<>> logs_;
  bool woken_ = false;
};

// The kernel's log, from its beginning.
class KernelLogs : public LogSource {
 public:
  // `loop` must outlive it. `boot` is when the kernel's own clock began. Errors as KernelLog::Open.
  static absl::StatusOr<std::unique_ptr<KernelLogs>> Create(sys::KernelLog& log, Loop& loop,
                                                            base::WallTime boot,
                                                            std::function<void()> on_ready);
  ~KernelLogs() override;
  KernelLogs(const KernelLogs&) = delete;
  KernelLogs& operator=(const KernelLogs&) = delete;

  std::optional<std::string> Next() override;

 private:
  KernelLogs(std::unique_ptr<sys::KernelLogReader> reader, Loop& loop, base::WallTime boot)
      : reader_(std::move(reader)), loop_(loop), boot_(boot) {}

  const std::unique_ptr<sys::KernelLogReader> reader_;
  Loop& loop_;
  const base::WallTime boot_;
};

}  // namespace ichor
