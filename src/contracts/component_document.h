#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "contracts/component_result.h"
#include "contracts/run_config.h"

namespace reelbatch::contracts {

/// What a component's document is made from.
struct DocumentInput {
  const ComponentResult& result;
  const EventList& events;  // of the result, with what is known of its video
  const RunConfig& config;
  std::string config_hash;  // SHA-256 hex of the component's own configuration
};

/// A text beside a component's arrays, for people and other programs.
struct ComponentDocument {
  std::string file;  // relative to the run's folder: "cut_detection/cuts.json"
  std::function<std::string(const DocumentInput& input)> make;
  /// The way back: the events and settings that `text` tells, without arrays. `name` is what errors
  /// call the file. Errors: corrupt.
  std::function<base::Result<ComponentResult>(std::string_view text, std::string_view name)> read;
};

}  // namespace reelbatch::contracts
