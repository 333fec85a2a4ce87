// A position in a log: the receiving end of `logs --follow`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "machined/log/log_store.h"

namespace ichor::log {

// Keeps no queue: it reads the ring, so that a slow reader costs no memory. Loop's thread only.
// Must not outlive the store.
class LogReader {
 public:
  // Begins with the last `tail_lines` lines; absent: with all that there is. `on_ready` is called
  // when lines came after Next said there are none; it must not make or delete readers, nor write.
  // NotFound if there is no such log.
  static absl::StatusOr<std::unique_ptr<LogReader>> Create(LogStore& store, std::string_view id,
                                                           std::optional<size_t> tail_lines,
                                                           std::function<void()> on_ready);
  ~LogReader();
  LogReader(const LogReader&) = delete;
  LogReader& operator=(const LogReader&) = delete;

  // The next bytes, at most `limit`; empty if there are none now. Where lines were lost because
  // this reader was too slow, a line says how many bytes.
  std::string Next(size_t limit);

  // For the store: there may be something to read.
  void OnAppend();

 private:
  LogReader(LogStore::Log& log, std::uint64_t position, std::function<void()> on_ready);

  LogStore::Log& log_;
  std::uint64_t position_;
  const std::function<void()> on_ready_;
  bool in_line_ = false;  // the last bytes given did not end a line
  bool idle_ = false;     // Next found nothing: the next line must wake the reader
};

}  // namespace ichor::log
