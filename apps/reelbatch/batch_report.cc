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
  if (log.stages().empty()) return "";
  Table table({{"stage"},
               {"units", Align::kRight},
               {"batches", Align::kRight},
               {"mean size", Align::kRight},
               {"max videos", Align::kRight},
               {"predicted ms", Align::kRight},
               {"actual ms", Align::kRight},
               {"out of memory", Align::kRight},
               {"retried", Align::kRight},
               {"learned limit", Align::kRight},
               {"batch sizes"},
               {"limiting factor"}});
  for (const auto& [name, stage] : log.stages()) {
    table.AddRow({OneLine(name), fmt::format("{}", stage.units), fmt::format("{}", stage.batches),
                  fmt::format("{:.2f}", MeanSize(stage.sizes)),
                  fmt::format("{}", stage.most_videos), fmt::format("{:.0f}", stage.predicted_ms),
                  fmt::format("{:.0f}", stage.actual_ms), fmt::format("{}", stage.ooms),
                  fmt::format("{}", stage.retries),
                  stage.learned_limit > 0 ? fmt::format("{}", stage.learned_limit) : "-",
                  SizesText(stage.sizes), BindingsText(stage.by_binding)});
  }
  return table.Render(color) + std::string(kLimitingFactorNote) + "\n";
}

base::Json BatchesJson(const engine::BatchLog& log) {
  base::Json all = base::Json::object();
  for (const auto& [name, stage] : log.stages()) {
    base::Json sizes = base::Json::object();
    for (const auto& [size, count] : stage.sizes) sizes[std::to_string(size)] = count;
    base::Json reasons = base::Json::object();
    for (int k = 0; k < planning::kBindings; ++k) {
      const int64_t count = stage.by_binding[static_cast<size_t>(k)];
      if (count > 0)
        reasons[std::string(planning::BindingName(static_cast<planning::Binding>(k)))] = count;
    }
    all[name] = {{"units", stage.units},
                 {"batches", stage.batches},
                 {"mean_batch", Rounded(MeanSize(stage.sizes))},
                 {"most_videos", stage.most_videos},
                 {"predicted_ms", Rounded(stage.predicted_ms)},
                 {"actual_ms", Rounded(stage.actual_ms)},
                 {"longest_wait_ms", Rounded(Ms(stage.longest_wait))},
                 {"ooms", stage.ooms},
                 {"retries", stage.retries},
                 {"learned_limit",
                  stage.learned_limit > 0 ? base::Json(stage.learned_limit) : base::Json(nullptr)},
                 {"sizes", std::move(sizes)},
                 {"reasons", std::move(reasons)}};
  }
  return all;
}

}  // namespace reelbatch::app
