#pragma once

#include <string>
#include <vector>

#include "contracts/model.h"

namespace reelbatch::store {

/// A component of a run, as far as what it leaves on disk is concerned.
struct StoredComponent {
  std::string name;
  std::string version = {};  // goes up when its numbers change
  std::string kind = "core";
  std::string schema = {};              // of its first file
  std::vector<std::string> files = {};  // relative to the run's folder: "cut_detection/cuts.json"
  std::string config = {};              // canonical JSON of its own knobs and its own sampling
  std::vector<std::string> uses = {};   // components of the same run whose results it takes
  std::vector<contracts::ModelUsed> models_used = {};
};

}  // namespace reelbatch::store
