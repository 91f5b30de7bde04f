#include "apps/reelbatch/costs/row_filter.h"

#include <array>
#include <utility>

#include "apps/reelbatch/option_values.h"

namespace reelbatch::app {
namespace {

constexpr int kMostInputSide = 65536;

Option TextOption(std::string name, std::string value_name, std::string help,
                  std::optional<std::string>& target) {
  return {.name = std::move(name),
          .value_name = std::move(value_name),
          .help = std::move(help),
          .set = [&target](const std::string& text) -> base::Status {
            target = text;
            return {};
          }};
}

}  // namespace

bool RowFilter::Takes(const contracts::CostRow& row) const {
  const contracts::CostSubject& subject = *row.subject;
  if (component && subject.component != *component) return false;
  if (part && subject.component_part.find(*part) == std::string::npos) return false;
  if (preset && subject.preset != *preset) return false;
  if (device && row.device->id != *device) return false;
  if (short_side && row.bucket.short_side != *short_side) return false;
  return !input || row.input_kind == *input;
}

void AddFilterOptions(OptionTable& table, RowFilter& filter) {
  table.Group("Row filters");
  table.Add(TextOption("component", "NAME", "Print rows of this component", filter.component));
  table.Add(TextOption("part", "WORD",
                       "Print rows whose part has this word in its name: hard, ssim, ...",
                       filter.part));
  table.Add(TextOption("preset", "NAME", "Print rows of this preset", filter.preset));
  table.Add(TextOption("device", "ID", "Print rows of this device profile", filter.device));
  table.Add({.name = "bucket",
             .value_name = "S",
             .help = "Print rows of this short side in pixels, e.g. 720",
             .set = [&filter](const std::string& text) -> base::Status {
               const auto side = ParseInteger(text, 1, kMostInputSide);
               if (!side) return std::unexpected(side.error());
               filter.short_side = *side;
               return {};
             }});
  table.Add({.name = "input",
             .value_name = "KIND",
             .help = "Print rows measured on noise or on real (videos)",
             .set = [&filter](const std::string& text) -> base::Status {
               static const std::array<std::string, 2> kKinds = {"noise", "real"};
               const auto kind = ParseChoice(text, kKinds);
               if (!kind) return std::unexpected(kind.error());
               filter.input =
                   *kind == 0 ? contracts::InputKind::kNoise : contracts::InputKind::kReal;
               return {};
             }});
}

std::string ShortPart(std::string text) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 3> kNames = {{
      {"detect_hard_cuts(cpu_no_deep)", "hard"},
      {"detect_soft_cuts(cpu)", "soft"},
      {"detect_motion_based_cuts(cpu)", "motion"},
  }};
  for (const auto& [name, shorter] : kNames) {
    if (const size_t at = text.find(name); at != std::string::npos)
      text.replace(at, name.size(), shorter);
  }
  return text;
}

}  // namespace reelbatch::app
