// What the runtime knows of one type: its rows, its writers, and whether it is known at all.
#pragma once

#include "lib/runtime/stated_rows.h"

namespace ichor {

struct TypeState {
  TypeState(Store& store, const Kind& kind) : rows(store, kind) {}

  // "Not known yet" is not "none": controllers wait until their inputs are known. What the world
  // answers (reports, controller states) is known from the start: nothing was done yet.
  bool known() const { return from_world || rows.complete(); }

  StatedRows rows;
  bool from_world = false;
};

}  // namespace ichor
