#pragma once

#include <filesystem>
#include <string>

#include "base/result.h"
#include "runtime/simulator/simulator.h"

namespace reelbatch::app {

/// Reads a scenario (docs/simulate.md has every key).
/// Errors: invalid_argument ("file:line:column: key: reason"): as YamlFile::Read(); an unknown key,
/// a wrong type; a component
///         of a device or need that is not there; what runtime::CheckScenario() refuses
///         not_measured: a component on a GPU without memory; names the bench command
base::Result<runtime::Scenario> ReadScenario(const std::filesystem::path& path);

/// The scenario as ReadScenario() takes it back: for those that a random search has found.
std::string ScenarioYaml(const runtime::Scenario& scenario);

}  // namespace reelbatch::app
