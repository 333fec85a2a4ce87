#include "machined/files/register.h"

#include <utility>

#include "machined/files/apply.h"
#include "machined/files/render.h"

namespace ichor {

void RegisterFiles(Runtime& runtime, std::string directory) {
  runtime.Reconcile("files.render-hosts", RenderHosts);
  runtime.Reconcile("files.render-resolv-conf", RenderResolvConf);
  runtime.Actuate<files::EtcFileSpec>("files.apply-etc-files",
                                      [directory = std::move(directory)](const auto& desired) {
                                        return ApplyEtcFiles(desired, directory);
                                      });
}

}  // namespace ichor
