#pragma once

#include <cstdint>
#include <vector>

#include "runtime/simulator/scenario.h"

namespace reelbatch::runtime {

/// The units of all videos that wait or run, and what is kept until their results were taken on.
class SimPool {
 public:
  explicit SimPool(const Scenario& scenario);

  void Clear();
  /// Units come, with what is kept for them.
  void Add(int component, int units);
  /// Units will not run any more. What is kept for them stays.
  void Leave(int component, int units);
  /// What was kept for so many units is not needed any more.
  void Free(int component, int units);

  /// MB of all.
  double mb() const;
  /// The same of components that are told all their units at once, whether there is room or not.
  double unbounded_mb() const;
  bool empty() const;
  /// Whether units wait or run that come later in a video's graph than those of `component`.
  bool HasLaterThan(int component) const;
  /// How many components lie before it in the graph, on the longest way.
  int depth(int component) const { return depths_[static_cast<size_t>(component)]; }

 private:
  struct Held {
    int64_t units = 0;
    int64_t kept = 0;
  };
  double MbOf(size_t component) const;

  const Scenario& scenario_;
  std::vector<int> depths_;  // by component
  std::vector<Held> held_;   // by component
};

}  // namespace reelbatch::runtime
