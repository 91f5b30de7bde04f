#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "contracts/event_list.h"
#include "eval/truth.h"

namespace reelbatch::app {

/// An inline SVG of what was recorded of the pairs of frames [from, to]: histogram, SSIM, flow with
/// the thresholds of their evidence, hard score with its line, and shaded events with confidence.
/// `marked`: where the mistake lies. Frames are the source's; of a sampled timeline those it has.
std::string SignalPlot(const contracts::EventList& cuts, int64_t from, int64_t to,
                       const eval::Span& marked);

/// What it draws, for contracts::SignalsOf().
std::vector<std::string_view> PlottedSignals();

}  // namespace reelbatch::app
