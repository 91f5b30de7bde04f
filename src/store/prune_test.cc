#include "store/prune.h"

#include <gtest/gtest.h>

#include "base/json_text.h"
#include "store/output_folder.h"
#include "store/test_support.h"
#include "store/verify.h"

namespace reelbatch::store {

using base::Json;

namespace {

namespace fs = std::filesystem;
using testing::TempFolder;

const base::FixedWallClock kPruneClock(std::chrono::seconds(1'700'000'000));
const base::CancelToken kPruneGoOn;

/// Runs of one video, as cut_detection alone.
class PruneTest : public ::testing::Test {
 protected:
  /// Returns the run's id.
  std::string Run(const contracts::RunConfig& config, RunEnding ending = RunEnding::kFinished) {
    const fs::path video = temp_.Write("videos/a.mp4", "a");
    const auto folder = OutputFolder::Open(
        {.folder = layout_.root, .config = config, .components = testing::CutsAlone(config)},
        kPruneClock);
    EXPECT_TRUE(folder);
    EXPECT_TRUE((*folder)->Register({video}, kPruneGoOn));
    const auto found = (*folder)->FindFinished(video, kPruneGoOn);
    EXPECT_TRUE(found);
    if (!found->outcome && ending == RunEnding::kFinished) {
      EXPECT_TRUE((*folder)->Commit(video, testing::SampleOutcome(), nullptr));
    }
    EXPECT_TRUE((*folder)->FinishRun(ending));
    return (*folder)->run_id();
  }
  static contracts::RunConfig Seed() {
    contracts::RunConfig config;
    config.knobs["decision"] = std::string("seed");
    return config;
  }
  std::vector<std::string> Problems() const {
    const auto report = VerifyFolder(layout_, kPruneGoOn);
    EXPECT_TRUE(report);
    std::vector<std::string> names;
    for (const Problem& problem : report->problems)
      names.push_back(std::string(ProblemName(problem.kind)) + " " +
                      problem.path.filename().native());
    return names;
  }

  TempFolder temp_;
  const FolderLayout layout_{.root = temp_.path() / "out"};
};

TEST_F(PruneTest, AWholeFolderHasNoProblems) {
  Run({});
  const auto report = VerifyFolder(layout_, kPruneGoOn);
  ASSERT_TRUE(report);
  EXPECT_TRUE(report->problems.empty());
  EXPECT_EQ(report->manifests, 1);
  EXPECT_EQ(report->artifacts, 2);
}

TEST_F(PruneTest, EveryProblemIsNamed) {
  const fs::path run = layout_.Run("a", Run({}));
  fs::resize_file(run / testing::kNpzFile, 10);
  EXPECT_EQ(Problems(), std::vector<std::string>{"artifact_damaged cut_detection.npz"});
  fs::remove(run / testing::kNpzFile);
  EXPECT_EQ(Problems(), (std::vector<std::string>{"artifact_missing cut_detection.npz",
                                                  "summary_wrong run.json"}));
  fs::rename(run, layout_.Run("a", "r-other"));
  EXPECT_EQ(Problems().front(), "manifest_misplaced manifest.json");
}

TEST_F(PruneTest, AKeyThatIsNotThatOfItsFieldsIsNamed) {
  const fs::path manifest = layout_.Run("a", Run({})) / kManifestFile;
  Json document = Json::parse(testing::Slurp(manifest));
  document["components"][0]["component_version"] = "9";
  std::ofstream(manifest) << document.dump();
  EXPECT_EQ(Problems(), std::vector<std::string>{"manifest_misplaced manifest.json"});
}

TEST_F(PruneTest, VerifyWantsAnOutputFolder) {
  const auto none = VerifyFolder({.root = temp_.path() / "none"}, kPruneGoOn);
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, base::Code::kInvalidArgument);
  Run({});
  base::CancelToken stop;
  stop.Cancel();
  EXPECT_EQ(VerifyFolder(layout_, stop).error().code, base::Code::kCancelled);
}

TEST_F(PruneTest, TheLastRunStaysAndWhatIsNamed) {
  const std::string first = Run(Seed());
  const std::string last = Run({});
  const auto plan = PlanPrune(layout_, {});
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->kept_runs, std::vector<std::string>{last});
  ASSERT_EQ(plan->items.size(), 1U);
  EXPECT_EQ(plan->items[0].path, "local/a/" + first);
  EXPECT_EQ(plan->bytes, plan->items[0].bytes);
  EXPECT_TRUE(PlanPrune(layout_, {first})->items.empty());
  EXPECT_EQ(PlanPrune(layout_, {"r-none"}).error().code, base::Code::kInvalidArgument);
  ASSERT_TRUE(Prune(layout_, *plan));
  EXPECT_FALSE(fs::exists(layout_.Run("a", first)));
  EXPECT_TRUE(Problems().empty());
}

TEST_F(PruneTest, ARunThatDidNotFinishReplacesNone) {
  const std::string first = Run({});
  const std::string stopped = Run(Seed(), RunEnding::kInterrupted);
  const auto refused = PlanPrune(layout_, {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, base::Code::kInvalidArgument);
  EXPECT_NE(refused.error().message.find("its last run " + stopped + " left no result"),
            std::string::npos);
  fs::create_directories(layout_.Run("a", stopped));
  EXPECT_NE(PlanPrune(layout_, {}).error().message.find("did not finish"), std::string::npos);
  const auto plan = PlanPrune(layout_, {first});
  ASSERT_TRUE(plan);
  ASSERT_EQ(plan->items.size(), 1U);
  EXPECT_EQ(plan->items[0].path, "local/a/" + stopped);
}

TEST_F(PruneTest, WhatIsNotOursStays) {
  Run({});
  const fs::path own = layout_.videos() / "a" / "notes";
  fs::create_directories(own);
  std::ofstream(own / "mine.txt") << "mine";
  EXPECT_TRUE(PlanPrune(layout_, {})->items.empty());
  for (const fs::path& linked : {layout_.temporaries(), layout_.videos()}) {
    const fs::path real = temp_.path() / "elsewhere";
    fs::rename(linked, real);
    fs::create_directory_symlink(real, linked);
    const auto refused = PlanPrune(layout_, {});
    ASSERT_FALSE(refused) << linked;
    EXPECT_EQ(refused.error().code, base::Code::kInvalidArgument);
    fs::remove(linked);
    fs::rename(real, linked);
  }
}

TEST_F(PruneTest, ALinkToAnotherFileIsNoArtifact) {
  const fs::path cuts = layout_.Run("a", Run({})) / testing::kCutsFile;
  fs::rename(cuts, temp_.path() / "moved.json");
  fs::create_symlink(temp_.path() / "moved.json", cuts);
  EXPECT_EQ(Problems(), std::vector<std::string>{"artifact_missing cuts.json"});
  Run({});
  EXPECT_FALSE(fs::is_symlink(cuts)) << "it was computed again";
}

TEST_F(PruneTest, NothingIsRemovedWithoutALastRun) {
  Run({});
  fs::remove(layout_.run_summary());
  EXPECT_EQ(PlanPrune(layout_, {}).error().code, base::Code::kInvalidArgument);
  std::ofstream(layout_.run_summary()) << "{";
  EXPECT_EQ(PlanPrune(layout_, {}).error().code, base::Code::kCorrupt);
}

TEST_F(PruneTest, AManifestThatCannotBeReadLosesNothing) {
  const fs::path run = layout_.Run("a", Run({}));
  std::ofstream(run / kManifestFile) << "{";
  EXPECT_TRUE(PlanPrune(layout_, {})->items.empty());
}

}  // namespace
}  // namespace reelbatch::store
