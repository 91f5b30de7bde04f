#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <cmath>
#include <limits>
#include <new>
#include <string>
#include <utility>

#include "components/definition.h"
#include "engine/catalog.h"
#include "engine/public_convert.h"
#include "engine/pushed_frames.h"
#include "engine/run_setup.h"
#include "engine/settle_config.h"
#include "media/frame_sampler.h"
#include "media/memory_picture.h"
#include "reelbatch/detector.h"

namespace reelbatch {
namespace {

using contracts::RunConfig;

std::unexpected<Error> Invalid(std::string field, std::string message) {
  return std::unexpected(Error{.code = ErrorCode::kInvalidArgument,
                               .message = std::move(message),
                               .context = std::move(field)});
}

std::unexpected<Error> Failed(base::Error error) {
  return std::unexpected(engine::PublicError(std::move(error)));
}

Status CheckSide(std::string_view field, int side) {
  if (side >= media::kMinAnalysisSide && side <= media::kMaxAnalysisSide) return {};
  return Invalid(std::string(field),
                 fmt::format("{} px is out of range; frames have {} to {} px", side,
                             media::kMinAnalysisSide, media::kMaxAnalysisSide));
}

/// The configuration of a run over one video.
Result<RunConfig> ConfigOf(const DetectorOptions& options, const engine::Catalog& catalog) {
  RunConfig config;
  if (!options.preset.empty()) {
    config.preset = contracts::PresetNamed(options.preset);
    if (!config.preset) {
      return Invalid(
          "preset",
          fmt::format("\"{}\" is not a preset; choose quality, default or fast", options.preset));
    }
  }
  if (options.min_confidence) {
    const contracts::ComponentKnob& knob = *catalog.FindKnob("min_confidence");
    const double wanted = *options.min_confidence;
    if (!(wanted > knob.low && wanted <= knob.high)) {
      return Invalid("min_confidence",
                     fmt::format("{} is out of range; it must be above {} and at most {}", wanted,
                                 knob.low, knob.high));
    }
    contracts::SetKnob(config, knob, wanted);
  }
  if (auto settled = engine::SettleConfig(config, catalog); !settled)
    return Failed(settled.error());
  return config;
}

/// What is known of frames that come from no file: their size. Their clock is the player's.
contracts::VideoInfo InfoOf(const DetectorOptions& options) {
  contracts::VideoInfo info;
  info.width = options.width;
  info.height = options.height;
  return info;
}

Result<engine::PushedFrames> OpenFrames(const DetectorOptions& options) {
  const auto catalog = engine::Catalog::Builtin();
  const Result<RunConfig> config = ConfigOf(options, catalog);
  if (!config) return std::unexpected(config.error());
  const contracts::VideoInfo info = InfoOf(options);
  std::vector<std::unique_ptr<components::Component>> components;
  for (const std::string& name : config->components)
    components.push_back(
        catalog.Find(name)->make(engine::RequestFor(*config, catalog, *catalog.Find(name), info)));
  auto frames = engine::PushedFrames::Open(std::move(components), info);
  if (!frames) return Failed(frames.error());
  return std::move(*frames);
}

media::MemoryFormat FormatOf(PixelFormat format) {
  switch (format) {
    case PixelFormat::kYuv420:
      return media::MemoryFormat::kYuv420;
    case PixelFormat::kGray8:
      return media::MemoryFormat::kGray8;
    case PixelFormat::kRgb24:
      return media::MemoryFormat::kRgb24;
    case PixelFormat::kBgr24:
      break;
  }
  return media::MemoryFormat::kBgr24;
}

Result<media::MemoryPicture> PictureOf(const FrameView& frame) {
  media::MemoryPicture picture{.format = FormatOf(frame.format),
                               .width = frame.width,
                               .height = frame.height,
                               .full_range = frame.full_range,
                               .bt709 = frame.bt709};
  for (size_t k = 0; k < picture.planes.size(); ++k) {
    const int64_t row_bytes = media::RowBytes(picture, k);
    if (row_bytes == 0) break;
    const FrameView::PlaneView& plane = frame.planes[k];
    if (plane.data == nullptr) return Invalid(fmt::format("planes[{}].data", k), "is null");
    if (plane.stride < row_bytes) {
      return Invalid(fmt::format("planes[{}].stride", k),
                     fmt::format("{} is less than the {} bytes of a row", plane.stride, row_bytes));
    }
    picture.planes[k] = {.data = reinterpret_cast<const uint8_t*>(plane.data),
                         .stride = plane.stride};
  }
  return picture;
}

}  // namespace

class Detector::Impl {
 public:
  Impl(const DetectorOptions& options, engine::PushedFrames frames)
      : options_(options), frames_(std::move(frames)) {}

