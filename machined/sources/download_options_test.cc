#include "machined/sources/download_options.h"

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "lib/resource/text.h"
#include "lib/runtime/test_runtime.h"
#include "resource/config/config.resources.h"
#include "talos/resource/definitions/runtime/runtime.resources.h"

namespace ichor {

TEST_CASE("downloads: go by the proxies of the environment, in either case") {
  const http::ClientOptions options =
      DownloadOptions({"HTTP_PROXY=http://a:1", "http_proxy=http://b:1", "HTTPS_PROXY=http://c:1",
                       "no_proxy=.local", "http_proxy_x=no"},
                      nullptr);
  CHECK(options.http_proxy == "http://b:1");
  CHECK(options.https_proxy == "http://c:1");
  CHECK(options.no_proxy == ".local");
  CHECK(options.extra_cas_pem.empty());
}

TEST_CASE("downloads: trust the roots of a config that is in force, complete or not") {
  TestRuntime t;
  config::MachineConfig::Spec spec;
  spec.set_yaml_marshalled(R"(apiVersion: v1alpha1
kind: TrustedRootsConfig
name: own
certificates: ONE
---
apiVersion: v1alpha1
kind: TrustedRootsConfig
name: other
certificates: TWO
)");
  t.runtime.Publish<config::MachineConfig>("test", {{"v1alpha1", std::move(spec)}});
  t.runtime.Publish<runtime::Environment>(
      "test", {{"machined", Text("variables: 'https_proxy=http://p:3128'")}});
  t.Settle();
  const http::ClientOptions options = DownloadOptionsNow(t.runtime);
  CHECK(options.extra_cas_pem == "ONE\nTWO\n");
  CHECK(options.https_proxy == "http://p:3128");
}

}  // namespace ichor
