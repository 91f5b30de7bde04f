#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace reelbatch::app {

/// The whole of reelbatch-lab: chooses the command. `words` is argv. Returns the exit code.
int LabProgram(const std::vector<std::string>& words);

}  // namespace reelbatch::app
