#include "lib/http/shown_url.h"

#include "catch2/catch_test_macros.hpp"
#include "catch2/generators/catch_generators.hpp"

namespace ichor::http {
namespace {

TEST_CASE("shown url: what may be secret is left out, the rest stays") {
  struct Case {
    const char* url;
    const char* shown;
  };
  const Case c = GENERATE(Case{"http://10.0.0.1/config.yaml", "http://10.0.0.1/config.yaml"},
                          Case{"https://host:8443/a?token=secret&mac=1", "https://host:8443/a?…"},
                          Case{"https://user:secret@host/a", "https://…@host/a"},
                          Case{"https://user:se@cret@host?x", "https://…@host?…"},
                          Case{"http://host/mail@example", "http://host/mail@example"},
                          Case{"http://host#part", "http://host#…"},
                          Case{"host/path?x", "host/path?…"}, Case{"", ""});
  CHECK(ShownUrl(c.url) == c.shown);
}

}  // namespace
}  // namespace ichor::http
