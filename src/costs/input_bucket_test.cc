#include "costs/input_bucket.h"

#include <gtest/gtest.h>

namespace reelbatch::costs {
namespace {

TEST(InputBucketTest, TakesTheSmallestShortSideThatIsNotBelow) {
  EXPECT_EQ(ShortSideBucket(284, 160), 160);
  EXPECT_EQ(ShortSideBucket(16, 2), 160);
  EXPECT_EQ(ShortSideBucket(569, 320), 320);
  EXPECT_EQ(ShortSideBucket(570, 321), 384);
  EXPECT_EQ(ShortSideBucket(1280, 720), 720);
  EXPECT_EQ(ShortSideBucket(1281, 721), 768);
  EXPECT_EQ(ShortSideBucket(404, 720), 448);
  EXPECT_EQ(ShortSideBucket(1920, 1080), 1080);
  EXPECT_EQ(ShortSideBucket(3840, 2160), 1080);
}

TEST(InputBucketTest, TakesTheNearerAspect) {
  EXPECT_EQ(NearestAspect(640, 480), contracts::Aspect::k16x9);
  EXPECT_EQ(NearestAspect(480, 640), contracts::Aspect::k9x16);
  EXPECT_EQ(NearestAspect(512, 512), contracts::Aspect::k16x9);
}

TEST(InputBucketTest, HasTheGridsSize) {
  const contracts::InputBucket wide = BucketOf(1280, 720);
  EXPECT_EQ(wide.width, 1280);
  EXPECT_EQ(wide.height, 720);
  const contracts::InputBucket tall = BucketOf(404, 720);
  EXPECT_EQ(tall.width, 448);
  EXPECT_EQ(tall.height, 796);
  EXPECT_EQ(tall.short_side, 448);
  EXPECT_EQ(tall.aspect, contracts::Aspect::k9x16);
}

}  // namespace
}  // namespace reelbatch::costs
