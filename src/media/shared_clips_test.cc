// Real clips, where the checkout has them beside it: frame counts and times against what is known
// of them.
#include <gmock/gmock.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "media/shared_passes.h"
#include "media/test_clips.h"
#include "media/video_reader.h"

namespace reelbatch::media {
namespace {

using testing::DoubleNear;
using testing::Pointwise;
using testing_clips::ReadVideo;

class SharedClips : public testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(clips_)) GTEST_SKIP() << "no real clips at " << clips_;
  }

  const std::filesystem::path clips_ = std::filesystem::path(REELBATCH_SHARED_DATA) / "clips";
};

struct Listed {
  std::string file;
  std::optional<int64_t> frames;  // none: not readable
};

/// File names and frame counts of INDEX.json, in which each key stands on a line of its own.
std::vector<Listed> ReadIndex(const std::filesystem::path& path) {
  std::vector<Listed> list;
  std::ifstream in(path);
  for (std::string line; std::getline(in, line);) {
    const auto value = line.substr(line.find(':') + 1);
    if (line.starts_with("   \"file\":")) {
      const size_t begin = value.find('"') + 1;
      list.push_back({value.substr(begin, value.rfind('"') - begin), {}});
    } else if (line.starts_with("   \"frames\":") && value.find("null") == std::string::npos) {
      list.back().frames = std::stoll(value);
    }
  }
  return list;
}

TEST_F(SharedClips, EveryOneGivesTheKnownNumberOfFrames) {
  // tests/e2e/test_real_clips.py counts the same frames, of the program.
  if (std::getenv("REELBATCH_SOAK") == nullptr) GTEST_SKIP() << "left out: `make soak` runs it";
  const auto list = ReadIndex(clips_.parent_path() / "INDEX.json");
  ASSERT_GE(list.size(), 30U);
  for (const Listed& clip : list) {
    ReaderOptions options;
    // The index counts this file's first video stream, which is not its best.
    if (clip.file == "nasa_two_streams.mp4") options.sampling.stream = 0;
    const auto read = ReadVideo(clips_ / clip.file, options);
    if (!clip.frames.has_value()) {
      ASSERT_NE(read.failure, "") << clip.file;
      EXPECT_EQ(read.code, base::Code::kCorrupt) << clip.file;
      continue;
    }
    ASSERT_EQ(read.failure, "") << clip.file;
    EXPECT_EQ(static_cast<int64_t>(read.timeline.size()), clip.frames) << clip.file;
    EXPECT_EQ(read.report.decode_errors > 0, clip.file.find("bitrot") != std::string::npos)
        << clip.file;
    EXPECT_EQ(read.report.truncated, clip.file.find("truncated") != std::string::npos) << clip.file;
    EXPECT_EQ(read.report.missing_pts + read.report.repaired_pts, 0) << clip.file;
  }
}

TEST_F(SharedClips, TimesAreFfprobesOwn) {
  for (const char* name : {"derived_sintel_vfr.mp4", "echo_kinetic_typography.webm", "city_cc0.mpg",
                           "oa4_launch.webm", "vtest.avi", "derived_sintel_portrait_bitrot.ts"}) {
    const auto read = ReadVideo(clips_ / name);
    EXPECT_THAT(read.timeline.pts_s,
                Pointwise(DoubleNear(1e-6), testing_clips::FfprobeTimes(clips_ / name)))
        << name;
  }
}

TEST_F(SharedClips, FramesAndSoundAreTheSameFromOneDemuxer) {
  for (const char* name :
       {"city_cc0.mpg", "calais_1906.ogv", "oa4_launch.webm", "nasa_two_streams.mp4"}) {
    const shared_passes::Pass pass{.path = clips_ / name, .sampling = {.end_s = 5}};
    const auto shared = std::make_shared<SharedFile>();
    EXPECT_EQ(Read(pass, shared, shared_passes::ByTurns),
              Read(pass, nullptr, shared_passes::FramesFirst))
        << name;
    EXPECT_EQ(shared->times_opened(), 1) << name;
  }
}

TEST_F(SharedClips, OddFactsAreSeen) {
  const auto info = [this](const char* name) { return Probe(clips_ / name, {}, nullptr).value(); };
  EXPECT_EQ(info("psd_rotate90.mp4").rotation_deg, 90);
  EXPECT_EQ(info("psd_anamorphic_sar.mp4").sar, (contracts::Rational{16, 11}));
  EXPECT_EQ(info("nasa_two_streams.mp4").video_streams, 2);
  EXPECT_NEAR(info("city_cc0.mpg").start_time_s, 0.54, 1e-6);
  EXPECT_EQ(info("derived_sintel_truncated.mkv").frames_expected, 1253);
  EXPECT_TRUE(ReadVideo(clips_ / "derived_sintel_vfr.mp4").report.vfr);
}

}  // namespace
}  // namespace reelbatch::media
