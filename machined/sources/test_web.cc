#include "machined/sources/test_web.h"

#include <utility>

namespace ichor {
namespace {

class TestClient : public http::Client {
 public:
  TestClient(Loop& loop, TestWeb& web) : loop_(loop), web_(web) {}

  std::unique_ptr<http::Fetch> Get(http::Request request, http::Done done) override {
    web_.asked.push_back(request.url);
    const auto found = web_.answers.find(request.url);
    absl::StatusOr<http::Response> answer = absl::NotFoundError("GET " + request.url + ": 404");
    if (found != web_.answers.end()) {
      answer = found->second.ok()
                   ? absl::StatusOr<http::Response>({.status = 200, .body = *found->second})
                   : found->second.status();
    }
    auto fetch = std::make_unique<TestFetch>();
    loop_.Post([alive = std::weak_ptr(fetch->alive), answer = std::move(answer),
                done = std::move(done)]() mutable {
      if (alive.lock() != nullptr) {
        done(std::move(answer));
      }
    });
    return fetch;
  }

 private:
  struct TestFetch : http::Fetch {
    std::shared_ptr<bool> alive = std::make_shared<bool>(true);
  };

  Loop& loop_;
  TestWeb& web_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<http::Client>> TestWeb::NewClient(Loop& loop) {
  return std::make_unique<TestClient>(loop, *this);
}

}  // namespace ichor
