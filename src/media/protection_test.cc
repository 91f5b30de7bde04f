#include "media/protection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "media/test_clips.h"
#include "media/video_reader.h"

namespace reelbatch::media {
namespace {

using std::string_literals::operator""s;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr char kKeys[] =
    "-encryption_scheme cenc-aes-ctr -encryption_key 76a6c65c5ea762046bd749a2e632ccbb "
    "-encryption_kid a7e61c373e219033c21091fa607bf3b8 ";

class Protection : public testing::Test {
 protected:
  std::string Failure(const std::filesystem::path& path) const {
    const auto info = Probe(path, {}, nullptr);
    return info ? "readable" : info.error().message;
  }

  std::filesystem::path Make(const std::string& arguments, const std::string& name) const {
    return folder_.Ffmpeg(std::string(testing_clips::kTestSource) + arguments, name);
  }

  testing_clips::TempFolder folder_;
};

TEST_F(Protection, CommonEncryptionOfMp4) {
  const std::string h264 = "-c:v libx264 -bf 0 -threads 1 ";
  for (const auto& [extra, name] : std::vector<std::pair<std::string, std::string>>{
           {"", "plain.mp4"},
           {"", "plain.mov"},
           {"-movflags +faststart ", "fast.mp4"},
           {"-movflags frag_keyframe+empty_moov ", "fragments.mp4"}}) {
    const auto path = Make(h264 + extra + kKeys, name);
    EXPECT_THAT(Failure(path), AllOf(HasSubstr("is encrypted (Common Encryption, cenc)"),
                                     Not(HasSubstr("damaged"))))
        << name;
    EXPECT_EQ(Failure(Make(h264 + extra, "clear_" + name)), "readable");
  }
}

TEST_F(Protection, ATrackThatIsClearBesideAnEncryptedOneIsRead) {
  const auto encrypted =
      Make("-f lavfi -i sine=d=1 -c:v libx264 -bf 0 -threads 1 -c:a aac " + std::string(kKeys),
           "both.mp4");
  std::string bytes = testing_clips::ReadAll(encrypted);
  EXPECT_THAT(Failure(encrypted), HasSubstr("is encrypted"));
  const size_t video = bytes.find("encv");
  ASSERT_NE(video, std::string::npos);
  // Another handler: what was a video track counts as none.
  const size_t handler = bytes.find("vide");
  ASSERT_NE(handler, std::string::npos);
  bytes.replace(handler, 4, "data");
  EXPECT_THAT(Failure(folder_.Write("sound.mp4", bytes)), Not(HasSubstr("is encrypted")));
}

TEST_F(Protection, ITunes) {
  std::string bytes = testing_clips::ReadAll(Make("-c:v libx264 -threads 1", "a.m4v"));
  const size_t entry = bytes.find("avc1", bytes.find("stsd"));
  ASSERT_NE(entry, std::string::npos);
  bytes.replace(entry, 4, "drmi");
  EXPECT_THAT(Failure(folder_.Write("bought.m4v", bytes)), HasSubstr("FairPlay"));
}

TEST_F(Protection, WindowsMedia) {
  std::string bytes = testing_clips::ReadAll(Make("-c:v wmv2", "a.wmv"));
  EXPECT_EQ(Failure(folder_.Write("clear.wmv", bytes)), "readable");
  // A Content Encryption Object of 40 bytes at the end of the header.
  const std::string data = "\x36\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9\x00\xaa\x00\x62\xce\x6c"s;
  const std::string object =
      "\xfb\xb3\x11\x22\x23\xbd\xd2\x11\xb4\xb7\x00\xa0\xc9\x55\xfc\x6e\x28\0\0\0\0\0\0\0"s +
      std::string(16, '\0');
  bytes.insert(bytes.find(data), object);
  bytes[16] = static_cast<char>(bytes[16] + 40);
  ++bytes[24];
  EXPECT_THAT(Failure(folder_.Write("drm.wmv", bytes)), HasSubstr("Windows Media DRM"));
}

TEST_F(Protection, ScrambledTransportStream) {
  std::string bytes = testing_clips::ReadAll(Make("-c:v mpeg2video", "a.ts"));
  EXPECT_EQ(Failure(folder_.Write("clear.ts", bytes)), "readable");
  for (size_t at = 0; at + 188 <= bytes.size(); at += 188) {
    const int pid = (static_cast<unsigned char>(bytes[at + 1]) & 0x1f) << 8 |
                    static_cast<unsigned char>(bytes[at + 2]);
    if (pid != 0x100) continue;
    bytes[at + 3] = static_cast<char>(bytes[at + 3] | 0x80);
    for (size_t k = 4; k < 188; ++k) bytes[at + k] = static_cast<char>(bytes[at + k] ^ (k * 37));
  }
  EXPECT_THAT(Failure(folder_.Write("scrambled.ts", bytes)), HasSubstr("scrambled transport"));
}

TEST_F(Protection, ProtectedDvd) {
  std::string bytes = testing_clips::ReadAll(Make("-c:v mpeg2video", "a.vob"));
  EXPECT_EQ(Failure(folder_.Write("clear.vob", bytes)), "readable");
  for (size_t at = 0; (at = bytes.find("\0\0\x01\xe0"s, at)) != std::string::npos; at += 4)
    bytes[at + 6] = static_cast<char>(bytes[at + 6] | 0x10);
  EXPECT_THAT(Failure(folder_.Write("css.vob", bytes)), HasSubstr("CSS"));
}

}  // namespace
}  // namespace reelbatch::media
