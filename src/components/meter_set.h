#pragma once

#include <memory>
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
  explicit MeterSet(const std::vector<std::unique_ptr<Component>>& components) {
    for (const auto& component : components) {
      meters_.push_back(component->looks_at_frames() ? component->MakeMeter(flows_)
                                                     : std::make_unique<BlindMeter>());
    }
  }

  size_t size() const { return meters_.size(); }
  FrameMeter& meter(size_t component) { return *meters_[component]; }

  FrameMeasures NewMeasures() const {
    FrameMeasures measures;
    for (const auto& meter : meters_) measures.push_back(meter->NewMeasure());
    return measures;
  }

 private:
  SharedFlows flows_;
  std::vector<std::unique_ptr<FrameMeter>> meters_;
};

}  // namespace reelbatch::components
