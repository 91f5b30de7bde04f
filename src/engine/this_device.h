#pragma once

#include "contracts/cost_row.h"

namespace reelbatch::engine {

/// The device profile of this machine.
contracts::DeviceProfile ThisDevice();

}  // namespace reelbatch::engine
