#include "machined/api/api.h"

#include <string>
#include <utility>

#include "machined/api/areas.h"
#include "machined/api/methods.h"
#include "machined/api/state_methods.h"

namespace ichor::api {
struct MachineApi::State {
  explicit State(const ApiContext& context) : methods(context), resources(context) {}
  Methods methods;
  StateMethods resources;
};

MachineApi::MachineApi(ApiContext context)
    : context_(std::move(context)), state_(std::make_unique<State>(context_)) {
  for (const auto add :
       {AddVersionMethods,    AddServiceMethods,    AddSystemMethods,  AddProcessMethods,
        AddSocketMethods,     AddMountMethods,      AddFileMethods,    AddLogMethods,
        AddEventMethods,      AddDiskMethods,       AddWipeMethods,    AddTimeMethods,
        AddInspectMethods,    AddCaptureMethods,    AddMetaMethods,    AddControlMethods,
        AddContainerMethods,  AddConfigMethods,     AddSecretsMethods, AddEtcdMethods,
        AddEtcdMemberMethods, AddEtcdStreamMethods, AddNodeMethods,    AddAbsentMethods}) {
    add(state_->methods);
  }
  state_->resources.AddTo(state_->methods);
}

MachineApi::~MachineApi() = default;

void MachineApi::Serve(rpc::Server& server) {
  for (const auto& [path, method] : state_->methods.all()) {
    server.Handle(path, [this, path, method](rpc::Stream& stream) -> std::unique_ptr<rpc::Call> {
      const absl::Status allowed = context_.access.Authorize(path, stream);
      return allowed.ok() ? method(stream) : EndedCall(stream, allowed);
    });
  }
}

}  // namespace ichor::api
