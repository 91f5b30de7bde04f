#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <string_view>
#include <vector>

#include "apps/reelbatch/bench/bench_commands.h"
#include "apps/reelbatch/bench/memory_child.h"
#include "apps/reelbatch/exit_code.h"
#include "apps/reelbatch/suggest.h"
#include "apps/reelbatch/terminal.h"

namespace reelbatch::app {
namespace {

struct Entry {
  std::string_view name;
  std::string_view summary;
  int (*command)(const Invocation&);
};

constexpr std::array<Entry, 5> kCommands = {{
    {"micro", "a part of cut_detection and each of its steps alone",
     [](const Invocation& call) { return BenchRows(BenchKind::kMicro, call); }},
    {"matrix", "a part at every size of the grid, both aspects, all presets",
     [](const Invocation& call) { return BenchRows(BenchKind::kMatrix, call); }},
    {"memory", "what a part holds in memory, each row in a process of its own",
     [](const Invocation& call) { return BenchRows(BenchKind::kMemory, call); }},
    {"decode", "what decoding costs, by codec, size and bit rate", BenchDecode},
    {"peers", "our kernels, parts and runs beside those of others (make bench)", BenchPeers},
}};

std::string Help() {
  std::string text =
      "Usage: reelbatch bench WHAT [OPTIONS] ...\n\nMeasures what components cost on this machine, and writes it as rows of "
      "costs: DIR/costs.json.\n\nWhat:\n";
  for (const Entry& entry : kCommands) text += fmt::format("  {:<8} {}\n", entry.name, entry.summary);
  text +=
      "\nExamples:\n"
      "  reelbatch bench micro --part hard --out costs\n"
      "  reelbatch bench matrix --part hard,soft --input real --memory --out costs\n"
      "  reelbatch bench decode clips/ --out costs\n"
      "\n`reelbatch bench WHAT --help` explains each.\n";
  return text;
}

int Wrong(const std::string& word) {
  Console console("reelbatch bench");
  console.Configure({});
  std::vector<std::string> names;
  for (const Entry& entry : kCommands) names.emplace_back(entry.name);
  std::string hint = DidYouMean(word, names);
  if (hint.empty()) hint = fmt::format("; there is {}", fmt::join(names, ", "));
  return console.Finish(console.Fail(
      {base::Code::kInvalidArgument, fmt::format("{} is nothing to measure{}", ShellQuote(word), hint)}));
}

}  // namespace

int BenchCommand(const Invocation& call) {
  if (call.words.empty()) {
    fmt::print(stderr, "{}", Help());
    return kExitUsage;
  }
  const std::string& word = call.words.front();
  const std::vector<std::string> rest(call.words.begin() + 1, call.words.end());
  if (word == "--help" || word == "-h" || word == "help") {
    Console console("reelbatch bench");
    console.Out(Help());
    return console.Finish(kExitDone);
  }
  if (word == kMemoryRow) return MemoryRow(rest);
  for (const Entry& entry : kCommands) {
    if (entry.name == word) return entry.command({.words = rest, .line = call.line});
  }
  return Wrong(word);
}

}  // namespace reelbatch::app
