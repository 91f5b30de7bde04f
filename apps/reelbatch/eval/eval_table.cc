#include "apps/reelbatch/eval/eval_table.h"

#include <fmt/format.h>

#include <optional>
#include <vector>

#include "apps/reelbatch/table.h"
#include "apps/reelbatch/terminal.h"

namespace reelbatch::app {
namespace {

using eval::Kind;
using eval::Score;

std::string Figure(std::optional<double> value) {
  return value ? fmt::format("{:.3f}", *value) : "-";
}

std::string Figure(const Score& score, std::string_view name) {
  return Figure(eval::FigureOf(score, name));
}

std::string WithInterval(const eval::Row& row, std::optional<double> (*figure)(const Score&)) {
  const auto value = figure(eval::Pool(row.clips));
  const auto interval = eval::Bootstrap(row.clips, figure);
  if (!value || !interval) return Figure(value);
  return fmt::format("{:.3f} [{:.2f} {:.2f}]", *value, interval->low, interval->high);
}

Table Totals(std::span<const eval::Row> rows) {
  Table table({{"", Align::kLeft},
               {"hard P", Align::kRight},
               {"R", Align::kRight},
               {"F1 [95 %]", Align::kLeft},
               {"gradual R", Align::kRight},
               {"1:1", Align::kRight},
               {"IoU", Align::kRight},
               {"type", Align::kRight},
               {"all P", Align::kRight},
               {"R", Align::kRight},
               {"F1 [95 %]", Align::kLeft},
               {"false", Align::kRight},
               {"false in traps", Align::kRight},
               {"scenes F1", Align::kRight},
               {"ClipShots cut", Align::kRight},
               {"gradual", Align::kRight}});
  for (const eval::Row& row : rows) {
    const Score score = eval::Pool(row.clips);
    table.AddRow({OneLine(row.name), Figure(score, "hard_P"), Figure(score, "hard_R"),
                  WithInterval(row, eval::HardF1), Figure(score, "soft_R"),
                  std::to_string(score.soft_one_to_one), Figure(score, "soft_IoU_found"),
                  Figure(score, "type_accuracy"), Figure(score, "all_P"), Figure(score, "all_R"),
                  WithInterval(row, eval::AllF1),
                  fmt::format("{}+{}", score.hard_false, score.soft_false),
                  std::to_string(score.false_in_hard_negatives), Figure(score, "scenes_F1"),
                  Figure(score, "clipshots_cut_F1"), Figure(score, "clipshots_gradual_F1")});
  }
  return table;
}

Table ByKind(std::span<const eval::Row> rows) {
  Table table({{"found/known, IoU", Align::kLeft},
               {"hard", Align::kRight},
               {"fade", Align::kRight},
               {"", Align::kRight},
               {"dissolve", Align::kRight},
               {"", Align::kRight},
               {"wipe", Align::kRight},
               {"", Align::kRight}});
  for (const eval::Row& row : rows) {
    const Score score = eval::Pool(row.clips);
    std::vector<std::string> cells{OneLine(row.name)};
    for (const Kind kind : {Kind::kHard, Kind::kFade, Kind::kDissolve, Kind::kWipe}) {
      const eval::KindCounts& counts = score.kinds[static_cast<size_t>(kind)];
      cells.push_back(fmt::format("{}/{}", counts.found, counts.truths));
      if (kind != Kind::kHard)
        cells.push_back(Figure(eval::Ratio(counts.iou_sum, static_cast<double>(counts.found))));
    }
    table.AddRow(std::move(cells));
  }
  return table;
}

std::string MistakesText(const std::vector<eval::Mistake>& mistakes) {
  std::string text;
  for (const eval::Mistake& one : mistakes) {
    if (!text.empty()) text += ", ";
    text += std::string(eval::KindName(one.kind)) + " ";
    text += one.span.start == one.span.end ? std::to_string(one.span.start)
                                           : fmt::format("{}-{}", one.span.start, one.span.end);
  }
  return text;
}

Table PerClip(const eval::Row& row) {
  Table table({{OneLine(row.name), Align::kLeft},
               {"hard", Align::kRight},
               {"gradual", Align::kRight},
               {"all F1", Align::kRight},
               {"missed", Align::kLeft},
               {"false", Align::kLeft}});
  for (const eval::ClipScore& clip : row.clips) {
    const Score& score = clip.score;
    std::vector<eval::Mistake> missed = clip.missed_hard;
    missed.insert(missed.end(), clip.missed_soft.begin(), clip.missed_soft.end());
    table.AddRow({OneLine(clip.name), fmt::format("{}/{}", score.hard_tp, score.hard),
                  fmt::format("{}/{}", score.soft_found, score.soft), Figure(eval::AllF1(score)),
                  MistakesText(missed), MistakesText(clip.false_events)});
  }
  return table;
}

Table Reliability(const eval::Row& row) {
  Table table({{"confidence", Align::kLeft},
               {"events", Align::kRight},
               {"right", Align::kRight},
               {"mean confidence", Align::kRight}});
  for (const eval::ReliabilityBin& bin : eval::ReliabilityOf(row.clips)) {
    const auto events = static_cast<double>(bin.predictions);
    if (bin.predictions == 0) continue;
    table.AddRow({fmt::format("{:.1f}-{:.1f}", bin.low, bin.low + 0.1),
                  std::to_string(bin.predictions),
                  Figure(eval::Ratio(static_cast<double>(bin.right), events)),
                  Figure(eval::Ratio(bin.confidence_sum, events))});
  }
  return table;
}

}  // namespace

std::string EvalText(std::span<const eval::Row> rows, int tolerance, bool per_clip, bool color) {
  if (rows.empty()) return "";
  const Score first = eval::Pool(rows.front().clips);
  std::string text = fmt::format(
      "{} clip{}, {} hard cuts, {} gradual transitions, {:.1f} min; hard cuts are matched within "
      "{} "
      "frame{}\n"
      "\n",
      first.clips, first.clips == 1 ? "" : "s", first.hard, first.soft, first.minutes, tolerance,
      tolerance == 1 ? "" : "s");
  text += Totals(rows).Render(color);
  text += "\n" + ByKind(rows).Render(color);
  for (const eval::Row& row : rows) {
    if (per_clip) text += "\n" + PerClip(row).Render(color) + "\n" + Reliability(row).Render(color);
    for (const std::string& note : row.notes)
      text += fmt::format("note {}: {}\n", OneLine(row.name), OneLine(note));
  }
  return text;
}

std::string FixtureText(std::span<const eval::FixtureRow> rows, bool color) {
  Table table({{"tolerance", Align::kRight},
               {"TP", Align::kRight},
               {"FP", Align::kRight},
               {"FN", Align::kRight},
               {"F1", Align::kRight},
               {"published", Align::kLeft},
               {"", Align::kLeft}});
  for (const eval::FixtureRow& row : rows) {
    table.AddRow({std::to_string(row.tolerance), std::to_string(row.found.tp),
                  std::to_string(row.found.fp), std::to_string(row.found.fn),
                  fmt::format("{:.4f}", eval::F1(row.found).value_or(0)),
                  fmt::format("{} / {} / {}, {:.4f}", row.expected.tp, row.expected.fp,
                              row.expected.fn, row.expected_f1),
                  row.agrees ? "agrees" : "DIFFERS"});
  }
  return table.Render(color);
}

}  // namespace reelbatch::app
