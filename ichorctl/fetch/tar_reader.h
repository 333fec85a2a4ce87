// Reads a tar archive as it comes: ustar, with long names as pax or GNU write them. See POSIX's
// pax(1).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace ichor::ctl {

struct TarEntry {
  enum class Type : std::uint8_t { kFile, kDirectory, kLink, kOther };

  Type type = Type::kFile;
  std::string name;
  std::string target{};  // of a symbolic link
  std::uint64_t size = 0;
};

// What is done with what is read. Errors end the reading.
class TarSink {
 public:
  virtual ~TarSink() = default;
  virtual absl::Status Begin(const TarEntry& entry) = 0;
  virtual absl::Status Contents(std::string_view bytes) = 0;  // of the file that began last
};

class TarReader {
 public:
  // `sink` must outlive it.
  explicit TarReader(TarSink& sink) : sink_(sink) {}

  // DataLoss for what is no archive; errors of the sink.
  absl::Status Feed(std::string_view bytes);
  // DataLoss within an entry.
  absl::Status Finish() const;

 private:
  enum class Role : std::uint8_t { kContents, kName, kTarget, kPax, kSkipped };

  absl::Status TakeContents(std::string_view part);
  absl::Status ReadHeader();
  absl::Status BeginEntry(char type, std::string name, std::string target);
  absl::Status EndSpecial();
  absl::Status ReadPax();

  TarSink& sink_;
  std::string header_;
  Role role_ = Role::kContents;
  std::uint64_t left_ = 0;     // bytes of the contents under way
  std::uint64_t padding_ = 0;  // behind them
  std::string special_;        // contents that say something about the next entry
  std::string next_name_;
  std::string next_target_;
};

}  // namespace ichor::ctl
