#pragma once

#include <memory>

#include "base/clock.h"
#include "base/result.h"

namespace reelbatch::app {

/// The machine's clock; with SOURCE_DATE_EPOCH in the environment what is written bears that time,
/// so that two trees can be compared byte for byte. Errors: invalid_argument (it is not a number of
/// seconds).
base::Result<std::unique_ptr<base::Clock>> ChooseClock();

}  // namespace reelbatch::app
