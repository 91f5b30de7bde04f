#include "runtime/frame_shares.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace reelbatch::runtime {
namespace {

using media::FrameRequest;
using media::FrameSize;
using testing::ElementsAre;
using testing::Optional;

const FrameRequest kEvery;
const FrameRequest kSeldom{.sampling = {.analysis_fps = 5}};
const FrameRequest kPicture{.sampling = {}, .thumbnail = FrameSize{48, 27}};
const FrameRequest kLarger{.sampling = {}, .thumbnail = FrameSize{64, 36}};

TEST(FrameShares, EqualOnesShareARequest) {
  const FrameShares shares = ShareFrames({kEvery, kSeldom, std::nullopt, kEvery, kSeldom});
  EXPECT_THAT(shares.requests, ElementsAre(kEvery, kSeldom));
  EXPECT_THAT(shares.of,
              ElementsAre(Optional(0U), Optional(1U), std::nullopt, Optional(0U), Optional(1U)));
}

TEST(FrameShares, ASmallPictureRidesOnTheSameFrames) {
  for (const auto& wanted : {std::vector<std::optional<FrameRequest>>{kEvery, kPicture},
                             std::vector<std::optional<FrameRequest>>{kPicture, kEvery}}) {
    const FrameShares shares = ShareFrames(wanted);
    EXPECT_THAT(shares.requests, ElementsAre(kPicture));
    EXPECT_THAT(shares.of, ElementsAre(Optional(0U), Optional(0U)));
  }
  const FrameShares two = ShareFrames({kPicture, kLarger, kEvery});
  EXPECT_THAT(two.requests, ElementsAre(kPicture, kLarger)) << "a frame carries one picture";
  EXPECT_THAT(two.of, ElementsAre(Optional(0U), Optional(1U), Optional(0U)));
}

TEST(FrameShares, OfARun) {
  const contracts::Sampling range{.start_s = 1};
  EXPECT_THAT(RequestsOfAll({}, range), ElementsAre(FrameRequest{.sampling = range}));
  EXPECT_THAT(RequestsOfAll({{"a", kEvery}, {"b", kSeldom}, {"c", kEvery}}, range),
              ElementsAre(kEvery, kSeldom));
  EXPECT_EQ(RequestOf({{"a", kSeldom}}, "a", range), kSeldom);
  EXPECT_EQ(RequestOf({{"a", kSeldom}}, "b", range), FrameRequest{.sampling = range});
}

}  // namespace
}  // namespace reelbatch::runtime
