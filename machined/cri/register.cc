#include "machined/cri/register.h"

#include "machined/cri/registries.h"
#include "machined/cri/render.h"
#include "machined/cri/service.h"

namespace ichor {

void RegisterCri(Runtime& runtime, sys::Mounts& mounts, const CriPlaces& places) {
  runtime.Reconcile("cri.list-registries", ListRegistries);
  runtime.Reconcile("cri.list-customizations", ListCustomizations);
  runtime.Reconcile("cri.list-base-specs", ListBaseSpecs);
  runtime.Reconcile("cri.render-files", RenderCri);
  runtime.Reconcile("cri.want-runtime", WantRuntime);
  // Services start without it: the disk that says whether there is a config is found with their
  // help.
  runtime.SetExternal(TypeRef::Of<cri::ContainerRuntime>(), true);
  runtime.Reconcile("cri.define-service", DefineCri);
  runtime.Actuate<block::MountStatus, files::EtcFileStatus>(
      "cri.mount-volumes", [&mounts, places](const All<block::MountStatus>& mounted,
                                             const All<files::EtcFileStatus>& files) {
        return MountForCri(mounted, files, mounts, places);
      });
}

}  // namespace ichor
