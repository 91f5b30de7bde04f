#include "components/cut_detection/cut_detection.h"

#include <gtest/gtest.h>

#include <cmath>
#include <utility>
#include <vector>

#include "components/core_optical_flow/core_optical_flow.h"
#include "components/cut_detection/test_frames.h"
#include "components/cut_detection/test_results.h"

namespace reelbatch::components {
namespace {

struct Look {
  double shot = 1;
  int dx = 0;
  double gain = 1;
};

struct Options {
  contracts::Preset preset = contracts::Preset::kDefault;
  Decision decision = Decision::kAdaptive;
  CutParts parts{};
  int width = 96;
  int height = 64;
};

CutDetectionResult Detect(const std::vector<Look>& looks, Options options = {}) {
  CutKnobs knobs = KnobsOf(options.preset);
  knobs.decision = options.decision;
  knobs.parts = options.parts;
  TestWalk walk(MakeCutDetection(knobs));
  contracts::FrameIndex index = 0;
  for (const Look& look : looks) {
    const TestFrame frame(options.width, options.height, look.shot, look.dx, 0, look.gain);
    const image::StampedFrame stamped{
        .view = frame.view(), .index = index, .pts_s = 5 + static_cast<double>(index) / 25};
    EXPECT_TRUE(walk.Show(stamped));
    ++index;
  }
  contracts::VideoOutcome outcome;
  EXPECT_TRUE(walk.Close(outcome));
  EXPECT_TRUE(HasCuts(outcome));
  return CutsOf(outcome);
}

std::vector<Look> MovingShot(double shot, int frames) {
  std::vector<Look> looks;
  looks.reserve(static_cast<size_t>(frames));
  for (int i = 0; i < frames; ++i) looks.push_back({.shot = shot, .dx = i});
  return looks;
}

std::vector<Look> operator+(std::vector<Look> a, const std::vector<Look>& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

TEST(CutDetection, FindsACutBetweenMovingShots) {
  const auto result = Detect(MovingShot(1, 20) + MovingShot(4.3, 20));
  ASSERT_EQ(result.events.size(), 1U);
  EXPECT_EQ(result.events[0].frame, 20);
  EXPECT_EQ(result.events[0].start_frame, 19);
  EXPECT_EQ(result.events[0].pair_index, 19);
  EXPECT_NEAR(result.events[0].time_s, 5.8, 1e-9);
  EXPECT_GT(result.events[0].confidence, 0.5F);
  EXPECT_TRUE(result.events[0].evidence.hist);
  EXPECT_TRUE(result.events[0].evidence.ssim);
  EXPECT_GE(result.signals.hard_score[19], 1.0F);
  ASSERT_EQ(result.shots.size(), 2U);
  EXPECT_EQ(result.shots[1].end_frame, 40);
  EXPECT_NEAR(result.shots[1].end_s, 6.6, 1e-9);
}

TEST(CutDetection, EverySignalHasAValuePerPair) {
  for (const auto decision : {Decision::kAdaptive, Decision::kSeed}) {
    const auto result = Detect(MovingShot(1, 8), {.decision = decision});
    const PairSignals& s = result.signals;
    EXPECT_EQ(result.timeline.size(), 8U);
    for (const auto* values : {&s.hist_diff_l1, &s.ssim_drop, &s.flow_mag, &s.hard_score,
                               &s.threshold_hist, &s.threshold_ssim, &s.threshold_flow}) {
      ASSERT_EQ(values->size(), 7U);
      for (const float value : *values) EXPECT_TRUE(std::isfinite(value));
    }
    EXPECT_NEAR(s.flow_mag[3], 1.0, 0.3);  // the texture moves one sample a frame
  }
}

TEST(CutDetection, AStaticVideoHasNoEvent) {
  EXPECT_TRUE(Detect(std::vector<Look>(40)).events.empty());
}

TEST(CutDetection, AFlashIsNoCut) {
  const std::vector<Look> flash(2, {.shot = 1, .dx = 15, .gain = 3});
  EXPECT_TRUE(Detect(MovingShot(1, 15) + flash + MovingShot(1, 20)).events.empty());
}

TEST(CutDetection, AFadeToBlackIsNoHardCut) {
  std::vector<Look> fade;
  fade.reserve(20);
  for (int i = 0; i < 20; ++i) fade.push_back({.shot = 1, .dx = 20 + i, .gain = 1 - i / 20.0});
  const auto result = Detect(MovingShot(1, 20) + fade + std::vector<Look>(10, {.gain = 0}));
  ASSERT_EQ(result.events.size(), 1U);
  EXPECT_EQ(result.events[0].type, contracts::EventType::kFadeOut);
  EXPECT_EQ(result.shots.size(), 1U);
}

std::vector<Look> Fade(double shot, int frames, double from, double to) {
  std::vector<Look> looks;
  for (int i = 0; i < frames; ++i) {
    looks.push_back({.shot = shot, .dx = i, .gain = from + (to - from) * (i + 1) / (frames + 1)});
  }
  return looks;
}

TEST(CutDetection, AFadeThroughBlackIsOneEventAndSplitsAtItsMiddle) {
  const auto result =
      Detect(MovingShot(1, 20) + Fade(1, 9, 1, 0) + std::vector<Look>(6, {.gain = 0}) +
             Fade(4.3, 9, 0, 1) + MovingShot(4.3, 20));
  ASSERT_EQ(result.events.size(), 1U);
  const contracts::Event& event = result.events[0];
  EXPECT_EQ(event.type, contracts::EventType::kFadeThrough);
  EXPECT_NEAR(static_cast<double>(event.start_frame), 19, 1.5);
  EXPECT_NEAR(static_cast<double>(event.end_frame), 44, 1.5);
  EXPECT_EQ(event.pair_index + 1, event.frame);
  ASSERT_EQ(result.shots.size(), 2U);
  EXPECT_EQ(result.shots[1].start_frame, event.frame);
  ASSERT_TRUE(result.soft.has_value());
  EXPECT_EQ(result.soft->hsv_v.size(), 64U);
  EXPECT_EQ(result.soft->lab_l.size(), 64U);
  EXPECT_EQ(result.soft->hist_diff_l1, result.signals.hist_diff_l1);
  EXPECT_EQ(result.soft->flow_mag, result.signals.flow_mag);
  EXPECT_LT(result.soft->lab_l[32], 0.1F);  // black luma, made-up chroma
  EXPECT_FALSE(result.motion.has_value());
}

TEST(CutDetection, FadesAtTheEndsOfAVideoSplitNothing) {
  const auto result =
      Detect(std::vector<Look>(6, {.gain = 0}) + Fade(1, 9, 0, 1) + MovingShot(1, 30) +
             Fade(1, 9, 1, 0) + std::vector<Look>(6, {.gain = 0}));
  ASSERT_EQ(result.events.size(), 2U);
  EXPECT_EQ(result.events[0].type, contracts::EventType::kFadeIn);
  EXPECT_EQ(result.events[1].type, contracts::EventType::kFadeOut);
  EXPECT_EQ(result.shots.size(), 1U);
}

TEST(CutDetection, ACutToBlackAndTheFadeAfterItAreOneEvent) {
  const auto looks = MovingShot(1, 20) + std::vector<Look>(6, {.gain = 0}) + Fade(4.3, 9, 0, 1) +
                     MovingShot(4.3, 20);
  const auto both = Detect(looks);
  ASSERT_EQ(both.events.size(), 1U);
  EXPECT_EQ(both.events[0].type, contracts::EventType::kFadeIn);
  EXPECT_EQ(both.events[0].start_frame, 19);
  const auto hard = Detect(looks, {.parts = {.hard = true, .soft = false}});
  ASSERT_EQ(hard.events.size(), 1U);
  EXPECT_EQ(hard.events[0].type, contracts::EventType::kHard);
  EXPECT_FALSE(hard.soft.has_value());
}

TEST(CutDetection, SoftAloneReportsNoCuts) {
  const auto result =
      Detect(MovingShot(1, 20) + MovingShot(4.3, 20), {.parts = {.hard = false, .soft = true}});
  EXPECT_TRUE(result.events.empty());
  EXPECT_EQ(result.shots.size(), 1U);
  EXPECT_TRUE(std::isnan(result.signals.ssim_drop[3]));
  EXPECT_FALSE(std::isnan(result.soft->flow_mag[3]));
}

TEST(CutDetection, TheSeedsRuleKnowsHardCutsAlone) {
  const auto result =
      Detect(MovingShot(1, 20) + MovingShot(4.3, 20),
             {.decision = Decision::kSeed, .parts = {.hard = true, .soft = true, .motion = true}});
  EXPECT_EQ(result.events.size(), 1U);
  EXPECT_FALSE(result.soft.has_value());
  EXPECT_FALSE(result.motion.has_value());
}

TEST(CutDetection, MotionObservesAndNeverSplits) {
  std::vector<Look> looks = MovingShot(1, 20);
  for (int i = 0; i < 6; ++i)
    looks.push_back({.shot = 1, .dx = 20 + 7 * i});  // 1.8 widths a second
  for (int i = 0; i < 20; ++i) looks.push_back({.shot = 1, .dx = 56 + i});
  const auto result = Detect(looks, {.parts = {.hard = true, .soft = true, .motion = true}});
  ASSERT_TRUE(result.motion.has_value());
  EXPECT_EQ(result.motion->flow_mag, result.signals.flow_mag);
  EXPECT_EQ(result.motion->camera_motion.size(), result.timeline.pairs());
  EXPECT_EQ(result.motion->camera_motion[5], 1);
  ASSERT_EQ(result.events.size(), 1U);
  EXPECT_EQ(result.events[0].type, contracts::EventType::kWhipPan);
  EXPECT_EQ(result.shots.size(), 1U);
}

TEST(CutDetection, TheCascadeLeavesSignalsOutAndNothingElse) {
  const auto looks = MovingShot(1, 90) + MovingShot(4.3, 50) + Fade(4.3, 9, 1, 0) +
                     Fade(2.6, 9, 0, 1) + MovingShot(2.6, 20);
  const Options fast{.preset = contracts::Preset::kFast,
                     .parts = {.hard = true, .soft = true, .motion = true}};
  const auto result = Detect(looks, fast);
  const auto& s = result.signals;
  ASSERT_EQ(s.ssim_drop.size(), looks.size() - 1);
  size_t known = 0;
  for (size_t i = 0; i < s.ssim_drop.size(); ++i) {
    EXPECT_EQ(std::isnan(s.ssim_drop[i]), std::isnan(s.flow_mag[i]));
    known += std::isnan(s.ssim_drop[i]) ? 0 : 1;
    EXPECT_FALSE(std::isnan(s.hist_diff_l1[i]));
    EXPECT_FALSE(std::isnan(result.motion->flow_mag[i]));
  }
  EXPECT_GE(known, s.ssim_drop.size() / 4);
  EXPECT_LT(known, s.ssim_drop.size() / 2);
  EXPECT_FALSE(std::isnan(s.ssim_drop[89]));  // the cut
  // Without motion flow is not computed at all where it is left out: the values are the same.
  const auto lean = Detect(looks, {.preset = contracts::Preset::kFast});
  for (size_t i = 0; i < s.flow_mag.size(); ++i) {
    EXPECT_EQ(std::isnan(s.flow_mag[i]), std::isnan(lean.signals.flow_mag[i]));
    if (std::isnan(s.flow_mag[i])) continue;
    EXPECT_FLOAT_EQ(s.flow_mag[i], lean.signals.flow_mag[i]) << i;
  }
  const auto full = Detect(looks);
  ASSERT_EQ(lean.events.size(), full.events.size());
  for (size_t i = 0; i < full.events.size(); ++i) {
    EXPECT_EQ(lean.events[i].type, full.events[i].type);
    EXPECT_EQ(lean.events[i].frame, full.events[i].frame);
  }
}

TEST(CutDetection, ACutToBlackIsACut) {
  const auto result = Detect(MovingShot(1, 20) + std::vector<Look>(20, {.gain = 0}));
  ASSERT_EQ(result.events.size(), 1U);
  EXPECT_EQ(result.events[0].frame, 20);
}

TEST(CutDetection, TwoFramesMakeAShot) {
  const auto result = Detect(MovingShot(1, 20) + MovingShot(4.3, 2) + MovingShot(2.6, 20));
  ASSERT_EQ(result.events.size(), 2U);
  EXPECT_EQ(result.events[0].frame, 20);
  EXPECT_EQ(result.events[1].frame, 22);
}

TEST(CutDetection, TakesNoFrameAndOneFrame) {
  for (const int frames : {0, 1}) {
    const auto result = Detect(MovingShot(1, frames));
    EXPECT_EQ(result.timeline.size(), static_cast<size_t>(frames));
    EXPECT_EQ(result.shots.size(), static_cast<size_t>(frames));
    EXPECT_TRUE(result.events.empty());
    EXPECT_TRUE(result.signals.hard_score.empty());
  }
}

TEST(CutDetection, TakesTheSmallestAndLongestPictures) {
  for (const auto& [width, height] :
       {std::pair{1, 1}, std::pair{2, 3}, std::pair{640, 2}, std::pair{3, 640}}) {
    const auto result =
        Detect(MovingShot(1, 4) + MovingShot(4.3, 4), {.width = width, .height = height});
    EXPECT_EQ(result.signals.hard_score.size(), 7U) << width << 'x' << height;
    EXPECT_EQ(result.width, width);
  }
}

TEST(CutDetection, AChangeOfSizeIsScaledToTheFirst) {
  TestWalk walk(MakeCutDetection(KnobsOf(contracts::Preset::kDefault)));
  for (int i = 0; i < 20; ++i) {
    const int scale = i < 10 ? 1 : 2;
    const TestFrame frame(96 * scale, 64 * scale, 1);
    ASSERT_TRUE(walk.Show({.view = frame.view(), .index = i, .pts_s = i * 0.04}));
  }
  contracts::VideoOutcome outcome;
  ASSERT_TRUE(walk.Close(outcome));
  const CutDetectionResult result = CutsOf(outcome);
  EXPECT_EQ(result.width, 96);
  EXPECT_EQ(result.signals.ssim_drop.size(), 19U);
}

TEST(CutDetection, AFrameWithoutSamplesIsRefused) {
  TestWalk walk(MakeCutDetection(KnobsOf(contracts::Preset::kDefault)));
  const base::Status status = walk.Show({});
  ASSERT_FALSE(status.has_value());
  EXPECT_EQ(status.error().code, base::Code::kInvalidArgument);
}

contracts::Tensor Array(const std::string& name, const std::vector<float>& values) {
  contracts::Tensor array{.name = name,
                          .type = contracts::ElementType::kFloat32,
                          .shape = {static_cast<int64_t>(values.size())}};
  array.bytes.assign(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float));
  return array;
}

/// What transnetv2 would have said of frames first, first + 1, ...
contracts::ComponentResult LearnedResult(const std::vector<float>& single,
                                         contracts::FrameIndex first = 0) {
  std::vector<contracts::FrameIndex> indices;
  for (size_t k = 0; k < single.size(); ++k)
    indices.push_back(first + static_cast<contracts::FrameIndex>(k));
  contracts::Tensor frames{.name = "frame_indices",
                           .type = contracts::ElementType::kInt64,
                           .shape = {static_cast<int64_t>(single.size())}};
  frames.bytes.assign(reinterpret_cast<const char*>(indices.data()),
                      indices.size() * sizeof(contracts::FrameIndex));
  return {.arrays = {Array("single_frame_probability", single),
                     Array("all_frame_probability", single), frames}};
}

/// 40 frames with a cut behind frame 19, walked to the end of Close().
struct LearnedWalk {
  explicit LearnedWalk(CutParts parts = {}, Decision decision = Decision::kAdaptive) {
    CutKnobs knobs = KnobsOf(contracts::Preset::kDefault);
    knobs.learned = true;
    knobs.parts = parts;
    knobs.decision = decision;
    component = MakeCutDetection(knobs);
    EXPECT_TRUE(component->Open({}));
    SharedFlows flows;
    const auto meter = component->MakeMeter(flows);
    const auto measure = meter->NewMeasure();
    contracts::FrameIndex index = 0;
    for (const Look& look : MovingShot(1, 20) + MovingShot(4.3, 20)) {
      const TestFrame frame(96, 64, look.shot, look.dx, 0, look.gain);
      const image::StampedFrame stamped{
          .view = frame.view(), .index = index, .pts_s = static_cast<double>(index) / 25};
      EXPECT_TRUE(meter->Measure(stamped, *measure));
      EXPECT_TRUE(component->Take(stamped.stamp(), *measure));
      ++index;
    }
    EXPECT_TRUE(component->Close({}, outcome));
  }
  std::unique_ptr<Component> component;
  contracts::VideoOutcome outcome;
};

std::vector<float> SaidAt(std::initializer_list<size_t> frames, float probability) {
  std::vector<float> single(40, 0.01F);
  for (const size_t frame : frames) single[frame] = probability;
  return single;
}

TEST(CutDetection, DecidesWhenTransNetV2HasAnswered) {
  LearnedWalk walk;
  EXPECT_FALSE(HasCuts(walk.outcome));
  walk.outcome.results["transnetv2"] = LearnedResult(SaidAt({10, 19}, 0.95F));
  ASSERT_TRUE(walk.component->Conclude(walk.outcome));
  ASSERT_TRUE(HasCuts(walk.outcome));
  const auto cuts = CutsOf(walk.outcome);
  ASSERT_EQ(cuts.events.size(), 2U);
  EXPECT_EQ(cuts.events[0].frame, 11);
  EXPECT_TRUE(cuts.events[0].evidence.deep);
  EXPECT_EQ(cuts.events[1].frame, 20);
  EXPECT_TRUE(cuts.events[1].evidence.deep);
  EXPECT_TRUE(cuts.events[1].evidence.hist);
  EXPECT_EQ(cuts.shots.size(), 3U);
  EXPECT_EQ(cuts.learned->single, SaidAt({10, 19}, 0.95F));
  EXPECT_TRUE(cuts.warnings.empty());
}

TEST(CutDetection, DecidesAloneWhereTransNetV2GaveNothingAndSaysSo) {
  LearnedWalk walk;
  ASSERT_TRUE(walk.component->Conclude(walk.outcome));
  ASSERT_EQ(CutsOf(walk.outcome).events.size(), 1U);
  EXPECT_FALSE(CutsOf(walk.outcome).learned);
  EXPECT_EQ(CutsOf(walk.outcome).warnings,
            std::vector<std::string>{
                "transnetv2 has no probabilities for this video: cuts were decided without them"});
}

TEST(CutDetection, RefusesProbabilitiesOfOtherFrames) {
  for (const auto& other : {LearnedResult(SaidAt({19}, 0.95F), 1),
                            LearnedResult(std::vector<float>(39)), contracts::ComponentResult()}) {
    LearnedWalk walk;
    walk.outcome.results["transnetv2"] = other;
    const auto concluded = walk.component->Conclude(walk.outcome);
    ASSERT_FALSE(concluded);
    EXPECT_EQ(concluded.error().code, base::Code::kContract);
    EXPECT_FALSE(HasCuts(walk.outcome));
  }
}

TEST(CutDetection, TransNetV2AddsOnlyWhatIsLookedFor) {
  LearnedWalk soft({.hard = false, .soft = true});
  soft.outcome.results["transnetv2"] = LearnedResult(SaidAt({10}, 0.95F));
  ASSERT_TRUE(soft.component->Conclude(soft.outcome));
  EXPECT_TRUE(CutsOf(soft.outcome).events.empty());
  const LearnedWalk seed({}, Decision::kSeed);
  EXPECT_TRUE(HasCuts(seed.outcome)) << "the seed's rule waits for nobody";
}

/// Both components over the same frames; the second one as `source` says.
CutDetectionResult DetectWithCore(FlowSource source, Decision decision,
                                  contracts::VideoOutcome& outcome) {
  CutKnobs knobs = KnobsOf(contracts::Preset::kDefault);
  knobs.decision = decision;
  knobs.flow_source = source;
  std::vector<std::unique_ptr<Component>> components;
  components.push_back(MakeCoreOpticalFlow(knobs.flow_max_side));
  components.push_back(MakeCutDetection(knobs));
  TestWalk walk(std::move(components));
  contracts::FrameIndex index = 0;
  for (const Look& look : MovingShot(1, 20) + MovingShot(4.3, 20)) {
    const TestFrame frame(96, 64, look.shot, look.dx, 0, look.gain);
    const image::StampedFrame stamped{
        .view = frame.view(), .index = index, .pts_s = static_cast<double>(index) / 25};
    EXPECT_TRUE(walk.Show(stamped));
    ++index;
  }
  EXPECT_TRUE(walk.Close(outcome));
  return CutsOf(outcome);
}

TEST(CutDetection, TakesTheFlowOfCoreOpticalFlowInItsOwnUnit) {
  for (const auto decision : {Decision::kAdaptive, Decision::kSeed}) {
    contracts::VideoOutcome own;
    contracts::VideoOutcome core;
    const auto px = DetectWithCore(FlowSource::kFarnebackPx, decision, own);
    const auto per_sec = DetectWithCore(FlowSource::kCoreOpticalFlow, decision, core);
    ASSERT_EQ(px.signals.flow_mag.size(), 39U);
    const auto motion =
        contracts::ValuesOf<float>(core.results.at("core_optical_flow").arrays.at(1));
    for (size_t pair = 0; pair < px.signals.flow_mag.size(); ++pair) {
      EXPECT_NEAR(per_sec.signals.flow_mag[pair], px.signals.flow_mag[pair] * 25 / 96, 1e-4);
      EXPECT_EQ(per_sec.signals.flow_mag[pair], motion[pair + 1]);
    }
    ASSERT_EQ(per_sec.events.size(), 1U);
    EXPECT_EQ(per_sec.events[0].frame, px.events[0].frame);
  }
}

TEST(CutDetection, RefusesTheFlowOfOtherFrames) {
  CutKnobs knobs = KnobsOf(contracts::Preset::kDefault);
  knobs.flow_source = FlowSource::kCoreOpticalFlow;
  TestWalk walk(MakeCutDetection(knobs));
  const TestFrame frame(96, 64, 1);
  ASSERT_TRUE(walk.Show({.view = frame.view(), .index = 3, .pts_s = 0}));
  contracts::VideoOutcome outcome;
  const auto without = walk.Close(outcome);
  ASSERT_FALSE(without);
  EXPECT_EQ(without.error().code, base::Code::kContract);
}

}  // namespace
}  // namespace reelbatch::components
