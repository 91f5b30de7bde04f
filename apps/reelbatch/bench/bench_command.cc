#include <array>
#include <string>
#include <vector>

#include "apps/reelbatch/bench/bench_commands.h"
#include "apps/reelbatch/bench/memory_child.h"
#include "apps/reelbatch/bench/model_memory_child.h"
#include "apps/reelbatch/subcommands.h"

namespace reelbatch::app {
namespace {

constexpr std::array<Subcommand, 6> kBenchSubcommands = {{
    {"micro", "Measure a part of a component, and each of its steps alone",
     [](const Invocation& call) { return BenchRows(BenchKind::kMicro, call); }},
    {"matrix", "Measure a part at many sizes, both aspect ratios and all presets",
     [](const Invocation& call) { return BenchRows(BenchKind::kMatrix, call); }},
    {"memory", "Measure the memory of a part, each row in its own process",
     [](const Invocation& call) { return BenchRows(BenchKind::kMemory, call); }},
    {"decode", "Measure the cost of decoding by codec, size and bit rate", BenchDecode},
    {"model", "Measure the cost of a model's batches by batch size", BenchModel},
    {"peers", "Compare speed with OpenCV, scikit-image, PySceneDetect and ffmpeg", BenchPeers},
}};

}  // namespace

int BenchCommand(const Invocation& call) {
  if (!call.words.empty() && call.words.front() == kMemoryRow) {
    return MemoryRow({call.words.begin() + 1, call.words.end()});
  }
  if (!call.words.empty() && call.words.front() == kModelMemory) {
    return ModelMemory(*call.catalog, {call.words.begin() + 1, call.words.end()});
  }
  return RunSubcommand(
      {.parent = "bench",
       .summary = "Measure what components cost on this machine (time, memory), and write cost "
                  "rows: DIR/costs.json.\n"
                  "A part is one of the things that a component computes (e.g. hard cuts); its "
                  "steps are the stages of\n"
                  "that computation.\n",
       .examples = "  reelbatch bench micro --part hard --out costs\n"
                   "  reelbatch bench matrix --part hard,soft --input real --memory --out costs\n"
                   "  reelbatch bench decode clips/ --out costs\n",
       .subcommands = kBenchSubcommands},
      call);
}

}  // namespace reelbatch::app
