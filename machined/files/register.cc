#include "machined/files/register.h"

#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "machined/config/active_config.h"
#include "machined/files/render.h"
#include "machined/files/rendered_files.h"
#include "machined/files/user_files.h"

namespace ichor {

void RegisterFiles(Runtime& runtime, sys::Mounts& mounts, EtcFiles::Places places) {
  ExpectFileChanges(runtime);
  runtime.Reconcile("files.render-hosts", RenderHosts);
  runtime.Reconcile("files.render-resolv-conf", RenderResolvConf);
  runtime.Reconcile("files.render-etc-file-configs", RenderEtcFileConfigs);
  runtime.Actuate<files::EtcFileSpec, config::MachineConfig, files::FileChange>(
      "files.apply-etc-files",
      [files = std::make_shared<EtcFiles>(mounts, std::move(places))](
          const All<files::EtcFileSpec>& desired, const All<config::MachineConfig>& configs,
          const All<files::FileChange>& /*changes*/) {
        const std::optional<config::Config> config = ActiveConfig(configs);
        return files->Apply(desired,
                            config.has_value() ? EtcEditsOf(*config) : std::vector<UserFile>());
      });
}

}  // namespace ichor
