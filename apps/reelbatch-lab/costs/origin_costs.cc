#include "apps/reelbatch-lab/costs/origin_costs.h"

#include <array>

#include "apps/reelbatch/subcommands.h"

namespace reelbatch::app {
namespace {

constexpr std::array<Subcommand, 2> kSubcommands = {{
    {"import", "Convert tables and results of the original programs to one table", CostsImport},
    {"export", "Write rows in a format that the original programs read", CostsExport},
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
       .summary = "Convert cost tables between reelbatch_costs_v2 and the formats of the original "
                  "programs, for which the\n"
                  "first resource checklist was written. `reelbatch costs` has all other commands "
                  "for costs.\n",
       .examples =
           "  reelbatch-lab costs import matrix_results.json --out costs.json\n"
           "  reelbatch-lab costs export costs.json --format matrix --part soft --input noise\n",
       .subcommands = kSubcommands,
       .elsewhere = kElsewhere},
      call);
}

}  // namespace reelbatch::app
