#include "machined/serving_certificates/policy.h"

#include <format>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "lib/base/status.h"
#include "lib/pki/names.h"
#include "lib/pki/request.h"
#include "lib/resource/tree.h"

namespace ichor {
namespace {

using google::protobuf::Struct;
using google::protobuf::Value;

constexpr std::string_view kUserPrefix = "system:node:";
constexpr std::string_view kGroup = "system:nodes";
constexpr std::string_view kMayServe = "server auth";

template <class... Args>
absl::Status Refused(std::format_string<Args...> format, Args&&... args) {
  return absl::FailedPreconditionError(std::format(format, std::forward<Args>(args)...));
}

std::set<std::string> TextsAt(const Struct& object, std::initializer_list<std::string_view> path) {
  std::set<std::string> texts;
  if (const Value* const list = Find(object, path); list != nullptr) {
    for (const Value& item : list->list_value().values()) {
      texts.insert(item.string_value());
    }
  }
  return texts;
}

// What a node is called and where it is, as certificates name both.
struct NodeNames {
  std::set<std::string> dns_names;
  std::set<std::string> ips;  // bytes
};

NodeNames NamesOf(const Struct& node) {
  NodeNames names;
  const Value* const addresses = Find(node, {"status", "addresses"});
  if (addresses == nullptr) {
    return names;
  }
  for (const Value& item : addresses->list_value().values()) {
    const std::string address = TextAt(item.struct_value(), {"address"});
    if (const auto ip = pki::IpFromText(address); ip.ok()) {
      names.ips.insert(*ip);
    } else {
      names.dns_names.insert(address);
    }
  }
  return names;
}

absl::Status CheckUsages(const Struct& request) {
  const std::set<std::string> usages = TextsAt(request, {"spec", "usages"});
  for (const std::string& usage : usages) {
    if (usage != kMayServe && usage != "digital signature" && usage != "key encipherment") {
      return Refused("it is to be used for \"{}\"", usage);
    }
  }
  return usages.contains(std::string(kMayServe)) ? absl::OkStatus()
                                                 : Refused("it is not to be used for serving");
}

absl::StatusOr<pki::Statement> AskedBy(const Struct& request) {
  std::string pem;
  if (!absl::Base64Unescape(TextAt(request, {"spec", "request"}), &pem)) {
    return absl::FailedPreconditionError("it is not in base64");
  }
  ASSIGN_OR_RETURN(const pki::Request asked, pki::Request::FromPem(pem));
  return asked.Asked();
}

}  // namespace

std::string NodeThatAsks(const Struct& request) {
  const Value* const decided = Find(request, {"status", "conditions"});
  const std::string user = TextAt(request, {"spec", "username"});
  const bool pending = decided == nullptr || decided->list_value().values().empty();
  if (!pending || TextAt(request, {"spec", "signerName"}) != kServingSigner ||
      !user.starts_with(kUserPrefix) ||
      !TextsAt(request, {"spec", "groups"}).contains(std::string(kGroup))) {
    return "";
  }
  return user.substr(kUserPrefix.size());
}

absl::Status CheckServingRequest(const Struct& request, const Struct& node) {
  RETURN_IF_ERROR(CheckUsages(request));
  ASSIGN_OR_RETURN(const pki::Statement asked, AskedBy(request));
  if (asked.common_name != TextAt(request, {"spec", "username"}) ||
      asked.organizations != std::vector<std::string>{std::string(kGroup)}) {
    return Refused("it is for \"{}\" and not for who asks", asked.common_name);
  }
  if (asked.dns_names.empty() && asked.ips.empty()) {
    return Refused("it names neither a host nor an address");
  }
  const NodeNames names = NamesOf(node);
  for (const std::string& name : asked.dns_names) {
    if (!names.dns_names.contains(name)) {
      return Refused("\"{}\" is no name of the node", name);
    }
  }
  for (const std::string& ip : asked.ips) {
    if (!names.ips.contains(ip)) {
      return Refused("it names an address that is not the node's");
    }
  }
  return absl::OkStatus();
}

Struct Approved(Struct request) {
  Set(*(*request.mutable_fields())["status"].mutable_struct_value(), "conditions",
      List({Object({{"type", "Approved"},
                    {"status", "True"},
                    {"reason", "NamesOfNode"},
                    {"message", "the node has all names and addresses that it asks for"}})}));
  return request;
}

}  // namespace ichor
