#include "apps/reelbatch/command_line.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "apps/reelbatch/config_file.h"
#include "apps/reelbatch/exit_code.h"

namespace reelbatch::app {
namespace {

base::Status Store(const OptionTable& table, const ParsedLine& line, CommandLine& read) {
  for (const GivenOption& given : line.options) {
    if (given.option->name != "config") continue;
    if (const auto applied = ApplyConfigFile(given.value, table, read.arguments); !applied)
      return applied;
  }
  if (!line.arguments.empty()) read.arguments = line.arguments;
  return ApplyLine(line);
}

std::string HelpOf(std::string_view program, const CommandText& text, const OptionTable& table) {
  return fmt::format("Usage: {} {} [OPTIONS]{}{}\n\n{}\nExamples:\n{}{}", program, text.name,
                     text.synopsis.empty() ? "" : " ", text.synopsis, text.summary, text.examples,
                     table.Help());
}

}  // namespace

CommandLine ReadCommandLine(const CommandText& text, const OptionTable& table,
                            const CommonOptions& common, const Invocation& call, Console& console) {
  CommandLine read;
  const auto line = ParseLine(table, call.words);
  base::Status status;
  if (!line) {
    status = std::unexpected(line.error());
  } else {
    const bool help =
        std::any_of(line->options.begin(), line->options.end(),
                    [](const GivenOption& given) { return given.option->name == "help"; });
    if (help) {
      console.Out(HelpOf(call.program, text, table));
      read.exit_code = console.Finish(kExitDone);
      return read;
    }
    status = Store(table, *line, read);
  }
  CommonOptions known = common;
  // A line that could not be read still says whether its answer is wanted as JSON.
  if (!status)
    known.json = std::find(call.words.begin(), call.words.end(), "--json") != call.words.end();
  console.Configure(known);
  if (!status) read.exit_code = console.Finish(console.Fail(status.error()));
  return read;
}

}  // namespace reelbatch::app
