#include "runtime/simulator/sim_videos.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace reelbatch::runtime {
namespace {

constexpr double kBaseLines = 720;
constexpr int kFastAbove = 720;

uint64_t Mix(uint64_t state) {
  state += 0x9E3779B97F4A7C15U;
  state = (state ^ (state >> 30U)) * 0xBF58476D1CE4E5B9U;
  state = (state ^ (state >> 27U)) * 0x94D049BB133111EBU;
  return state ^ (state >> 31U);
}

/// The streams and the place of a draw.
struct Draw {
  uint64_t seed = 0;
  uint64_t evenly = 0;
  uint64_t lognormally = 0;
  uint64_t place = 0;
};

double FromRange(const Range& range, const Draw& draw) {
  if (range.median > 0) {
    const double deviate = DrawNormal(draw.seed, draw.lognormally, draw.place);
    return std::clamp(range.median * std::exp(range.spread * deviate), range.low, range.high);
  }
  const double even = DrawEvenly(draw.seed, draw.evenly, draw.place);
  if (range.logarithmic) return range.low * std::pow(range.high / range.low, even);
  return range.low + even * (range.high - range.low);
}

double PixelShare(int short_side) { return short_side / kBaseLines * (short_side / kBaseLines); }

}  // namespace

double DrawEvenly(uint64_t seed, uint64_t stream, uint64_t place) {
  constexpr double kUnit = 1.0 / 9007199254740992.0;  // 2^-53
  return static_cast<double>(Mix(Mix(seed ^ Mix(stream)) ^ place) >> 11U) * kUnit;
}

double DrawNormal(uint64_t seed, uint64_t stream, uint64_t place) {
  const double u = 1 - DrawEvenly(seed, 2 * stream, place);
  const double v = DrawEvenly(seed, 2 * stream + 1, place);
  return std::sqrt(-2 * std::log(u)) * std::cos(2 * std::numbers::pi * v);
}

int64_t SimCorpus::size() const {
  return scenario_.videos.list.empty() ? scenario_.videos.count
                                       : static_cast<int64_t>(scenario_.videos.list.size());
}

SimVideo SimCorpus::At(int video) const {
  const SimVideos& videos = scenario_.videos;
  if (!videos.list.empty()) return videos.list[static_cast<size_t>(video)];
  constexpr uint64_t kDuration = 1;
  constexpr uint64_t kSide = 2;
  constexpr uint64_t kLognormal = 8;
  const auto place = static_cast<uint64_t>(video);
  const double duration_s = FromRange(
      videos.duration_s,
      {.seed = scenario_.seed, .evenly = kDuration, .lognormally = kLognormal, .place = place});
  const double side =
      DrawEvenly(scenario_.seed, kSide, place) * static_cast<double>(videos.short_sides.size());
  // Made in place: GCC 12 takes a copy of `known` for uninitialised under AddressSanitizer.
  return {.duration_s = duration_s,
          .short_side = videos.short_sides[static_cast<size_t>(side)],
          .known = std::nullopt};
}

int64_t SimCorpus::Bytes(int video) const {
  const SimVideos& videos = scenario_.videos;
  constexpr uint64_t kUnknown = 5;
  constexpr uint64_t kBitrate = 9;
  const auto place = static_cast<uint64_t>(video);
  if (DrawEvenly(scenario_.seed, kUnknown, place) < videos.bytes_unknown) return 0;
  // A minute at 5 Mbit/s and 720 lines; only the order of sizes matters.
  constexpr double kMinuteS = 60;
  constexpr double kMinuteBytes = 37.5e6;
  constexpr double kMostBytes = 1e18;
  const SimVideo shape = At(video);
  const double bytes = kMinuteBytes * PixelShare(shape.short_side) *
                       std::pow(shape.duration_s / kMinuteS, videos.bytes_exponent) *
                       std::exp(videos.bytes_spread * DrawNormal(scenario_.seed, kBitrate, place));
  return static_cast<int64_t>(std::clamp(bytes, 1.0, kMostBytes));
}

const std::vector<int>& SimCorpus::short_sides() const {
  if (scenario_.videos.list.empty()) return scenario_.videos.short_sides;
  if (listed_sides_.empty()) {
    for (const SimVideo& video : scenario_.videos.list) listed_sides_.push_back(video.short_side);
    std::ranges::sort(listed_sides_);
    const auto repeats = std::ranges::unique(listed_sides_);
    listed_sides_.erase(repeats.begin(), repeats.end());
  }
  return listed_sides_;
}

int SimCorpus::BucketOf(const SimVideo& video) const {
  const std::vector<int>& sides = short_sides();
  return static_cast<int>(std::ranges::find(sides, video.short_side) - sides.begin());
}

int SimCorpus::Units(size_t component, int video, const SimVideo& shape) const {
  const SimComponent& of = scenario_.components[component];
  if (of.from < 0) {
    if (shape.known) return shape.known->units[component];
    return static_cast<int>(std::ceil(shape.duration_s / of.unit_s - 1e-9));
  }
  const int results = Units(static_cast<size_t>(of.from), video, shape);
  if (shape.known) return results > 0 ? shape.known->units[component] : 0;
  int64_t units = 0;
  if (of.per_unit.low == of.per_unit.high) {
    units = results * static_cast<int64_t>(of.per_unit.low);
  } else {
    for (int index = 0; index < results; ++index) units += UnitsOf(component, video, shape, index);
  }
  return static_cast<int>(std::min<int64_t>(units, std::numeric_limits<int>::max()));
}

int SimCorpus::UnitsOf(size_t component, int video, const SimVideo& shape, int index) const {
  const SimComponent& of = scenario_.components[component];
  if (shape.known) {  // spread evenly
    const int64_t units = shape.known->units[component];
    const int64_t results = Units(static_cast<size_t>(of.from), video, shape);
    return static_cast<int>((index + 1) * units / results - index * units / results);
  }
  if (of.per_unit.low == of.per_unit.high) return static_cast<int>(of.per_unit.low);
  constexpr uint64_t kUnits = uint64_t{1} << 20U;  // beyond all other streams
  // Each whole number has its share of a range that is half a unit wider at both ends.
  constexpr double kHalf = 0.5;
  Range range = of.per_unit;
  range.low -= kHalf;
  range.high += kHalf;
  const double drawn = FromRange(
      range, {.seed = scenario_.seed,
              .evenly = kUnits + component,
              .lognormally = kUnits + component,
              .place = (static_cast<uint64_t>(video) << 32U) + static_cast<uint64_t>(index)});
  return static_cast<int>(std::clamp(std::round(drawn), of.per_unit.low, of.per_unit.high));
}

double SimCorpus::SourceMs(const SimVideo& video, bool fast) const {
  const SimSources& sources = scenario_.sources;
  if (video.known) return fast ? video.known->source_fast_ms : video.known->source_ms;
  return video.duration_s * (fast ? sources.fast_ms_per_s : sources.ms_per_s) *
         PixelShare(video.short_side);
}

double SimCorpus::SourceMb(const SimVideo& video) const {
  return video.known ? video.known->source_mb : scenario_.sources.mb * PixelShare(video.short_side);
}

bool SimCorpus::MayBeFast(const SimVideo& video) const {
  if (video.known) return video.known->source_fast_ms > 0;
  return scenario_.sources.fast_ms_per_s > 0 && video.short_side > kFastAbove;
}

}  // namespace reelbatch::runtime
