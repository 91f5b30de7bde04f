#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include "apps/reelbatch/plan/stage_graph.h"
#include "base/cancel.h"
#include "base/result.h"
#include "engine/catalog.h"
#include "engine/run_prices.h"
#include "planning/lower_bound.h"
#include "runtime/run.h"
#include "runtime/simulator/scenario.h"

namespace reelbatch::app {

/// The videos of a run as a scenario: what the planner will see, with prices as the truth.
struct PlannedRun {
  runtime::Scenario scenario;
  /// By component of the scenario; none: a component without units, which others wait for.
  std::vector<std::optional<contracts::BatchKey>> keys;
  std::vector<StageEdge> graph;
  std::vector<std::filesystem::path> videos;  // by video of the scenario
  std::vector<base::Error> unreadable;        // left out
  int not_priced = 0;  // videos of which decoding or a component has no price: taken as 0 ms
  /// Threads that work on one video; the scenario's times of videos are CPU times divided by it.
  int threads_each = 1;
};

struct PlanQuestion {
  const contracts::RunConfig& config;
  const engine::Catalog& catalog;
  const runtime::RunOptions& options;  // with batching
  const engine::RunPrices& prices;
};

/// Probes every video. Errors: cancelled; not_measured (what batches of a component cost).
base::Result<PlannedRun> PlanRun(const PlanQuestion& question,
                                 const std::vector<std::filesystem::path>& videos,
                                 const base::CancelToken& cancel);

/// The lower bound of the plan's work on so many threads, as BoundOfRun() has it after the run: all
/// threads may work on one video, which the scenario's lanes do not.
/// Errors: invalid_argument (as runtime::CheckScenario()).
base::Result<planning::LowerBound> BoundOfPlan(const PlannedRun& plan, int threads);

}  // namespace reelbatch::app
