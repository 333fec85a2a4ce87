#include "lib/http/shown_url.h"

namespace ichor::http {

std::string ShownUrl(std::string_view url) {
  std::string shown;
  std::string_view rest = url;
  if (const size_t scheme = rest.find("://"); scheme != std::string_view::npos) {
    shown = rest.substr(0, scheme + 3);
    rest.remove_prefix(scheme + 3);
  }
  const std::string_view authority = rest.substr(0, rest.find_first_of("/?#"));
  if (const size_t user = authority.rfind('@'); user != std::string_view::npos) {
    shown += "…@";
    rest.remove_prefix(user + 1);
  }
  const size_t end = rest.find_first_of("?#");
  shown += rest.substr(0, end);
  if (end != std::string_view::npos) {
    shown += rest[end];
    shown += "…";
  }
  return shown;
}

}  // namespace ichor::http