  Status Push(const FrameView& frame, double time_s) {
    if (auto fits = Check(frame, time_s); !fits) return fits;
    const Result<media::MemoryPicture> picture = PictureOf(frame);
    if (!picture) return std::unexpected(picture.error());
    auto pushed = frames_.Push(converter_.Convert(*picture), time_s);
    if (!pushed) return Failed(std::move(pushed.error()));
    format_ = frame.format;
    last_s_ = time_s;
    return {};
  }

  Result<std::vector<Event>> Finish() {
    if (finished_) return Invalid("Finish()", "was already called");
    finished_ = true;
    const auto outcome = frames_.Finish();
    if (!outcome) return Failed(outcome.error());
    VideoResult result = engine::PublicResult(*outcome, engine::KeepArrays::kNo);
    shots_ = std::move(result.shots);
    return std::move(result.events);
  }

  const std::vector<Shot>& shots() const { return shots_; }

 private:
  Status Check(const FrameView& frame, double time_s) const {
    if (finished_) return Invalid("Push()", "no frame can be pushed after Finish()");
    if (frame.width != options_.width || frame.height != options_.height) {
      return Invalid("frame",
                     fmt::format("the frame has {}x{} px, but the detector was made for {}x{} px",
                                 frame.width, frame.height, options_.width, options_.height));
    }
    if (format_ && frame.format != *format_)
      return Invalid("frame", "all frames must have the format of the first frame");
    if (!std::isfinite(time_s) || time_s < 0)
      return Invalid("time_s",
                     fmt::format("{} is not a valid time of a frame (0 or more seconds)", time_s));
    if (time_s <= last_s_) {
      return Invalid(
          "time_s", fmt::format("{} s is not later than {} s, the time of the frame before", time_s,
                                last_s_));
    }
    return {};
  }

  const DetectorOptions options_;
  media::MemoryPictureConverter converter_;
  engine::PushedFrames frames_;
  std::optional<PixelFormat> format_;
  double last_s_ = -std::numeric_limits<double>::infinity();
  bool finished_ = false;
  std::vector<Shot> shots_;
};

Result<Detector> Detector::Make(const DetectorOptions& options) try {
  if (auto fits = CheckSide("width", options.width); !fits) return std::unexpected(fits.error());
  if (auto fits = CheckSide("height", options.height); !fits) return std::unexpected(fits.error());
  auto frames = OpenFrames(options);
  if (!frames) return std::unexpected(std::move(frames.error()));
  return Detector(std::make_unique<Impl>(options, std::move(*frames)));
} catch (const std::bad_alloc&) {
  return Failed(
      {.code = base::Code::kOutOfMemory, .message = "there is not enough memory for a detector"});
}

Detector::Detector(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Detector::Detector(Detector&&) noexcept = default;
Detector& Detector::operator=(Detector&&) noexcept = default;
Detector::~Detector() = default;

Status Detector::Push(const FrameView& frame, double time_s) { return impl_->Push(frame, time_s); }
Result<std::vector<Event>> Detector::Finish() { return impl_->Finish(); }
const std::vector<Shot>& Detector::shots() const { return impl_->shots(); }

}  // namespace reelbatch
