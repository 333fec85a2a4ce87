#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <string_view>

#include "absl/strings/ascii.h"
#include "config/container.pb.h"
#include "lib/config/size_text.h"
#include "lib/config/validate/dispatch.h"
#include "lib/config/validate/rules.h"

namespace ichor::config {
namespace {

using v1alpha1::ContainerConfig;

void CheckName(Checker& checker, std::string_view name) {
  constexpr size_t kLongest = 63;
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  };
  if (name.size() > kLongest || !std::ranges::all_of(name, allowed)) {
    checker.Error("name", "1 to 63 lower-case letters, digits and '-' are allowed");
  }
}

bool InReference(char c) {
  constexpr std::string_view kOthers = "._-/:@";
  return absl::ascii_isalnum(static_cast<unsigned char>(c)) || kOthers.contains(c);
}

// One mount's source kind, destination and options.
class MountChecker {
 public:
  explicit MountChecker(Checker& checker) : checker_(checker) {}

  void Check(const std::string& path, const ContainerConfig::Mount& mount);

 private:
  void Destination(const std::string& path, const std::string& destination);
  template <class Options>
  void CheckOptions(const std::string& path, const Options& options);

  Checker& checker_;
  std::set<std::string> destinations_;
};

void MountChecker::Destination(const std::string& path, const std::string& destination) {
  if (!destination.starts_with('/')) {
    checker_.Error(path, "must be an absolute path");
  } else if (!destinations_.insert(destination).second) {
    checker_.Error(path, Cat("a second mount at ", destination));
  }
}

template <class Options>
void MountChecker::CheckOptions(const std::string& path, const Options& options) {
  constexpr std::array<std::string_view, 8> kOptions = {"ro",    "rw",      "noexec", "nosuid",
                                                        "nodev", "noatime", "rbind",  "rshared"};
  for (int i = 0; i < options.size(); ++i) {
    if (std::ranges::contains(kOptions, options[i])) continue;
    checker_.Error(Cat(path, "[", i, "]"), Cat("unknown option \"", options[i], "\""));
  }
  if (std::ranges::contains(options, "ro") && std::ranges::contains(options, "rw")) {
    checker_.Error(path, "ro and rw are both set");
  }
}

void MountChecker::Check(const std::string& path, const ContainerConfig::Mount& mount) {
  const int kinds = static_cast<int>(mount.has_user_volume()) +
                    static_cast<int>(mount.has_tmpfs()) + static_cast<int>(mount.has_host_path());
  if (kinds != 1) {
    return checker_.Error(path, "exactly one of userVolume, tmpfs and hostPath is required");
  }
  if (mount.has_user_volume()) {
    checker_.Require(Cat(path, ".userVolume.name"), mount.user_volume().name());
    Destination(Cat(path, ".userVolume.destination"), mount.user_volume().destination());
    CheckOptions(Cat(path, ".userVolume.options"), mount.user_volume().options());
  } else if (mount.has_tmpfs()) {
    Destination(Cat(path, ".tmpfs.destination"), mount.tmpfs().destination());
    CheckOptions(Cat(path, ".tmpfs.options"), mount.tmpfs().options());
    if (!mount.tmpfs().size().empty() && !ParseSize(mount.tmpfs().size())) {
      checker_.Error(Cat(path, ".tmpfs.size"), "expected a size such as 64MiB");
    }
  } else {
    checker_.Require(Cat(path, ".hostPath.source"), mount.host_path().source());
    Destination(Cat(path, ".hostPath.destination"), mount.host_path().destination());
    CheckOptions(Cat(path, ".hostPath.options"), mount.host_path().options());
  }
}

void CheckLimits(Checker& checker, const ContainerConfig& config) {
  const auto digit = [](char c) { return absl::ascii_isdigit(static_cast<unsigned char>(c)); };
  const std::string_view cpu = config.resources().limits().cpu();
  const bool milli = cpu.size() > 1 && cpu.ends_with('m') &&
                     std::ranges::all_of(cpu.substr(0, cpu.size() - 1), digit);
  if (!cpu.empty() && !milli) checker.Error("resources.limits.cpu", "expected millicores: 1500m");
  const std::string& memory = config.resources().limits().memory();
  if (!memory.empty() && !ParseSize(memory)) {
    checker.Error("resources.limits.memory", "expected a size such as 256MiB");
  }
}

void CheckSecurity(Checker& checker, const ContainerConfig& config) {
  const auto& capabilities = config.security().capabilities();
  const auto check = [&](std::string_view part, const auto& names) {
    for (int i = 0; i < names.size(); ++i) {
      const std::string path = Cat("security.capabilities.", part, "[", i, "]");
      const std::string_view name = names[i];
      const auto lower = [](char c) { return c >= 'a' && c <= 'z'; };
      if (name.starts_with("CAP_") || std::ranges::any_of(name, lower)) {
        checker.Error(path, "expected upper case without CAP_", "such as NET_ADMIN");
      }
      if (name == "ALL" && part == "add") checker.Error(path, "ALL cannot be added");
    }
  };
  check("add", capabilities.add());
  check("drop", capabilities.drop());
}

void CheckOne(Checker& checker, const ContainerConfig& config) {
  CheckName(checker, config.name());
  checker.Require("image", config.image());
  if (!std::ranges::all_of(config.image(), InReference)) {
    checker.Error("image", Cat("\"", config.image(), "\" is no reference of an image"));
  } else if (!config.image().empty() && !config.image().contains("@sha256:")) {
    checker.Warning("image", "a tag may change its meaning", "name the image by its digest");
  }
  for (int i = 0; i < config.environment_size(); ++i) {
    if (config.environment(i).contains('=')) continue;
    checker.Error(Cat("environment[", i, "]"), "expected NAME=VALUE");
  }
  MountChecker mounts(checker);
  for (int i = 0; i < config.mounts_size(); ++i) {
    mounts.Check(Cat("mounts[", i, "]"), config.mounts(i));
  }
  CheckLimits(checker, config);
  CheckSecurity(checker, config);
  if (config.run_as().uid() < 0) checker.Error("runAs.uid", "must not be negative");
  if (config.run_as().gid() < 0) checker.Error("runAs.gid", "must not be negative");
}

}  // namespace

void CheckContainer(Checker& checker) {
  Dispatch(checker, CheckOne);
}

}  // namespace ichor::config
