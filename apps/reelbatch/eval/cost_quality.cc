#include "apps/reelbatch/eval/cost_quality.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>

#include "apps/reelbatch/terminal.h"
#include "base/atomic_file.h"
#include "costs/subjects.h"
#include "costs/table_json.h"
#include "eval/figures.h"

namespace reelbatch::app {
namespace {

std::string DecisionOf(const contracts::CostSubject& subject) {
  const auto found = subject.knobs.find("decision");
  const auto* name = found == subject.knobs.end() ? nullptr : std::get_if<std::string>(&found->second);
  return name == nullptr ? "" : *name;
}

/// The figure that a part's events are judged by; none: a part alone that truth does not judge.
const char* FigureFor(const std::string& part) {
  if (part == costs::CutPartName({.hard = true, .soft = false, .motion = false})) return "hard_F1";
  const bool both = part.starts_with(costs::CutPartName({.hard = true, .soft = true, .motion = false}));
  return both ? "all_F1" : nullptr;
}

}  // namespace

base::Result<int> PutQuality(const std::filesystem::path& table, const std::vector<eval::Row>& rows) {
  auto text = base::ReadWholeFile(table);
  if (!text) return std::unexpected(text.error());
  auto loaded = costs::ParseTable(std::move(*text), ShellQuote(table.native()));
  if (!loaded) return std::unexpected(loaded.error());
  int filled = 0;
  for (const eval::Row& judged : rows) {
    const eval::Score score = eval::Pool(judged.clips);
    const std::string report = fmt::format("reelbatch eval: {}, {} clips", judged.name, judged.clips.size());
    for (const char* figure : {"hard_F1", "all_F1"}) {
      const auto quality = std::make_shared<const contracts::CostQuality>(contracts::CostQuality{
          .f1_truth = eval::FigureOf(score, figure), .f1_default = std::nullopt, .report = report + ", " + figure});
      for (contracts::CostRow& row : loaded->table.rows) {
        const contracts::CostSubject& subject = *row.subject;
        const char* wanted = FigureFor(subject.component_part);
        if (subject.component != "cut_detection" || wanted == nullptr || std::string_view(wanted) != figure) continue;
        if (judged.name != subject.preset && judged.name != subject.preset + "-" + DecisionOf(subject)) continue;
        row.quality = quality;
        ++filled;
      }
    }
  }
  if (filled == 0) {
    return base::Fail(base::Code::kInvalidArgument,
                      "has no row of cut_detection with hard cuts whose preset was evaluated: --preset quality,default,fast",
                      ShellQuote(table.native()));
  }
  if (const auto written = base::WriteFileAtomically(table, costs::WriteTable(loaded->table)); !written) {
    return std::unexpected(written.error());
  }
  return filled;
}

}  // namespace reelbatch::app
