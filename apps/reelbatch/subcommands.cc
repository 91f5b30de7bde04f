#include "apps/reelbatch/subcommands.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string>
#include <vector>

#include "apps/reelbatch/exit_code.h"
#include "apps/reelbatch/terminal.h"
#include "base/suggest.h"

namespace reelbatch::app {
namespace {

std::string Help(std::string_view program, const SubcommandText& command) {
  std::string text = fmt::format("Usage: {} {} SUBCOMMAND [OPTIONS] ...\n\n{}\nSubcommands:\n",
                                 program, command.parent, command.summary);
  size_t width = 0;
  for (const Subcommand& one : command.subcommands) width = std::max(width, one.name.size());
  for (const Subcommand& one : command.subcommands)
    text += fmt::format("  {:<{}}  {}\n", one.name, width, one.summary);
  return text + fmt::format("\nExamples:\n{}\n`{} {} SUBCOMMAND --help` explains a subcommand.\n",
                            command.examples, program, command.parent);
}

std::string WrongSubcommand(const SubcommandText& command, const std::string& word) {
  const auto elsewhere = std::ranges::find(command.elsewhere, word, &SubcommandElsewhere::name);
  if (elsewhere != command.elsewhere.end())
    return fmt::format("{} is a subcommand of another program: use `{}`", ShellQuote(word),
                       elsewhere->call);
  std::vector<std::string> names;
  for (const Subcommand& one : command.subcommands) names.emplace_back(one.name);
  std::string hint = word.empty() ? "" : base::DidYouMean(word, names);
  if (hint.empty()) hint = fmt::format("; choose one of {}", fmt::join(names, ", "));
  return word.empty() ? "needs a subcommand" + hint
                      : fmt::format("unknown subcommand {}{}", ShellQuote(word), hint);
}

}  // namespace

int RunSubcommand(const SubcommandText& text, const Invocation& call) {
  Console console(fmt::format("{} {}", call.program, text.parent));
  const std::string word = call.words.empty() ? "" : call.words.front();
  if (word == "--help" || word == "-h" || word == "help") {
    console.Out(Help(call.program, text));
    return console.Finish(kExitDone);
  }
  const auto found = std::ranges::find(text.subcommands, word, &Subcommand::name);
  if (found != text.subcommands.end()) {
    return found->run({.program = call.program,
                       .catalog = call.catalog,
                       .words = {call.words.begin() + 1, call.words.end()},
                       .line = call.line});
  }
  console.Configure({});
  console.Error(WrongSubcommand(text, word));
  return console.Finish(kExitUsage);
}

}  // namespace reelbatch::app
