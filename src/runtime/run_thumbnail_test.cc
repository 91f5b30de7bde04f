// A whole run of transnetv2 with a made-up model: from a file's frames through windows, batches and
// tensors back to one probability a frame, the same bytes however the video is decoded.
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "components/cut_detection/cut_detection.h"
#include "components/transnetv2/packing.h"
#include "components/transnetv2/transnetv2.h"
#include "components/transnetv2/window.h"
#include "media/range_reader.h"
#include "media/video_reader.h"
#include "runtime/run.h"
#include "runtime/run_fakes.h"

namespace reelbatch::runtime {
namespace {

namespace transnetv2 = components::transnetv2;
using contracts::Tensor;

/// What the made-up model says of a frame: how bright it is.
float Brightness(const unsigned char* frame) {
  uint64_t sum = 0;
  for (size_t k = 0; k < transnetv2::kFrameBytes; ++k) sum += frame[k];
  return static_cast<float>(sum) / (255.0F * transnetv2::kFrameBytes);
}

class BrightnessModel final : public components::UnitModel {
 public:
  bool broken = false;  // every batch fails

  std::expected<std::vector<components::UnitOutput>, contracts::BatchFailure> Run(
      std::span<const components::UnitInput> units) override {
    if (broken)
      return std::unexpected(contracts::BatchFailure{
          .failure = contracts::FailureClass::kBadResponse, .evidence = "broken"});
    const Tensor frames = packing_->Pack(units).front();
    const auto count = static_cast<int64_t>(units.size());
    Tensor single{.name = "single",
                  .type = contracts::ElementType::kFloat32,
                  .shape = {count, transnetv2::kWindowFrames}};
    for (size_t at = 0; at < frames.bytes.size(); at += transnetv2::kFrameBytes) {
      const float value =
          Brightness(reinterpret_cast<const unsigned char*>(frames.bytes.data() + at));
      single.bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
    }
    Tensor many = single;
    many.name = "many";
    return packing_->Unpack({std::move(single), std::move(many)}, units.size());
  }

 private:
  std::unique_ptr<components::TensorPacking> packing_ = transnetv2::MakePacking();
};

class KeepingSink final : public RunSink {
 public:
  base::Result<EarlierWork> Begin(const Input&, const base::CancelToken&) override {
    return EarlierWork();
  }
  base::Status Commit(const Input&, contracts::VideoOutcome& outcome) override {
    const std::lock_guard lock(mutex_);
    outcomes.push_back(outcome);
    return {};
  }
  std::vector<contracts::VideoOutcome> outcomes;

 private:
  std::mutex mutex_;
};

struct Harness {
  RunDependencies dependencies;
  std::atomic<int> ranges_opened{0};
};

void MakeHarness(Harness& harness, bool with_thumbnail) {
  RunDependencies& to = harness.dependencies;
  to.probe = [](const auto& path, const base::CancelToken* cancel) {
    return media::Probe(path, {}, cancel);
  };
  to.open = media::OpenRequested;
  to.plan_ranges = media::PlanRanges;
  to.open_range = [&harness](const auto& path, const media::ReaderOptions& options) {
    ++harness.ranges_opened;
    return media::OpenRangeReader(path, options);
  };
  to.make_components = [](const MakeRequest&) {
    std::vector<std::unique_ptr<components::Component>> components;
    components.push_back(components::MakeTransNetV2({}));
    return components;
  };
  if (!with_thumbnail) return;
  constexpr contracts::ThumbnailSize kSize = components::kTransNetV2Thumbnail;
  to.frames[std::string(components::kTransNetV2Name)] = {
      .sampling = {}, .thumbnail = media::FrameSize{kSize.width, kSize.height}};
}

/// cut_detection too, which waits for what the model says.
void AddCuts(Harness& harness, bool needs_it) {
  harness.dependencies.make_components = [](const MakeRequest&) {
    components::CutKnobs knobs = components::KnobsOf(contracts::Preset::kDefault);
    knobs.learned = true;
    std::vector<std::unique_ptr<components::Component>> components;
    components.push_back(components::MakeTransNetV2({}));
    components.push_back(components::MakeCutDetection(knobs));
    return components;
  };
  contracts::ComponentSpec cuts{.name = "cut_detection", .needs = {}, .uses = {"transnetv2"}};
  if (needs_it) cuts.needs = {"transnetv2"};
  harness.dependencies.specs = {{.name = "transnetv2", .needs = {}, .uses = {}}, cuts};
}

class RunThumbnails : public testing::Test {
 protected:
  void SetUp() override {
    // 30 s, so that it has ranges, with a keyframe every second; the last window is begun, not
    // full.
    const std::string make =
        "ffmpeg -v error -nostdin -y -f lavfi -i testsrc2=s=160x90:r=25:d=29.2 -vf 'fade=in:0:400' "
        "-c:v libx264 "
        "-preset ultrafast -g 25 -pix_fmt yuv420p '" +
        path_.string() + "'";
    ASSERT_EQ(std::system(make.c_str()), 0) << make;
  }
  void TearDown() override { std::filesystem::remove(path_); }

