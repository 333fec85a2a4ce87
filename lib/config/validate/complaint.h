// What validation says of texts; for tests.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "lib/config/validate/validate.h"

namespace ichor::config {

// All findings, one a line, or why the text is no config.
std::string Complaint(std::string text, const ValidateOptions& options = {});

// A document of a kind with more lines.
std::string DocumentText(std::string_view kind, std::string_view rest);

// A machine in which everything is right; `machine` and `cluster` are more lines of these.
std::string Worker(std::string_view machine, std::string_view cluster = "");
std::string ControlPlane(std::string_view machine, std::string_view cluster = "");

// Lines and what validation says of them.
struct Case {
  std::string_view lines;
  std::string_view findings;  // one a line; empty: nothing is wrong
};

using Cases = std::initializer_list<Case>;

// Checks each case, as a whole config, as lines of a section, as a document.
void CheckTexts(Cases cases);
void CheckWorker(Cases machine);
void CheckWorkerCluster(Cases cluster);
void CheckControlPlane(Cases machine);
void CheckControlPlaneCluster(Cases cluster);
void CheckDocument(std::string_view kind, Cases rest);

// As above, behind the legacy document of a control plane, which is six lines; the keys stand in
// one line.
void CheckControlPlaneDocument(std::string_view kind, Cases keys);

// A list of the legacy document's interfaces.
void CheckInterfaces(Cases items);

}  // namespace ichor::config
