#include "store/exports/frame_clock.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace reelbatch::store {
namespace {

constexpr std::array<contracts::Rational, 9> kBroadcastRates = {{
    {24000, 1001}, {24, 1}, {25, 1}, {30000, 1001}, {30, 1}, {48, 1}, {50, 1}, {60000, 1001}, {60, 1},
}};
// 24 and 24000/1001 lie 0.1 % apart; containers round to far less than a fifth of that.
constexpr double kSnapShare = 0.0002;
constexpr contracts::Rational kFallbackRate{25, 1};

contracts::Rational RateOf(const contracts::VideoInfo& info, double max_rate) {
  const contracts::Rational rate = info.avg_fps.num > 0 ? info.avg_fps : info.nominal_fps;
  if (rate.num <= 0 || rate.den <= 0 || rate.value() > max_rate || rate.value() < 1) {
    return kFallbackRate;
  }
  for (const contracts::Rational& broadcast : kBroadcastRates) {
    if (std::fabs(rate.value() / broadcast.value() - 1) < kSnapShare) return broadcast;
  }
  return rate;
}

}  // namespace

double FromFirstFrame(const CutsRecord& record, double pts_s) {
  const double seconds = pts_s - record.info.start_time_s;
  return std::isfinite(seconds) ? std::max(0.0, seconds) : 0.0;
}

FrameClock::FrameClock(const CutsRecord& record, double max_rate)
    : rate_(RateOf(record.info, max_rate)), start_s_(record.info.start_time_s) {
  const contracts::VideoInfo& info = record.info;
  const contracts::Rational& stated = info.avg_fps.num > 0 ? info.avg_fps : info.nominal_fps;
  const bool same_rate =
      stated.num > 0 && std::fabs(stated.value() / rate_.value() - 1) < kSnapShare;
  by_index_ = same_rate && !record.decode.vfr && record.decode.decode_errors == 0;
  drop_frame_ = rate_ == contracts::Rational{30000, 1001} || rate_ == contracts::Rational{60000, 1001};
}

int64_t FrameClock::FrameAt(contracts::FrameIndex index, double pts_s) const {
  if (by_index_) return index;
  const double frames = (pts_s - start_s_) * rate_.value();
  return std::isfinite(frames) ? std::max<int64_t>(0, std::llround(frames)) : 0;
}

std::string FrameClock::Timecode(int64_t frame) const {
  const auto per_second = std::max<int64_t>(1, std::llround(rate_.value()));
  if (drop_frame_) {
    // Two numbers per 30 are dropped in every minute but each tenth: SMPTE 12M.
    const int64_t dropped = per_second / 15;
    const int64_t per_minute = per_second * 60 - dropped;
    const int64_t per_ten_minutes = per_minute * 10 + dropped;
    const int64_t tens = frame / per_ten_minutes;
    const int64_t rest = frame % per_ten_minutes;
    frame += dropped * 9 * tens;
    if (rest >= dropped) frame += dropped * ((rest - dropped) / per_minute);
  }
  const int64_t seconds = frame / per_second;
  return fmt::format("{:02}:{:02}:{:02}{}{:02}", seconds / 3600 % 24, seconds / 60 % 60, seconds % 60,
                     drop_frame_ ? ';' : ':', frame % per_second);
}

}  // namespace reelbatch::store
