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
        "Draw the clip that a script (a text file) describes, and write its truth next to it as "
        "JSON: the frames\n"
        "of every cut, gradual transition and trap. src/reel/script.h explains scripts; "
        "tests/traps has examples.\n",
    .examples = "  reelbatch-lab reel --script tests/traps/dissolves.txt --out dissolves.mp4\n",
};

struct Settings {
  CommonOptions common;
  std::optional<std::filesystem::path> script;
  std::optional<std::filesystem::path> out;
};

OptionTable MakeTable(Settings& settings) {
  OptionTable table;
  table.Group("Clip");
  table.Add(PathOption("script", "FILE", "Draw the clip that this script describes (required)",
                       settings.script));
  table.Add(PathOption("out", "VIDEO",
                       "Write the video to this file, and its truth next to it as .json (required)",
                       settings.out));
  AddCommonOptions(table, settings.common);
  return table;
}

int Go(const Settings& settings, const std::vector<std::string>& arguments, Console& console) {
  const auto usage = [&](std::string message) {
    return console.Fail({base::Code::kInvalidArgument, std::move(message)});
  };
  if (!arguments.empty())
    return usage("takes no argument, but got " + ShellQuote(arguments.front()));
  if (!settings.script) return usage("needs --script FILE: the script of the clip");
  if (!settings.out) return usage("needs --out VIDEO: the video file to write");
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
