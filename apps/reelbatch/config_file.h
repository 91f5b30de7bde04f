#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "apps/reelbatch/option_table.h"
#include "base/result.h"

namespace reelbatch::app {

/// Reads a YAML file whose keys are the command's options without dashes, plus `inputs` (a name or
/// a list of names), and stores what it says. Relative paths count from the working folder, as on
/// the command line. Errors: invalid_argument ("file:line:column: key: reason"): unreadable, over 1
/// MiB, not text, not YAML, not one map,
///         an unknown key (with the nearest one), a key given twice, a wrong type or value.
/// What is set by component may be a map: "analysis-fps: {all: 15, core_optical_flow: 5}".
/// Example: "analysis-fps: 5\nout: results\ninputs: [clips/, a.mp4]\n"
base::Status ApplyConfigFile(const std::filesystem::path& path, const OptionTable& table,
                             std::vector<std::string>& inputs);

}  // namespace reelbatch::app
