#include "ichorctl/fetch/copy_tree.h"

#include "common/common.pb.h"
#include "ichorctl/fetch/gunzip.h"
#include "ichorctl/look/ask.h"
#include "lib/base/status.h"
#include "machine/machine.pb.h"

namespace ichor::ctl {

absl::Status CopyTree(Nodes& nodes, const std::string& path, TarSink& sink) {
  machine::CopyRequest request;
  request.set_root_path(path);
  TarReader reader(sink);
  Gunzip gunzip;
  RETURN_IF_ERROR(AskAll<common::Data>(
      nodes, MachineMethod("Copy"), request, [&](const std::string&, const common::Data& data) {
        return gunzip.Feed(data.bytes(),
                           [&](std::string_view bytes) { return reader.Feed(bytes); });
      }));
  RETURN_IF_ERROR(gunzip.Finish());
  return reader.Finish();
}

}  // namespace ichor::ctl
