#include "machined/install/choose_disk.h"

#include <algorithm>
#include <array>
#include <format>
#include <optional>
#include <string_view>
#include <utility>

#include "absl/strings/str_join.h"
#include "config/legacy.pb.h"
#include "config/runtime.pb.h"
#include "lib/base/status.h"
#include "lib/config/migrate/disk_expression.h"
#include "machined/install/disk_match.h"

namespace ichor {
namespace {

using block::DiscoveredVolume;
using block::Disk;

// What the config says.
struct Wish {
  std::string expression;  // CEL; empty: no selector
  std::string path;
  std::string field;  // that says it, for errors
};

// The selector of the one-document form, as an expression.
absl::StatusOr<std::string> LegacyExpression(const config::Config& config) {
  const config::Document* const document =
      config.Find(*config::v1alpha1::LegacyConfig::descriptor());
  const config::Node* selector = &document->root;
  for (const char* const key : {"machine", "install", "diskSelector"}) {
    selector = selector == nullptr ? nullptr : selector->Find(key);
  }
  return selector == nullptr ? absl::StatusOr<std::string>("") : config::DiskExpression(*selector);
}

absl::StatusOr<Wish> WishOf(const config::Config& config) {
  if (const auto* const install = config.Get<config::v1alpha1::UnattendedInstallConfig>()) {
    return Wish{.expression = install->provisioning().disk_selector().match(),
                .path = "",
                .field = "UnattendedInstallConfig.provisioning.diskSelector.match"};
  }
  const auto* const legacy = config.Get<config::v1alpha1::LegacyConfig>();
  if (legacy == nullptr || !legacy->machine().has_install()) {
    return Wish{};
  }
  const auto& install = legacy->machine().install();
  if (install.has_disk_selector()) {
    ASSIGN_OR_RETURN(std::string expression, LegacyExpression(config));
    return Wish{
        .expression = std::move(expression), .path = "", .field = "machine.install.diskSelector"};
  }
  return Wish{.expression = "", .path = install.disk(), .field = "machine.install.disk"};
}

bool HasPath(const Disk::Spec& disk, const std::string& path) {
  return disk.dev_path() == path ||
         std::ranges::find(disk.symlinks(), path) != disk.symlinks().end();
}

// What a disk and its partitions hold, a phrase each; nothing for an empty one.
std::vector<std::string> ContentsOf(const std::string& id, const All<DiscoveredVolume>& volumes) {
  std::vector<std::string> contents;
  for (const auto& volume : volumes) {
    const DiscoveredVolume::Spec& spec = volume.spec();
    if ((volume.id() != id && spec.parent() != id) || spec.name().empty()) {
      continue;
    }
    const std::string name = spec.name() == "gpt" ? "GPT" : std::string(spec.name());
    const std::string& label = spec.label().empty() ? spec.partition_label() : spec.label();
    contents.push_back(label.empty() ? name : std::format("{} \"{}\"", name, label));
  }
  return contents;
}

// Whether a system could be put there at all: not on a medium that is only read, nor on what the
// kernel makes of a file or of memory (loop, zram). Arrays stay: whoever names one is told what it
// is.
bool IsReal(const Disk::Spec& disk) {
  return !disk.cdrom() && (disk.bus_path() != "/virtual" || !disk.secondary_disks().empty());
}

// A candidate: the disk's row, and why it is none.
struct Judged {
  std::string id;
  const Disk::Spec* disk = nullptr;
  std::string why_not;  // empty: it matches
  std::vector<std::string> contents;
};

std::string Describe(const Judged& judged) {
  return std::format("  {} ({}{}{}): {}", judged.disk->dev_path(), judged.disk->pretty_size(),
                     judged.disk->model().empty() ? "" : ", ", judged.disk->model(),
                     judged.why_not.empty() ? "matches" : judged.why_not);
}

std::string DescribeAll(const std::vector<Judged>& all) {
  return absl::StrJoin(all, "\n",
                       [](std::string* text, const Judged& judged) { *text += Describe(judged); });
}

absl::StatusOr<std::string> WhyNot(const Wish& wish, const Judged& judged,
                                   const DisksAtHand& at_hand) {
  if (wish.expression.empty()) {
    return HasPath(*judged.disk, wish.path) ? "" : "has another path";
  }
  if (at_hand.is_removable(judged.id) && judged.id != at_hand.booted) {
    return "is removable, and only a path may name such a disk";
  }
  const absl::StatusOr<bool> matches =
      DiskMatches(wish.expression, *judged.disk, judged.id == at_hand.booted);
  if (!matches.ok()) {
    return absl::InvalidArgumentError(
        std::format("{}: {}", wish.field, base::MessageOf(matches.status())));
  }
  return *matches ? "" : "does not match";
}

absl::StatusOr<std::vector<Judged>> Judge(const Wish& wish, const DisksAtHand& at_hand) {
  std::vector<Judged> all;
  for (const auto& row : at_hand.disks) {
    if (!IsReal(row.spec())) {
      continue;
    }
    Judged judged{.id = std::string(row.id()),
                  .disk = &row.spec(),
                  .why_not = "",
                  .contents = ContentsOf(std::string(row.id()), at_hand.volumes)};
    ASSIGN_OR_RETURN(judged.why_not, WhyNot(wish, judged, at_hand));
    all.push_back(std::move(judged));
  }
  return all;
}

// The one of those that match; null if that is not clear.
const Judged* Pick(const std::vector<Judged>& all, const std::string& booted) {
  std::vector<const Judged*> matches;
  std::vector<const Judged*> empty;
  for (const Judged& judged : all) {
    if (!judged.why_not.empty()) {
      continue;
    }
    if (judged.id == booted) {
      return &judged;
    }
    matches.push_back(&judged);
    if (judged.contents.empty()) {
      empty.push_back(&judged);
    }
  }
  if (matches.size() == 1) {
    return matches.front();
  }
  return empty.size() == 1 ? empty.front() : nullptr;
}

absl::Status CheckFree(const Judged& chosen, const DisksAtHand& at_hand) {
  if (!chosen.disk->secondary_disks().empty()) {
    return absl::FailedPreconditionError(
        std::format("{} is made of {}, and is no disk to install on", chosen.disk->dev_path(),
                    absl::StrJoin(chosen.disk->secondary_disks(), ", ")));
  }
  if (chosen.disk->readonly()) {
    return absl::FailedPreconditionError(chosen.disk->dev_path() + " can only be read");
  }
  if (at_hand.is_mounted(chosen.id)) {
    return absl::FailedPreconditionError(chosen.disk->dev_path() + " is in use");
  }
  return absl::OkStatus();
}

// Of a disk that was judged by the selector, whose contents are none of ours.
std::string WhyNotForVolume(const Judged& judged, const DiskChoice& system,
                            const DisksAtHand& at_hand) {
  if (!judged.why_not.empty()) {
    return judged.why_not;
  }
  if (judged.id == system.id) {
    return "is the system's";
  }
  if (const absl::Status free = CheckFree(judged, at_hand); !free.ok()) {
    return std::string(base::MessageOf(free));
  }
  return judged.contents.empty()
             ? ""
             : std::format("holds {}: wipe it first", absl::StrJoin(judged.contents, ", "));
}

// Whether all partitions of the disk are called as volumes are.
bool HoldsVolumesOnly(const std::string& id, const All<DiscoveredVolume>& volumes) {
  constexpr std::array<std::string_view, 4> kLabels = {"CRI", "ETCD", "KUBELET", "LOG"};
  bool any = false;
  for (const auto& volume : volumes) {
    if (volume.spec().parent() != id) {
      continue;
    }
    if (!std::ranges::contains(kLabels, volume.spec().partition_label())) {
      return false;
    }
    any = true;
  }
  return any;
}

// The disks that the selector of `wish` matches, judged. Nothing if that of the system is one.
absl::StatusOr<std::optional<std::vector<Judged>>> JudgeBeside(const Wish& wish,
                                                               const DiskChoice& system,
                                                               const DisksAtHand& at_hand) {
  if (wish.expression.empty()) {
    return std::nullopt;
  }
  if (const auto row = at_hand.disks.find(system.id); row != at_hand.disks.end()) {
    const absl::StatusOr<bool> here = DiskMatches(wish.expression, row->spec(), true);
    if (!here.ok()) {
      return absl::InvalidArgumentError(
          std::format("{}: {}", wish.field, base::MessageOf(here.status())));
    }
    if (*here) {
      return std::nullopt;
    }
  }
  DisksAtHand around_system = at_hand;
  around_system.booted = system.id;
  ASSIGN_OR_RETURN(std::vector<Judged> all, Judge(wish, around_system));
  return std::optional(std::move(all));
}

Wish VolumeWishFor(std::string_view label, const std::string& expression) {
  return {.expression = expression,
          .path = "",
          .field = std::format("VolumeConfig {}: provisioning.diskSelector.match", label)};
}

absl::Status CountError(const Wish& wish, std::ptrdiff_t fits, std::string_view expected,
                        const std::vector<Judged>& all) {
  return absl::InvalidArgumentError(
      std::format("{}: {} of {} disks match \"{}\" and are free, expected {}:\n{}", wish.field,
                  fits, all.size(), wish.expression, expected, DescribeAll(all)));
}

absl::StatusOr<DiskChoice> Booted(const DisksAtHand& at_hand) {
  const auto row = at_hand.disks.find(at_hand.booted);
  return DiskChoice{.id = at_hand.booted,
                    .dev_path = row == at_hand.disks.end() ? "/dev/" + at_hand.booted
                                                           : std::string(row->spec().dev_path()),
                    .booted = true};
}

}  // namespace

absl::StatusOr<DiskChoice> ChooseDisk(const config::Config& config, const DisksAtHand& at_hand) {
  ASSIGN_OR_RETURN(const Wish wish, WishOf(config));
  if (wish.expression.empty() && wish.path.empty()) {
    if (!at_hand.booted.empty()) {
      return Booted(at_hand);
    }
    ASSIGN_OR_RETURN(const std::vector<Judged> all, Judge({.expression = "false"}, at_hand));
    return absl::InvalidArgumentError(
        "machine.install: the machine runs from memory, so the config must say which disk to "
        "install on:\n" +
        DescribeAll(all));
  }
  ASSIGN_OR_RETURN(const std::vector<Judged> all, Judge(wish, at_hand));
  const Judged* const chosen = Pick(all, at_hand.booted);
  if (chosen == nullptr) {
    const auto matches = std::ranges::count(all, "", &Judged::why_not);
    return absl::InvalidArgumentError(std::format(
        "{}: {} of {} disks match \"{}\", expected one:\n{}", wish.field, matches, all.size(),
        wish.expression.empty() ? wish.path : wish.expression, DescribeAll(all)));
  }
  if (chosen->id == at_hand.booted) {
    return Booted(at_hand);
  }
  RETURN_IF_ERROR(CheckFree(*chosen, at_hand));
  return DiskChoice{.id = chosen->id,
                    .dev_path = chosen->disk->dev_path(),
                    .booted = false,
                    .goes = chosen->contents};
}

absl::StatusOr<std::string> ChooseEphemeralDisk(const std::string& expression,
                                                const DiskChoice& system,
                                                const DisksAtHand& at_hand) {
  const Wish wish = VolumeWishFor("EPHEMERAL", expression);
  ASSIGN_OR_RETURN(std::optional<std::vector<Judged>> all, JudgeBeside(wish, system, at_hand));
  if (!all.has_value()) {
    return "";
  }
  for (Judged& judged : *all) {
    judged.why_not = WhyNotForVolume(judged, system, at_hand);
  }
  const auto fits = std::ranges::count(*all, "", &Judged::why_not);
  if (fits != 1) {
    return CountError(wish, fits, "one", *all);
  }
  return std::string(std::ranges::find(*all, "", &Judged::why_not)->disk->dev_path());
}

absl::StatusOr<std::vector<std::string>> ChooseVolumeDisks(const std::string& label,
                                                           const std::string& expression,
                                                           const DiskChoice& system,
                                                           const DisksAtHand& at_hand) {
  const Wish wish = VolumeWishFor(label, expression);
  ASSIGN_OR_RETURN(std::optional<std::vector<Judged>> all, JudgeBeside(wish, system, at_hand));
  if (!all.has_value()) {
    return std::vector<std::string>{system.dev_path};
  }
  std::vector<std::string> devices;
  for (Judged& judged : *all) {
    if (HoldsVolumesOnly(judged.id, at_hand.volumes)) {
      judged.contents.clear();
    }
    judged.why_not = WhyNotForVolume(judged, system, at_hand);
    if (judged.why_not.empty()) {
      devices.emplace_back(judged.disk->dev_path());
    }
  }
  return devices.empty() ? CountError(wish, 0, "some", *all)
                         : absl::StatusOr<std::vector<std::string>>(std::move(devices));
}

}  // namespace ichor
