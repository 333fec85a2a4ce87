#include "lib/resource/set_field.h"

#include "catch2/catch_test_macros.hpp"
#include "talos/resource/definitions/network/network.pb.h"

namespace ichor {
namespace {

namespace enums = talos::resource::definitions::enums;
using talos::resource::definitions::network::BondMasterSpec;

}  // namespace

TEST_CASE("set field: words, numbers and switches are taken") {
  BondMasterSpec bond;
  CHECK(SetField(bond, "mode", "802.3ad"));
  CHECK(bond.mode() == enums::BOND_MODE8023_AD);
  CHECK(SetField(bond, "mode", "1"));
  CHECK(bond.mode() == enums::BOND_MODE_ACTIVE_BACKUP);
  CHECK(SetField(bond, "mii_mon", "100"));
  CHECK(bond.mii_mon() == 100);
  CHECK(SetField(bond, "use_carrier", "1"));
  CHECK(bond.use_carrier());
  CHECK(SetField(bond, "ad_lacp_active", "off"));
  CHECK(bond.has_ad_lacp_active());
}

TEST_CASE("set field: other text changes nothing") {
  BondMasterSpec bond;
  for (const char* const text : {"", "fast", "-1", "17", "0x1", "1 "}) {
    CHECK_FALSE(SetField(bond, "mode", text));
  }
  for (const char* const text : {"", "x", "-1", "4294967296", "1.5"}) {
    CHECK_FALSE(SetField(bond, "mii_mon", text));
  }
  CHECK_FALSE(SetField(bond, "use_carrier", "perhaps"));
  CHECK(bond.ByteSizeLong() == 0);
}

}  // namespace ichor
