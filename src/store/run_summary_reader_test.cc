#include "store/run_summary_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "store/test_support.h"

namespace reelbatch::store {
namespace {

using base::Code;
using ::testing::ElementsAre;
using testing::TempFolder;

TEST(RunSummaryReader, TellsOfTheRunAndOfTheFilesThatItsVideosName) {
  const TempFolder temp;
  const auto file = temp.Write("run.json", R"({
    "run_id": "r-1", "config": {"run_id": "no", "videos": [{"manifest": "no"}]},
    "ending": "finished", "manifest": "no",
    "videos": ["no", ["no"],
               {"path": "no", "manifest": "m", "decode": {"manifest": "no"}, "reason": "no",
                "artifacts": ["a", "b", 3]},
               {"manifest": null, "artifacts": []}],
    "artifacts": ["no"]})");
  std::vector<std::string> files;
  const auto facts = ReadRunSummary(file, [&](const std::string& path) { files.push_back(path); });
  ASSERT_TRUE(facts) << facts.error().Text();
  EXPECT_EQ(facts->run_id, "r-1");
  EXPECT_EQ(facts->ending, "finished");
  EXPECT_TRUE(facts->has_videos);
  EXPECT_THAT(files, ElementsAre("m", "a", "b"));
  EXPECT_EQ(ReadRunSummary(file).value().run_id, "r-1");
}

TEST(RunSummaryReader, SaysWhatIsNoSummary) {
  const TempFolder temp;
  const auto none = ReadRunSummary(temp.Write("a", R"({"run_id": 3, "videos": {}})"));
  ASSERT_TRUE(none);
  EXPECT_EQ(none->run_id, "");
  EXPECT_FALSE(none->has_videos);
  for (const char* text : {"", "{", R"([{"run_id": "r-1"}])", "\"text\"", R"({"run_id": "r-1"} 1)"})
    EXPECT_EQ(ReadRunSummary(temp.Write("b", text)).error().code, Code::kCorrupt) << text;
  EXPECT_EQ(ReadRunSummary(temp.path() / "missing").error().code, Code::kIo);
}

}  // namespace
}  // namespace reelbatch::store
