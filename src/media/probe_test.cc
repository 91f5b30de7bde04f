#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include "media/test_clips.h"
#include "media/video_reader.h"

namespace reelbatch::media {
namespace {

using base::Code;
using testing::HasSubstr;
using testing_clips::kTestSource;
using testing_clips::ReadAll;
using testing_clips::TempFolder;

class Probing : public testing::Test {
 protected:
  contracts::VideoInfo Info(const std::filesystem::path& path,
                            const contracts::Sampling& sampling = {}) {
    const auto info = Probe(path, sampling, nullptr);
    EXPECT_TRUE(info.has_value()) << info.error().Text();
    return info.value_or(contracts::VideoInfo{});
  }

  /// Expects the code, the file's name and `words` in one line.
  void ExpectError(const std::filesystem::path& path, Code code, const std::string& words,
                   const contracts::Sampling& sampling = {}) {
    const auto info = Probe(path, sampling, nullptr);
    ASSERT_FALSE(info.has_value()) << path;
    EXPECT_EQ(info.error().code, code) << info.error().Text();
    EXPECT_THAT(info.error().Text(), HasSubstr(path.filename().string()));
    EXPECT_THAT(info.error().Text(), HasSubstr(words));
    EXPECT_EQ(info.error().Text().find('\n'), std::string::npos);
  }

