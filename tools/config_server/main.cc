// Answers questions about configs, for tests that compare them with another implementation.
//
// Standard input is a row of requests: a line "OPERATION COUNT", then COUNT texts, each a line with
// its length in bytes and the bytes. Each answer is a line "ok LENGTH" or "error LENGTH" and the
// bytes. Operations:
//   load CONFIG            the text
//   encode CONFIG          its documents written anew, from what they mean
//   patch CONFIG PATCH…    the patched text
//   migrate CONFIG PATCH…  the same, old fields of the patches moved to where CONFIG says them
//   migrate-whole CONFIG KIND…  the config in the current form, without documents of these kinds
//   kinds                  the names of all kinds, one a line
//   redact CONFIG TEXT     the config with TEXT in the place of each secret
//   validate MODE CONFIG   all findings, one a line
//   time COUNT CONFIG      nanoseconds that reading and validating took, COUNT times, as a list
//   time-patch COUNT CONFIG PATCH…   the same of reading the patches and applying them to CONFIG
//   random-config SEED, random-patch SEED
#include <functional>
#include <iostream>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "lib/base/clock.h"
#include "lib/base/status.h"
#include "lib/config/config.h"
#include "lib/config/encode.h"
#include "lib/config/migrate/migrate.h"
#include "lib/config/patch.h"
#include "lib/config/random_config.h"
#include "lib/config/redact.h"
#include "lib/config/validate/validate.h"

namespace ichor::config {
namespace {

using Texts = std::vector<std::string>;

absl::StatusOr<Config> WithPatches(const Config& config, std::span<const std::string> texts) {
  std::vector<Patch> patches;
  for (const std::string& text : texts) {
    ASSIGN_OR_RETURN(Patch patch, ParsePatch("patch", text));
    patches.push_back(std::move(patch));
  }
  return ApplyPatches(config, patches);
}

absl::StatusOr<std::string> Patched(const Texts& texts) {
  ASSIGN_OR_RETURN(const Config config, Load("config", texts[0]));
  ASSIGN_OR_RETURN(const Config patched, WithPatches(config, std::span(texts).subspan(1)));
  return patched.text();
}

absl::StatusOr<std::string> Migrated(const Texts& texts) {
  ASSIGN_OR_RETURN(Config config, Load("config", texts[0]));
  for (size_t i = 1; i < texts.size(); ++i) {
    ASSIGN_OR_RETURN(const Patch patch, ParsePatch("patch", texts[i]));
    ASSIGN_OR_RETURN(const MigratedPatch migrated, MigratePatch(patch, config));
    ASSIGN_OR_RETURN(config, ApplyPatches(config, {&migrated.patch, 1}));
  }
  return config.text();
}

absl::StatusOr<std::string> MigratedWhole(const Texts& texts) {
  ASSIGN_OR_RETURN(const Config config, Load("config", texts[0]));
  ASSIGN_OR_RETURN(const MigratedConfig migrated,
                   Migrate(config, {.unknown_kinds = {texts.begin() + 1, texts.end()}}));
  return migrated.config.text();
}

absl::StatusOr<std::string> Encoded(const Texts& texts) {
  ASSIGN_OR_RETURN(const Config config, Load("config", texts[0]));
  std::string text;
  for (const Document& document : config.documents()) {
    text += (text.empty() ? "" : "---\n") + Encode(*document.message);
  }
  return text;
}

absl::StatusOr<std::string> Redacted(const Texts& texts) {
  if (texts.size() < 2) return absl::InvalidArgumentError("expected a config and a text");
  ASSIGN_OR_RETURN(const Config config, Load("config", texts[0]));
  return Redact(config, texts[1]);
}

std::string KindNames() {
  std::string names;
  for (const Kind& kind : AllKinds()) {
    if (!kind.legacy()) names += kind.name + "\n";
  }
  return names;
}

absl::StatusOr<std::string> Validated(const Texts& texts) {
  const auto mode = ParseMode(texts[0]);
  if (!mode || texts.size() < 2) return absl::InvalidArgumentError("expected a mode and a config");
  ASSIGN_OR_RETURN(const Config config, Load("config", texts[1]));
  std::string lines;
  for (const Finding& finding : Validate(config, {.mode = *mode})) {
    lines += ToString(finding) + "\n";
  }
  return lines;
}

// How long `work` took, for each of texts[0] times.
absl::StatusOr<std::string> Timed(const Texts& texts, const std::function<absl::Status()>& work) {
  size_t count = 0;
  if (!absl::SimpleAtoi(texts[0], &count) || texts.size() < 2) {
    return absl::InvalidArgumentError("expected a count and a config");
  }
  const base::RealClock clock;
  std::string times;
  for (size_t i = 0; i < count; ++i) {
    const auto start = clock.Monotonic();
    RETURN_IF_ERROR(work());
    times += std::to_string((clock.Monotonic() - start).count()) + " ";
  }
  return times;
}

absl::StatusOr<std::string> TimedReading(const Texts& texts) {
  return Timed(texts, [&]() -> absl::Status {
    ASSIGN_OR_RETURN(const Config config, Load("config", texts[1]));
    Validate(config, {});
    return absl::OkStatus();
  });
}

absl::StatusOr<std::string> TimedPatching(const Texts& texts) {
  if (texts.size() < 2) return absl::InvalidArgumentError("expected a count and a config");
  ASSIGN_OR_RETURN(const Config config, Load("config", texts[1]));
  return Timed(texts, [&] { return WithPatches(config, std::span(texts).subspan(2)).status(); });
}

absl::StatusOr<std::string> Answer(const std::string& operation, const Texts& texts) {
  if (operation == "kinds") return KindNames();
  if (texts.empty()) return absl::InvalidArgumentError("a request without a text");
  if (operation == "patch") return Patched(texts);
  if (operation == "migrate") return Migrated(texts);
  if (operation == "migrate-whole") return MigratedWhole(texts);
  if (operation == "encode") return Encoded(texts);
  if (operation == "redact") return Redacted(texts);
  if (operation == "validate") return Validated(texts);
  if (operation == "time") return TimedReading(texts);
  if (operation == "time-patch") return TimedPatching(texts);
  if (operation == "load") {
    ASSIGN_OR_RETURN(const Config config, Load("config", texts[0]));
    return config.text();
  }
  std::uint32_t seed = 0;
  if (!absl::SimpleAtoi(texts[0], &seed)) return absl::InvalidArgumentError("no seed");
  if (operation == "random-config") return RandomConfig(seed).Config();
  if (operation == "random-patch") return RandomConfig(seed).Patch();
  return absl::UnimplementedError("unknown operation " + operation);
}

// One request; nothing at the end of the input.
bool ReadRequest(std::string& operation, Texts& texts) {
  size_t count = 0;
  if (!(std::cin >> operation >> count)) return false;
  texts.assign(count, "");
  for (std::string& text : texts) {
    size_t size = 0;
    std::cin >> size;
    std::cin.ignore();
    text.resize(size);
    std::cin.read(text.data(), static_cast<std::streamsize>(size));
  }
  return static_cast<bool>(std::cin);
}

void Serve() {
  std::string operation;
  Texts texts;
  while (ReadRequest(operation, texts)) {
    const absl::StatusOr<std::string> answer = Answer(operation, texts);
    const std::string text = answer.ok() ? *answer : std::string(answer.status().message());
    std::cout << (answer.ok() ? "ok " : "error ") << text.size() << "\n" << text << std::flush;
  }
}

}  // namespace
}  // namespace ichor::config

int main() {
  std::ios::sync_with_stdio(false);
  ichor::config::Serve();
  return 0;
}
