#include "apps/reelbatch/command_choice.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdio>

#include "apps/reelbatch/exit_code.h"
#include "apps/reelbatch/terminal.h"
#include "base/suggest.h"

namespace reelbatch::app {
namespace {

std::string Help(const ProgramText& program) {
  std::string text =
      fmt::format("Usage: {} COMMAND [OPTIONS] ...\n\n{}", program.name, program.summary);
  size_t width = 0;
  for (const CommandGroup& group : program.groups)
    for (const Command& one : group.commands) width = std::max(width, one.name.size());
  for (const CommandGroup& group : program.groups) {
    text += fmt::format("\n{}:\n", group.title);
    for (const Command& one : group.commands)
      text += fmt::format("  {:<{}}  {}\n", one.name, width, one.summary);
  }
  return text + fmt::format(
                    "\nExamples:\n{0}\n`{1} COMMAND --help` explains a command; "
                    "`{1} --version` prints the version.\n{2}",
                    program.examples, program.name, program.ending);
}

std::string WrongCommand(const ProgramText& program, const std::string& word) {
  std::vector<std::string> names;
  for (const CommandGroup& group : program.groups)
    for (const Command& one : group.commands) names.emplace_back(one.name);
  const std::string kind = word.starts_with('-') ? "option" : "command";
  if (word.starts_with('-')) names = {"--help", "--version"};
  std::string hint = base::DidYouMean(word, names);
  if (hint.empty()) hint = fmt::format("; choose one of {}", fmt::join(names, ", "));
  return fmt::format("unknown {} {}{}", kind, ShellQuote(word), hint);
}

}  // namespace

std::expected<const Command*, int> ChooseCommand(const ProgramText& program,
                                                 const std::vector<std::string>& argv) {
  if (argv.size() < 2) {
    fmt::print(stderr, "{}", Help(program));
    return std::unexpected(kExitUsage);
  }
  Console console{std::string(program.name)};
  const std::string& word = argv[1];
  if (word == "--help" || word == "-h" || word == "help") {
    console.Out(Help(program));
    return std::unexpected(console.Finish(kExitDone));
  }
  if (word == "--version" || word == "-V") {
    console.Out(program.version + "\n");
    return std::unexpected(console.Finish(kExitDone));
  }
  for (const CommandGroup& group : program.groups) {
    const auto found = std::ranges::find(group.commands, word, &Command::name);
    if (found != group.commands.end()) return &*found;
  }
  console.Configure({});
  console.Error(WrongCommand(program, word));
  return std::unexpected(kExitUsage);
}

Invocation InvocationOf(const ProgramText& program, const std::vector<std::string>& argv,
                        const engine::Catalog* catalog) {
  Invocation call{.program = program.name,
                  .catalog = catalog,
                  .words = {argv.begin() + 2, argv.end()},
                  .line = ""};
  for (const std::string& part : argv)
    call.line += (call.line.empty() ? "" : " ") + ShellQuote(part);
  return call;
}

}  // namespace reelbatch::app
