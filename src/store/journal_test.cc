#include "store/journal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/test_support.h"

namespace reelbatch::store {
namespace {

using testing::Slurp;
using testing::TempFolder;

TEST(Journal, AppendsALinePerEvent) {
  const TempFolder temp;
  base::ManualClock clock;
  const auto file = temp.path() / "journal.jsonl";
  for (int i = 0; i < 2; ++i) {
    auto journal = Journal::Open(file, clock);
    ASSERT_TRUE(journal);
    ASSERT_TRUE((*journal)->Append("video_queued", {{"video_id", "a\nb\xFF"}, {"n", i}}));
    ASSERT_TRUE((*journal)->Sync());
    clock.Advance(std::chrono::seconds(1));
  }
  EXPECT_EQ(Slurp(file),
            "{\"at\":\"1970-01-01T00:00:00.000Z\",\"event\":\"video_queued\","
            "\"video_id\":\"a\\nb\xEF\xBF\xBD\",\"n\":0}\n"
            "{\"at\":\"1970-01-01T00:00:01.000Z\",\"event\":\"video_queued\","
            "\"video_id\":\"a\\nb\xEF\xBF\xBD\",\"n\":1}\n");
}

TEST(Journal, EndsATornLine) {
  const TempFolder temp;
  const base::ManualClock clock;
  const auto file = temp.Write("journal.jsonl", "{\"event\":\"run_started\"}\n{\"event\":\"vid");
  auto journal = Journal::Open(file, clock);
  ASSERT_TRUE(journal);
  ASSERT_TRUE((*journal)->Append("run_started", Json::object()));
  EXPECT_THAT(Slurp(file), ::testing::EndsWith(
                               "{\"event\":\"vid\n{\"at\":\"1970-01-01T00:00:00.000Z\",\"event\":\"run_started\"}\n"));
}

TEST(Journal, SaysWhyItCannotBeWritten) {
  const TempFolder temp;
  const base::ManualClock clock;
  EXPECT_EQ(Journal::Open(temp.path() / "missing" / "j", clock).error().code, base::Code::kIo);
  EXPECT_EQ(Journal::Open(temp.path(), clock).error().code, base::Code::kIo);
  auto full = Journal::Open("/dev/full", clock);
  ASSERT_TRUE(full);
  const auto failed = (*full)->Append("run_started", Json::object());
  ASSERT_FALSE(failed);
  EXPECT_THAT(failed.error().message, ::testing::HasSubstr("no space left"));
}

}  // namespace
}  // namespace reelbatch::store
