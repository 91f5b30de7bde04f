#pragma once

#include <span>
#include <string>

#include "contracts/model.h"

namespace reelbatch::app {

/// A model that a component wants.
struct KnownModel {
  std::string component;
  contracts::ModelDescription wanted =
      {};  // its name, and its tensors in the order in which they are given
  int max_batch =
      8;  // measured and audited up to there; no more than eight videos meet in a batch anyway
};

std::span<const KnownModel> KnownModels();

}  // namespace reelbatch::app
