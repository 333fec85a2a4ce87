// What crashed, in this boot and before it.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "ichor/boot.resources.h"
#include "lib/runtime/runtime.h"

namespace ichor {

// A source of CrashRecord: "000003" for the third of this boot, "before-000001" for the oldest that
// is known of earlier boots. Loop's thread only.
class CrashLog {
 public:
  static constexpr std::size_t kMost = 64;  // of this boot; the oldest go

  // `runtime` must outlive this.
  explicit CrashLog(Runtime& runtime);
  CrashLog(const CrashLog&) = delete;
  CrashLog& operator=(const CrashLog&) = delete;

  // `number` counts from the boot.
  void Add(std::uint64_t number, boot::CrashRecord::Spec record);

  // What was kept of earlier boots, oldest first: by pstore today, by META once a config is
  // accepted. Replaces what was said before.
  void SetEarlier(std::vector<boot::CrashRecord::Spec> records);

 private:
  static constexpr std::string_view kSource = "init.crashes";

  void Publish();

  Runtime& runtime_;
  std::map<std::uint64_t, boot::CrashRecord::Spec> records_;
  std::vector<boot::CrashRecord::Spec> earlier_;
};

}  // namespace ichor
