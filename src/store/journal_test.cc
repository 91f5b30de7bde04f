#include "store/journal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>

#include "base/json_text.h"
#include "store/test_support.h"

namespace reelbatch::store {

using base::Json;

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
  EXPECT_THAT(
      Slurp(file),
      ::testing::EndsWith(
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

TEST(Journal, ALineThatDoesNotFitIsCutOffAgain) {
  const TempFolder temp;
  const base::ManualClock clock;
  const auto file = temp.path() / "journal.jsonl";
  auto journal = Journal::Open(file, clock);
  ASSERT_TRUE(journal);
  ASSERT_TRUE((*journal)->Append("first", Json::object()));
  const std::string before = Slurp(file);
  rlimit limit{};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &limit), 0);
  const rlimit tight{.rlim_cur = before.size() + 10, .rlim_max = limit.rlim_max};
  const auto old_handler = std::signal(SIGXFSZ, SIG_IGN);
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &tight), 0);
  const auto failed = (*journal)->Append("second", Json::object());
  const std::string after = Slurp(file);
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &limit), 0);
  std::signal(SIGXFSZ, old_handler);
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, base::Code::kIo);
  EXPECT_EQ(after, before);
  ASSERT_TRUE((*journal)->Append("third", Json::object()));
  EXPECT_THAT(Slurp(file), ::testing::StartsWith(before + "{\"at\""));
}

}  // namespace
}  // namespace reelbatch::store
