// Keeps what is known of a node up to date, over its machine API.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "cosi/resource/state.pb.h"
#include "lib/base/clock.h"
#include "lib/dashboard/model.h"
#include "lib/rpc/client.h"
#include "lib/rpc/metadata.h"
#include "lib/runtime/loop.h"

namespace ichor::dashboard {

// Follows rows and logs, and asks for figures now and then. What a node refuses (a role that is
// missing) or does not have is left out. Loop's thread only.
class Feed {
 public:
  struct Options {
    rpc::Metadata metadata;                          // sent with each call
    std::chrono::milliseconds interval{3000};        // between figures
    std::chrono::milliseconds idle_interval{60000};  // while nobody looks at them
    bool on_console = false;                         // follow what forms need too
    // Called on the loop when the node, or the connection, is gone: Begin is due, after a while.
    std::function<void()> on_unavailable = [] {};
  };

  // What is changed; it and the others must outlive the feed. `on_change` is called on the loop
  // after each change.
  Feed(Loop& loop, const base::Clock& clock, Model& model, Options options,
       std::function<void()> on_change);
  ~Feed();
  Feed(const Feed&) = delete;
  Feed& operator=(const Feed&) = delete;

  // Forgets what the connection before gave, and uses this one, which must live until the next
  // Begin or Stop. Rows and logs come anew; figures go on.
  void Begin(rpc::Client& client);
  // Uses no connection any more; says why.
  void Stop(std::string why);

  // Sets a key of META. `done` is called on the loop, unless the connection is given up before.
  void WriteMeta(std::uint32_t key, const std::string& value,
                 const std::function<void(const absl::Status&)>& done);

  // Whether somebody looks at figures. If so, they are asked for at once.
  void WantFigures(bool wanted);
  // Follows the log of a service too, besides the kernel's.
  void FollowLog(const std::string& id);

 private:
  struct Session;  // of one connection

  template <class T>
  void Watch(RowsById<T>& rows);
  template <class Reply>
  void Ask(const std::string& method, const std::function<void(const Reply&)>& take);
  void Stream(const std::string& method, const std::string& request,
              const std::function<void(const std::string&)>& take);
  void AskForFigures();
  void AskLater();
  void OpenLog(const std::string& id);

  Loop& loop_;
  const base::Clock& clock_;
  Model& model_;
  const Options options_;
  const std::function<void()> on_change_;
  std::shared_ptr<Session> session_;  // null: no connection
  std::string log_;                   // that is followed besides the kernel's; may be empty
  bool wanted_ = false;
  Loop::TimerId timer_{};
  bool timer_armed_ = false;
};

}  // namespace ichor::dashboard
