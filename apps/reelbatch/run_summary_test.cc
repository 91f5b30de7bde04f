#include "apps/reelbatch/run_summary.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "base/cancel.h"
#include "base/test_folder.h"

namespace reelbatch::app {
namespace {

using base::Json;
using testing::HasSubstr;

/// A folder of results without any, and what became of inputs that lie nowhere.
class RunSummaryTest : public testing::Test {
 protected:
  void SetUp() override {
    auto opened = store::OutputFolder::Open(
        {.folder = temp_.path() / "out", .config = {}, .components = {}}, clock_);
    ASSERT_TRUE(opened) << opened.error().Text();
    folder_ = std::move(*opened);
  }

  void Add(const std::string& name, const contracts::VideoOutcome& outcome) {
    inputs_.videos.emplace_back(name);
    inputs_.relative_paths.emplace_back();
    results_.emplace_back(ResultOf(outcome));
  }
  void AddFailed(const std::string& name) {
    contracts::VideoOutcome outcome;
    outcome.status = contracts::VideoStatus::kError;
    outcome.fault = {.code = contracts::FaultCode::kVideoUnreadable, .reason = "is empty"};
    Add(name, outcome);
  }
  RunSummary Summary() const {
    return {.inputs = inputs_,
            .results = results_,
            .folder = *folder_,
            .out = "out",
            .state = "finished"};
  }

  const base::FixedWallClock clock_{std::chrono::seconds(1'700'000'000)};
  base::testing::TempFolder temp_;
  std::unique_ptr<store::OutputFolder> folder_;
  InputList inputs_;
  std::vector<std::optional<VideoResult>> results_;
};

TEST_F(RunSummaryTest, NamesTheFirstThatFailed) {
  for (int i = 0; i < 1000; ++i) AddFailed("v" + std::to_string(i) + ".mp4");
  std::string text = SummaryText(Summary(), false);
  EXPECT_THAT(text, HasSubstr("1000 videos: 0 done, 1000 failed"));
  EXPECT_THAT(text, HasSubstr("  failed  v999.mp4  video_unreadable: is empty\n"));
  AddFailed("one.mp4");
  AddFailed("two.mp4");
  text = SummaryText(Summary(), false);
  EXPECT_THAT(text, Not(HasSubstr("one.mp4")));
  EXPECT_THAT(text,
              HasSubstr("  failed  2 more videos; the overview lists all of them\noverview  "));
  EXPECT_EQ(std::ranges::count(text, '\n'), 1 + 1000 + 1 + 1);
}

TEST_F(RunSummaryTest, CountsInputsThatAreNoVideosAsInputs) {
  Add("done.mp4", {});
  EXPECT_THAT(SummaryText(Summary(), false), HasSubstr("1 video: 1 done"));
  inputs_.unreadable.push_back({"https://example.org/a.mp4", "is not read"});
  EXPECT_THAT(SummaryText(Summary(), false), HasSubstr("2 inputs: 1 done, 1 failed"));
}

TEST_F(RunSummaryTest, WritesItsRowsOneByOneAsOneDocument) {
  for (const bool any : {false, true}) {
    if (any) {
      contracts::VideoOutcome done;
      done.kept = {{"cut_detection", "local/a/r-1"}, {"core_optical_flow", ""}};
      done.component_empty = {{"speech_activity", contracts::EmptyReason::kAudioMissing}};
      Add("done.mp4", done);
      AddFailed("failed.mp4");
      inputs_.videos.emplace_back("waits.mp4");
      results_.emplace_back();
    }
    const RunSummary summary = Summary();
    Json document = SummaryJson(summary);
    document["error"] = {{"code", "io"}};
    Console console("reelbatch run");
    testing::internal::CaptureStdout();
    PrintSummaryJson(document, summary, console);
    const std::string text = testing::internal::GetCapturedStdout();
    const Json read = Json::parse(text, nullptr, false);
    ASSERT_TRUE(read.is_object());
    EXPECT_EQ(text, base::Pretty(read));
    EXPECT_EQ(read["videos"].size(), any ? 3U : 0U);
    document["videos"] = read["videos"];
    EXPECT_EQ(read, document);
    if (!any) continue;
    EXPECT_EQ(read["videos"][0]["empty_components"], (Json{{"speech_activity", "audio_missing"}}));
    EXPECT_EQ(read["videos"][0]["kept"],
              (Json{{{"component", "core_optical_flow"}},
                    {{"component", "cut_detection"}, {"linked_from", "local/a/r-1"}}}));
    EXPECT_EQ(read["videos"][1]["error"], "is empty");
    EXPECT_EQ(read["videos"][2]["status"], "waiting");
  }
}

}  // namespace
}  // namespace reelbatch::app
