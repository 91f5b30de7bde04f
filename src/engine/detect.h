#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <vector>

#include "base/cancel.h"
#include "base/result.h"
#include "contracts/outcome.h"
#include "contracts/run_config.h"
#include "engine/catalog.h"
#include "engine/work_options.h"
#include "runtime/run.h"

namespace reelbatch::engine {

/// A run that writes no folder.
struct DetectRequest {
  const std::vector<std::filesystem::path>& videos;
  const contracts::RunConfig& config;  // after SettleConfig()
  const WorkOptions& work;
  int threads = 0;           // 0: one per core that this process may use
  bool keep_arrays = false;  // of results; arrays need most of the memory
  /// Changes how videos are opened; not set: every video is opened alone.
  std::function<void(runtime::RunDependencies&)> adjust = nullptr;
};

struct Detected {
  runtime::RunReport report;
  /// By position of the video; not set if the run ended before it.
  std::vector<std::optional<contracts::VideoOutcome>> outcomes;
};

/// Runs the components of the configuration, and keeps their results in memory. `observer` may be
/// null. Errors: as Session::Open().
base::Result<Detected> DetectInMemory(const DetectRequest& request, const Catalog& catalog,
                                      runtime::RunObserver* observer,
                                      const base::CancelToken& cancel);

}  // namespace reelbatch::engine
