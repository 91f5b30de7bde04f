#include <filesystem>
#include <optional>
#include <utility>

#include "apps/reelbatch-lab/lab_commands.h"
#include "apps/reelbatch/exit_code.h"
#include "apps/reelbatch/reel_report.h"
#include "apps/reelbatch/terminal.h"
#include "reel/demo_reel.h"

namespace reelbatch::app {
namespace {

constexpr CommandText kText = {
    .name = "reel",
    .synopsis = "--script FILE --out VIDEO",
    .summary =
        "Draws the clip that a text file describes, and writes its truth beside it as JSON: every "
        "cut, gradual transition and\n"
        "trap at its frame. The words of scripts are in src/reel/script.h; tests/traps has "
        "examples.\n",
    .examples = "  reelbatch-lab reel --script tests/traps/dissolves.txt --out dissolves.mp4\n",
};

struct Settings {
  CommonOptions common;
  std::optional<std::filesystem::path> script;
  std::optional<std::filesystem::path> out;
};

OptionTable MakeTable(Settings& settings) {
  OptionTable table;
  table.Group("What to make");
  table.Add(PathOption("script", "FILE", "draw the clip that this file describes (required)",
                       settings.script));
  table.Add(PathOption("out", "VIDEO",
                       "write the video here, and its truth beside it as .json (required)",
                       settings.out));
  AddCommonOptions(table, settings.common);
  return table;
}

int Go(const Settings& settings, const std::vector<std::string>& arguments, Console& console) {
  const auto usage = [&](std::string message) {
    return console.Fail({base::Code::kInvalidArgument, std::move(message)});
  };
  if (!arguments.empty())
    return usage("takes no argument, but there is " + ShellQuote(arguments.front()));
  if (!settings.script) return usage("needs --script: the file that describes the clip");
  if (!settings.out) return usage("needs --out: the name of the video to write");
  const auto drawn = reel::MakeScriptedClip(*settings.script, *settings.out);
  if (!drawn) return console.Fail(drawn.error());
  PrintReel(*drawn, console);
  return kExitDone;
}

}  // namespace

int ReelCommand(const Invocation& call) {
  Settings settings;
  const OptionTable table = MakeTable(settings);
  Console console("reelbatch-lab reel");
  const CommandLine line = ReadCommandLine(kText, table, settings.common, call, console);
  if (line.exit_code) return *line.exit_code;
  return console.Finish(Go(settings, line.arguments, console));
}

}  // namespace reelbatch::app
