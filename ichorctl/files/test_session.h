// A session for tests: streams in memory, a clock that stands still, a directory of its own.
#pragma once

#include <filesystem>
#include <sstream>
#include <string>
#include <string_view>

#include "ichorctl/cli/session.h"
#include "lib/base/fake_clock.h"

namespace ichor::ctl {

class TestSession {
 public:
  TestSession();
  TestSession(const TestSession&) = delete;
  TestSession& operator=(const TestSession&) = delete;
  ~TestSession();  // removes the directory

  Session& operator*() { return session_; }
  base::FakeClock& clock() { return clock_; }

  // What was written so far.
  std::string out() const { return out_.str(); }
  std::string err() const { return err_.str(); }
  // Forgets it, and offers `in` to be read.
  void Begin(std::string_view in = {});

  // In the directory.
  std::string PathOf(std::string_view name) const { return (directory_ / name).string(); }
  std::string Read(std::string_view name) const;
  void Write(std::string_view name, std::string_view text) const;
  bool Exists(std::string_view name) const { return std::filesystem::exists(directory_ / name); }
  // Permission bits.
  unsigned ModeOf(std::string_view name) const;

 private:
  std::filesystem::path directory_;
  std::istringstream in_;
  std::ostringstream out_;
  std::ostringstream err_;
  base::FakeClock clock_;
  Session session_;
};

}  // namespace ichor::ctl
