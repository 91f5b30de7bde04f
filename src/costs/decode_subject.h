#pragma once

#include <string_view>

#include "contracts/cost_row.h"

namespace reelbatch::costs {

/// Decoding with one thread, by FFmpeg's name of the codec: unit frame, terms by the names of
/// kDecodeDrivers.
contracts::CostSubject DecodeSubject(std::string_view codec, bool skip_loop_filter);

}  // namespace reelbatch::costs
