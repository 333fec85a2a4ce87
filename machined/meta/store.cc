#include "machined/meta/store.h"

#include <format>
#include <iterator>
#include <utility>

#include "lib/base/log.h"
#include "lib/base/status.h"
#include "lib/resource/utf8_text.h"
#include "talos/resource/definitions/runtime/runtime.resources.h"

namespace ichor {
namespace {

constexpr std::string_view kSource = "meta.store";
constexpr std::uint32_t kMaxKey = 0xff;  // other tags are kept and not shown

absl::Status Apply(std::uint32_t tag, const std::optional<std::string>& value, MetaTags& tags) {
  if (tag == 0) {
    return absl::InvalidArgumentError("META: there is no key 0x00");
  }
  if (value.has_value()) {
    MetaTags changed = tags;
    changed.insert_or_assign(tag, *value);
    RETURN_IF_ERROR(EncodeMetaBlock(changed).status());
    tags = std::move(changed);
    return absl::OkStatus();
  }
  if (tags.erase(tag) == 0) {
    return absl::NotFoundError(std::format("META: key {:#04x} is not set", tag));
  }
  return absl::OkStatus();
}

// Writes one copy after the other, so that one is whole at any time. Blocks.
absl::Status WriteCopies(sys::BlockDevices& devices, const std::string& dev_path,
                         const MetaTags& tags) {
  ASSIGN_OR_RETURN(const std::string block, EncodeMetaBlock(tags));
  for (size_t copy = 0; copy < kMetaCopies; ++copy) {
    RETURN_IF_ERROR(devices.Write(dev_path, copy * kMetaBlockBytes, block));
  }
  return absl::OkStatus();
}

}  // namespace

MetaStore::MetaStore(const MetaContext& context) : context_(context) {
  context_.runtime.AddSource<runtime::MetaKey>(kSource);
  context_.runtime.AddSource<runtime::MetaLoad>(kSource);
  Publish();
}

void MetaStore::Write(std::uint8_t key, std::string value, Done done) {
  Add({.tag = key, .value = std::move(value), .done = std::move(done)});
}

void MetaStore::Delete(std::uint8_t key, Done done) {
  Add({.tag = key, .value = std::nullopt, .done = std::move(done)});
}

std::optional<std::string> MetaStore::Get(std::uint8_t key) const {
  const auto found = tags_.find(key);
  return found == tags_.end() ? std::nullopt : std::optional(found->second);
}

void MetaStore::Add(Change change) {
  if (loaded()) {
    changes_.push_back(std::move(change));
    Flush();
    return;
  }
  const absl::Status status = Apply(change.tag, change.value, tags_);
  Done done = std::exchange(change.done, [](const absl::Status&) {});
  if (status.ok()) {
    early_.push_back(std::move(change));
    Publish();
  }
  done(status);
}

void MetaStore::OnFound(const std::string& dev_path, std::string_view copies) {
  if (loaded()) {
    return;
  }
  absl::StatusOr<MetaTags> tags = DecodeMeta(copies);
  if (!tags.ok()) {
    base::Log(base::Severity::kError, "{}: {}; taken as empty", dev_path,
              base::MessageOf(tags.status()));
  }
  dev_path_ = dev_path;
  tags_ = tags.ok() ? *std::move(tags) : MetaTags();
  done_ = true;
  changes_ = std::exchange(early_, {});
  Publish();
  Flush();
}

void MetaStore::OnMissing() {
  done_ = true;
  Publish();
}

void MetaStore::OnUnreadable() {
  unreadable_ = true;
  Publish();
}

void MetaStore::Flush() {
  if (writing_ || changes_.empty()) {
    return;
  }
  MetaTags tags = tags_;
  std::vector<Change> applied;
  std::vector<std::pair<Done, absl::Status>> refused;
  for (Change& change : std::exchange(changes_, {})) {
    if (absl::Status status = Apply(change.tag, change.value, tags); status.ok()) {
      applied.push_back(std::move(change));
    } else {
      refused.emplace_back(std::move(change.done), std::move(status));
    }
  }
  writing_ = !applied.empty();
  if (writing_) {
    // Callbacks are not for workers: they wait here, in the closure that comes back.
    auto answer = [self = weak(), tags,
                   applied = std::move(applied)](const absl::Status& status) mutable {
      if (const auto store = self.lock()) {
        (*store)->OnWritten(std::move(tags), std::move(applied), status);
      }
    };
    context_.executor.Run(
        "meta.write", [&devices = context_.devices, mailbox = context_.loop.mailbox(),
                       dev_path = dev_path_, tags, answer = std::move(answer)]() mutable {
          const absl::Status status = WriteCopies(devices, dev_path, tags);
          mailbox->Post([answer = std::move(answer), status]() mutable { answer(status); });
        });
  }
  for (auto& [done, status] : refused) {
    done(status);
  }
}

void MetaStore::OnWritten(MetaTags tags, std::vector<Change> changes, const absl::Status& status) {
  writing_ = false;
  if (status.ok()) {
    tags_ = std::move(tags);
    Publish();
  } else {
    base::Log(base::Severity::kError, "META: {}", base::MessageOf(status));
  }
  for (Change& change : changes) {
    change.done(status);
  }
  Flush();
}

void MetaStore::Publish() {
  Desired<runtime::MetaKey> keys;
  for (const auto& [tag, value] : tags_) {
    if (tag <= kMaxKey) {
      runtime::MetaKey::Spec key;
      key.set_value(Utf8Text(value));
      keys.Add(std::format("{:#04x}", tag), std::move(key));
    }
  }
  context_.runtime.Publish<runtime::MetaKey>(kSource, std::move(keys));
  Desired<runtime::MetaLoad> load;
  if (done_ || unreadable_) {
    runtime::MetaLoad::Spec loaded;
    loaded.set_done(done_);
    load.Add("meta-loaded", std::move(loaded));
  }
  context_.runtime.Publish<runtime::MetaLoad>(kSource, std::move(load));
}

}  // namespace ichor
