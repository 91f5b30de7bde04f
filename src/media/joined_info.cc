#include "media/joined_info.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <functional>
#include <string>

namespace reelbatch::media {
namespace {

using contracts::DecodeReport;
using contracts::Rational;
using contracts::VideoInfo;

template <class T>
std::optional<T> SumOrNone(const std::vector<VideoInfo>& infos,
                           std::optional<T> VideoInfo::* field) {
  T sum = 0;
  for (const VideoInfo& info : infos) {
    if (!(info.*field)) return std::nullopt;
    sum += *(info.*field);
  }
  return sum;
}

Rational CommonRate(const std::vector<VideoInfo>& infos, Rational VideoInfo::* field) {
  const Rational& first = infos.front().*field;
  const bool same =
      std::ranges::all_of(infos, [&](const VideoInfo& info) { return info.*field == first; });
  return same ? first : Rational{0, 1};
}

/// Frames of both last equally long, but for the rounding of time stamps to milliseconds.
bool SameRate(const PartReport& a, const PartReport& b) {
  if (a.report.rate.num > 0 && b.report.rate.num > 0) return a.report.rate == b.report.rate;
  constexpr double kMillisecondS = 1e-3;
  const auto gaps = static_cast<double>(std::min(a.report.end_frame, b.report.end_frame) - 1);
  // 24 and 24000/1001 lie 0.1 % apart.
  constexpr double kShare = 2e-4;
  return std::fabs(a.frame_s - b.frame_s) <= kMillisecondS / gaps + kShare * a.frame_s;
}

/// Rate and steadiness. A file of one frame has none of its own and fits any.
void JoinRates(const std::vector<PartReport>& parts, DecodeReport& joined) {
  const PartReport* known = nullptr;
  bool same = true;
  for (const PartReport& one : parts) {
    if (one.report.end_frame < 2) continue;
    joined.vfr = joined.vfr || one.report.vfr;
    if (known != nullptr) same = same && SameRate(*known, one);
    if (known == nullptr) known = &one;
  }
  joined.vfr = joined.vfr || !same;
  const bool all = known != nullptr && std::ranges::all_of(parts, [](const PartReport& one) {
                     return one.report.end_frame < 2 || one.report.rate.num > 0;
                   });
  joined.rate = all && same ? known->report.rate : Rational{0, 1};
}

void AddDamage(const PartReport& one, DecodeReport& joined) {
  const DecodeReport& report = one.report;
  joined.decode_errors += report.decode_errors;
  for (const contracts::FrameIndex frame : report.error_frames) {
    if (joined.error_frames.size() == DecodeReport::kMaxErrorFrames) break;
    joined.error_frames.push_back(one.part.first_frame + frame);
  }
  joined.truncated = joined.truncated || report.truncated;
  joined.decoder_complained = joined.decoder_complained || report.decoder_complained;
  if (!joined.first_error.empty() || (report.first_error.empty() && !report.truncated)) return;
  const std::string what = report.first_error.empty() ? "ends early" : report.first_error;
  joined.first_error = std::filesystem::path(one.part.path).filename().string() + ": " + what;
}

}  // namespace

VideoInfo JoinInfos(const std::vector<VideoInfo>& infos) {
  VideoInfo joined = infos.front();
  joined.avg_fps = CommonRate(infos, &VideoInfo::avg_fps);
  joined.nominal_fps = CommonRate(infos, &VideoInfo::nominal_fps);
  joined.duration_s = SumOrNone(infos, &VideoInfo::duration_s);
  joined.frames_expected = SumOrNone(infos, &VideoInfo::frames_expected);
  for (size_t i = 1; i < infos.size(); ++i) {
    const VideoInfo& info = infos[i];
    joined.file_bytes += info.file_bytes;
    joined.stream_bytes += info.stream_bytes;
    joined.reorders = joined.reorders || info.reorders;
    joined.alpha = joined.alpha || info.alpha;
    joined.interlaced = joined.interlaced || info.interlaced;
    joined.has_audio = joined.has_audio || info.has_audio;
  }
  return joined;
}

VideoInfo WithLargest(VideoInfo joined, const std::vector<VideoInfo>& infos) {
  for (const VideoInfo& info : infos) {
    joined.width = std::max(joined.width, info.width);
    joined.height = std::max(joined.height, info.height);
    joined.reference_frames = std::max(joined.reference_frames, info.reference_frames);
    if (info.bit_depth <= joined.bit_depth) continue;
    joined.bit_depth = info.bit_depth;
    joined.pixel_format = info.pixel_format;
  }
  return joined;
}

DecodeReport JoinReports(const std::vector<PartReport>& parts) {
  DecodeReport joined;
  joined.frames_expected = 0;
  for (const PartReport& one : parts) {
    const DecodeReport& report = one.report;
    joined.frames_decoded += report.frames_decoded;
    if (joined.frames_expected && report.frames_expected) {
      *joined.frames_expected += *report.frames_expected;
    } else {
      joined.frames_expected.reset();
    }
    AddDamage(one, joined);
    joined.missing_pts += report.missing_pts;
    joined.repaired_pts += report.repaired_pts;
    if (report.size_changed_at && !joined.size_changed_at)
      joined.size_changed_at = one.part.first_frame + *report.size_changed_at;
    if (report.past_range_s) joined.past_range_s = report.past_range_s;
    joined.interlaced = joined.interlaced || report.interlaced;
    if (report.end_frame == 0) continue;  // the range ended where this file begins
    joined.end_frame = one.part.first_frame + report.end_frame;
    joined.last_pts_s = report.last_pts_s;
    joined.parts.push_back(one.part);
  }
  JoinRates(parts, joined);
  return joined;
}

}  // namespace reelbatch::media
