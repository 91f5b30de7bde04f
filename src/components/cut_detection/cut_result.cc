#include "components/cut_detection/cut_result.h"

#include <fmt/format.h>

#include <algorithm>

#include "components/cut_detection/selection.h"

namespace reelbatch::components {
namespace {

// Frames. Broken references show until the next picture that stands alone, usually within half a
// second.
constexpr contracts::FrameIndex kErrorBefore = 12;
constexpr contracts::FrameIndex kErrorAfter = 2;

// At the rate that FFmpeg takes for pictures without one.
constexpr double kUnknownFrameSeconds = 0.04;

bool NearError(const contracts::DecodeReport& report, contracts::FrameIndex last_old,
               contracts::FrameIndex first_new) {
  const auto at = std::ranges::lower_bound(report.error_frames, last_old - kErrorBefore);
  return at != report.error_frames.end() && *at <= first_new + kErrorAfter;
}

// Median step, or `frame_s` where there is no step to learn from.
double TypicalStep(const std::vector<double>& pts_s, double frame_s) {
  if (pts_s.size() < 2) return frame_s;
  std::vector<double> steps;
  steps.reserve(pts_s.size());
  for (size_t i = 1; i < pts_s.size(); ++i) steps.push_back(pts_s[i] - pts_s[i - 1]);
  const auto middle = steps.begin() + static_cast<ptrdiff_t>(steps.size() / 2);
  std::nth_element(steps.begin(), middle, steps.end());
  return *middle;
}

contracts::Shot WholeShot(const contracts::Timeline& timeline, const LastFrame& last) {
  contracts::Shot shot{.index = 0,
                       .start_frame = timeline.frame_indices.front(),
                       .end_frame = std::max(timeline.frame_indices.back() + 1, last.end_frame),
                       .start_s = timeline.pts_s.front(),
                       .end_s = 0};
  const auto span = static_cast<size_t>(shot.end_frame - shot.start_frame);
  const bool sampled = last.end_frame > 0 && span > timeline.size();
  shot.end_s = sampled ? last.decoded_s + last.frame_s
                       : timeline.pts_s.back() + TypicalStep(timeline.pts_s, last.frame_s);
  if (last.next_s) shot.end_s = std::min(shot.end_s, *last.next_s);
  return shot;
}

}  // namespace

std::vector<contracts::Event> MakeEvents(const std::vector<Finding>& findings,
                                         const contracts::Timeline& timeline,
                                         const contracts::DecodeReport& report) {
  std::vector<contracts::Event> events;
  events.reserve(findings.size());
  for (const Finding& found : findings) {
    const contracts::FrameIndex start = timeline.frame_indices[found.start];
    const contracts::FrameIndex end = timeline.frame_indices[found.end];
    events.push_back({.type = found.type,
                      .pair_index = static_cast<int>(found.middle) - 1,
                      .frame = timeline.frame_indices[found.middle],
                      .start_frame = start,
                      .end_frame = end,
                      .time_s = timeline.pts_s[found.middle],
                      .start_s = timeline.pts_s[found.start],
                      .end_s = timeline.pts_s[found.end],
                      .confidence = found.confidence,
                      .strength = found.strength,
                      .evidence = found.evidence,
                      .near_decode_error = NearError(report, start, end),
                      .splits = found.splits});
  }
  return events;
}

double FrameSeconds(const contracts::VideoInfo& info) {
  if (info.avg_fps.value() > 0) return 1 / info.avg_fps.value();
  if (info.nominal_fps.value() > 0) return 1 / info.nominal_fps.value();
  const double duration_s = info.duration_s.value_or(0);
  if (!(duration_s > 0)) return kUnknownFrameSeconds;
  return duration_s / static_cast<double>(std::max<int64_t>(1, info.frames_expected.value_or(1)));
}

std::vector<contracts::Shot> MakeShots(const std::vector<contracts::Event>& events,
                                       const contracts::Timeline& timeline, const LastFrame& last) {
  if (timeline.size() == 0) return {};
  return SplitIntoShots(WholeShot(timeline, last), events);
}

std::vector<std::string> MakeWarnings(const contracts::DecodeReport& report,
                                      const std::vector<contracts::Event>& events, size_t found) {
  std::vector<std::string> warnings;
  if (report.truncated) {
    warnings.push_back(report.frames_expected
                           ? fmt::format("truncated: {} of {} expected frames could be decoded",
                                         report.frames_decoded, *report.frames_expected)
                           : fmt::format("truncated: the file ends early, after {} decoded frames",
                                         report.frames_decoded));
  }
  if (report.decode_errors > 0) {
    const auto near = std::ranges::count_if(events, &contracts::Event::near_decode_error);
    warnings.push_back(
        fmt::format("{} decode error{}{}; {} of {} events are near one", report.decode_errors,
                    report.decode_errors == 1 ? "" : "s",
                    report.first_error.empty() ? "" : " (first: " + report.first_error + ")", near,
                    events.size()));
  }
  if (report.missing_pts > 0) {
    warnings.push_back(
        fmt::format("{} frames have no time stamp: their times are derived from their neighbours",
                    report.missing_pts));
  }
  if (report.repaired_pts == 1) {
    warnings.emplace_back(
        "1 time stamp was wrong and was replaced by a time computed from the neighbouring frames");
  } else if (report.repaired_pts > 1) {
    warnings.push_back(fmt::format(
        "{} time stamps were wrong, or on a clock that was reset, and were replaced by times "
        "computed from the neighbouring frames",
        report.repaired_pts));
  }
  if (report.size_changed_at) {
    warnings.push_back(
        fmt::format("the frame size changes at frame {}: later frames are scaled to the size of "
                    "the first frame",
                    *report.size_changed_at));
  }
  if (report.interlaced) {
    warnings.emplace_back(
        "interlaced: fields are not separated, so a cut between two fields is reported at the "
        "frame that has both");
  }
  if (found > events.size()) {
    warnings.push_back(
        fmt::format("{} events were found; the {} with the highest confidence were kept", found,
                    events.size()));
  }
  return warnings;
}

}  // namespace reelbatch::components
