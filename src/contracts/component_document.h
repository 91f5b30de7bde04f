#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "contracts/component_result.h"
#include "contracts/run_config.h"

namespace reelbatch::contracts {

/// The input of a component's document.
struct DocumentInput {
  const ComponentResult& result;
  const EventList& events;  // of the result, with the facts about its video
  const RunConfig& config;
  std::string config_hash;  // SHA-256 hex of the configuration of this component
};

/// A text file next to a component's arrays, for people and other programs.
struct ComponentDocument {
  std::string file;  // path relative to the folder of the run: "cut_detection/cuts.json"
  std::function<std::string(const DocumentInput& input)> make;
  /// Parses a document: the events and settings in `text`, without arrays. Errors call the file
  /// `name`. Errors: corrupt.
  std::function<base::Result<ComponentResult>(std::string_view text, std::string_view name)> read;
};

}  // namespace reelbatch::contracts
