#pragma once

#include "apps/reelbatch/common_options.h"
#include "apps/reelbatch/option_table.h"
#include "base/result.h"
#include "contracts/run_config.h"
#include "engine/work_options.h"

namespace reelbatch::app {

/// How much is computed per frame, in the table's present group.
void AddEffortOptions(OptionTable& table, contracts::RunConfig& config);
/// The options that select and scale frames.
/// `components`: those that rate and size can be set for alone; none: they are set for all.
void AddFrameOptions(OptionTable& table, contracts::RunConfig& config,
                     const std::vector<std::string>& components = {});

void AddWorkOptions(OptionTable& table, engine::WorkOptions& options);
/// How units are batched.
void AddBatchOptions(OptionTable& table, engine::WorkOptions& options);

/// --deadline, for commands that run or plan many videos.
void AddDeadlineOption(OptionTable& table, engine::WorkOptions& options,
                       contracts::RunConfig& config);

/// What no single option can know. Errors: invalid_argument (--start is not before --end).
base::Status CheckFrameOptions(const contracts::RunConfig& config);

}  // namespace reelbatch::app
