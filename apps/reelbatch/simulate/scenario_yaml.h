#pragma once

#include <filesystem>
#include <string>

#include "base/result.h"
#include "runtime/simulator/simulator.h"

namespace reelbatch::app {

/// Reads a scenario (docs/simulate.md has every key).
/// Errors: invalid_argument  as YamlFile::Read(); a key is unknown; a value has the wrong type; a
///                           component names a device or a component that does not exist; or
///                           runtime::CheckScenario() refuses it. The message is
///                           "file:line:column: key: reason".
///         not_measured      a component on a GPU has no memory; the message names the command that
///                           measures it
base::Result<runtime::Scenario> ReadScenario(const std::filesystem::path& path);

/// The scenario as ReadScenario() takes it back: for those that a random search has found.
std::string ScenarioYaml(const runtime::Scenario& scenario);

}  // namespace reelbatch::app
