#include "apps/reelbatch-lab/lab_program.h"

#include <array>

#include "apps/reelbatch-lab/costs/origin_costs.h"
#include "apps/reelbatch-lab/lab_commands.h"
#include "apps/reelbatch/command_choice.h"
#include "apps/reelbatch/signals.h"
#include "contracts/producer.h"
#include "media/log_capture.h"

namespace reelbatch::app {
namespace {

constexpr std::array<Command, 3> kCommands = {{
    {"reel", "Draw the clip that a script describes, and write its truth", ReelCommand},
    {"simulate", "Compare the planner with baselines on what-if scenarios", CompareBatchingCommand},
    {"costs", "Convert cost tables from and to the formats of the original programs",
     OriginCostsCommand},
}};

constexpr std::array<CommandGroup, 1> kGroups = {{{"Commands", kCommands}}};

}  // namespace

int LabProgram(const std::vector<std::string>& words) {
  TurnWriteSignalsIntoErrors();
  media::SetHostLog(nullptr);  // what FFmpeg says stands in errors of ours
  const ProgramText program = {
      .name = "reelbatch-lab",
      .version = "reelbatch-lab of " + contracts::ProducerName(),
      .summary =
          "Tools for developers of reelbatch: clips with known cuts for tests, and comparisons "
          "with other programs.\n",
      .examples =
          "  reelbatch-lab reel --script tests/traps/dissolves.txt --out dissolves.mp4\n"
          "  reelbatch-lab simulate tests/scenarios/simulate/one_gpu.yaml\n",
      .ending = "Exit codes: 0 done, 2 wrong usage, 3 problem of this machine.\n",
      .groups = kGroups};
  const auto command = ChooseCommand(program, words);
  return command ? (*command)->run(InvocationOf(program, words, nullptr)) : command.error();
}

}  // namespace reelbatch::app
