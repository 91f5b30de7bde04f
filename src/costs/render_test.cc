#include "costs/render.h"

#include <gmock/gmock.h>

#include "costs/test_rows.h"

namespace reelbatch::costs {
namespace {

using testing::HasSubstr;
using testing::Not;

contracts::CostTable Table() {
  RowMaker maker("detect_hard_cuts(cpu_no_deep)", "here");
  contracts::CostTable table;
  table.rows = {maker.At(569, 320, 1.25), maker.At(1280, 720, 48.33), maker.At(1080, 1920, 99.5)};
  table.rows[1].cpu_rss_peak_mb = 353.4;
  table.rows[2].noisy = true;
  maker.subject.component_part = "feature_ssim_only";
  table.rows.push_back(maker.At(1280, 720, 0.0074));
  return table;
}

TEST(Render, HasTheSeedsColumnsAndFigures) {
  const std::string text = RenderChecklist(Table());
  EXPECT_THAT(
      text,
      HasSubstr(
          "| cut_detection.detect_hard_cuts(cpu_no_deep) | visual | frame_pair | 1280x720 real | "
          "default | "
          "flow_max_side=320, ssim_max_side=512 | 48.33 | 353.4 | N/A | N/A | inprocess | N/A |"));
  EXPECT_THAT(text, HasSubstr("| feature_ssim_only | 1280x720 real | default | 0.0074 | here |"));
  EXPECT_THAT(text, HasSubstr("| cut_detection.detect_hard_cuts(cpu_no_deep) | real, here | 16:9 | "
                              "default | 2 | 1.25 | 24.79 |"));
  EXPECT_THAT(text, HasSubstr("| 320 | 1.25 | N/A |"));
  EXPECT_THAT(text, HasSubstr("| 1080 | N/A | 99.50 (noisy) |"));
  EXPECT_THAT(text, HasSubstr("`bench/matrix.json` @ `7c2cfe26`"));
}

TEST(Render, TheSameTableGivesTheSameBytes) {
  EXPECT_EQ(RenderChecklist(Table()), RenderChecklist(Table()));
}

TEST(Render, AnEmptyTableHasRulesAlone) {
  const std::string text = RenderChecklist({});
  EXPECT_THAT(text, HasSubstr("headroom = max(1024"));
  EXPECT_THAT(text, Not(HasSubstr("## Rows")));
}

TEST(Render, ABarDoesNotEndACell) {
  RowMaker maker("a|b", "here");
  contracts::CostTable table;
  table.rows = {maker.At(1280, 720, 1)};
  EXPECT_THAT(RenderChecklist(table), HasSubstr("cut_detection.a\\|b"));
}

}  // namespace
}  // namespace reelbatch::costs
