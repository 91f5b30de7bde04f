#include "apps/reelbatch/eval/cost_quality.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <utility>

#include "apps/reelbatch/terminal.h"
#include "base/atomic_file.h"
#include "costs/table_json.h"
#include "eval/figures.h"
#include "measure/work.h"

namespace reelbatch::app {
namespace {

std::string DecisionOf(const contracts::CostSubject& subject) {
  const auto found = subject.knobs.find("decision");
  const auto* name =
      found == subject.knobs.end() ? nullptr : std::get_if<std::string>(&found->second);
  return name == nullptr ? "" : *name;
}

/// What rows of a part that truth judges are of.
contracts::CostSubject SubjectOf(const std::string& part) {
  return measure::ParsePart(part)->At(contracts::Preset::kDefault).subject;
}

/// The figure that a part's events are judged by; none: a part alone that truth does not judge.
const char* FigureFor(const contracts::CostSubject& subject) {
  static const contracts::CostSubject kHard = SubjectOf("hard");
  static const contracts::CostSubject kBoth = SubjectOf("hard,soft");
  if (subject.component != kHard.component) return nullptr;
  if (subject.component_part == kHard.component_part) return "hard_F1";
  return subject.component_part.starts_with(kBoth.component_part) ? "all_F1" : nullptr;
}

base::Result<contracts::CostTable> Load(const std::filesystem::path& table) {
  auto text = base::ReadWholeFile(table);
  if (!text) return std::unexpected(text.error());
  auto loaded = costs::ParseTable(std::move(*text), ShellQuote(table.native()));
  if (!loaded) return std::unexpected(loaded.error());
  return std::move(loaded->table);
}

/// `filled`, once the table is written.
base::Result<int> Save(const std::filesystem::path& path, const contracts::CostTable& table,
                       int filled) {
  if (filled == 0) {
    return base::Fail(base::Code::kInvalidArgument,
                      fmt::format("has no row of {} with hard cuts for an evaluated preset: use "
                                  "--preset quality,default,fast",
                                  SubjectOf("hard").component),
                      ShellQuote(path.native()));
  }
  if (const auto written = base::WriteFileAtomically(path, costs::WriteTable(table)); !written) {
    return std::unexpected(written.error());
  }
  return filled;
}

}  // namespace

base::Result<int> PutQuality(const std::filesystem::path& table,
                             const std::vector<eval::Row>& rows) {
  auto loaded = Load(table);
  if (!loaded) return std::unexpected(loaded.error());
  int filled = 0;
  for (const eval::Row& judged : rows) {
    const eval::Score score = eval::Pool(judged.clips);
    const std::string report =
        fmt::format("reelbatch eval: {}, {} clips", judged.name, judged.clips.size());
    for (const char* figure : {"hard_F1", "all_F1"}) {
      std::map<std::optional<double>, std::shared_ptr<const contracts::CostQuality>>
          made;  // by what is known against default
      for (contracts::CostRow& row : loaded->rows) {
        const contracts::CostSubject& subject = *row.subject;
        const char* wanted = FigureFor(subject);
        if (wanted == nullptr || std::string_view(wanted) != figure) continue;
        if (judged.name != subject.preset &&
            judged.name != subject.preset + "-" + DecisionOf(subject))
          continue;
        const std::optional<double> f1_default =
            row.quality ? row.quality->f1_default : std::nullopt;
        auto& quality = made[f1_default];
        if (quality == nullptr) {
          quality = std::make_shared<const contracts::CostQuality>(
              contracts::CostQuality{.f1_truth = eval::FigureOf(score, figure),
                                     .f1_default = f1_default,
                                     .report = report + ", " + figure});
        }
        row.quality = quality;
        ++filled;
      }
    }
  }
  return Save(table, *loaded, filled);
}

base::Result<int> PutAgainstDefault(const std::filesystem::path& table,
                                    const std::map<std::string, double>& f1_by_preset,
                                    const std::string& report) {
  auto loaded = Load(table);
  if (!loaded) return std::unexpected(loaded.error());
  int filled = 0;
  // Rows share what is known of their quality: so do the new ones.
  std::map<std::pair<const contracts::CostQuality*, std::string>,
           std::shared_ptr<const contracts::CostQuality>>
      made;
  for (contracts::CostRow& row : loaded->rows) {
    const contracts::CostSubject& subject = *row.subject;
    const auto f1 = f1_by_preset.find(subject.preset);
    if (FigureFor(subject) == nullptr || f1 == f1_by_preset.end()) continue;
    auto& quality = made[{row.quality.get(), subject.preset}];
    if (quality == nullptr) {
      contracts::CostQuality fresh = row.quality ? *row.quality : contracts::CostQuality{};
      fresh.f1_default = f1->second;
      if (fresh.report.empty()) fresh.report = report;
      quality = std::make_shared<const contracts::CostQuality>(std::move(fresh));
    }
    row.quality = quality;
    ++filled;
  }
  return Save(table, *loaded, filled);
}

}  // namespace reelbatch::app
