#include "components/transnetv2/transnetv2.h"

#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <vector>

#include "components/shared_flow.h"
#include "components/transnetv2/packing.h"
#include "components/transnetv2/window.h"
#include "image/plane.h"

namespace reelbatch::components {
namespace {

using contracts::Tensor;
using transnetv2::kFrameBytes;

class Collector final : public UnitSink {
 public:
  bool Push(Bytes data, Bytes /*kept*/) override {
    units.push_back(std::move(data));
    return true;
  }
  std::vector<Bytes> units;
};

/// A thumbnail whose every sample is `level`.
struct Thumbnail {
  explicit Thumbnail(int level, int width = 48, int height = 27) : plane(3 * width, height) {
    for (int y = 0; y < height; ++y)
      std::memset(plane.row(y), level, static_cast<size_t>(3 * width));
  }
  image::StampedFrame frame(contracts::FrameIndex index) const {
    return {.view = {},
            .index = index,
            .pts_s = static_cast<double>(index) / 25,
            .thumbnail = plane.view()};
  }
  image::Plane<uint8_t> plane;
};

/// A stand-in for the model: a frame's probability is its first sample / 200, of any transition
/// twice that.
UnitOutput Answer(const Bytes& window) {
  std::vector<float> values;
  for (const float scale : {200.0F, 100.0F}) {
    for (size_t k = 25; k < 75; ++k)
      values.push_back(static_cast<float>(std::to_integer<int>(window[k * kFrameBytes])) / scale);
  }
  UnitOutput output;
  output.result.resize(values.size() * sizeof(float));
  std::memcpy(output.result.data(), values.data(), output.result.size());
  return output;
}

struct Walk {
  std::vector<Bytes> units;
  contracts::VideoOutcome outcome;
  base::Status finished;
  const std::vector<Tensor>& arrays() const {
    return outcome.results.find("transnetv2")->second.arrays;
  }
};

/// Every frame with an index of its own: 10, 12, 14 ...
Walk WalkOf(const std::vector<int>& levels, size_t results_lost = 0) {
  Walk walk;
  const auto component = MakeTransNetV2({});
  Collector sink;
  EXPECT_TRUE(component->Open({}));
  component->Bind(sink);
  SharedFlows flows;
  const auto meter = component->MakeMeter(flows);
  const auto measure = meter->NewMeasure();
  contracts::FrameIndex index = 10;
  for (const int level : levels) {
    const Thumbnail thumbnail(level);
    const image::StampedFrame frame = thumbnail.frame(index);
    EXPECT_TRUE(meter->Measure(frame, *measure));
    EXPECT_TRUE(component->Take(frame.stamp(), *measure));
    index += 2;
  }
  EXPECT_TRUE(component->Close({}, walk.outcome));
  std::vector<UnitOutput> outputs;
  for (const Bytes& unit : sink.units) outputs.push_back(Answer(unit));
  outputs.resize(outputs.size() - results_lost);
  walk.finished = component->Finish(std::move(outputs), walk.outcome);
  walk.units = std::move(sink.units);
  return walk;
}

TEST(TransNetV2Component, AnswersForEveryFrame) {
  for (const size_t frames : {1U, 49U, 50U, 51U, 175U}) {
    std::vector<int> levels;
    for (size_t k = 0; k < frames; ++k) levels.push_back(static_cast<int>(k % 100));
    const Walk walk = WalkOf(levels);
    ASSERT_TRUE(walk.finished) << frames;
    EXPECT_EQ(walk.units.size(), static_cast<size_t>(TransNetV2Units(static_cast<double>(frames))));
    const auto& arrays = walk.arrays();
    ASSERT_EQ(arrays.size(), 4U);
    EXPECT_EQ(arrays[0].name, "single_frame_probability");
    EXPECT_EQ(arrays[1].name, "all_frame_probability");
    EXPECT_EQ(arrays[2].name, "frame_indices");
    EXPECT_EQ(arrays[3].name, "scenes");
    const auto single = contracts::ValuesOf<float>(arrays[0]);
    const auto all = contracts::ValuesOf<float>(arrays[1]);
    const auto indices = contracts::ValuesOf<int64_t>(arrays[2]);
    ASSERT_EQ(single.size(), frames);
    ASSERT_EQ(all.size(), frames);
    ASSERT_EQ(indices.size(), frames);
    for (size_t k = 0; k < frames; ++k) {
      EXPECT_FLOAT_EQ(single[k], static_cast<float>(levels[k]) / 200);
      EXPECT_FLOAT_EQ(all[k], static_cast<float>(levels[k]) / 100);
      EXPECT_EQ(indices[k], 10 + 2 * static_cast<int64_t>(k));
    }
  }
}

TEST(TransNetV2Component, ReadsScenesOffTheMiddleFrames) {
  std::vector<int> levels(60, 0);
  levels[20] = 180;
  levels[21] = 180;
  const Walk walk = WalkOf(levels);
  EXPECT_EQ(contracts::ValuesOf<int64_t>(walk.arrays()[3]), (std::vector<int64_t>{0, 20, 22, 59}));
  EXPECT_EQ(walk.arrays()[3].shape, (std::vector<int64_t>{2, 2}));
}

TEST(TransNetV2Component, OfNoFrameSaysNothing) {
  const Walk walk = WalkOf({});
  ASSERT_TRUE(walk.finished);
  EXPECT_TRUE(walk.units.empty());
  for (const Tensor& array : walk.arrays()) EXPECT_TRUE(array.bytes.empty()) << array.name;
  EXPECT_EQ(walk.arrays()[3].shape, (std::vector<int64_t>{0, 2}));
}

TEST(TransNetV2Component, RefusesToFinishWithoutAllResults) {
  const Walk walk = WalkOf(std::vector<int>(60, 0), 1);
  ASSERT_FALSE(walk.finished);
  EXPECT_EQ(walk.finished.error().code, base::Code::kInternal);
  EXPECT_TRUE(walk.outcome.results.empty());
}

TEST(TransNetV2Component, RefusesFramesWithoutItsThumbnail) {
  const auto component = MakeTransNetV2({});
  SharedFlows flows;
  const auto meter = component->MakeMeter(flows);
  const auto measure = meter->NewMeasure();
  const auto without = meter->Measure({}, *measure);
  ASSERT_FALSE(without);
  EXPECT_EQ(without.error().code, base::Code::kContract);
  const Thumbnail other(0, 27, 48);
  const auto turned = meter->Measure(other.frame(0), *measure);
  ASSERT_FALSE(turned);
  EXPECT_EQ(turned.error().code, base::Code::kContract);
}

TEST(TransNetV2Component, AllVideosShareOneKeyUnlessModelKnobsOrFramesDiffer) {
  TransNetV2Options options;
  options.model.model_signature = "abc";
  options.model.runtime = "triton";
  options.model.device = "localhost:8001";
  const contracts::BatchKey key = TransNetV2Key(options);
  EXPECT_EQ(MakeTransNetV2(options)->key(), key);
  EXPECT_EQ(key.component, "transnetv2");
  EXPECT_EQ(key.component_version, "1");
  EXPECT_EQ(key.model_signature, "abc");
  EXPECT_EQ(key.runtime, "triton");
  EXPECT_EQ(key.device, "localhost:8001");
  EXPECT_EQ(key.knobs, R"({"threshold":0.5})");
  EXPECT_EQ(key.preprocessing,
            R"({"analysis_fps":null,"height":27,"resize":"swscale bicubic","width":48})");
  EXPECT_EQ(key.input_bucket, "100x48x27");
  options.analysis_fps = 12.5;
  EXPECT_EQ(TransNetV2Key(options).preprocessing,
            R"({"analysis_fps":12.5,"height":27,"resize":"swscale bicubic","width":48})");
}

TEST(TransNetV2Component, ExpectsAWindowForEveryFiftyFrames) {
  EXPECT_EQ(TransNetV2Units(0), 0);
  EXPECT_EQ(TransNetV2Units(0.2), 1);
  EXPECT_EQ(TransNetV2Units(50), 1);
  EXPECT_EQ(TransNetV2Units(50.5), 2);
}

}  // namespace
}  // namespace reelbatch::components
