#include "apps/reelbatch/batch_log.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "apps/reelbatch/batch_table.h"
#include "apps/reelbatch/table.h"
#include "apps/reelbatch/terminal.h"
#include "base/json_text.h"

namespace reelbatch::app {
namespace {

using runtime::BatchReport;

double Ms(base::Nanoseconds time) {
  return std::chrono::duration<double, std::milli>(time).count();
}
double Rounded(double value) { return std::round(value * 1e3) / 1e3; }

}  // namespace

void BatchLog::Note(std::string_view event, const base::Json& fields) {
  auto noted = folder_.Note(event, fields);
  if (!noted && status_) status_ = std::move(noted);
}

void BatchLog::OnLaunch(const BatchReport& report) {
  base::Json videos = base::Json::array();
  for (size_t k = 0; k < report.launch.units.size(); ++k) {
    const int video = report.launch.units[k].video;
    if (k > 0 && report.launch.units[k - 1].video == video) continue;
    videos.push_back(video_ids_[static_cast<size_t>(video)]);
  }
  Note("batch_launched", {{"batch", report.launch.id},
                          {"key", contracts::BatchKeyText(report.key)},
                          {"units", report.launch.units.size()},
                          {"videos", std::move(videos)},
                          {"attempt", report.launch.attempt},
                          {"reason", planning::BindingName(report.launch.binding)},
                          {"waited_ms", Rounded(Ms(report.waited))},
                          {"predicted_ms", Rounded(report.launch.predicted_ms)},
                          {"predicted_mb", Rounded(report.launch.predicted_mb)}});
}

void BatchLog::OnEnd(const BatchReport& report) {
  ComponentBatches& component = components_[report.key.component];
  const auto units = static_cast<int64_t>(report.launch.units.size());
  component.most_videos = std::max(component.most_videos, report.videos);
  if (report.launch.attempt > 1) component.retries += units;
  component.learned_limit = report.limit.limit;
  if (!report.failure) {
    component.units += units;
    units_[report.key] += units;
    ++component.batches;
    ++component.sizes[static_cast<int>(units)];
    ++component.by_binding[static_cast<size_t>(report.launch.binding)];
    component.predicted_ms += report.launch.predicted_ms;
    component.actual_ms += Ms(report.took);
    component.longest_wait = std::max(component.longest_wait, report.waited);
    Note("batch_finished", {{"batch", report.launch.id},
                            {"actual_ms", Rounded(Ms(report.took))},
                            {"done", Ranges(report)}});
    if (report.limit.limit > 0) limits_held_[report.key] = report.limit;
  } else {
    const bool oom = contracts::IsOutOfMemory(report.failure->failure);
    component.ooms += oom ? 1 : 0;
    Note(oom ? "oom" : "batch_failed",
         {{"batch", report.launch.id},
          {"key", contracts::BatchKeyText(report.key)},
          {"class", contracts::FailureClassName(report.failure->failure)},
          {"units", units},
          {"attempt", report.launch.attempt},
          {"evidence", OneLine(report.failure->evidence)},
          {"pieces", report.after.pieces.size()},
          {"restart", report.after.restart},
          {"key_stopped", report.after.key_stopped}});
  }
  if (!report.limit_learned) return;
  limits_held_.erase(report.key);
  Keep(report.key, report.limit);
  Note("limit_learned", {{"key", contracts::BatchKeyText(report.key)},
                         {"limit", report.limit.limit},
                         {"failed_at", report.limit.failed_at}});
}

base::Json BatchLog::Ranges(const BatchReport& report) const {
  base::Json ranges = base::Json::array();
  for (const contracts::UnitId unit : report.launch.units) {
    const std::string& video = video_ids_[static_cast<size_t>(unit.video)];
    const bool goes_on = !ranges.empty() && ranges.back()["video"] == video &&
                         ranges.back()["last"] == unit.index - 1;
    if (goes_on)
      ranges.back()["last"] = unit.index;
    else
      ranges.push_back({{"video", video}, {"first", unit.index}, {"last", unit.index}});
  }
  return ranges;
}

void BatchLog::Keep(const contracts::BatchKey& key, const planning::LearnedLimit& limit) {
  if (auto kept = limits_.Learn(key, limit); !kept && status_) status_ = std::move(kept);
}

void BatchLog::KeepLimits() {
  for (const auto& [key, limit] : limits_held_) Keep(key, limit);
  limits_held_.clear();
}

std::string BatchLog::Text(bool color) const {
  if (components_.empty()) return "";
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
  for (const auto& [name, component] : components_) {
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

base::Json BatchLog::Json() const {
  base::Json all = base::Json::object();
  for (const auto& [name, component] : components_) {
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
