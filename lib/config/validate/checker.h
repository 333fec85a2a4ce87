// What the rules of validation share: reporting with a place, and the forms of common texts.
#pragma once

#include <string>
#include <string_view>

#include "config/common.pb.h"
#include "google/protobuf/map.h"
#include "lib/config/config.h"
#include "lib/config/document.h"
#include "lib/config/validate/validate.h"
#include "lib/config/yaml.h"

namespace ichor::config {

// Collects the findings of one document. Paths are as in messages, without the document's title:
// "machine.network.interfaces[0].dhcp". The place is that of the value, or of the nearest one above
// it that is there.
class Checker {
 public:
  Checker(const Document& document, Findings& findings, const ValidateOptions& options = {})
      : document_(document), findings_(findings), options_(options) {}

  void Error(std::string_view path, std::string message, std::string fix = "") {
    Report(Finding::Severity::kError, path, std::move(message), std::move(fix));
  }
  void Warning(std::string_view path, std::string message, std::string fix = "") {
    Report(Finding::Severity::kWarning, path, std::move(message), std::move(fix));
  }

  // An error unless the text is not empty.
  void Require(std::string_view path, std::string_view text) {
    if (text.empty()) Error(path, "required");
  }

  // The value at a path, or null.
  const Node* Find(std::string_view path) const;

  // Whether something other than null is there.
  bool Has(std::string_view path) const;

  const Document& document() const { return document_; }
  const ValidateOptions& options() const { return options_; }

 private:
  void Report(Finding::Severity severity, std::string_view path, std::string message,
              std::string fix);
  const Node& Nearest(std::string_view path) const;

  const Document& document_;
  Findings& findings_;
  ValidateOptions options_;
};

// Rules that several kinds of document share. Paths are those of the field.
void CheckCidr(Checker& checker, std::string_view path, std::string_view text);
void CheckFilter(Checker& checker, std::string_view path,
                 std::string_view text);  // may begin with !
void CheckResources(Checker& checker, std::string_view path, const v1alpha1::Resources& resources);
void CheckHttpsEndpoint(Checker& checker, std::string_view path, std::string_view url);
void CheckDnsDomain(Checker& checker, std::string_view path, std::string_view domain);

using TextMap = google::protobuf::Map<std::string, std::string>;
void CheckLabels(Checker& checker, std::string_view path, const TextMap& labels);
void CheckAnnotations(Checker& checker, std::string_view path, const TextMap& annotations);
void CheckTaints(Checker& checker, std::string_view path, const TextMap& taints);

// "<path>.minSize" and "<path>.maxSize" of a volume. Texts that are no sizes are let through.
void CheckSizes(Checker& checker, std::string_view path, std::string_view min_text,
                std::string_view max_text);

// A role of the API that a service account may have.
void CheckRole(Checker& checker, std::string_view path, std::string_view role);

// Keys of a kubelet's own configuration that the node sets itself.
void CheckKubeletConfig(Checker& checker, std::string_view path);

// Parts of a URL: "https", "example.org", "6443", "/path". Empty ones are not there.
struct UrlParts {
  std::string_view scheme;
  std::string_view host;
  std::string_view port;
  std::string_view path;
};

UrlParts SplitUrl(std::string_view url);

// Whether a URL has the scheme http or https, and a host.
bool IsWebUrl(std::string_view url);

// A key of WireGuard: base64 of 32 bytes.
bool IsWireguardKey(std::string_view text);

// "host:port" with a port; the host may be an address in brackets.
bool IsHostPort(std::string_view text);

// Whether every label of a name is made of 1 to 63 letters, digits, - and _; the whole at most 255.
bool IsDnsName(std::string_view name);

// A name of Kubernetes: 1 to 63 letters, digits, -, _ and dots, a letter or digit at both ends;
// perhaps with a DNS subdomain and / before it.
bool IsQualifiedName(std::string_view name);

// RFC 1123: lower-case letters, digits, - and dots, at most 253.
bool IsDnsSubdomain(std::string_view name);

}  // namespace ichor::config
