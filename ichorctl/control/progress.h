// What nodes are doing, while somebody waits: on a terminal a line for each node, with a spinner;
// elsewhere a line for each step.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ichorctl/cli/session.h"
#include "lib/runtime/loop.h"

namespace ichor::ctl {

class Progress {
 public:
  // `session` must outlive it. `live`: on a terminal, whose spinners the session's loop turns as
  // long as it runs; standard error is written to.
  Progress(Session& session, const std::vector<std::string>& nodes, bool live);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // `node` is at this step now.
  void Say(const std::string& node, const std::string& step);
  // `node` will say nothing more.
  void End(const std::string& node, const std::string& step, bool good);
  // Time has passed: turns the spinners.
  void Tick();

 private:
  struct Line {
    std::string node;
    std::string step;
    bool over = false;
    bool good = false;
  };

  Line& LineOf(const std::string& node);
  void Arm();
  void Draw();

  Session& session_;
  const bool live_;
  std::vector<Line> lines_;
  size_t turn_ = 0;
  bool drawn_ = false;
  std::optional<Loop::TimerId> timer_;
};

}  // namespace ichor::ctl
