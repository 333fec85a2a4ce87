// The URL of a config, with what is known of the machine in it.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace ichor {

// What ${uuid}, ${serial}, ${mac}, ${hostname} and ${code} stand for, as far as it is known.
using UrlVariables = std::map<std::string, std::string, std::less<>>;

struct FilledUrl {
  std::string url;
  std::vector<std::string> missing;  // what it asks for that is not known, each once
};

// Replaces ${name}, in any case, in the values of the query, which is then encoded anew, its keys
// sorted; a key `uuid` without a value gets the UUID. What is missing becomes empty. Other ${…},
// and a URL without a query, stay.
FilledUrl FillUrl(std::string_view url, const UrlVariables& variables);

}  // namespace ichor
