#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "contracts/outcome.h"
#include "contracts/run_config.h"
#include "costs/registry.h"
#include "engine/catalog.h"
#include "runtime/run.h"

namespace reelbatch::engine {

/// The predicted times of the videos of a run, from cost rows.
/// Threads: Add() from any thread.
class RunPrices {
 public:
  /// `videos`: number of videos; 0: not known. `catalog` must outlive it.
  RunPrices(std::vector<contracts::CostTable> tables, const Catalog& catalog,
            const contracts::RunConfig& config, const runtime::RunOptions& options, size_t videos);

  /// The predicted time of a video: decoding first, then the components whose work is per video.
  std::vector<contracts::ComponentCost> Of(const contracts::VideoInfo& info) const;

  /// The same as one number; work without a cost row counts as 0. With preset fast if --deadline
  /// may choose it.
  runtime::VideoTime TimeOf(const contracts::VideoInfo& info) const;

  /// Adds the predictions to the measurements in `outcome.costs`; an outcome without costs is not
  /// changed.
  void Add(contracts::VideoOutcome& outcome) const;

 private:
  /// `earlier`: as in RequestFor().
  std::vector<contracts::ComponentCost> Of(const contracts::RunConfig& config,
                                           const contracts::VideoInfo& info,
                                           const std::vector<std::string>& earlier = {}) const;

  costs::Registry registry_;
  const Catalog& catalog_;
  const contracts::RunConfig config_;
  const contracts::RunConfig usual_;  // without the influence of a deadline
  std::string device_;
  int concurrency_ = 1;
};

}  // namespace reelbatch::engine
