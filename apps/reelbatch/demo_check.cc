#include "apps/reelbatch/demo_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <optional>

#include "apps/reelbatch/progress_bar.h"
#include "apps/reelbatch/table.h"
#include "apps/reelbatch/terminal.h"
#include "base/atomic_file.h"
#include "base/json_fields.h"

namespace reelbatch::app {
namespace {

std::string FoundText(const contracts::Event& event) {
  return fmt::format("{} ({:.2f})", event.frame, event.confidence);
}

std::string Span(std::string_view what, int64_t start, int64_t end) {
  return start == end ? fmt::format("{} {}", what, start)
                      : fmt::format("{} {}-{}", what, start, end);
}

/// For every known hard cut the event that is its own, or none. Both sides are sorted by frame and
/// all tolerances are equal, so taking the first free event is the largest matching there is.
std::vector<std::optional<size_t>> Match(const std::vector<KnownTransition>& hard,
                                         const std::vector<contracts::Event>& events,
                                         int64_t tolerance) {
  std::vector<std::optional<size_t>> matches(hard.size());
  size_t next = 0;
  for (size_t i = 0; i < hard.size(); ++i) {
    while (next < events.size() && (events[next].type != contracts::EventType::kHard ||
                                    events[next].frame < hard[i].frame - tolerance)) {
      ++next;
    }
    if (next < events.size() && events[next].frame <= hard[i].frame + tolerance)
      matches[i] = next++;
  }
  return matches;
}

const KnownTransition* GradualAt(const KnownCuts& known, int64_t frame) {
  for (const KnownTransition& transition : known.transitions) {
    if (transition.type != "hard" && frame >= transition.start && frame <= transition.end + 1)
      return &transition;
  }
  return nullptr;
}

const KnownTrap* TrapAt(const KnownCuts& known, int64_t frame) {
  // One frame more: what fires on a flash often fires where it ends.
  for (const KnownTrap& trap : known.traps) {
    if (frame >= trap.start && frame <= trap.end + 1) return &trap;
  }
  return nullptr;
}

/// Rows for the events that are no hit. An event in a gradual transition is told by that
/// transition's own row.
void AddOthers(const KnownCuts& known, const std::vector<contracts::Event>& events,
               const std::vector<bool>& used, Comparison& comparison) {
  for (size_t i = 0; i < events.size(); ++i) {
    if (used[i] || GradualAt(known, events[i].frame) != nullptr) continue;
    const KnownTrap* trap = TrapAt(known, events[i].frame);
    comparison.rows.push_back(
        {.frame = events[i].frame,
         .known = trap != nullptr ? Span(trap->reason, trap->start, trap->end) : "",
         .found = FoundText(events[i]),
         .verdict = trap != nullptr ? "FALSE: in a trap" : "FALSE"});
    ++comparison.false_cuts;
  }
}

void AddGradualAndTraps(const KnownCuts& known, const std::vector<contracts::Event>& events,
                        const std::vector<bool>& used, Comparison& comparison) {
  for (const KnownTransition& transition : known.transitions) {
    if (transition.type == "hard") continue;
    std::string found;
    for (size_t i = 0; i < events.size(); ++i) {
      if (!used[i] && GradualAt(known, events[i].frame) == &transition)
        found += (found.empty() ? "" : ", ") + FoundText(events[i]);
    }
    comparison.rows.push_back({.frame = transition.frame,
                               .known = Span(transition.type, transition.start, transition.end),
                               .found = found,
                               .verdict = found.empty() ? "gradual, missed" : "gradual"});
  }
  for (const KnownTrap& trap : known.traps) {
    const bool fired = std::any_of(
        comparison.rows.begin(), comparison.rows.end(), [&](const Comparison::Row& row) {
          return row.verdict.starts_with("FALSE") && TrapAt(known, row.frame) == &trap;
        });
    if (fired) continue;
    comparison.rows.push_back({.frame = trap.start,
                               .known = Span(trap.reason, trap.start, trap.end),
                               .found = "",
                               .verdict = "trap, no false cut"});
  }
}

}  // namespace

base::Result<KnownCuts> ReadKnownCuts(const std::filesystem::path& path) {
  const auto text = base::ReadWholeFile(path);
  if (!text) return std::unexpected(text.error());
  auto known = base::ReadObject(*text, ShellQuote(path.native()), [](base::JsonFields& fields) {
    KnownCuts cuts;
    for (base::JsonFields& entry : fields.Objects("transitions")) {
      cuts.transitions.push_back({.type = entry.Text("type"),
                                  .start = entry.Integer("start"),
                                  .end = entry.Integer("end"),
                                  .frame = entry.Integer("frame")});
    }
    for (base::JsonFields& entry : fields.ObjectsIfAny("hard_negatives")) {
      cuts.traps.push_back({.reason = entry.TextOr("kind", "trap"),
                            .start = entry.Integer("start"),
                            .end = entry.Integer("end")});
    }
    return cuts;
  });
  if (known) std::ranges::sort(known->transitions, {}, &KnownTransition::frame);
  return known;
}

Comparison Compare(const KnownCuts& known, const std::vector<contracts::Event>& events,
                   int64_t tolerance) {
  std::vector<KnownTransition> hard;
  for (const KnownTransition& transition : known.transitions) {
    if (transition.type == "hard") hard.push_back(transition);
  }
  Comparison comparison;
  std::vector<bool> used(events.size(), false);
  const auto matches = Match(hard, events, tolerance);
  for (size_t i = 0; i < hard.size(); ++i) {
    Comparison::Row row{.frame = hard[i].frame,
                        .known = fmt::format("hard {}", hard[i].frame),
                        .found = "",
                        .verdict = "MISSED"};
    if (const auto match = matches[i]) {
      used[*match] = true;
      row.found = FoundText(events[*match]);
      row.verdict = "hit";
      ++comparison.hits;
    } else {
      ++comparison.missed;
    }
    comparison.rows.push_back(std::move(row));
  }
  AddOthers(known, events, used, comparison);
  AddGradualAndTraps(known, events, used, comparison);
  std::stable_sort(comparison.rows.begin(), comparison.rows.end(),
                   [](const auto& a, const auto& b) { return a.frame < b.frame; });
  return comparison;
}

std::string ComparisonText(const Comparison& comparison, bool color) {
  Table table(
      {{"known", Align::kLeft}, {"found at (confidence)", Align::kLeft}, {"", Align::kLeft}});
  for (const Comparison::Row& row : comparison.rows)
    table.AddRow({row.known, row.found, row.verdict});
  std::string counts = fmt::format("hard cuts: {} found, {} missed, {} false", comparison.hits,
                                   comparison.missed, comparison.false_cuts);
  counts = Styled(counts, comparison.good() ? Style::kGreen : Style::kRed, color);
  return table.Render(color, 2) + counts + "\n";
}

}  // namespace reelbatch::app
