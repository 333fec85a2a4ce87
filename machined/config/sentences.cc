#include "machined/config/sentences.h"

#include <chrono>
#include <format>

#include "absl/strings/str_join.h"
#include "lib/resource/address_text.h"
#include "machined/config/plan.h"
#include "talos/resource/definitions/network/network.resources.h"

namespace ichor {
namespace {

constexpr const char* kPort = ":50000";

// "10.0.2.15:50000, [fd00::1]:50000", of those that others reach.
std::string Endpoints(Runtime& runtime) {
  std::vector<std::string> endpoints;
  const All<network::NodeAddress> rows = runtime.Read<network::NodeAddress>();
  if (const auto current = rows.find("current"); current != rows.end()) {
    for (const auto& prefix : current->spec().addresses()) {
      common::NetIP address;
      address.set_ip(prefix.ip());
      const std::string text = ToText(address);
      endpoints.push_back(text.find(':') == std::string::npos ? text + kPort
                                                              : "[" + text + "]" + kPort);
    }
  }
  return absl::StrJoin(endpoints, ", ");
}

std::string Seconds(std::chrono::nanoseconds time) {
  return std::format("{}", std::chrono::ceil<std::chrono::seconds>(time));
}

std::string WhatHappens(const ApplyRequest& request,
                        const std::vector<std::string>& reboot_reasons) {
  switch (request.mode) {
    case ApplyMode::kStaged:
      return "The config is saved; it counts from the next boot on.";
    case ApplyMode::kTry:
      return std::format("The config is tried for {}; then the one before is back.",
                         Seconds(request.try_timeout));
    case ApplyMode::kAuto:
    case ApplyMode::kNoReboot:
      break;
  }
  return reboot_reasons.empty() ? "Applied configuration without a reboot."
                                : std::format("The config is saved, and the machine reboots: {}.",
                                              absl::StrJoin(reboot_reasons, "; "));
}

}  // namespace

std::string DescribeAcceptance(Runtime& runtime, const DiskChoice& choice, const std::string& disk,
                               bool dry_run) {
  const std::string endpoints = Endpoints(runtime);
  std::string text = dry_run ? "Dry run: nothing was changed. Else:\n" : "";
  if (choice.booted) {
    text += std::format(
        "The system stays on {}, the disk that it was booted from: the rest of the disk becomes "
        "the partitions ROOT-B{}; nothing else is written, and the machine does not reboot.",
        choice.dev_path, choice.ephemeral.empty() ? ", STATE and EPHEMERAL" : " and STATE");
  } else {
    text += std::format(
        "The system is installed on {}. What is on it goes: {}.\nThen the machine reboots. By UEFI "
        "it boots from {} first; ",
        choice.dev_path, choice.goes.empty() ? "nothing" : absl::StrJoin(choice.goes, ", "),
        choice.dev_path);
    text += disk.empty() ? "what it was booted from now may stay, and finds the system there."
                         : std::format(
                               "by BIOS the disk that it was booted from, {}, must be removed, or "
                               "come later in the order of booting. Nothing is written to {}.",
                               disk, disk);
  }
  if (!choice.booted && !choice.arguments.empty()) {
    text += std::format("\nThe kernel is given more arguments there: {}.",
                        absl::StrJoin(choice.arguments, " "));
  }
  if (!choice.ephemeral.empty()) {
    text += std::format("\nEPHEMERAL is made on {}, which holds nothing.", choice.ephemeral);
  }
  return text + std::format(
                    "\nFrom then on it answers {}with a certificate of the config's CA, to clients "
                    "with one.",
                    endpoints.empty() ? "" : "at " + endpoints + " ");
}

std::string DescribeChange(const ApplyRequest& request, const config::Config* before,
                           const config::Config& after,
                           const std::vector<std::string>& reboot_reasons) {
  std::string text = request.dry_run ? "Dry run: nothing was changed. Else:\n" : "";
  text += WhatHappens(request, reboot_reasons);
  if (request.confirm_within.has_value()) {
    text += std::format("\nThe config before comes back in {} unless this one is confirmed.",
                        Seconds(*request.confirm_within));
  }
  if (request.dry_run) {
    const std::vector<std::string> changes = DescribeChanges(before, after);
    text += changes.empty() ? "\nNo changes." : "\n" + absl::StrJoin(changes, "\n");
  }
  return text;
}

}  // namespace ichor
