// reelbatch::Session as a host uses it, on clips that ffmpeg makes when the tests run.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <fstream>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "base/mutex.h"
#include "media/test_clips.h"
#include "reelbatch/session.h"

namespace reelbatch {
namespace {

using media::testing_clips::TempFolder;
using testing::Contains;
using testing::HasSubstr;
using testing::Key;

/// Two pictures, one second each: one hard cut at 1 s.
std::filesystem::path CutClip(const TempFolder& folder, const std::string& name = "cut.mp4") {
  return folder.Ffmpeg(
      "-f lavfi -i testsrc2=s=128x96:r=25:d=1 -f lavfi -i mandelbrot=s=128x96:r=25 "
      "-filter_complex '[1:v]trim=duration=1[b];[0:v][b]concat=n=2:v=1' "
      "-c:v libx264 -preset ultrafast -pix_fmt yuv420p",
      name);
}

/// Gives the mean of every picture.
Component Means(std::string name = "means") {
  return {.name = std::move(name),
          .width = 32,
          .height = 24,
          .every_s = 0.5,
          .shape = {1},
          .run = [](std::span<const UnitView> units) {
            std::vector<UnitAnswer> answers;
            for (const UnitView& unit : units) {
              double sum = 0;
              for (const std::byte value : unit.rgb) sum += std::to_integer<int>(value);
              answers.push_back({static_cast<float>(sum / static_cast<double>(unit.rgb.size()))});
            }
            return answers;
          }};
}

std::vector<float> FloatsOf(const VideoResult& result, const std::string& component,
                            const std::string& array) {
  for (const Array& each : result.components.at(component).arrays) {
    if (each.name != array) continue;
    std::vector<float> values(each.bytes.size() / sizeof(float));
    std::memcpy(values.data(), each.bytes.data(), each.bytes.size());
    return values;
  }
  return {};
}

ErrorCode CodeOf(SessionOptions options, const std::string& words) {
  const auto session = Session::Open(std::move(options));
  if (session) {
    ADD_FAILURE() << "it opened";
    return ErrorCode::kInternal;
  }
  EXPECT_THAT(session.error().Text(), HasSubstr(words));
  return session.error().code;
}

TEST(Session, FindsTheCutsOfASubmittedVideo) {
  const TempFolder folder;
  const auto clip = CutClip(folder);
  auto session = Session::Open({});
  ASSERT_TRUE(session) << session.error().Text();
  EXPECT_EQ(session->Submit(clip).value(), 0);
  session->Close();
  const auto result = session->Next();
  ASSERT_TRUE(result);
  EXPECT_EQ(result->id, 0);
  EXPECT_EQ(result->path, clip);
  EXPECT_EQ(result->status, VideoStatus::kSuccess);
  EXPECT_EQ(result->frames_decoded, 50);
  ASSERT_EQ(result->events.size(), 1U);
  EXPECT_EQ(result->events[0].type, "hard");
  EXPECT_NEAR(result->events[0].start_s, 1, 1e-6);
  EXPECT_EQ(result->shots.size(), 2U);
  EXPECT_THAT(result->components, Contains(Key("cut_detection")));
  EXPECT_FALSE(session->Next()) << "the session is closed and everything is done";
  const auto report = session->Wait();
  ASSERT_TRUE(report);
  EXPECT_EQ(report->totals.videos_done, 1);
  EXPECT_FALSE(report->cancelled);
  EXPECT_EQ(report->lost_threads, 0);
}

TEST(Session, TakesMoreVideosWhileItRuns) {
  const TempFolder folder;
  const auto clip = CutClip(folder);
  auto session = Session::Open({.threads = 2});
  ASSERT_TRUE(session);
  std::set<int64_t> ids;
  for (int round = 0; round < 5; ++round) {
    EXPECT_EQ(session->Submit({clip, clip}).value(), 2 * round);
    for (int k = 0; k < 2; ++k) ids.insert(session->Next().value().id);
  }
  EXPECT_EQ(ids.size(), 10U);
  EXPECT_EQ(session->Submit("").error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(session->Submit(std::vector<std::filesystem::path>()).error().code,
            ErrorCode::kInvalidArgument);
  EXPECT_EQ(session->Wait().value().totals.videos_total, 10);
  const auto late = session->Submit(clip);
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, ErrorCode::kInvalidArgument);
}

TEST(Session, ADamagedVideoSaysSo) {
  const TempFolder folder;
  const auto whole = folder.Ffmpeg(
      "-f lavfi -i testsrc2=s=64x48:r=25:d=4 -c:v libx264 -preset ultrafast -g 5", "whole.mkv");
  const std::string bytes = media::testing_clips::ReadAll(whole);
  auto session = Session::Open({});
  ASSERT_TRUE(session);
  ASSERT_TRUE(session->Submit({whole, folder.Write("cut.mkv", bytes.substr(0, bytes.size() / 2))}));
  session->Close();
  std::map<int64_t, VideoResult> results;
  while (auto result = session->Next()) results.emplace(result->id, *result);
  EXPECT_FALSE(results.at(0).damaged);
  EXPECT_EQ(results.at(0).frames_expected, 100);
  EXPECT_EQ(results.at(1).status, VideoStatus::kSuccess);
  EXPECT_TRUE(results.at(1).damaged);
  EXPECT_LT(results.at(1).frames_decoded, 100);
}

TEST(Session, ABrokenVideoIsAnErrorOfItsResultAlone) {
  const TempFolder folder;
  auto session = Session::Open({});
  ASSERT_TRUE(session);
  ASSERT_TRUE(session->Submit(
      {folder / "not_there.mp4", folder.Write("text.mp4", "no video"), CutClip(folder)}));
  session->Close();
  std::map<int64_t, VideoResult> results;
  while (auto result = session->Next()) results.emplace(result->id, *result);
  ASSERT_EQ(results.size(), 3U);
  EXPECT_EQ(results.at(0).status, VideoStatus::kError);
  EXPECT_EQ(results.at(0).error_code, "video_unreadable");
  EXPECT_EQ(results.at(1).status, VideoStatus::kError);
  EXPECT_THAT(results.at(1).reason, HasSubstr("not a video"));
  EXPECT_EQ(results.at(2).status, VideoStatus::kSuccess);
  EXPECT_EQ(session->Wait().value().totals.videos_failed, 2);
}

TEST(Session, AHostsComponentIsBatchedAcrossVideos) {
  const TempFolder folder;
  const auto clip = CutClip(folder);
  std::atomic<int> units{0};
  SessionOptions options{.host_components = {Means()}, .threads = 2};
  options.on_batch = [&](const BatchInfo& batch) {
    EXPECT_EQ(batch.component, "means");
    units += batch.units;
  };
  std::vector<VideoResult> results;
  options.on_result = [&](VideoResult result) { results.push_back(std::move(result)); };
  auto session = Session::Open(options);
  ASSERT_TRUE(session) << session.error().Text();
  ASSERT_TRUE(session->Submit({clip, clip, clip}));
  ASSERT_TRUE(session->Wait());
  EXPECT_FALSE(session->Next()) << "results went to on_result";
  ASSERT_EQ(results.size(), 3U);
  EXPECT_EQ(units, 12);
  for (const VideoResult& result : results) {
    EXPECT_EQ(result.events.size(), 1U) << "cut_detection ran beside it";
    const auto values = FloatsOf(result, "means", "values");
    ASSERT_EQ(values.size(), 4U) << "at 0, 0.5, 1 and 1.5 s";
    EXPECT_EQ(values, FloatsOf(results[0], "means", "values"));
    EXPECT_NE(values[1], values[2]);
  }
}

TEST(Session, OutOfMemorySplitsTheBatchAndLosesNothing) {
  const TempFolder folder;
  Component host = Means();
  const BatchFunction means = host.run;
  host.every_s = 0;
  std::atomic<int> refused{0};
  host.run = [means, &refused](std::span<const UnitView> units) {
    if (units.size() > 2) {
      ++refused;
      throw OutOfMemory("no room for " + std::to_string(units.size()));
    }
    return means(units);
  };
  host.fixed_ms = 50;
  auto session = Session::Open({.host_components = {host}});
  ASSERT_TRUE(session);
  ASSERT_TRUE(session->Submit(CutClip(folder)));
  session->Close();
  const auto result = session->Next();
  ASSERT_TRUE(result);
  EXPECT_EQ(result->status, VideoStatus::kSuccess) << result->reason;
  EXPECT_EQ(FloatsOf(*result, "means", "values").size(), 50U);
  EXPECT_GT(refused, 0);
}

TEST(Session, AComponentThatThrowsFailsAlone) {
  const TempFolder folder;
  for (const bool wrong_answer : {false, true}) {
    Component host = Means();
    host.run = [wrong_answer](std::span<const UnitView> units) {
      if (!wrong_answer) throw std::runtime_error("the model is broken");
      return std::vector<UnitAnswer>(units.size(), UnitAnswer{1, 2});
    };
    auto session = Session::Open({.host_components = {host}});
    ASSERT_TRUE(session);
    ASSERT_TRUE(session->Submit(CutClip(folder)));
    session->Close();
    const auto result = session->Next();
    ASSERT_TRUE(result);
    EXPECT_EQ(result->events.size(), 1U);
    ASSERT_THAT(result->component_errors, Contains(Key("means")));
    EXPECT_THAT(result->component_errors.at("means"),
                HasSubstr(wrong_answer ? "does not have 1 numbers" : "the model is broken"));
  }
}

TEST(Session, AnObserverThatThrowsIsNotCalledAgainAndNothingIsLost) {
  const TempFolder folder;
  SessionOptions options;
  std::atomic<int> calls{0};
  options.on_progress = [&](const Progress&) {
    ++calls;
    throw std::runtime_error("a broken host");
  };
  auto session = Session::Open(options);
  ASSERT_TRUE(session);
  ASSERT_TRUE(session->Submit(CutClip(folder)));
  session->Close();
  EXPECT_TRUE(session->Next());
  EXPECT_TRUE(session->Wait());
  EXPECT_EQ(calls, 1);
}

TEST(Session, AFolderIsContinuedByTheNextSession) {
  const TempFolder folder;
  const auto clip = CutClip(folder);
  for (const VideoStatus status : {VideoStatus::kSuccess, VideoStatus::kSkipped}) {
    auto session = Session::Open({.folder = folder / "out"});
    ASSERT_TRUE(session) << session.error().Text();
    const auto second = Session::Open({.folder = folder / "out"});
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, ErrorCode::kUnavailable);
    ASSERT_TRUE(session->Submit(clip));
    session->Close();
    const auto result = session->Next();
    ASSERT_TRUE(result);
    EXPECT_EQ(result->status, status);
    EXPECT_EQ(result->events.size(), 1U);
    ASSERT_TRUE(session->Wait());
  }
  EXPECT_TRUE(std::filesystem::exists(folder / "out/run.json"));
}

TEST(Session, AFolderTakesAPathOnceAndForgetsTheRunBefore) {
  const TempFolder folder;
  const auto clip = CutClip(folder);
  {
    auto session = Session::Open({.folder = folder / "out"});
    ASSERT_TRUE(session);
    ASSERT_TRUE(session->Submit(clip));
    for (const auto& again : {std::vector{clip}, std::vector{folder / "b.mp4", folder / "b.mp4"}}) {
      const auto refused = session->Submit(again);
      ASSERT_FALSE(refused);
      EXPECT_EQ(refused.error().code, ErrorCode::kInvalidArgument);
    }
    ASSERT_TRUE(session->Wait());
  }
  auto empty = Session::Open({.folder = folder / "out"});
  ASSERT_TRUE(empty);
  ASSERT_TRUE(empty->Wait());
  EXPECT_THAT(media::testing_clips::ReadAll(folder / "out/run.json"), HasSubstr("\"videos\": []"));
}

TEST(Session, AHostsComponentOfAnotherSizeIsAnotherResult) {
  const TempFolder folder;
  const auto clip = CutClip(folder);
  for (const double every_s : {0.5, 1.0}) {
    Component host = Means();
    host.every_s = every_s;
    auto session = Session::Open({.host_components = {host}, .folder = folder / "out"});
    ASSERT_TRUE(session) << session.error().Text();
    ASSERT_TRUE(session->Submit(clip));
    session->Close();
    EXPECT_EQ(session->Next().value().status, VideoStatus::kSuccess);
    ASSERT_TRUE(session->Wait());
  }
}

TEST(Session, CancelStopsAndTheDestructorWaits) {
  const TempFolder folder;
  const auto clip = CutClip(folder);
  auto session = Session::Open({.threads = 1});
  ASSERT_TRUE(session);
  ASSERT_TRUE(session->Submit(std::vector<std::filesystem::path>(200, clip)));
  ASSERT_TRUE(session->Next());
  session->Cancel();
  const auto report = session->Wait();
  ASSERT_TRUE(report);
  EXPECT_TRUE(report->cancelled);
  EXPECT_LT(report->totals.videos_done, 200);
  EXPECT_FALSE(session->Submit(clip));
  auto dropped = Session::Open({});
  ASSERT_TRUE(dropped);
  ASSERT_TRUE(dropped->Submit(clip));
}

/// Where a host's function waits until the test lets go. Threads: any.
class Gate {
 public:
  void WaitHere() {
    base::MutexLock lock(mutex_);
    while (!open_) changed_.wait(mutex_);
    passed_ = true;
    changed_.notify_all();
  }
  void Open() {
    base::MutexLock lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }
  void AwaitPassed() {
    base::MutexLock lock(mutex_);
    while (!passed_) changed_.wait(mutex_);
  }

