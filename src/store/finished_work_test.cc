#include "store/finished_work.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "store/output_folder.h"
#include "store/run_folders.h"
#include "store/test_support.h"

namespace reelbatch::store {

using base::Json;

namespace {

namespace fs = std::filesystem;
using Names = std::vector<std::string>;
using testing::TempFolder;

const base::FixedWallClock kClock(std::chrono::seconds(1'700'000'000));
const base::CancelToken kGoOn;

/// A run of cut_detection and of "a" and "b", whose results are an array each.
class FinishedWorkTest : public ::testing::Test {
 protected:
  struct Wanted {
    Names names;
    std::map<std::string, Names> uses = {};
    std::map<std::string, std::string> knobs = {};
    std::map<std::string, std::string> files = {};  // digests of models
    bool fails = false;                             // "a"
  };

  OutputOptions Options(const Wanted& wanted) const {
    OutputOptions options{.folder = temp_.path() / "out", .config = {}, .components = {}};
    options.config.components = wanted.names;
    options.config.knobs["min_confidence"] = 0.25 + 0.01 * static_cast<double>(wanted.knobs.size());
    for (const std::string& name : wanted.names) {
      if (name == "cut_detection") {
        options.components.push_back(testing::CutsAlone().front());
      } else {
        options.components.push_back({.name = name,
                                      .version = "1",
                                      .schema = "reelbatch_features_v1",
                                      .npz = name + "/" + name + ".npz",
                                      .config = R"({"knob":"default"})"});
      }
      StoredComponent& stored = options.components.back();
      if (wanted.uses.contains(name)) stored.uses = wanted.uses.at(name);
      if (wanted.knobs.contains(name))
        stored.config = R"({"knob":")" + wanted.knobs.at(name) + "\"}";
      if (wanted.files.contains(name))
        stored.models_used = {{.model_name = "net", .files_digest = wanted.files.at(name)}};
    }
    return options;
  }

  contracts::VideoOutcome Outcome(const Names& made) const {
    contracts::VideoOutcome outcome = testing::SampleOutcome();
    if (std::ranges::find(made, "cut_detection") == made.end())
      outcome.results.erase("cut_detection");
    for (const std::string& name : made) {
      if (name == "cut_detection") continue;
      outcome.results[name] = {.arrays = {contracts::MakeTensor("x", std::vector<uint8_t>{1})},
                               .meta = "{}"};
    }
    return outcome;
  }

  /// One run. Returns what was computed.
  Names Run(const Wanted& wanted) {
    const fs::path video = temp_.Write("videos/v.mp4", "v");
    const auto folder = OutputFolder::Open(Options(wanted), kClock);
    EXPECT_TRUE(folder);
    run_id_ = (*folder)->run_id();
    EXPECT_TRUE((*folder)->Register({video}, kGoOn));
    const auto found = (*folder)->FindFinished(video, kGoOn);
    EXPECT_TRUE(found);
    Names made;
    if (!found->outcome) {
      for (const std::string& name : wanted.names) {
        if (std::ranges::find(found->done, name) == found->done.end()) made.push_back(name);
      }
      contracts::VideoOutcome outcome = Outcome(made);
      if (wanted.fails) {
        outcome.results.erase("a");
        outcome.status = contracts::VideoStatus::kError;
        outcome.fault = contracts::Fault{contracts::FaultCode::kComponentFailed, "why"};
        outcome.component_faults.emplace("a", *outcome.fault);
      }
      const auto committed = (*folder)->Commit(video, outcome, &recorded_);
      EXPECT_TRUE(committed) << committed.error().Text();
    } else {
      recorded_ = *found->outcome;
    }
    EXPECT_TRUE((*folder)->FinishRun(RunEnding::kFinished));
    return made;
  }

  FolderLayout Layout() const { return {.root = temp_.path() / "out"}; }
  Manifest Made() const { return ReadManifest(Layout().Run("v", run_id_)).value(); }

  TempFolder temp_;
  std::string run_id_;
  contracts::VideoOutcome recorded_;
};

TEST_F(FinishedWorkTest, AnAddedComponentIsComputedAlone) {
  EXPECT_EQ(Run({.names = {"cut_detection"}}), Names{"cut_detection"});
  const std::string first = run_id_;
  EXPECT_EQ(Run({.names = {"cut_detection", "a"}}), Names{"a"});
  EXPECT_EQ(contracts::EventsOf(recorded_)->events.size(), 2U)
      << "the summary tells of all components";
  EXPECT_EQ(recorded_.status, contracts::VideoStatus::kSuccess);
  const Manifest manifest = Made();
  EXPECT_EQ(manifest.Find("cut_detection")->linked_from, "local/v/" + first);
  EXPECT_EQ(manifest.Find("a")->linked_from, "");
  EXPECT_TRUE(fs::equivalent(Layout().Run("v", first) / testing::kCutsFile,
                             Layout().Run("v", run_id_) / testing::kCutsFile));
  EXPECT_TRUE(Run({.names = {"cut_detection", "a"}}).empty());
  EXPECT_TRUE(Run({.names = {"a"}}).empty());
}

TEST_F(FinishedWorkTest, WhatFailedIsRetriedAlone) {
  EXPECT_EQ(Run({.names = {"a", "b"}, .fails = true}), (Names{"a", "b"}));
  EXPECT_EQ(Run({.names = {"a", "b"}}), Names{"a"});
  EXPECT_TRUE(Made().Find("b")->finished());
  EXPECT_TRUE(Run({.names = {"a", "b"}}).empty());
}

TEST_F(FinishedWorkTest, AVideoThatFailsKeepsWhatIsThere) {
  Run({.names = {"b"}});
  const fs::path video = temp_.path() / "videos/v.mp4";
  const auto folder = OutputFolder::Open(Options({.names = {"a", "b"}}), kClock);
  ASSERT_TRUE(folder);
  ASSERT_TRUE((*folder)->Register({video}, kGoOn));
  ASSERT_EQ((*folder)->FindFinished(video, kGoOn)->done, Names{"b"});
  contracts::VideoOutcome recorded;
  ASSERT_TRUE((*folder)->Commit(video, testing::ErrorOutcome("broken"), &recorded));
  EXPECT_EQ(recorded.status, contracts::VideoStatus::kError);
  run_id_ = (*folder)->run_id();
  EXPECT_FALSE(Made().Find("a")->finished());
  EXPECT_TRUE(Made().Find("b")->finished());
}

TEST_F(FinishedWorkTest, ASourceThatIsAwayLosesNothingBesideAComponentThatFailed) {
  Run({.names = {"a", "b"}, .fails = true});
  const fs::path video = temp_.path() / "videos/v.mp4";
  const auto folder = OutputFolder::Open(Options({.names = {"a", "b"}}), kClock);
  ASSERT_TRUE(folder);
  ASSERT_TRUE((*folder)->Register({video}, kGoOn));
  fs::remove(video);
  EXPECT_FALSE((*folder)->FindFinished(video, kGoOn));
  ASSERT_TRUE((*folder)->Commit(video, testing::ErrorOutcome("is not there"), nullptr));
  EXPECT_TRUE(Made().Find("b")->finished());
  EXPECT_TRUE(fs::exists(Layout().Run("v", run_id_) / "b/b.npz"));
}

TEST_F(FinishedWorkTest, ADependantFollowsWhatItUses) {
  const std::map<std::string, Names> uses = {{"b", {"a"}}};
  Run({.names = {"a", "b"}, .uses = uses});
  EXPECT_TRUE(Run({.names = {"a", "b"}, .uses = uses}).empty());
  EXPECT_EQ(Made().Find("b")->identity.uses.at("a"), ResultDigest(Made().Find("a")->artifacts));
  EXPECT_EQ(Run({.names = {"a", "b"}, .uses = uses, .knobs = {{"a", "other"}}}), (Names{"a", "b"}));
  EXPECT_EQ(Run({.names = {"a", "b"}, .uses = uses, .knobs = {{"a", "other"}, {"b", "other"}}}),
            (Names{"a", "b"}))
      << "b takes the result of a from memory";
}

TEST_F(FinishedWorkTest, OtherFilesOfTheModelAreOtherWork) {
  const Wanted one{.names = {"a", "b"}, .files = {{"a", "sha256:1"}}};
  const Wanted other{.names = {"a", "b"}, .files = {{"a", "sha256:2"}}};
  Run(one);
  const std::string first = run_id_;
  EXPECT_EQ(Run(other), Names{"a"});
  EXPECT_NE(run_id_, first);
  EXPECT_TRUE(Run(one).empty());
}

/// Makes the run's manifest one of 0.1.0, as far as the search is concerned.
void MakeEarlier(const fs::path& file, const std::string& run_config) {
  Json document = Json::parse(testing::Slurp(file));
  document["schema"] = "reelbatch_manifest_v1";
  document["config"] = Json::parse(run_config);
  for (Json& component : document["components"]) {
    component["producer_version"] = "0.1.0+" + component["name"].get<std::string>() + ".1";
    for (const char* later : {"key", "config", "uses", "config_hash", "component_version"})
      component.erase(later);
    for (Json& used : component["models_used"]) used.erase("files_digest");
  }
  std::ofstream(file) << document.dump();
}

TEST_F(FinishedWorkTest, WhatEarlierVersionsMadeWithAModelIsTakenOverOnce) {
  const std::string config = R"({"components":["a"],"loop_filter":"kept","sampling":{}})";
  const auto wanted = [&](const std::string& files) {
    Wanted all{.names = {"a"}, .files = {{"a", files}}};
    return all;
  };
  const auto run = [&](const std::string& files) {
    OutputOptions options = Options(wanted(files));
    options.components[0].config = config;
    const fs::path video = temp_.Write("videos/v.mp4", "v");
    const auto folder = OutputFolder::Open(options, kClock);
    EXPECT_TRUE(folder && (*folder)->Register({video}, kGoOn));
    run_id_ = (*folder)->run_id();
    const bool done = (*folder)->FindFinished(video, kGoOn)->outcome.has_value();
    if (done) return true;
    EXPECT_TRUE((*folder)->Commit(video, Outcome({"a"}), nullptr));
    return false;
  };
  EXPECT_FALSE(run("sha256:1"));
  fs::rename(Layout().Run("v", run_id_), Layout().Run("v", "r-0"));
  MakeEarlier(Layout().Run("v", "r-0") / kManifestFile, config);
  EXPECT_TRUE(run("sha256:1")) << "0.1.0 does not say with which files: these are taken for them";
  EXPECT_FALSE(run("sha256:2")) << "these are others than those";
  EXPECT_TRUE(run("sha256:1"));
}

}  // namespace
}  // namespace reelbatch::store
