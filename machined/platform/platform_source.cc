#include "machined/platform/platform_source.h"

#include <algorithm>
#include <format>
#include <utility>

#include "ichor/boot.resources.h"
#include "lib/base/log.h"
#include "lib/base/status.h"
#include "lib/resource/utf8_text.h"
#include "lib/resource/yaml.h"
#include "lib/sys/file.h"
#include "machined/config/apply_request.h"
#include "machined/platform/files.h"
#include "machined/platform/policy.h"
#include "machined/sources/labelled.h"
#include "talos/resource/definitions/block/block.resources.h"
#include "talos/resource/definitions/hardware/hardware.resources.h"
#include "talos/resource/definitions/network/network.resources.h"
#include "talos/resource/definitions/runtime/runtime.resources.h"

namespace ichor {
namespace {

constexpr unsigned kCopyMode = 0600;

bool HasAddress(Runtime& runtime) {
  const auto statuses = runtime.Read<network::NetworkStatus>();
  return !statuses.empty() && statuses.front().spec().address_ready();
}

// The file on STATE, while that is mounted and stays so.
std::string CopyPath(Runtime& runtime) {
  const auto mounts = runtime.Read<block::MountStatus>();
  const auto state = mounts.find("STATE");
  if (state == mounts.end() || !runtime.Read<boot::PowerRequest>().empty()) {
    return "";
  }
  return std::format("{}/{}", state->spec().target(), kPlatformNetworkCopy);
}

}  // namespace

PlatformSource::PlatformSource(const Parts& parts) : parts_(parts) {
  for (const auto& row : parts_.runtime.Read<network::PlatformFile>()) {
    if (row.id() == kPlatformNetworkCopy) {
      copy_ = row.spec().text();
    } else {
      files_[row.id()] = row.spec().text();
      answered_ = true;
    }
  }
  parts_.runtime.AddSource<network::PlatformFile>(kSource);
  parts_.runtime.AddSource<runtime::Diagnostic>(kSource);
  Publish();
  Say("");
}

void PlatformSource::OnSettled() {
  if (!planned_) {
    Plan();
  }
  if (sources_.empty()) {
    return;
  }
  if (!answered_ && !busy_) {
    Fetch();
  }
  KeepCopy();
}

void PlatformSource::Plan() {
  const auto lines = parts_.runtime.Read<runtime::KernelCmdline>();
  const auto systems = parts_.runtime.Read<hardware::SystemInformation>();
  if (!lines.empty() && !systems.empty()) {
    planned_ = true;
    sources_ =
        PlatformFileSources(lines.front().spec().cmdline(), systems.front().spec().serial_number());
  }
}

void PlatformSource::Fetch() {
  const ConfigSource& source = sources_[position_];
  auto done = WhileAlive([this](const absl::StatusOr<std::string>& bytes) { OnFile(bytes); });
  if (source.place == ConfigSource::Place::kUrl) {
    if (HasAddress(parts_.runtime)) {
      busy_ = true;
      parts_.reader.Download(source.value, std::move(done));
    }
    return;
  }
  const absl::StatusOr<block::DiscoveredVolume::Spec> volume =
      FindLabelled(parts_.runtime, source.labels);
  if (volume.ok()) {
    busy_ = true;
    parts_.reader.ReadVolume(volume->dev_path(), volume->name(), source.value, std::move(done));
  } else if (absl::IsNotFound(volume.status())) {
    OnFile(volume.status());
  }
}

void PlatformSource::OnFile(const absl::StatusOr<std::string>& bytes) {
  const std::string& name = sources_[position_].name;
  if (!bytes.ok() && !absl::IsNotFound(bytes.status())) {
    const std::string error =
        std::format("platform file {}: {}", name, base::MessageOf(bytes.status()));
    const auto backoff = std::min<std::chrono::seconds>(
        kLongestBackoff, kFirstBackoff * (1 << std::min(failures_++, 6)));
    base::Log(base::Severity::kWarning, "{}; tried again in {}", error, backoff);
    Say(error);
    busy_ = true;
    parts_.loop.RunAt(parts_.clock.Monotonic() + backoff, WhileAlive([this] {
                        busy_ = false;
                        Fetch();
                      }));
    return;
  }
  if (bytes.ok()) {
    files_[name] = Utf8Text(*bytes);
  }
  failures_ = 0;
  if (++position_ == sources_.size()) {
    Finish();
    return;
  }
  busy_ = false;
  Fetch();
}

void PlatformSource::Finish() {
  answered_ = true;
  busy_ = false;
  Say("");
  Publish();
}

void PlatformSource::KeepCopy() {
  if (copying_) {
    return;
  }
  const std::string path = CopyPath(parts_.runtime);
  if (path.empty()) {
    return;
  }
  if (!answered_) {
    if (!copy_.has_value()) {
      ReadCopy(path);
    }
  } else if (!files_.empty()) {
    WriteCopy(path);
  }
}

void PlatformSource::ReadCopy(const std::string& path) {
  copying_ = true;
  auto done = WhileAlive([this](const absl::StatusOr<std::string>& text) {
    copying_ = false;
    copy_ = text.ok() ? Utf8Text(*text) : "";
    if (!text.ok() && !absl::IsNotFound(text.status())) {
      base::Log(base::Severity::kWarning, "{}", base::MessageOf(text.status()));
    }
    Publish();
  });
  parts_.worker.Run("platform.read-copy",
                    [mailbox = parts_.loop.mailbox(), path, done = std::move(done)]() mutable {
                      mailbox->Post([text = sys::ReadFile(path, kMaxConfigBytes),
                                     done = std::move(done)]() mutable { done(text); });
                    });
}

// Once what the files say has become the active row.
void PlatformSource::WriteCopy(const std::string& path) {
  const auto configs = parts_.runtime.Read<network::PlatformConfig>();
  const auto active = configs.find("active");
  if (active == configs.end() || !active->spec().has_metadata() ||
      active->metadata().version == copied_) {
    return;
  }
  copied_ = active->metadata().version;
  copying_ = true;
  auto done = WhileAlive([this](const absl::Status& written) {
    copying_ = false;
    if (!written.ok()) {
      base::Log(base::Severity::kWarning, "{}", base::MessageOf(written));
    }
  });
  parts_.worker.Run(
      "platform.write-copy", [mailbox = parts_.loop.mailbox(), path, text = ToYaml(active->spec()),
                              done = std::move(done)]() mutable {
        const absl::StatusOr<std::string> there = sys::ReadFile(path, kMaxConfigBytes);
        const bool same = there.ok() && *there == text;
        mailbox->Post(
            [written = same ? absl::OkStatus() : sys::WriteFileAtomically(path, text, kCopyMode),
             done = std::move(done)]() mutable { done(written); });
      });
}

void PlatformSource::Publish() {
  Desired<network::PlatformFile> rows;
  const auto add = [&rows](const std::string& name, const std::string& text) {
    network::PlatformFile::Spec row;
    row.set_text(text);
    rows.Add(name, std::move(row));
  };
  for (const auto& [name, text] : files_) {
    if (answered_) {
      add(name, text);
    }
  }
  if (!answered_ && copy_.has_value() && !copy_->empty()) {
    add(kPlatformNetworkCopy, *copy_);
  }
  parts_.runtime.Publish<network::PlatformFile>(kSource, std::move(rows));
}

void PlatformSource::Say(std::string detail) {
  Desired<runtime::Diagnostic> rows;
  if (!detail.empty()) {
    runtime::Diagnostic::Spec row;
    row.set_message("what the platform says of this machine could not be had yet");
    row.add_details(std::move(detail));
    rows.Add("platform-files", std::move(row));
  }
  parts_.runtime.Publish<runtime::Diagnostic>(kSource, std::move(rows));
}

}  // namespace ichor
