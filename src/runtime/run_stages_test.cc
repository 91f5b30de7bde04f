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
      seeker->fails = seek_fails;
      made.push_back(std::move(seeker));
      auto joiner = std::make_unique<fakes::Joiner>();
      joiner->on_results = on_results;
      made.push_back(std::move(joiner));
      return made;
    };
    dependencies.specs = {{.name = "finder", .needs = {}, .uses = {}},
                          {.name = "seeker", .needs = {"finder"}, .uses = {}},
                          {.name = "joiner", .needs = {"finder"}, .uses = {"seeker"}}};
    dependencies.open_audio =
        [this](const std::filesystem::path&,
               const media::AudioOptions&) -> base::Result<std::unique_ptr<media::AudioSource>> {
      if (!has_sound) return nullptr;
      return std::make_unique<fakes::FakeSilence>();
    };
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

  /// What a video got.
  std::string TextOf(int id) const {
    const contracts::VideoOutcome outcome = scene.sink.outcome(id);
    std::string text = fakes::TextOf(outcome);
    for (const auto& [name, result] : outcome.results) text += "\n" + name + ": " + result.meta;
    for (const auto& [name, fault] : outcome.component_faults)
      text += "\n" + name + " failed: " + fault.reason;
    return text;
  }
  std::vector<std::string> Texts() const {
    std::vector<std::string> texts;
    for (const Input& input : scene.inputs) texts.push_back(TextOf(input.id));
    return texts;
  }

  int max_batch = 8;
  fakes::Hook on_feed = fakes::kNoHook;
  fakes::Hook on_results = fakes::kNoHook;
  components::SeekRequest seek = {};
  std::string seek_fails = {};
  bool has_sound = true;
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

