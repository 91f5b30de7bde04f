#include "reel/clip.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "base/json_text.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "media/video_reader.h"
#include "reel/demo_reel.h"

namespace reelbatch::reel {
namespace {

namespace fs = std::filesystem;
using base::Code;
using testing::HasSubstr;

class Clips : public testing::Test {
 protected:
  void SetUp() override { fs::create_directories(folder_); }
  void TearDown() override { fs::remove_all(folder_); }

  static std::string Bytes(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  static int64_t DecodedFrames(const fs::path& path) {
    auto video = media::OpenVideo(path, {});
    if (!video) return -1;
    int64_t frames = 0;
    while (true) {
      auto frame = (*video)->Next();
      if (!frame) return -1;
      if (*frame == nullptr) return frames;
      ++frames;
    }
  }

  fs::path folder_ = fs::path(testing::TempDir()) / ("demo-clips-" + std::to_string(getpid()));
};

TEST_F(Clips, AnyCodecHoldsEveryFrameOfTheScript) {
  auto script = ParseScript(
      "size 64x48\nshot noise frames=12\ncut\nshot tiles frames=9\ndissolve frames=5\nshot hills "
      "frames=4",
      "test");
  ASSERT_TRUE(script);
  const std::pair<const char*, const char*> kFormats[] = {
      {"libx264", "a.mp4"}, {"mpeg2video", "a.mpg"}, {"mjpeg", "a.avi"}, {"ffv1", "a.mkv"}};
  for (const auto& [codec, name] : kFormats) {
    script->video.codec = codec;
    const auto written = WriteClip(folder_ / name, *script);
    ASSERT_TRUE(written) << written.error().Text();
    EXPECT_EQ(*written, 30);
    EXPECT_EQ(DecodedFrames(folder_ / name), 30) << codec;
  }
}

TEST_F(Clips, WrongScriptsAndFoldersAreErrors) {
  EXPECT_EQ(WriteClip(folder_ / "a.mp4", {}).error().code, Code::kInvalidArgument);
  auto script = ParseScript("size 64x48\nshot noise", "test");
  ASSERT_TRUE(script);
  EXPECT_EQ(WriteClip(folder_ / "no" / "a.mp4", *script).error().code, Code::kIo);
  script->video.codec = "h264";
  EXPECT_EQ(WriteClip(folder_ / "a.mp4", *script).error().code, Code::kInvalidArgument);
}

TEST_F(Clips, AScriptFileGivesVideoAndTruth) {
  std::ofstream(folder_ / "clip.txt") << "size 64x48\nshot noise frames=12\nshot tiles frames=9\n"
                                         "flash at=4\nfade frames=6\nshot hills frames=4";
  const auto reel = MakeScriptedClip(folder_ / "clip.txt", folder_ / "my clip.mkv");
  ASSERT_TRUE(reel) << reel.error().Text();
  EXPECT_EQ(reel->frames, 31);
  EXPECT_EQ(reel->truth, folder_ / "my clip.json");
  const auto truth = base::SortedJson::parse(Bytes(reel->truth));
  EXPECT_EQ(truth["video"], "my clip.mkv");
  EXPECT_EQ(truth["fps"], "25/1");
  EXPECT_EQ(truth["n_frames"], 31);
  EXPECT_EQ(truth["frame_base"], 0);
  const auto expected = base::SortedJson::parse(
      R"([{"type":"hard","start":11,"end":12,"frame":12},
          {"type":"fade","start":20,"end":27,"frame":23,"through":"black"}])");
  EXPECT_EQ(truth["transitions"], expected);
  EXPECT_EQ(truth["edge"], base::SortedJson::array());
  EXPECT_EQ(truth["hard_negatives"],
            base::SortedJson::parse(R"([{"kind":"flash","start":16,"end":16}])"));
}

TEST_F(Clips, TheTruthNamesEveryKind) {
  std::ofstream(folder_ / "clip.txt")
      << "size 64x48\nfade frames=3\nshot noise frames=5\nwipe frames=4\nshot tiles frames=5\n"
         "fade frames=4 color=200,0,9\nshot hills frames=9\ninset at=2 frames=3\nfade frames=3";
  const auto reel = MakeScriptedClip(folder_ / "clip.txt", folder_ / "a.mkv");
  ASSERT_TRUE(reel) << reel.error().Text();
  const auto truth = base::SortedJson::parse(Bytes(reel->truth));
  EXPECT_EQ(truth["transitions"], base::SortedJson::parse(
                                      R"([{"type":"wipe","start":7,"end":12,"frame":9},
          {"type":"fade","start":16,"end":21,"frame":18,"through":"200,0,9"}])"));
  EXPECT_EQ(truth["edge"], base::SortedJson::parse(R"([{"kind":"fade_in","start":0,"end":3},
          {"kind":"fade_out","start":29,"end":32}])"));
  EXPECT_EQ(truth["hard_negatives"],
            base::SortedJson::parse(R"([{"kind":"inset","start":23,"end":25}])"));
}

TEST_F(Clips, AWrongScriptFileIsNamedWithItsLine) {
  std::ofstream(folder_ / "clip.txt") << "shot noise\ndisolve\nshot noise";
  const auto reel = MakeScriptedClip(folder_ / "clip.txt", folder_ / "a.mp4");
  ASSERT_FALSE(reel);
  EXPECT_EQ(reel.error().code, Code::kInvalidArgument);
  EXPECT_THAT(reel.error().Text(), HasSubstr("clip.txt:2: unknown word 'disolve'; did you mean "
                                             "'dissolve'?"));
  EXPECT_EQ(MakeScriptedClip(folder_ / "none.txt", folder_ / "a.mp4").error().code, Code::kIo);
  EXPECT_FALSE(fs::exists(folder_ / "a.mp4"));
}

TEST_F(Clips, TheDemoReelIsWhatItsTruthSays) {
  const DemoOptions small{.width = 96, .height = 54};
  const auto reel = MakeDemoReel(folder_ / "one" / "deep", small);
  ASSERT_TRUE(reel) << reel.error().Text();
  const auto again = MakeDemoReel(folder_ / "two", small);
  ASSERT_TRUE(again);
  EXPECT_TRUE(Bytes(reel->video) == Bytes(again->video));
  EXPECT_EQ(Bytes(reel->truth), Bytes(again->truth));
  EXPECT_EQ(DecodedFrames(reel->video), reel->frames);
  const auto truth = base::SortedJson::parse(Bytes(reel->truth));
  EXPECT_EQ(truth["n_frames"], reel->frames);
  int hard = 0;
  int dissolves = 0;
  int fades = 0;
  bool eight_frames = false;
  int64_t last = 0;
  for (const auto& t : truth["transitions"]) {
    hard += t["type"] == "hard" ? 1 : 0;
    dissolves += t["type"] == "dissolve" ? 1 : 0;
    fades += t["type"] == "fade" ? 1 : 0;
    eight_frames = eight_frames || t["frame"].get<int64_t>() - last == 8;
    last = t["frame"].get<int64_t>();
  }
  EXPECT_EQ(hard, 8);
  EXPECT_EQ(dissolves, 1);
  EXPECT_EQ(fades, 1);
  EXPECT_TRUE(eight_frames);
  EXPECT_EQ(truth["hard_negatives"].size(), 2U);

  const auto other = MakeDemoReel(folder_ / "two", {.seed = 2, .width = 96, .height = 54});
  ASSERT_TRUE(other);
  EXPECT_NE(Bytes(reel->video), Bytes(other->video));
  EXPECT_EQ(Bytes(reel->truth), Bytes(other->truth));
}

TEST_F(Clips, ADemoReelThatCannotBeMadeSaysWhy) {
  EXPECT_EQ(MakeDemoReel(folder_, {.width = 95}).error().code, Code::kInvalidArgument);
  std::ofstream(folder_ / "file") << "x";
  const auto taken = MakeDemoReel(folder_ / "file", {});
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().code, Code::kInvalidArgument) << taken.error().Text();
}

}  // namespace
}  // namespace reelbatch::reel
