#include "apps/reelbatch/batch_report.h"

#include <fmt/format.h>

#include <utility>

#include "apps/reelbatch/batch_table.h"
#include "apps/reelbatch/table.h"
#include "apps/reelbatch/terminal.h"

namespace reelbatch::app {
namespace {

double Ms(base::Nanoseconds time) {
  return std::chrono::duration<double, std::milli>(time).count();
}
double Rounded(double value) { return base::Rounded(value, 3); }

}  // namespace

std::string BatchesText(const engine::BatchLog& log, bool color) {
  if (log.components().empty()) return "";
  Table table({{"component"},
               {"units", Align::kRight},
               {"batches", Align::kRight},
               {"mean", Align::kRight},
               {"videos <=", Align::kRight},
               {"expected ms", Align::kRight},
               {"took ms", Align::kRight},
               {"OOM", Align::kRight},
               {"again", Align::kRight},
               {"limit", Align::kRight},
               {"sizes"},
               {"bound by"}});
  for (const auto& [name, component] : log.components()) {
    table.AddRow(
        {OneLine(name), fmt::format("{}", component.units), fmt::format("{}", component.batches),
         fmt::format("{:.2f}", MeanSize(component.sizes)), fmt::format("{}", component.most_videos),
         fmt::format("{:.0f}", component.predicted_ms), fmt::format("{:.0f}", component.actual_ms),
         fmt::format("{}", component.ooms), fmt::format("{}", component.retries),
         component.learned_limit > 0 ? fmt::format("{}", component.learned_limit) : "-",
         SizesText(component.sizes), BindingsText(component.by_binding)});
  }
  return table.Render(color) + "\n";
}

base::Json BatchesJson(const engine::BatchLog& log) {
  base::Json all = base::Json::object();
  for (const auto& [name, component] : log.components()) {
    base::Json sizes = base::Json::object();
    for (const auto& [size, count] : component.sizes) sizes[std::to_string(size)] = count;
    base::Json reasons = base::Json::object();
    for (int k = 0; k < planning::kBindings; ++k) {
      const int64_t count = component.by_binding[static_cast<size_t>(k)];
      if (count > 0)
        reasons[std::string(planning::BindingName(static_cast<planning::Binding>(k)))] = count;
    }
    all[name] = {{"units", component.units},
                 {"batches", component.batches},
                 {"mean_batch", Rounded(MeanSize(component.sizes))},
                 {"most_videos", component.most_videos},
                 {"predicted_ms", Rounded(component.predicted_ms)},
                 {"actual_ms", Rounded(component.actual_ms)},
                 {"longest_wait_ms", Rounded(Ms(component.longest_wait))},
                 {"ooms", component.ooms},
                 {"retries", component.retries},
                 {"learned_limit", component.learned_limit > 0 ? base::Json(component.learned_limit)
                                                               : base::Json(nullptr)},
                 {"sizes", std::move(sizes)},
                 {"reasons", std::move(reasons)}};
  }
  return all;
}

}  // namespace reelbatch::app
