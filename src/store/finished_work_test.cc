#include "store/finished_work.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "base/hash.h"
#include "store/output_folder.h"
#include "store/run_folders.h"
#include "store/test_support.h"
#include "store/verify.h"

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
    std::map<std::string, std::string> versions = {};
    std::map<std::string, contracts::EmptyReason> empty = {};
    Names fails = {};
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
      if (wanted.versions.contains(name)) stored.version = wanted.versions.at(name);
      if (wanted.files.contains(name))
        stored.models_used = {{.model_name = "net", .files_digest = wanted.files.at(name)}};
    }
    return options;
  }

  contracts::VideoOutcome Outcome(const Names& made) const {
    contracts::VideoOutcome outcome = testing::SampleOutcome();
    outcome.finished_at_ns = 1;  // else the clock is a fixed one
    outcome.costs = {{.component = "decode", .units = 6}};
    if (std::ranges::find(made, "cut_detection") == made.end())
      outcome.results.erase("cut_detection");
    for (const std::string& name : made) {
      if (name == "cut_detection") continue;
      outcome.results[name] = {.arrays = {contracts::MakeTensor("x", std::vector<uint8_t>{1})},
                               .meta = R"({"of":")" + name + "\"}"};
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
    loaded_ = {};
    if (!found->outcome) {
      auto loaded = (*folder)->LoadUsed(video);
      EXPECT_TRUE(loaded) << loaded.error().Text();
      if (loaded) loaded_ = std::move(*loaded);
      for (const std::string& name : wanted.names) {
        if (std::ranges::find(loaded_.done, name) == loaded_.done.end()) made.push_back(name);
      }
      contracts::VideoOutcome outcome = Outcome(made);
      outcome.results.insert(loaded_.results.begin(), loaded_.results.end());
      for (const std::string& name : wanted.fails) {
        outcome.results.erase(name);
        outcome.status = contracts::VideoStatus::kError;
        outcome.fault = contracts::Fault{contracts::FaultCode::kComponentFailed, "why"};
        outcome.component_faults.emplace(name, *outcome.fault);
      }
      for (const std::string& name : made) {
        outcome.costs.push_back({.component = name, .units = 1});
        if (wanted.empty.contains(name))
          outcome.component_empty.emplace(name, wanted.empty.at(name));
      }
      // As the runtime does it: it knows the components that it made, and no other ones.
      if (outcome.component_empty.size() == made.size()) {
        outcome.status = contracts::VideoStatus::kEmpty;
        outcome.empty_reason = outcome.component_empty.at(made.front());
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
  LoadedResults loaded_;  // what the last run took from disk
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
  EXPECT_EQ(Run({.names = {"a", "b"}, .fails = {"a"}}), (Names{"a", "b"}));
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
  Run({.names = {"a", "b"}, .fails = {"a"}});
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
            Names{"b"})
      << "b takes the result of a from disk";
}

TEST_F(FinishedWorkTest, AnAttemptThatFailsRemovesNoResultThatIsWhole) {
  Run({.names = {"a", "b"}});
  const Manifest first = Made();
  const Wanted later{.names = {"a", "b"}, .versions = {{"a", "2"}}, .fails = {"a"}};
  EXPECT_EQ(Run(later), Names{"a"});
  EXPECT_EQ(recorded_.status, contracts::VideoStatus::kError);
  EXPECT_EQ(Made().Find("a")->key, first.Find("a")->key);
  EXPECT_TRUE(Made().Find("b")->finished());
  EXPECT_TRUE(fs::exists(Layout().Run("v", run_id_) / "a/a.npz"));
  const Json summary = Json::parse(testing::Slurp(temp_.path() / "out/run.json"));
  EXPECT_EQ(summary["videos"][0]["status"], "error");
  EXPECT_TRUE(VerifyFolder(Layout(), kGoOn)->problems.empty());
  EXPECT_EQ(Run({.names = {"a", "b"}, .versions = {{"a", "2"}}}), Names{"a"});
  EXPECT_EQ(Made().Find("a")->identity.version, "2");
}

TEST_F(FinishedWorkTest, AResultOfAnotherUsedOneDoesNotStay) {
  const std::map<std::string, Names> uses = {{"b", {"a"}}};
  Run({.names = {"a", "b"}, .uses = uses});
  // b took the result of a version of a that is here no more.
  const fs::path file = Layout().Run("v", run_id_) / kManifestFile;
  Json document = Json::parse(testing::Slurp(file));
  document["components"][1]["uses"]["a"] = std::string(64, '0');
  document["components"][1]["key"] = std::string(64, '0');
  std::ofstream(file) << document.dump();
  EXPECT_EQ(Run({.names = {"a", "b"}, .uses = uses, .fails = {"b"}}), Names{"b"});
  EXPECT_FALSE(Made().Find("b")->finished());
  EXPECT_FALSE(fs::exists(Layout().Run("v", run_id_) / "b/b.npz"));
}

TEST_F(FinishedWorkTest, AnErrorThatMayPassLeavesAnotherContentAsItIs) {
  Run({.names = {"b"}});
  const fs::path video = temp_.path() / "videos/v.mp4";
  Run({.names = {"a", "b"}});
  const std::string run = run_id_;
  const Manifest before = Made();
  // The content changes; b of the new one is made alone, then a of it gets stuck.
  const auto of_new_content = [&](const Names& names, const contracts::VideoOutcome& outcome) {
    temp_.Write("videos/v.mp4", "other content");
    const auto folder = OutputFolder::Open(Options({.names = names}), kClock);
    EXPECT_TRUE(folder && (*folder)->Register({video}, kGoOn));
    EXPECT_TRUE((*folder)->FindFinished(video, kGoOn));
    EXPECT_TRUE((*folder)->Commit(video, outcome, nullptr));
  };
  of_new_content({"b"}, Outcome({"b"}));
  contracts::VideoOutcome stuck = testing::ErrorOutcome("stuck");
  stuck.fault->code = contracts::FaultCode::kDecoderStuck;
  of_new_content({"a", "b"}, stuck);
  run_id_ = run;
  EXPECT_EQ(Made().content_sha256, before.content_sha256);
  EXPECT_TRUE(Made().Find("a")->finished());
  EXPECT_TRUE(fs::exists(Layout().Run("v", run) / "a/a.npz"));
}

Names CostsIn(const Manifest& manifest) {
  Names names;
  for (const contracts::ComponentCost& cost : manifest.costs) names.push_back(cost.component);
  std::ranges::sort(names);
  return names;
}

TEST_F(FinishedWorkTest, CostsGoWithTheResults) {
  Run({.names = {"a"}});
  EXPECT_EQ(CostsIn(Made()), (Names{"a", "decode"}));
  Run({.names = {"a", "b"}});
  EXPECT_EQ(CostsIn(Made()), (Names{"a", "b", "decode"})) << "this run has decoded itself";
  EXPECT_TRUE(Run({.names = {"b"}}).empty());
  EXPECT_EQ(CostsIn(Made()), (Names{"b", "decode"}));
  EXPECT_TRUE(Run({.names = {"b", "a"}}).empty());
  EXPECT_EQ(CostsIn(Made()), (Names{"a", "b", "decode"}));
}

TEST_F(FinishedWorkTest, WhyAVideoIsEmptyDoesNotDependOnWhatWasThere) {
  using contracts::EmptyReason;
  const std::map<std::string, EmptyReason> empty = {{"a", EmptyReason::kVideoTooShort},
                                                    {"b", EmptyReason::kAudioMissing}};
  Run({.names = {"a"}, .empty = empty});
  EXPECT_EQ(Run({.names = {"a", "b"}, .empty = empty}), Names{"b"});
  EXPECT_EQ(recorded_.status, contracts::VideoStatus::kEmpty);
  EXPECT_EQ(recorded_.empty_reason, EmptyReason::kVideoTooShort);
  EXPECT_TRUE(Run({.names = {"a", "b"}, .empty = empty}).empty());
  EXPECT_EQ(recorded_.empty_reason, EmptyReason::kVideoTooShort);
  EXPECT_EQ(Run({.names = {"a", "c"}, .empty = empty}), Names{"c"});
  EXPECT_EQ(recorded_.status, contracts::VideoStatus::kSuccess);
  EXPECT_EQ(recorded_.empty_reason, std::nullopt);
}

TEST_F(FinishedWorkTest, SaysWhatWasKept) {
  Run({.names = {"a"}});
  EXPECT_TRUE(recorded_.kept.empty());
  const std::string from = "local/v/" + run_id_;
  Run({.names = {"a", "b"}});
  EXPECT_EQ(recorded_.kept, (decltype(recorded_.kept){{"a", from}}));
  Run({.names = {"a", "b"}});
  EXPECT_EQ(recorded_.kept, (decltype(recorded_.kept){{"a", from}, {"b", ""}}));
}

TEST_F(FinishedWorkTest, OnlyWhatAMissingComponentTakesIsLoaded) {
  const std::map<std::string, Names> uses = {{"b", {"a"}}};
  Run({.names = {"a", "b", "c"}, .uses = uses});
  const contracts::VideoOutcome written = Outcome({"a"});
  const std::string first = run_id_;
  EXPECT_EQ(Run({.names = {"a", "b", "c"}, .uses = uses, .knobs = {{"b", "other"}}}), Names{"b"});
  ASSERT_EQ(loaded_.results.size(), 1U);
  const contracts::ComponentResult& a = loaded_.results.at("a");
  EXPECT_EQ(a.meta, written.results.at("a").meta);
  ASSERT_EQ(a.arrays.size(), 1U);
  EXPECT_EQ(a.arrays[0].name, "x");
  EXPECT_EQ(a.arrays[0].bytes, written.results.at("a").arrays[0].bytes);
  EXPECT_EQ(Made().Find("a")->linked_from, "local/v/" + first);
  EXPECT_EQ(Made().Find("b")->identity.uses.at("a"), ResultDigest(Made().Find("a")->artifacts));
  EXPECT_EQ(Run({.names = {"a", "b", "c"}, .knobs = {{"c", "other"}}}), (Names{"b", "c"}));
  EXPECT_TRUE(loaded_.results.empty()) << "nothing is taken";
}

TEST_F(FinishedWorkTest, LoadedResultsAreThoseThatWereWritten) {
  Run({.names = {"cut_detection", "a"}, .uses = {{"a", {"cut_detection"}}}});
  fs::remove(Layout().Run("v", run_id_) / "a/a.npz");
  EXPECT_EQ(Run({.names = {"cut_detection", "a"}, .uses = {{"a", {"cut_detection"}}}}), Names{"a"});
  const contracts::ComponentResult written = testing::SampleOutcome().results.at("cut_detection");
  const contracts::ComponentResult& cuts = loaded_.results.at("cut_detection");
  EXPECT_EQ(cuts.meta, written.meta);
  ASSERT_EQ(cuts.arrays.size(), written.arrays.size());
  for (size_t k = 0; k < cuts.arrays.size(); ++k) {
    EXPECT_EQ(cuts.arrays[k].name, written.arrays[k].name);
    EXPECT_EQ(cuts.arrays[k].type, written.arrays[k].type);
    EXPECT_EQ(cuts.arrays[k].shape, written.arrays[k].shape);
    EXPECT_EQ(cuts.arrays[k].bytes, written.arrays[k].bytes);
  }
  EXPECT_EQ(cuts.events->events.size(), written.events->events.size());
  EXPECT_EQ(cuts.events->shots.size(), written.events->shots.size());
}

/// Replaces a result and says in its manifest that this is what was made.
void Forge(const fs::path& run, const std::string& component, const std::string& bytes) {
  const std::string name = component + "/" + component + ".npz";
  std::ofstream(run / name, std::ios::binary) << bytes;
  Json document = Json::parse(testing::Slurp(run / kManifestFile));
  for (Json& made : document["components"]) {
    if (made["name"] != component) continue;
    made["artifacts"][0]["bytes"] = bytes.size();
    made["artifacts"][0]["sha256"] = base::Sha256Hex(bytes);
  }
  std::ofstream(run / kManifestFile) << document.dump();
}

TEST_F(FinishedWorkTest, AResultThatCannotBeReadIsComputedWithWhatTakesIt) {
  const std::map<std::string, Names> uses = {{"b", {"a"}}, {"c", {"b"}}};
  const Wanted wanted{.names = {"a", "b", "c"}, .uses = uses};
  Run(wanted);
  const fs::path run = Layout().Run("v", run_id_);
  Forge(run, "b", "no archive");
  EXPECT_EQ(Run(wanted), (Names{"b", "c"}));
  EXPECT_THAT(testing::Slurp(temp_.path() / "out/.reelbatch/journal.jsonl"),
              ::testing::HasSubstr("\"event\":\"result_unreadable\""));
  EXPECT_TRUE(Run(wanted).empty());
  Forge(run, "a", testing::Slurp(run / "b/b.npz"));
  EXPECT_EQ(Run(wanted), (Names{"a", "b", "c"})) << "it is the result of another component";
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
