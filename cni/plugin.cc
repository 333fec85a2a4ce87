#include "cni/plugin.h"

#include <cstddef>
#include <filesystem>
#include <format>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/str_split.h"
#include "cni/flannel.h"
#include "google/protobuf/struct.pb.h"
#include "lib/base/status.h"
#include "lib/kube/json.h"
#include "lib/resource/tree.h"
#include "lib/sys/file.h"

namespace ichor::cni {
namespace {

using google::protobuf::Struct;

constexpr const char* kVersion = "1.0.0";
constexpr std::size_t kLargestFile = 1 << 20;  // bytes
// Codes of the specification.
constexpr int kInvalidEnvironment = 4;
constexpr int kDecode = 6;
constexpr int kInvalidConfig = 7;
constexpr int kTryAgain = 11;
constexpr int kOther = 100;

struct Failure {
  int code = kOther;
  std::string message = {};
};

// The config of a call, and where that of its delegate is kept.
struct Work {
  Struct config;
  std::string version;
  std::string subnet_file;
  std::string data;  // a directory
  std::string kept;  // a file
};

Answer Fail(const std::string& version, const Failure& failure) {
  return {.output = kube::ToJson(Object({{"cniVersion", version},
                                         {"code", failure.code},
                                         {"msg", "flannel: " + failure.message}})),
          .exit_code = 1};
}

std::string TextOr(const Struct& object, std::string_view key, const char* otherwise) {
  const std::string text = TextAt(object, {key});
  return text.empty() ? otherwise : text;
}

// What the delegate `config` says, by the program of its type in CNI_PATH.
Answer Delegate(const Call& call, const Work& work, const Struct& config) {
  const std::string type = TextAt(config, {"type"});
  const std::string path = call.variable("CNI_PATH");
  for (const auto directory : absl::StrSplit(path, ':', absl::SkipEmpty())) {
    const auto exit =
        call.run(std::format("{}/{}", std::string(directory), type), kube::ToJson(config));
    if (exit.ok()) {
      return {.output = {}, .exit_code = *exit};
    }
    if (!absl::IsNotFound(exit.status())) {
      return Fail(work.version, {.message = std::string(base::MessageOf(exit.status()))});
    }
  }
  return Fail(work.version, {.code = kInvalidEnvironment,
                             .message = std::format("there is no plugin {} in {}", type, path)});
}

Answer Add(const Call& call, const Work& work) {
  const auto text = sys::ReadFile(work.subnet_file, kLargestFile);
  if (!text.ok()) {
    return Fail(work.version, {.code = kTryAgain,
                               .message = std::format("it has no subnet yet: {}",
                                                      base::MessageOf(text.status()))});
  }
  const auto subnet = ParseSubnet(*text);
  if (!subnet.ok()) {
    return Fail(work.version, {.code = kTryAgain,
                               .message = std::format("{}: {}", work.subnet_file,
                                                      base::MessageOf(subnet.status()))});
  }
  const auto delegate = DelegateConfig(work.config, *subnet);
  if (!delegate.ok()) {
    return Fail(work.version,
                {.code = kInvalidConfig, .message = std::string(delegate.status().message())});
  }
  std::error_code error;  // told by the write
  std::filesystem::create_directories(work.data, error);
  const absl::Status kept = sys::WriteFileAtomically(work.kept, kube::ToJson(*delegate), 0600);
  return kept.ok() ? Delegate(call, work, *delegate)
                   : Fail(work.version, {.message = std::string(base::MessageOf(kept))});
}

// What ADD delegated, with what this call knows of its result.
absl::StatusOr<Struct> Kept(const Work& work) {
  ASSIGN_OR_RETURN(const std::string text, sys::ReadFile(work.kept, kLargestFile));
  ASSIGN_OR_RETURN(Struct delegate, kube::FromJson(text));
  if (const auto* const result = Find(work.config, {"prevResult"}); result != nullptr) {
    Set(delegate, "prevResult", *result);
  }
  return delegate;
}

Answer Check(const Call& call, const Work& work) {
  const auto delegate = Kept(work);
  return delegate.ok()
             ? Delegate(call, work, *delegate)
             : Fail(work.version, {.message = std::string(base::MessageOf(delegate.status()))});
}

// Twice is once: runtimes repeat it until it succeeds.
Answer Delete(const Call& call, const Work& work) {
  const auto delegate = Kept(work);
  if (absl::IsNotFound(delegate.status())) {
    return {};
  }
  if (!delegate.ok()) {
    return Fail(work.version, {.message = std::string(base::MessageOf(delegate.status()))});
  }
  Answer answer = Delegate(call, work, *delegate);
  if (answer.exit_code == 0) {
    const absl::Status removed = sys::RemoveFile(work.kept);
    if (!removed.ok()) {
      return Fail(work.version, {.message = std::string(base::MessageOf(removed))});
    }
  }
  return answer;
}

Answer Version(const std::string& version) {
  const std::vector<std::string> known = {"0.1.0", "0.2.0", "0.3.0", "0.3.1", "0.4.0", kVersion};
  return {.output = kube::ToJson(Object({{"cniVersion", version}, {"supportedVersions", known}})),
          .exit_code = 0};
}

}  // namespace

Answer Handle(const Call& call) {
  const std::string command = call.variable("CNI_COMMAND");
  auto config = kube::FromJson(call.input);
  if (!config.ok()) {
    return Fail(kVersion, {.code = kDecode, .message = std::string(config.status().message())});
  }
  const std::string version = TextOr(*config, "cniVersion", kVersion);
  if (command == "VERSION") {
    return Version(version);
  }
  const std::string container = call.variable("CNI_CONTAINERID");
  if (!IsContainerId(container)) {
    return Fail(version, {.code = kInvalidEnvironment,
                          .message = std::format("CNI_CONTAINERID is \"{}\"", container)});
  }
  Work work{.config = *std::move(config), .version = version};
  work.subnet_file = TextOr(work.config, "subnetFile", "/run/flannel/subnet.env");
  work.data = TextOr(work.config, "dataDir", "/var/lib/cni/flannel");
  work.kept = std::format("{}/{}", work.data, container);
  if (command == "ADD") {
    return Add(call, work);
  }
  if (command == "DEL") {
    return Delete(call, work);
  }
  if (command == "CHECK") {
    return Check(call, work);
  }
  return Fail(version, {.code = kInvalidEnvironment,
                        .message = std::format("CNI_COMMAND is \"{}\": expected ADD, DEL, CHECK or "
                                               "VERSION",
                                               command)});
}

}  // namespace ichor::cni
