#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "components/component.h"
#include "components/shared_flow.h"

namespace reelbatch::components {

/// One entry per component.
using FrameMeasures = std::vector<std::unique_ptr<FrameMeasure>>;

/// Of a component that looks at no frames.
class BlindMeter final : public FrameMeter {
 public:
  std::unique_ptr<FrameMeasure> NewMeasure() const override {
    return std::make_unique<FrameMeasure>();
  }
  base::Status Measure(const image::StampedFrame&, FrameMeasure&) override { return {}; }
};

/// The meters of all components of a video, for one walk over some of its frames. Threads: one
/// caller at a time.
class MeterSet {
 public:
  /// `timelines`: by component, whose frames it looks at: those with the same one share their
  /// flows. None: all look at the same frames.
  explicit MeterSet(const std::vector<std::unique_ptr<Component>>& components,
                    const std::vector<std::optional<size_t>>& timelines = {}) {
    std::map<size_t, SharedFlows> flows;
    for (size_t k = 0; k < components.size(); ++k) {
      const size_t timeline = timelines.empty() ? 0 : timelines[k].value_or(0);
      looks_.push_back(components[k]->looks_at_frames());
      meters_.push_back(looks_.back() ? components[k]->MakeMeter(flows[timeline])
                                      : std::make_unique<BlindMeter>());
    }
  }

  size_t size() const { return meters_.size(); }
  /// By component: whether it looks at frames.
  const std::vector<bool>& looks() const { return looks_; }
  FrameMeter& meter(size_t component) { return *meters_[component]; }

  FrameMeasures NewMeasures() const {
    FrameMeasures measures;
    for (const auto& meter : meters_) measures.push_back(meter->NewMeasure());
    return measures;
  }

 private:
  std::vector<bool> looks_;
  std::vector<std::unique_ptr<FrameMeter>> meters_;
};

}  // namespace reelbatch::components
