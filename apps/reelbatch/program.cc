#include "apps/reelbatch/program.h"

#include <fmt/format.h>

#include <array>
#include <cstdio>

#include "apps/reelbatch/command.h"
#include "apps/reelbatch/console.h"
#include "apps/reelbatch/exit_code.h"
#include "apps/reelbatch/signals.h"
#include "apps/reelbatch/suggest.h"
#include "apps/reelbatch/terminal.h"
#include "contracts/producer.h"
#include "inference/triton/triton_server.h"
#include "media/log_capture.h"
#include "store/identity.h"
#include "vision/simd.h"

namespace reelbatch::app {
namespace {

struct Entry {
  std::string_view name;
  std::string_view summary;
  int (*command)(const Invocation&);
};

constexpr std::array<Entry, 12> kCommands = {{
    {"run", "the main job: files, folders, lists in; cuts, shots and a manifest per video out",
     RunCommand},
    {"plan",
     "what `run` would do: expected time, batches and what binds them, how far from the best",
     PlanCommand},
    {"cuts", "where are the cuts of these videos: a table, CSV, EDL, OTIO, images, split files ...",
     CutsCommand},
    {"eval", "how good these cuts are: precision, recall, F1 against truth, detectors side by side",
     EvalCommand},
    {"costs",
     "what a unit of work costs: rows, checklist, comparisons, what runs were expected to take",
     CostsCommand},
    {"demo", "make a demo reel with known cuts, and compare what is found with them", DemoCommand},
    {"bench", "what components cost on this machine: times, memory, decoding, as rows of costs",
     BenchCommand},
    {"simulate",
     "what-if: how the planner batches N videos on these devices, how long, how far from the best",
     SimulateCommand},
    {"models",
     "the models that components run: which there are, whether they open and say the same in every "
     "batch",
     ModelsCommand},
    {"verify", "whether an output folder is whole: every manifest, every hash, files of nobody",
     VerifyCommand},
    {"prune", "remove from an output folder what no run needs; says what, and asks", PruneCommand},
    {"doctor", "what this machine has, what is missing, and the command that mends it",
     DoctorCommand},
}};

std::string Help() {
  std::string text =
      "Usage: reelbatch COMMAND [OPTIONS] ...\n\nFinds the cuts in videos, in one or in "
      "thousands.\n\nCommands:\n";
  for (const Entry& entry : kCommands)
    text += fmt::format("  {:<8} {}\n", entry.name, entry.summary);
  text +=
      "\nExamples:\n"
      "  reelbatch cuts clip.mp4\n"
      "  reelbatch run clips/ --out results\n"
      "\n`reelbatch COMMAND --help` explains a command; `reelbatch --version` prints the version.\n"
      "Exit codes: 0 done, 1 some videos failed, 2 usage, 3 environment, 130 interrupted.\n";
  return text;
}

int WrongCommand(const std::string& word) {
  Console console("reelbatch");
  console.Configure({});
  std::vector<std::string> names;
  for (const Entry& entry : kCommands) names.emplace_back(entry.name);
  const std::string kind = word.starts_with('-') ? "option" : "command";
  if (word.starts_with('-')) names = {"--help", "--version"};
  std::string hint = DidYouMean(word, names);
  if (hint.empty()) hint = fmt::format("; there is {}", fmt::join(names, ", "));
  console.Error(fmt::format("unknown {} {}{}", kind, ShellQuote(word), hint));
  return kExitUsage;
}

}  // namespace

int Program(const std::vector<std::string>& words, const engine::Catalog& catalog) {
  TurnWriteSignalsIntoErrors();
  // What these say stands in reports and errors of ours.
  media::SetHostLog(nullptr);
  inference::DropGrpcLog();
  Console console("reelbatch");
  const std::string word = words.size() > 1 ? words[1] : "";
  if (words.size() < 2) {
    fmt::print(stderr, "{}", Help());
    return kExitUsage;
  }
  if (word == "--help" || word == "-h" || word == "help") {
    console.Out(Help());
    return console.Finish(kExitDone);
  }
  if (word == "--version" || word == "-V") {
    console.Out(contracts::ProducerName() + "\n");
    return console.Finish(kExitDone);
  }
  // For comparisons and bug reports: all of these give the same events.
  if (const auto simd = Environment("REELBATCH_SIMD"); simd && !simd->empty()) {
    if (auto forced = vision::ForceSimd(*simd); !forced) {
      forced.error().context = "REELBATCH_SIMD";
      return console.Finish(console.Fail(forced.error()));
    }
  }
  Invocation call{.catalog = &catalog, .words = {words.begin() + 2, words.end()}, .line = ""};
  for (const std::string& part : words)
    call.line += (call.line.empty() ? "" : " ") + ShellQuote(part);
  for (const Entry& entry : kCommands) {
    if (entry.name == word) return entry.command(call);
  }
  return WrongCommand(word);
}

int LastWords(std::string_view reason) {
  fmt::print(stderr, "reelbatch: {}\n", OneLine(reason));
  return kExitEnvironment;
}

}  // namespace reelbatch::app
