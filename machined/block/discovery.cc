#include "machined/block/discovery.h"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "lib/base/status.h"
#include "machined/block/dev_path.h"
#include "talos/resource/definitions/block/block.resources.h"
#include "talos/resource/definitions/runtime/runtime.resources.h"

namespace ichor {
namespace {

constexpr std::string_view kSource = "block.discovery";

// Memory that looks like a disk holds nothing that was there before.
bool IsMemory(std::string_view name) {
  return name.starts_with("ram") || name.starts_with("zram");
}

// Loop devices exist before anything is behind them, and the root is no disk to put anything on.
bool IsHidden(const DiskFacts& facts) {
  return facts.of_the_root ||
         (facts.size_bytes == 0 && BaseName(facts.dev_path).starts_with("loop"));
}

// What is known of the disk called `name`, null if nothing is.
const DiskFacts* FactsOf(const std::map<std::string, DiskState>& disks, const std::string& name) {
  const auto found = disks.find(name);
  if (found == disks.end()) {
    return nullptr;
  }
  const std::optional<DiskFacts>& facts = found->second.facts;
  return facts.has_value() ? &*facts : nullptr;
}

}  // namespace

Discovery::Discovery(const BlockContext& context, BootFacts facts)
    : context_(context),
      facts_(std::move(facts)),
      table_(context, {.on_changed = [this](const std::string& name) { OnChanged(name); },
                       .on_removed = [this](const std::string& name) { prober_.Forget(name); },
                       .on_scanned = [this] { PublishSoon(); },
                       .on_rules_applied = [this] { symlinks_.Refresh(); }}),
      prober_(context, [this] { PublishSoon(); }),
      symlinks_(context, [this] { PublishSoon(); }) {
  context_.runtime.AddSource<block::Disk>(kSource);
  context_.runtime.AddSource<block::DiscoveredVolume>(kSource);
  context_.runtime.AddSource<block::DiscoveredVolumesStatus>(kSource);
  context_.runtime.AddSource<runtime::Diagnostic>(kSource);
}

void Discovery::Start() {
  table_.Start();
  symlinks_.Refresh();
}

void Discovery::Refresh() {
  for (const auto& [name, device] : table_.devices()) {
    if (device.parent().empty()) {
      OnChanged(name);
    }
  }
}

void Discovery::OnDevicesSettled() {
  settled_ = true;
  symlinks_.Refresh();
  PublishSoon();
}

void Discovery::OnChanged(const std::string& name) {
  const auto device = table_.devices().find(name);
  if (device == table_.devices().end() || IsMemory(name)) {
    return;
  }
  const DeviceNumber number{.major = device->second.major(), .minor = device->second.minor()};
  prober_.Probe(name, facts_.system_disk == number);
  PublishSoon();
}

void Discovery::PublishSoon() {
  if (std::exchange(publish_posted_, true)) {
    return;
  }
  context_.loop.Post([self = std::weak_ptr<Discovery*>(self_)] {
    if (const auto discovery = self.lock()) {
      (*discovery)->Publish();
    }
  });
}

void Discovery::Publish() {
  publish_posted_ = false;
  if (!table_.scanned()) {
    return;  // "not known yet" is not "none"
  }
  PublishDisks();
  PublishVolumes();
  PublishDiagnostics();
  PublishStatus();
}

void Discovery::PublishDisks() {
  Desired<block::Disk> rows;
  for (const auto& [name, device] : table_.devices()) {
    if (!device.parent().empty() || IsMemory(name)) {
      continue;
    }
    if (const DiskFacts* const facts = FactsOf(prober_.disks(), name); facts != nullptr) {
      if (!IsHidden(*facts)) {
        rows.Add(name, DiskOf(*facts, symlinks_.Of(name)));
      }
    } else if (prober_.errors().contains(name)) {
      DiskFacts unknown;  // it hangs: at least its name is listed
      unknown.dev_path = DevPath(name);
      rows.Add(name, DiskOf(unknown, symlinks_.Of(name)));
    }
  }
  context_.runtime.Publish<block::Disk>(kSource, std::move(rows));
}

void Discovery::PublishVolumes() {
  Desired<block::DiscoveredVolume> rows;
  for (const auto& [name, state] : prober_.disks()) {
    if (!state.facts.has_value() || IsHidden(*state.facts)) {
      continue;
    }
    for (auto& [id, volume] : VolumesOf(name, state, table_.devices())) {
      rows.Add(id, std::move(volume));
    }
  }
  context_.runtime.Publish<block::DiscoveredVolume>(kSource, std::move(rows));
}

void Discovery::PublishDiagnostics() {
  Desired<runtime::Diagnostic> rows;
  for (const auto& [name, error] : prober_.errors()) {
    runtime::Diagnostic::Spec row;
    row.set_message("what is on " + DevPath(name) + " cannot be read");
    row.add_details(std::string(base::MessageOf(error)));
    rows.Add("disk-unreadable-" + name, std::move(row));
  }
  context_.runtime.Publish<runtime::Diagnostic>(kSource, std::move(rows));
}

void Discovery::PublishStatus() {
  ready_ = ready_ || (settled_ && prober_.idle());
  block::DiscoveredVolumesStatus::Spec status;
  status.set_ready(ready_);
  context_.runtime.Publish<block::DiscoveredVolumesStatus>(
      kSource, {{"discovered-volumes-status", std::move(status)}});
}

}  // namespace ichor
