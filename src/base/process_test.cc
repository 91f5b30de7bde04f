#include "base/process.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <csignal>
#include <vector>

#include "base/fd.h"

namespace reelbatch::base {
namespace {

using testing::HasSubstr;

const CancelToken kNever;

Result<std::string> Shell(const std::string& script, ChildCall call = {}) {
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
  const Fd file(memfd_create("words", MFD_CLOEXEC));
  ASSERT_EQ(write(file.get(), "words", 5), 5);
  lseek(file.get(), 0, SEEK_SET);
  ChildCall call;
  call.given_fd = file.get();
  EXPECT_EQ(Shell("head -c 5 <&3", call), "words");
}

TEST(ChildProcess, SaysHowItEnded) {
  const auto failed = Shell("exit 7");
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, Code::kUnavailable);
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
  EXPECT_EQ(late.error().code, Code::kDeadline);
  CancelToken cancel;
  cancel.Cancel();
  ChildCall stopped;
  stopped.words = {"/bin/sh", "-c", "exec sleep 1000"};
  EXPECT_EQ(RunChild(stopped, cancel).error().code, Code::kCancelled);
}

/// What the file holds.
std::string TextOf(const Fd& file) {
  std::string text(1000, '\0');
  const ssize_t got = pread(file.get(), text.data(), text.size(), 0);
  text.resize(got > 0 ? static_cast<size_t>(got) : 0);
  return text;
}

TEST(ChildProcess, RunsBesideUsWithItsFiles) {
  const Fd words(memfd_create("words", MFD_CLOEXEC));
  const Fd other(memfd_create("other", MFD_CLOEXEC));
  const std::vector<int> given{words.get(), other.get()};
  const auto child = ChildProcess::Start({"/bin/sh", "-c", "echo one >&3; echo two >&4; exit 3"},
                                         given, other.get());
  ASSERT_TRUE(child);
  EXPECT_EQ((*child)->WaitForEnd(), "failed with exit code 3");
  EXPECT_EQ((*child)->WaitForEnd(), "failed with exit code 3");
  EXPECT_FALSE((*child)->killed_by_signal());
  EXPECT_EQ(TextOf(words), "one\n");
  EXPECT_EQ(TextOf(other), "two\n");
}

TEST(ChildProcess, EndsWhenItIsKilledOrForgotten) {
  const Fd errors(memfd_create("errors", MFD_CLOEXEC));
  auto child = ChildProcess::Start({"/bin/sh", "-c", "exec sleep 1000"}, {}, errors.get());
  ASSERT_TRUE(child);
  (*child)->Kill();
  EXPECT_EQ((*child)->WaitForEnd(), "was killed by signal 9 (Killed)");
  EXPECT_TRUE((*child)->killed_by_signal());
  auto forgotten = ChildProcess::Start({"/bin/sh", "-c", "exec sleep 1000"}, {}, errors.get());
  ASSERT_TRUE(forgotten);
  const pid_t pid = (*forgotten)->pid();
  EXPECT_EQ(getpgid(pid), pid);  // Ctrl-C does not reach it
  forgotten->reset();
  EXPECT_EQ(kill(pid, 0), -1);
}

TEST(ChildProcess, OfAProgramThatIsNotThereNamesIt) {
  const auto absent = ChildProcess::Start({"/no/such/program"}, {}, 2);
  ASSERT_FALSE(absent);
  EXPECT_EQ(absent.error().code, Code::kUnavailable);
  EXPECT_THAT(absent.error().Text(), HasSubstr("/no/such/program"));
}

}  // namespace
}  // namespace reelbatch::base
