#include "tools/reference/api_page.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include "absl/log/check.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "cluster/cluster.pb.h"
#include "cosi/resource/state.pb.h"
#include "google/protobuf/descriptor.h"
#include "ichor/node_service.pb.h"
#include "inspect/inspect.pb.h"
#include "lib/rpc/role_table.h"
#include "machine/machine.pb.h"
#include "security/security.pb.h"
#include "storage/storage.pb.h"
#include "time/time.pb.h"
#include "tools/reference/field_type.h"

namespace ichor::reference {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::DescriptorPool;
using google::protobuf::FieldDescriptor;
using google::protobuf::MethodDescriptor;

constexpr std::string_view kBegin = R"(# API

Every method that a node has on port 50000, by mutual TLS. `ichorctl` and other clients of this API call them; `nodes` and `node` in a call's metadata
name the nodes that are meant. Roles are the organisations of the client's certificate. On a node without a config anybody may call what a reader may, and what
says yes in the column "Maintenance". Made by `./ichor reference` from the messages and the table of roles.

)";

// Generated code registers a file's descriptors once something of it is linked.
const DescriptorPool& Pool() {
  for (const Descriptor* linked :
       {cluster::HealthCheckRequest::descriptor(), cosi::resource::GetRequest::descriptor(),
        v1::ApplyRequest::descriptor(), inspect::ControllerRuntimeDependency::descriptor(),
        machine::RebootRequest::descriptor(), securityapi::CertificateRequest::descriptor(),
        storage::Disk::descriptor(), time_api::TimeRequest::descriptor()}) {
    CHECK(linked != nullptr);
  }
  return *DescriptorPool::generated_pool();
}

// The package `time` is time_api in our messages, since C++ has a function of that name.
constexpr std::string_view kTime = "time.";
constexpr std::string_view kTimeInCode = "time_api.";

std::string Swapped(std::string_view name, std::string_view from, std::string_view to) {
  return std::string(name.starts_with(from) ? to : "") +
         std::string(name.substr(name.starts_with(from) ? from.size() : 0));
}

std::string OnTheWire(std::string_view name) {
  return Swapped(name, kTimeInCode, kTime);
}

const MethodDescriptor& MethodOf(const rpc::RoleRow& row) {
  const std::string name =
      Swapped(absl::StrReplaceAll(row.method.substr(1), {{"/", "."}}), kTime, kTimeInCode);
  const MethodDescriptor* const method = Pool().FindMethodByName(name);
  CHECK(method != nullptr) << name << " is in the table of roles and in no message file";
  return *method;
}

std::string Quoted(const Descriptor& message) {
  return "`" + OnTheWire(message.full_name()) + "`";
}

// Messages in the order in which somebody who reads from the top meets them.
void Meet(const Descriptor& message, std::vector<const Descriptor*>& met) {
  if (message.options().map_entry() || std::ranges::find(met, &message) != met.end()) {
    return;
  }
  met.push_back(&message);
  for (int i = 0; i < message.field_count(); ++i) {
    if (const Descriptor* const inner = message.field(i)->message_type()) {
      Meet(*inner, met);
    }
  }
}

std::string RowOf(const rpc::RoleRow& row, const MethodDescriptor& method) {
  const auto stream = [](bool is) { return is ? "stream of " : ""; };
  std::vector<std::string> roles = row.roles;
  if (row.reader_in_maintenance) {
    std::erase(roles, "os:reader");
  }
  return absl::StrCat("| ", std::string(method.name()), " | ", stream(method.client_streaming()),
                      Quoted(*method.input_type()), " | ", stream(method.server_streaming()),
                      Quoted(*method.output_type()), " | ", absl::StrJoin(roles, ", "), " | ",
                      row.reader_in_maintenance ? "yes" : "", " |\n");
}

std::string SectionOf(const Descriptor& message) {
  std::string text = "\n### " + OnTheWire(message.full_name()) + "\n\n";
  if (message.field_count() == 0) {
    return text + "No fields.\n";
  }
  text += "| Field | Type |\n|---|---|\n";
  for (int i = 0; i < message.field_count(); ++i) {
    const FieldDescriptor& field = *message.field(i);
    text += "| `" + std::string(field.name()) + "` | " + TypeOf(field) + " |\n";
  }
  return text;
}

}  // namespace

std::string ApiPage() {
  std::string text(kBegin);
  text += "## Methods\n";
  std::vector<const Descriptor*> met;
  const google::protobuf::ServiceDescriptor* service = nullptr;
  for (const rpc::RoleRow& row : rpc::RoleTable()) {
    const MethodDescriptor& method = MethodOf(row);
    if (method.service() != service) {
      service = method.service();
      text += "\n### " + OnTheWire(service->full_name()) +
              "\n\n| Method | Request | Reply | Roles | Maintenance |\n|---|---|---|---|---|\n";
    }
    text += RowOf(row, method);
    Meet(*method.input_type(), met);
    Meet(*method.output_type(), met);
  }
  text += "\n## Messages\n";
  for (const Descriptor* message : met) {
    text += SectionOf(*message);
  }
  return text;
}

}  // namespace ichor::reference
