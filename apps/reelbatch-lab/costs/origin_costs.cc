#include "apps/reelbatch-lab/costs/origin_costs.h"

#include <array>

#include "apps/reelbatch/subcommands.h"

namespace reelbatch::app {
namespace {

constexpr std::array<Subcommand, 2> kSubcommands = {{
    {"import", "Make one table of the origin's tables and results", CostsImport},
    {"export", "Write rows in a format that the origin's programs read", CostsExport},
}};

constexpr std::array<SubcommandElsewhere, 8> kElsewhere = {{
    {"show", "reelbatch costs show"},
    {"render", "reelbatch costs render"},
    {"diff", "reelbatch costs diff"},
    {"fit", "reelbatch costs fit"},
    {"pareto", "reelbatch costs pareto"},
    {"calibration", "reelbatch costs calibration"},
    {"limits", "reelbatch costs limits"},
    {"validate", "reelbatch costs validate"},
}};

}  // namespace

int OriginCostsCommand(const Invocation& call) {
  return RunSubcommand(
      {.parent = "costs",
       .summary =
           "Translates tables of costs between reelbatch_costs_v2 and the formats of the origin, "
           "which is the system that the\nseed's resource checklist was written for. `reelbatch "
           "costs` has everything else about costs.\n",
       .examples =
           "  reelbatch-lab costs import matrix_results.json --out costs.json\n"
           "  reelbatch-lab costs export costs.json --format matrix --part soft --input noise\n",
       .subcommands = kSubcommands,
       .elsewhere = kElsewhere},
      call);
}

}  // namespace reelbatch::app
