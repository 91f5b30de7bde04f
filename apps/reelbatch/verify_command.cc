#include <fmt/format.h>

#include "apps/reelbatch/command.h"
#include "apps/reelbatch/exit_code.h"
#include "apps/reelbatch/progress_bar.h"
#include "apps/reelbatch/signals.h"
#include "apps/reelbatch/table.h"
#include "apps/reelbatch/terminal.h"
#include "base/json_text.h"
#include "base/units.h"
#include "contracts/producer.h"
#include "store/identity.h"
#include "store/verify.h"

namespace reelbatch::app {
namespace {

constexpr CommandText kVerifyText = {
    .name = "verify",
    .synopsis = "OUT",
    .summary =
        "Check an output folder of `reelbatch run`: every manifest, the size and hash of every "
        "file in it, files\n"
        "that are in no manifest, and the paths in run.json. A killed run and unreadable files are "
        "problems, too.\n"
        "Nothing is changed. Exit code 0: no problems; 1: problems were found.\n",
    .examples =
        "  reelbatch verify results\n"
        "  reelbatch verify results --json\n",
};

std::string Text(const store::VerifyReport& report, bool color) {
  std::string text;
  if (!report.problems.empty()) {
    Table table({{.title = "problem"}, {.title = "path"}, {.title = "detail"}});
    for (const store::Problem& problem : report.problems) {
      table.AddRow({std::string(store::ProblemName(problem.kind)),
                    ShellQuote(problem.path.native()), OneLine(problem.detail)});
    }
    text = table.Render(color);
  }
  return text + fmt::format("{} and {} ({}) checked: {}\n", Count(report.manifests, "manifest"),
                            Count(report.artifacts, "file"), base::FormatBytes(report.bytes),
                            report.problems.empty()
                                ? "no problems"
                                : Count(static_cast<int64_t>(report.problems.size()), "problem"));
}

base::Json Document(const store::VerifyReport& report) {
  base::Json document;
  document["schema"] = "reelbatch_verify_v1";
  document["producer"] = contracts::ProducerName();
  document["manifests"] = report.manifests;
  document["artifacts"] = report.artifacts;
  document["bytes"] = report.bytes;
  document["problems"] = base::Json::array();
  for (const store::Problem& problem : report.problems) {
    document["problems"].push_back({{"problem", store::ProblemName(problem.kind)},
                                    {"path", problem.path.native()},
                                    {"detail", problem.detail}});
  }
  return document;
}

}  // namespace

int VerifyCommand(const Invocation& call) {
  CommonOptions common;
  OptionTable table;
  AddCommonOptions(table, common);
  Console console("reelbatch verify");
  const CommandLine line = ReadCommandLine(kVerifyText, table, common, call, console);
  if (line.exit_code) return *line.exit_code;
  if (line.arguments.size() != 1) {
    return console.Finish(
        console.Fail({base::Code::kInvalidArgument,
                      "needs one argument: the folder that was given to --out", "OUT"}));
  }
  static base::CancelToken cancel;  // signal handlers may use it until the process is gone
  StopOnSignals(cancel, common.quiet);
  const store::FolderLayout layout{.root = store::AbsolutePath(line.arguments.front())};
  const auto report = store::VerifyFolder(layout, cancel);
  if (!report) return console.Finish(console.Fail(report.error()));
  if (console.json()) {
    console.Out(base::Pretty(Document(*report)));
  } else if (!console.quiet() || !report->problems.empty()) {
    console.Out(Text(*report, console.out_color()));
  }
  return console.Finish(report->problems.empty() ? kExitDone : kExitSomeFailed);
}

}  // namespace reelbatch::app
