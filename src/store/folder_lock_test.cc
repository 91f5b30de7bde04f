#include "store/folder_lock.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "store/test_support.h"

namespace reelbatch::store {
namespace {

using ::testing::HasSubstr;
using testing::TempFolder;

TEST(FolderLock, TheSecondIsToldWhoHoldsIt) {
  const TempFolder temp;
  const base::ManualClock clock;
  auto first = FolderLock::Take(temp.path(), temp.path() / "lock", "reelbatch run a", clock);
  ASSERT_TRUE(first);
  const auto second = FolderLock::Take(temp.path(), temp.path() / "lock", "reelbatch run b", clock);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, base::Code::kUnavailable);
  EXPECT_THAT(second.error().Text(),
              HasSubstr(fmt::format("{}: is in use by reelbatch run (pid {} on ",
                                    temp.path().native(), getpid())));
  EXPECT_THAT(second.error().Text(), HasSubstr("since 1970-01-01T00:00:00.000Z)"));
  first->reset();
  EXPECT_TRUE(FolderLock::Take(temp.path(), temp.path() / "lock", "reelbatch run b", clock));
}

TEST(FolderLock, AHolderWithoutANameIsStillAHolder) {
  const TempFolder temp;
  const base::ManualClock clock;
  auto first = FolderLock::Take(temp.path(), temp.path() / "lock", "x", clock);
  temp.Write("lock", "{\"sch");
  const auto second = FolderLock::Take(temp.path(), temp.path() / "lock", "x", clock);
  ASSERT_FALSE(second);
  EXPECT_THAT(second.error().message, HasSubstr("is in use by another reelbatch"));
}

TEST(FolderLock, AKilledProcessFreesIt) {
  const TempFolder temp;
  const base::ManualClock clock;
  int ready[2];
  ASSERT_EQ(pipe(ready), 0);
  const pid_t child = fork();
  if (child == 0) {
    const auto held = FolderLock::Take(temp.path(), temp.path() / "lock", "child", clock);
    if (held && write(ready[1], "x", 1) == 1) pause();
    raise(SIGKILL);
  }
  close(ready[1]);
  char byte = 0;
  ASSERT_EQ(read(ready[0], &byte, 1), 1);
  const auto refused = FolderLock::Take(temp.path(), temp.path() / "lock", "parent", clock);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr(fmt::format("pid {} on ", child)));
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  EXPECT_TRUE(FolderLock::Take(temp.path(), temp.path() / "lock", "parent", clock));
  close(ready[0]);
}

TEST(FolderLock, SaysWhyItCannotBeTaken) {
  const TempFolder temp;
  const base::ManualClock clock;
  const auto failed = FolderLock::Take(temp.path(), temp.path() / "missing/lock", "x", clock);
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, base::Code::kIo);
}

}  // namespace
}  // namespace reelbatch::store
