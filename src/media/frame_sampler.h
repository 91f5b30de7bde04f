#pragma once

#include <cstdint>
#include <optional>

#include "base/result.h"
#include "contracts/video.h"

namespace reelbatch::media {

/// Bounds of an analysis size, px: below 3 the signals have no window, above the other no codec
/// goes.
inline constexpr int kMinAnalysisSide = 3;
inline constexpr int kMaxAnalysisSide = 16384;

/// Errors: invalid_argument, naming the field: sizes outside [3, 16384], a rate that is not above
/// 0, every N-th frame with N below 1 or beside a rate, a negative start, an end that is not after
/// the start, a crop of less than 3 px a side.
base::Status ValidateSampling(const contracts::Sampling& sampling);

struct FrameSize {
  int width = 0;
  int height = 0;
  friend bool operator==(const FrameSize&, const FrameSize&) = default;
};

/// The analysed part of frames of this size: the crop if there is one.
FrameSize PartSize(FrameSize source, const contracts::Sampling& sampling);

/// The analysis size of width x height frames, of which only the part counts where there is a crop:
/// both sides given: these; one: the other keeps the aspect, rounded, in [3, 16384]; none: the size
/// itself.   Example: 1920x1080, width 500 -> 500x281.
FrameSize FitSize(FrameSize source, const contracts::Sampling& sampling);

/// Decides which frames of a video are analysed, by their times in ascending order.
class FrameSampler {
 public:
  enum class Verdict : uint8_t { kTake, kSkip, kStop };

  /// `zero_s`: the time at which players start to count (VideoInfo::player_start_s); none: the
  /// first frame.
  explicit FrameSampler(const contracts::Sampling& sampling,
                        std::optional<double> zero_s = std::nullopt);

  /// `pts_s` is the time of the next frame of the file; the first call is the file's first frame.
  /// The range [start_s, end_s) counts from the zero, which is never later than the first frame.
  /// With analysis_fps a frame is taken when it reaches the next point of a grid that starts at the
  /// first taken frame; points without a frame of their own are passed over. Tolerance: 1 us. With
  /// `every` the first frame of the range is taken, and every N-th one after it.
  Verdict Judge(double pts_s);

 private:
  double start_s_;
  std::optional<double> end_s_;
  std::optional<double> fps_;
  int every_;
  std::optional<double> zero_s_;
  bool begun_ = false;
  std::optional<double> grid_start_s_;
  double next_s_ = 0;
  int until_next_ = 0;  // frames to skip before the next one of `every`
};

}  // namespace reelbatch::media
