#include "store/exports/export_clock.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "contracts/frame_rates.h"
#include "store/exports/frame_rates.h"

namespace reelbatch::store {
namespace {

using contracts::Rational;

// A container's rate outside of these is a time base or a wrong duration, not a rate.
constexpr double kMinContainerRate = 1;
constexpr double kMaxContainerRate = 1000;
// Keeps halves halves: 51 frames at 120 per second are 25.5 frames at 60, and round up.
constexpr double kHalf = 0.5 + 1e-9;

bool SameRate(const Rational& a, const Rational& b) {
  return std::fabs(a.value() / b.value() - 1) < 1e-9;
}

/// The rate that every frame time follows; none where the video has no such rate.
std::optional<Rational> ConstantRate(const contracts::EventList& record) {
  if (record.decode.rate.num > 0 && record.decode.rate.den > 0)
    return contracts::SnappedRate(record.decode.rate);
  if (record.decode.vfr) return std::nullopt;
  // Too few frames to observe a rate, or a record of an earlier version.
  for (const Rational& stated : {record.info.avg_fps, record.info.nominal_fps}) {
    if (stated.num <= 0 || stated.den <= 0) continue;
    if (stated.value() >= kMinContainerRate && stated.value() <= kMaxContainerRate)
      return contracts::SnappedRate(stated);
  }
  return std::nullopt;
}

/// Frames per second over all shots; 0 where there are none.
double MeanRate(const contracts::EventList& record) {
  if (record.shots.empty()) return 0;
  const contracts::Shot& first = record.shots.front();
  const contracts::Shot& last = record.shots.back();
  const double seconds = last.end_s - first.start_s;
  return seconds > 0 ? static_cast<double>(last.end_frame - first.start_frame) / seconds : 0;
}

/// What is counted where no rate is constant: of joined files the first one's rate, else the whole
/// rate that is nearest to the mean.
Rational BaseWithoutRate(const contracts::EventList& record) {
  if (record.sources.empty()) return BaseOfMean(MeanRate(record));
  const Rational& first = record.sources.front().info.avg_fps;
  return first.num > 0 && first.den > 0 ? contracts::SnappedRate(first)
                                        : BaseOfMean(MeanRate(record));
}

/// Container time of the file's first frame.
double Origin(const contracts::EventList& record) {
  const bool seen = !record.shots.empty() && record.shots.front().start_frame == 0;
  return seen ? record.shots.front().start_s : record.info.start_time_s;
}

int64_t PerSecond(const Rational& rate) { return std::max<int64_t>(1, std::llround(rate.value())); }

/// The rate of the source's timecode; `base` where the track does not say.
Rational TimecodeRate(const contracts::SourceTimecode& timecode, const Rational& base) {
  const bool known = timecode.rate.num > 0 && timecode.rate.den > 0;
  return known ? contracts::SnappedRate(timecode.rate) : base;
}

/// `base` is a rate that timecode counts.
bool Drops(const contracts::EventList& record, const ClockOptions& options, const Rational& base) {
  if (options.drop_frame != DropFrame::kAuto) return options.drop_frame == DropFrame::kYes;
  if (!HasDropFrame(base)) return false;
  // A timecode of 24 or 25 frames per second has no drop frame, and says nothing about this rate.
  const auto& timecode = record.info.timecode;
  if (timecode && PerSecond(TimecodeRate(*timecode, base)) % 30 == 0) return timecode->drop_frame;
  return true;
}

/// The label stays as it is where the rates differ: its frame number alone is converted.
int64_t StartOf(const contracts::EventList& record, const TimecodeCount& count,
                const Rational& base) {
  if (!record.info.timecode) return 0;
  auto label = ParseTimecode(record.info.timecode->text);
  if (!label) return 0;
  const int64_t counted = PerSecond(TimecodeRate(*record.info.timecode, base));
  label->frames = std::min(label->frames * count.per_second / counted, count.per_second - 1);
  return FrameOfLabel(count, *label);
}

}  // namespace

base::Result<ExportClock> ExportClock::Make(const contracts::EventList& record,
                                            const ClockOptions& options, Counting counting) {
  const std::optional<Rational> constant = ConstantRate(record);
  ExportClock clock;
  clock.origin_s_ = Origin(record);
  const Rational wanted = options.rate ? *options.rate
                          : constant   ? *constant
                                       : BaseWithoutRate(record);
  const Rational base = TimecodeBase(wanted);
  clock.rate_ = counting == Counting::kTimecode ? base : wanted;
  const bool even = constant && !record.decode.vfr && record.decode.decode_errors == 0 &&
                    record.decode.repaired_pts == 0;
  if (even && (!options.rate || SameRate(*options.rate, *constant)))
    clock.frames_per_index_ = clock.rate_.value() / constant->value();
  if (options.drop_frame == DropFrame::kYes && !HasDropFrame(base)) {
    return base::Fail(
        base::Code::kInvalidArgument,
        fmt::format("{} frames per second have no drop-frame timecode, only 29.97 and 59.94 have: "
                    "choose one of these with --export-rate, or use --drop-frame auto",
                    RateText(base)),
        "--drop-frame yes");
  }
  clock.count_ = {.per_second = PerSecond(base), .drop_frame = Drops(record, options, base)};
  clock.start_ = std::llround(static_cast<double>(StartOf(record, clock.count_, base)) *
                              clock.rate_.value() / base.value());
  if (!constant) {
    clock.note_ =
        fmt::format("{}: positions are computed from times, at {} frames per second",
                    record.sources.empty() ? "variable frame rate"
                                           : "the joined files have different frame rates",
                    RateText(clock.rate_));
  } else if (!SameRate(clock.rate_, wanted)) {
    clock.note_ = fmt::format(
        "timecode does not support {} frames per second: positions are counted at {} frames per "
        "second",
        RateText(wanted), RateText(clock.rate_));
  }
  return clock;
}

int64_t ExportClock::FrameAt(contracts::FrameIndex index, double pts_s) const {
  const double frames = frames_per_index_ > 0 ? static_cast<double>(index) * frames_per_index_
                                              : (pts_s - origin_s_) * rate_.value();
  if (!std::isfinite(frames)) return 0;
  constexpr double kMostFrames = 1e15;  // a million years at 30 per second, and exact as a double
  return static_cast<int64_t>(std::floor(std::clamp(frames, 0.0, kMostFrames) + kHalf));
}

}  // namespace reelbatch::store
