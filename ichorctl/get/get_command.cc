#include "ichorctl/get/get_command.h"

#include <format>
#include <memory>
#include <string>
#include <vector>

#include "cosi/resource/state.pb.h"
#include "ichorctl/get/definition.h"
#include "ichorctl/get/printer.h"
#include "ichorctl/nodes/nodes.h"
#include "lib/base/status.h"

namespace ichor::ctl {
namespace {

struct Options {
  std::string ns;
  std::string form = "table";
  bool watch = false;
};

// What is asked for: all of a type, or one.
struct Wish {
  std::string ns;
  std::string type;
  std::string id;
};

absl::Status Get(Nodes& nodes, const std::string& node, const Wish& wish, Printer& printer) {
  if (!wish.id.empty()) {
    cosi::resource::GetRequest request;
    request.set_namespace_(wish.ns);
    request.set_type(wish.type);
    request.set_id(wish.id);
    return AskOne<cosi::resource::GetResponse>(
        nodes, node, "/cosi.resource.State/Get", request,
        [&](const cosi::resource::GetResponse& reply) {
          return printer.Add({.node = node, .event = {}, .resource = reply.resource()});
        });
  }
  cosi::resource::ListRequest request;
  request.set_namespace_(wish.ns);
  request.set_type(wish.type);
  return AskOne<cosi::resource::ListResponse>(
      nodes, node, "/cosi.resource.State/List", request,
      [&](const cosi::resource::ListResponse& reply) {
        return printer.Add({.node = node, .event = {}, .resource = reply.resource()});
      });
}

absl::Status ShowEvent(const std::string& node, const cosi::resource::Event& event, bool& running,
                       Printer& printer) {
  switch (event.event_type()) {
    case cosi::resource::CREATED:
      RETURN_IF_ERROR(
          printer.Add({.node = node, .event = "created", .resource = event.resource()}));
      break;
    case cosi::resource::UPDATED:
      RETURN_IF_ERROR(
          printer.Add({.node = node, .event = "updated", .resource = event.resource()}));
      break;
    case cosi::resource::DESTROYED:
      RETURN_IF_ERROR(
          printer.Add({.node = node, .event = "destroyed", .resource = event.resource()}));
      break;
    case cosi::resource::ERRORED:
      return absl::AbortedError("watch: " + event.error());
    case cosi::resource::BOOTSTRAPPED:
      running = true;
      break;
    default:
      break;
  }
  if (running) {
    printer.Flush();
  }
  return absl::OkStatus();
}

absl::Status Watch(Nodes& nodes, const Wish& wish, Printer& printer) {
  cosi::resource::WatchRequest request;
  request.set_namespace_(wish.ns);
  request.set_type(wish.type);
  request.set_api_version(1);
  if (wish.id.empty()) {
    request.mutable_options()->set_bootstrap_contents(true);
  } else {
    request.set_id(wish.id);
  }
  bool running = !wish.id.empty();  // what is there is told
  return AskAll<cosi::resource::WatchResponse>(
      nodes, "/cosi.resource.State/Watch", request,
      [&](const std::string& node, const cosi::resource::WatchResponse& reply) {
        for (const cosi::resource::Event& event : reply.event()) {
          RETURN_IF_ERROR(ShowEvent(node, event, running, printer));
        }
        return absl::OkStatus();
      });
}

absl::Status Run(const NodeFlags& flags, const Options& options,
                 const std::vector<std::string>& arguments, Session& session) {
  ASSIGN_OR_RETURN(const std::unique_ptr<Nodes> nodes, Nodes::Open(session, flags));
  ASSIGN_OR_RETURN(const auto definition, FindDefinition(*nodes, arguments.front()));
  const Wish wish{.ns = options.ns.empty() ? definition.default_namespace() : options.ns,
                  .type = definition.resource_type(),
                  .id = arguments.size() > 1 ? arguments[1] : ""};
  ASSIGN_OR_RETURN(const std::unique_ptr<Printer> printer,
                   NewPrinter(session, options.form, options.watch, definition));
  if (options.watch) {
    const absl::Status status = Watch(*nodes, wish, *printer);
    printer->Flush();
    return status;
  }
  absl::Status failed;
  std::string lines;
  for (const std::string& node : nodes->names()) {
    if (const absl::Status status = Get(*nodes, node, wish, *printer); !status.ok()) {
      lines += std::format("{}{}: {}", lines.empty() ? "" : "\n", node, base::MessageOf(status));
      failed.Update(status);
    }
  }
  printer->Flush();
  return failed.ok() ? failed : absl::Status(failed.code(), lines);
}

}  // namespace

Command GetCommand(const SharedNodeFlags& flags) {
  const auto options = std::make_shared<Options>();
  return {.name = "get",
          .aliases = {"g"},
          .summary = "Shows resources: all of a type, or one",
          .description = "`ichorctl get rd` lists the types, with their aliases.",
          .examples = {{.about = "addresses, as they change", .line = "ichorctl get addresses -w"},
                       {.about = "one value",
                        .line = "ichorctl get hostname -o jsonpath='{.spec.hostname}'"}},
          .flags = WithNodeFlags(flags, Maintenance::kYes,
                                 {{.name = "namespace",
                                   .value = "NAMESPACE",
                                   .help = "another than that of the type",
                                   .target = &options->ns},
                                  {.name = "output",
                                   .letter = 'o',
                                   .value = "FORM",
                                   .help = "table, yaml, json or jsonpath=PATH",
                                   .target = &options->form},
                                  {.name = "watch",
                                   .letter = 'w',
                                   .help = "and how they change from now on",
                                   .target = &options->watch}}),
          .arguments = {{.name = "TYPE", .help = "a type or an alias of it"},
                        {.name = "ID", .help = "one resource", .required = false}},
          .run = [flags, options](Session& session, const std::vector<std::string>& arguments) {
            return Run(*flags, *options, arguments, session);
          }};
}

}  // namespace ichor::ctl
