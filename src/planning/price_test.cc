#include "planning/price.h"

#include <gmock/gmock.h>

#include "costs/decode_subject.h"
#include "costs/test_rows.h"

namespace reelbatch::planning {
namespace {

contracts::VideoInfo Video() {
  contracts::VideoInfo info;
  info.codec = "h264";
  info.width = 1280;
  info.height = 720;
  info.avg_fps = {.num = 25, .den = 1};
  info.duration_s = 10;
  info.frames_expected = 250;
  info.file_bytes = 2'500'000;
  return info;
}

contracts::PricedWork Cuts() {
  contracts::PricedWork work{.subject = {}, .measured_by = "bench cuts"};
  work.subject.component = "cuts";
  work.subject.component_part = "hard";
  work.subject.unit = "frame_pair";
  work.subject.preset = "default";
  work.subject.knobs = {{"side", int64_t{512}}};
  return work;
}

contracts::CostTable Table() {
  costs::RowMaker maker("", "here");
  contracts::CostTable table;
  maker.subject = Cuts().subject;
  table.rows.push_back(maker.At(1280, 720, 2));
  table.rows.back().cpu_rss_peak_mb = 20;
  maker.subject = costs::DecodeSubject("h264", false);
  table.rows.push_back(maker.At(1280, 720, 3));
  table.rows.back().bucket = {};
  table.rows.back().latency_ms_fixed = 1;
  table.rows.back().terms = {{"kbyte", 0.1}};
  return table;
}

costs::Registry Registry() {
  std::vector<contracts::CostTable> tables;
  tables.push_back(Table());
  return costs::Registry(std::move(tables));
}

TEST(Price, ExpectsFramesAsTheContainerSays) {
  contracts::VideoInfo info = Video();
  EXPECT_EQ(FramesExpected(info, {})->analysed, 250);
  EXPECT_EQ(FramesExpected(info, {.analysis_fps = 5})->analysed, 50);
  EXPECT_EQ(FramesExpected(info, {.analysis_fps = 5})->decoded, 250);
  EXPECT_EQ(FramesExpected(info, {.every = 100})->analysed, 3);
  const auto ranged = FramesExpected(info, {.start_s = 2, .end_s = 6});
  EXPECT_EQ(ranged->decoded, 150);
  EXPECT_EQ(ranged->analysed, 100);
  info.start_time_s = 3;
  info.player_start_s = 1;
  const auto late = FramesExpected(info, {.start_s = 4, .end_s = 6});
  EXPECT_EQ(late->decoded, 100);
  EXPECT_EQ(late->analysed, 50);
  info.frames_expected.reset();
  EXPECT_EQ(FramesExpected(info, {})->decoded, 250) << "by duration and rate";
  info.duration_s = 5653;
  info.file_bytes = 4000;
  EXPECT_EQ(FramesExpected(info, {})->decoded, 500) << "no more than the file's bytes can hold";
  info.duration_s.reset();
  EXPECT_FALSE(FramesExpected(info, {}));
}

TEST(Price, PricesDecodingAndComponents) {
  const contracts::VideoInfo info = Video();
  const contracts::RunConfig config;
  const std::vector<SampledWork> works{
      {.work = Cuts(), .width = 1280, .height = 720},
      {.work = Cuts(), .sampling = {.every = 10}, .width = 1280, .height = 720}};
  const auto costs =
      PriceVideo(Registry(), {.info = info, .config = config, .works = works, .device = "here"});
  ASSERT_EQ(costs.size(), 3U);
  EXPECT_EQ(costs[2].units, 24) << "pairs of its own frames";
  EXPECT_NEAR(*costs[2].predicted_ms, 48, 1e-9);
  EXPECT_EQ(costs[0].component, "decode");
  EXPECT_NEAR(*costs[0].predicted_ms, 250 * (1 + 0.1 * 10), 1e-6);
  EXPECT_EQ(costs[1].part, "hard");
  EXPECT_EQ(costs[1].units, 249);
  EXPECT_NEAR(*costs[1].predicted_ms, 498, 1e-9);
  EXPECT_EQ(costs[1].predicted_mb, 20);
  EXPECT_EQ(costs[1].preset, "default");
  EXPECT_EQ(costs[1].predicted_from, "exact");
}

TEST(Price, SaysWhatIsNotMeasured) {
  contracts::VideoInfo info = Video();
  info.codec = "vp9";
  const contracts::RunConfig config;
  std::vector<SampledWork> works{{.work = Cuts(), .width = 1280, .height = 720}};
  works.front().work.subject.component = "flow";
  const auto costs = PriceVideo(Registry(), {.info = info, .config = config, .works = works});
  ASSERT_EQ(costs.size(), 2U);
  EXPECT_FALSE(costs[0].predicted_ms);
  EXPECT_THAT(costs[0].predicted_from, testing::HasSubstr("reelbatch bench decode"));
  EXPECT_THAT(costs[1].predicted_from, testing::HasSubstr("bench cuts"));
}

}  // namespace
}  // namespace reelbatch::planning
