#pragma once

#include <string>
#include <vector>

#include "contracts/run_config.h"
#include "engine/catalog.h"
#include "engine/work_options.h"
#include "measure/machine.h"
#include "runtime/run.h"

namespace reelbatch::engine {

/// The preset of a video of a run.
contracts::PresetChoice PresetFor(const contracts::RunConfig& config,
                                  const contracts::VideoInfo& info);

/// The request of one component for a video of a run. `earlier`: components whose results come from
/// earlier runs. Keeps `info` alive.
components::VideoRequest RequestFor(const contracts::RunConfig& config, const Catalog& catalog,
                                    const components::ComponentDefinition& definition,
                                    const contracts::VideoInfo& info,
                                    const std::vector<std::string>& earlier = {});

/// The real dependencies of a run: FFmpeg, and the components of the configuration.
runtime::RunDependencies MakeDependencies(const contracts::RunConfig& config,
                                          const Catalog& catalog);

/// The requested number of threads and memory, else what this process may use of the machine: every
/// core, half of the memory.
runtime::RunOptions MakeRunOptions(const contracts::RunConfig& config, const WorkOptions& work,
                                   int threads, const measure::Machine& machine);

}  // namespace reelbatch::engine
