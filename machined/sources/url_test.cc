#include "machined/sources/url.h"

#include "catch2/catch_test_macros.hpp"
#include "catch2/generators/catch_generators.hpp"

namespace ichor {
namespace {

const UrlVariables kKnown = {{"uuid", "1-2"},
                             {"serial", "A&B"},
                             {"mac", "52:54:00:12:34:56"},
                             {"hostname", "node 1"},
                             {"code", ""}};

TEST_CASE("url: what the query asks of the machine is filled in, and the query encoded anew") {
  struct Case {
    const char* url;
    const char* filled;
  };
  const Case c = GENERATE(
      Case{"http://host/config", "http://host/config"},
      Case{"http://host/${mac}", "http://host/${mac}"},
      Case{"http://host/c?m=${mac}", "http://host/c?m=52%3A54%3A00%3A12%3A34%3A56"},
      Case{"http://host/c?b=${SERIAL}&a=${Uuid}-${uuid}", "http://host/c?a=1-2-1-2&b=A%26B"},
      Case{"http://host/c?h=%24%7Bhostname%7D#end", "http://host/c?h=node+1#end"},
      Case{"http://host/c?uuid", "http://host/c?uuid=1-2"},
      Case{"http://host/c?uuid=", "http://host/c?uuid=1-2"},
      Case{"http://host/c?uuid=x", "http://host/c?uuid=x"},
      Case{"http://host/c?a=${other}${mac", "http://host/c?a=%24%7Bother%7D%24%7Bmac"},
      Case{"http://host/c?code=${code}", "http://host/c?code="},
      Case{"http://host/c?bad=%2&good=1&", "http://host/c?good=1"},
      Case{"http://host/c#?uuid", "http://host/c#?uuid"});
  const FilledUrl filled = FillUrl(c.url, kKnown);
  CHECK(filled.url == c.filled);
  CHECK(filled.missing.empty());
}

TEST_CASE("url: what is not known yet is named once, and becomes empty") {
  const FilledUrl filled = FillUrl("http://host/c?a=${mac}&b=${mac}&c=${code}&uuid", {});
  CHECK(filled.url == "http://host/c?a=&b=&c=&uuid=");
  CHECK(filled.missing == std::vector<std::string>{"mac", "code", "uuid"});
}

}  // namespace
}  // namespace ichor
