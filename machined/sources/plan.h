// Where a node without a config looks for one, and in which order.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ichor {

struct ConfigSource {
  enum class Place : std::uint8_t {
    kEmbedded,  // a file of the image
    kArgument,  // `value` is the config itself, as an argument of the kernel carries it
    kUrl,       // `value` is where it is downloaded from
    kVolume,    // the file `value` of the volume labelled as one of `labels`
  };
  enum class Form : std::uint8_t { kConfig, kNocloud, kHcloud };  // of what is found there

  std::string name;  // for people: "embedded", "cmdline-early", "metal" …
  Place place{};
  std::string value{};
  std::vector<std::string> labels{};
  Form form = Form::kConfig;
  bool optional = true;  // nothing there: the next one. Else it is looked for until it is there

  friend bool operator==(const ConfigSource&, const ConfigSource&) = default;
};

// What talos.platform of a kernel's command line names; "metal" without it.
std::string_view PlatformOf(std::string_view command_line);

// All sources after STATE, the first first: the image, talos.config.early, the platform of
// talos.platform, talos.config.inline. `serial_number` is the machine's, where nocloud keeps its
// settings.
std::vector<ConfigSource> ConfigSources(std::string_view command_line,
                                        std::string_view serial_number);

}  // namespace ichor
