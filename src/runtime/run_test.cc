#include "runtime/run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runtime/run_fakes.h"

namespace reelbatch::runtime {
namespace {

using fakes::FakeVideo;
using fakes::Scene;
using fakes::Trouble;
using testing::HasSubstr;
using testing::StartsWith;

/// Video `i` of many different ones; some damaged, some broken, some short.
FakeVideo Assorted(int i) {
  FakeVideo video{
      .duration_s = 1.0 + i % 13, .width = 1000 + i, .height = 10 + i % 7, .frames = i % 40};
  if (i % 11 == 3) video.trouble = Trouble::kDamaged;
  if (i % 17 == 5) video.trouble = Trouble::kNextFails;
  if (i % 19 == 7) video.trouble = Trouble::kProbeFails;
  if (i % 23 == 9) video.trouble = Trouble::kComponentThrows;
  return video;
}

std::vector<FakeVideo> ManyAssorted(int count) {
  std::vector<FakeVideo> videos;
  videos.reserve(static_cast<size_t>(count));
  for (int i = 0; i < count; ++i) videos.push_back(Assorted(i));
  return videos;
}

TEST(Run, NothingToDoIsFinished) {
  Scene scene({});
  const RunReport report = scene.Go();
  EXPECT_EQ(report.end, RunEnd::kFinished);
  EXPECT_EQ(report.totals.videos_total, 0);
}

TEST(Run, LongestFirstWhateverTheOrderOfTheInputs) {
  Scene scene(
      {{.duration_s = 1}, {.duration_s = 9}, {.duration_s = 1}, {.duration_s = 2, .width = 6400}});
  const RunReport report = scene.Go();
  EXPECT_EQ(report.end, RunEnd::kFinished);
  EXPECT_EQ(scene.sink.order(), (std::vector<int>{3, 1, 0, 2}));
  EXPECT_EQ(report.totals.videos_done, 4);
  EXPECT_EQ(report.totals.videos_failed, 0);
  EXPECT_EQ(report.totals.frames_done, 100);
  EXPECT_DOUBLE_EQ(report.totals.media_s_done, 13);
  EXPECT_DOUBLE_EQ(report.totals.media_s_total, 13);
}

TEST(Run, VideosAreFastAsLongAsTheRestComesTooLate) {
  // 30 + 20 + 10 s of work on one core, 25 s of time: each of the first two begins too late, the
  // last one does not.
  Scene scene({{.width = 30}, {.width = 20}, {.width = 10}});
  scene.options.threads = 1;
  scene.options.batching.policy.deadline = scene.clock.Steady() + std::chrono::seconds(25);
  scene.options.expect = [](const contracts::VideoInfo& info) {
    return VideoTime{.ms = 1e3 * info.width, .fast_ms = 1e3};
  };
  scene.Go();
  EXPECT_EQ(scene.sink.order(), (std::vector<int>{0, 1, 2})) << "the longest first";
  EXPECT_EQ(scene.world->made_fast, 2);
}

TEST(Run, AnOutcomeCarriesInfoReportAndTimes) {
  Scene scene({{.width = 320, .height = 240, .frames = 30}});
  scene.Go();
  const auto outcome = scene.sink.outcome(0);
  EXPECT_EQ(outcome.status, contracts::VideoStatus::kSuccess);
  EXPECT_EQ(outcome.info.value_or(contracts::VideoInfo{}).width, 320);
  EXPECT_EQ(outcome.decode.value_or(contracts::DecodeReport{}).frames_decoded, 30);
  EXPECT_EQ(fakes::FramesOf(outcome).size(), 30U);
  EXPECT_EQ(outcome.started_at_ns, 1'700'000'000'000'000'000);
  EXPECT_EQ(outcome.finished_at_ns, 1'700'000'000'000'000'000);
}

TEST(Run, FewerThanTwoFramesAreTooShort) {
  Scene scene({{.frames = 0}, {.frames = 1}, {.frames = 2}});
  const RunReport report = scene.Go();
  EXPECT_EQ(scene.sink.texts().at(0), "empty too_short");
  EXPECT_EQ(scene.sink.texts().at(1), "empty too_short 0");
  EXPECT_EQ(scene.sink.texts().at(2), "success 0 1");
  EXPECT_EQ(report.totals.videos_failed, 0);
}

TEST(Run, AStartBehindTheLastFrameIsAFailureOfThatVideo) {
  Scene scene({{.duration_s = 1, .frames = 25}, {.duration_s = 2, .frames = 50}, {.frames = 0}});
  scene.options.sampling.start_s = 1.5;
  const RunReport report = scene.Go();
  EXPECT_THAT(scene.sink.texts().at(0),
              HasSubstr("video_unreadable the range starts at 1.5 s (--start), which is at or "
                        "after its end (1.0 s)"));
  EXPECT_THAT(scene.sink.texts().at(1), StartsWith("success"));
  EXPECT_EQ(scene.sink.texts().at(2), "empty too_short");
  EXPECT_EQ(report.totals.videos_failed, 1);
}

TEST(Run, OneBrokenVideoNeverStopsTheOthers) {
  const std::vector<std::pair<Trouble, std::string>> troubles = {
      {Trouble::kProbeFails, "error video_unreadable moov atom not found"},
      {Trouble::kProbeThrows, "error component_failed unexpected exception: probe exploded"},
      {Trouble::kOpenFails, "error video_unreadable disk gone"},
      {Trouble::kNextFails, "error video_unreadable no frame could be decoded"},
      {Trouble::kNextThrows, "error component_failed unexpected exception: decoder exploded"},
      {Trouble::kNextRunsOutOfMemory, "error insufficient_memory an allocation failed"},
      {Trouble::kComponentThrows, "error component_failed fake: unexpected exception: bug"},
      {Trouble::kComponentFails, "error component_failed fake: bad knob"},
      {Trouble::kMakeThrows, "error insufficient_memory components: an allocation failed"},
  };
  for (const int threads : {1, 4}) {
    for (const auto& [trouble, text] : troubles) {
      Scene scene({{}, {.width = 500, .trouble = trouble}, {}, {}});
      scene.options.threads = threads;
      const RunReport report = scene.Go();
      EXPECT_EQ(report.end, RunEnd::kFinished);
      EXPECT_EQ(report.totals.videos_done, 4);
      EXPECT_EQ(report.totals.videos_failed, 1);
      EXPECT_THAT(scene.sink.texts().at(1), StartsWith(text));
      EXPECT_THAT(scene.sink.texts().at(3), StartsWith("success"));
      EXPECT_EQ(scene.sink.protocol_errors(), 0);
    }
  }
}

TEST(Run, DecodeErrorsWithFrameThreadsMeanOnceMoreWithOne) {
  Scene scene({{.trouble = Trouble::kDamaged}});
  scene.options.threads = 4;
  const RunReport report = scene.Go();
  EXPECT_EQ(scene.world->opens, 2);
  EXPECT_EQ(scene.world->opened_with_threads, 1);
  EXPECT_THAT(scene.sink.texts().at(0), StartsWith("success 1000 1001 1002"));
  EXPECT_EQ(fakes::FramesOf(scene.sink.outcome(0)).size(), 25U);
  EXPECT_EQ(report.totals.frames_done, 25);
}

TEST(Run, ASoundVideoIsDecodedOnceWithAllThreads) {
  Scene scene(std::vector<FakeVideo>(1));
  scene.options.threads = 4;
  scene.Go();
  EXPECT_EQ(scene.world->opens, 1);
  EXPECT_EQ(scene.world->opened_with_threads, 1);
}

TEST(Run, ResultsDoNotDependOnThreadsOrLanes) {
  std::map<int, std::string> expected;
  for (const auto& [threads, lanes] :
       std::vector<std::pair<int, int>>{{1, 1}, {2, 0}, {8, 0}, {2, 7}, {8, 2}}) {
    Scene scene(ManyAssorted(60));
    scene.options.threads = threads;
    scene.options.videos_in_flight = lanes;
    EXPECT_EQ(scene.Go().end, RunEnd::kFinished);
    EXPECT_EQ(scene.sink.protocol_errors(), 0);
    if (expected.empty()) expected = scene.sink.texts();
    EXPECT_EQ(scene.sink.texts(), expected) << threads << " threads, " << lanes << " lanes";
    EXPECT_EQ(expected.size(), 60U);
  }
}

TEST(Run, TwoThousandVideosOnEightLanes) {
  Scene scene(ManyAssorted(2000));
  scene.options.threads = 8;
  const RunReport report = scene.Go();
  EXPECT_EQ(report.end, RunEnd::kFinished);
  EXPECT_EQ(report.totals.videos_done, 2000);
  EXPECT_EQ(scene.sink.texts().size(), 2000U);
  EXPECT_EQ(scene.sink.protocol_errors(), 0);
  EXPECT_EQ(report.totals.videos_in_flight, 0);
  EXPECT_DOUBLE_EQ(report.totals.media_s_done, report.totals.media_s_total);
}

TEST(Run, MoreLanesThanThreadsShareThePermits) {
  Scene scene(std::vector<FakeVideo>(12, FakeVideo{.frames = 100}));
  scene.options.threads = 2;
  scene.options.videos_in_flight = 6;
  EXPECT_EQ(scene.Go().end, RunEnd::kFinished);
  EXPECT_LE(scene.world->in_next.highest(), 2);
  EXPECT_EQ(scene.sink.order().size(), 12U);
}

TEST(Run, TheMemoryBoundIsNeverExceeded) {
  std::vector<FakeVideo> videos;
  videos.reserve(40);
  for (int i = 0; i < 40; ++i) {
    videos.push_back({.width = 320 + 160 * (i % 8), .height = 240 + 90 * (i % 8), .frames = 40});
  }
  Scene scene(videos);
  scene.options.threads = 4;
  scene.options.videos_in_flight = 8;
  scene.options.max_memory_bytes = 5 * VideoBytes(fakes::InfoOf(videos[0]), {}, 1);
  const RunReport report = scene.Go();
  EXPECT_EQ(report.totals.videos_failed, 0);
  EXPECT_LE(scene.world->bytes.highest(), scene.options.max_memory_bytes);
  EXPECT_GT(scene.world->bytes.highest(), 0);
  EXPECT_EQ(scene.world->bytes.value(), 0);
}

TEST(Run, VideosThatOutgrowTheirHeadersStayWithinTheMemoryBound) {
  std::vector<FakeVideo> videos(12, {.width = 640, .height = 360, .trouble = Trouble::kGrows});
  Scene scene(videos);
  scene.options.threads = 4;
  scene.options.videos_in_flight = 8;
  scene.options.max_memory_bytes =
      2 * VideoBytes(fakes::InfoOf({.width = 1280, .height = 720}), {}, 1);
  const RunReport report = scene.Go();
  EXPECT_EQ(report.totals.videos_failed, 0);
  EXPECT_LE(scene.world->bytes.highest(), scene.options.max_memory_bytes);
  EXPECT_EQ(scene.world->bytes.value(), 0);
}

TEST(Run, AVideoThatOutgrowsTheWholeBudgetIsRefusedByName) {
  Scene scene({{.width = 640, .height = 360, .trouble = Trouble::kGrows}, {.width = 64}});
  scene.options.max_memory_bytes =
      VideoBytes(fakes::InfoOf({.width = 1280, .height = 720}), {}, 1) - 1;
  const RunReport report = scene.Go();
  EXPECT_EQ(report.totals.videos_failed, 1);
  EXPECT_THAT(scene.sink.texts().at(0),
              StartsWith("error insufficient_memory decoding 1280x720 needs about "));
  EXPECT_THAT(scene.sink.texts().at(1), StartsWith("success"));
}

TEST(Run, AVideoBeyondTheWholeBudgetIsRefusedByName) {
  Scene scene({{.width = 64}, {.width = 16384, .height = 16384}});
  scene.options.max_memory_bytes = 2 * VideoBytes(fakes::InfoOf({.width = 64}), {}, 1);
  const RunReport report = scene.Go();
  EXPECT_EQ(report.totals.videos_failed, 1);
  EXPECT_THAT(scene.sink.texts().at(1),
              StartsWith("error insufficient_memory decoding 16384x16384 needs about "));
  EXPECT_THAT(scene.sink.texts().at(1), HasSubstr("raise the limit (max-memory)"));
  EXPECT_THAT(scene.sink.texts().at(0), StartsWith("success"));
}

TEST(Run, FinishedWorkIsSkipped) {
  Scene scene(std::vector<FakeVideo>(6));
  scene.sink.finished = {0, 1, 2, 3};
  scene.sink.likely = {0, 1, 4};
  scene.options.threads = 2;
  const RunReport report = scene.Go();
  EXPECT_EQ(report.totals.videos_skipped, 4);
  EXPECT_EQ(report.totals.videos_done, 6);
  EXPECT_EQ(scene.sink.order().size(), 2U);
  EXPECT_EQ(scene.world->probes, 4);  // the two likely and finished ones were not opened
  EXPECT_EQ(scene.world->opens, 2);
  EXPECT_EQ(scene.sink.protocol_errors(), 0);
  EXPECT_DOUBLE_EQ(report.totals.media_s_total, 2);
  EXPECT_DOUBLE_EQ(report.totals.media_s_done, 2);
}

TEST(Run, AComponentThatIsDoneIsNotMade) {
  for (const bool likely : {false, true}) {
    Scene scene({{.width = 320}, {.width = 640}});
    if (likely) scene.sink.likely = {0};
    scene.sink.done[0] = {"fake"};
    scene.Go();
    EXPECT_EQ(scene.sink.outcome(0).status, contracts::VideoStatus::kSuccess);
    EXPECT_FALSE(scene.sink.outcome(0).results.contains("fake"));
    EXPECT_TRUE(scene.sink.outcome(1).results.contains("fake"));
  }
}

/// Its result: the frames that "fake" saw, which closes before it or was loaded.
class Taker final : public components::Component {
 public:
  std::string_view name() const override { return "taker"; }
  base::Status Open(const contracts::VideoInfo&) override { return {}; }
  std::unique_ptr<components::FrameMeter> MakeMeter(components::SharedFlows&) const override {
    return std::make_unique<fakes::FakeMeter>(Trouble::kNone);
  }
  base::Status Take(const image::FrameStamp&, components::FrameMeasure&) override { return {}; }
  base::Status Close(const contracts::DecodeReport&, contracts::VideoOutcome& outcome) override {
    const auto taken = outcome.results.find("fake");
    if (taken == outcome.results.end()) return base::Fail(base::Code::kContract, "nothing there");
    outcome.results["taker"] = taken->second;
    return {};
  }
};

class RunLoaded : public ::testing::Test {
 protected:
  RunReport Go() {
    RunDependencies dependencies = fakes::DependenciesOf(scene_.world);
    dependencies.make_components = [](const MakeRequest&) {
      std::vector<std::unique_ptr<components::Component>> made;
      made.push_back(std::make_unique<fakes::FakeComponent>(Trouble::kNone));
      made.push_back(std::make_unique<Taker>());
      return made;
    };
    return runtime::Run(scene_.inputs, scene_.options, dependencies, scene_.sink, nullptr,
                        scene_.clock, scene_.cancel);
  }
  std::vector<int32_t> Taken(int id) const {
    const auto outcome = scene_.sink.outcome(id);
    return contracts::ArrayOf<int32_t>(outcome.results.at("taker"), "frame_indices");
  }

