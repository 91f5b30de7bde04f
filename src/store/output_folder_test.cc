#include "store/output_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <thread>

#include "base/hash.h"
#include "base/json_text.h"
#include "store/state_db.h"
#include "store/test_support.h"

namespace reelbatch::store {

using base::Json;

namespace {

namespace fs = std::filesystem;
using base::Code;
using contracts::VideoOutcome;
using contracts::VideoStatus;
using testing::EmptyOutcome;
using testing::ErrorOutcome;
using ::testing::HasSubstr;
using testing::SampleOutcome;
using testing::Slurp;
using testing::TempFolder;
using testing::TreeOf;

const base::FixedWallClock kFolderClock(std::chrono::seconds(1'700'000'000));
const base::CancelToken kFolderGoOn;

/// Of a suffix.
std::string Digits(std::string_view text) { return base::Sha256Hex(text).substr(0, 8); }
/// Of a video that is given by its path alone. The tests may run in a folder above it.
std::string PathDigits(const fs::path& video) {
  return Digits(RelativeToCurrent(video.native(), fs::current_path().native()));
}

class OutputFolderTest : public ::testing::Test {
 protected:
  OutputOptions Options() const {
    return {.folder = out(),
            .config = {},
            .components = testing::CutsAlone(),
            .command_line = "reelbatch run",
            .force = false};
  }
  fs::path out() const { return temp_.path() / "out"; }
  fs::path Video(const std::string& name, const std::string& content) const {
    return temp_.Write("videos/" + name, content);
  }
  std::unique_ptr<OutputFolder> Open(const OutputOptions& options) const {
    auto folder = OutputFolder::Open(options, kFolderClock);
    EXPECT_TRUE(folder) << folder.error().Text();
    return folder ? std::move(*folder) : nullptr;
  }
  std::unique_ptr<OutputFolder> OpenFor(const std::vector<fs::path>& inputs) const {
    auto folder = Open(Options());
    EXPECT_TRUE(folder->Register(inputs, kFolderGoOn));
    return folder;
  }
  /// One whole run in which every video that is not finished gets `outcome`. Answers how many were
  /// done.
  int Run(const std::vector<fs::path>& inputs, const VideoOutcome& outcome) const {
    const auto folder = OpenFor(inputs);
    int done = 0;
    for (const fs::path& input : inputs) {
      const auto found = folder->FindFinished(input, kFolderGoOn);
      EXPECT_TRUE(found) << found.error().Text();
      if (found->outcome) continue;
      const auto committed = folder->Commit(input, outcome, nullptr);
      EXPECT_TRUE(committed) << committed.error().Text();
      ++done;
    }
    EXPECT_TRUE(folder->FinishRun(RunEnding::kFinished));
    return done;
  }

  TempFolder temp_;
};

TEST_F(OutputFolderTest, LaysOutARun) {
  const fs::path video = Video("clip.mp4", "content");
  const auto folder = OpenFor({video});
  EXPECT_FALSE(folder->FindFinished(video, kFolderGoOn).value().outcome);
  VideoOutcome recorded;
  ASSERT_TRUE(folder->Commit(video, SampleOutcome(), &recorded));
  EXPECT_EQ(recorded.status, VideoStatus::kSuccess);
  ASSERT_TRUE(folder->FinishRun(RunEnding::kFinished));
  EXPECT_EQ(folder->VideoId(video).value(), "clip");
  EXPECT_EQ(folder->VideoFolder(video).value(), out() / "local/clip" / folder->run_id());
  const std::string run = "local/clip/" + folder->run_id();
  const auto tree = TreeOf(out());
  for (const std::string& name :
       {std::string("run.json"), run + "/manifest.json", run + "/cut_detection/cuts.json",
        run + "/cut_detection/cut_detection.npz"}) {
    EXPECT_TRUE(tree.contains(name)) << name;
  }
  const Json summary = Json::parse(tree.at("run.json"));
  EXPECT_EQ(summary["totals"]["success"], 1);
  EXPECT_EQ(summary["videos"][0]["events"], 2);
  EXPECT_EQ(summary["videos"][0]["artifacts"][1], run + "/cut_detection/cuts.json");
  EXPECT_TRUE(fs::is_empty(out() / ".reelbatch/tmp"));
  const std::string journal = Slurp(out() / ".reelbatch/journal.jsonl");
  for (const char* event :
       {"run_started", "video_queued", "artifact_written", "video_finished", "run_finished"}) {
    EXPECT_THAT(journal, HasSubstr(event));
  }
}

TEST_F(OutputFolderTest, SkipsWhatIsFinished) {
  const std::vector<fs::path> videos = {Video("a.mp4", "a"), Video("b.mp4", "b")};
  EXPECT_EQ(Run(videos, SampleOutcome()), 2);
  const auto first = TreeOf(out());
  EXPECT_EQ(Run(videos, SampleOutcome()), 0);
  EXPECT_EQ(TreeOf(out()), first);
  const auto folder = OpenFor(videos);
  const auto found = folder->FindFinished(videos[0], kFolderGoOn).value().outcome;
  ASSERT_TRUE(found);
  EXPECT_EQ(found->status, VideoStatus::kSkipped);
  EXPECT_EQ(contracts::EventsOf(*found)->events.size(), 2U);
  EXPECT_EQ(found->info->codec, "h264");
  EXPECT_EQ(found->decode->frames_decoded, 6);
}

TEST_F(OutputFolderTest, WhatARunWasAtWhenItWasStoppedWaits) {
  const std::vector<fs::path> videos = {Video("a.mp4", "a"), Video("b.mp4", "b")};
  const auto folder = OpenFor(videos);
  EXPECT_FALSE(folder->FindFinished(videos[0], kFolderGoOn).value().outcome);  // begun
  ASSERT_TRUE(folder->FinishRun(RunEnding::kInterrupted));
  const Json summary = Json::parse(Slurp(out() / "run.json"));
  EXPECT_EQ(summary["videos"][0]["status"], "waiting");
  EXPECT_EQ(summary["totals"]["waiting"], 2);
}

TEST_F(OutputFolderTest, EmptyResultsAreFinishedToo) {
  for (const int frames : {0, 1}) {
    const fs::path video = Video("short" + std::to_string(frames) + ".mp4", std::to_string(frames));
    EXPECT_EQ(Run({video}, EmptyOutcome(frames)), 1);
    EXPECT_EQ(Run({video}, EmptyOutcome(frames)), 0);
  }
  const Json summary = Json::parse(Slurp(out() / "run.json"));
  EXPECT_EQ(summary["videos"][0]["status"], "empty");
  EXPECT_EQ(summary["videos"][0]["reason"], "video_too_short");
}

TEST_F(OutputFolderTest, ErrorsAreTriedAgain) {
  const fs::path video = Video("bad.mp4", "x");
  EXPECT_EQ(Run({video}, ErrorOutcome("moov atom not found")), 1);
  const Json summary = Json::parse(Slurp(out() / "run.json"));
  EXPECT_EQ(summary["videos"][0]["error_code"], "video_unreadable");
  EXPECT_EQ(summary["videos"][0]["reason"], "moov atom not found");
  EXPECT_EQ(Run({video}, SampleOutcome()), 1);
  EXPECT_EQ(Run({video}, SampleOutcome()), 0);
}

TEST_F(OutputFolderTest, ForceRedoesEverything) {
  const fs::path video = Video("a.mp4", "a");
  EXPECT_EQ(Run({video}, SampleOutcome()), 1);
  OutputOptions options = Options();
  options.force = true;
  const auto folder = Open(options);
  ASSERT_TRUE(folder->Register({video}, kFolderGoOn));
  EXPECT_FALSE(folder->FindFinished(video, kFolderGoOn).value().outcome);
}

TEST_F(OutputFolderTest, DamagedArtifactsAndChangedSourcesAreRedone) {
  const fs::path video = Video("a.mp4", "a");
  EXPECT_EQ(Run({video}, SampleOutcome()), 1);
  const auto good = TreeOf(out());
  const std::string run = "local/a/" + Open(Options())->run_id();
  const fs::path npz = out() / run / "cut_detection/cut_detection.npz";
  fs::resize_file(npz, 100);
  EXPECT_EQ(Run({video}, SampleOutcome()), 1);
  std::string same_size = Slurp(npz);
  same_size[50] ^= 1;
  std::ofstream(npz, std::ios::binary) << same_size;
  EXPECT_EQ(Run({video}, SampleOutcome()), 1);
  fs::remove(out() / run / "cut_detection/cuts.json");
  EXPECT_EQ(Run({video}, SampleOutcome()), 1);
  fs::resize_file(out() / run / "manifest.json", 200);
  EXPECT_EQ(Run({video}, SampleOutcome()), 1);
  EXPECT_EQ(TreeOf(out()), good);
  Video("a.mp4", "other content");
  EXPECT_EQ(Run({video}, SampleOutcome()), 1);
  EXPECT_NE(TreeOf(out()), good);
}

TEST_F(OutputFolderTest, OtherKnobsAndVersionsAreOtherWork) {
  const fs::path video = Video("a.mp4", "a");
  EXPECT_EQ(Run({video}, SampleOutcome()), 1);
  OutputOptions options = Options();
  options.components = testing::CutsAlone({}, "2");
  auto folder = Open(options);
  ASSERT_TRUE(folder->Register({video}, kFolderGoOn));
  EXPECT_FALSE(folder->FindFinished(video, kFolderGoOn).value().outcome);
  folder.reset();
  options = Options();
  options.config.knobs["decision"] = std::string("seed");
  options.components = testing::CutsAlone(options.config);
  folder = Open(options);
  ASSERT_TRUE(folder->Register({video}, kFolderGoOn));
  EXPECT_FALSE(folder->FindFinished(video, kFolderGoOn).value().outcome);
}

TEST_F(OutputFolderTest, ASourceThatChangesWhileItIsReadIsAnError) {
  const fs::path video = Video("a.mp4", "a");
  EXPECT_EQ(Run({video}, SampleOutcome()), 1);
  Video("a.mp4", "b");
  const auto folder = OpenFor({video});
  EXPECT_FALSE(folder->FindFinished(video, kFolderGoOn).value().outcome);
  Video("a.mp4", "still growing");
  VideoOutcome recorded;
  ASSERT_TRUE(folder->Commit(video, SampleOutcome(), &recorded));
  EXPECT_EQ(recorded.status, VideoStatus::kError);
  EXPECT_EQ(recorded.fault->code, contracts::FaultCode::kSourceChanged);
  EXPECT_THAT(recorded.fault->reason, HasSubstr("changed while it was read"));
  // What it will be when it is complete is not known, so the earlier result stays.
  EXPECT_TRUE(fs::exists(folder->VideoFolder(video).value() / "cut_detection"));
  fs::remove(video);
  ASSERT_TRUE(folder->Commit(video, SampleOutcome(), &recorded));
  EXPECT_EQ(recorded.fault->code, contracts::FaultCode::kSourceChanged);
}

TEST_F(OutputFolderTest, ATouchedSourceIsTheSame) {
  const fs::path video = Video("a.mp4", "a");
  const auto folder = OpenFor({video});
  EXPECT_FALSE(folder->FindFinished(video, kFolderGoOn).value().outcome);
  fs::last_write_time(video, fs::last_write_time(video) + std::chrono::hours(1));
  VideoOutcome recorded;
  ASSERT_TRUE(folder->Commit(video, SampleOutcome(), &recorded));
  EXPECT_EQ(recorded.status, VideoStatus::kSuccess);
}

TEST_F(OutputFolderTest, UnreadableSourcesAreTheVideosFault) {
  const fs::path missing = temp_.path() / "missing.mp4";
  const auto folder = OpenFor({missing, temp_.path()});
  for (const fs::path& path : {missing, temp_.path()}) {
    const auto found = folder->FindFinished(path, kFolderGoOn);
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().code, Code::kIo);
    ASSERT_TRUE(folder->Commit(path, ErrorOutcome(found.error().Text()), nullptr));
  }
  ASSERT_TRUE(folder->FinishRun(RunEnding::kFinished));
  EXPECT_THAT(Slurp(out() / "run.json"), HasSubstr("missing.mp4: No such file or directory"));
}

TEST_F(OutputFolderTest, AnErrorThatMayPassKeepsTheEarlierResult) {
  const fs::path video = Video("a.mp4", "a");
  EXPECT_EQ(Run({video}, SampleOutcome()), 1);
  const auto good = TreeOf(out() / "local");
  fs::remove(video);
  {
    const auto folder = OpenFor({video});
    EXPECT_EQ(folder->FindFinished(video, kFolderGoOn).error().code, Code::kIo);
    ASSERT_TRUE(folder->Commit(video, ErrorOutcome("No such file or directory"), nullptr));
    ASSERT_TRUE(folder->FinishRun(RunEnding::kFinished));
  }
  EXPECT_EQ(TreeOf(out() / "local"), good);
  const Json summary = Json::parse(Slurp(out() / "run.json"));
  EXPECT_EQ(summary["totals"]["error"], 1);
  EXPECT_EQ(summary["videos"][0]["status"], "error");
  EXPECT_TRUE(summary["videos"][0]["manifest"].is_null());
  EXPECT_THAT(Slurp(out() / ".reelbatch/journal.jsonl"), HasSubstr("kept_earlier_result"));
  Video("a.mp4", "other");
  VideoOutcome stuck = ErrorOutcome("no frame for 60 s");
  stuck.fault->code = contracts::FaultCode::kDecoderStuck;
  EXPECT_EQ(Run({video}, stuck), 1);
  EXPECT_EQ(TreeOf(out() / "local"), good);
  Video("a.mp4", "a");
  EXPECT_EQ(Run({video}, SampleOutcome()), 0);
  EXPECT_EQ(TreeOf(out() / "local"), good);
}

TEST_F(OutputFolderTest, AnErrorOfOtherContentReplacesTheEarlierResult) {
  const fs::path video = Video("a.mp4", "a");
  EXPECT_EQ(Run({video}, SampleOutcome()), 1);
  Video("a.mp4", "broken");
  EXPECT_EQ(Run({video}, ErrorOutcome("moov atom not found")), 1);
  const std::string run = "a/" + Open(Options())->run_id();
  const auto tree = TreeOf(out() / "local");
  EXPECT_FALSE(tree.contains(run + "/cut_detection"));
  EXPECT_THAT(tree.at(run + "/manifest.json"), HasSubstr("moov atom not found"));
}

TEST_F(OutputFolderTest, TheSummarySaysWhatIsDamaged) {
  const std::vector<fs::path> videos = {Video("a.mp4", "a"), Video("b.mp4", "b")};
  VideoOutcome cut_short = SampleOutcome();
  cut_short.decode->frames_expected = 9;
  cut_short.decode->truncated = true;
  EXPECT_EQ(Run({videos[0]}, cut_short), 1);
  EXPECT_EQ(Run(videos, SampleOutcome()), 1);
  const std::string first = Slurp(out() / "run.json");
  const Json summary = Json::parse(first);
  EXPECT_EQ(summary["totals"]["damaged"], 1);
  EXPECT_EQ(
      summary["videos"][0]["decode"],
      (Json{
          {"frames_decoded", 6}, {"frames_expected", 9}, {"decode_errors", 0}, {"damaged", true}}));
  EXPECT_EQ(summary["videos"][1]["decode"]["damaged"], false);
  OutputOptions options = Options();
  options.force = true;
  {
    const auto folder = Open(options);
    ASSERT_TRUE(folder->Register(videos, kFolderGoOn));
    ASSERT_TRUE(folder->Commit(videos[0], cut_short, nullptr));
    ASSERT_TRUE(folder->Commit(videos[1], SampleOutcome(), nullptr));
    ASSERT_TRUE(folder->FinishRun(RunEnding::kFinished));
  }
  EXPECT_EQ(Slurp(out() / "run.json"), first);
}

TEST_F(OutputFolderTest, MisuseIsOurBug) {
  const fs::path video = Video("a.mp4", "a");
  const auto folder = OpenFor({video});
  EXPECT_EQ(folder->FindFinished("/never/registered", kFolderGoOn).error().code, Code::kInternal);
  EXPECT_EQ(folder->VideoId("/never/registered").error().code, Code::kInternal);
  EXPECT_EQ(folder->Commit(video, VideoOutcome{}, nullptr).error().code, Code::kInternal);
  VideoOutcome no_fault = ErrorOutcome("x");
  no_fault.fault.reset();
  EXPECT_EQ(folder->Commit(video, no_fault, nullptr).error().code, Code::kInternal);
}

TEST_F(OutputFolderTest, CancelledRegistersNothing) {
  const fs::path video = Video("b.mp4", "b");
  base::CancelToken cancel;
  cancel.Cancel();
  auto folder = Open(Options());
  EXPECT_EQ(folder->Register({video}, cancel).error().code, Code::kCancelled);
  EXPECT_EQ(folder->VideoId(video).error().code, Code::kInternal);
  ASSERT_TRUE(folder->Register({video}, kFolderGoOn));
  EXPECT_EQ(folder->FindFinished(temp_.path() / "videos/b.mp4", cancel).error().code,
            Code::kCancelled);
}

TEST_F(OutputFolderTest, OddNamesAndCollisions) {
  std::vector<fs::path> videos = {
      Video("1/clip.mp4", "a"),     Video("2/clip.mp4", "b"),
      Video("3/CLIP.mp4", "a"),     Video("\xFF\xFE.mp4", "c"),
      Video("a \"b\"\n.mp4", "d"),  Video(std::string(251, 'n') + ".mp4", "e"),
      Video("1/../1/clip.mp4", "a")};
  EXPECT_EQ(Run(videos, SampleOutcome()), 6);
  const auto tree = TreeOf(out());
  const auto folder = OpenFor(videos);
  std::set<std::string> ids;
  for (const fs::path& video : videos) {
    const std::string id = folder->VideoId(video).value();
    ids.insert(id);
    EXPECT_TRUE(tree.contains("local/" + id + "/" + folder->run_id() + "/manifest.json")) << id;
  }
  EXPECT_EQ(ids.size(), 6U);
  EXPECT_TRUE(ids.contains("__"));
  EXPECT_TRUE(ids.contains("a__b__"));
  EXPECT_THAT(tree.at("run.json"), HasSubstr("%FF%FE.mp4"));
}

TEST_F(OutputFolderTest, LaterCollisionsLeaveEarlierIdsAlone) {
  const fs::path first = Video("1/clip.mp4", "a");
  const fs::path second = Video("2/clip.mp4", "b");
  EXPECT_EQ(Run({first}, SampleOutcome()), 1);
  EXPECT_EQ(Run({first, second}, SampleOutcome()), 1);
  const auto folder = OpenFor({second});
  EXPECT_EQ(folder->VideoId(first).value(), "clip");
  EXPECT_EQ(folder->VideoId(second).value(), "clip-" + PathDigits(second));
}

TEST_F(OutputFolderTest, FoldersOfTheTimeOfContentSuffixesKeepTheirIds) {
  const std::vector<fs::path> old = {Video("1/clip.mp4", "a"), Video("2/clip.mp4", "b")};
  const std::vector<std::string> old_ids = {"clip-ca978112", "clip-3e23e816"};  // of the content
  Open(Options()).reset();
  const fs::path state_file = out() / ".reelbatch/state.db";
  {
    auto state = StateDb::Open(state_file, kFolderClock);
    ASSERT_TRUE(state);
    ASSERT_TRUE(state->db->InOneTransaction([&](StateDb::Batch& batch) -> base::Status {
      for (size_t i = 0; i < old.size(); ++i) {
        EXPECT_TRUE(batch.AddVideo(
            {.path = old[i].native(), .video_id = old_ids[i], .lower_stem = "clip"}, nullptr));
      }
      return {};
    }));
  }
  std::vector<fs::path> all = old;
  all.push_back(Video("3/clip.mp4", "a"));
  const std::string fresh_id = "clip-" + PathDigits(all[2]);
  const auto check = [&] {
    const auto folder = OpenFor(all);
    for (size_t i = 0; i < old.size(); ++i) EXPECT_EQ(folder->VideoId(all[i]).value(), old_ids[i]);
    EXPECT_EQ(folder->VideoId(all[2]).value(), fresh_id);
  };
  check();
  EXPECT_EQ(Run(all, SampleOutcome()), 3);
  const auto good = TreeOf(out());
  // Without the state the manifests tell, also to inputs that come first.
  fs::remove(state_file);
  EXPECT_EQ(OpenFor({all[1]})->VideoId(all[1]).value(), old_ids[1]);
  check();
  EXPECT_EQ(Run(all, SampleOutcome()), 0);
  EXPECT_EQ(TreeOf(out()), good);
}

TEST_F(OutputFolderTest, SuffixesAreMadeFromTheRelativePathThatIsGiven) {
  const fs::path first = Video("1/clip.mp4", "a");
  const fs::path second = Video("2/clip.mp4", "a");
  const std::vector<SourceInput> inputs = {
      {.path = second.native(), .relative_path = "videos/2/clip.mp4"},
      {.path = first.native(), .relative_path = "videos/1/clip.mp4"}};
  const auto folder = Open(Options());
  ASSERT_TRUE(folder->Register(std::span(inputs), kFolderGoOn));
  EXPECT_EQ(folder->VideoId(first).value(), "clip-" + Digits("videos/1/clip.mp4"));
  EXPECT_EQ(folder->VideoId(second).value(), "clip-" + Digits("videos/2/clip.mp4"));
  EXPECT_FALSE(folder->FindFinished(first, kFolderGoOn).value().outcome);
}

TEST_F(OutputFolderTest, InputsMayComeLater) {
  const fs::path first = Video("1/clip.mp4", "a");
  const fs::path second = Video("2/clip.mp4", "b");
  const fs::path third = Video("c.mp4", "c");
  EXPECT_EQ(Run({third}, SampleOutcome()), 1);
  const auto folder = OpenFor({first});
  EXPECT_FALSE(folder->FindFinished(first, kFolderGoOn).value().outcome);
  ASSERT_TRUE(folder->Commit(first, SampleOutcome(), nullptr));
  // What is registered already stays as it is; a call that fails changes nothing.
  ASSERT_TRUE(folder->Register({second, first}, kFolderGoOn));
  base::CancelToken cancelled;
  cancelled.Cancel();
  EXPECT_FALSE(folder->Register({third}, cancelled));
  EXPECT_EQ(folder->VideoId(first).value(), "clip");
  EXPECT_EQ(folder->VideoId(second).value(), "clip-" + PathDigits(second));
  ASSERT_TRUE(folder->FinishRun(RunEnding::kInterrupted));
  Json summary = Json::parse(Slurp(out() / "run.json"));
  EXPECT_EQ(summary["totals"]["videos"], 2);  // not the one of the run before
  EXPECT_EQ(summary["totals"]["success"], 1);
  EXPECT_EQ(summary["totals"]["waiting"], 1);
  ASSERT_TRUE(folder->Register({third}, kFolderGoOn));
  EXPECT_TRUE(folder->FindFinished(third, kFolderGoOn).value().outcome);
  ASSERT_TRUE(folder->FinishRun(RunEnding::kInterrupted));
  summary = Json::parse(Slurp(out() / "run.json"));
  EXPECT_EQ(summary["totals"]["videos"], 3);
  EXPECT_EQ(summary["totals"]["success"], 2);
}

TEST_F(OutputFolderTest, InputsComeWhileOthersAreCommitted) {
  std::vector<fs::path> videos;
  for (int i = 0; i < 40; ++i)
    videos.push_back(Video(std::to_string(i) + "/clip.mp4", std::to_string(i)));
  const auto folder = OpenFor({videos[0]});
  std::vector<std::thread> threads;
  for (size_t lane = 0; lane < 4; ++lane) {
    threads.emplace_back([&, lane] {
      for (size_t i = lane; i < videos.size(); i += 4) {
        EXPECT_TRUE(folder->Register({videos[i]}, kFolderGoOn));
        EXPECT_FALSE(folder->FindFinished(videos[i], kFolderGoOn).value().outcome);
        EXPECT_TRUE(folder->Commit(videos[i], SampleOutcome(), nullptr));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  ASSERT_TRUE(folder->FinishRun(RunEnding::kFinished));
  EXPECT_EQ(folder->VideoId(videos[0]).value(), "clip");
  EXPECT_EQ(folder->VideoId(videos[39]).value(), "clip-" + PathDigits(videos[39]));
  EXPECT_EQ(Json::parse(Slurp(out() / "run.json"))["totals"]["success"], 40);
}

TEST_F(OutputFolderTest, TheSummaryIsOneDocumentAsItAlwaysWas) {
  EXPECT_EQ(Run({}, SampleOutcome()), 0);
  std::string text = Slurp(out() / "run.json");
  EXPECT_EQ(text, base::Pretty(Json::parse(text)));
  EXPECT_THAT(text, HasSubstr("\"videos\": []\n}\n"));
  std::vector<fs::path> videos = {Video("a.mp4", "a"), Video("b.mp4", "b"),
                                  Video("a \"q\"\n.mp4", "c")};
  EXPECT_EQ(Run(videos, SampleOutcome()), 3);
  text = Slurp(out() / "run.json");
  EXPECT_EQ(text, base::Pretty(Json::parse(text)));
  std::vector<std::string> keys;
  const Json summary = Json::parse(text);
  for (const auto& item : summary.items()) keys.push_back(item.key());
  EXPECT_THAT(keys, ::testing::ElementsAre("schema", "producer", "run_id", "config_hash", "config",
                                           "ending", "totals", "videos"));
}

TEST_F(OutputFolderTest, ALostOrDamagedStateCostsNothing) {
  const std::vector<fs::path> videos = {Video("1/clip.mp4", "a"), Video("2/clip.mp4", "b"),
                                        Video("c.mp4", "c")};
  EXPECT_EQ(Run(videos, SampleOutcome()), 3);
  const auto good = TreeOf(out());
  const fs::path state = out() / ".reelbatch/state.db";
  fs::remove(state);
  EXPECT_EQ(Run(videos, SampleOutcome()), 0);
  EXPECT_EQ(TreeOf(out()), good);
  std::ofstream(state, std::ios::binary) << std::string(10'000, 'x');
  EXPECT_EQ(Run(videos, SampleOutcome()), 0);
  EXPECT_EQ(TreeOf(out()), good);
  EXPECT_TRUE(fs::exists(out() / ".reelbatch/state.db.damaged"));
  fs::remove_all(out() / ".reelbatch");
  const auto unmarked = OutputFolder::Open(Options(), kFolderClock);
  ASSERT_FALSE(unmarked);
  EXPECT_EQ(unmarked.error().code, Code::kInvalidArgument);
}

TEST_F(OutputFolderTest, TwoRunsCannotShareAFolder) {
  const auto first = Open(Options());
  const auto second = OutputFolder::Open(Options(), kFolderClock);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Code::kUnavailable);
  EXPECT_THAT(second.error().Text(), HasSubstr("out: is in use by reelbatch run (pid "));
}

TEST_F(OutputFolderTest, RefusesWhatIsNotItsOwn) {
  temp_.Write("out/thesis.doc", "important");
  const auto foreign = OutputFolder::Open(Options(), kFolderClock);
  ASSERT_FALSE(foreign);
  EXPECT_EQ(foreign.error().code, Code::kInvalidArgument);
  EXPECT_THAT(foreign.error().Text(),
              HasSubstr("has files of another program ('thesis.doc'): choose"));
  EXPECT_FALSE(fs::exists(out() / ".reelbatch"));
  fs::remove_all(out());
  temp_.Write("out", "a file");
  const auto file = OutputFolder::Open(Options(), kFolderClock);
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().code, Code::kInvalidArgument);
  EXPECT_THAT(file.error().Text(), HasSubstr("is not a folder"));
}

TEST_F(OutputFolderTest, SweepsWhatAKilledRunLeft) {
  Open(Options()).reset();
  temp_.Write("out/.reelbatch/tmp/.reelbatch-1-1.tmp", "half");
  Open(Options()).reset();
  EXPECT_TRUE(fs::is_empty(out() / ".reelbatch/tmp"));
}

TEST_F(OutputFolderTest, WhatDoesNotFitEndsTheRun) {
  const fs::path video = Video("a.mp4", "a");
  const auto folder = OpenFor({video});
  EXPECT_FALSE(folder->FindFinished(video, kFolderGoOn).value().outcome);
  temp_.Write("out/local", "a file in the way");
  const auto blocked = folder->Commit(video, SampleOutcome(), nullptr);
  ASSERT_FALSE(blocked);
  EXPECT_EQ(blocked.error().code, Code::kInvalidArgument);
  EXPECT_THAT(blocked.error().Text(), HasSubstr("out/local: is not a folder"));
}

TEST_F(OutputFolderTest, LanesCommitAtOnce) {
  std::vector<fs::path> videos;
  for (int i = 0; i < 12; ++i)
    videos.push_back(Video(std::to_string(i) + ".mp4", std::to_string(i)));
  {
    const auto folder = OpenFor(videos);
    std::vector<std::thread> lanes;
    for (size_t lane = 0; lane < 4; ++lane) {
      lanes.emplace_back([&, lane] {
        for (size_t i = lane; i < videos.size(); i += 4) {
          EXPECT_FALSE(folder->FindFinished(videos[i], kFolderGoOn).value().outcome);
          EXPECT_TRUE(folder->Commit(videos[i], SampleOutcome(), nullptr));
        }
      });
    }
    for (std::thread& lane : lanes) lane.join();
    ASSERT_TRUE(folder->FinishRun(RunEnding::kFinished));
  }
  const auto parallel = TreeOf(out());
  fs::remove_all(out());
  EXPECT_EQ(Run(videos, SampleOutcome()), 12);
  EXPECT_EQ(TreeOf(out()), parallel);
}

}  // namespace
}  // namespace reelbatch::store
