#include "eval/truth.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "eval/prediction.h"

namespace reelbatch::eval {
namespace {

using testing::HasSubstr;

std::string Clip(const std::string& more) {
  return R"({"video": "a.mp4", "fps": "30000/1001", "n_frames": 300, )" + more + "}";
}

std::string ErrorOf(const std::string& json) { return ParseTruth(json, "a.json").error().Text(); }

TEST(ParseTruth, ReadsWhatPeopleFound) {
  const auto truth = ParseTruth(
      Clip(R"("transitions": [{"type": "hard", "start": 9, "end": 10, "frame": 10, "through": "x"}],
              "edge": [{"start": 0, "end": 5}], "hard_negatives": [{"start": 50, "end": 51}])"),
      "a.json");
  ASSERT_TRUE(truth) << truth.error().Text();
  EXPECT_EQ(truth->video, "a.mp4");
  EXPECT_NEAR(truth->fps.value(), 29.97003, 1e-5);
  EXPECT_EQ(truth->frames, 300);
  ASSERT_EQ(truth->transitions.size(), 1U);
  EXPECT_EQ(truth->transitions[0].frame, 10);
  EXPECT_EQ(truth->edges[0].end, 5);
  EXPECT_EQ(truth->hard_negatives[0].start, 50);
}

TEST(ParseTruth, NamesFileFieldAndRemedy) {
  EXPECT_EQ(ErrorOf("no"), "a.json: is not a JSON file, because its text does not begin with {");
  EXPECT_THAT(ErrorOf("[1]"), HasSubstr("must be an object"));
  EXPECT_THAT(ErrorOf("{}"), HasSubstr("a.json: video: is missing; it must be a text"));
  EXPECT_THAT(ErrorOf(Clip(R"("transitions": 7)")), HasSubstr("transitions: must be a list"));
  EXPECT_THAT(ErrorOf(Clip(R"("edge": [])")), HasSubstr("transitions: is missing"));
  EXPECT_THAT(ErrorOf(Clip(R"("transitions": [{"type": "cut"}])")),
              HasSubstr("transitions[0].type: must be hard, fade, dissolve, wipe or soft"));
  EXPECT_THAT(
      ErrorOf(Clip(R"("transitions": [{"type": "fade", "start": 9, "end": 3, "frame": 4}])")),
      HasSubstr("end: must be at or after start"));
  EXPECT_THAT(ErrorOf(Clip(R"("frame_base": 1, "transitions": [])")),
              HasSubstr("frames count from 0"));
  EXPECT_THAT(ErrorOf(R"({"video": "a", "fps": "fast", "n_frames": 3, "transitions": []})"),
              HasSubstr("fps: must be a rate"));
  EXPECT_THAT(ErrorOf(R"({"video": "a", "fps": "25", "n_frames": 0, "transitions": []})"),
              HasSubstr("n_frames: must be a whole number from 1, but is 0"));
}

TEST(ParseAnswers, ReadsPointsAndIntervals) {
  const auto answers = ParseAnswers(
      R"({"a": {"n_frames": 300, "events": [{"type": "hard", "end": 7}, {"type": "soft", "frame": 20},
          {"type": "wipe", "start": 30, "end": 40, "confidence": 0.25}]}})",
      "p.json");
  ASSERT_TRUE(answers) << answers.error().Text();
  const auto& predictions = answers->at("a").predictions;
  ASSERT_EQ(predictions.size(), 3U);
  EXPECT_EQ(predictions[0].frame, 7);
  EXPECT_TRUE(predictions[1].point());
  EXPECT_FALSE(predictions[2].point());
  EXPECT_EQ(predictions[2].frame, 40);
  EXPECT_FLOAT_EQ(predictions[2].confidence, 0.25F);
}

TEST(ParseAnswers, NamesTheField) {
  EXPECT_THAT(ParseAnswers(R"({"a": {"events": [{"type": "hard"}]}})", "p.json").error().Text(),
              HasSubstr("p.json: a.events[0].end: is missing"));
  EXPECT_THAT(ParseAnswers(R"({"a": {}})", "p.json").error().Text(),
              HasSubstr("a.events: is missing"));
  EXPECT_THAT(
      ParseAnswers(R"({"a": {"events": [{"type": "wipe", "start": 9, "end": 2}]}})", "p.json")
          .error()
          .Text(),
      HasSubstr("end: must be at or after start"));
}

TEST(PredictionsOf, FadesAreFadesAndObservationsAreLeftOut) {
  contracts::Event fade;
  fade.type = contracts::EventType::kFadeThrough;
  fade.start_frame = 10;
  fade.end_frame = 20;
  contracts::Event pan;
  pan.type = contracts::EventType::kWhipPan;
  contracts::Event cut;
  cut.start_frame = 49;
  cut.frame = cut.end_frame = 50;
  const auto predictions = PredictionsOf({fade, pan, cut});
  ASSERT_EQ(predictions.size(), 2U);
  EXPECT_EQ(predictions[0].kind, Kind::kFade);
  EXPECT_EQ(predictions[0].start, 10);
  EXPECT_TRUE(predictions[1].point());
}

}  // namespace
}  // namespace reelbatch::eval
