#include "costs/registry.h"

#include <gmock/gmock.h>

#include "costs/test_rows.h"

namespace reelbatch::costs {
namespace {

using contracts::CostRow;

constexpr const char* kPart = "detect_hard_cuts(cpu_no_deep)";

CostQuery Query(const RowMaker& maker, int width, int height) {
  return {.component = maker.subject.component,
          .component_part = maker.subject.component_part,
          .knobs = maker.subject.knobs,
          .width = width,
          .height = height,
          .device = maker.profile.id,
          .measured_by = "reelbatch bench matrix --part hard"};
}

Registry Of(std::vector<CostRow> rows) {
  contracts::CostTable table;
  table.rows = std::move(rows);
  std::vector<contracts::CostTable> tables;
  tables.push_back(std::move(table));
  return Registry(std::move(tables));
}

TEST(Registry, FindsTheVeryRow) {
  const RowMaker maker(kPart, "here");
  const Registry registry = Of({maker.At(569, 320, 1), maker.At(1280, 720, 3)});
  const auto found = registry.Find(Query(maker, 1280, 720));
  ASSERT_TRUE(found) << found.error().Text();
  EXPECT_EQ(found->match, CostMatch::kExact);
  EXPECT_FALSE(found->extrapolated);
  EXPECT_EQ(found->ms_per_unit, 3);
}

TEST(Registry, ScalesWithinABucketByPixels) {
  const RowMaker maker(kPart, "here");
  const Registry registry = Of({maker.At(1280, 720, 4)});
  const auto found = registry.Find(Query(maker, 1000, 700));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->match, CostMatch::kBucket);
  EXPECT_FALSE(found->extrapolated);
  EXPECT_NEAR(found->ms_per_unit, 4.0 * 1000 * 700 / (1280 * 720), 1e-9);
}

TEST(Registry, ScalesByWhatOtherSizesAndPresetsShow) {
  // 1 ms, 2 ms a megapixel, 5 ms a megapixel of the plane of flow.
  const auto ms = [](double width, double height, double side) {
    const double scale = std::min(1.0, side / std::max(width, height));
    return 1 + 2e-6 * width * height + 5e-6 * scale * scale * width * height;
  };
  RowMaker maker(kPart, "here");
  std::vector<CostRow> rows;
  for (const int64_t side : {256, 320, 384}) {
    maker.subject.knobs["flow_max_side"] = side;
    for (const GridSide size : kGrid) {
      rows.push_back(maker.At(size.long_side, size.short_side,
                              ms(size.long_side, size.short_side, static_cast<double>(side))));
    }
  }
  maker.subject.knobs["flow_max_side"] = int64_t{320};
  const Registry registry = Of(std::move(rows));
  const auto found = registry.Find(Query(maker, 640, 480));
  ASSERT_TRUE(found);
  EXPECT_NEAR(found->ms_per_unit, ms(640, 480, 320), 0.01);
}

TEST(Registry, TakesTheNearestLargerBucketAndSaysSo) {
  const RowMaker maker(kPart, "here");
  const Registry registry = Of({maker.At(569, 320, 1), maker.At(1920, 1080, 8)});
  const auto found = registry.Find(Query(maker, 1280, 720));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->match, CostMatch::kOtherBucket);
  EXPECT_TRUE(found->extrapolated);
  EXPECT_EQ(found->row->bucket.short_side, 1080);
}

TEST(Registry, MarksWhatLiesAboveTheGrid) {
  RowMaker maker(kPart, "here");
  CostRow row = maker.At(1920, 1080, 8);
  row.cpu_rss_peak_mb = 50;
  const Registry registry = Of({row});
  const auto found = registry.Find(Query(maker, 3840, 2160));
  ASSERT_TRUE(found);
  EXPECT_TRUE(found->extrapolated);
  EXPECT_NEAR(found->ms_per_unit, 32, 1e-9) << "by pixel count";
  EXPECT_NEAR(*found->cpu_rss_peak_mb, 200, 1e-9);
}

TEST(Registry, MemoryIsThatOfABucketThatIsNotSmaller) {
  const RowMaker maker(kPart, "here");
  CostRow row = maker.At(1280, 720, 8);
  row.cpu_rss_peak_mb = 50;
  const auto found = Of({row}).Find(Query(maker, 700, 700));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->cpu_rss_peak_mb, 50);
}

