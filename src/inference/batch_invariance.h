#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "inference/model.h"

namespace reelbatch::inference {

/// How much an output of a unit depends on the batch that it was in.
struct BatchVariance {
  std::string output;
  int batch = 1;       // the size with the largest difference
  double largest = 0;  // absolute difference to the output of the unit alone
};

/// Random inputs for `batch` units: f32 uniform in [-1, 1), other types over all values. The same
/// seed gives the same inputs.
std::vector<contracts::Tensor> RandomUnits(const contracts::ModelDescription& description,
                                           int batch, uint32_t seed);

/// Runs the same units alone and in batches of each of `sizes`, and returns the largest difference
/// of every output. Errors: out_of_memory, internal (a batch failed; the message has its size).
base::Result<std::vector<BatchVariance>> CompareBatches(Model& model, std::span<const int> sizes,
                                                        uint32_t seed);

}  // namespace reelbatch::inference
