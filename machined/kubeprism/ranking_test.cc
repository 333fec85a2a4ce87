#include "machined/kubeprism/ranking.h"

#include "catch2/catch_test_macros.hpp"

namespace ichor {
namespace {

using std::chrono_literals::operator""ms;

const Upstream kFar{.host = "api.example.org", .port = 443};
const Upstream kOwn{.host = "localhost", .port = 6443};
const Upstream kOther{.host = "10.0.0.2", .port = 6443};

}  // namespace

TEST_CASE("kubeprism ranking: nobody is there, so nobody is tried") {
  UpstreamRanking ranking;
  CHECK(ranking.Next().empty());
  CHECK(!ranking.IsHealthy());
}

TEST_CASE("kubeprism ranking: those that are equally near take turns") {
  UpstreamRanking ranking;
  ranking.Set({kFar, kOwn, kOther});
  CHECK(ranking.Next() == std::vector{kFar, kOwn, kOther});
  CHECK(ranking.Next() == std::vector{kOwn, kOther, kFar});
  CHECK(ranking.Next() == std::vector{kOther, kFar, kOwn});
  CHECK(ranking.Next() == std::vector{kFar, kOwn, kOther});
}

TEST_CASE("kubeprism ranking: the nearest is first, the others are what is left") {
  UpstreamRanking ranking;
  ranking.Set({kFar, kOwn, kOther});
  ranking.Succeed(kFar, 30ms);
  ranking.Succeed(kOther, 2ms);
  ranking.Succeed(kOwn, std::chrono::microseconds(60));
  for (int i = 0; i < 4; ++i) {
    CHECK(ranking.Next() == std::vector{kOwn, kOther, kFar});
  }
  ranking.Succeed(kOther, std::chrono::microseconds(90));
  CHECK(ranking.Next().back() == kFar);
  CHECK(ranking.Next().front() != ranking.Next().front());
}

TEST_CASE("kubeprism ranking: two failures make one unusable, and it is still tried last") {
  UpstreamRanking ranking;
  ranking.Set({kOwn, kFar});
  ranking.Succeed(kFar, 200ms);
  ranking.Fail(kOwn);
  CHECK(ranking.Next().front() == kOwn);  // a score of 0
  ranking.Fail(kOwn);
  CHECK(ranking.Next() == std::vector{kFar, kOwn});
  CHECK(ranking.IsHealthy());
  for (int i = 0; i < 9; ++i) {
    ranking.Fail(kFar);
    ranking.Fail(kOwn);
  }
  CHECK(!ranking.IsHealthy());
  CHECK(ranking.Next().size() == 2);
}

TEST_CASE("kubeprism ranking: an outage of hours is over after three checks, however long it was") {
  UpstreamRanking ranking;
  ranking.Set({kOwn});
  for (int i = 0; i < 1000; ++i) {
    ranking.Fail(kOwn);
  }
  ranking.Succeed(kOwn, 1ms);
  ranking.Succeed(kOwn, 1ms);
  CHECK(!ranking.IsHealthy());
  ranking.Succeed(kOwn, 1ms);
  CHECK(ranking.IsHealthy());
}

TEST_CASE("kubeprism ranking: a changed list keeps what is known of those that stay") {
  UpstreamRanking ranking;
  ranking.Set({kOwn, kFar});
  ranking.Fail(kFar);
  ranking.Fail(kFar);
  ranking.Set({kFar, kOther});
  CHECK(ranking.All() == std::vector{kFar, kOther});
  CHECK(ranking.Next() == std::vector{kOther, kFar});
  ranking.Fail(kOwn);  // gone: of no matter
  ranking.Set({kOwn});
  CHECK(ranking.IsHealthy());
}

}  // namespace ichor
