#include "engine/batch_log.h"

#include <algorithm>
#include <utility>

#include "base/json_text.h"
#include "base/text.h"

namespace reelbatch::engine {
namespace {

using runtime::BatchReport;

double Ms(base::Nanoseconds time) {
  return std::chrono::duration<double, std::milli>(time).count();
}
double Rounded(double value) { return base::Rounded(value, 3); }

/// With the component, and with its stage where it has several.
base::Json WithStage(const contracts::BatchKey& key, base::Json fields) {
  fields["component"] = key.component;
  if (!key.stage.empty()) fields["stage"] = key.stage;
  return fields;
}

}  // namespace

void BatchLog::OnSecondPass(int video, base::Nanoseconds took) {
  Note("second_pass", {{"video_id", video_id_(video)}, {"actual_ms", Rounded(Ms(took))}});
}

void BatchLog::Note(std::string_view event, const base::Json& fields) {
  if (folder_ != nullptr) Keep(folder_->Note(event, fields));
}

void BatchLog::Keep(base::Status written) {
  const base::MutexLock lock(mutex_);
  if (!written && status_) status_ = std::move(written);
}

void BatchLog::OnLaunch(const BatchReport& report) {
  base::Json videos = base::Json::array();
  for (size_t k = 0; k < report.launch.units.size(); ++k) {
    const int video = report.launch.units[k].video;
    if (k > 0 && report.launch.units[k - 1].video == video) continue;
    videos.push_back(video_id_(video));
  }
  base::Json fields{{"batch", report.launch.id},
                    {"key", contracts::BatchKeyText(report.key)},
                    {"units", report.launch.units.size()},
                    {"videos", std::move(videos)},
                    {"attempt", report.launch.attempt},
                    {"reason", planning::BindingName(report.launch.binding)},
                    {"waited_ms", Rounded(Ms(report.waited))},
                    {"predicted_ms", Rounded(report.launch.predicted_ms)},
                    {"predicted_mb", Rounded(report.launch.predicted_mb)}};
  Note("batch_launched", WithStage(report.key, std::move(fields)));
}

void BatchLog::OnEnd(const BatchReport& report) {
  StageBatches& stage = stages_[contracts::StageText(report.key.component, report.key.stage)];
  const auto units = static_cast<int64_t>(report.launch.units.size());
  stage.most_videos = std::max(stage.most_videos, report.videos);
  if (report.launch.attempt > 1) stage.retries += units;
  stage.learned_limit = report.limit.limit;
  if (!report.failure) {
    stage.units += units;
    units_[report.key] += units;
    ++stage.batches;
    ++stage.sizes[static_cast<int>(units)];
    ++stage.by_binding[static_cast<size_t>(report.launch.binding)];
    stage.predicted_ms += report.launch.predicted_ms;
    stage.actual_ms += Ms(report.took);
    stage.longest_wait = std::max(stage.longest_wait, report.waited);
    Note("batch_finished", {{"batch", report.launch.id},
                            {"actual_ms", Rounded(Ms(report.took))},
                            {"done", Ranges(report)}});
    if (report.limit.limit > 0) limits_held_[report.key] = report.limit;
  } else {
    const bool oom = contracts::IsOutOfMemory(report.failure->failure);
    stage.ooms += oom ? 1 : 0;
    Note(oom ? "oom" : "batch_failed",
         WithStage(report.key, {{"batch", report.launch.id},
                                {"key", contracts::BatchKeyText(report.key)},
                                {"class", contracts::FailureClassName(report.failure->failure)},
                                {"units", units},
                                {"attempt", report.launch.attempt},
                                {"evidence", base::ValidUtf8(report.failure->evidence)},
                                {"pieces", report.after.pieces.size()},
                                {"restart", report.after.restart},
                                {"key_stopped", report.after.key_stopped}}));
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
    const std::string video = video_id_(unit.video);
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
  if (limits_ != nullptr) Keep(limits_->Learn(key, limit));
}

void BatchLog::KeepLimits() {
  for (const auto& [key, limit] : limits_held_) Keep(key, limit);
  limits_held_.clear();
}

}  // namespace reelbatch::engine
