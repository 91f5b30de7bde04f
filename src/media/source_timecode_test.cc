#include "media/source_timecode.h"

#include <gtest/gtest.h>

#include <vector>

namespace reelbatch::media {
namespace {

using contracts::Rational;

TEST(SourceTimecode, IsParsedAndItsSeparatorTellsOfDroppedFrames) {
  const auto plain = ParseTimecode("01:02:03:04", Rational{25, 1});
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->text, "01:02:03:04");
  EXPECT_FALSE(plain->drop_frame);
  EXPECT_EQ(plain->rate, (Rational{25, 1}));
  for (const char* text : {"01:00:00;02", "01:00:00.02", "01;00;00;02"}) {
    const auto dropped = ParseTimecode(text, Rational{30000, 1001});
    ASSERT_TRUE(dropped) << text;
    EXPECT_EQ(dropped->text, "01:00:00;02");
    EXPECT_TRUE(dropped->drop_frame);
  }
  EXPECT_EQ(ParseTimecode("1:2:3:4", Rational{25, 1})->text, "01:02:03:04");
}

TEST(SourceTimecode, WrongOnesAreNone) {
  for (const char* text :
       {"", "01:00:00", "24:00:00:00", "01:60:00:00", "01:00:60:00", "01:00:00:25", "01:00:00:-1",
        "01:00:00:0x", "a1:00:00:00", "01:00:00:00:00", " 01:00:00:00"}) {
    EXPECT_FALSE(ParseTimecode(text, Rational{25, 1})) << text;
  }
  EXPECT_TRUE(ParseTimecode("01:00:00:59", Rational{60000, 1001}));
  EXPECT_TRUE(ParseTimecode("01:00:00:59", Rational{0, 1}));
}

TEST(SourceTimecode, OfAGroupOfPictures) {
  // drop 1, 01 h 02 min, marker, 03 s, 04 pictures.
  const uint32_t bits = 1U << 31U | 1U << 26U | 2U << 20U | 1U << 19U | 3U << 13U | 4U << 7U;
  std::vector<uint8_t> packet = {0, 0, 1, 0xb3, 9, 9, 0, 0, 1, 0xb8};
  for (int shift = 24; shift >= 0; shift -= 8)
    packet.push_back(static_cast<uint8_t>(bits >> static_cast<unsigned>(shift)));
  const auto timecode = GroupTimecode(packet, Rational{30000, 1001});
  ASSERT_TRUE(timecode);
  EXPECT_EQ(timecode->text, "01:02:03;04");
  EXPECT_TRUE(timecode->drop_frame);
  packet.resize(packet.size() - 1);
  EXPECT_FALSE(GroupTimecode(packet, Rational{25, 1}));
  EXPECT_FALSE(GroupTimecode(std::vector<uint8_t>{0, 0, 1, 0xb8, 0, 8, 0, 0}, Rational{25, 1}));
  EXPECT_FALSE(GroupTimecode(std::vector<uint8_t>{}, Rational{25, 1}));
}

}  // namespace
}  // namespace reelbatch::media
