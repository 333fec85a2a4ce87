#include "machined/cri/hosts_toml.h"

#include <format>
#include <string_view>

#include "machined/cri/toml_text.h"

namespace ichor {
namespace {

namespace specs = talos::resource::definitions::cri;
using Files = std::map<std::string, std::string>;
using Registries = cri::RegistryConfig::Spec;

// "_default" for all hosts; a port is set off as containerd looks for it: "host_5000_".
std::string DirectoryOf(const std::string& host) {
  if (host == "*") {
    return "_default";
  }
  const size_t colon = host.rfind(':');
  return colon == std::string::npos
             ? host
             : std::format("{}_{}_", host.substr(0, colon), host.substr(colon + 1));
}

// "mirror:5000" of "https://mirror:5000/v2/x".
std::string_view HostOf(std::string_view url) {
  const size_t scheme = url.find("://");
  const std::string_view rest = scheme == std::string_view::npos ? url : url.substr(scheme + 3);
  return rest.substr(0, rest.find('/'));
}

// The keys of a host's TLS; its files are added to `files`.
std::string TlsKeys(const Registries& registries, std::string_view host,
                    const std::string& directory, std::string_view indent, Files& files) {
  const auto found = registries.registry_tls().find(std::string(host));
  if (found == registries.registry_tls().end()) {
    return "";
  }
  const auto& tls = found->second;
  const std::string stem = std::format("{}/{}", directory, host);
  const auto path = [&stem](std::string_view end) {
    return QuoteToml(std::format("{}/{}{}", kHostsDirectory, stem, end));
  };
  std::string text;
  if (!tls.tls_ca().empty()) {
    files[stem + "-ca.crt"] = tls.tls_ca();
    text += std::format("{}ca = {}\n", indent, path("-ca.crt"));
  }
  if (tls.has_tls_client_identity()) {
    files[stem + "-client.crt"] = tls.tls_client_identity().crt();
    files[stem + "-client.key"] = tls.tls_client_identity().key();
    text +=
        std::format("{}client = [[{}, {}]]\n", indent, path("-client.crt"), path("-client.key"));
  }
  if (tls.tls_insecure_skip_verify()) {
    text += std::format("{}skip_verify = true\n", indent);
  }
  return text;
}

std::string EndpointKeys(const Registries& registries,
                         const specs::RegistryEndpointConfig& endpoint,
                         const std::string& directory, std::string_view indent, Files& files) {
  std::string text = std::format("{}capabilities = [\"pull\", \"resolve\"]\n", indent);
  if (endpoint.endpoint_override_path()) {
    text += std::format("{}override_path = true\n", indent);
  }
  return text + TlsKeys(registries, HostOf(endpoint.endpoint_endpoint()), directory, indent, files);
}

// The server that is asked at last: the registry itself if its TLS is out of the ordinary.
std::string UpstreamKeys(const Registries& registries, const std::string& host,
                         const std::string& directory, Files& files) {
  const std::string tls = TlsKeys(registries, host, directory, "", files);
  return tls.empty() || host == "*"
             ? ""
             : std::format("server = {}\n{}", QuoteToml("https://" + RegistryHost(host)), tls);
}

void AddMirror(const Registries& registries, const std::string& host,
               const specs::RegistryMirrorConfig& mirror, Files& files) {
  const std::string directory = DirectoryOf(host);
  int hosts = mirror.mirror_endpoints_size();
  std::string text;
  if (!mirror.mirror_skip_fallback()) {
    text = UpstreamKeys(registries, host, directory, files);
  } else if (hosts > 0) {  // the last endpoint is asked instead of the registry
    const auto& last = mirror.mirror_endpoints(--hosts);
    text = std::format("server = {}\n", QuoteToml(last.endpoint_endpoint())) +
           EndpointKeys(registries, last, directory, "", files);
  }
  for (int i = 0; i < hosts; ++i) {
    const auto& endpoint = mirror.mirror_endpoints(i);
    text += std::format("{}[host.{}]\n", text.empty() ? "" : "\n",
                        QuoteToml(endpoint.endpoint_endpoint()));
    text += EndpointKeys(registries, endpoint, directory, "  ", files);
  }
  files[directory + "/hosts.toml"] = text;
}

}  // namespace

std::string RegistryHost(const std::string& host) {
  return host == "docker.io" ? "registry-1.docker.io" : host;
}

Files HostsFiles(const Registries& registries) {
  Files files;
  for (const auto& [host, mirror] : registries.registry_mirrors()) {
    AddMirror(registries, host, mirror, files);
  }
  for (const auto& [host, tls] : registries.registry_tls()) {
    const std::string directory = DirectoryOf(host);
    if (registries.registry_mirrors().contains(host)) {
      continue;
    }
    if (const std::string text = UpstreamKeys(registries, host, directory, files); !text.empty()) {
      files[directory + "/hosts.toml"] = text;
    }
  }
  return files;
}

}  // namespace ichor
