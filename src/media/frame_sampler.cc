#include "media/frame_sampler.h"

#include <algorithm>
#include <cmath>
#include <string>

namespace reelbatch::media {
namespace {

constexpr double kToleranceS = 1e-6;

base::Status CheckSide(const char* field, std::optional<int> side) {
  if (!side.has_value() || (*side >= kMinAnalysisSide && *side <= kMaxAnalysisSide)) return {};
  return base::Fail(base::Code::kInvalidArgument,
                    "must be from " + std::to_string(kMinAnalysisSide) + " to " +
                        std::to_string(kMaxAnalysisSide) + ", not " + std::to_string(*side),
                    field);
}

base::Status CheckCropSides(const std::optional<contracts::CropRect>& crop) {
  if (!crop) return {};
  if (crop->x < 0 || crop->y < 0) {
    return base::Fail(base::Code::kInvalidArgument, "must start at 0 or later", "crop");
  }
  if (auto status = CheckSide("crop", crop->width); !status) return status;
  return CheckSide("crop", crop->height);
}

int Scaled(int side, int wish, int reference) {
  const double exact = static_cast<double>(side) * wish / reference;
  return static_cast<int>(
      std::clamp<double>(std::round(exact), kMinAnalysisSide, kMaxAnalysisSide));
}

}  // namespace

base::Status ValidateSampling(const contracts::Sampling& sampling) {
  using base::Code;
  if (auto status = CheckSide("analysis_width", sampling.analysis_width); !status.has_value()) {
    return status;
  }
  if (auto status = CheckSide("analysis_height", sampling.analysis_height); !status.has_value()) {
    return status;
  }
  if (sampling.analysis_fps.has_value() &&
      !(std::isfinite(*sampling.analysis_fps) && *sampling.analysis_fps > 0)) {
    return base::Fail(Code::kInvalidArgument, "must be a number above 0", "analysis_fps");
  }
  if (sampling.every && *sampling.every < 1)
    return base::Fail(Code::kInvalidArgument, "must be 1 or more", "every");
  if (sampling.every && sampling.analysis_fps) {
    return base::Fail(Code::kInvalidArgument,
                      "cannot be combined with analysis_fps: remove one of them", "every");
  }
  const double start_s = sampling.start_s.value_or(0);
  if (!(std::isfinite(start_s) && start_s >= 0)) {
    return base::Fail(Code::kInvalidArgument, "must be 0 or more seconds", "start");
  }
  if (sampling.end_s.has_value() && !(*sampling.end_s > start_s)) {
    return base::Fail(Code::kInvalidArgument, "must be later than the start", "end");
  }
  return CheckCropSides(sampling.crop);
}

FrameSize PartSize(FrameSize source, const contracts::Sampling& sampling) {
  if (!sampling.crop) return source;
  return {.width = sampling.crop->width, .height = sampling.crop->height};
}

FrameSize FitSize(FrameSize whole, const contracts::Sampling& sampling) {
  const FrameSize source = PartSize(whole, sampling);
  const auto [wish_width, wish_height] =
      std::pair(sampling.analysis_width, sampling.analysis_height);
  if (wish_width.has_value() && wish_height.has_value()) return {*wish_width, *wish_height};
  if (wish_width.has_value()) {
    return {*wish_width, Scaled(source.height, *wish_width, source.width)};
  }
  if (wish_height.has_value()) {
    return {Scaled(source.width, *wish_height, source.height), *wish_height};
  }
  return source;
}

FrameSampler::FrameSampler(const contracts::Sampling& sampling, std::optional<double> zero_s)
    : start_s_(sampling.start_s.value_or(0)),
      end_s_(sampling.end_s),
      fps_(sampling.analysis_fps),
      every_(sampling.every.value_or(1)),
      zero_s_(zero_s) {}

FrameSampler::Verdict FrameSampler::Judge(double pts_s) {
  if (!begun_) zero_s_ = std::min(zero_s_.value_or(pts_s), pts_s);
  begun_ = true;
  const double from_start_s = pts_s - *zero_s_;
  if (end_s_.has_value() && from_start_s >= *end_s_ - kToleranceS) return Verdict::kStop;
  if (from_start_s < start_s_ - kToleranceS) return Verdict::kSkip;
  if (!fps_.has_value()) {
    if (until_next_-- > 0) return Verdict::kSkip;
    until_next_ = every_ - 1;
    return Verdict::kTake;
  }
  if (!grid_start_s_.has_value()) {
    grid_start_s_ = pts_s;
    next_s_ = pts_s;
  }
  if (pts_s < next_s_ - kToleranceS) return Verdict::kSkip;
  // The first grid point after this frame, from its number: adding steps up would drift.
  const double passed = std::floor((pts_s + kToleranceS - *grid_start_s_) * *fps_);
  next_s_ = *grid_start_s_ + (passed + 1) / *fps_;
  return Verdict::kTake;
}

}  // namespace reelbatch::media
