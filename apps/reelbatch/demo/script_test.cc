#include "apps/reelbatch/demo/script.h"

#include <limits>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace reelbatch::app::demo {
namespace {

using base::Code;
using testing::HasSubstr;

TEST(ParseScript, ReadsEveryDirective) {
  const auto script = ParseScript(
      "size 64x48   # small\n"
      "\n"
      "fps 30000/1001\r\n"
      "sar 16:11\n"
      "seed 7\n"
      "codec mpeg2video crf=30 gop=12 b_frames=2\n"
      "shot noise seed=3 frames=40 pan=2,-0.5 palette=1\n"
      "flash at=10\n"
      "whip at=20 frames=6 by=30,5\n"
      "dissolve frames=12\n"
      "shot tiles frames=20 zoom=1.01 shake=2 noise=0 blobs=3 hold=2 step=3\n"
      "fade frames=20 hold=4 color=white\n"
      "shot flat\n"
      "cut\n"
      "shot hills\n"
      "shot plasma",
      "test");
  ASSERT_TRUE(script) << script.error().Text();
  EXPECT_EQ(script->video.width, 64);
  EXPECT_EQ(script->video.height, 48);
  EXPECT_EQ(script->video.fps, (contracts::Rational{30000, 1001}));
  EXPECT_EQ(script->video.sar, (contracts::Rational{16, 11}));
  EXPECT_EQ(script->video.codec, "mpeg2video");
  EXPECT_EQ(script->video.crf, 30);
  EXPECT_EQ(script->video.gop, 12);
  EXPECT_EQ(script->video.b_frames, 2);
  EXPECT_EQ(script->seed, 7U);
  ASSERT_EQ(script->shots.size(), 5U);
  EXPECT_EQ(script->shots[0].seed, 3U);
  EXPECT_EQ(script->shots[0].frames, 40);
  EXPECT_EQ(script->shots[0].pan_y, -0.5);
  EXPECT_EQ(script->shots[1].texture, Texture::kTiles);
  EXPECT_EQ(script->shots[1].step, 3);
  EXPECT_NE(script->shots[2].seed, script->shots[3].seed);
  ASSERT_EQ(script->joins.size(), 4U);
  EXPECT_EQ(script->joins[0].kind, JoinKind::kDissolve);
  EXPECT_EQ(script->joins[1].hold, 4);
  EXPECT_TRUE(script->joins[1].white);
  EXPECT_EQ(script->joins[3].kind, JoinKind::kCut) << "a shot after a shot is a cut";
  ASSERT_EQ(script->traps.size(), 2U);
  EXPECT_EQ(script->traps[1].kind, TrapKind::kWhip);
  EXPECT_EQ(script->traps[1].by_x, 30);
}

struct Wrong {
  const char* text;
  const char* message;
};

class WrongScripts : public testing::TestWithParam<Wrong> {};

TEST_P(WrongScripts, NameTheLineAndTheRemedy) {
  const auto script = ParseScript(GetParam().text, "clip.txt");
  ASSERT_FALSE(script);
  EXPECT_EQ(script.error().code, Code::kInvalidArgument);
  EXPECT_THAT(script.error().Text(), HasSubstr(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    All, WrongScripts,
    testing::Values(
        Wrong{"", "clip.txt: the script has no shot"},
        Wrong{"shoot noise", "clip.txt:1: unknown word 'shoot'; did you mean 'shot'?"},
        Wrong{"\nshot nois", "clip.txt:2: unknown texture 'nois'; did you mean 'noise'?"},
        Wrong{"shot zebra", "clip.txt:1: unknown texture 'zebra'; valid: noise, plasma"},
        Wrong{"shot", "clip.txt:1: shot wants a texture: noise"},
        Wrong{"shot noise frame=3", "unknown setting 'frame'; did you mean 'frames'?"},
        Wrong{"shot noise frames=3x", "clip.txt:1: '3x' is not a value of frames"},
        Wrong{"shot noise frames=", "'' is not a value of frames"},
        Wrong{"shot noise frames", "'' is not a value of frames"},
        Wrong{"shot noise pan=3", "'3' is not a value of pan"},
        Wrong{"shot noise frames=0", "shot 1: frames 0 must be within 1..1000000"},
        Wrong{"shot noise palette=8", "palette 8 must be within 0..7"},
        Wrong{"shot noise zoom=nan", "zoom nan must be within"},
        Wrong{"shot noise zoom=1.1 frames=1000", "nearer to 1"},
        Wrong{"size 65x48\nshot noise", "size 65x48 must be even"},
        Wrong{"size 64", "clip.txt:1: size wants one value like 128x72"},
        Wrong{"fps 0\nshot noise", "fps 0/1 must be within"},
        Wrong{"fps fast", "fps wants one value like 25 or 30000/1001"},
        Wrong{"sar 0:1\nshot noise", "sar 0:1 must be within"},
        Wrong{"seed -1", "seed wants one whole number"}, Wrong{"codec", "codec wants a name"},
        Wrong{"cut", "clip.txt:1: cut must stand between two shots"},
        Wrong{"shot noise\ncut\ncut\nshot noise", "clip.txt:3: cut must stand between"},
        Wrong{"shot noise\ndissolve", "a shot must follow the last transition"},
        Wrong{"shot noise\ndissolve frames=0\nshot noise", "transition 1: frames of a dissolve"},
        Wrong{"shot noise\nfade frames=4 hold=3\nshot noise", "transition 1: frames of a fade"},
        Wrong{"shot noise\nfade color=red\nshot noise", "'red' is not a value of color"},
        Wrong{"shot noise\ncut frames=1\nshot noise", "unknown setting 'frames'"},
        Wrong{"flash at=1", "flash belongs below the shot it happens in"},
        Wrong{"shot noise frames=10\nflash at=10", "shot 1: flash at=10 frames=1 does not fit"},
        Wrong{"shot noise frames=10\nwhip at=-1", "does not fit its 10 frames"},
        Wrong{"shot noise frames=10\nwhip at=1 by=1e9,0", "must be within +-100000"}));

TEST(Validate, RefusesScriptsThatWereBuiltWrongly) {
  Script script;
  script.shots = {{.frames = 5}, {.frames = 5}};
  EXPECT_EQ(Validate(script).error().code, Code::kInvalidArgument) << "no transition";
  script.joins = {{.kind = JoinKind::kCut, .frames = 3}};
  EXPECT_EQ(Validate(script).error().code, Code::kInvalidArgument) << "a cut with frames";
  script.joins = {{}};
  EXPECT_TRUE(Validate(script));
  script.traps = {{.shot = 2}};
  EXPECT_EQ(Validate(script).error().code, Code::kInvalidArgument) << "no such shot";
  script.traps = {{.at = std::numeric_limits<int>::max(), .frames = 2}};
  EXPECT_EQ(Validate(script).error().code, Code::kInvalidArgument) << "past any end";
}

}  // namespace
}  // namespace reelbatch::app::demo
