#pragma once

#include <span>

#include "contracts/video.h"

namespace reelbatch::contracts {

/// Frame rates that cameras, editors and the web use; those of broadcast and film come first.
std::span<const Rational> StandardFrameRates();

/// The standard rate within 0.02 % of `rate`, because containers and people round; else
/// `rate`. 24 and 24000/1001 differ by 0.1 %.
Rational SnappedRate(const Rational& rate);

}  // namespace reelbatch::contracts
