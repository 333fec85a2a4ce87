#include "machined/platform/policy.h"

#include <format>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "lib/base/status.h"
#include "lib/resource/address_text.h"
#include "machined/platform/metadata.h"
#include "machined/platform/network_config.h"
#include "machined/platform/problems.h"
#include "machined/sources/plan.h"

namespace ichor {
namespace {

namespace enums = talos::resource::definitions::enums;
using Config = network::PlatformConfig::Spec;

void Append(std::vector<std::string> more, std::vector<std::string>& problems) {
  problems.insert(problems.end(), std::make_move_iterator(more.begin()),
                  std::make_move_iterator(more.end()));
}

std::string TextOf(const PlatformFiles& files, std::string_view name) {
  const auto found = files.find(name);
  return found == files.end() ? "" : found->second;
}

// The hostname as a wish, split at the first dot.
void AddHostname(const std::string& name, Config& config) {
  if (name.empty()) {
    return;
  }
  const std::size_t dot = name.find('.');
  auto& wish = *config.add_hostnames();
  wish.set_hostname(name.substr(0, dot));
  wish.set_domainname(dot == std::string::npos ? "" : name.substr(dot + 1));
  wish.set_config_layer(enums::CONFIG_PLATFORM);
}

Config ReadOwnForm(const std::string& where, const std::string& text,
                   std::vector<std::string>& problems) {
  absl::StatusOr<Config> config = ReadPlatformConfig(text);
  if (!config.ok()) {
    problems.push_back(std::format("{}:{}", where, base::MessageOf(config.status())));
    return {};
  }
  return *std::move(config);
}

Config ReadMetal(const All<runtime::MetaKey>& keys, std::vector<std::string>& problems) {
  const auto key = keys.find(kMetalNetworkKey);
  return key == keys.end() || key->spec().value().empty()
             ? Config()
             : ReadOwnForm("META 0x0a", key->spec().value(), problems);
}

Config ReadNocloud(const PlatformFiles& files, const std::string& serial_number,
                   const All<network::LinkStatus>& links, std::vector<std::string>& problems) {
  Config config;
  if (const std::string text = TextOf(files, "network-config"); !text.empty()) {
    PlatformReading reading = ReadNocloudNetwork(text, links);
    config = std::move(reading.config);
    Append(std::move(reading.problems), problems);
  }
  FileProblems of_metadata("meta-data");
  *config.mutable_metadata() =
      ReadNocloudMetadata(TextOf(files, "meta-data"), serial_number, of_metadata);
  Append(std::move(of_metadata).Take(), problems);
  AddHostname(config.metadata().hostname(), config);
  return config;
}

Config ReadHcloud(const PlatformFiles& files, const All<network::LinkStatus>& links,
                  std::vector<std::string>& problems) {
  Config config;
  if (const std::string text = TextOf(files, "network-config"); !text.empty()) {
    PlatformReading reading = ReadHcloudNetwork(text, links);
    config = std::move(reading.config);
    Append(std::move(reading.problems), problems);
  }
  if (const std::string text = TextOf(files, "public-ipv4"); !text.empty()) {
    const auto address = ParseNetIP(text.substr(0, text.find_first_of(" \r\n")));
    if (address.has_value() && !address->ip().empty()) {
      *config.add_external_ips() = *address;
    } else {
      problems.push_back(std::format("public-ipv4: \"{}\" is no address", text));
    }
  }
  *config.mutable_metadata() = ReadHcloudMetadata(files);
  AddHostname(config.metadata().hostname(), config);
  return config;
}

PlatformDescription Describe(const std::string& id, Config config,
                             const std::vector<std::string>& problems) {
  PlatformDescription description;
  std::get<0>(description).Add(id, std::move(config));
  if (!problems.empty()) {
    runtime::Diagnostic::Spec row;
    row.set_message("the platform's description of the network has parts that make no sense");
    row.mutable_details()->Assign(problems.begin(), problems.end());
    std::get<1>(description).Add("platform-network", std::move(row));
  }
  return description;
}

}  // namespace

absl::StatusOr<PlatformDescription> DescribePlatformNetwork(
    const All<network::PlatformFile>& files, const All<runtime::MetaKey>& keys,
    const All<runtime::MetaLoad>& loads, const All<runtime::KernelCmdline>& command_lines,
    const All<hardware::SystemInformation>& systems, const All<network::LinkStatus>& links) {
  if (command_lines.empty()) {
    return absl::UnavailableError("the command line is not known yet");
  }
  const std::string_view platform = PlatformOf(command_lines.front().spec().cmdline());
  std::vector<std::string> problems;
  if (platform == "metal") {
    if (loads.empty()) {
      return absl::UnavailableError("META was not looked at yet");
    }
    return Describe("active", ReadMetal(keys, problems), problems);
  }
  PlatformFiles texts;
  for (const auto& file : files) {
    texts[file.id()] = file.spec().text();
  }
  if (texts.size() == 1 && texts.contains(kPlatformNetworkCopy)) {
    return Describe("cached",
                    ReadOwnForm(kPlatformNetworkCopy, texts[kPlatformNetworkCopy], problems),
                    problems);
  }
  Config config;
  if (platform == "nocloud") {
    const std::string serial = systems.empty() ? "" : systems.front().spec().serial_number();
    config = ReadNocloud(texts, serial, links, problems);
  } else if (platform == "hcloud" && !texts.empty()) {
    config = ReadHcloud(texts, links, problems);
  }
  return Describe("active", std::move(config), problems);
}

}  // namespace ichor
