#include "media/error_marks.h"

#include <gmock/gmock.h>

#include <algorithm>

namespace reelbatch::media {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

contracts::DecodeReport ReportOf(const ErrorMarks& marks) {
  contracts::DecodeReport report;
  marks.Report(report);
  return report;
}

TEST(ErrorMarks, ASoundVideoHasNone) {
  ErrorMarks marks;
  for (int i = 0; i < 5; ++i) marks.OnFrame(i, i * 10, false);
  marks.OnEnd();
  EXPECT_EQ(ReportOf(marks).decode_errors, 0);
  EXPECT_THAT(ReportOf(marks).error_frames, IsEmpty());
}

TEST(ErrorMarks, ALostPacketMarksBothSidesOfItsHole) {
  ErrorMarks marks;
  marks.OnFrame(0, 0, false);
  // Told of early, as decoders reorder: its place is between 20 and 40.
  marks.OnLost(30);
  marks.OnFrame(1, 10, false);
  marks.OnFrame(2, 20, false);
  marks.OnFrame(3, 40, false);
  marks.OnFrame(4, 50, false);
  EXPECT_EQ(ReportOf(marks).decode_errors, 1);
  EXPECT_THAT(ReportOf(marks).error_frames, ElementsAre(2, 3));
}

TEST(ErrorMarks, AnErrorWithoutATimeLiesHere) {
  ErrorMarks marks;
  marks.OnLost(std::nullopt);
  marks.OnFrame(0, 0, false);
  marks.OnFrame(1, 10, false);
  marks.OnLost(std::nullopt);
  marks.OnEnd();
  EXPECT_EQ(ReportOf(marks).decode_errors, 2);
  EXPECT_THAT(ReportOf(marks).error_frames, ElementsAre(0, 1));
}

TEST(ErrorMarks, ADamagedFrameMarksItself) {
  ErrorMarks marks;
  marks.OnFrame(0, 0, false);
  marks.OnFrame(1, 10, true);
  marks.OnFrame(2, std::nullopt, false);
  EXPECT_EQ(ReportOf(marks).decode_errors, 1);
  EXPECT_THAT(ReportOf(marks).error_frames, ElementsAre(1));
}

TEST(ErrorMarks, AreBounded) {
  ErrorMarks marks;
  for (int i = 0; i < 20'000; ++i) {
    marks.OnLost(int64_t{1} << 40);
    marks.OnFrame(i, i, true);
  }
  marks.OnEnd();
  const auto report = ReportOf(marks);
  EXPECT_EQ(report.decode_errors, 40'000);
  EXPECT_EQ(report.error_frames.size(), contracts::DecodeReport::kMaxErrorFrames);
  EXPECT_TRUE(std::ranges::is_sorted(report.error_frames));
}

}  // namespace
}  // namespace reelbatch::media
