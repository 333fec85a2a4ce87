#include "qemu-tests/kubernetes/ask.h"

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <format>
#include <utility>

#include "lib/base/status_matchers.h"
#include "qemu-tests/child_process.h"
#include "qemu-tests/test_files.h"
#include "talos/resource/definitions/runtime/runtime.resources.h"

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

void Diagnoses(NodeApi& api, const std::string& id, const std::string& message) {
  REQUIRE_THAT(api.WaitFor<runtime::Diagnostic>(std::format("{} to be \"{}\"", id, message),
                                                [&](const auto& rows) {
                                                  const auto row = rows.find(id);
                                                  return row == rows.end()
                                                             ? message.empty()
                                                             : row->spec().message() == message;
                                                }),
               base::IsOk());
}

std::string Fetched(const std::string& url, int status) {
  constexpr const char* kFetch = R"(
import ssl, sys, time, urllib.request
until = time.monotonic() + 1200
while True:
    try:
        with urllib.request.urlopen(sys.argv[1], timeout=30, context=ssl._create_unverified_context()) as answer:
            status, text = answer.status, answer.read()
    except urllib.error.HTTPError as error:
        status, text = error.code, error.read()
    except OSError as error:
        status, text = 0, str(error).encode()
    if status == int(sys.argv[2]):
        break
    if time.monotonic() > until:
        sys.exit(f"{status}: {text}")
    time.sleep(2)
sys.stdout.buffer.write(text)
)";
  auto said = OutputOf({"python3", "-c", kFetch, url, std::format("{}", status)},
                       TestDirectory() + "/fetch.log");
  REQUIRE_THAT(said.status(), base::IsOk());
  return *std::move(said);
}

void KeepsAll(const Kubectl& kubectl, const Writer& writer) {
  const std::vector<std::string> taken = writer.Acknowledged();
  const std::string kept = Ask(kubectl, {"get", "configmaps", "-o", "name"});
  for (const std::string& name : taken) {
    CHECK_THAT(kept, Catch::Matchers::ContainsSubstring(name + "\n"));
  }
}

}  // namespace ichor::qemu
