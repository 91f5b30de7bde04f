#include "apps/reelbatch/run_timeline.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace reelbatch::app {
namespace {

using base::Nanoseconds;

/// Arrows end just inside of slices, which may be written after them (contracts/trace.h).
constexpr Nanoseconds kInside(1);
constexpr Nanoseconds kShortest(2);

}  // namespace

contracts::TraceTrackId RunTimeline::Lane(int lane) {
  return sink_.Track({.group = "source lanes", .name = fmt::format("lane {}", lane)});
}

std::string RunTimeline::Name(int video) const {
  return std::cmp_less(video, names_.size()) ? names_[static_cast<size_t>(video)]
                                             : fmt::format("video {}", video);
}

void RunTimeline::Arrow(const char* name, const Place& from, const Place& to) {
  sink_.Flow({.name = name,
              .from = {.track = from.track, .at = Since(from.at) + kInside},
              .to = {.track = to.track, .at = Since(to.at) + kInside}});
}

void RunTimeline::SourceBegins(int video, int lane, Nanoseconds now) {
  base::MutexLock lock(mutex_);
  sources_[video].push_back({.track = Lane(lane), .at = now});
}

void RunTimeline::SourceEnded(int video, int lane, Nanoseconds began, Nanoseconds ended,
                              bool second) {
  sink_.Slice({.track = Lane(lane),
               .begin = Since(began),
               .duration = std::max(kShortest, ended - began),
               .name = second ? "second pass " + Name(video) : Name(video)});
}

void RunTimeline::Committed(int video, int lane, Nanoseconds began, Nanoseconds ended) {
  const Place commit{.track = Lane(lane), .at = began};
  sink_.Slice({.track = commit.track,
               .begin = Since(began),
               .duration = std::max(kShortest, ended - began),
               .name = "write " + Name(video)});
  base::MutexLock lock(mutex_);
  for (const auto& [stage, batch] : last_batches_[video]) Arrow("result", batch, commit);
  last_batches_.erase(video);
  sources_.erase(video);
}

void RunTimeline::Batch(const runtime::BatchReport& report) {
  const Place batch{.track = sink_.Track({.group = fmt::format("device {}", report.key.device),
                                          .name = fmt::format("executor {}", report.lane)}),
                    .at = report.began};
  const auto units = static_cast<int64_t>(report.launch.units.size());
  const std::string stage = contracts::StageText(report.key.component, report.key.stage);
  contracts::TraceSlice slice{.track = batch.track,
                              .begin = Since(report.began),
                              .duration = std::max(kShortest, report.took),
                              .name = fmt::format("{} x {}", stage, units)};
  slice.arguments = {
      {.name = "reason", .value = std::string(planning::BindingName(report.launch.binding))},
      {.name = "units", .value = units},
      {.name = "videos", .value = int64_t{report.videos}},
      {.name = "attempt", .value = int64_t{report.launch.attempt}},
      {.name = "predicted_ms", .value = report.launch.predicted_ms},
      {.name = "predicted_mb", .value = report.launch.predicted_mb}};
  if (report.failure) {
    slice.name += " failed";
    slice.arguments.push_back(
        {.name = "class",
         .value = std::string(contracts::FailureClassName(report.failure->failure))});
  }
  sink_.Slice(slice);
  if (report.failure && contracts::IsOutOfMemory(report.failure->failure)) {
    sink_.Instant(
        {.track = batch.track, .at = Since(report.began + slice.duration), .name = "oom"});
  }
  if (report.limit_learned) {
    sink_.Instant({.track = batch.track,
                   .at = Since(report.began + slice.duration),
                   .name = fmt::format("limit_learned {}", report.limit.limit)});
  }
  base::MutexLock lock(mutex_);
  for (size_t k = 0; k < report.launch.units.size(); ++k) {
    const int video = report.launch.units[k].video;
    if (k > 0 && report.launch.units[k - 1].video == video) continue;
    std::map<std::string, Place>& batches = last_batches_[video];
    if (!report.stage_before.empty()) {
      const auto before =
          batches.find(contracts::StageText(report.key.component, report.stage_before));
      if (before != batches.end()) Arrow("results", before->second, batch);
    } else if (const auto passes = sources_.find(video); passes != sources_.end()) {
      // The batch may be told of when a second pass has begun that it is not from.
      const auto pass = std::ranges::find_if(passes->second.rbegin(), passes->second.rend(),
                                             [&](const Place& it) { return it.at <= batch.at; });
      if (pass != passes->second.rend()) Arrow("units", *pass, batch);
    }
    if (!report.failure) batches[stage] = batch;
  }
}

void RunTimeline::Waiting(Nanoseconds at, int64_t units, int64_t unit_bytes) {
  sink_.Counter({.group = "queues",
                 .name = "units waiting",
                 .unit = "units",
                 .at = Since(at),
                 .value = static_cast<double>(units)});
  sink_.Counter({.group = "queues",
                 .name = "bytes in flight",
                 .unit = "MB",
                 .at = Since(at),
                 .value = static_cast<double>(unit_bytes) / 1e6});
}

void RunTimeline::Memory(Nanoseconds at, double rss_mb) {
  sink_.Counter({.group = "memory", .name = "RSS", .unit = "MB", .at = Since(at), .value = rss_mb});
}

}  // namespace reelbatch::app
