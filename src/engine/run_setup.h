#pragma once

#include "contracts/run_config.h"
#include "engine/catalog.h"
#include "engine/work_options.h"
#include "measure/machine.h"
#include "runtime/run.h"

namespace reelbatch::engine {

/// A video of a run, with its preset. Holds on to `config` and `info`.
components::VideoRequest RequestFor(const contracts::RunConfig& config,
                                    const contracts::VideoInfo& info);

/// The real doors of a run: FFmpeg, and the components that the configuration asks for.
runtime::RunDependencies MakeDependencies(const contracts::RunConfig& config,
                                          const Catalog& catalog);

/// Threads and memory as asked for, else what this process may use of the machine: every core, half
/// of the memory.
runtime::RunOptions MakeRunOptions(const contracts::RunConfig& config, const WorkOptions& work,
                                   int threads, const measure::Machine& machine);

}  // namespace reelbatch::engine
