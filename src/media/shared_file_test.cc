// What frames and sound of a file give must not depend on whether they share it.
#include "media/shared_file.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "media/audio_reader.h"
#include "media/container.h"
#include "media/log_capture.h"
#include "media/muxer.h"
#include "media/shared_passes.h"
#include "media/test_clips.h"
#include "media/video_reader.h"

namespace reelbatch::media {
namespace {

using shared_passes::ByTurns;
using shared_passes::FramesFirst;
using shared_passes::OnTwoThreads;
using shared_passes::Pass;
using shared_passes::Read;
using shared_passes::SoundFirst;
using testing_clips::TempFolder;

constexpr char kPictures[] = "-f lavfi -i testsrc2=s=64x48:r=25:d=4 ";
constexpr char kTone[] = "-f lavfi -i sine=f=440:d=4:r=48000 ";

/// The test fails where a way of sharing gives something else than not sharing. Answers how often
/// the file was opened at most.
int CompareWays(const Pass& pass, int64_t most_waiting_bytes = SharedFile::kMostWaitingBytes) {
  const std::string apart = Read(pass, nullptr, FramesFirst);
  int most_opened = 0;
  for (const auto& way : {FramesFirst, SoundFirst, ByTurns, OnTwoThreads}) {
    const auto shared = std::make_shared<SharedFile>(most_waiting_bytes);
    EXPECT_EQ(Read(pass, shared, way), apart) << pass.path;
    most_opened = std::max(most_opened, shared->times_opened());
  }
  return most_opened;
}

/// The same, also with frame threads. Not of damaged files: what those threads make of them varies.
int CompareSound(const std::filesystem::path& path, const contracts::Sampling& sampling = {}) {
  return std::max(CompareWays({.path = path, .sampling = sampling, .threads = 1}),
                  CompareWays({.path = path, .sampling = sampling, .threads = 2}));
}

class SharedFileTest : public testing::Test {
 protected:
  std::filesystem::path Clip(const std::string& options, const std::string& name) const {
    return folder_.Ffmpeg(std::string(kPictures) + kTone + options, name);
  }

  std::filesystem::path Cut(const std::filesystem::path& whole, double share) const {
    const std::string bytes = testing_clips::ReadAll(whole);
    const auto kept = static_cast<size_t>(static_cast<double>(bytes.size()) * share);
    return folder_.Write("cut_" + whole.filename().string(), bytes.substr(0, kept));
  }

