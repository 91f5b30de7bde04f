#include "store/described_video.h"

#include <gtest/gtest.h>

#include "store/test_support.h"

namespace reelbatch::store {
namespace {

contracts::EventList Describe(const std::string& path, const contracts::VideoOutcome& outcome) {
  return DescribeVideo(path, "abc", outcome, outcome.results.at("cut_detection"));
}

TEST(DescribedVideo, HasNameAndPlaceAlsoWhereTheyAreNotUtf8) {
  const contracts::EventList list = Describe("/v/\xFF.mp4", testing::SampleOutcome());
  EXPECT_EQ(list.video, "\xEF\xBF\xBD.mp4");
  EXPECT_EQ(list.media_uri, "file:///v/%FF.mp4");
  EXPECT_EQ(list.source_sha256, "abc");
}

TEST(DescribedVideo, NamesTheFilesOfOneTimeline) {
  contracts::VideoOutcome outcome = testing::SampleOutcome();
  contracts::SourcePart part;
  part.path = "/videos/clip.mp4";
  part.frames = 40;
  outcome.decode->parts.push_back(part);
  part.path = "/videos/next \xff.mkv";
  part.first_frame = 40;
  part.start_s = 1.6;
  outcome.decode->parts.push_back(part);
  const contracts::EventList list = Describe("/videos/clip.mp4", outcome);
  ASSERT_EQ(list.sources.size(), 2U);
  EXPECT_EQ(list.sources[0].media_uri, "file:///videos/clip.mp4");
  EXPECT_EQ(list.sources[0].frames, 40);
  EXPECT_EQ(list.sources[1].video, "next \xef\xbf\xbd.mkv");
  EXPECT_EQ(list.sources[1].first_frame, 40);
  EXPECT_EQ(list.sources[1].start_s, 1.6);
}

}  // namespace
}  // namespace reelbatch::store
