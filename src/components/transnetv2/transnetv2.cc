#include "components/transnetv2/transnetv2.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "components/transnetv2/packing.h"
#include "components/transnetv2/scenes.h"
#include "components/transnetv2/window.h"

namespace reelbatch::components {
namespace {

using contracts::MakeTensor;
using contracts::Tensor;
using transnetv2::Frame;
using transnetv2::kFrameHeight;
using transnetv2::kFrameWidth;
using transnetv2::Scene;

static_assert(kTransNetV2Thumbnail ==
              contracts::ThumbnailSize{.width = kFrameWidth, .height = kFrameHeight});

struct ThumbnailMeasure final : FrameMeasure {
  Frame frame = {};
};

class ThumbnailMeter final : public FrameMeter {
 public:
  std::unique_ptr<FrameMeasure> NewMeasure() const override {
    return std::make_unique<ThumbnailMeasure>();
  }

  base::Status Measure(const image::StampedFrame& frame, FrameMeasure& out) override {
    constexpr int kRowBytes = 3 * kFrameWidth;
    const image::ImageView<uint8_t>& from = frame.thumbnail;
    if (from.width != kRowBytes || from.height != kFrameHeight) {
      return base::Fail(base::Code::kContract,
                        fmt::format("the reader delivered a thumbnail of {}x{}, but {}x{} is "
                                    "expected: the definition of the component must request it",
                                    from.width / 3, from.height, kFrameWidth, kFrameHeight));
    }
    std::byte* to = static_cast<ThumbnailMeasure&>(out).frame.data();
    for (int y = 0; y < kFrameHeight; ++y, to += kRowBytes) std::memcpy(to, from.row(y), kRowBytes);
    return {};
  }
};

Tensor ScenesArray(const std::vector<Scene>& scenes) {
  std::vector<int64_t> ends;
  ends.reserve(2 * scenes.size());
  for (const Scene& scene : scenes) ends.insert(ends.end(), {scene.first, scene.last});
  return MakeTensor("scenes", ends, {static_cast<int64_t>(scenes.size()), 2});
}

std::string KnobsJson(const TransNetV2Options& options) {
  return fmt::format(R"({{"threshold":{}}})", options.threshold);
}

std::string MetaJson(const TransNetV2Options& options) {
  return fmt::format(
      R"({{"knobs":{},"model_input":{{"frames":{},"height":{},"pixels":"rgb24","resize":"swscale bicubic","width":{}}},)"
      R"("scenes":"first and last frame, inclusive","unit":"clip","window":{{"counting_frames":{},"first_counting":{}}}}})",
      KnobsJson(options), transnetv2::kWindowFrames, kFrameHeight, kFrameWidth,
      transnetv2::kStepFrames, transnetv2::kMarginFrames);
}

/// The first `frames` of one curve: of every result the half that begins at `offset`.
std::vector<float> Curve(const std::vector<UnitOutput>& outputs, size_t offset, size_t frames) {
  constexpr size_t kStep = transnetv2::kStepFrames;
  std::vector<float> curve(outputs.size() * kStep);
  for (size_t unit = 0; unit < outputs.size(); ++unit) {
    std::memcpy(&curve[unit * kStep], outputs[unit].result.data() + offset, kStep * sizeof(float));
  }
  curve.resize(frames);
  return curve;
}

class TransNetV2 final : public BatchedComponent {
 public:
  explicit TransNetV2(TransNetV2Options options)
      : options_(std::move(options)),
        windows_([this](Bytes window) { return sink_->Push(std::move(window)); }) {}

  std::string_view name() const override { return kTransNetV2Name; }
  base::Status Open(const contracts::VideoInfo&) override { return {}; }
  std::unique_ptr<FrameMeter> MakeMeter(SharedFlows&) const override {
    return std::make_unique<ThumbnailMeter>();
  }
  contracts::BatchKey key() const override { return TransNetV2Key(options_); }
  void Bind(UnitSink& sink) override { sink_ = &sink; }

  base::Status Take(const image::FrameStamp& stamp, FrameMeasure& measure) override {
    frame_indices_.push_back(stamp.index);
    windows_.Push(static_cast<const ThumbnailMeasure&>(measure).frame);
    return {};
  }

  base::Status Close(const contracts::DecodeReport&, contracts::VideoOutcome&) override {
    windows_.Finish();
    return {};
  }

  base::Status Finish(std::vector<UnitOutput> outputs, contracts::VideoOutcome& outcome) override {
    const size_t frames = frame_indices_.size();
    const auto windows = static_cast<size_t>(transnetv2::WindowCount(static_cast<int64_t>(frames)));
    const auto whole = [](const UnitOutput& output) {
      return output.result.size() == transnetv2::kResultBytes;
    };
    if (outputs.size() != windows || !std::ranges::all_of(outputs, whole)) {
      return base::Fail(
          base::Code::kInternal,
          fmt::format("the model gave {} results for {} windows", outputs.size(), windows));
    }
    const std::vector<float> single = Curve(outputs, 0, frames);
    const std::vector<float> all = Curve(outputs, transnetv2::kResultBytes / 2, frames);
    contracts::ComponentResult& result = outcome.results[std::string(kTransNetV2Name)];
    result.arrays = {MakeTensor("single_frame_probability", single),
                     MakeTensor("all_frame_probability", all),
                     MakeTensor("frame_indices", frame_indices_),
                     ScenesArray(transnetv2::ScenesOf(single, options_.threshold))};
    result.meta = MetaJson(options_);
    return {};
  }

 private:
  const TransNetV2Options options_;
  UnitSink* sink_ = nullptr;
  transnetv2::WindowMaker windows_;
  std::vector<contracts::FrameIndex> frame_indices_;
};

}  // namespace

contracts::BatchKey TransNetV2Key(const TransNetV2Options& options) {
  contracts::BatchKey key = options.model;
  key.component = kTransNetV2Name;
  key.component_version = kTransNetV2Version;
  key.knobs = KnobsJson(options);
  key.preprocessing = fmt::format(
      R"({{"analysis_fps":{},{}"height":{},"resize":"swscale bicubic","width":{}}})",
      options.analysis_fps ? fmt::format("{}", *options.analysis_fps) : "null",
      options.every ? fmt::format("\"every\":{},", *options.every) : "", kFrameHeight, kFrameWidth);
  key.input_bucket = fmt::format("{}x{}x{}", transnetv2::kWindowFrames, kFrameWidth, kFrameHeight);
  return key;
}

int TransNetV2Units(double frames) {
  return static_cast<int>(
      transnetv2::WindowCount(static_cast<int64_t>(std::ceil(std::max(frames, 0.0)))));
}

std::unique_ptr<BatchedComponent> MakeTransNetV2(const TransNetV2Options& options) {
  return std::make_unique<TransNetV2>(options);
}

}  // namespace reelbatch::components
