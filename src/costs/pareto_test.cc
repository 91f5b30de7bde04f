#include "costs/pareto.h"

#include <gmock/gmock.h>

#include "costs/test_rows.h"

namespace reelbatch::costs {
namespace {

contracts::CostRow With(RowMaker maker, const char* preset, double ms, std::optional<double> f1) {
  maker.subject.preset = preset;
  maker.subject.knobs["preset"] = std::string(preset);
  contracts::CostRow row = maker.At(1280, 720, ms);
  if (f1)
    row.quality = std::make_shared<contracts::CostQuality>(
        contracts::CostQuality{.f1_truth = f1, .f1_default = {}, .report = {}});
  return row;
}

TEST(Pareto, MarksWhatNothingBeats) {
  const RowMaker maker("p", "here");
  contracts::CostTable table;
  table.rows = {With(maker, "quality", 4, 0.98), With(maker, "default", 2, 0.98),
                With(maker, "fast", 1, 0.97), With(maker, "odd", 3, std::nullopt),
                maker.At(1920, 1080, 9)};
  const auto groups = Pareto(table);
  ASSERT_EQ(groups.size(), 1U) << "a row alone competes with nobody";
  const auto& points = groups[0].points;
  ASSERT_EQ(points.size(), 4U);
  EXPECT_EQ(points[0].row->subject->preset, "fast");
  EXPECT_TRUE(points[0].efficient);
  EXPECT_TRUE(points[1].efficient);
  EXPECT_FALSE(points[2].efficient) << "nobody knows what it is worth";
  EXPECT_FALSE(points[3].efficient) << "default is as good for half the price";
}

TEST(Pareto, EqualsAreBothEfficient) {
  const RowMaker maker("p", "here");
  contracts::CostTable table;
  table.rows = {With(maker, "a", 1, 0.9), With(maker, "b", 1, 0.9)};
  const auto groups = Pareto(table);
  EXPECT_THAT(groups.at(0).points, testing::Each(testing::Field(&ParetoPoint::efficient, true)));
}

}  // namespace
}  // namespace reelbatch::costs
