#include "machined/network/register.h"

#include "machined/network/aliases.h"
#include "machined/network/policy.h"

namespace ichor {

void RegisterNetwork(Runtime& runtime) {
  runtime.Reconcile("network.describe-config", DescribeNetwork);
  runtime.Reconcile("network.choose-link-aliases", ChooseLinkAliases);
}

}  // namespace ichor
