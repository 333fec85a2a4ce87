// cosi.resource.State for clients: to be read only, and not by everybody in everything.
#pragma once

#include <string_view>

#include "absl/status/status.h"
#include "lib/state/handlers.h"
#include "lib/state/state_service.h"
#include "machined/api/methods.h"

namespace ichor::api {

// OK if a client may read resources of `type` in `ns`: both must be known, and what is sensitive is
// for an administrator. A write is never allowed. PermissionDenied says which.
absl::Status AuthorizeResource(const Store& store, bool admin, state::Access access,
                               std::string_view ns, std::string_view type);

class StateMethods {
 public:
  // `context` must outlive this, and the server must be destroyed before.
  explicit StateMethods(const ApiContext& context);

  void AddTo(Methods& methods);

 private:
  const ApiContext& context_;
  state::StateService for_admins_;
  state::StateService for_others_;
};

}  // namespace ichor::api
