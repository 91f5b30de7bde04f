#pragma once

#include "contracts/cost_row.h"

namespace reelbatch::engine {

/// The device that this program runs on.
contracts::DeviceProfile ThisDevice();

}  // namespace reelbatch::engine
