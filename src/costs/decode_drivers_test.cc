#include "costs/decode_drivers.h"

#include <gmock/gmock.h>

namespace reelbatch::costs {
namespace {

TEST(DecodeDrivers, AreWhatTheContainerSays) {
  contracts::VideoInfo info;
  info.codec = "h264";
  info.width = 2000;
  info.height = 1000;
  info.file_bytes = 5'000'000;
  info.profile = "Constrained Baseline";
  EXPECT_THAT(DecodeDriversOf(info, 250), testing::ElementsAre(2, 20, 0, 0))
      << "the file's bytes for want of better";
  info.stream_bytes = 2'500'000;
  info.reorders = true;
  EXPECT_THAT(DecodeDriversOf(info, 250), testing::ElementsAre(2, 10, 2, 0));
  info.profile = "High";
  EXPECT_THAT(DecodeDriversOf(info, 250), testing::ElementsAre(2, 10, 2, 10));
  info.codec = "vp9";
  EXPECT_THAT(DecodeDriversOf(info, 0), testing::ElementsAre(2, 2500, 2, 0));
}

}  // namespace
}  // namespace reelbatch::costs
