#include "reel/script.h"

#include <limits>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace reelbatch::reel {
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
  EXPECT_EQ(script->joins[1].color, (Rgb{255, 255, 255}));
  EXPECT_EQ(script->joins[3].kind, JoinKind::kCut) << "a shot after a shot is a cut";
  ASSERT_EQ(script->traps.size(), 2U);
  EXPECT_EQ(script->traps[1].kind, TrapKind::kWhip);
  EXPECT_EQ(script->traps[1].by_x, 30);
}

TEST(ParseScript, ReadsTransitionsOfEveryKind) {
  const auto script = ParseScript(
      "fade frames=9 color=white\nshot noise\nwipe frames=75 toward=up soft=.2\nshot tiles\n"
      "fade frames=12 hold=3 color=200,30,7 sides=in\nshot hills\nfade frames=8 sides=out hold=1\n"
      "shot text\nwipe\nshot flat\nfade",
      "test");
  ASSERT_TRUE(script) << script.error().Text();
  ASSERT_TRUE(script->opening && script->closing);
  EXPECT_EQ(script->opening->sides, FadeSides::kIn);
  EXPECT_EQ(script->opening->color, (Rgb{255, 255, 255}));
  EXPECT_EQ(script->closing->sides, FadeSides::kOut);
  ASSERT_EQ(script->joins.size(), 4U);
  EXPECT_EQ(script->joins[0].kind, JoinKind::kWipe);
  EXPECT_EQ(script->joins[0].frames, 75);
  EXPECT_EQ(script->joins[0].toward, Direction::kUp);
  EXPECT_EQ(script->joins[0].soft, 0.2);
  EXPECT_EQ(script->joins[1].color, (Rgb{200, 30, 7}));
  EXPECT_EQ(script->joins[1].sides, FadeSides::kIn);
  EXPECT_EQ(script->joins[2].sides, FadeSides::kOut);
  EXPECT_EQ(script->joins[3].toward, Direction::kRight);
}

TEST(ParseScript, ReadsEveryTrapWithItsSetting) {
  std::string text = "shot noise frames=100 hold=2.5 bars=.1\n";
  for (const TrapWord& trap : TrapWords()) text += std::string(trap.word) + " at=3\n";
  text += "exposure at=9 frames=4 gain=.5";
  const auto script = ParseScript(text, "test");
  ASSERT_TRUE(script) << script.error().Text();
  ASSERT_EQ(script->traps.size(), TrapWords().size() + 1);
  for (size_t i = 0; i < TrapWords().size(); ++i) {
    EXPECT_EQ(script->traps[i].kind, TrapWords()[i].kind);
    EXPECT_EQ(script->traps[i].kind, WordOf(script->traps[i].kind).kind) << "their order";
    EXPECT_EQ(script->traps[i].frames, TrapWords()[i].frames);
    EXPECT_EQ(script->traps[i].amount, TrapWords()[i].amount);
  }
  EXPECT_EQ(script->traps.back().amount, 0.5);
  EXPECT_EQ(script->shots[0].hold, 2.5);
  EXPECT_EQ(script->shots[0].bars, 0.1);
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
        Wrong{"shot noise zoom=1.1 frames=1000", "closer to 1"},
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
        Wrong{"shot noise\nfade color=0,0,256\nshot noise", "'0,0,256' is not a value of color"},
        Wrong{"shot noise\nfade color=1,2\nshot noise", "'1,2' is not a value of color"},
        Wrong{"shot noise\nfade\ncut\nshot noise", "clip.txt:3: cut must stand between"},
        Wrong{"shot noise\nfade\nflash at=1", "clip.txt:3: flash belongs below the shot"},
        Wrong{"fade\nfade\nshot noise", "clip.txt:2: fade must stand beside a shot"},
        Wrong{"fade sides=out\nshot noise", "clip.txt:1: unknown setting 'sides'"},
        Wrong{"shot noise\nfade sides=in", "clip.txt:2: the last fade can only go out"},
        Wrong{"fade frames=4 hold=4\nshot noise", "the fade at the beginning: frames of a fade"},
        Wrong{"shot noise\nfade sides=in\nshot noise", "transition 1: a fade with one side must"},
        Wrong{"shot noise\nfade sides=left\nshot noise", "'left' is not a value of sides"},
        Wrong{"shot noise\nwip\nshot noise", "unknown word 'wip'; did you mean 'wipe'"},
        Wrong{"shot noise\nwipe towards=up\nshot noise", "did you mean 'toward'?"},
        Wrong{"shot noise\nwipe toward=north\nshot noise", "'north' is not a value of toward"},
        Wrong{"shot noise\nwipe soft=2\nshot noise", "transition 1: soft must be within 0..1"},
        Wrong{"shot noise\nwipe frames=0\nshot noise", "transition 1: frames of a wipe"},
        Wrong{"shot noise turn=181", "turn 181 must be within +-180"},
        Wrong{"shot noise bars=.5", "bars 0.5 must be within 0..0.45"},
        Wrong{"shot noise hold=.5", "hold 0.5 must be within 1..1000"},
        Wrong{"shot noise\nstrob at=1", "clip.txt:2: unknown word 'strob'; did you mean 'strobe'?"},
        Wrong{"shot noise\nstrobe at=1 evry=3", "did you mean 'every'?"},
        Wrong{"shot noise\nstrobe at=1 every=1", "shot 1: strobe every=1 must be within 2.."},
        Wrong{"shot noise\nexposure at=1 frames=2 gain=nan", "exposure gain=nan must be within"},
        Wrong{"shot noise frames=9\ninset at=1 frames=9",
              "shot 1: inset at=1 frames=9 does not fit"},
        Wrong{"shot noise\nfreeze at=1 by=2", "unknown setting 'by'"},
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
  script.traps = {{.kind = TrapKind::kInset, .amount = 2}};
  EXPECT_EQ(Validate(script).error().code, Code::kInvalidArgument) << "larger than the picture";
  script.traps = {};
  script.opening = Join{.kind = JoinKind::kDissolve, .frames = 3};
  EXPECT_EQ(Validate(script).error().code, Code::kInvalidArgument) << "a dissolve from nothing";
}

}  // namespace
}  // namespace reelbatch::reel
