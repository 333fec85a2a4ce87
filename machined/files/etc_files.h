// Writes the files of /etc that are not the image's.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/runtime/rows.h"
#include "lib/sys/volume/mounts.h"
#include "machined/files/user_files.h"
#include "talos/resource/definitions/files/files.resources.h"

namespace ichor {

// Generated files whose names are links in the image are written where these lead, so every boot
// has them. For any other file an overlay is mounted over /etc, once one is wanted: it is shown
// there read-only, and written at a place of its own. For one thread at a time.
class EtcFiles {
 public:
  struct Places {
    std::string etc = "/etc";
    std::string generated = "/system/etc";                // where the image's links lead
    std::string image = "/system/etc/overlay/image";      // /etc as the image has it
    std::string files = "/system/etc/overlay/files";      // the overlay, to be written
    std::string changed = "/system/etc/overlay/changed";  // what was ever written there
    std::string work = "/system/etc/overlay/work";
  };

  // `mounts` must outlive this, and the process's workers.
  EtcFiles(sys::Mounts& mounts, Places places) : mounts_(mounts), places_(std::move(places)) {}

  // Brings the files to what is desired, and then `edits` of the image's files. One that is right
  // already is not written; one that nobody wants any more is the image's again, or gone. The
  // report says which version of its spec each file has, and has a row for each edit. Blocks.
  Report<files::EtcFileStatus> Apply(const All<files::EtcFileSpec>& desired,
                                     const std::vector<UserFile>& edits);

 private:
  struct Wanted {
    std::string contents;
    unsigned mode = 0;
    std::string version;  // of its spec; empty for an edit
  };
  using Files = std::map<std::string, Wanted>;  // by path below /etc

  absl::Status Edit(const UserFile& edit, Files& files);
  absl::Status Write(const std::string& name, const Wanted& file);
  bool IsGenerated(const std::string& name) const;
  absl::Status MountOverlay();
  absl::StatusOr<std::vector<std::string>> Unwanted(const Files& wanted) const;
  absl::Status TakeBack(const std::string& name) const;

  sys::Mounts& mounts_;
  const Places places_;
};

}  // namespace ichor
