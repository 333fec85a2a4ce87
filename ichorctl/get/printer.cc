#include "ichorctl/get/printer.h"

#include <format>
#include <functional>
#include <ostream>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "ichorctl/get/json.h"
#include "ichorctl/get/json_path.h"
#include "ichorctl/get/table_writer.h"
#include "lib/base/status.h"
#include "lib/yaml/document.h"

namespace ichor::ctl {
namespace {

constexpr std::string_view kJsonPath = "jsonpath=";

class TablePrinter : public Printer {
 public:
  TablePrinter(Session& session, bool watch, std::string display_type)
      : writer_(session.out), watch_(watch), display_type_(std::move(display_type)) {}

  absl::Status AddColumns(const cosi::resource::meta::ResourceDefinitionSpec& definition) {
    std::vector<std::string> header = {"NODE", "NAMESPACE", "TYPE", "ID", "VERSION"};
    if (watch_) {
      header.insert(header.begin() + 1, "*");
    }
    for (const auto& column : definition.print_columns()) {
      ASSIGN_OR_RETURN(JsonPath path, JsonPath::Parse(column.json_path()));
      paths_.push_back(std::move(path));
      header.push_back(absl::AsciiStrToUpper(column.name()));
    }
    writer_.Add(std::move(header));
    return absl::OkStatus();
  }

  absl::Status Add(const Shown& shown) override {
    const cosi::resource::Metadata& metadata = shown.resource.metadata();
    std::vector<std::string> row = {shown.node, metadata.namespace_(), display_type_, metadata.id(),
                                    metadata.version()};
    if (watch_) {
      const std::string mark = shown.event == "created"     ? "+"
                               : shown.event == "destroyed" ? "-"
                                                            : "";
      row.insert(row.begin() + 1, mark);
    }
    const std::string& yaml = shown.resource.spec().yaml_spec();
    yml::Source source{.file = {}, .text = yaml.empty() ? "null" : yaml};
    ASSIGN_OR_RETURN(const yml::Node spec, yml::ReadDocument(source));
    for (const JsonPath& path : paths_) {
      row.push_back(path.Evaluate(spec));
    }
    writer_.Add(std::move(row));
    return absl::OkStatus();
  }

  void Flush() override { writer_.Flush(); }

 private:
  TableWriter writer_;
  const bool watch_;
  const std::string display_type_;
  std::vector<JsonPath> paths_;
};

class YamlPrinter : public Printer {
 public:
  explicit YamlPrinter(Session& session) : out_(session.out) {}

  absl::Status Add(const Shown& shown) override {
    out_ << (std::exchange(first_, false) ? "" : "---\n") << ResourceYaml(shown) << std::flush;
    return absl::OkStatus();
  }
  void Flush() override {}

 private:
  std::ostream& out_;
  bool first_ = true;
};

// JSON, or what a path finds in it.
class NodePrinter : public Printer {
 public:
  NodePrinter(Session& session, std::function<std::string(const yml::Node&)> text)
      : out_(session.out), text_(std::move(text)) {}

  absl::Status Add(const Shown& shown) override {
    yml::Source source{.file = {}, .text = ResourceYaml(shown)};
    ASSIGN_OR_RETURN(const yml::Node resource, yml::ReadDocument(source));
    out_ << text_(resource) << '\n' << std::flush;
    return absl::OkStatus();
  }
  void Flush() override {}

 private:
  std::ostream& out_;
  const std::function<std::string(const yml::Node&)> text_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Printer>> NewPrinter(
    Session& session, std::string_view form, bool watch,
    const cosi::resource::meta::ResourceDefinitionSpec& definition) {
  if (form == "table") {
    auto printer = std::make_unique<TablePrinter>(session, watch, definition.display_type());
    RETURN_IF_ERROR(printer->AddColumns(definition));
    return printer;
  }
  if (form == "yaml") {
    return std::make_unique<YamlPrinter>(session);
  }
  if (form == "json") {
    return std::make_unique<NodePrinter>(session, ToIndentedJson);
  }
  if (form.starts_with(kJsonPath)) {
    ASSIGN_OR_RETURN(const JsonPath path, JsonPath::Parse(form.substr(kJsonPath.size())));
    return std::make_unique<NodePrinter>(
        session, [path](const yml::Node& resource) { return path.Evaluate(resource); });
  }
  return absl::InvalidArgumentError(
      std::format("output format \"{}\" is not supported: table, yaml, json or jsonpath=…", form));
}

}  // namespace ichor::ctl
