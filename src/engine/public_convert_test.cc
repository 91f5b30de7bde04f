#include "engine/public_convert.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstring>

#include "contracts/test_outcome.h"
#include "reelbatch/version.h"

namespace reelbatch::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::SizeIs;

VideoResult Sample() { return PublicResult(contracts::testing::SampleOutcome(), KeepArrays::kYes); }

TEST(PublicConvert, KeepsAllOfAnError) {
  const Error error =
      PublicError({.code = base::Code::kCorrupt, .message = "no index", .context = "a.mp4"});
  EXPECT_EQ(error.code, ErrorCode::kCorrupt);
  EXPECT_EQ(error.Text(), "a.mp4: no index");
}

TEST(PublicConvert, NamesEveryCodeAsTheRoomsDo) {
  constexpr auto kLast = static_cast<uint8_t>(ErrorCode::kInternal);
  for (uint8_t code = 0; code <= kLast; ++code) {
    EXPECT_EQ(ErrorName(static_cast<ErrorCode>(code)),
              base::CodeName(static_cast<base::Code>(code)));
  }
  EXPECT_EQ(ErrorName(ErrorCode::kInvalidArgument), "invalid_argument");
}

TEST(PublicConvert, TheLibraryIsOfTheVersionOfItsHeaders) {
  EXPECT_EQ(LibraryVersion(), std::to_string(REELBATCH_VERSION_MAJOR) + "." +
                                  std::to_string(REELBATCH_VERSION_MINOR) + "." +
                                  std::to_string(REELBATCH_VERSION_PATCH));
  EXPECT_TRUE(VersionMatches());
}

TEST(PublicConvert, AnArrayKeepsTypeShapeAndBytes) {
  const Array array =
      PublicArray(contracts::MakeTensor("scores", std::vector<float>{1, 2, 3, 4, 5, 6}, {2, 3}));
  EXPECT_EQ(array.name, "scores");
  EXPECT_EQ(array.type, ElementType::kFloat32);
  EXPECT_THAT(array.shape, ElementsAre(2, 3));
  std::array<float, 6> values{};
  ASSERT_EQ(array.bytes.size(), sizeof(values));
  std::memcpy(values.data(), array.bytes.data(), sizeof(values));
  EXPECT_THAT(values, ElementsAre(1, 2, 3, 4, 5, 6));
  EXPECT_EQ(PublicArray(contracts::MakeBoolTensor("flags", {0, 1})).type, ElementType::kBool);
  EXPECT_THAT(PublicArray(contracts::MakeTensor("none", std::vector<float>())).bytes, IsEmpty());
}

TEST(PublicConvert, TimesCountFromWhereAPlayerBegins) {
  const VideoResult result = Sample();
  ASSERT_THAT(result.events, SizeIs(2));
  const Event& cut = result.events.front();
  EXPECT_EQ(cut.type, "hard");
  EXPECT_TRUE(cut.ends_shot);
  EXPECT_NEAR(cut.start_s, 0.08, 1e-12);  // frame 2 of 25 a second; the container's clock says 1.48
  EXPECT_EQ(cut.start_s, cut.end_s);
  EXPECT_EQ(cut.start_frame, 2);
  EXPECT_EQ(cut.end_frame, 2);
  EXPECT_NEAR(cut.confidence, 0.98, 1e-6);
  ASSERT_THAT(result.shots, SizeIs(3));
  EXPECT_EQ(result.shots[1].start_frame, 2);
  EXPECT_EQ(result.shots[1].end_frame, 4);
  EXPECT_NEAR(result.shots[1].start_s, 0.08, 1e-12);
  EXPECT_NEAR(result.shots[1].end_s, 0.16, 1e-12);
}

