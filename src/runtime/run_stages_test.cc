// Runs whose components feed components: the same results as one unit at a time, whatever the
// order, the memory and what fails on the way.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>

#include "runtime/run.h"
#include "runtime/stage_fakes.h"

namespace reelbatch::runtime {
namespace {

using components::UnitsFrom;
using contracts::BatchFailure;
using contracts::FailureClass;
using fakes::FakeVideo;
using fakes::HashModel;
using fakes::Scene;
using testing::HasSubstr;

constexpr size_t kStages = 5;

struct Play {
  explicit Play(const std::vector<FakeVideo>& videos) : scene(videos) {
    scene.options.stall_timeout = std::chrono::milliseconds(0);
    scene.options.batching.devices = {{.memory = planning::MemoryKind::kRam, .total_mb = 1 << 16}};
    for (size_t k = 0; k < kStages; ++k) models.push_back(std::make_unique<HashModel>(k));
    Add("finder", "find", "", UnitsFrom::kSource);
    Add("finder", "crops", "find", UnitsFrom::kStage);
    Add("finder", "points", "crops", UnitsFrom::kStage);
    Add("joiner", "", "", UnitsFrom::kResults);
    Add("seeker", "", "", UnitsFrom::kSeek);
  }

  void Add(const char* component, const char* stage, const char* after, UnitsFrom from) {
    const size_t place = scene.options.batching.models.size();
    scene.options.batching.models.push_back(
        {.component = component,
         .stage = stage,
         .after = after,
         .from = from,
         .model = fakes::Borrowed(*models[place]),
         .cost = [this](const contracts::BatchKey&) -> base::Result<planning::BatchCost> {
           return planning::BatchCost{.memory = planning::MemoryKind::kRam,
                                      .max_batch = max_batch,
                                      .fixed_ms = 1,
                                      .ms_per_unit = 1,
                                      .mb_per_unit = 1};
         }});
  }

  RunDependencies Dependencies() {
    RunDependencies dependencies = DependenciesOf(scene.world);
    const auto others = dependencies.make_components;
    dependencies.make_components = [this, others](const MakeRequest& request) {
      auto made = others(request);
      auto finder = std::make_unique<fakes::Finder>();
      finder->on_feed = on_feed;
      made.push_back(std::move(finder));
      auto seeker = std::make_unique<fakes::Seeker>();
      seeker->request = seek;
      made.push_back(std::move(seeker));
      made.push_back(std::make_unique<fakes::Joiner>());
      return made;
    };
    dependencies.specs = {{.name = "finder", .needs = {}, .uses = {}},
                          {.name = "seeker", .needs = {"finder"}, .uses = {}},
                          {.name = "joiner", .needs = {"finder"}, .uses = {"seeker"}}};
    dependencies.open_seek = [world = scene.world](const std::filesystem::path& path,
                                                   const media::ReaderOptions& options)
        -> base::Result<std::unique_ptr<media::SeekReader>> {
      return std::make_unique<fakes::FakeSeekReader>(world->videos.at(path.string()), options);
    };
    return dependencies;
  }

  RunReport Go() {
    return Run(scene.inputs, scene.options, Dependencies(), scene.sink, nullptr, scene.clock,
               scene.cancel);
  }

  void Serial() {
    scene.options.batching.policy.rule = planning::BatchRule::kFixed;
    scene.options.batching.policy.fixed_batch = 1;
    scene.options.videos_in_flight = 1;
  }

  /// What every video got, as text.
  std::vector<std::string> Texts() {
    std::vector<std::string> texts;
    for (const Input& input : scene.inputs) {
      const contracts::VideoOutcome outcome = scene.sink.outcome(input.id);
      std::string text = fakes::TextOf(outcome);
      for (const auto& [name, result] : outcome.results) text += "\n" + name + ": " + result.meta;
      for (const auto& [name, fault] : outcome.component_faults)
        text += "\n" + name + " failed: " + fault.reason;
      texts.push_back(std::move(text));
    }
    return texts;
  }

