#include "apps/reelbatch/simulate/scenario_yaml.h"
#include "fuzz/memory_file.h"

using namespace reelbatch;

/// What is read is written back and read again as the same.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const fuzz::MemoryFile file(data, size);
  const auto scenario = app::ReadScenario(file.path());
  if (!scenario) {
    if (scenario.error().message.empty()) std::abort();
    return 0;
  }
  const std::string text = app::ScenarioYaml(*scenario);
  const fuzz::MemoryFile written(reinterpret_cast<const uint8_t*>(text.data()), text.size());
  const auto again = app::ReadScenario(written.path());
  if (!again || app::ScenarioYaml(*again) != text) std::abort();
  return 0;
}