TEST(PublicConvert, AGradualChangeSpansBothShots) {
  contracts::EventList list;
  contracts::Event& fade = list.events.emplace_back();
  fade.type = contracts::EventType::kFadeOut;
  fade.frame = 15;
  fade.start_frame = 10;
  fade.end_frame = 20;
  fade.time_s = 1.5;
  fade.start_s = 1;
  fade.end_s = 2;
  fade.splits = false;
  const std::vector<Event> events = PublicEvents(list, {});
  ASSERT_THAT(events, SizeIs(1));
  EXPECT_EQ(events[0].type, "fade_out");
  EXPECT_FALSE(events[0].ends_shot);
  EXPECT_EQ(events[0].start_s, 1);
  EXPECT_EQ(events[0].end_s, 2);
  EXPECT_EQ(events[0].start_frame, 10);
  EXPECT_EQ(events[0].end_frame, 20);
}

TEST(PublicConvert, AResultSaysWhatTheVideoIsAndWhatComponentsFound) {
  const VideoResult result = Sample();
  EXPECT_EQ(result.status, VideoStatus::kSuccess);
  EXPECT_EQ(result.error_code, "");
  EXPECT_EQ(result.reason, "");
  EXPECT_EQ(result.width, 1280);
  EXPECT_EQ(result.height, 720);
  EXPECT_EQ(result.frames_decoded, 6);
  EXPECT_EQ(result.decode_errors, 0);
  ASSERT_THAT(result.components, SizeIs(1));
  const ComponentResult& component = result.components.begin()->second;
  EXPECT_THAT(component.arrays, SizeIs(6));
  EXPECT_THAT(component.notes, ElementsAre("just a test"));
  EXPECT_NE(component.meta, "");
  EXPECT_THAT(result.component_errors, IsEmpty());
}

TEST(PublicConvert, ArraysAreLeftOutWhereNobodyWantsThem) {
  const VideoResult result = PublicResult(contracts::testing::SampleOutcome(), KeepArrays::kNo);
  ASSERT_THAT(result.components, SizeIs(1));
  EXPECT_THAT(result.components.begin()->second.arrays, IsEmpty());
  EXPECT_THAT(result.events, SizeIs(2));
}

TEST(PublicConvert, SaysWhyThereIsNoResult) {
  contracts::VideoOutcome unreadable;
  unreadable.status = contracts::VideoStatus::kError;
  unreadable.fault = {.code = contracts::FaultCode::kVideoUnreadable, .reason = "moov is missing"};
  const VideoResult failed = PublicResult(unreadable, KeepArrays::kYes);
  EXPECT_EQ(failed.status, VideoStatus::kError);
  EXPECT_EQ(failed.error_code, "video_unreadable");
  EXPECT_EQ(failed.reason, "moov is missing");
  EXPECT_EQ(failed.width, 0);

  contracts::VideoOutcome short_one = contracts::testing::SampleOutcome();
  short_one.status = contracts::VideoStatus::kEmpty;
  short_one.empty_reason = contracts::EmptyReason::kVideoTooShort;
  const VideoResult empty = PublicResult(short_one, KeepArrays::kYes);
  EXPECT_EQ(empty.status, VideoStatus::kEmpty);
  EXPECT_EQ(empty.error_code, "");
  EXPECT_EQ(empty.reason, "the video has fewer than two frames to analyse");
  short_one.empty_reason = contracts::EmptyReason::kAudioMissing;
  EXPECT_EQ(PublicResult(short_one, KeepArrays::kYes).reason, "the video has no sound");

  contracts::VideoOutcome skipped;
  skipped.status = contracts::VideoStatus::kSkipped;
  EXPECT_EQ(PublicResult(skipped, KeepArrays::kYes).status, VideoStatus::kSkipped);
}

TEST(PublicConvert, SaysWhichComponentsFailed) {
  contracts::VideoOutcome outcome = contracts::testing::SampleOutcome();
  const contracts::Fault fault{.code = contracts::FaultCode::kModelLoadFailed,
                               .reason = "no such model"};
  outcome.status = contracts::VideoStatus::kError;
  outcome.fault = fault;
  outcome.component_faults = {{"listener", fault}};
  const VideoResult result = PublicResult(outcome, KeepArrays::kYes);
  EXPECT_EQ(result.error_code, "model_load_failed");
  EXPECT_THAT(result.component_errors, ElementsAre(Pair("listener", "no such model")));
  EXPECT_THAT(result.components, SizeIs(1));
}

}  // namespace
}  // namespace reelbatch::engine
