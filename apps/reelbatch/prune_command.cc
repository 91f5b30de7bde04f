#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <iostream>
#include <string>

#include "apps/reelbatch/command.h"
#include "apps/reelbatch/exit_code.h"
#include "apps/reelbatch/progress_bar.h"
#include "apps/reelbatch/table.h"
#include "apps/reelbatch/terminal.h"
#include "apps/reelbatch/wall_clock.h"
#include "base/json_text.h"
#include "base/units.h"
#include "contracts/producer.h"
#include "store/folder_lock.h"
#include "store/identity.h"
#include "store/prune.h"
#include "store/run_folders.h"

namespace reelbatch::app {
namespace {

constexpr CommandText kPruneText = {
    .name = "prune",
    .synopsis = "OUT",
    .summary =
        "Remove files that no run needs from an output folder of `reelbatch run`: the folders of "
        "all runs except\n"
        "the last one and those of --keep, files that are in no manifest of these runs, and "
        "temporary files of\n"
        "killed runs. It lists the files first, and asks for confirmation.\n",
    .examples =
        "  reelbatch prune results --dry-run\n"
        "  reelbatch prune results --keep r-920d75d299f3 --yes\n",
};

struct PruneSettings {
  CommonOptions common;
  std::vector<std::string> keep;
  bool dry_run = false;
  bool yes = false;
};

OptionTable MakePruneTable(PruneSettings& settings) {
  OptionTable table;
  table.Group("Files to remove");
  table.Add(WordsOption("keep", "RUN_ID,...", "Also keep these runs (default: the last run only)",
                        settings.keep));
  table.Add(SwitchOption("dry-run", "List the files that would be removed, and remove nothing",
                         settings.dry_run));
  table.Add(SwitchOption("yes", "Remove without asking for confirmation", settings.yes));
  AddCommonOptions(table, settings.common);
  return table;
}

std::string Text(const store::PrunePlan& plan, bool color) {
  std::string text = fmt::format("{} kept: {}\n", plan.kept_runs.size() == 1 ? "run" : "runs",
                                 fmt::join(plan.kept_runs, ", "));
  if (plan.items.empty()) return text + "There is nothing to remove.\n";
  Table table({{.title = "kind"}, {.title = "path"}, {.title = "size", .align = Align::kRight}});
  int64_t listed = 0;
  for (const store::Prunable& item : plan.items) {
    listed += item.bytes;
    table.AddRow({std::string(store::PrunableName(item.kind)), ShellQuote(item.path.native()),
                  base::FormatBytes(item.bytes)});
  }
  text += table.Render(color) + fmt::format("{}, {} in total; removing {} frees {}",
                                            Count(plan.files, "file"), base::FormatBytes(listed),
                                            plan.files == 1 ? "it" : "them",
                                            base::FormatBytes(plan.bytes));
  if (plan.bytes < listed)
    text += ", because the runs that are kept share the other files (hard links)";
  return text + "\n";
}

base::Json Document(const store::PrunePlan& plan, bool removed) {
  base::Json document;
  document["schema"] = "reelbatch_prune_v1";
  document["producer"] = contracts::ProducerName();
  document["removed"] = removed;
  document["kept_runs"] = plan.kept_runs;
  document["files"] = plan.files;
  document["bytes"] = plan.bytes;
  document["items"] = base::Json::array();
  for (const store::Prunable& item : plan.items) {
    document["items"].push_back({{"what", store::PrunableName(item.kind)},
                                 {"path", item.path.native()},
                                 {"bytes", item.bytes}});
  }
  return document;
}

/// Only where a person can see the question and answer it.
bool CanAsk() { return isatty(STDIN_FILENO) != 0 && isatty(STDERR_FILENO) != 0; }

bool Ask() {
  fmt::print(stderr, "Remove this? [y/N] ");
  std::string answer;
  std::getline(std::cin, answer);
  return answer == "y" || answer == "Y" || answer == "yes";
}

/// Errors: invalid_argument (nobody can be asked).
base::Result<bool> MayRemove(const PruneSettings& settings) {
  if (settings.dry_run) return false;
  if (settings.yes) return true;
  if (CanAsk()) return Ask();
  return base::Fail(base::Code::kInvalidArgument,
                    "there is no terminal to ask for confirmation; use --yes to remove the files, "
                    "or --dry-run to list them only");
}

int PruneFolder(const PruneSettings& settings, const store::FolderLayout& layout,
                const Invocation& call, Console& console) {
  const auto clock = ChooseClock();
  if (!clock) return console.Fail(clock.error());
  if (const auto checked = store::CheckIsOutputFolder(layout); !checked)
    return console.Fail(checked.error());
  const auto lock = store::FolderLock::Take(layout.root, layout.lock(), call.line, **clock);
  if (!lock) return console.Fail(lock.error());
  const auto plan = store::PlanPrune(layout, settings.keep);
  if (!plan) return console.Fail(plan.error());
  if (!console.json() && !console.quiet()) console.Out(Text(*plan, console.out_color()));
  base::Result<bool> remove = false;
  if (!plan->items.empty()) {
    std::fflush(stdout);
    remove = MayRemove(settings);
  }
  if (!remove) return console.Fail(remove.error());
  if (*remove) {
    if (const auto pruned = store::Prune(layout, *plan); !pruned)
      return console.Fail(pruned.error());
    console.Note("removed");
  }
  if (console.json()) console.Out(base::Pretty(Document(*plan, *remove)));
  return kExitDone;
}

}  // namespace

int PruneCommand(const Invocation& call) {
  PruneSettings settings;
  const OptionTable table = MakePruneTable(settings);
  Console console("reelbatch prune");
  const CommandLine line = ReadCommandLine(kPruneText, table, settings.common, call, console);
  if (line.exit_code) return *line.exit_code;
  if (line.arguments.size() != 1) {
    return console.Finish(
        console.Fail({base::Code::kInvalidArgument,
                      "needs one argument: the folder that was given to --out", "OUT"}));
  }
  const store::FolderLayout layout{.root = store::AbsolutePath(line.arguments.front())};
  return console.Finish(PruneFolder(settings, layout, call, console));
}

}  // namespace reelbatch::app
