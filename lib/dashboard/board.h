// The dashboard of some nodes on one terminal: feeds, keys, and when to draw.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/clock.h"
#include "lib/dashboard/feed.h"
#include "lib/dashboard/keys.h"
#include "lib/dashboard/screens.h"
#include "lib/dashboard/view.h"
#include "lib/rpc/client.h"
#include "lib/runtime/loop.h"

namespace ichor::dashboard {

// Draws after changes, at most once a second, and after keys at once; while nothing changes it
// sleeps. Loop's thread only. Whoever owns it runs the loop, again and again, until it is over:
//
//   while (!board.over()) {
//     if (board.needs_client()) board.Use(…);
//     loop.Run();
//   }
class Board {
 public:
  struct Node {
    std::string name;
    rpc::Metadata metadata;
  };
  struct Options {
    std::vector<Node> nodes;                   // one at least; all are asked through one connection
    bool can_quit = true;                      // not on a machine's own console, which has forms
    std::chrono::milliseconds interval{3000};  // between figures
    std::function<Paper()> paper;              // what the terminal is now
    std::function<void(const std::string& bytes)> write;  // to the terminal
  };

  Board(Loop& loop, const base::Clock& clock, Options options);
  ~Board();
  Board(const Board&) = delete;
  Board& operator=(const Board&) = delete;

  // Whether there is no connection, or none any more. The loop stops when that changes, some
  // seconds later.
  bool needs_client() const { return client_ == nullptr || client_->closed(); }
  // Begins to show what comes over `client`.
  void Use(std::unique_ptr<rpc::Client> client);
  // There is none, for this reason, which is shown; the loop stops again some seconds later.
  void UseNone(const std::string& why);

  // What came from the terminal.
  void OnBytes(std::string_view bytes);

  // Whether somebody quit. The loop stops then.
  bool over() const { return view_.over; }

 private:
  void OnChange();
  void Draw();
  void RetryLater(size_t node);
  void LookAt(const View& view);
  void Type(const Stroke& stroke);
  void SaveForm();

  Loop& loop_;
  const base::Clock& clock_;
  const Options options_;
  std::vector<Model> models_;
  std::vector<std::unique_ptr<Feed>> feeds_;  // one for each model
  std::unique_ptr<rpc::Client> client_;
  KeyReader keys_;
  View view_;
  std::vector<std::string> drawn_;
  base::MonotonicTime next_draw_{};
  bool draw_scheduled_ = false;
  std::vector<bool> retries_;  // which feeds begin again soon
  const std::shared_ptr<Board*> self_ = std::make_shared<Board*>(this);
};

}  // namespace ichor::dashboard
