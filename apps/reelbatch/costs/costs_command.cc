#include "apps/reelbatch/costs/costs_command.h"

#include <array>

#include "apps/reelbatch/subcommands.h"

namespace reelbatch::app {
namespace {

constexpr std::array<Subcommand, 10> kSubcommands = {{
    {"show", "rows of costs as a table", CostsShow},
    {"render", "the resource checklist as Markdown, from rows alone", CostsRender},
    {"diff",
     "two tables side by side: how many times as fast, and whether that is more than chance",
     CostsDiff},
    {"fit", "what a unit and a call cost, and how costs grow with the picture", CostsFit},
    {"pareto", "presets by milliseconds and by F1", CostsPareto},
    {"calibration", "what runs were expected to take beside what they took", CostsCalibration},
    {"limits", "batch sizes that ran out of memory, and what the next run will try", CostsLimits},
    {"import", "one table of the origin's tables and results", CostsImport},
    {"export", "rows by the names that the origin's readers know", CostsExport},
    {"validate", "whether files hold sound rows; names file, row and field", CostsValidate},
}};

}  // namespace

int CostsCommand(const Invocation& call) {
  return RunSubcommand(
      "costs",
      "What a unit of work costs, on which machine, at which size: measured by `reelbatch bench`, "
      "looked up by `reelbatch run`.\n"
      "A TABLE is a file (reelbatch_costs_v2) or the name of one that the program brings along "
      "(`seed`); none: all of those\nbut the seed's.\n",
      "  reelbatch costs show --part hard --bucket 720\n"
      "  reelbatch costs diff seed costs.json\n",
      kSubcommands, call);
}

}  // namespace reelbatch::app
