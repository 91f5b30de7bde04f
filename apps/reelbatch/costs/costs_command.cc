#include "apps/reelbatch/costs/costs_command.h"

#include <array>

#include "apps/reelbatch/subcommands.h"

namespace reelbatch::app {
namespace {

constexpr std::array<Subcommand, 8> kCostsSubcommands = {{
    {"show", "Print cost rows as a table", CostsShow},
    {"render", "Write the resource checklist (all costs, for people) as Markdown", CostsRender},
    {"diff", "Compare two tables: speed-up, and whether it is statistically significant",
     CostsDiff},
    {"fit", "Fit models of cost: by batch size, and by frame size", CostsFit},
    {"pareto", "Compare presets by time and F1", CostsPareto},
    {"calibration", "Compare predicted with actual times and memory of runs", CostsCalibration},
    {"limits", "Print batch sizes that ran out of memory, and the limits for the next run",
     CostsLimits},
    {"validate", "Check cost tables, and name the file, row and field of every error",
     CostsValidate},
}};

constexpr std::array<SubcommandElsewhere, 2> kElsewhere = {{
    {"import", "reelbatch-lab costs import"},
    {"export", "reelbatch-lab costs export"},
}};

}  // namespace

int CostsCommand(const Invocation& call) {
  return RunSubcommand({.parent = "costs",
                        .summary = "Show and compare cost rows. A row tells how much time and "
                                   "memory one unit of work takes, on one machine\n"
                                   "and at one frame size. `reelbatch bench` measures rows, and "
                                   "`reelbatch run` predicts times from them.\n"
                                   "TABLE is a file (reelbatch_costs_v2) or the name of a built-in "
                                   "table (`seed`). Without TABLE, all\n"
                                   "built-in tables but `seed` are used.\n",
                        .examples = "  reelbatch costs show --part hard --bucket 720\n"
                                    "  reelbatch costs diff seed costs.json\n",
                        .subcommands = kCostsSubcommands,
                        .elsewhere = kElsewhere},
                       call);
}

}  // namespace reelbatch::app
