#include "machined/hardware/smbios.h"

#include <string>
#include <vector>

#include "catch2/catch_test_macros.hpp"

namespace ichor {
namespace {

using std::string_literals::operator""s;

// A structure of `type` whose fields follow its header, and its strings.
std::string Structure(char type, const std::string& fields,
                      const std::vector<std::string>& strings) {
  std::string bytes = {type, static_cast<char>(fields.size() + 4), '\0', '\0'};
  bytes += fields;
  for (const std::string& text : strings) {
    bytes += text + '\0';
  }
  return bytes + (strings.empty() ? "\0\0"s : "\0"s);
}

std::string System() {
  return Structure(1,
                   "\1\2\3\4"
                   "\x33\x22\x11\x00\x55\x44\x77\x66\x88\x99\xaa\xbb\xcc\xdd\xee\xff"
                   "\x06\x05\0"s,
                   {"QEMU", "  Standard PC (Q35)  ", "pc-q35-9.2", "S 1", "sku"});
}

// A memory slot, with size and speed as they stand in the table.
std::string Memory(const std::string& size, const std::string& extended) {
  return Structure(17,
                   "\0\x10\xfe\xff\x40\0\x40\0"s + size + "\x09\0\1\2\7\0\0\x80\x0c\3\4\5\6\0"s +
                       extended + "\0\0"s,
                   {"DIMM 0", "BANK 0", "Maker", "serial", "tag", "part"});
}

}  // namespace

TEST_CASE("smbios: system, BIOS and the order of the UUID's bytes") {
  const Smbios smbios =
      ParseSmbios(Structure(0, "\1\2\0\0\3"s, {"SeaBIOS", "1.16.3", "2014"}) + System());
  CHECK(smbios.bios_version == "1.16.3");
  CHECK(smbios.system.manufacturer == "QEMU");
  CHECK(smbios.system.product_name == "Standard PC (Q35)");
  CHECK(smbios.system.version == "pc-q35-9.2");
  CHECK(smbios.system.serial_number == "S 1");
  CHECK(smbios.system.uuid == "00112233-4455-6677-8899-aabbccddeeff");
  CHECK(smbios.system.wake_up_type == "Power Switch");
  CHECK(smbios.system.sku_number == "sku");
}

TEST_CASE("smbios: a UUID of zeros or ones is none, fields that old tables lack are empty") {
  const std::string none = Structure(1, "\0\0\0\0"s + std::string(16, '\xff') + "\6"s, {});
  CHECK(ParseSmbios(none).system.uuid.empty());
  CHECK(ParseSmbios(none).system.manufacturer.empty());
  CHECK(ParseSmbios(none).system.wake_up_type == "Power Switch");
  const Smbios old = ParseSmbios(Structure(1, "\1\0\0\0"s, {"Old"}));
  CHECK(old.system.manufacturer == "Old");
  CHECK(old.system.uuid.empty());
  CHECK(old.system.wake_up_type.empty());
}

TEST_CASE("smbios: sizes of memory stand in MiB, in KiB, or in a field of their own") {
  const auto size = [](const std::string& bytes, const std::string& extended) {
    const Smbios smbios = ParseSmbios(Memory(bytes, extended));
    return smbios.memory.at(0).size_mib;
  };
  CHECK(size("\0\x40"s, "\0\0\0\0"s) == 16'384);
  CHECK(size("\0\x84"s, "\0\0\0\0"s) == 1);
  CHECK(size("\xff\x7f"s, "\0\0\1\0"s) == 65'536);
  CHECK(size("\0\0"s, "\0\0\0\0"s) == 0);
  CHECK(size("\xff\xff"s, "\0\0\0\0"s) == 0);
  const SmbiosMemory memory = ParseSmbios(Memory("\0\x40"s, "\0\0\0\0"s)).memory.at(0);
  CHECK(memory.device_locator == "DIMM 0");
  CHECK(memory.bank_locator == "BANK 0");
  CHECK(memory.speed == 3200);
  CHECK(memory.manufacturer == "Maker");
  CHECK(memory.product_name == "part");
}

TEST_CASE("smbios: more cores than fit in a byte stand in a wider field") {
  std::string fields(44, '\0');
  fields[0] = 1;              // socket
  fields[0x14 - 4] = '\xb8';  // 3000 MHz
  fields[0x15 - 4] = '\x0b';
  fields[0x18 - 4] = '\x41';
  fields[0x23 - 4] = '\xff';
  fields[0x24 - 4] = 12;
  fields[0x2a - 4] = '\x2c';
  fields[0x2b - 4] = 1;
  const Smbios smbios = ParseSmbios(Structure(4, fields, {"CPU 0"}));
  REQUIRE(smbios.processors.size() == 1);
  CHECK(smbios.processors[0].socket == "CPU 0");
  CHECK(smbios.processors[0].max_speed_mhz == 3000);
  CHECK(smbios.processors[0].status == 0x41);
  CHECK(smbios.processors[0].core_count == 300);
  CHECK(smbios.processors[0].core_enabled == 12);
}

TEST_CASE("smbios: reading stops at the end of the table and where it breaks off") {
  CHECK(ParseSmbios("").system.uuid.empty());
  CHECK(ParseSmbios(Structure(127, "", {}) + System()).system.uuid.empty());
  const std::string whole = System();
  for (size_t size = 0; size < whole.size(); ++size) {
    CHECK(ParseSmbios(whole.substr(0, size)).system.manufacturer.empty());
  }
  CHECK(ParseSmbios("\1\2\0\0\0\0"s).system.manufacturer.empty());
  CHECK(ParseSmbios(Structure(1, "\x09\0\0\0"s, {"x"})).system.manufacturer.empty());
}

}  // namespace ichor
