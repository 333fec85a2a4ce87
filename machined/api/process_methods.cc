#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "google/protobuf/empty.pb.h"
#include "lib/base/status.h"
#include "machine/machine.pb.h"
#include "machined/api/areas.h"
#include "machined/api/parse/process.h"

namespace ichor::api {
namespace {

using google::protobuf::Empty;

constexpr size_t kMaxBytes = 64 << 10;  // of what a process says of itself

bool IsPid(const std::string& name) {
  return std::ranges::all_of(name, [](char c) { return c >= '0' && c <= '9'; });
}

// The process may end while it is read: then there is no `stat` any more, or something else fails.
absl::StatusOr<machine::ProcessInfo> ReadProcess(sys::FileView& files, const std::string& pid) {
  const std::string directory = "/proc/" + pid + "/";
  parse::ProcessFiles texts;
  ASSIGN_OR_RETURN(texts.stat, files.Read(directory + "stat", kMaxBytes));
  texts.status = files.Read(directory + "status", kMaxBytes).value_or("");
  texts.cmdline = files.Read(directory + "cmdline", kMaxBytes).value_or("");
  texts.executable = files.ReadLink(directory + "exe").value_or("");
  texts.label = files.Read(directory + "attr/current", kMaxBytes).value_or("");
  return parse::ProcessOf(texts);
}

absl::StatusOr<machine::ProcessesResponse> ReadProcesses(sys::FileView& files) {
  ASSIGN_OR_RETURN(const std::vector<std::string> names, files.Entries("/proc"));
  machine::ProcessesResponse reply;
  machine::Process& list = *reply.add_messages();
  for (const std::string& name : names) {
    if (!IsPid(name)) {
      continue;
    }
    absl::StatusOr<machine::ProcessInfo> process = ReadProcess(files, name);
    if (process.ok()) {
      *list.add_processes() = *std::move(process);
    }
  }
  return reply;
}

}  // namespace

void AddProcessMethods(Methods& methods) {
  methods.Blocking<Empty>(
      "/machine.MachineService/Processes",
      [&files = methods.context().files](const Empty&) { return ReadProcesses(files); });
}

}  // namespace ichor::api
