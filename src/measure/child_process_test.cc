#include "measure/child_process.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/test_folder.h"
#include "measure/frame_stack.h"
#include "measure/process_memory.h"

namespace reelbatch::measure {
namespace {

using testing::HasSubstr;

const base::CancelToken kNever;

base::Result<std::string> Shell(const std::string& script, ChildCall call = {}) {
  call.words = {"/bin/sh", "-c", script};
  return RunChild(call, kNever);
}

TEST(ChildProcess, AnswersWhatItWrote) {
  EXPECT_EQ(Shell("echo hello; echo more"), "hello\nmore\n");
  EXPECT_EQ(Shell("true"), "");
  ChildCall call;
  call.environment = {"WORD=ours"};
  EXPECT_EQ(Shell("echo \"$WORD\"", call), "ours\n");
}

TEST(ChildProcess, IsGivenAFile) {
  auto stack = FrameStack::Make({.width = 64, .height = 1, .frames = 1});
  ASSERT_TRUE(stack);
  for (int i = 0; i < 5; ++i) stack->row(0, 0, 0)[i] = static_cast<uint8_t>("words"[i]);
  ChildCall call;
  call.given_fd = stack->fd();
  EXPECT_EQ(Shell("head -c 5 <&3", call), "words");
}

TEST(ChildProcess, SaysHowItEnded) {
  const auto failed = Shell("exit 7");
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, base::Code::kUnavailable);
  EXPECT_THAT(failed.error().message, HasSubstr("exit code 7"));
  const auto killed = Shell("kill -9 $$");
  ASSERT_FALSE(killed);
  EXPECT_THAT(killed.error().message, HasSubstr("signal 9"));
  ChildCall absent;
  absent.words = {"/no/such/program"};
  const auto missing = RunChild(absent, kNever);
  ASSERT_FALSE(missing);
  EXPECT_THAT(missing.error().Text(), HasSubstr("/no/such/program"));
}

TEST(ChildProcess, IsKilledWhenItIsLateOrNotWanted) {
  ChildCall call;
  call.timeout = std::chrono::milliseconds(1);
  const auto late = Shell("exec sleep 1000", call);
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, base::Code::kDeadline);
  base::CancelToken cancel;
  cancel.Cancel();
  ChildCall stopped;
  stopped.words = {"/bin/sh", "-c", "exec sleep 1000"};
  EXPECT_EQ(RunChild(stopped, cancel).error().code, base::Code::kCancelled);
}

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
