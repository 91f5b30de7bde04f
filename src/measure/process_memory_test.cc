#include "measure/process_memory.h"

#include <gtest/gtest.h>

#include "base/test_folder.h"

namespace reelbatch::measure {
namespace {

TEST(ProcessMemory, ReadsFields) {
  constexpr std::string_view kStatus =
      "Name:\tx\nVmHWM:\t  2048 kB\nVmRSSx:\t 1 kB\nVmRSS:\t    1024 kB\nBad:\t 3 MB\n";
  EXPECT_EQ(KbOfField(kStatus, "VmHWM"), 2048);
  EXPECT_EQ(KbOfField(kStatus, "VmRSS"), 1024);
  EXPECT_FALSE(KbOfField(kStatus, "Bad"));
  EXPECT_FALSE(KbOfField(kStatus, "Nothing"));
  EXPECT_FALSE(KbOfField("VmHWM:", "VmHWM"));
}

TEST(ProcessMemory, OfThisProcessIsThere) {
  const ProcessMemory memory = ReadProcessMemory();
  ASSERT_TRUE(memory.rss_mb && memory.peak_mb);
  EXPECT_GT(*memory.rss_mb, 1);
  EXPECT_GE(*memory.peak_mb, *memory.rss_mb * 0.9);
  const base::testing::TempFolder empty;
  EXPECT_FALSE(ReadProcessMemory(empty.path()).peak_mb);
  EXPECT_FALSE(ReadProcessMemory(empty.path()).pss_mb);
}

}  // namespace
}  // namespace reelbatch::measure