TEST(Registry, PrefersThisDeviceThenTheSameInstructions) {
  const RowMaker here(kPart, "here");
  RowMaker like(kPart, "like");
  RowMaker other(kPart, "other");
  other.profile.isa = "scalar";
  other.source.date = "2026-09-09";
  const Registry both = Of({other.At(1280, 720, 9), here.At(1920, 1080, 8), like.At(1280, 720, 2)});
  auto found = both.Find(Query(here, 1280, 720));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->row->device->id, "here");
  found = Of({other.At(1280, 720, 9), like.At(1280, 720, 2)}).Find(Query(here, 1280, 720));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->match, CostMatch::kOtherDevice);
  EXPECT_TRUE(found->extrapolated);
}

TEST(Registry, PrefersTheLoadAndTheInputThatWereAskedFor) {
  const RowMaker maker(kPart, "here");
  CostRow noise = maker.At(1280, 720, 1);
  noise.input_kind = contracts::InputKind::kNoise;
  CostRow loaded = maker.At(1280, 720, 2);
  loaded.concurrency = 2;
  CostRow alone = maker.At(1280, 720, 3);
  CostQuery query = Query(maker, 1280, 720);
  EXPECT_EQ(Of({noise, loaded, alone}).Find(query)->ms_per_unit, 3);
  query.concurrency = 2;
  EXPECT_EQ(Of({noise, loaded, alone}).Find(query)->ms_per_unit, 2);
  query.concurrency = 8;
  EXPECT_EQ(Of({noise, loaded, alone}).Find(query)->ms_per_unit, 2);
  EXPECT_EQ(Of({noise}).Find(query)->ms_per_unit, 1);
}

TEST(Registry, OtherThreadsAreSaid) {
  const RowMaker maker(kPart, "here");
  CostQuery query = Query(maker, 1280, 720);
  query.threads = 4;
  const Registry registry = Of({maker.At(1280, 720, 3)});
  EXPECT_TRUE(registry.Find(query)->extrapolated);
}

TEST(Registry, ALaterRowWins) {
  RowMaker maker(kPart, "here");
  const CostRow old = maker.At(1280, 720, 1);
  maker.source.date = "2026-11-01";
  const CostRow fresh = maker.At(1280, 720, 2);
  EXPECT_EQ(Of({fresh, old}).Find(Query(maker, 1280, 720))->ms_per_unit, 2);
}

TEST(Registry, NotMeasuredNamesTheCommand) {
  const RowMaker maker(kPart, "here");
  CostQuery query = Query(maker, 1280, 720);
  query.knobs["flow_max_side"] = int64_t{7};
  const auto found = Of({maker.At(1280, 720, 3)}).Find(query);
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, base::Code::kNotMeasured);
  EXPECT_EQ(found.error().Text(),
            "cut_detection.detect_hard_cuts(cpu_no_deep): no cost row has these knobs (settings); "
            "measure one with "
            "`reelbatch bench matrix --part hard`");
}

TEST(Registry, ARowWithoutFiguresIsNotMeasured) {
  const RowMaker maker(kPart, "here");
  CostRow row = maker.At(1280, 720, 0);
  row.latency_ms_per_unit.reset();
  EXPECT_EQ(Of({row}).Find(Query(maker, 1280, 720)).error().code, base::Code::kNotMeasured);
}

TEST(Registry, AddsUpTerms) {
  RowMaker maker("h264", "here");
  maker.subject.component = "decode";
  maker.subject.knobs.clear();
  CostRow row = maker.At(1280, 720, 2);
  row.bucket = {};
  row.latency_ms_fixed = 0.5;
  row.terms = {{"mpx", 2}, {"kbyte", 0.1}};
  CostQuery query = Query(maker, 1000, 1000);
  query.drivers["kbyte"] = 10;
  query.drivers["mpx"] = 1;
  const auto found = Of({row}).Find(query);
  ASSERT_TRUE(found);
  EXPECT_NEAR(found->ms_per_unit, 0.5 + 2 + 1, 1e-12);
}

TEST(Registry, EqualNumbersAreEqualKnobs) {
  RowMaker maker(kPart, "here");
  maker.subject.knobs["keep"] = 1.0;
  const Registry registry = Of({maker.At(1280, 720, 3)});
  maker.subject.knobs["keep"] = int64_t{1};
  EXPECT_TRUE(registry.Find(Query(maker, 1280, 720)));
}

}  // namespace
}  // namespace reelbatch::costs
