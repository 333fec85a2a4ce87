#include "machined/services/late_services.h"

#include <algorithm>

#include "lib/base/log.h"
#include "lib/base/status.h"

namespace ichor {

using services::ServiceDefinition;

namespace {

std::string TextOf(const Rows& rows) {
  std::string text;
  for (const auto& row : rows) {
    text += row.id + "\n" + row.spec->message()->SerializeAsString() + "\n";
  }
  return text;
}

}  // namespace

LateServices::LateServices(Runtime& runtime, std::vector<LateService> services, bool fresh)
    : runtime_(runtime) {
  for (LateService& service : services) {
    runtime_.AddSource<ServiceDefinition>(service.source);
    if (fresh) {
      runtime_.Publish<ServiceDefinition>(service.source, {});
    }
    // No text of rows ends so: what is known first is stated, also if it is nothing.
    services_.push_back({.service = std::move(service), .text = fresh ? "" : "unknown"});
  }
}

void LateServices::OnSettled() {
  for (Stated& stated : services_) {
    const bool known = std::ranges::all_of(
        stated.service.inputs, [this](const Kind& kind) { return runtime_.IsKnown(kind); });
    if (known) {
      State(stated);
    }
  }
}

void LateServices::State(Stated& stated) {
  absl::StatusOr<Desired<ServiceDefinition>> defined = stated.service.define(runtime_);
  if (!defined.ok()) {
    base::Log(base::Severity::kWarning, "{}: {}", stated.service.source,
              base::MessageOf(defined.status()));
    return;
  }
  Rows rows = std::move(*defined).Take();
  std::string text = TextOf(rows);
  if (std::exchange(stated.text, text) != text) {
    runtime_.Publish(stated.service.source, TypeRef::Of<ServiceDefinition>(), std::move(rows));
  }
}

}  // namespace ichor
