// Warnings and errors of services, on the console too: a node that cannot be reached says why.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace ichor {

class WarningEcho {
 public:
  // Takes what a service wrote to its log, cut anywhere.
  void Append(std::string_view id, std::string_view bytes);

 private:
  std::map<std::string, std::string, std::less<>> unfinished_;  // last lines, by who writes them
};

}  // namespace ichor
