// The program with more components: for tests of batching, of stages and of sound, and the examples
// of CONTRIBUTING.
// REELBATCH_TEST_FAULTS: see test_components.h.
#include <cstdlib>
#include <string>
#include <vector>

#include "apps/reelbatch/program.h"
#include "tests/components/bright_spots/bright_spots.h"
#include "tests/components/brightness/brightness.h"
#include "tests/components/sound_component.h"
#include "tests/components/staged_components.h"
#include "tests/components/test_components.h"

int main(int argc, char** argv) {
  const char* const faults = std::getenv("REELBATCH_TEST_FAULTS");
  reelbatch::engine::Catalog catalog = reelbatch::engine::Catalog::Builtin();
  reelbatch::tests::AddTestComponents(catalog, faults == nullptr ? "" : faults);
  reelbatch::tests::AddStagedComponents(catalog, faults == nullptr ? "" : faults);
  reelbatch::tests::AddSoundComponent(catalog);
  catalog.Add(reelbatch::tests::BrightnessDefinition());
  catalog.Add(reelbatch::tests::BrightnessOfSomeDefinition());
  reelbatch::tests::AddBrightSpots(catalog);
  return reelbatch::app::Program(std::vector<std::string>(argv, argv + argc), catalog);
}
