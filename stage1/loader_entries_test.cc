#include "stage1/loader_entries.h"

#include <catch2/catch_test_macros.hpp>
#include <string>
#include <vector>

namespace ichor::stage1 {
namespace {

// UTF-16 of ASCII text; '|' stands for zero.
std::vector<std::byte> Entries(const std::string& text) {
  std::vector<std::byte> bytes;
  for (const char c : text) {
    bytes.push_back(static_cast<std::byte>(c == '|' ? '\0' : c));
    bytes.push_back(std::byte{0});
  }
  return bytes;
}

}  // namespace

TEST_CASE("loader entries: the slot's, with or without a counter") {
  const auto entries = Entries("ichor-000001-a.efi|ichor-000002-B+2-1.efi|auto-reboot|");
  CHECK(FindEntry(entries, 'A').view() == "ichor-000001-a.efi");
  CHECK(FindEntry(entries, 'B').view() == "ichor-000002-B+2-1.efi");
  CHECK(FindEntry(Entries("ichor-000001-a.efi|"), 'B').empty());
}

TEST_CASE("loader entries: the greatest of several, and nothing that is not ours") {
  CHECK(FindEntry(Entries("ichor-000004-b.efi|ichor-000002-b.efi|"), 'B').view() ==
        "ichor-000004-b.efi");
  CHECK(FindEntry(Entries("ichor-b.efi|linux-1-b.efi|ichor-1-bc.efi|ichor-1-b|"), 'B').empty());
}

TEST_CASE("loader entries: what is cut off, or is no text, is passed over") {
  auto entries = Entries("ichor-000001-a.efi");
  CHECK(FindEntry(entries, 'A').empty());
  entries = Entries("ichor-000001-a.efi|");
  entries[13] = std::byte{1};
  CHECK(FindEntry(entries, 'A').empty());
  CHECK(FindEntry(Entries("ichor-1-a" + std::string(300, 'x') + ".efi|"), 'A').empty());
}

}  // namespace ichor::stage1
