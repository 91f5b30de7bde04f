#include "media/tone_map.h"

#include <array>
#include <cmath>

#include "gtest/gtest.h"

namespace reelbatch::media {
namespace {

using Pixel = std::array<int, 3>;

Pixel Map(const ToneMap& map, std::array<double, 3> codes) {
  std::array<uint16_t, 3> from{};
  for (size_t c = 0; c < 3; ++c) from[c] = static_cast<uint16_t>(std::lround(codes[c] * 65535));
  std::array<uint8_t, 3> to{};
  map.Apply(from.data(), to.data(), 1);
  return {to[0], to[1], to[2]};
}

void ExpectNear(const Pixel& found, const Pixel& wanted, int within) {
  for (size_t c = 0; c < 3; ++c) EXPECT_NEAR(found[c], wanted[c], within) << c;
}

PictureColours Colours(AVColorPrimaries primaries, AVColorTransferCharacteristic transfer) {
  return {.primaries = primaries, .transfer = transfer};
}

TEST(ToneMap, IsForHdrAndWideGamuts) {
  EXPECT_TRUE(ToneMap::Needed(Colours(AVCOL_PRI_UNSPECIFIED, AVCOL_TRC_SMPTE2084)));
  EXPECT_TRUE(ToneMap::Needed(Colours(AVCOL_PRI_BT2020, AVCOL_TRC_ARIB_STD_B67)));
  EXPECT_TRUE(ToneMap::Needed(Colours(AVCOL_PRI_BT2020, AVCOL_TRC_BT2020_10)));
  EXPECT_TRUE(ToneMap::Needed(Colours(AVCOL_PRI_SMPTE432, AVCOL_TRC_BT709)));
  EXPECT_FALSE(ToneMap::Needed(Colours(AVCOL_PRI_BT709, AVCOL_TRC_BT709)));
  EXPECT_FALSE(ToneMap::Needed({}));
}

// Codes by SMPTE ST 2084, the curve by BT.2390, worked out apart in double precision.
TEST(ToneMap, PqOfADisplayOf1000) {
  const ToneMap map(Colours(AVCOL_PRI_BT2020, AVCOL_TRC_SMPTE2084), 1000);
  ExpectNear(Map(map, {0, 0, 0}), {0, 0, 0}, 0);
  ExpectNear(Map(map, {.3, .3, .3}), {63, 63, 63}, 1);
  ExpectNear(Map(map, {.5, .5, .5}), {180, 180, 180}, 1);
  ExpectNear(Map(map, {.58, .58, .58}), {229, 229, 229}, 1);
  ExpectNear(Map(map, {.65, .65, .65}), {249, 249, 249}, 1);
  ExpectNear(Map(map, {.752, .752, .752}), {255, 255, 255}, 0);
  ExpectNear(Map(map, {1, 1, 1}), {255, 255, 255}, 0);
}

TEST(ToneMap, BrighterSourcesAreCompressedMore) {
  const PictureColours pq = Colours(AVCOL_PRI_BT2020, AVCOL_TRC_SMPTE2084);
  const Pixel at_1000 = Map(ToneMap(pq, 1000), {.65, .65, .65});
  const Pixel at_4000 = Map(ToneMap(pq, 4000), {.65, .65, .65});
  const Pixel at_203 = Map(ToneMap(pq, 100), {.5, .5, .5});
  EXPECT_LT(at_4000[0], at_1000[0]);
  ExpectNear(at_203, {180, 180, 180}, 1);
}

TEST(ToneMap, HlgsReferenceWhiteIsThatOfPq) {
  const ToneMap map(Colours(AVCOL_PRI_BT2020, AVCOL_TRC_ARIB_STD_B67), 0);
  ExpectNear(Map(map, {.75, .75, .75}), {229, 229, 229}, 2);
  ExpectNear(Map(map, {1, 1, 1}), {255, 255, 255}, 0);
  ExpectNear(Map(map, {0, 0, 0}), {0, 0, 0}, 0);
}

TEST(ToneMap, GraysOfWideSdrKeepTheirCodesAndRedIsRed) {
  const ToneMap map(Colours(AVCOL_PRI_BT2020, AVCOL_TRC_BT2020_10), 0);
  for (int code = 0; code <= 255; code += 15)
    ExpectNear(Map(map, {code / 255.0, code / 255.0, code / 255.0}), {code, code, code}, 1);
  // (.6274, .0691, .0164) of light is the red of BT.709.
  ExpectNear(Map(map, {.8131, .2905, .1370}), {255, 0, 0}, 3);
  ExpectNear(Map(map, {1, 0, 0}), {255, 0, 0}, 0);
}

TEST(ToneMap, HuesStay) {
  const ToneMap map(Colours(AVCOL_PRI_BT709, AVCOL_TRC_SMPTE2084), 1000);
  const Pixel bright = Map(map, {.7, .5, .5});
  // Both are divided by the same factor: light 621 : 92 stays so.
  const auto light = [](int code) { return std::pow((code / 255.0 + .055) / 1.055, 2.4); };
  EXPECT_NEAR(light(bright[1]) / light(bright[0]), 92.2 / 620.9, 0.01);
  EXPECT_EQ(bright[1], bright[2]);
}

}  // namespace
}  // namespace reelbatch::media
