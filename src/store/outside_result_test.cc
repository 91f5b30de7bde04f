#include "store/outside_result.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/hash.h"
#include "store/output_folder.h"
#include "store/run_folders.h"
#include "store/stored_result.h"
#include "store/test_support.h"

namespace reelbatch::store {
namespace {

namespace fs = std::filesystem;
using base::Json;
using ::testing::HasSubstr;
using testing::TempFolder;

const base::FixedWallClock kOutsideClock(std::chrono::seconds(1'700'000'000));
const base::CancelToken kOutsideGoOn;
const std::string kConfig = R"({"preset":"auto","sampling":{"analysis_fps":null}})";
const std::string kFast = R"({"preset":"fast","sampling":{"analysis_fps":5.0}})";

StoredComponent Component(const std::string& name, const std::string& config = kConfig) {
  return {.name = name,
          .version = "1",
          .schema = "reelbatch_features_v1",
          .npz = name + "/" + name + ".npz",
          .config = config};
}

class OutsideResultTest : public ::testing::Test {
 protected:
  struct Ran {
    std::string run_id;
    LoadedResults loaded = {};
    bool skipped = false;
  };

  /// A run of one component with `x` = {value}, and of what it takes.
  Ran Run(const StoredComponent& component, uint8_t value,
          const std::vector<OutsideComponent>& outside = {}, bool force = false) {
    OutputOptions options;
    options.folder = temp_.path() / "out";
    options.components = {component};
    options.outside = outside;
    options.force = force;
    options.config.components = {component.name};
    options.config.knobs["min_confidence"] = component.config == kConfig ? 0.5 : 0.25;
    const fs::path video = temp_.Write("videos/v.mp4", content_);
    const auto folder = OutputFolder::Open(options, kOutsideClock);
    EXPECT_TRUE(folder && (*folder)->Register({video}, kOutsideGoOn));
    Ran ran{.run_id = (*folder)->run_id()};
    const auto found = (*folder)->FindFinished(video, kOutsideGoOn);
    EXPECT_TRUE(found) << found.error().Text();
    ran.skipped = found->outcome.has_value();
    if (ran.skipped) return ran;
    ran.loaded = (*folder)->LoadUsed(video).value();
    contracts::VideoOutcome outcome = testing::SampleOutcome();
    outcome.results = ran.loaded.results;
    outcome.results[component.name] = {
        .arrays = {contracts::MakeTensor("x", std::vector<uint8_t>{value})}};
    contracts::VideoOutcome recorded;
    const auto committed = (*folder)->Commit(video, outcome, &recorded);
    EXPECT_TRUE(committed) << committed.error().Text();
    EXPECT_EQ(recorded.results.size(), 1U) << "results of other runs are none of this one";
    EXPECT_TRUE((*folder)->FinishRun(RunEnding::kFinished));
    return ran;
  }

  OutsideSearch Find(const OutsideComponent& outside) const {
    const FolderLayout layout{.root = temp_.path() / "out"};
    return FindOutside({.layout = layout,
                        .video_id = "v",
                        .content_sha256 = base::Sha256Hex(content_),
                        .wanted = outside},
                       kOutsideGoOn)
        .value();
  }
  fs::path Folder(const std::string& run_id) const {
    return FolderLayout{.root = temp_.path() / "out"}.Run("v", run_id);
  }
  std::vector<uint8_t> Values(const OutsideResult& found) const {
    const auto result = LoadResult(Component("a"), base::Sha256Hex(content_), Folder(found.run_id));
    return contracts::ArrayOf<uint8_t>(*result, "x");
  }

  TempFolder temp_;
  std::string content_ = "v";
};

TEST_F(OutsideResultTest, TheSameConfigurationIsFoundFirst) {
  const Ran fast = Run(Component("a", kFast), 1);
  const Ran same = Run(Component("a"), 2);
  for (const bool any : {false, true}) {
    const OutsideSearch search = Find({.component = Component("a"), .any_configuration = any});
    ASSERT_TRUE(search.found) << search.refused;
    EXPECT_EQ(search.found->run_id, same.run_id);
    EXPECT_EQ(search.found->from("v"), "local/v/" + same.run_id);
    EXPECT_EQ(Values(*search.found), std::vector<uint8_t>{2});
    EXPECT_EQ(search.found->digest(),
              ResultDigest(ReadManifest(Folder(same.run_id))->Find("a")->artifacts));
  }
  EXPECT_EQ(Find({.component = Component("a", kFast)}).found->run_id, fast.run_id);
}

TEST_F(OutsideResultTest, AnotherConfigurationIsTakenOnRequestOnly) {
  const Ran fast = Run(Component("a", kFast), 1);
  const OutsideSearch refused = Find({.component = Component("a")});
  EXPECT_FALSE(refused.found);
  EXPECT_EQ(refused.refused,
            "a of local/v/" + fast.run_id +
                " was made with preset \"fast\" (this run: \"auto\"), analysis_fps "
                "5.0 (this run: none)");
  const OutsideSearch search = Find({.component = Component("a"), .any_configuration = true});
  ASSERT_TRUE(search.found);
  EXPECT_EQ(Values(*search.found), std::vector<uint8_t>{1});
  ASSERT_EQ(search.found->differences.size(), 2U);
  EXPECT_EQ(search.found->differences[1].name, "sampling.analysis_fps");
  EXPECT_EQ(search.found->differences[1].was, "5.0");
  EXPECT_EQ(search.found->differences[1].wanted, "null");
}

TEST_F(OutsideResultTest, AmongOthersTheOneOfTheSameSamplingIsTaken) {
  constexpr const char* kFps = R"({"preset":"auto","sampling":{"analysis_fps":5.0}})";
  constexpr const char* kPreset = R"({"preset":"quality","sampling":{"analysis_fps":null}})";
  Run(Component("a", kFps), 1);
  Run(Component("a", kFast), 2);
  Run(Component("a", kPreset), 3);
  const OutsideSearch search = Find({.component = Component("a"), .any_configuration = true});
  ASSERT_TRUE(search.found);
  EXPECT_EQ(Values(*search.found), std::vector<uint8_t>{3});
}

TEST_F(OutsideResultTest, WhoAskedForTheFramesDoesNotMatter) {
  Run(Component("a", R"({"own_sampling":true,"preset":"auto","sampling":{"analysis_fps":null}})"),
      1);
  const OutsideSearch search = Find({.component = Component("a")});
  ASSERT_TRUE(search.found) << search.refused;
  EXPECT_TRUE(search.found->differences.empty());
}

TEST_F(OutsideResultTest, OtherPicturesAreNeverTaken) {
  Run(Component("a", R"({"preset":"auto","sampling":{"crop":{"x":8}}})"), 1);
  const OutsideSearch search = Find({.component = Component("a"), .any_configuration = true});
  EXPECT_FALSE(search.found);
  EXPECT_THAT(search.refused, HasSubstr("was made with crop.x 8 (this run: none)"));
}

TEST_F(OutsideResultTest, SaysWhyNothingWillDo) {
  const OutsideComponent wanted{.component = Component("a"), .any_configuration = true};
  EXPECT_EQ(Find(wanted).refused, "no run in this folder has a result of a");
  const Ran made = Run(Component("a"), 1);
  OutsideComponent other = wanted;
  other.component.version = "2";
  EXPECT_THAT(Find(other).refused, HasSubstr("was made by another version"));
  other = wanted;
  other.component.models_used = {{.model_name = "net", .model_version = "1", .engine = "e 1"}};
  other.any_configuration = false;
  EXPECT_THAT(Find(other).refused, HasSubstr("models none (this run: net 1 (e 1))"));
  content_ = "w";
  EXPECT_THAT(Find(wanted).refused, HasSubstr("other content"));
  content_ = "v";
  EXPECT_TRUE(Find(wanted).found);
  fs::resize_file(Folder(made.run_id) / "a/a.npz", 20);
  EXPECT_THAT(Find(wanted).refused, HasSubstr("differ from its manifest"));
}

TEST_F(OutsideResultTest, IsPartOfTheIdentityOfWhatTakesIt) {
  const Ran a = Run(Component("a"), 7);
  const OutsideComponent outside{.component = Component("a"), .users = {"b"}};
  const Ran first = Run(Component("b"), 1, {outside});
  ASSERT_TRUE(first.loaded.results.contains("a"));
  EXPECT_EQ(contracts::ArrayOf<uint8_t>(first.loaded.results.at("a"), "x"),
            std::vector<uint8_t>{7});
  const Manifest manifest = ReadManifest(Folder(first.run_id)).value();
  const Manifest of_a = ReadManifest(Folder(a.run_id)).value();
  EXPECT_EQ(manifest.Find("b")->identity.uses.at("a"), ResultDigest(of_a.Find("a")->artifacts));
  EXPECT_EQ((*manifest.Find("b")->document)["uses_from"]["a"], "local/v/" + a.run_id);
  EXPECT_EQ(manifest.Find("b")->key, manifest.Find("b")->identity.Key());
  EXPECT_TRUE(Run(Component("b"), 1, {outside}).skipped);
  EXPECT_FALSE(Run(Component("b"), 1).skipped) << "without it, it is another result";
  EXPECT_FALSE(Run(Component("b"), 1, {outside}).skipped);
  EXPECT_TRUE(Run(Component("b"), 1, {outside}, true).loaded.results.contains("a"))
      << "--force computes the components of the run anew, and no other one";
}

TEST_F(OutsideResultTest, NothingIsTakenWhereNothingIsThere) {
  const OutsideComponent outside{.component = Component("a"), .users = {"b"}};
  const Ran first = Run(Component("b"), 1, {outside});
  EXPECT_TRUE(first.loaded.results.empty());
  EXPECT_TRUE(ReadManifest(Folder(first.run_id))->Find("b")->identity.uses.empty());
  EXPECT_TRUE(Run(Component("b"), 1, {outside}).skipped);
}

}  // namespace
}  // namespace reelbatch::store
