#pragma once

#include <cstdint>
#include <vector>

#include "runtime/simulator/scenario.h"

namespace reelbatch::runtime {

/// The same numbers on every machine, one by one by their place: splitmix64 (Steele, Lea, Flood
/// 2014). Evenly in [0, 1).
double DrawEvenly(uint64_t seed, uint64_t stream, uint64_t place);
/// A standard normal deviate.
double DrawNormal(uint64_t seed, uint64_t stream, uint64_t place);

/// The videos of a scenario, drawn when they are asked for.
class SimCorpus {
 public:
  explicit SimCorpus(const Scenario& scenario) : scenario_(scenario) {}

  int64_t size() const;
  SimVideo At(int video) const;
  /// Of its file; 0: its size is not known.
  int64_t Bytes(int video) const;
  /// Index of its short side in short_sides().
  int BucketOf(const SimVideo& video) const;
  const std::vector<int>& short_sides() const;

  /// Units of a component; at least 1 for a video that lasts at all, if they do not come from
  /// results of another component. Of these it is the sum of UnitsOf(): as long as there are.
  int Units(size_t component, int video, const SimVideo& shape) const;
  /// Units that result `index` of the component that `component` is from gives.
  int UnitsOf(size_t component, int video, const SimVideo& shape, int index) const;
  double SourceMs(const SimVideo& video, bool fast) const;
  double SourceMb(const SimVideo& video) const;
  /// Whether preset fast is a choice for it: above 720 lines. Source: docs/requirements.md, "Preset
  /// policy".
  bool MayBeFast(const SimVideo& video) const;

 private:
  const Scenario& scenario_;
  mutable std::vector<int> listed_sides_;
};

}  // namespace reelbatch::runtime
