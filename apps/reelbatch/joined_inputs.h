#pragma once

#include <filesystem>
#include <vector>

#include "apps/reelbatch/cuts/cuts_settings.h"
#include "apps/reelbatch/inputs.h"
#include "base/result.h"
#include "contracts/video.h"
#include "runtime/run.h"

namespace reelbatch::app {

/// What --concat does not go with. Errors: invalid_argument, with the remedy.
base::Status CheckConcat(const CutsSettings& settings, const InputList& inputs);

/// Makes a run read `files` as one video, whatever its single input is called.
void ReadAsOne(const std::vector<std::filesystem::path>& files, const contracts::Sampling& sampling,
               runtime::RunDependencies& dependencies);

}  // namespace reelbatch::app
