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

/// What the videos of a run are expected to take, by rows of costs. Threads: Add() from any.
class RunPrices {
 public:
  /// `videos`: how many; 0: not known. `catalog` outlives it.
  RunPrices(std::vector<contracts::CostTable> tables, const Catalog& catalog,
            const contracts::RunConfig& config, const runtime::RunOptions& options, size_t videos);

  /// What a video is expected to take: decoding first, then the components whose work is per video.
  std::vector<contracts::ComponentCost> Of(const contracts::VideoInfo& info) const;

  /// The same as one figure; what has no price counts as nothing. With preset fast where --deadline
  /// may ask for it.
  runtime::VideoTime TimeOf(const contracts::VideoInfo& info) const;

  /// Puts what was expected beside what came, in `outcome.costs`; leaves an outcome without costs
  /// alone.
  void Add(contracts::VideoOutcome& outcome) const;

 private:
  /// `earlier`: as RequestFor()'s.
  std::vector<contracts::ComponentCost> Of(const contracts::RunConfig& config,
                                           const contracts::VideoInfo& info,
                                           const std::vector<std::string>& earlier = {}) const;

  costs::Registry registry_;
  const Catalog& catalog_;
  const contracts::RunConfig config_;
  const contracts::RunConfig usual_;  // without what a deadline asks for
  std::string device_;
  int concurrency_ = 1;
};

}  // namespace reelbatch::engine
