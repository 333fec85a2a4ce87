#include "machined/block/symlinks.h"

#include <string_view>
#include <utility>

#include "machined/block/disk_facts.h"
#include "talos/resource/definitions/block/block.resources.h"

namespace ichor {
namespace {
constexpr std::string_view kSource = "block.symlinks";
}  // namespace

Symlinks::Symlinks(const BlockContext& context, std::function<void()> on_read)
    : context_(context), on_read_(std::move(on_read)) {
  context_.runtime.AddSource<block::BlockSymlink>(kSource);
}

void Symlinks::Refresh() {
  if (reading_) {
    again_ = true;
    return;
  }
  reading_ = true;
  context_.executor.Run("block.symlinks",
                        [&sysfs = context_.sysfs, mailbox = context_.loop.mailbox(),
                         self = std::weak_ptr<Symlinks*>(self_)] {
                          mailbox->Post([self, links = ReadSymlinks(sysfs)]() mutable {
                            if (const auto symlinks = self.lock()) {
                              (*symlinks)->OnRead(std::move(links));
                            }
                          });
                        });
}

std::vector<std::string> Symlinks::Of(const std::string& device) const {
  const auto found = links_.find(device);
  return found == links_.end() ? std::vector<std::string>() : found->second;
}

void Symlinks::OnRead(std::map<std::string, std::vector<std::string>> links) {
  reading_ = false;
  links_ = std::move(links);
  Desired<block::BlockSymlink> rows;
  for (const auto& [device, paths] : links_) {
    block::BlockSymlink::Spec row;
    row.mutable_paths()->Add(paths.begin(), paths.end());
    rows.Add(device, std::move(row));
  }
  context_.runtime.Publish<block::BlockSymlink>(kSource, std::move(rows));
  on_read_();
  if (std::exchange(again_, false)) {
    Refresh();
  }
}

}  // namespace ichor
