#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "components/cut_detection/cut_knobs.h"
#include "contracts/component_document.h"
#include "contracts/event_list.h"
#include "contracts/outcome.h"
#include "contracts/run_config.h"

namespace reelbatch::components {

/// What cuts.json is made from: the events of one video, and how they were found.
///
/// Of `info` and `decode` only what cuts.json carries comes back from a parsed file; the rest keeps
/// its defaults.
struct CutsRecord : contracts::EventList {
  CutKnobs knobs;  // preset, decision and confidence
  std::vector<std::string> parts;
  std::optional<double> analysis_fps;
  std::optional<contracts::CropRect> crop;  // the part of the frames that was analysed
  bool loop_filter_skipped = false;
  std::string config_hash;
};

/// The record that a document is made of.
CutsRecord MakeCutsRecord(const contracts::DocumentInput& input);

}  // namespace reelbatch::components
