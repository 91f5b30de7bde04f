#include "apps/reelbatch/program.h"

#include <fmt/format.h>

#include <array>
#include <cstdio>

#include "apps/reelbatch/command.h"
#include "apps/reelbatch/command_choice.h"
#include "apps/reelbatch/console.h"
#include "apps/reelbatch/exit_code.h"
#include "apps/reelbatch/signals.h"
#include "apps/reelbatch/terminal.h"
#include "contracts/producer.h"
#include "inference/triton/triton_server.h"
#include "media/log_capture.h"
#include "vision/simd.h"

namespace reelbatch::app {
namespace {

constexpr std::array<Command, 3> kFind = {{
    {"run", "Process files, folders and lists of videos; write cuts, shots and a manifest for each",
     RunCommand},
    {"cuts", "Print or export the cuts of some videos: table, CSV, EDL, OTIO, images, split files",
     CutsCommand},
    {"plan", "Predict what `run` would do: time, batches and their limiting factors", PlanCommand},
}};

constexpr std::array<Command, 2> kLookAfter = {{
    {"verify", "Check every file of an output folder against its manifest", VerifyCommand},
    {"prune",
     "List files that no run needs in an output folder, and remove them after confirmation",
     PruneCommand},
}};

constexpr std::array<Command, 2> kQuality = {{
    {"eval", "Measure precision, recall and F1 against known cuts; compare detectors", EvalCommand},
    {"demo", "Make a demo reel with known cuts, and compare detected cuts with them", DemoCommand},
}};

constexpr std::array<Command, 5> kMachine = {{
    {"doctor", "Show what this machine has, what is missing, and which command installs it",
     DoctorCommand},
    {"bench", "Measure what components cost on this machine: time, memory, decoding", BenchCommand},
    {"models", "Fetch, list and check the models that some components need", ModelsCommand},
    {"costs", "Show, compare and check measured costs, and compare predicted with actual times",
     CostsCommand},
    {"simulate", "Estimate how long given devices would take for given videos, and how they batch",
     SimulateCommand},
}};

constexpr std::array<CommandGroup, 4> kGroups = {{
    {"Find cuts", kFind},
    {"Look after results", kLookAfter},
    {"Check quality", kQuality},
    {"Costs and machines", kMachine},
}};

ProgramText ThisProgram() {
  return {.name = "reelbatch",
          .version = contracts::ProducerName(),
          .summary = "Find the cuts in videos, in one or in thousands.\n",
          .examples =
              "  reelbatch cuts clip.mp4\n"
              "  reelbatch run clips/ --out results\n",
          .ending =
              "Exit codes: 0 done, 1 a video or a check failed, 2 wrong usage, 3 problem of this "
              "machine, "
              "130 interrupted.\n",
          .groups = kGroups};
}

}  // namespace

int Program(const std::vector<std::string>& words, const engine::Catalog& catalog) {
  TurnWriteSignalsIntoErrors();
  // What these say stands in reports and errors of ours.
  media::SetHostLog(nullptr);
  inference::DropGrpcLog();
  const ProgramText program = ThisProgram();
  const auto command = ChooseCommand(program, words);
  if (!command) return command.error();
  // For comparisons and bug reports: all of these give the same events.
  if (const auto simd = Environment("REELBATCH_SIMD"); simd && !simd->empty()) {
    if (auto forced = vision::ForceSimd(*simd); !forced) {
      forced.error().context = "REELBATCH_SIMD";
      Console console("reelbatch");
      return console.Finish(console.Fail(forced.error()));
    }
  }
  return (*command)->run(InvocationOf(program, words, &catalog));
}

int LastWords(std::string_view reason) {
  fmt::print(stderr, "reelbatch: {}\n", OneLine(reason));
  return kExitEnvironment;
}

}  // namespace reelbatch::app