  TempFolder folder_;
};

TEST_F(SharedFileTest, OpensAFileOnceForBoth) {
  EXPECT_EQ(CompareSound(Clip("-c:v libx264 -c:a aac", "a.mp4")), 1);
  EXPECT_EQ(CompareSound(Clip("-c:v libx264 -bf 2 -c:a libopus", "a.mkv")), 1);
  EXPECT_EQ(CompareSound(Clip("-c:v libx264 -c:a aac", "a.ts")), 1);
  EXPECT_EQ(CompareSound(Clip("-c:v mpeg4 -c:a libmp3lame", "a.avi")), 1);
  EXPECT_EQ(CompareSound(Clip("-c:v mpeg4 -c:a pcm_s16le", "b.avi")), 1);
  EXPECT_EQ(CompareSound(Clip("-c:v libvpx -c:a libvorbis", "a.webm")), 1);
  EXPECT_EQ(CompareSound(Clip("-c:v flv -c:a libmp3lame -ar 44100", "a.flv")), 1);
  EXPECT_EQ(CompareSound(Clip("-c:v libx264 -c:a aac -movflags frag_keyframe+empty_moov", "f.mp4")),
            1);
}

TEST_F(SharedFileTest, OpensAFileOnceWhoseFirstPacketsAreLookedAt) {
  EXPECT_EQ(CompareSound(Clip("-c:v mpeg2video -c:a mp2", "a.mpg")), 1);
  EXPECT_EQ(CompareSound(Clip("-c:v mpeg2video -c:a mp2", "m.ts")), 1);
}

TEST_F(SharedFileTest, FollowsEditLists) {
  const auto whole = Clip("-c:v libx264 -g 25 -c:a aac", "whole.mp4");
  const std::string from = "-ss 1.3 -i '" + whole.string() + "' -c copy";
  EXPECT_EQ(CompareSound(folder_.Ffmpeg(from, "trimmed.mov")), 1);
}

TEST_F(SharedFileTest, TakesStreamsThatBeginAtTimesOfTheirOwn) {
  const auto late = [&](const std::string& pictures, const std::string& sound) {
    return "-itsoffset " + pictures + " " + kPictures + "-itsoffset " + sound + " " + kTone +
           "-c:v libx264 -c:a aac -copyts";
  };
  EXPECT_EQ(CompareSound(folder_.Ffmpeg(late("1", "0"), "sound_first.mkv")), 1);
  EXPECT_EQ(CompareSound(folder_.Ffmpeg(late("3", "0"), "far.mkv")), 1);
  EXPECT_EQ(CompareSound(folder_.Ffmpeg(late("0", "2"), "sound_last.mp4")), 1);
}

TEST_F(SharedFileTest, TakesFilesWithoutSoundAndWithTwo) {
  const auto silent = folder_.Ffmpeg(std::string(kPictures) + "-c:v libx264", "silent.mp4");
  EXPECT_EQ(CompareSound(silent), 1);
  const auto two = folder_.Ffmpeg(std::string(kPictures) + kTone +
                                      "-f lavfi -i sine=f=880:d=4 -map 0 -map 1 -map 2 "
                                      "-c:v libx264 -c:a aac -disposition:a:1 default",
                                  "two.mkv");
  EXPECT_EQ(CompareSound(two), 1);
}

TEST_F(SharedFileTest, KeepsToRanges) {
  const auto path = Clip("-c:v libx264 -g 25 -c:a aac", "a.mp4");
  EXPECT_EQ(CompareSound(path, {.start_s = 1.2, .end_s = 2.5}), 1);
  EXPECT_EQ(CompareSound(path, {.analysis_fps = 5, .end_s = 0.5}), 1);
  EXPECT_EQ(CompareSound(path, {.start_s = 3.9}), 1);
}

TEST_F(SharedFileTest, ReadsDamagedFilesApart) {
  for (const char* name : {"a.mp4", "a.mkv", "a.ts", "a.avi"}) {
    const bool avi = std::string_view(name).ends_with(".avi");
    // The index of an MP4 file comes first, so that what is cut off is sound and pictures.
    const auto whole = Clip(
        avi ? "-c:v mpeg4 -c:a libmp3lame" : "-c:v libx264 -c:a aac -movflags +faststart", name);
    EXPECT_LE(CompareWays({.path = Cut(whole, 0.6)}), 3) << name;
    std::string bytes = testing_clips::ReadAll(whole);
    for (size_t at = bytes.size() / 2; at < bytes.size(); at += 997)
      bytes.replace(at, 16, "0123456789abcdef");
    EXPECT_LE(CompareWays({.path = folder_.Write(std::string("rot_") + name, bytes)}), 3) << name;
  }
}

TEST_F(SharedFileTest, ReadsJoinedStreams) {
  const auto one = Clip("-c:v libx264 -c:a aac", "1.ts");
  const auto two = Clip("-vf hue=h=90 -c:v libx264 -c:a aac", "2.ts");
  const auto joined =
      folder_.Write("joined.ts", testing_clips::ReadAll(one) + testing_clips::ReadAll(two));
  EXPECT_LE(CompareSound(joined), 3);
}

/// A copy of `path` in which all packets of the pictures come before those of the sound.
void CopyApart(const std::filesystem::path& path, const std::filesystem::path& copy) {
  const QuietLog quiet;
  auto container = Container::Open(path, {}, nullptr);
  ASSERT_TRUE(container);
  AVFormatContext& format = *(*container)->format();
  auto muxer = Muxer::Create(copy);
  ASSERT_TRUE(muxer);
  std::vector<AVStream*> streams;
  for (unsigned i = 0; i < format.nb_streams; ++i) {
    format.streams[i]->discard = AVDISCARD_DEFAULT;
    streams.push_back((*muxer)->AddCopy(*format.streams[i]).value());
  }
  ASSERT_TRUE((*muxer)->WriteHeader());
  const int pictures = (*container)->stream()->index;
  std::vector<AvPacket> later;
  const auto write = [&](AVPacket& packet) {
    const AVStream& from = *format.streams[packet.stream_index];
    av_packet_rescale_ts(&packet, from.time_base, streams[from.index]->time_base);
    EXPECT_GE(av_write_frame(&(*muxer)->format(), &packet), 0);
  };
  for (AvPacket packet(av_packet_alloc()); (*container)->ReadFrame(*packet) >= 0;
       packet.reset(av_packet_alloc())) {
    if (packet->stream_index == pictures) {
      write(*packet);
    } else {
      later.push_back(std::move(packet));
    }
  }
  for (const AvPacket& packet : later) write(*packet);
  ASSERT_TRUE((*muxer)->Finish());
}

TEST_F(SharedFileTest, TakesAFileWhoseSoundStandsAtTheEnd) {
  const auto apart = folder_ / "apart.mkv";
  CopyApart(Clip("-c:v libx264 -c:a aac", "a.mkv"), apart);
  EXPECT_EQ(CompareSound(apart), 1);
  constexpr int64_t kFew = 4000;
  EXPECT_EQ(CompareWays({.path = apart}, kFew), 2);
}

TEST_F(SharedFileTest, LetsTheSoundLeaveWhereTooMuchWaits) {
  constexpr int64_t kFew = 4000;
  const auto path = Clip("-c:v libx264 -c:a aac", "a.mp4");
  EXPECT_EQ(CompareWays({.path = path}, kFew), 2);
  EXPECT_LE(CompareWays({.path = Cut(path, 0.7)}, kFew), 3);
}

TEST_F(SharedFileTest, OpensAgainForWhoeverReadsSomethingElse) {
  const auto path = Clip("-c:v libx264 -c:a aac", "a.mp4");
  const auto other = Clip("-c:v mpeg4 -c:a aac", "other.mp4");
  const auto shared = std::make_shared<SharedFile>();
  const auto frames = OpenVideo(path, {.shared = shared});
  ASSERT_TRUE(frames);
  EXPECT_TRUE(OpenVideo(path, {.shared = shared}));
  EXPECT_EQ(shared->times_opened(), 2);
  const auto sound = OpenAudio(other, {.shared = shared});
  ASSERT_TRUE(sound && *sound != nullptr);
  EXPECT_EQ(shared->times_opened(), 3);
  EXPECT_TRUE(OpenAudio(path, {.shared = shared}).value());
  EXPECT_EQ(shared->times_opened(), 3);
}

TEST_F(SharedFileTest, SaysWhyAFileCannotBeOpened) {
  const auto shared = std::make_shared<SharedFile>();
  const auto frames = OpenVideo(folder_ / "missing.mp4", {.shared = shared});
  ASSERT_FALSE(frames);
  EXPECT_EQ(frames.error().code, base::Code::kIo);
  const auto sound = OpenAudio(folder_ / "missing.mp4", {.shared = shared});
  ASSERT_FALSE(sound);
  EXPECT_EQ(sound.error().code, base::Code::kIo);
}

TEST_F(SharedFileTest, FailsWhereADamagedFileIsGoneByThen) {
  const auto path = Cut(Clip("-c:v libx264 -c:a aac -movflags +faststart", "a.mp4"), 0.6);
  const auto shared = std::make_shared<SharedFile>();
  const auto frames = OpenVideo(path, {.shared = shared});
  const auto sound = OpenAudio(path, {.shared = shared});
  ASSERT_TRUE(frames && sound && *sound != nullptr);
  std::filesystem::remove(path);
  auto frame = (*frames)->Next();
  while (frame && *frame != nullptr) frame = (*frames)->Next();
  ASSERT_FALSE(frame);
  EXPECT_EQ(frame.error().code, base::Code::kIo);
  EXPECT_EQ(frame.error().context, path.string());
  auto block = (*sound)->Next();
  while (block && !block->samples.empty()) block = (*sound)->Next();
  ASSERT_FALSE(block);
  EXPECT_EQ(block.error().code, base::Code::kIo);
}

TEST_F(SharedFileTest, StopsBothWhereThePassIsCancelled) {
  const auto path = Clip("-c:v libx264 -c:a aac", "a.mp4");
  base::CancelToken cancel;
  const auto shared = std::make_shared<SharedFile>();
  const auto frames = OpenVideo(path, {.cancel = &cancel, .shared = shared});
  const auto sound = OpenAudio(path, {.cancel = &cancel, .shared = shared});
  ASSERT_TRUE(frames && sound && *sound != nullptr);
  cancel.Cancel();
  EXPECT_EQ((*frames)->Next().error().code, base::Code::kCancelled);
  EXPECT_EQ((*sound)->Next().error().code, base::Code::kCancelled);
  EXPECT_EQ(shared->times_opened(), 1);
}

}  // namespace
}  // namespace reelbatch::media
