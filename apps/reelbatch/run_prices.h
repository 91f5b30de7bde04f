#pragma once

#include <optional>
#include <string>
#include <vector>

#include "apps/reelbatch/console.h"
#include "base/result.h"
#include "contracts/outcome.h"
#include "contracts/run_config.h"
#include "costs/registry.h"
#include "runtime/run.h"

namespace reelbatch::app {

/// What the videos of a run are expected to take, by rows of costs. Threads: Add() from any.
class RunPrices {
 public:
  /// `tables` as LoadCostTables() takes them; those that the program brings along come first.
  /// Errors: as LoadCostTables().
  static base::Result<RunPrices> Load(const std::vector<std::string>& tables, const contracts::RunConfig& config,
                                      const runtime::RunOptions& options, size_t videos, Console& console);

  /// What a video is expected to take: decoding first, then the components whose work is per video.
  std::vector<contracts::ComponentCost> Of(const contracts::VideoInfo& info) const;

  /// The same as one figure; what has no price counts as nothing. With preset fast where --deadline may ask for it.
  runtime::VideoTime TimeOf(const contracts::VideoInfo& info) const;

  /// Puts what was expected beside what came, in `outcome.costs`; leaves an outcome without costs alone.
  void Add(contracts::VideoOutcome& outcome) const;

 private:
  std::vector<contracts::ComponentCost> Of(const contracts::VideoInfo& info, const contracts::CutKnobs& knobs) const;
  RunPrices(costs::Registry registry, contracts::RunConfig config, std::string device, int concurrency);

  costs::Registry registry_;
  contracts::RunConfig config_;
  std::string device_;
  int concurrency_ = 1;
};

}  // namespace reelbatch::app