  contracts::VideoOutcome Go(int threads, Harness& harness, bool broken = false) {
    BrightnessModel model;
    model.broken = broken;
    RunOptions options;
    options.threads = threads;
    options.batching.devices = {{.memory = planning::MemoryKind::kRam, .total_mb = 1 << 16}};
    options.batching.models = {
        {.component = std::string(components::kTransNetV2Name), .model = fakes::Borrowed(model)}};
    options.batching.models.front().cost =
        [](const contracts::BatchKey&) -> base::Result<planning::BatchCost> {
      return planning::BatchCost{.memory = planning::MemoryKind::kRam,
                                 .max_batch = 4,
                                 .fixed_ms = 1,
                                 .ms_per_unit = 1,
                                 .mb_per_unit = 1};
    };
    KeepingSink sink;
    const base::SystemClock clock;
    const RunReport report = runtime::Run({{.id = 0, .path = path_}}, options, harness.dependencies,
                                          sink, nullptr, clock, cancel_);
    EXPECT_EQ(report.end, RunEnd::kFinished) << report.sink_error.Text();
    EXPECT_EQ(sink.outcomes.size(), 1U);
    return sink.outcomes.empty() ? contracts::VideoOutcome() : std::move(sink.outcomes.front());
  }

  std::vector<float> BrightnessOfFrames() const {
    std::vector<float> expected;
    const auto source = media::OpenVideo(path_, {.thumbnail = media::FrameSize{48, 27}});
    EXPECT_TRUE(source);
    while (source) {
      const auto frame = (*source)->Next();
      if (!frame || *frame == nullptr) break;
      std::vector<unsigned char> packed;
      const auto& rows = (*frame)->thumbnail;
      for (int y = 0; y < rows.height; ++y)
        packed.insert(packed.end(), rows.row(y), rows.row(y) + rows.width);
      expected.push_back(Brightness(packed.data()));
    }
    return expected;
  }

  base::CancelToken cancel_;
  const std::filesystem::path path_ =
      std::filesystem::path(testing::TempDir()) /
      ("reelbatch_thumbnails_" + std::to_string(::getpid()) + ".mp4");
};

const std::vector<Tensor>& ArraysOf(const contracts::VideoOutcome& outcome) {
  static const std::vector<Tensor> none(4);
  const auto found = outcome.results.find(components::kTransNetV2Name);
  return found == outcome.results.end() ? none : found->second.arrays;
}

TEST_F(RunThumbnails, ReachTheModelTheSameInRangesAndAsAWhole) {
  const std::vector<float> expected = BrightnessOfFrames();
  ASSERT_EQ(expected.size(), 730U);
  Harness whole;
  MakeHarness(whole, true);
  const contracts::VideoOutcome as_whole = Go(1, whole);
  EXPECT_EQ(whole.ranges_opened, 0);
  EXPECT_FALSE(as_whole.fault) << as_whole.fault->reason;
  const Tensor& single = ArraysOf(as_whole)[0];
  ASSERT_EQ(single.bytes.size(), expected.size() * sizeof(float));
  EXPECT_EQ(std::memcmp(single.bytes.data(), expected.data(), single.bytes.size()), 0);
  EXPECT_EQ(as_whole.batching.at("transnetv2").units, 15);

  Harness ranged;
  MakeHarness(ranged, true);
  const contracts::VideoOutcome in_ranges = Go(3, ranged);
  EXPECT_GT(ranged.ranges_opened, 1);
  for (size_t k = 0; k < 4; ++k)
    EXPECT_EQ(ArraysOf(in_ranges)[k].bytes, ArraysOf(as_whole)[k].bytes)
        << ArraysOf(as_whole)[k].name;
}

TEST_F(RunThumbnails, CutsAreDecidedWhenTheModelHasAnswered) {
  for (const int threads : {1, 3}) {
    Harness harness;
    MakeHarness(harness, true);
    AddCuts(harness, true);
    const contracts::VideoOutcome outcome = Go(threads, harness);
    EXPECT_FALSE(outcome.fault) << outcome.fault->reason;
    const auto cuts = outcome.results.find(components::kCutDetectionName);
    ASSERT_TRUE(cuts != outcome.results.end()) << threads;
    const Tensor* const learned =
        contracts::FindArray(cuts->second, "learned_single_frame_probability");
    ASSERT_TRUE(learned) << threads;
    EXPECT_EQ(learned->bytes, ArraysOf(outcome)[0].bytes);
  }
}

TEST_F(RunThumbnails, WithoutTheModelCutsAreDecidedAloneOrNotAtAllAsTheyWereAskedFor) {
  Harness prefers;
  MakeHarness(prefers, true);
  AddCuts(prefers, false);
  const contracts::VideoOutcome alone = Go(1, prefers, true);
  EXPECT_TRUE(alone.component_faults.contains("transnetv2"));
  const auto cuts = alone.results.find(components::kCutDetectionName);
  ASSERT_TRUE(cuts != alone.results.end());
  EXPECT_FALSE(contracts::FindArray(cuts->second, "learned_single_frame_probability"));
  EXPECT_EQ(cuts->second.notes,
            std::vector<std::string>{
                "transnetv2 has no probabilities for this video: cuts were decided without them"});

  Harness requires_it;
  MakeHarness(requires_it, true);
  AddCuts(requires_it, true);
  const contracts::VideoOutcome not_at_all = Go(1, requires_it, true);
  ASSERT_TRUE(not_at_all.component_faults.contains("cut_detection"));
  EXPECT_EQ(not_at_all.component_faults.at("cut_detection").code,
            contracts::FaultCode::kDependencyMissing);
  EXPECT_FALSE(not_at_all.results.contains("cut_detection"));
}

TEST_F(RunThumbnails, AreMissedAloud) {
  Harness harness;
  MakeHarness(harness, false);
  const contracts::VideoOutcome outcome = Go(1, harness);
  ASSERT_TRUE(outcome.fault);
  EXPECT_EQ(outcome.fault->code, contracts::FaultCode::kComponentFailed);
  EXPECT_NE(outcome.fault->reason.find("thumbnail of 0x0, but 48x27 is expected"),
            std::string::npos)
      << outcome.fault->reason;
}

}  // namespace
}  // namespace reelbatch::runtime
