#include "qemu-tests/kubernetes/ask.h"

#include <catch2/catch_test_macros.hpp>
#include <utility>

#include "lib/base/status_matchers.h"

namespace ichor::qemu {

std::string Ask(const Kubectl& kubectl, const std::vector<std::string>& words) {
  auto said = kubectl.Eventually(words);
  REQUIRE_THAT(said.status(), base::IsOk());
  return *std::move(said);
}

void RunPod(const Kubectl& kubectl, const std::string& name) {
  REQUIRE_THAT(kubectl.Apply("apiVersion: v1\nkind: Pod\nmetadata: {name: " + name +
                             "}\n"
                             "spec:\n"
                             "  restartPolicy: Never\n"
                             "  containers:\n"
                             "    - name: shell\n"
                             "      image: docker.io/library/busybox:1.37\n"
                             "      command: ['true']\n"),
               base::IsOk());
  Ask(kubectl, {"wait", "pod", name, "--for=jsonpath={.status.phase}=Succeeded", "--timeout=10m"});
  Ask(kubectl, {"delete", "pod", name, "--ignore-not-found"});
}

}  // namespace ichor::qemu
