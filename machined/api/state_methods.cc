#include "machined/api/state_methods.h"

#include <format>
#include <utility>

#include "cosi/resource/meta.resources.h"
#include "lib/resource/resource_type.h"

namespace ichor::api {
namespace {

state::StateServiceOptions OptionsFor(const ApiContext& context, bool admin) {
  state::StateServiceOptions options;
  options.handlers.authorize = [&store = context.store, admin](state::Access access,
                                                               std::string_view ns,
                                                               std::string_view type) {
    return AuthorizeResource(store, admin, access, ns, type);
  };
  return options;
}

}  // namespace

absl::Status AuthorizeResource(const Store& store, bool admin, state::Access access,
                               std::string_view ns, std::string_view type) {
  if (access == state::Access::kWrite) {
    return absl::PermissionDeniedError("write access is not allowed");
  }
  const ResourceType* known = FindResourceType(type);
  if (known == nullptr) {
    return absl::PermissionDeniedError(std::format("resource type \"{}\" is not known", type));
  }
  if (known->sensitive && !admin) {
    return absl::PermissionDeniedError("not authorized");
  }
  if (store.Get(meta::Namespace::kNamespace, meta::Namespace::kType, ns) == nullptr) {
    return absl::PermissionDeniedError(std::format("namespace \"{}\" is not known", ns));
  }
  return absl::OkStatus();
}

StateMethods::StateMethods(const ApiContext& context)
    : context_(context),
      for_admins_(context.loop, context.store, context.clock, OptionsFor(context, true)),
      for_others_(context.loop, context.store, context.clock, OptionsFor(context, false)) {}

void StateMethods::AddTo(Methods& methods) {
  const auto others = for_others_.Methods();
  for (auto& [path, method] : for_admins_.Methods()) {
    methods.Add(path, [this, admins = method, others = others.at(path)](rpc::Stream& stream) {
      return context_.access.IsAdmin(stream) ? admins(stream) : others(stream);
    });
  }
}

}  // namespace ichor::api
