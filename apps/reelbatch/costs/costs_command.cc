#include "apps/reelbatch/costs/costs_command.h"

#include <array>

#include "apps/reelbatch/subcommands.h"

namespace reelbatch::app {
namespace {

constexpr std::array<Subcommand, 8> kSubcommands = {{
    {"show", "Print rows of costs as a table", CostsShow},
    {"render", "Write the resource checklist as Markdown, from rows alone", CostsRender},
    {"diff", "Compare two tables: speed-up, and whether it is more than chance", CostsDiff},
    {"fit", "Estimate the cost of a unit and of a call, and how costs grow with the picture",
     CostsFit},
    {"pareto", "Compare presets by milliseconds and by F1", CostsPareto},
    {"calibration", "Compare what runs were expected to take with what they took",
     CostsCalibration},
    {"limits", "Print batch sizes that ran out of memory, and what the next run will try",
     CostsLimits},
    {"validate", "Check files of costs; name the file, row and field that is wrong", CostsValidate},
}};

constexpr std::array<SubcommandElsewhere, 2> kElsewhere = {{
    {"import", "reelbatch-lab costs import"},
    {"export", "reelbatch-lab costs export"},
}};

}  // namespace

int CostsCommand(const Invocation& call) {
  return RunSubcommand(
      {.parent = "costs",
       .summary =
           "What a unit of work costs, on which machine, at which size: measured by `reelbatch "
           "bench`, looked up by `reelbatch run`.\n"
           "A TABLE is a file (reelbatch_costs_v2) or the name of one that the program brings "
           "along (`seed`); none: all of those\nbut the seed's.\n",
       .examples = "  reelbatch costs show --part hard --bucket 720\n"
                   "  reelbatch costs diff seed costs.json\n",
       .subcommands = kSubcommands,
       .elsewhere = kElsewhere},
      call);
}

}  // namespace reelbatch::app
