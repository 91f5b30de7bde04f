#include "store/verify.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/output_folder.h"
#include "store/test_support.h"

namespace reelbatch::store {
namespace {

namespace fs = std::filesystem;
using base::Json;
using ::testing::HasSubstr;
using testing::TempFolder;

const base::FixedWallClock kVerifyClock(std::chrono::seconds(1'700'000'000));
const base::CancelToken kVerifyGoOn;

class VerifyTest : public ::testing::Test {
 protected:
  /// A run of cut_detection and of "b", which takes its result.
  void Run(bool finishes = true) {
    OutputOptions options{
        .folder = temp_.path() / "out", .config = {}, .components = testing::CutsAlone()};
    options.components.push_back({.name = "b",
                                  .version = "1",
                                  .schema = "reelbatch_features_v1",
                                  .npz = "b/b.npz",
                                  .config = "{}",
                                  .uses = {"cut_detection"}});
    const fs::path video = temp_.Write("videos/v.mp4", "v");
    const auto folder = OutputFolder::Open(options, kVerifyClock);
    ASSERT_TRUE(folder && (*folder)->Register({video}, kVerifyGoOn));
    ASSERT_TRUE((*folder)->FindFinished(video, kVerifyGoOn));
    contracts::VideoOutcome outcome = testing::SampleOutcome();
    outcome.results["b"] = {};
    ASSERT_TRUE((*folder)->Commit(video, outcome, nullptr));
    manifest_ = (*folder)->VideoFolder(video).value() / kManifestFile;
    if (finishes) {
      ASSERT_TRUE((*folder)->FinishRun(RunEnding::kFinished));
    }
  }

  /// The only problem after `change` of the manifest.
  Problem After(const std::function<void(Json&)>& change) {
    Run();
    Json document = Json::parse(testing::Slurp(manifest_));
    change(document["components"]);
    std::ofstream(manifest_) << document.dump();
    const auto problems = Problems();
    EXPECT_EQ(problems.size(), 1U);
    return problems.empty() ? Problem() : problems.front();
  }
  std::vector<Problem> Problems() const {
    return VerifyFolder({.root = temp_.path() / "out"}, kVerifyGoOn)->problems;
  }

  TempFolder temp_;
  fs::path manifest_;
};

TEST_F(VerifyTest, AllIsWell) {
  Run();
  EXPECT_TRUE(Problems().empty());
}

TEST_F(VerifyTest, AResultDigestIsThatOfTheFiles) {
  const Problem found =
      After([](Json& components) { components[1]["result_digest"] = std::string(64, '0'); });
  EXPECT_EQ(found.kind, Problem::Kind::kDigestWrong);
  EXPECT_EQ(found.detail, "b: result_digest does not match its files");
}

TEST_F(VerifyTest, AResultNamesItsFiles) {
  Run();
  Json document = Json::parse(testing::Slurp(manifest_));
  Json& b = document["components"][1];
  b["artifacts"] = Json::array();
  b["result_digest"] = ResultDigest({});
  std::ofstream(manifest_) << document.dump();
  fs::remove(manifest_.parent_path() / "b/b.npz");
  ASSERT_FALSE(Problems().empty());
  EXPECT_EQ(Problems().front().detail, "b: is finished, but lists no file");
}

TEST_F(VerifyTest, AUsedResultIsTheOneThatIsHere) {
  Run();
  Json document = Json::parse(testing::Slurp(manifest_));
  document["components"][1]["uses"]["cut_detection"] = std::string(64, '0');
  Manifest forged = ParseManifest(document.dump(), "").value();
  document["components"][1]["key"] = forged.Find("b")->identity.Key();
  std::ofstream(manifest_) << document.dump();
  ASSERT_EQ(Problems().size(), 1U);
  EXPECT_EQ(Problems()[0].kind, Problem::Kind::kDigestWrong);
  EXPECT_THAT(Problems()[0].detail, HasSubstr("a result of cut_detection that differs"));
}

TEST_F(VerifyTest, ARunThatWasKilledIsNamed) {
  Run();
  Run(false);
  ASSERT_EQ(Problems().size(), 1U);
  EXPECT_EQ(Problems()[0].kind, Problem::Kind::kRunUnfinished);
  EXPECT_THAT(Problems()[0].detail, HasSubstr("does not belong to the last run, r-"));
  Run();
  EXPECT_TRUE(Problems().empty());
}

}  // namespace
}  // namespace reelbatch::store
