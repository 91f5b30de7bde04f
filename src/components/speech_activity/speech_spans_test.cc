#include "components/speech_activity/speech_spans.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <utility>

#include "components/speech_activity/speech_windows.h"

namespace reelbatch::components {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

using Runs = std::vector<std::pair<int, float>>;  // so many windows of one probability

std::vector<float> Curve(const Runs& runs) {
  std::vector<float> curve;
  for (const auto& [count, probability] : runs)
    curve.insert(curve.end(), static_cast<size_t>(count), probability);
  return curve;
}

std::vector<SpeechSpan> Find(const Runs& runs, int64_t cut = 0) {
  const auto curve = Curve(runs);
  return FindSpeech(curve, static_cast<int64_t>(curve.size() * kSpeechWindow) - cut, {});
}

SpeechSpan Windows(int64_t begin, int64_t end) { return {.begin = begin * 512, .end = end * 512}; }
SpeechSpan Padded(SpeechSpan span) { return {.begin = span.begin - 480, .end = span.end + 480}; }

TEST(FindSpeech, OfNothingIsNothing) {
  EXPECT_THAT(FindSpeech({}, 0, {}), IsEmpty());
  EXPECT_THAT(Find({{100, 0.1F}}), IsEmpty());
  EXPECT_THAT(Find({{100, 0.49F}}), IsEmpty());
}

TEST(FindSpeech, PadsBothEndsWithinTheSound) {
  EXPECT_THAT(Find({{10, 0.1F}, {10, 0.9F}, {10, 0.1F}}), ElementsAre(Padded(Windows(10, 20))));
  EXPECT_THAT(Find({{10, 0.9F}, {10, 0.1F}}),
              ElementsAre(SpeechSpan{.begin = 0, .end = 5120 + 480}));
  EXPECT_THAT(Find({{10, 0.1F}, {10, 0.9F}}, 100),
              ElementsAre(SpeechSpan{.begin = 5120 - 480, .end = 10240 - 100}));
}

TEST(FindSpeech, TheThresholdItselfIsSpeech) {
  EXPECT_THAT(Find({{10, 0.5F}, {10, 0.1F}}), ElementsAre(SpeechSpan{.begin = 0, .end = 5600}));
}

TEST(FindSpeech, GoesOnBetweenTheThresholds) {
  EXPECT_THAT(Find({{5, 0.9F}, {20, 0.36F}, {5, 0.1F}}),
              ElementsAre(SpeechSpan{.begin = 0, .end = 25 * 512 + 480}));
  // Between them a silence neither ends nor grows: the next window below the lower one tells how
  // long it has lasted.
  EXPECT_THAT(Find({{10, 0.9F}, {1, 0.1F}, {2, 0.4F}, {1, 0.1F}, {10, 0.4F}}),
              ElementsAre(SpeechSpan{.begin = 0, .end = 24 * 512}));
  EXPECT_THAT(Find({{10, 0.9F}, {1, 0.1F}, {3, 0.4F}, {1, 0.1F}, {10, 0.4F}}),
              ElementsAre(SpeechSpan{.begin = 0, .end = 10 * 512 + 480}));
}

TEST(FindSpeech, ShortSilencesDoNotEndIt) {
  // 100 ms are 3.1 windows: the fifth one is the first that begins so late after the silence did.
  EXPECT_THAT(Find({{10, 0.9F}, {4, 0.1F}, {10, 0.9F}, {9, 0.1F}}),
              ElementsAre(SpeechSpan{.begin = 0, .end = 24 * 512 + 480}));
  EXPECT_THAT(Find({{10, 0.9F}, {5, 0.1F}, {10, 0.9F}, {9, 0.1F}}),
              ElementsAre(SpeechSpan{.begin = 0, .end = 10 * 512 + 480}, Padded(Windows(15, 25))));
}

TEST(FindSpeech, ShortSpeechIsLeftOut) {
  // 250 ms are 7.8 windows.
  EXPECT_THAT(Find({{10, 0.1F}, {7, 0.9F}, {10, 0.1F}}), IsEmpty());
  EXPECT_THAT(Find({{10, 0.1F}, {8, 0.9F}, {10, 0.1F}}), ElementsAre(Padded(Windows(10, 18))));
  EXPECT_THAT(Find({{10, 0.1F}, {8, 0.9F}}, 95),
              ElementsAre(SpeechSpan{.begin = 5120 - 480, .end = 18 * 512 - 95}));
  EXPECT_THAT(Find({{10, 0.1F}, {8, 0.9F}}, 96),
              IsEmpty());  // 4000 samples are not longer than 250 ms
}

TEST(FindSpeech, NeighboursShareASilenceThatIsTooShortForTwoPads) {
  const SpeechKnobs knobs{.pad_ms = 100};  // 1600 samples each
  const auto curve = Curve({{10, 0.9F}, {5, 0.1F}, {10, 0.9F}});
  EXPECT_THAT(FindSpeech(curve, 25 * 512, knobs),
              ElementsAre(SpeechSpan{.begin = 0, .end = 5120 + 1280},
                          SpeechSpan{.begin = 7680 - 1280, .end = 25 * 512}));
}

}  // namespace
}  // namespace reelbatch::components
