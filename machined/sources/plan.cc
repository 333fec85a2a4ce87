#include "machined/sources/plan.h"

#include <utility>

#include "lib/early/command_line.h"
#include "machined/sources/nocloud.h"

namespace ichor {
namespace {

using Place = ConfigSource::Place;
using Form = ConfigSource::Form;

constexpr std::string_view kHcloudUserData = "http://169.254.169.254/hetzner/v1/userdata";

// The values of all arguments `key=…`, one behind the other.
std::string Concatenated(std::string_view line, std::string_view key) {
  std::string all;
  while (const auto argument = early::NextArgument(line)) {
    if (argument->key == key) {
      all += argument->value;
    }
  }
  return all;
}

void AddMetal(std::string_view line, std::vector<ConfigSource>& sources) {
  const std::string_view where = early::FindValue(line, "talos.config").value_or("");
  if (where.empty() || where == "none") {
    return;
  }
  ConfigSource source{.name = "metal", .optional = false};
  if (where == "metal-iso") {
    source.place = Place::kVolume;
    source.value = "config.yaml";
    source.labels = {"metal-iso"};
  } else {
    source.place = Place::kUrl;
    source.value = where;
  }
  sources.push_back(std::move(source));
}

void AddNocloud(std::string_view serial_number, std::vector<ConfigSource>& sources) {
  const NocloudSettings settings = ReadNocloudSettings(serial_number);
  ConfigSource source{.name = "nocloud", .form = Form::kNocloud};
  if (settings.base_url.empty()) {
    source.place = Place::kVolume;
    source.value = "user-data";
    source.labels = {"cidata", "CIDATA"};
  } else {
    source.place = Place::kUrl;
    source.value = settings.base_url + "user-data";
  }
  sources.push_back(std::move(source));
}

}  // namespace

std::string_view PlatformOf(std::string_view command_line) {
  const std::string_view platform = early::FindValue(command_line, "talos.platform").value_or("");
  return platform.empty() ? "metal" : platform;
}

std::vector<ConfigSource> ConfigSources(std::string_view command_line,
                                        std::string_view serial_number) {
  std::vector<ConfigSource> sources;
  sources.push_back({.name = "embedded", .place = Place::kEmbedded});
  if (std::string early = Concatenated(command_line, "talos.config.early"); !early.empty()) {
    sources.push_back(
        {.name = "cmdline-early", .place = Place::kArgument, .value = std::move(early)});
  }
  const std::string_view platform = PlatformOf(command_line);
  if (platform == "metal") {
    AddMetal(command_line, sources);
  } else if (platform == "nocloud") {
    AddNocloud(serial_number, sources);
  } else if (platform == "hcloud") {
    sources.push_back({.name = "hcloud",
                       .place = Place::kUrl,
                       .value = std::string(kHcloudUserData),
                       .form = Form::kHcloud});
  }
  if (std::string late = Concatenated(command_line, "talos.config.inline"); !late.empty()) {
    sources.push_back(
        {.name = "cmdline-late", .place = Place::kArgument, .value = std::move(late)});
  }
  return sources;
}

}  // namespace ichor
