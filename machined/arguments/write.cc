#include "machined/arguments/write.h"

#include <format>
#include <string_view>

#include "lib/base/status.h"
#include "machined/arguments/additions.h"

namespace ichor {
namespace {

constexpr std::size_t kLargest = 64 << 10;  // bytes
constexpr std::string_view kUkis = "EFI/Linux";
constexpr std::string_view kSlots = "ichor";  // what GRUB boots
constexpr std::string_view kAddonDirectory = ".efi.extra.d";

using Change = absl::StatusOr<std::string> (*)(std::string_view bytes,
                                               const std::vector<std::string>& arguments);

absl::Status ChangeFile(sys::MountedFiles& efi, const std::string& path, Change change,
                        const std::vector<std::string>& arguments) {
  ASSIGN_OR_RETURN(const std::string before, efi.Read(path, kLargest));
  ASSIGN_OR_RETURN(const std::string after, change(before, arguments));
  return after == before ? absl::OkStatus() : efi.Overwrite(path, after);
}

// GRUB is not on every board.
absl::Status WriteForGrub(sys::MountedFiles& efi, const std::vector<std::string>& arguments) {
  const auto slots = efi.List(std::string(kSlots));
  if (absl::IsNotFound(slots.status())) {
    return absl::OkStatus();
  }
  RETURN_IF_ERROR(slots.status());
  for (const std::string& slot : *slots) {
    RETURN_IF_ERROR(
        ChangeFile(efi, std::format("{}/{}/cmdline.cfg", kSlots, slot), AddToVariables, arguments));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status WriteArguments(sys::MountedFiles& efi, const std::vector<std::string>& arguments) {
  RETURN_IF_ERROR(WriteForGrub(efi, arguments));
  ASSIGN_OR_RETURN(const std::vector<std::string> names, efi.List(std::string(kUkis)));
  bool found = false;
  for (const std::string& name : names) {
    if (name.ends_with(kAddonDirectory)) {
      found = true;
      RETURN_IF_ERROR(ChangeFile(efi, std::format("{}/{}/additions.addon.efi", kUkis, name),
                                 AddToAddon, arguments));
    }
  }
  return found ? absl::OkStatus()
               : absl::NotFoundError("the EFI partition has no addon for the kernel's arguments");
}

}  // namespace ichor