 private:
  base::Mutex mutex_;
  base::ConditionVariable changed_;
  bool open_ GUARDED_BY(mutex_) = false;
  bool passed_ GUARDED_BY(mutex_) = false;
};

// Under ThreadSanitizer, on a busy machine, decoding must not be taken for a thread that is stuck.
#ifdef __SANITIZE_THREAD__
constexpr std::chrono::seconds kStall{20};
#else
constexpr std::chrono::seconds kStall{2};
#endif

TEST(Session, AThreadThatDoesNotComeBackIsLeftBehindWithWhatItUses) {
  const TempFolder folder;
  const auto gate = std::make_shared<Gate>();
  Component host = Means();
  host.run = [gate](std::span<const UnitView> units) {
    gate->WaitHere();
    // The pictures are still there, although their session is not.
    std::vector<UnitAnswer> answers;
    for (const UnitView& unit : units)
      answers.push_back({static_cast<float>(std::to_integer<int>(unit.rgb.back()))});
    return answers;
  };
  {
    auto session = Session::Open({.host_components = {host}, .stall_timeout = kStall});
    ASSERT_TRUE(session);
    host.run = nullptr;
    ASSERT_TRUE(session->Submit(CutClip(folder)));
    session->Close();
    const auto result = session->Next();
    ASSERT_TRUE(result);
    EXPECT_EQ(result->events.size(), 1U);
    ASSERT_THAT(result->component_errors, Contains(Key("means")));
    EXPECT_THAT(result->component_errors.at("means"), HasSubstr("did not return"));
    EXPECT_EQ(session->Wait().value().lost_threads, 1);
  }
  gate->Open();
  gate->AwaitPassed();
}

TEST(Session, WrongOptionsAreNamed) {
  const auto kWrong = ErrorCode::kInvalidArgument;
  EXPECT_EQ(CodeOf({.components = {"nothing"}}, "nothing"), kWrong);
  EXPECT_EQ(CodeOf({.settings = {{"min-confidence", 3.0}}}, "min-confidence"), kWrong);
  EXPECT_EQ(CodeOf({.settings = {{"min-confidence", true}}}, "must be a number"), kWrong);
  EXPECT_EQ(CodeOf({.settings = {{"no-such", true}}}, "no-such: is not a setting"), kWrong);
  EXPECT_EQ(CodeOf({.settings = {{"parts", std::vector<std::string>{"left"}}}},
                   "must be a list of some of"),
            kWrong);
  EXPECT_EQ(CodeOf({.settings = {{"prefer-transnetv2", true}, {"require-transnetv2", true}}},
                   "cannot be combined"),
            kWrong);
  EXPECT_EQ(CodeOf({.preset = "slow"}, "preset"), kWrong);
  EXPECT_EQ(CodeOf({.analysis_fps = -1}, ""), kWrong);
  EXPECT_EQ(CodeOf({.threads = -1}, "SessionOptions::threads"), kWrong);
  EXPECT_EQ(CodeOf({.videos_in_flight = -1}, "SessionOptions::videos_in_flight"), kWrong);
  EXPECT_EQ(CodeOf({.max_memory_bytes = -1}, "SessionOptions::max_memory_bytes"), kWrong);
  EXPECT_EQ(CodeOf({.stall_timeout = std::chrono::milliseconds(-1)}, "stall_timeout"), kWrong);
  Component host = Means("Upper");
  EXPECT_EQ(CodeOf({.host_components = {host}}, "Component::name"), kWrong);
  host = Means("cut_detection");
  EXPECT_EQ(CodeOf({.host_components = {host}}, "is the name of another component"), kWrong);
  host = Means();
  host.width = 4;
  EXPECT_EQ(CodeOf({.host_components = {host}}, "Component::width"), kWrong);
  host = Means();
  host.run = nullptr;
  EXPECT_EQ(CodeOf({.host_components = {host}}, "Component::run"), kWrong);
  host = Means();
  host.shape = {0};
  EXPECT_EQ(CodeOf({.host_components = {host}}, "Component::shape"), kWrong);
  host = Means();
  host.mb_per_unit = -1;
  EXPECT_EQ(CodeOf({.host_components = {host}}, "means"), kWrong);
}

TEST(HostComponents, HavePicturesOfTheirOwnSizes) {
  const TempFolder folder;
  const auto clip = CutClip(folder);
  Component large = Means("large");
  large.width = 64;
  const auto values = [&](const std::vector<Component>& components, const std::string& name) {
    auto session = Session::Open({.host_components = components});
    EXPECT_TRUE(session) << session.error().Text();
    EXPECT_TRUE(session->Submit(clip));
    session->Close();
    const auto result = session->Next();
    EXPECT_TRUE(result);
    return FloatsOf(*result, name, "values");
  };
  EXPECT_EQ(values({Means(), large}, "means"), values({Means()}, "means"));
  EXPECT_EQ(values({Means(), large}, "large"), values({large}, "large"));
}

/// Of this process, by the name in /proc/self/status.
int64_t StatusOf(const std::string& field) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(field + ":")) return std::stoll(line.substr(field.size() + 1));
  }
  return 0;
}

TEST(Session, AThousandOfThemLeaveNoThreadAndNoMemory) {
  const TempFolder folder;
  const auto clip = folder.Ffmpeg(
      "-f lavfi -i testsrc2=s=64x48:r=25:d=0.2 -c:v libx264 -preset ultrafast", "short.mp4");
  const int64_t threads = StatusOf("Threads");
  int64_t held = 0;
  constexpr int kSessions = 1000;
  constexpr int kWarm = 200;
  for (int k = 0; k < kSessions; ++k) {
    auto session = Session::Open({.host_components = {Means()}, .threads = 2});
    ASSERT_TRUE(session) << session.error().Text();
    ASSERT_TRUE(session->Submit(clip));
    session->Close();
    ASSERT_EQ(session->Next().value().status, VideoStatus::kSuccess);
    ASSERT_TRUE(session->Wait());
    if (k == kWarm) held = StatusOf("VmRSS");
  }
  EXPECT_EQ(StatusOf("Threads"), threads);
  constexpr int64_t kNoiseKb = 8 << 10;
  EXPECT_LT(StatusOf("VmRSS"), held + kNoiseKb) << held << " kB after " << kWarm << " sessions";
}

}  // namespace
}  // namespace reelbatch
