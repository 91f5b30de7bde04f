#include <array>
#include <string>
#include <vector>

#include "apps/reelbatch/bench/bench_commands.h"
#include "apps/reelbatch/bench/memory_child.h"
#include "apps/reelbatch/bench/model_memory_child.h"
#include "apps/reelbatch/subcommands.h"

namespace reelbatch::app {
namespace {

constexpr std::array<Subcommand, 6> kSubcommands = {{
    {"micro", "a part of a component and each of its steps alone",
     [](const Invocation& call) { return BenchRows(BenchKind::kMicro, call); }},
    {"matrix", "a part at every size of the grid, both aspects, all presets",
     [](const Invocation& call) { return BenchRows(BenchKind::kMatrix, call); }},
    {"memory", "what a part holds in memory, each row in a process of its own",
     [](const Invocation& call) { return BenchRows(BenchKind::kMemory, call); }},
    {"decode", "what decoding costs, by codec, size and bit rate", BenchDecode},
    {"model", "what batches of a component's model cost, by their size", BenchModel},
    {"peers", "our kernels, parts and runs beside those of others (make bench)", BenchPeers},
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
       .summary = "Measures what components cost on this machine, and writes it as rows of costs: "
                  "DIR/costs.json.\n",
       .examples = "  reelbatch bench micro --part hard --out costs\n"
                   "  reelbatch bench matrix --part hard,soft --input real --memory --out costs\n"
                   "  reelbatch bench decode clips/ --out costs\n",
       .subcommands = kSubcommands},
      call);
}

}  // namespace reelbatch::app
