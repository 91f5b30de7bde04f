#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "inference/model.h"

namespace reelbatch::inference {

/// How far an output of a unit may depend on the batch that it was in.
struct BatchVariance {
  std::string output;
  int batch = 1;       // the size at which it was largest
  double largest = 0;  // absolute difference to the unit alone
};

/// Random inputs for `batch` units: f32 evenly in [-1, 1), the others over all values. The same for
/// the same seed.
std::vector<contracts::Tensor> RandomUnits(const contracts::ModelDescription& description,
                                           int batch, uint32_t seed);

/// Runs the same units alone and in batches of each of `sizes`, and says how much every output
/// differed at most, by output. Errors: out_of_memory, internal (a batch failed: names its size).
base::Result<std::vector<BatchVariance>> CompareBatches(Model& model, std::span<const int> sizes,
                                                        uint32_t seed);

}  // namespace reelbatch::inference