  int max_batch = 8;
  std::function<base::Status()> on_feed = [] { return base::Status(); };
  components::SeekRequest seek = {};
  std::vector<std::unique_ptr<HashModel>> models;
  Scene scene;
};

const std::vector<FakeVideo> kVideos = {{.frames = 25},
                                        {.width = 66, .frames = 7},
                                        {.width = 68, .frames = 40},
                                        {.width = 70, .frames = 1}};

std::vector<std::string> Oracle(const std::vector<FakeVideo>& videos) {
  Play serial(videos);
  serial.Serial();
  EXPECT_EQ(serial.Go().end, RunEnd::kFinished);
  return serial.Texts();
}

TEST(RunStages, BatchesGiveWhatOneUnitAtATimeGives) {
  const auto oracle = Oracle(kVideos);
  for (const std::string& text : oracle) {
    EXPECT_THAT(text, HasSubstr("finder: "));
    EXPECT_THAT(text, HasSubstr("seeker: "));
    EXPECT_THAT(text, HasSubstr("joiner: "));
    EXPECT_THAT(text, Not(HasSubstr("failed")));
  }
  int64_t largest = 0;
  for (const int lanes : {1, 2, 4}) {
    for (const int batch : {1, 3, 8}) {
      for (const int executors : {1, 3}) {
        Play play(kVideos);
        play.max_batch = batch;
        play.scene.options.videos_in_flight = lanes;
        play.scene.options.threads = lanes;
        play.scene.options.batching.devices.front().lanes = executors;
        EXPECT_EQ(play.Go().end, RunEnd::kFinished);
        EXPECT_EQ(play.Texts(), oracle) << lanes << " lanes, batch " << batch;
        for (const auto& model : play.models) largest = std::max(largest, model->largest());
      }
    }
  }
  EXPECT_GT(largest, 2);
}

/// The clock stands still: nothing here waits for max_queue_delay.
TEST(RunStages, NoDeadlockWithRoomForOneFrameOneLaneAndThreeStages) {
  const auto oracle = Oracle(kVideos);
  for (const int64_t bytes :
       {int64_t{1}, int64_t{8}, int64_t{fakes::Finder::kKept} + 8, int64_t{600}, int64_t{3000}}) {
    for (const int lanes : {1, 2}) {
      for (const int executors : {1, 2}) {
        Play play(kVideos);
        play.scene.options.videos_in_flight = lanes;
        play.scene.options.batching.unit_bytes = bytes;
        play.scene.options.batching.devices.front().lanes = executors;
        EXPECT_EQ(play.Go().end, RunEnd::kFinished);
        EXPECT_EQ(play.Texts(), oracle) << bytes << " bytes, " << lanes << " lanes";
      }
    }
  }
}

/// Every pattern of memory running out over the first eight batches of every stage.
TEST(RunStages, WhateverRunsOutOfMemoryTheResultsAreTheSame) {
  const std::vector<FakeVideo> videos = {{.frames = 20}, {.width = 66, .frames = 9}};
  const auto oracle = Oracle(videos);
  for (size_t stage = 0; stage < kStages; ++stage) {
    for (unsigned pattern = 1; pattern < 256; ++pattern) {
      Play play(videos);
      play.scene.clock.Move();  // pieces wait for two seconds
      play.models[stage]->fails = [pattern](int batch,
                                            size_t units) -> std::optional<BatchFailure> {
        if (units < 2 || batch >= 8 || (pattern >> batch & 1U) == 0) return std::nullopt;
        return BatchFailure{.failure = FailureClass::kCapacity, .evidence = "out of memory"};
      };
      EXPECT_EQ(play.Go().end, RunEnd::kFinished);
      ASSERT_EQ(play.Texts(), oracle) << "stage " << stage << ", pattern " << pattern;
    }
  }
}

TEST(RunStages, AStageThatFailsFailsWhatFollows) {
  for (size_t stage = 0; stage < 3; ++stage) {
    Play play(kVideos);
    play.models[stage]->fails = [](int, size_t) {
      return BatchFailure{.failure = FailureClass::kBadResponse, .evidence = "another shape"};
    };
    EXPECT_EQ(play.Go().end, RunEnd::kFinished);
    for (const Input& input : play.scene.inputs) {
      const contracts::VideoOutcome outcome = play.scene.sink.outcome(input.id);
      EXPECT_TRUE(outcome.results.contains("fake"));
      if (outcome.component_faults.empty()) continue;  // it had no units for this stage
      EXPECT_THAT(outcome.component_faults.at("finder").reason, HasSubstr("another shape"));
      EXPECT_EQ(outcome.component_faults.at("joiner").reason, "needs finder, which failed");
      EXPECT_EQ(outcome.component_faults.at("seeker").code,
                contracts::FaultCode::kDependencyMissing);
    }
    EXPECT_TRUE(play.scene.sink.outcome(2).component_faults.contains("finder")) << stage;
  }
}

TEST(RunStages, AFeederThatFailsIsAFaultOfItsComponent) {
  Play play(kVideos);
  play.on_feed = [] { return base::Fail(base::Code::kInternal, "no such box"); };
  EXPECT_EQ(play.Go().end, RunEnd::kFinished);
  for (const Input& input : play.scene.inputs) {
    const contracts::VideoOutcome outcome = play.scene.sink.outcome(input.id);
    EXPECT_THAT(outcome.component_faults.at("finder").reason, HasSubstr("no such box"));
    EXPECT_EQ(outcome.component_faults.at("finder").code, contracts::FaultCode::kComponentFailed);
    EXPECT_TRUE(outcome.results.contains("fake"));
  }
}

TEST(RunStages, AFeederThatHangsIsGivenUp) {
  const std::vector<FakeVideo> one = {{.frames = 3}};
  Play play(one);
  play.scene.options.stall_timeout = std::chrono::seconds(1);
  const auto gate = std::make_shared<fakes::Gate>();
  play.on_feed = [gate, &play]() -> base::Status {
    play.scene.clock.Move();
    gate->HangHere();
    gate->Leave();
    return {};
  };
  const RunReport report = play.Go();
  EXPECT_EQ(report.end, RunEnd::kFinished);
  EXPECT_EQ(report.lanes_given_up, 1);
  const contracts::VideoOutcome outcome = play.scene.sink.outcome(0);
  EXPECT_THAT(outcome.component_faults.at("finder").reason, HasSubstr("did not come back"));
  EXPECT_TRUE(outcome.results.contains("fake"));
  gate->Open();
  gate->AwaitLeave();
}

TEST(RunStages, AFileThatCannotBeSoughtFailsOnlyWhoSeeks) {
  Play play(kVideos);
  RunDependencies dependencies = play.Dependencies();
  dependencies.open_seek =
      [](const std::filesystem::path&,
         const media::ReaderOptions&) -> base::Result<std::unique_ptr<media::SeekReader>> {
    return base::Fail(base::Code::kIo, "disk gone");
  };
  const RunReport report =
      runtime::Run(play.scene.inputs, play.scene.options, dependencies, play.scene.sink, nullptr,
                   play.scene.clock, play.scene.cancel);
  EXPECT_EQ(report.end, RunEnd::kFinished);
  int failed = 0;
  for (const Input& input : play.scene.inputs) {
    const contracts::VideoOutcome outcome = play.scene.sink.outcome(input.id);
    EXPECT_TRUE(outcome.results.contains("finder"));
    EXPECT_TRUE(outcome.results.contains("joiner")) << "it uses what seeks, and does not need it";
    if (outcome.component_faults.empty()) continue;  // it wanted no picture
    EXPECT_THAT(outcome.component_faults.at("seeker").reason, HasSubstr("disk gone"));
    ++failed;
  }
  EXPECT_GT(failed, 0);
}

TEST(RunStages, AStoppedRunEndsInTheMiddleOfEverything) {
  const int stages = static_cast<int>(kStages);
  for (int stop_at = 0; stop_at < 3 * stages; ++stop_at) {
    Play play(kVideos);
    HashModel& model = *play.models[static_cast<size_t>(stop_at % stages)];
    model.fails = [&, at = stop_at / stages](int batch, size_t) -> std::optional<BatchFailure> {
      if (batch == at) play.scene.cancel.Cancel();
      return std::nullopt;
    };
    const RunReport report = play.Go();
    EXPECT_TRUE(report.end == RunEnd::kCancelled || report.end == RunEnd::kFinished);
    EXPECT_EQ(play.scene.sink.protocol_errors(), 0);
  }
}

}  // namespace
}  // namespace reelbatch::runtime