  Scene scene_{std::vector<FakeVideo>(2, {.frames = 3})};
};

TEST_F(RunLoaded, AVideoThatStartsOverTakesThemAgain) {
  scene_.world->videos["0"].trouble = Trouble::kDamaged;
  scene_.options.threads = 4;
  scene_.options.videos_in_flight = 1;
  scene_.sink.done[0] = {"fake"};
  LoadedWork& loaded = scene_.sink.loaded[0];
  loaded.done = {"fake"};
  loaded.results["fake"].arrays = {contracts::MakeTensor("frame_indices", std::vector<int32_t>{7})};
  Go();
  EXPECT_EQ(Taken(0), std::vector<int32_t>{7});
}

TEST_F(RunLoaded, AResultThatIsDoneIsTakenFromTheSink) {
  scene_.sink.done[0] = {"fake"};
  LoadedWork& loaded = scene_.sink.loaded[0];
  loaded.done = {"fake"};
  loaded.results["fake"].arrays = {
      contracts::MakeTensor("frame_indices", std::vector<int32_t>{7, 8})};
  Go();
  EXPECT_EQ(scene_.sink.outcome(0).status, contracts::VideoStatus::kSuccess);
  EXPECT_EQ(Taken(0), (std::vector<int32_t>{7, 8}));
  EXPECT_EQ(Taken(1), (std::vector<int32_t>{0, 1, 2}));
  EXPECT_EQ(scene_.sink.loads(), 2);
}

TEST_F(RunLoaded, WhatCannotBeLoadedIsComputed) {
  scene_.sink.done[0] = {"fake"};
  scene_.sink.loaded[0] = {};
  Go();
  EXPECT_EQ(Taken(0), (std::vector<int32_t>{0, 1, 2}));
}

TEST_F(RunLoaded, NoMemoryForAResultIsThatVideosFault) {
  scene_.sink.done[0] = {"fake"};
  scene_.sink.load_errors[0] = {.code = base::Code::kOutOfMemory, .message = "too much"};
  const RunReport report = Go();
  EXPECT_EQ(report.end, RunEnd::kFinished);
  EXPECT_EQ(scene_.sink.texts().at(0), "error insufficient_memory too much");
  EXPECT_EQ(scene_.sink.outcome(1).status, contracts::VideoStatus::kSuccess);
}

TEST_F(RunLoaded, ASinkThatFailsToLoadEndsTheRun) {
  scene_.sink.done[0] = {"fake"};
  scene_.sink.load_errors[0] = {.code = base::Code::kUnavailable, .message = "no state"};
  EXPECT_EQ(Go().end, RunEnd::kSinkFailed);
}

TEST(Run, ASourceTheSinkCannotReadIsThatVideosFault) {
  Scene scene(std::vector<FakeVideo>(3));
  scene.sink.begin_errors[1] = {.code = base::Code::kIo, .message = "permission denied"};
  scene.sink.begin_errors[2] = scene.sink.begin_errors[1];
  scene.sink.likely = {2};
  const RunReport report = scene.Go();
  EXPECT_EQ(report.end, RunEnd::kFinished);
  EXPECT_EQ(report.totals.videos_failed, 2);
  EXPECT_EQ(scene.sink.texts().at(1), "error video_unreadable permission denied");
  EXPECT_EQ(scene.sink.texts().at(2), "error video_unreadable permission denied");
  EXPECT_EQ(scene.sink.protocol_errors(), 0);
}

/// Counts, and notices when two threads call it at once.
class CountingObserver final : public RunObserver {
 public:
  void OnProgress(const Progress& progress) override {
    Inside();
    last = progress;
  }
  void OnVideoDone(const Input& input, const contracts::VideoOutcome&) override {
    Inside();
    ids.push_back(input.id);  // not locked: the run promises one thread at a time
  }
  std::vector<int> ids;
  Progress last;
  std::atomic<int> overlaps{0};

