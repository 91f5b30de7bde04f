#include "apps/reelbatch/subcommands.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "apps/reelbatch/exit_code.h"
#include "apps/reelbatch/terminal.h"
#include "base/suggest.h"

namespace reelbatch::app {
namespace {

std::string Help(std::string_view parent, std::string_view summary, std::string_view examples,
                 std::span<const Subcommand> subcommands) {
  std::string text = fmt::format(
      "Usage: reelbatch {} SUBCOMMAND [OPTIONS] ...\n\n{}\nSubcommands:\n", parent, summary);
  size_t width = 0;
  for (const Subcommand& one : subcommands) width = std::max(width, one.name.size());
  for (const Subcommand& one : subcommands)
    text += fmt::format("  {:<{}}  {}\n", one.name, width, one.summary);
  return text +
         fmt::format("\nExamples:\n{}\n`reelbatch {} SUBCOMMAND --help` explains a subcommand.\n",
                     examples, parent);
}

}  // namespace

int RunSubcommand(std::string_view parent, std::string_view summary, std::string_view examples,
                  std::span<const Subcommand> subcommands, const Invocation& call) {
  Console console(fmt::format("reelbatch {}", parent));
  const std::string word = call.words.empty() ? "" : call.words.front();
  if (word == "--help" || word == "-h" || word == "help") {
    console.Out(Help(parent, summary, examples, subcommands));
    return console.Finish(kExitDone);
  }
  const auto found = std::ranges::find(subcommands, word, &Subcommand::name);
  if (found != subcommands.end()) {
    return found->run({.catalog = call.catalog,
                       .words = {call.words.begin() + 1, call.words.end()},
                       .line = call.line});
  }
  std::vector<std::string> names;
  for (const Subcommand& one : subcommands) names.emplace_back(one.name);
  std::string hint = word.empty() ? "" : base::DidYouMean(word, names);
  if (hint.empty()) hint = fmt::format("; there is {}", fmt::join(names, ", "));
  console.Configure({});
  console.Error(word.empty() ? "needs a subcommand" + hint
                             : fmt::format("unknown subcommand {}{}", ShellQuote(word), hint));
  return console.Finish(kExitUsage);
}

}  // namespace reelbatch::app
