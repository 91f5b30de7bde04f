#include "media/packet_stamps.h"

#include <gmock/gmock.h>

namespace reelbatch::media {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

TEST(PacketStamps, ShowWhatHasNotComeYetInTheOrderOfTheFile) {
  PacketStamps stamps;
  for (const int64_t pts : {0, 3, 1, 2, 6, 4, 5}) stamps.OnPacket(pts, std::nullopt);
  stamps.OnFrame(0);
  EXPECT_THAT(stamps.Later(), ElementsAre(3, 1, 2, 6, 4, 5));
  stamps.OnFrame(1);
  EXPECT_THAT(stamps.Later(), ElementsAre(3, 2, 6, 4, 5));
  stamps.OnFrame(2);
  stamps.OnFrame(3);
  EXPECT_THAT(stamps.Later(), ElementsAre(6, 4, 5));
}

TEST(PacketStamps, TheAnswerDoesNotDependOnHowManyAreKnown) {
  PacketStamps few;
  PacketStamps many;
  for (int64_t i = 0; i <= PacketStamps::kAhead; ++i) few.OnPacket(i, i);
  for (int64_t i = 0; i < 300; ++i) many.OnPacket(i, i);
  few.OnFrame(0);
  many.OnFrame(0);
  EXPECT_EQ(few.Wanted(), 0);
  EXPECT_THAT(few.Later(), SizeIs(PacketStamps::kAhead));
  EXPECT_EQ(few.Later(), many.Later());
  few.OnFrame(1);
  EXPECT_EQ(few.Wanted(), 1);
}

TEST(PacketStamps, PacketsThatGiveNoFrameAreForgotten) {
  PacketStamps stamps;
  stamps.OnPacket(-5, -5);
  for (int64_t i = 0; i < 200; ++i) {
    stamps.OnPacket(i, i);
    stamps.OnFrame(i);
  }
  EXPECT_THAT(stamps.Later(), IsEmpty());
}

TEST(PacketStamps, DecodeTimesTellWhatIsFarFromThem) {
  PacketStamps stamps;
  for (int64_t i = 0; i < 10; ++i) stamps.OnPacket(i == 9 ? 1000 : 2 * i + 2, 2 * i);
  for (int64_t i = 0; i < 9; ++i) {
    stamps.OnFrame(2 * i + 2);
    EXPECT_FALSE(stamps.AgainstDecodeTime(50));
  }
  stamps.OnFrame(1000);
  EXPECT_TRUE(stamps.AgainstDecodeTime(50));
  EXPECT_FALSE(stamps.AgainstDecodeTime(5000));
}

TEST(PacketStamps, PacketsWithoutDecodeTimesTellNothing) {
  PacketStamps stamps;
  stamps.OnPacket(0, std::nullopt);
  stamps.OnPacket(1000, std::nullopt);
  stamps.OnFrame(0);
  stamps.OnFrame(1000);
  EXPECT_FALSE(stamps.AgainstDecodeTime(50));
}

}  // namespace
}  // namespace reelbatch::media