 private:
  void Inside() {
    if (inside_.exchange(true)) ++overlaps;
    std::this_thread::yield();
    inside_ = false;
  }
  std::atomic<bool> inside_{false};
};

TEST(Run, TheObserverIsToldOnceEachByOneThreadAtATime) {
  Scene scene(ManyAssorted(100));
  scene.options.threads = 4;
  CountingObserver observer;
  EXPECT_EQ(scene.Go(&observer).end, RunEnd::kFinished);
  EXPECT_EQ(observer.overlaps, 0);
  EXPECT_EQ(std::set<int>(observer.ids.begin(), observer.ids.end()).size(), 100U);
  EXPECT_EQ(observer.ids.size(), 100U);
  EXPECT_EQ(observer.last.videos_done, 100);
  EXPECT_EQ(observer.last.videos_total, 100);
}

class BrokenObserver final : public RunObserver {
 public:
  void OnProgress(const Progress&) override {}
  void OnVideoDone(const Input&, const contracts::VideoOutcome&) override {
    ++calls;
    throw std::runtime_error("a broken progress bar");
  }
  int calls = 0;
};

TEST(Run, ABrokenObserverIsSwitchedOff) {
  Scene scene(std::vector<FakeVideo>(3));
  BrokenObserver observer;
  const RunReport report = scene.Go(&observer);
  EXPECT_EQ(report.end, RunEnd::kFinished);
  EXPECT_EQ(report.totals.videos_done, 3);
  EXPECT_EQ(observer.calls, 1);
  EXPECT_NE(report.observer_error, "");
}

}  // namespace
}  // namespace reelbatch::runtime
