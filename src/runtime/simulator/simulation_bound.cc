#include <algorithm>
#include <limits>

#include "runtime/simulator/simulation.h"

namespace reelbatch::runtime {
namespace {

/// Of the fastest batch: no unit takes less.
double ShortestMs(const planning::BatchCost& cost) {
  double shortest = std::numeric_limits<double>::infinity();
  for (int batch = 1; batch <= cost.max_batch; ++batch)
    shortest = std::min(shortest, cost.Ms(batch));
  return shortest;
}

double SourceMs(const Scenario& scenario, const SimCorpus& corpus, const SimVideo& shape) {
  return corpus.SourceMs(shape, scenario.deadline_s.has_value() && corpus.MayBeFast(shape));
}

/// The least time from the launch of a video to its end: every unit waits for what it is from, and
/// for one batch of each component on the way.
class Chain {
 public:
  /// `batch_ms`: by component, of its fastest batch.
  Chain(const Scenario& scenario, const SimCorpus& corpus, const std::vector<double>& batch_ms,
        int video)
      : scenario_(scenario),
        corpus_(corpus),
        batch_ms_(batch_ms),
        video_(video),
        shape_(corpus.At(video)),
        source_ms_(SourceMs(scenario, corpus, shape_)) {}

  double Ms() const {
    double ms = source_ms_;
    for (size_t k = 0; k < scenario_.components.size(); ++k) ms = std::max(ms, EndMs(k));
    return ms;
  }

 private:
  /// All results of the component are there.
  double EndMs(size_t component) const {
    const SimComponent& of = scenario_.components[component];
    const int units = corpus_.Units(component, video_, shape_);
    if (units > 0) return ResultMs(component, units - 1);
    return of.from < 0 ? BeginMs(component) : EndMs(static_cast<size_t>(of.from));
  }

  /// Where units do not come from results: their source, or second pass, begins.
  double BeginMs(size_t component) const {
    const std::vector<int>& needs = scenario_.components[component].needs;
    double ms = needs.empty() ? 0 : source_ms_;
    for (const int need : needs) ms = std::max(ms, EndMs(static_cast<size_t>(need)));
    return ms;
  }

  double ResultMs(size_t component, int index) const {
    const SimComponent& of = scenario_.components[component];
    const double batch_ms = batch_ms_[component];
    if (of.from >= 0) {
      int result = 0;
      for (int units = 0;; ++result) {
        units += corpus_.UnitsOf(component, video_, shape_, result);
        if (units > index) break;
      }
      return ResultMs(static_cast<size_t>(of.from), result) + batch_ms;
    }
    const int64_t units = corpus_.Units(component, video_, shape_);
    const double pass_ms = of.needs.empty() ? source_ms_ : static_cast<double>(units) * of.seek_ms;
    const int portions = scenario_.sources.chunks;
    // The first portion in which it can be: the one that makes units * portion / portions > index.
    const int64_t portion = (int64_t{index} + 1) * portions / units +
                            ((int64_t{index} + 1) * portions % units > 0 ? 1 : 0);
    return BeginMs(component) + pass_ms * static_cast<double>(portion) / portions + batch_ms;
  }

  const Scenario& scenario_;
  const SimCorpus& corpus_;
  const std::vector<double>& batch_ms_;
  const int video_;
  const SimVideo shape_;
  const double source_ms_;
};

}  // namespace

planning::LowerBound Simulation::Bound() const {
  std::vector<planning::BatchCost> costs;  // in truth
  std::vector<double> batch_ms;
  std::vector<planning::KeyLoad> keys(component_of_.size());
  for (const SimComponent& component : scenario_.components) {
    planning::BatchCost cost = component.cost;
    cost.fixed_ms *= component.ms_factor;
    cost.ms_per_unit *= component.ms_factor;
    for (planning::BatchCost::Point& point : cost.points) point.ms *= component.ms_factor;
    batch_ms.push_back(ShortestMs(cost));
    costs.push_back(std::move(cost));
  }
  for (size_t key = 0; key < keys.size(); ++key) {
    keys[key].cost = &costs[static_cast<size_t>(component_of_[key])];
    keys[key].device = scenario_.components[static_cast<size_t>(component_of_[key])].device;
  }
  std::vector<planning::DeviceLoad> devices;
  for (size_t d = 0; d < scenario_.devices.size(); ++d) {
    const SimDevice& device = scenario_.devices[d];
    int64_t others_mb = device.others_mb;
    for (const SimFault& fault : scenario_.faults) {
      if (fault.kind == FaultKind::kMemoryStep && std::cmp_equal(fault.device, d))
        others_mb = std::min(others_mb, fault.used_mb);
    }
    const planning::DeviceState state{
        .total_mb = device.total_mb, .others_mb = others_mb, .declared_mb = device.declared_mb};
    devices.push_back({.lanes = device.lanes, .budget_mb = state.BudgetMb()});
  }
  planning::Workload load{.devices = devices, .keys = keys, .cores = scenario_.sources.cores};
  for (int video = 0; video < corpus_.size(); ++video) {
    const SimVideo shape = corpus_.At(video);
    const double source_ms = SourceMs(scenario_, corpus_, shape);
    load.source_ms += scenario_.sources.probe_ms + source_ms;
    const auto bucket = static_cast<size_t>(corpus_.BucketOf(shape));
    for (size_t k = 0; k < keys_.size(); ++k) {
      const int units = corpus_.Units(k, video, shape);
      keys[static_cast<size_t>(keys_[k][bucket])].units += units;
      load.source_ms += units * scenario_.components[k].seek_ms;
    }
    load.longest_chain_ms =
        std::max(load.longest_chain_ms,
                 scenario_.sources.probe_ms + Chain(scenario_, corpus_, batch_ms, video).Ms());
  }
  return planning::BoundOf(load);
}

}  // namespace reelbatch::runtime
