#include <fmt/format.h>

#include "apps/reelbatch/costs/cost_tables.h"
#include "apps/reelbatch/costs/costs_command.h"
#include "apps/reelbatch/exit_code.h"
#include "apps/reelbatch/terminal.h"
#include "base/atomic_file.h"
#include "base/json_text.h"
#include "base/text.h"
#include "costs/bench_json.h"
#include "costs/keys.h"

namespace reelbatch::app {
namespace {

constexpr CommandText kCostsValidateText = {
    .name = "costs validate",
    .synopsis = "FILE...",
    .summary =
        "Check cost tables (schemas/ describes every format), and name the file, row and field of "
        "every error.\n"
        "Exit code 1: a file has errors.\n"
        "--strict also rejects rows that were measured with uncommitted changes or at an unknown "
        "commit, noisy\n"
        "and extrapolated rows, and everything that is only a warning otherwise.\n",
    .examples =
        "  reelbatch costs validate data/costs/*.json\n"
        "  reelbatch costs validate costs.json --strict --json\n",
};

/// What --strict does not put up with.
std::vector<std::string> Doubts(const contracts::CostTable& table, const std::string& name) {
  std::vector<std::string> doubts;
  for (size_t k = 0; k < table.rows.size(); ++k) {
    const contracts::CostRow& row = table.rows[k];
    const auto doubt = [&](bool is, std::string_view why) {
      if (is)
        doubts.push_back(fmt::format("{}: rows[{}] ({}, {}): {}", name, k,
                                     costs::PartText(*row.subject), costs::BucketText(row.bucket),
                                     why));
    };
    doubt(row.provenance->commit.empty(),
          "the commit is missing, so the measurement cannot be repeated");
    doubt(row.provenance->dirty,
          "measured with uncommitted changes: commit them and measure again");
    doubt(row.noisy, "noisy: measure it again on a quieter machine");
    doubt(row.extrapolated, "extrapolated, not measured");
    doubt(!row.latency_ms_per_unit && row.terms.empty(), "has no latency");
  }
  return doubts;
}

struct Verdict {
  std::string file;
  size_t rows = 0;
  std::vector<std::string> problems;
  std::vector<std::string> warnings;
};

Verdict Judge(const std::string& file, bool strict) {
  Verdict verdict{.file = file, .problems = {}, .warnings = {}};
  const auto text = base::ReadWholeFile(file);
  if (!text) {
    verdict.problems.push_back(text.error().Text());
    return verdict;
  }
  auto loaded = costs::ImportAny(*text, ShellQuote(file), "imported");
  if (!loaded) {
    verdict.problems.push_back(loaded.error().Text());
    return verdict;
  }
  verdict.rows = loaded->table.rows.size();
  auto& found = strict ? verdict.problems : verdict.warnings;
  found = std::move(loaded->warnings);
  if (strict) {
    for (std::string& doubt : Doubts(loaded->table, ShellQuote(file)))
      found.push_back(std::move(doubt));
  }
  return verdict;
}

}  // namespace

int CostsValidate(const Invocation& call) {
  CommonOptions common;
  bool strict = false;
  OptionTable table;
  table.Group("Strictness");
  table.Add(SwitchOption(
      "strict", "Treat warnings as errors, and reject rows that are not reliable (default: warn)",
      strict));
  AddCommonOptions(table, common);
  Console console("reelbatch costs validate");
  const CommandLine line = ReadCommandLine(kCostsValidateText, table, common, call, console);
  if (line.exit_code) return *line.exit_code;
  if (line.arguments.empty()) {
    return console.Finish(console.Fail(
        {base::Code::kInvalidArgument, "needs a file: reelbatch costs validate costs.json"}));
  }
  base::Json document = base::Json::array();
  bool sound = true;
  for (const std::string& file : line.arguments) {
    const Verdict verdict = Judge(file, strict);
    sound = sound && verdict.problems.empty();
    document.push_back({{"file", base::ValidUtf8(file)},
                        {"sound", verdict.problems.empty()},
                        {"rows", verdict.rows},
                        {"problems", verdict.problems},
                        {"warnings", verdict.warnings}});
    for (const std::string& warning : verdict.warnings) console.Warn(warning);
    for (const std::string& problem : verdict.problems) console.Error(problem);
    if (!console.json() && !console.quiet() && verdict.problems.empty()) {
      console.Out(fmt::format("{}: {} rows, no errors\n", OneLine(file), verdict.rows));
    }
  }
  if (console.json()) console.Out(base::Pretty(document));
  return console.Finish(sound ? kExitDone : kExitSomeFailed);
}

}  // namespace reelbatch::app
