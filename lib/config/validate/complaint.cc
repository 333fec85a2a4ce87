#include "lib/config/validate/complaint.h"

#include <functional>
#include <utility>

#include "catch2/catch_test_macros.hpp"
#include "lib/config/yaml.h"

namespace ichor::config {
namespace {

void CheckEach(Cases cases, const std::function<std::string(std::string_view)>& text_of) {
  for (const Case& one : cases) {
    INFO(one.lines);
    CHECK(Complaint(text_of(one.lines)) == one.findings);
  }
}

}  // namespace

std::string Complaint(std::string text, const ValidateOptions& options) {
  const auto config = Load("", std::move(text));
  if (!config.ok()) return std::string(config.status().message());
  std::string lines;
  for (const Finding& finding : Validate(*config, options)) {
    lines += (lines.empty() ? "" : "\n") + ToString(finding);
  }
  return lines;
}

std::string DocumentText(std::string_view kind, std::string_view rest) {
  return Cat("apiVersion: v1alpha1\nkind: ", kind, "\n", rest, "\n");
}

std::string Worker(std::string_view machine, std::string_view cluster) {
  return Cat("machine:\n  type: worker\n  ca: {crt: YQ==}\n", machine,
             "cluster:\n  controlPlane: {endpoint: https://a.example.org:6443}\n", cluster);
}

std::string ControlPlane(std::string_view machine, std::string_view cluster) {
  return Cat("machine:\n  type: controlplane\n  ca: {crt: YQ==, key: YQ==}\n", machine,
             "cluster:\n  controlPlane: {endpoint: https://a.example.org:6443}\n", cluster);
}

void CheckTexts(Cases cases) {
  CheckEach(cases, [](std::string_view text) { return std::string(text); });
}

void CheckWorker(Cases machine) {
  CheckEach(machine, [](std::string_view lines) { return Worker(lines); });
}

void CheckWorkerCluster(Cases cluster) {
  CheckEach(cluster, [](std::string_view lines) { return Worker("", lines); });
}

void CheckControlPlane(Cases machine) {
  CheckEach(machine, [](std::string_view lines) { return ControlPlane(lines); });
}

void CheckControlPlaneCluster(Cases cluster) {
  CheckEach(cluster, [](std::string_view lines) { return ControlPlane("", lines); });
}

void CheckDocument(std::string_view kind, Cases rest) {
  CheckEach(rest, [&](std::string_view lines) { return DocumentText(kind, lines); });
}

void CheckControlPlaneDocument(std::string_view kind, Cases keys) {
  CheckEach(keys, [&](std::string_view line) {
    return Cat(ControlPlane(""), "---\n{apiVersion: v1alpha1, kind: ", kind,
               line.empty() ? "" : ", ", line, "}\n");
  });
}

void CheckInterfaces(Cases items) {
  CheckEach(items, [](std::string_view list) {
    return Worker(Cat("  network:\n    interfaces: [", list, "]\n"));
  });
}

}  // namespace ichor::config
