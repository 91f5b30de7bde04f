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
  const contracts::RunConfig& config;  // has passed SettleConfig()
  const WorkOptions& work;
  int threads = 0;           // 0: every core this process may use
  bool keep_arrays = false;  // of results; they are what takes memory
  /// Changes how videos are opened; unset: each by itself.
  std::function<void(runtime::RunDependencies&)> adjust = nullptr;
};

struct Detected {
  runtime::RunReport report;
  /// By the place of the video; none where the run ended before it.
  std::vector<std::optional<contracts::VideoOutcome>> outcomes;
};

/// Runs the components of `catalog` that the configuration asks for, and keeps what they found in
/// memory. `observer` may be null. Errors: as Session::Open().
base::Result<Detected> DetectInMemory(const DetectRequest& request, const Catalog& catalog,
                                      runtime::RunObserver* observer,
                                      const base::CancelToken& cancel);

}  // namespace reelbatch::engine
