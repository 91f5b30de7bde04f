#include "apps/reelbatch/input_address.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace reelbatch::app {
namespace {

using testing::HasSubstr;

std::string Decoded(std::string_view address) {
  const auto path = PathOfAddress(address);
  return path ? path->native() : path.error().message;
}

TEST(InputAddress, TellsAddressesFromNames) {
  for (const char* address : {"file:///a", "file:/a", "FILE://localhost/a", "https://x/y",
                              "s3://b/k", "rtsp://c", "srt+x.y-z://h", "magnet:?xt=urn"})
    EXPECT_TRUE(IsAddress(address)) << address;
  for (const char* name : {"file:a.mp4", "a.mp4", "a:b.mp4", "C:/a.mp4", "12:30.mp4", "://x",
                           "x y://z", "-", "", ":", "file:", "http:"})
    EXPECT_FALSE(IsAddress(name)) << name;
}

TEST(InputAddress, DecodesFileAddresses) {
  EXPECT_EQ(Decoded("file:///a%20b%2Fc.mp4"), "/a b/c.mp4");
  EXPECT_EQ(Decoded("file:/a.mp4"), "/a.mp4");
  EXPECT_EQ(Decoded("File://LocalHost/a%FF.mp4"), "/a\xFF.mp4");
  EXPECT_EQ(Decoded("file:///a#b?c.mp4"), "/a#b?c.mp4");
}

TEST(InputAddress, RefusesTheRestWithARemedy) {
  const auto reason = [](std::string_view address) {
    const auto path = PathOfAddress(address);
    EXPECT_FALSE(path.has_value()) << address;
    if (path) return std::string();
    EXPECT_EQ(path.error().code, base::Code::kInvalidArgument);
    return path.error().message;
  };
  EXPECT_THAT(reason("file://nas/a.mp4"), HasSubstr("another machine (nas)"));
  EXPECT_THAT(reason("file:///a%2"), HasSubstr("%25"));
  EXPECT_THAT(reason("file:///a%zz"), HasSubstr("%25"));
  EXPECT_THAT(reason("file:///a%00"), HasSubstr("zero byte"));
  EXPECT_THAT(reason("file://"), HasSubstr("absolute path"));
  EXPECT_THAT(reason("https://x/a b.mp4"), HasSubstr("curl -LO 'https://x/a b.mp4'"));
  EXPECT_THAT(reason("s3://b/k"), HasSubstr("aws s3 cp s3://b/k ."));
  EXPECT_THAT(reason("whep://x"), HasSubstr("ffmpeg -i whep://x -c copy"));
}

}  // namespace
}  // namespace reelbatch::app
