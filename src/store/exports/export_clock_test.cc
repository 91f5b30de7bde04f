#include "store/exports/export_clock.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/exports/frame_rates.h"

namespace reelbatch::store {
namespace {

using contracts::Rational;
using ::testing::HasSubstr;

contracts::EventList RecordAt(Rational rate) {
  contracts::EventList record;
  record.decode.rate = rate;
  return record;
}

ExportClock ClockOf(const contracts::EventList& record, const ClockOptions& options = {},
                    Counting counting = Counting::kTimecode) {
  const auto clock = ExportClock::Make(record, options, counting);
  EXPECT_TRUE(clock) << clock.error().Text();
  return *clock;
}

ExportClock ClockAt(Rational rate) { return ClockOf(RecordAt(rate)); }

TEST(ExportClock, DropsFrameNumbersAt2997) {
  const ExportClock clock = ClockAt({30000, 1001});
  EXPECT_EQ(clock.Timecode(0), "00:00:00;00");
  EXPECT_EQ(clock.Timecode(1799), "00:00:59;29");
  EXPECT_EQ(clock.Timecode(1800), "00:01:00;02");
  EXPECT_EQ(clock.Timecode(3597), "00:01:59;29");
  EXPECT_EQ(clock.Timecode(3598), "00:02:00;02");
  EXPECT_EQ(clock.Timecode(17981), "00:09:59;29");
  EXPECT_EQ(clock.Timecode(17982), "00:10:00;00");
  EXPECT_EQ(clock.Timecode(107892), "01:00:00;00");
  EXPECT_EQ(clock.Timecode(107892 * 24), "00:00:00;00");
}

TEST(ExportClock, DropsFourAt5994) {
  const ExportClock clock = ClockAt({60000, 1001});
  EXPECT_EQ(clock.Timecode(3599), "00:00:59;59");
  EXPECT_EQ(clock.Timecode(3600), "00:01:00;04");
  EXPECT_EQ(clock.Timecode(35964), "00:10:00;00");
}

TEST(ExportClock, OtherRatesAreNonDrop) {
  EXPECT_EQ(ClockAt({24000, 1001}).Timecode(1440), "00:01:00:00");
  EXPECT_EQ(ClockAt({25, 1}).Timecode(90061 * 25 + 3), "01:01:01:03");
  EXPECT_EQ(ClockAt({30, 1}).Timecode(1800), "00:01:00:00");
  EXPECT_EQ(ClockAt({60, 1}).Timecode(24 * 3600 * 60 + 61), "00:00:01:01");
}

TEST(ExportClock, ARateThatTimecodeCannotCountHasAStatedBase) {
  const std::vector<std::pair<Rational, Rational>> bases = {{{120, 1}, {60, 1}},
                                                            {{120000, 1001}, {60000, 1001}},
                                                            {{100, 1}, {50, 1}},
                                                            {{240, 1}, {60, 1}},
                                                            {{1000, 1}, {50, 1}},
                                                            {{15, 1}, {30, 1}},
                                                            {{15000, 1001}, {30000, 1001}},
                                                            {{25, 2}, {25, 1}},
                                                            {{10, 1}, {30, 1}},
                                                            {{1, 1}, {24, 1}},
                                                            {{59, 2}, {30, 1}},
                                                            {{97, 1}, {60, 1}},
                                                            {{144, 1}, {48, 1}},
                                                            {{90, 1}, {30, 1}},
                                                            {{20, 1}, {60, 1}}};
  for (const auto& [rate, base] : bases) {
    const ExportClock clock = ClockAt(rate);
    EXPECT_EQ(clock.rate(), base) << RateText(rate);
    EXPECT_EQ(clock.note(), "timecode does not support " + RateText(rate) +
                                " frames per second: positions are counted at " + RateText(base) +
                                " frames per second");
    const ExportClock any = ClockOf(RecordAt(rate), {}, Counting::kAnyRate);
    EXPECT_EQ(any.rate(), rate);
    EXPECT_EQ(any.note(), "");
  }
}

TEST(ExportClock, PositionsOnABaseAreTheNearestFrame) {
  EXPECT_EQ(ClockAt({120, 1}).FrameAt(50, 0), 25);
  EXPECT_EQ(ClockAt({120, 1}).FrameAt(51, 0), 26);
  EXPECT_EQ(ClockAt({120000, 1001}).FrameAt(51, 0), 26);
  EXPECT_EQ(ClockAt({1000, 1}).FrameAt(29, 0), 1);
  EXPECT_EQ(ClockAt({1000, 1}).FrameAt(30, 0), 2);
  EXPECT_EQ(ClockAt({15, 1}).FrameAt(7, 0), 14);
  EXPECT_EQ(ClockAt({25, 2}).FrameAt(7, 0), 14);
}

TEST(ExportClock, TheContainersRateServesWhereNoneWasObserved) {
  contracts::EventList record;
  record.info.avg_fps = {10'000'000, 333'667};
  EXPECT_EQ(ClockOf(record).rate(), (Rational{30000, 1001}));
  record.info.avg_fps = {0, 1};
  record.info.nominal_fps = {15, 1};
  EXPECT_EQ(ClockOf(record, {}, Counting::kAnyRate).rate(), (Rational{15, 1}));
  record.info.nominal_fps = {90000, 1};
  EXPECT_EQ(ClockOf(record).rate(), (Rational{25, 1}));
  EXPECT_EQ(ClockOf(contracts::EventList{}).rate(), (Rational{25, 1}));
}

TEST(ExportClock, TheObservedRateSpeaksBeforeTheContainers) {
  contracts::EventList record = RecordAt({25, 1});
  record.info.avg_fps = {284, 100};
  record.info.nominal_fps = {90000, 1};
  EXPECT_EQ(ClockOf(record).rate(), (Rational{25, 1}));
  EXPECT_EQ(ClockOf(record).FrameAt(50, 2.0), 50);
}

// A frame is missing before 4: the picture of index 4 stands where an editor shows frame 5.
TEST(ExportClock, FramesThatAreMissingOrDamagedAreFoundByTime) {
  contracts::EventList record = RecordAt({25, 1});
  record.info.start_time_s = 100000;
  EXPECT_EQ(ClockOf(record).FrameAt(4, 100000.2), 4);
  const auto by_time = [&record](auto&& change) {
    contracts::EventList changed = record;
    change(changed.decode);
    return ClockOf(changed).FrameAt(4, 100000.2);
  };
  EXPECT_EQ(by_time([](contracts::DecodeReport& decode) { decode.vfr = true; }), 5);
  EXPECT_EQ(by_time([](contracts::DecodeReport& decode) { decode.decode_errors = 1; }), 5);
  EXPECT_EQ(by_time([](contracts::DecodeReport& decode) { decode.repaired_pts = 1; }), 5);
  record.decode.vfr = true;
  EXPECT_EQ(ClockOf(record).FrameAt(4, 0), 0);
  EXPECT_EQ(ClockOf(record).note(), "");
}

// The fault that was seen: seconds x the average rate of 29.5, in labels that count 30.
TEST(ExportClock, AVariableRateKeepsTheTimeOfItsLabels) {
  contracts::EventList record;
  record.decode.vfr = true;
  record.info.avg_fps = {59, 2};
  record.shots = {{.index = 0, .start_frame = 0, .end_frame = 35400, .start_s = 0, .end_s = 1200}};
  const ExportClock clock = ClockOf(record);
  EXPECT_EQ(clock.rate(), (Rational{30, 1}));
  EXPECT_EQ(clock.Timecode(clock.FrameAt(17700, 600.0)), "00:10:00:00");
  EXPECT_EQ(clock.note(),
            "variable frame rate: positions are computed from times, at 30 frames per second");
  EXPECT_EQ(ClockOf(record, {}, Counting::kAnyRate).rate(), (Rational{30, 1}));
}

TEST(ExportClock, AnotherRateMayBeChosen) {
  const ExportClock clock = ClockOf(RecordAt({25, 1}), {.rate = Rational{30000, 1001}});
  EXPECT_EQ(clock.rate(), (Rational{30000, 1001}));
  EXPECT_EQ(clock.FrameAt(50, 2.0), 60);
  EXPECT_TRUE(clock.drop_frame());
  EXPECT_EQ(clock.note(), "");
  EXPECT_EQ(ClockOf(RecordAt({25, 1}), {.rate = Rational{25, 1}}).FrameAt(50, 99.0), 50);
  EXPECT_THAT(ClockOf(RecordAt({25, 1}), {.rate = Rational{120, 1}}).note(),
              HasSubstr("positions are counted at 60"));
}

TEST(ExportClock, DropFrameIsChosenOrRefused) {
  EXPECT_FALSE(ClockOf(RecordAt({30000, 1001}), {.drop_frame = DropFrame::kNo}).drop_frame());
  EXPECT_TRUE(ClockOf(RecordAt({60000, 1001}), {.drop_frame = DropFrame::kYes}).drop_frame());
  EXPECT_TRUE(ClockOf(RecordAt({120000, 1001}), {.drop_frame = DropFrame::kYes}).drop_frame());
  for (const Rational& rate :
       {Rational{25, 1}, Rational{30, 1}, Rational{24000, 1001}, Rational{60, 1}}) {
    const auto refused =
        ExportClock::Make(RecordAt(rate), {.drop_frame = DropFrame::kYes}, Counting::kTimecode);
    ASSERT_FALSE(refused) << RateText(rate);
    EXPECT_EQ(refused.error().code, base::Code::kInvalidArgument);
    EXPECT_THAT(refused.error().Text(),
                HasSubstr(RateText(rate) + " frames per second have no drop-frame timecode, "
                                           "only 29.97 and 59.94 have"));
  }
}

contracts::EventList RecordFrom(Rational rate, std::string text, bool drop_frame,
                                Rational counted) {
  contracts::EventList record = RecordAt(rate);
  record.info.timecode = {.text = std::move(text), .drop_frame = drop_frame, .rate = counted};
  return record;
}

TEST(ExportClock, StartsAtTheSourcesTimecode) {
  const ExportClock clock = ClockOf(RecordFrom({25, 1}, "01:00:00:05", false, {25, 1}));
  EXPECT_EQ(clock.start(), 90005);
  EXPECT_EQ(clock.Timecode(50), "01:00:02:05");
  EXPECT_EQ(clock.FrameAt(50, 2.0), 50);
  EXPECT_EQ(ClockOf(RecordFrom({25, 1}, "23:59:59:24", false, {25, 1})).Timecode(1), "00:00:00:00");
  EXPECT_EQ(ClockOf(RecordFrom({25, 1}, "later", false, {25, 1})).start(), 0);
}

TEST(ExportClock, TheSourcesTimecodeSaysWhetherFramesDrop) {
  const Rational ntsc{30000, 1001};
  EXPECT_EQ(ClockOf(RecordFrom(ntsc, "01:00:00:00", false, ntsc)).Timecode(1800), "01:01:00:00");
  EXPECT_EQ(ClockOf(RecordFrom(ntsc, "01:00:00;00", true, ntsc)).Timecode(1800), "01:01:00;02");
  EXPECT_EQ(ClockOf(RecordFrom(ntsc, "01:00:00;00", true, {0, 1})).Timecode(0), "01:00:00;00");
  const ClockOptions forced{.drop_frame = DropFrame::kYes};
  EXPECT_EQ(ClockOf(RecordFrom(ntsc, "01:01:00:00", false, ntsc), forced).Timecode(0),
            "01:01:00;02");
}

TEST(ExportClock, ATimecodeOfAnotherRateKeepsItsLabel) {
  EXPECT_EQ(ClockOf(RecordFrom({60000, 1001}, "01:00:00;12", true, {30000, 1001})).Timecode(0),
            "01:00:00;24");
  EXPECT_EQ(ClockOf(RecordFrom({24, 1}, "10:00:00:12", false, {24, 1}), {.rate = Rational{25, 1}})
                .Timecode(0),
            "10:00:00:12");
  EXPECT_EQ(
      ClockOf(RecordFrom({24, 1}, "10:00:00:12", false, {24, 1}), {.rate = Rational{30000, 1001}})
          .Timecode(0),
      "10:00:00;15");
  // OTIO keeps 120 frames per second: an hour is 432000 of them.
  EXPECT_EQ(
      ClockOf(RecordFrom({120, 1}, "01:00:00:15", false, {30, 1}), {}, Counting::kAnyRate).start(),
      432060);
  EXPECT_EQ(
      ClockOf(RecordFrom({25, 2}, "01:00:00:10", false, {25, 1}), {}, Counting::kAnyRate).start(),
      45005);
}

TEST(FrameRates, AreReadAsPeopleTypeThem) {
  EXPECT_EQ(*ParseRate("25"), (Rational{25, 1}));
  EXPECT_EQ(*ParseRate("29.97"), (Rational{30000, 1001}));
  EXPECT_EQ(*ParseRate("23.976"), (Rational{24000, 1001}));
  EXPECT_EQ(*ParseRate("23.98"), (Rational{24000, 1001}));
  EXPECT_EQ(*ParseRate("47.95"), (Rational{48000, 1001}));
  EXPECT_EQ(*ParseRate("59.94"), (Rational{60000, 1001}));
  EXPECT_EQ(*ParseRate("119.88"), (Rational{120000, 1001}));
  EXPECT_EQ(*ParseRate("30000/1001"), (Rational{30000, 1001}));
  EXPECT_EQ(*ParseRate("12.5"), (Rational{25, 2}));
  EXPECT_EQ(*ParseRate("50/2"), (Rational{25, 1}));
  for (const char* wrong :
       {"", "0", "-25", "25fps", "1/0", "0.5", "1001", "nan", "inf", "1e2", "25/1.5", "/", "25/"}) {
    EXPECT_FALSE(ParseRate(wrong)) << wrong;
  }
}

}  // namespace
}  // namespace reelbatch::store
