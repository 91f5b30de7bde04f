#include "media/packet_times.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace reelbatch::media {
namespace {

using testing::ElementsAre;

constexpr int64_t kNone = AV_NOPTS_VALUE;

struct Stamp {
  int64_t pts;
  int64_t dts;
  bool key = false;
};

/// A tick of 10 ms and frames of 4 ticks.
PacketTimes TimesOf(const std::vector<Stamp>& stamps) {
  PacketTimes times({1, 100}, 0.04);
  for (const Stamp& stamp : stamps) {
    AVPacket packet{};
    packet.pts = stamp.pts;
    packet.dts = stamp.dts;
    packet.flags = stamp.key ? AV_PKT_FLAG_KEY : 0;
    times.Add(packet);
  }
  times.Finish();
  return times;
}

std::vector<int64_t> Shown(const PacketTimes& times) {
  std::vector<int64_t> shown;
  for (const PacketTimes::Entry& entry : times.entries()) shown.push_back(entry.at);
  return shown;
}

TEST(PacketTimes, SoundStampsStay) {
  const auto times = TimesOf({{8, 4, true}, {20, 8}, {12, 12}, {16, 16}, {500, 20}, {504, 504}});
  EXPECT_EQ(times.epochs(), 1);
  EXPECT_EQ(times.offset(0), 0);
  EXPECT_EQ(TimesOf({{8, 4, true}, {20, 8}, {12, 12}}).entries()[1].at, 20);
}

TEST(PacketTimes, AClockSetAnewGoesOnWithoutAGap) {
  // Of reordered frames, shown at 8..20 and again at 8..16.
  const auto times =
      TimesOf({{8, 4, true}, {20, 8}, {12, 12}, {16, 16}, {8, 4, true}, {16, 8}, {12, 12}});
  EXPECT_EQ(times.epochs(), 2);
  EXPECT_EQ(times.offset(1), 16);
  EXPECT_THAT(Shown(times), ElementsAre(8, 20, 12, 16, 24, 32, 28));
  EXPECT_EQ(times.entries()[4].dts, 20);
}

TEST(PacketTimes, EveryRestartIsAnEpoch) {
  const auto times = TimesOf({{0, 0, true}, {4, 4}, {0, 0, true}, {4, 4}, {0, 0, true}});
  EXPECT_EQ(times.epochs(), 3);
  EXPECT_THAT(Shown(times), ElementsAre(0, 4, 8, 12, 16));
}

TEST(PacketTimes, AFallInTheMiddleOfAGroupIsAnEpochWhereItIsFar) {
  const auto times = TimesOf({{1000, 1000, true}, {1004, 1004}, {0, 0}, {4, 4}});
  EXPECT_EQ(times.epochs(), 2);
  EXPECT_THAT(Shown(times), ElementsAre(1000, 1004, 1008, 1012));
}

TEST(PacketTimes, OneWrongStampIsRepairedAlone) {
  const auto late = TimesOf({{0, 0, true}, {4, 4}, {3008, 8}, {12, 12}, {16, 16, true}});
  EXPECT_EQ(late.epochs(), 1);
  EXPECT_THAT(Shown(late), ElementsAre(0, 4, 8, 12, 16));
  const auto both = TimesOf({{0, 0, true}, {4, 4}, {3008, 3008}, {12, 12}, {16, 16, true}});
  EXPECT_EQ(both.epochs(), 1);
  EXPECT_THAT(Shown(both), ElementsAre(0, 4, 8, 12, 16));
}

TEST(PacketTimes, AJumpAheadStays) {
  const auto times = TimesOf({{0, 0, true}, {4, 4}, {9000, 9000, true}, {9004, 9004}});
  EXPECT_EQ(times.epochs(), 1);
  EXPECT_THAT(Shown(times), ElementsAre(0, 4, 9000, 9004));
}

TEST(PacketTimes, MissingStampsTakeThePlacesThatAreLeft) {
  // As FFmpeg reads an MPEG program stream behind a restart: only B-frames have a presentation
  // time.
  const auto times = TimesOf({{4, 0, true}, {kNone, 4}, {8, 8}, {12, 12}, {kNone, 16}, {20, 20}});
  EXPECT_THAT(Shown(times), ElementsAre(4, 16, 8, 12, 24, 20));
}

TEST(PacketTimes, DecodeTimesServeWhereThereAreNoOthers) {
  EXPECT_THAT(Shown(TimesOf({{kNone, 0, true}, {kNone, 4}, {kNone, 8}})), ElementsAre(0, 4, 8));
}

TEST(PacketTimes, SoundFindsItsEpoch) {
  const auto times = TimesOf({{100, 100, true}, {104, 104}, {100, 100, true}, {104, 104}});
  ASSERT_EQ(times.epochs(), 2);
  EXPECT_EQ(times.EpochNear(1.04, 1.04, 0), 0);
  EXPECT_EQ(times.EpochNear(1.00, 1.08, 0), 1);
  EXPECT_EQ(times.EpochNear(1.04, 1.08, 1), 0) << "stored after the pictures of the next";
  EXPECT_DOUBLE_EQ(times.offset_s(1), 0.08);
}

}  // namespace
}  // namespace reelbatch::media
