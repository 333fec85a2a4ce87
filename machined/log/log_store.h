// The logs of all services, in memory.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "machined/log/ring.h"

namespace ichor::log {

class LogReader;

// Confined to the loop's thread. Writing never waits for a reader.
class LogStore {
 public:
  struct Options {
    size_t log_bytes = 256 << 10;  // of one log
    size_t total_bytes = 4 << 20;  // of all; the largest loses its older half then
  };

  LogStore() : LogStore(Options{}) {}
  explicit LogStore(Options options) : options_(options) {}
  LogStore(const LogStore&) = delete;
  LogStore& operator=(const LogStore&) = delete;

  // Makes the log `id`, empty, if there is none. A log stays for the life of the store.
  void Declare(std::string_view id);

  // Adds what `id` wrote, cut anywhere; declares it. Readers are told of complete lines.
  void Append(std::string_view id, std::string_view bytes);

  // The writer of `id` is gone: a line that it began is complete now.
  void EndLine(std::string_view id);

  // The names of all logs, sorted.
  std::vector<std::string> Ids() const;
  bool Has(std::string_view id) const { return logs_.contains(id); }

  // The bytes that all logs hold.
  size_t size() const;

 private:
  friend class LogReader;
  struct Log {
    explicit Log(size_t capacity_bytes) : ring(capacity_bytes) {}
    Ring ring;
    std::vector<LogReader*> readers;
  };

  Log& Find(std::string_view id);
  void ShrinkTotal();
  static void Tell(const Log& log);

  const Options options_;
  std::map<std::string, std::unique_ptr<Log>, std::less<>> logs_;
};

}  // namespace ichor::log