TEST(RunStages, WhatFollowsNothingIsEmpty) {
  const std::vector<FakeVideo> one = {{.frames = 1}};
  Play play(one);
  EXPECT_EQ(play.Go().end, RunEnd::kFinished);
  const contracts::VideoOutcome outcome = play.scene.sink.outcome(0);
  EXPECT_EQ(outcome.status, contracts::VideoStatus::kEmpty);
  for (const char* const name : {"fake", "finder", "seeker", "joiner"}) {
    ASSERT_TRUE(outcome.component_empty.contains(name)) << name;
    EXPECT_EQ(outcome.component_empty.at(name), contracts::EmptyReason::kVideoTooShort);
  }
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
  play.on_feed = [](components::UnitSink&) {
    return base::Fail(base::Code::kInternal, "no such box");
  };
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
  play.on_feed = [gate, &play](components::UnitSink&) -> base::Status {
    play.scene.clock.Move();
    gate->HangHere();
    gate->Leave();
    return {};
  };
  const RunReport report = play.Go();
  EXPECT_EQ(report.end, RunEnd::kFinished);
  EXPECT_EQ(report.lanes_given_up, 1);
  const contracts::VideoOutcome outcome = play.scene.sink.outcome(0);
  EXPECT_THAT(outcome.component_faults.at("finder").reason,
              HasSubstr("did not return while it made units"));
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

/// Wherever it stops, what it has committed is whole.
TEST(RunStages, AStoppedRunCommitsNothingHalf) {
  const auto oracle = Oracle(kVideos);
  const auto check = [&](Play& play, const std::string& where) {
    const RunReport report = play.Go();
    EXPECT_TRUE(report.end == RunEnd::kCancelled || report.end == RunEnd::kFinished) << where;
    EXPECT_EQ(play.scene.sink.protocol_errors(), 0) << where;
    for (const int id : play.scene.sink.order())
      EXPECT_EQ(play.TextOf(id), oracle[static_cast<size_t>(id)]) << where;
  };
  for (size_t stage = 0; stage < kStages; ++stage) {
    for (int at = 0; at < 3; ++at) {
      Play play(kVideos);
      play.models[stage]->fails = [&play, at](int batch, size_t) -> std::optional<BatchFailure> {
        if (batch == at) play.scene.cancel.Cancel();
        return std::nullopt;
      };
      check(play, "stage " + std::to_string(stage));
    }
  }
  for (int call = 0; call < 12; ++call) {
    for (const bool in_feeder : {true, false}) {
      Play play(kVideos);
      // Calls come from several threads.
      const auto calls = std::make_shared<std::atomic<int>>(0);
      const auto stop = [&play, calls, call](components::UnitSink& sink) {
        if (calls->fetch_add(1) == call) {
          play.scene.cancel.Cancel();
          while (sink.Push(fakes::BytesOf(0))) std::this_thread::yield();
        }
        return base::Status();
      };
      (in_feeder ? play.on_feed : play.on_results) = stop;
      check(play, (in_feeder ? "feed " : "results ") + std::to_string(call));
    }
  }
}

TEST(RunStages, WhatSeeksMayFailInEveryCall) {
  for (const std::string call : {"want", "picture", "sound", "end"}) {
    Play play(kVideos);
    play.seek.sound = {{.begin = 0, .end = 100}};
    play.seek_fails = call;
    EXPECT_EQ(play.Go().end, RunEnd::kFinished);
    int failed = 0;
    for (const Input& input : play.scene.inputs) {
      const contracts::VideoOutcome outcome = play.scene.sink.outcome(input.id);
      EXPECT_TRUE(outcome.results.contains("finder"));
      EXPECT_TRUE(outcome.results.contains("joiner"));
      if (outcome.component_faults.empty()) continue;
      EXPECT_EQ(outcome.component_faults.size(), 1U);
      EXPECT_THAT(outcome.component_faults.at("seeker").reason, HasSubstr("cannot " + call));
      ++failed;
    }
    EXPECT_GT(failed, 0) << call;
  }
}

TEST(RunStages, SoundThatIsNotThereFailsOnlyWhoSeeksIt) {
  Play play(kVideos);
  play.seek.sound = {{.begin = 0, .end = 100}};
  play.has_sound = false;
  EXPECT_EQ(play.Go().end, RunEnd::kFinished);
  const contracts::VideoOutcome outcome = play.scene.sink.outcome(0);
  EXPECT_THAT(outcome.component_faults.at("seeker").reason, HasSubstr("has no sound"));
  EXPECT_TRUE(outcome.results.contains("joiner"));
}

/// With two decoder threads a damaged video is decoded once more: what was pushed at first is
/// dropped wherever it is.
TEST(RunStages, AVideoThatStartsOverGivesTheSame) {
  std::vector<FakeVideo> videos = kVideos;
  videos[0].trouble = fakes::Trouble::kDamaged;
  videos[2].trouble = fakes::Trouble::kDamaged;
  const auto oracle = Oracle(videos);
  Play play(videos);
  play.scene.options.threads = 8;
  play.scene.options.videos_in_flight = 2;
  EXPECT_EQ(play.Go().end, RunEnd::kFinished);
  EXPECT_GT(play.scene.world->opened_with_threads, 0);
  EXPECT_EQ(play.Texts(), oracle);
}

TEST(RunStages, StagesThatDoNotFitTogetherAreAnError) {
  const auto reason = [](const std::function<void(std::vector<BatchModel>&)>& change) {
    const std::vector<FakeVideo> one = {{.frames = 3}};
    Play play(one);
    change(play.scene.options.batching.models);
    EXPECT_EQ(play.Go().end, RunEnd::kFinished);
    const auto fault = play.scene.sink.outcome(0).fault;
    return fault ? fault->reason : "it went well";
  };
  EXPECT_THAT(reason([](auto& models) { models[1].after = "fond"; }),
              HasSubstr("comes after 'fond', which is not an earlier stage"));
  EXPECT_THAT(reason([](auto& models) { models[1].after.clear(); }), HasSubstr("or neither"));
  EXPECT_THAT(reason([](auto& models) { models[2].from = UnitsFrom::kSource; }),
              HasSubstr("or neither"));
  EXPECT_THAT(reason([](auto& models) { models[2].stage = "crops"; }),
              HasSubstr("two stages 'crops'"));
  EXPECT_THAT(reason([](auto& models) { models[3].from = UnitsFrom::kSeek; }),
              HasSubstr("requests none"));
  EXPECT_THAT(reason([](auto& models) { models.erase(models.begin() + 1); }),
              HasSubstr("3 stages and models for 2"));
  EXPECT_THAT(reason([](auto& models) {
                models.push_back(models[4]);
                models[5].stage = "more";
              }),
              HasSubstr("1 stages and models for 2"));
}

/// The manifest tells of every component how its units were batched, also of those that had none.
TEST(RunStages, EveryComponentWithUnitsHasAReport) {
  Play play(kVideos);
  EXPECT_EQ(play.Go().end, RunEnd::kFinished);
  for (const Input& input : play.scene.inputs) {
    const auto batching = play.scene.sink.outcome(input.id).batching;
    EXPECT_EQ(batching.size(), 3U) << input.id;
  }
}

}  // namespace
}  // namespace reelbatch::runtime
