#include "reel/renderer.h"

#include <cmath>
#include <cstdlib>
#include <string>

#include "base/hash.h"
#include "gtest/gtest.h"

namespace reelbatch::reel {
namespace {

Script Make(const std::string& text) {
  auto script = ParseScript("size 64x48\n" + text, "test");
  EXPECT_TRUE(script) << (script ? "" : script.error().Text());
  return script ? *script : Script{};
}

std::string Bytes(const image::FrameView& view) {
  std::string bytes;
  for (const auto* plane : {&view.y, &view.u, &view.v}) {
    for (int y = 0; y < plane->height; ++y) {
      bytes.append(reinterpret_cast<const char*>(plane->row(y)), static_cast<size_t>(plane->width));
    }
  }
  return bytes;
}

/// Every frame of the script.
std::vector<std::string> Render(const std::string& text) {
  const Script script = Make(text);
  Renderer renderer(script);
  std::vector<std::string> frames;
  for (const FramePlan& plan : PlanFrames(script)) frames.push_back(Bytes(renderer.Draw(plan)));
  return frames;
}

/// Mean difference of luma, codes.
double Difference(const std::string& a, const std::string& b) {
  constexpr size_t kLuma = 64UL * 48;
  int64_t sum = 0;
  for (size_t i = 0; i < kLuma; ++i) {
    sum += std::abs(static_cast<uint8_t>(a[i]) - static_cast<uint8_t>(b[i]));
  }
  return static_cast<double>(sum) / kLuma;
}

TEST(Renderer, IsAFunctionOfTheScript) {
  const std::string text =
      "shot noise frames=3 pan=1,0\ndissolve frames=2\nshot hills frames=3 shake=2 blobs=2\n"
      "whip at=1 frames=2\nshot plasma frames=2\nshot stripes frames=2\nshot tiles frames=2";
  EXPECT_EQ(Render(text), Render(text));
  EXPECT_NE(Render(text), Render("seed 1\n" + text));
}

// Pictures are a fixture of other tests and of published figures: they change only on purpose.
TEST(Renderer, PicturesAreTheSameOnEveryMachine) {
  std::string all;
  for (const std::string& frame :
       Render("shot noise frames=2 pan=1.3,0.7 zoom=1.01\ndissolve frames=3\n"
              "shot hills frames=3 shake=2 blobs=2\nwhip at=1 frames=2\nflash at=0\n"
              "fade frames=4 hold=2\nshot plasma frames=2\nshot stripes frames=2\nshot tiles "
              "frames=2\nshot flat frames=2")) {
    all += frame;
  }
  EXPECT_EQ(base::Sha256Hex(all),
            "0674cae7e8959d2aed2e3f605b8b951f013a0348de709545e69776e74cab8aad");
}

TEST(Renderer, TrapsLookTheSameOnEveryMachine) {
  std::string text = "fade frames=2 color=9,80,200\nshot text frames=60 pan=0,1 bars=.1\n";
  int at = 0;
  for (const TrapWord& trap : TrapWords()) {
    text += std::string(trap.word) + " frames=4 at=" + std::to_string(5 * at++) + "\n";
  }
  text += "wipe frames=3 soft=.4\nshot tiles frames=2 hold=1.5\nwipe frames=2 toward=up\nshot flat";
  std::string all;
  for (const std::string& frame : Render(text)) all += frame;
  EXPECT_EQ(base::Sha256Hex(all),
            "c9aa796620ff966f5cf086513d0d0dadcbb470494150362648c81bab47f5923e");
}

TEST(Renderer, DrawsInAnyOrder) {
  const Script script = Make("shot noise frames=5 pan=1,0\ncut\nshot tiles frames=5");
  const auto plans = PlanFrames(script);
  Renderer forward(script);
  Renderer backward(script);
  std::vector<std::string> one;
  for (const FramePlan& plan : plans) one.push_back(Bytes(forward.Draw(plan)));
  for (size_t i = plans.size(); i-- > 0;) EXPECT_EQ(Bytes(backward.Draw(plans[i])), one[i]) << i;
}

TEST(Renderer, ACutChangesFarMoreThanAShotsOwnMotion) {
  for (const char* texture : {"noise", "plasma", "stripes", "tiles", "hills"}) {
    const auto frames = Render(std::string("shot ") + texture + " frames=10 pan=1,0 palette=2\n" +
                               "shot " + texture + " frames=10 pan=1,0 palette=2");
    double most = 0;
    for (size_t i = 1; i < frames.size(); ++i) {
      if (i != 10) most = std::max(most, Difference(frames[i - 1], frames[i]));
    }
    EXPECT_GT(most, 0.5) << texture << " stands still";
    EXPECT_GT(Difference(frames[9], frames[10]), 1.5 * most) << texture;
  }
}

TEST(Renderer, FadesPassThroughTheirColour) {
  const auto black = Render("shot tiles frames=3\nfade frames=6 hold=2\nshot noise frames=3");
  for (size_t i = 0; i < 64UL * 48; ++i) ASSERT_EQ(static_cast<uint8_t>(black[5][i]), 16);
  const auto white =
      Render("shot tiles frames=3\nfade frames=6 hold=2 color=white\nshot noise frames=3");
  for (size_t i = 0; i < 64UL * 48; ++i) ASSERT_EQ(static_cast<uint8_t>(white[5][i]), 235);
}

TEST(Renderer, FadesPassThroughAnyColour) {
  const auto red =
      Render("shot tiles frames=3\nfade frames=6 hold=2 color=255,0,0\nshot noise frames=3");
  for (size_t i = 0; i < 64UL * 48; ++i) ASSERT_EQ(static_cast<uint8_t>(red[5][i]), 81);
  EXPECT_EQ(static_cast<uint8_t>(red[5][64UL * 48]), 90);
  EXPECT_EQ(static_cast<uint8_t>(red[5].back()), 240);
}

TEST(Renderer, AWipeShowsEachShotOnItsSide) {
  const auto frames =
      Render("shot noise frames=3 noise=0\nwipe frames=3\nshot tiles frames=3 noise=0");
  // Neither shot moves, so both are known beside the front, which is in the middle in frame 4.
  for (size_t y = 0; y < 48; ++y) {
    EXPECT_EQ(frames[4].substr(y * 64, 32), frames[6].substr(y * 64, 32)) << y;
    EXPECT_EQ(frames[4].substr(y * 64 + 32, 32), frames[2].substr(y * 64 + 32, 32)) << y;
  }
}

TEST(Renderer, FadesAtTheEndsOfTheFile) {
  const auto frames = Render("fade frames=4 hold=1\nshot tiles frames=2\nfade frames=4 hold=1");
  for (const size_t dark : {size_t{0}, frames.size() - 1}) {
    for (size_t i = 0; i < 64UL * 48; ++i) ASSERT_EQ(static_cast<uint8_t>(frames[dark][i]), 16);
  }
  EXPECT_GT(Difference(frames[1], frames[5]), Difference(frames[3], frames[5]));
}

// A trap leaves no trace: what stands still is the same before and after it.
TEST(Renderer, TrapsChangeTheirOwnFramesAlone) {
  for (const char* trap :
       {"exposure at=3 frames=4", "flicker at=3 frames=4", "occluder at=3 frames=4",
        "defocus at=3 frames=4", "strobe at=3 frames=4 every=2", "inset at=3 frames=4",
        "title at=3 frames=4 fade=1", "bars at=3 frames=4"}) {
    const auto frames = Render("shot tiles frames=10 noise=0\n" + std::string(trap));
    const auto still = Render("shot tiles frames=10 noise=0");
    EXPECT_EQ(frames[2], still[2]) << trap;
    EXPECT_NE(frames[3], still[3]) << trap;
    EXPECT_NE(frames[5], still[5]) << trap;
    EXPECT_EQ(frames[7], still[7]) << trap;
  }
}

TEST(Renderer, AnOccluderCoversAllHalfWay) {
  const auto frames = Render("shot tiles frames=9 noise=0\noccluder at=1 frames=7 width=1.5");
  for (size_t i = 0; i < 64UL * 48; ++i) EXPECT_LT(static_cast<uint8_t>(frames[4][i]), 90) << i;
}

TEST(Renderer, AFreezeRepeatsToTheBitAndThenJumps) {
  const auto frames = Render("shot noise frames=8 pan=2,0 noise=3\nfreeze at=2 frames=3");
  EXPECT_EQ(frames[2], frames[3]);
  EXPECT_EQ(frames[2], frames[4]);
  EXPECT_EQ(frames[5], Render("shot noise frames=8 pan=2,0 noise=3")[5]);
}

TEST(Renderer, ATurnGoesRound) {
  const auto frames = Render("shot noise frames=5 noise=0 turn=90");
  EXPECT_GT(Difference(frames[0], frames[1]), 5);
  EXPECT_LT(Difference(frames[0], frames[4]), 0.5);
  // The middle of the picture looks at the same place, so its right is its lower side a quarter on.
  const auto luma = [&](size_t frame, int x, int y) {
    return static_cast<uint8_t>(
        frames[frame][static_cast<size_t>(24 + y) * 64 + static_cast<size_t>(32 + x)]);
  };
  for (int k = -20; k < 20; ++k) EXPECT_NEAR(luma(0, k, 0), luma(1, 0, -k), 12) << k;
  for (int k = -20; k < 20; ++k) EXPECT_NEAR(luma(0, k, 0), luma(2, -k, 0), 12) << k;
}

TEST(Renderer, ACrashZoomEndsNearer) {
  const auto frames = Render("shot tiles frames=12 noise=0\ncrash_zoom at=2 frames=5 by=2");
  EXPECT_EQ(frames[0], frames[1]);
  EXPECT_NE(frames[1], frames[2]);
  EXPECT_EQ(frames[8], frames[9]);
  EXPECT_GT(Difference(frames[1], frames[9]), 5);
}

TEST(Renderer, BarsStayBlackThroughAFadeToWhite) {
  const auto frames = Render(
      "shot tiles frames=3 bars=.25\nfade frames=4 hold=2 color=white\nshot noise frames=3 "
      "bars=.25");
  EXPECT_EQ(static_cast<uint8_t>(frames[4][0]), 16);
  EXPECT_EQ(static_cast<uint8_t>(frames[4][64UL * 24]), 235);
}

TEST(Renderer, PicturesMayBeHeldForOtherThanWholeFrames) {
  const auto frames = Render("shot noise frames=6 pan=3,0 hold=1.5 noise=0");
  EXPECT_EQ(frames[0], frames[1]);
  EXPECT_NE(frames[1], frames[2]);
  EXPECT_EQ(frames[3], frames[4]);
}

TEST(Renderer, WritingIsDarkOnLight) {
  const auto page = Render("shot text frames=1 noise=0 palette=3")[0];
  int dark = 0;
  for (size_t i = 0; i < 64UL * 48; ++i) dark += static_cast<uint8_t>(page[i]) < 100 ? 1 : 0;
  EXPECT_GT(dark, 64 * 48 / 20);
  EXPECT_LT(dark, 64 * 48 / 3);
}

TEST(Renderer, AFlashIsGoneAfterIt) {
  const auto frames = Render("shot noise frames=9 noise=0\nflash at=4");
  EXPECT_GT(Difference(frames[3], frames[4]), 60);
  EXPECT_EQ(frames[3], frames[5]);
}

TEST(Renderer, AWhipPanEndsSomewhereElse) {
  const auto frames = Render("shot noise frames=20 noise=0\nwhip at=5 frames=6 by=30,0");
  EXPECT_EQ(frames[3], frames[4]);
  for (size_t i = 5; i < 11; ++i) EXPECT_NE(frames[i - 1], frames[i]);
  EXPECT_EQ(frames[12], frames[13]);
  EXPECT_GT(Difference(frames[4], frames[12]), 5);
}

TEST(Renderer, HeldPicturesRepeatToTheBit) {
  const auto frames = Render("shot noise frames=6 pan=2,1 hold=2 noise=3");
  for (size_t i = 0; i < 6; i += 2) {
    EXPECT_EQ(frames[i], frames[i + 1]);
    if (i > 0) {
      EXPECT_NE(frames[i - 1], frames[i]);
    }
  }
}

TEST(Renderer, NoiseHasTheDeviationAskedFor) {
  const auto frames = Render("shot flat frames=2 noise=4");
  double sum = 0;
  double squares = 0;
  constexpr int kSamples = 64 * 48;
  for (size_t i = 0; i < kSamples; ++i) {
    const double difference =
        static_cast<uint8_t>(frames[0][i]) - static_cast<uint8_t>(frames[1][i]);
    sum += difference;
    squares += difference * difference;
  }
  EXPECT_NEAR(sum / kSamples, 0, 0.5);
  EXPECT_NEAR(std::sqrt(squares / kSamples / 2), 4, 0.4);
}

TEST(Renderer, SamplesStayInLimitedRange) {
  for (const std::string& frame : Render("shot tiles frames=3 noise=60 blobs=9")) {
    for (const char sample : frame) {
      ASSERT_GE(static_cast<uint8_t>(sample), 16);
      ASSERT_LE(static_cast<uint8_t>(sample), 235);
    }
  }
}

}  // namespace
}  // namespace reelbatch::reel
