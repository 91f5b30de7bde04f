#pragma once

#include <optional>
#include <string>
#include <vector>

#include "contracts/component_document.h"
#include "contracts/model.h"
#include "contracts/video.h"

namespace reelbatch::store {

/// A component of a run, as far as its files are concerned.
struct StoredComponent {
  std::string name;
  std::string version = {};  // increase it when its results change
  std::string kind = "core";
  std::string schema = {};  // of its arrays
  std::string npz = {};     // the file of its arrays, relative to the run's folder
  std::optional<contracts::ComponentDocument> document = std::nullopt;
  std::string config = {};  // canonical JSON of its own knobs and its own sampling
  /// If it is not that of the run.
  std::optional<contracts::Sampling> own_sampling = std::nullopt;
  std::vector<std::string> uses = {};  // components of the same run whose results it uses
  std::vector<contracts::ModelUsed> models_used = {};

  /// Relative to the run's folder, the arrays first.
  std::vector<std::string> files() const {
    std::vector<std::string> files{npz};
    if (document) files.push_back(document->file);
    return files;
  }
};

}  // namespace reelbatch::store