  TempFolder folder_;
};

TEST_F(Probing, TellsTheFacts) {
  const auto info = Info(folder_.Ffmpeg(
      std::string(kTestSource) + "-c:v libx264 -bf 2 -pix_fmt yuv420p -aspect 16:9", "f.mp4"));
  EXPECT_EQ(info.container, "mov,mp4,m4a,3gp,3g2,mj2");
  EXPECT_EQ(info.codec, "h264");
  EXPECT_EQ(info.pixel_format, "yuv420p");
  EXPECT_EQ(info.width, 64);
  EXPECT_EQ(info.height, 48);
  EXPECT_EQ(info.sar, (contracts::Rational{4, 3}));
  EXPECT_EQ(info.avg_fps, (contracts::Rational{25, 1}));
  EXPECT_EQ(info.frames_expected, 25);
  EXPECT_NEAR(info.duration_s.value_or(0), 1.0, 1e-6);
  EXPECT_EQ(info.rotation_deg, 0);
  EXPECT_EQ(info.bit_depth, 8);
  EXPECT_EQ(info.video_streams, 1);
  EXPECT_GT(info.file_bytes, 0);
  EXPECT_GT(info.reference_frames, 0);
  EXPECT_FALSE(info.full_range);
  EXPECT_FALSE(info.bt709);
  EXPECT_FALSE(info.alpha);
  EXPECT_FALSE(info.interlaced);
  EXPECT_FALSE(info.has_audio);
}

TEST_F(Probing, RotationIsClockwise) {
  for (const int turn : {0, 90, 180, 270}) {
    const auto clip = folder_.Ffmpeg(std::string(kTestSource) + "-c:v mpeg4", "turned.mp4");
    testing_clips::TurnClockwise(clip, turn);
    EXPECT_EQ(Info(clip).rotation_deg, turn);
  }
}

TEST_F(Probing, DepthAlphaRangeAndMatrix) {
  const std::string source = kTestSource;
  const auto ten = Info(folder_.Ffmpeg(source + "-c:v ffv1 -pix_fmt yuv420p10le", "ten.mkv"));
  EXPECT_EQ(ten.bit_depth, 10);
  EXPECT_TRUE(Info(folder_.Ffmpeg(source + "-c:v qtrle -pix_fmt argb", "a.mov")).alpha);
  EXPECT_TRUE(
      Info(folder_.Ffmpeg(source + "-c:v libvpx-vp9 -pix_fmt yuva420p -b:v 100k", "a.webm")).alpha);
  EXPECT_TRUE(Info(folder_.Ffmpeg(source + "-c:v mjpeg -pix_fmt yuvj420p", "full.avi")).full_range);
  EXPECT_TRUE(
      Info(folder_.Ffmpeg(source + "-c:v libx264 -pix_fmt yuv420p -color_range pc", "pc.mp4"))
          .full_range);
  EXPECT_TRUE(Info(folder_.Ffmpeg(source + "-c:v libx264 -colorspace bt709", "m.mp4")).bt709);
  EXPECT_TRUE(
      Info(folder_.Ffmpeg("-f lavfi -i color=s=1280x720:d=0.1 -c:v libx264", "hd.mp4")).bt709);
  const std::string hd601 = "-f lavfi -i color=s=1280x720:d=0.1 -c:v libx264 -colorspace smpte170m";
  EXPECT_FALSE(Info(folder_.Ffmpeg(hd601, "hd601.mp4")).bt709);
}

TEST_F(Probing, StartTimeNotZero) {
  EXPECT_GT(Info(folder_.Ffmpeg(std::string(kTestSource) + "-c:v mpeg2video", "s.ts")).start_time_s,
            1.0);
}

TEST_F(Probing, SeveralVideoStreams) {
  const auto path = folder_.Ffmpeg(
      "-f lavfi -i sine=d=1 " + std::string(kTestSource) +
          "-f lavfi -i testsrc2=s=32x32:d=1 -map 0 -map 1 -map 2 -c:v mpeg4 -c:a aac",
      "two.mkv");
  EXPECT_EQ(Info(path).video_streams, 2);
  EXPECT_TRUE(Info(path).has_audio);
  EXPECT_EQ(Info(path, {.stream = 2}).width, 32);
  EXPECT_EQ(Info(path, {.stream = 2}).stream_index, 2);
  ExpectError(path, Code::kInvalidArgument, "1 (mpeg4 64x48), 2 (mpeg4 32x32)", {.stream = 0});
  ExpectError(path, Code::kInvalidArgument, "stream 9", {.stream = 9});
  ExpectError(path, Code::kInvalidArgument, "stream -1", {.stream = -1});
}

TEST_F(Probing, AttachedPicturesAreNotVideos) {
  const auto cover =
      folder_.Ffmpeg(std::string(kTestSource) + "-frames:v 1 -update 1", "cover.jpg");
  const std::string song = "-f lavfi -i sine=d=1 -i " + testing_clips::Quoted(cover) +
                           " -map 0 -map 1 -c:v copy -disposition:v attached_pic";
  ExpectError(folder_.Ffmpeg(song, "song.mp3"), Code::kCorrupt, "attached picture (mjpeg)");
  ExpectError(folder_.Ffmpeg(song + " -c:a aac -f mp4", "song.m4a"), Code::kCorrupt,
              "attached picture (mjpeg)");
  const auto both =
      folder_.Ffmpeg(std::string(kTestSource) + "-i " + testing_clips::Quoted(cover) +
                         " -map 1 -map 0 -c:v:1 mpeg4 -c:v:0 copy -disposition:v:0 attached_pic",
                     "both.mp4");
  EXPECT_EQ(Info(both).codec, "mpeg4");
  EXPECT_EQ(Info(both).video_streams, 1);
}

TEST_F(Probing, AudioOnly) {
  ExpectError(folder_.Ffmpeg("-f lavfi -i sine=d=1 -c:a aac", "a.mp4"), Code::kCorrupt,
              "no video stream; it has audio (aac)");
  ExpectError(folder_.Ffmpeg("-f lavfi -i sine=d=1", "a.wav"), Code::kCorrupt, "audio (pcm_s16le)");
}

TEST_F(Probing, FilesThatAreNoVideos) {
  ExpectError(folder_ / "nothing.mp4", Code::kIo, "No such file");
  ExpectError(folder_.Write("empty.mp4", ""), Code::kCorrupt, "is empty");
  ExpectError(folder_.Write("byte.mp4", "x"), Code::kCorrupt, "is text, not a video");
  ExpectError(folder_.Write("text.mp4", std::string(300, 'a') + "\nI am a text.\n"), Code::kCorrupt,
              "is text, not a video");
  ExpectError(folder_.Ffmpeg(std::string(kTestSource) + "-frames:v 1 -update 1", "still.png"),
              Code::kCorrupt, "still image (png)");
  ExpectError(folder_.Ffmpeg(std::string(kTestSource) + "-frames:v 1 -update 1", "still.jpg"),
              Code::kCorrupt, "still image (jpeg)");
  std::filesystem::create_directory(folder_ / "folder.mp4");
  ExpectError(folder_ / "folder.mp4", Code::kIo, "is a folder without pictures");
}

TEST_F(Probing, ANamedPipeDoesNotHangUs) {
  const auto pipe = folder_ / "pipe.mp4";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  ExpectError(pipe, Code::kIo, "named pipe");
}

TEST_F(Probing, NoPermission) {
  if (::geteuid() == 0) GTEST_SKIP() << "root may read everything";
  const auto path = folder_.Write("secret.mp4", "x");
  std::filesystem::permissions(path, std::filesystem::perms::none);
  ExpectError(path, Code::kIo, "Permission denied");
}

TEST_F(Probing, ScriptsThatNameOtherFilesAreNotFollowed) {
  folder_.Ffmpeg(std::string(kTestSource) + "-c:v mpeg2video", "clip.ts");
  ExpectError(folder_.Write("list.mp4", "ffconcat version 1.0\nfile clip.ts\n"), Code::kCorrupt,
              "is text, not a video");
  const std::string playlist =
      "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nclip.ts\n#EXT-X-ENDLIST\n";
  ExpectError(folder_.Write("list.m3u8", playlist), Code::kCorrupt, "is a playlist (M3U)");
  ExpectError(folder_.Write("s.srt", "1\n00:00:00,000 --> 00:00:01,000\nHello\n\n"), Code::kCorrupt,
              "srt");
}

TEST_F(Probing, NamesThatLookLikeProtocolsAreFiles) {
  const auto path = folder_.Ffmpeg(std::string(kTestSource) + "-c:v mpeg4", "a.mp4");
  for (const char* name : {"concat:a%03d 'x'.mp4", "http:x.mp4", "\xff\xfe.mp4", "no extension"}) {
    std::filesystem::copy_file(path, folder_ / name);
    EXPECT_EQ(Info(folder_ / name).codec, "mpeg4");
  }
}

/// `bytes` with the big-endian 32-bit number at `offset` behind the box type `box` replaced.
std::string Patched(std::string bytes, const std::string& box, size_t offset, uint32_t value) {
  const size_t at = bytes.find(box);
  EXPECT_NE(at, std::string::npos);
  for (size_t i = 0; i < 4; ++i) {
    bytes[at + offset + i] = static_cast<char>(value >> (8 * (3 - i)));
  }
  return bytes;
}

TEST_F(Probing, NoMoov) {
  const auto path = folder_.Ffmpeg(std::string(kTestSource) + "-c:v libx264", "whole.mp4");
  const std::string bytes = ReadAll(path);
  ExpectError(folder_.Write("cut.mp4", bytes.substr(0, bytes.find("moov") - 4)), Code::kCorrupt,
              "moov atom not found");
}

TEST_F(Probing, AHeaderThatClaimsABillionFramesIsNotBelieved) {
  const auto path = folder_.Ffmpeg(std::string(kTestSource) + "-c:v mpeg4", "n.avi");
  std::string bytes = ReadAll(path);
  const size_t strh = bytes.find("strh");
  ASSERT_NE(strh, std::string::npos);
  const uint32_t claim = 1'000'000'000;
  for (size_t i = 0; i < 4; ++i) bytes[strh + 8 + 32 + i] = static_cast<char>(claim >> (8 * i));
  const auto lying = folder_.Write("lying.avi", bytes);
  EXPECT_NE(Info(lying).frames_expected, claim);
  EXPECT_EQ(testing_clips::ReadVideo(lying).timeline.size(), 25U);

  const auto mp4 = ReadAll(folder_.Ffmpeg(std::string(kTestSource) + "-c:v mpeg4", "n.mp4"));
  // stsz: version and flags, sample size, sample count.
  const auto read =
      testing_clips::ReadVideo(folder_.Write("lying.mp4", Patched(mp4, "stsz", 12, claim)));
  EXPECT_LE(read.timeline.size(), 25U);
}

TEST_F(Probing, ImpossibleSizes) {
  // avc1 (as mp4v): 6 reserved, 2 index, 16 predefined, then 16-bit width and height.
  const auto mp4 = ReadAll(
      folder_.Ffmpeg("-f lavfi -i testsrc2=s=64x48:d=1 -c:v rawvideo -pix_fmt uyvy422", "r.mov"));
  ASSERT_NE(mp4.find("2vuy"), std::string::npos);
  constexpr size_t kWidth = 4 + 6 + 2 + 16;
  // FFmpeg 7 refuses to open this one, so that the words are FFmpeg's.
  ExpectError(folder_.Write("zero.mov", Patched(mp4, "2vuy", kWidth, 0)), Code::kCorrupt, "");
  const auto square = [&](uint32_t side) {
    return Patched(mp4, "2vuy", kWidth, side << 16 | side);
  };
  ExpectError(folder_.Write("large.mov", square(12000)), Code::kCorrupt, "12000x12000");
  // Above FFmpeg's own bound.
  ExpectError(folder_.Write("huge.mov", square(16384)), Code::kCorrupt, "16384x16384");
}

}  // namespace
}  // namespace reelbatch::media
