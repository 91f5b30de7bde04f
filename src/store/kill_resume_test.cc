#include <gtest/gtest.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "store/output_folder.h"
#include "store/test_support.h"

namespace reelbatch::store {
namespace {

namespace fs = std::filesystem;
using testing::TempFolder;

const base::FixedWallClock kKillClock(std::chrono::seconds(1'700'000'000));
const base::CancelToken kKillGoOn;

/// A whole run: some videos succeed, one is too short, one fails, two share a stem. Answers how
/// many had to be done, or -1.
int WholeRun(const fs::path& out, const std::vector<fs::path>& videos) {
  const auto folder = OutputFolder::Open({.folder = out,
                                          .config = {},
                                          .components = testing::CutsAlone(),
                                          .command_line = "test",
                                          .force = false},
                                         kKillClock);
  if (!folder || !(*folder)->Register(videos, kKillGoOn)) return -1;
  int done = 0;
  for (size_t i = 0; i < videos.size(); ++i) {
    const auto found = (*folder)->FindFinished(videos[i], kKillGoOn);
    if (!found) return -1;
    if (found->outcome) continue;
    const auto outcome = i == 1   ? testing::EmptyOutcome(1)
                         : i == 2 ? testing::ErrorOutcome("broken")
                                  : testing::SampleOutcome();
    if (!(*folder)->Commit(videos[i], outcome, nullptr)) return -1;
    ++done;
  }
  return (*folder)->FinishRun(RunEnding::kFinished) ? done : -1;
}

int FinishedVideos(const fs::path& out) {
  int count = 0;
  if (!fs::exists(out / "local")) return 0;
  for (const auto& entry : fs::recursive_directory_iterator(out / "local")) {
    count += entry.path().filename() == "manifest.json" ? 1 : 0;
  }
  return count;
}

/// Starts a run in a child that the kernel kills after so many microseconds. True where it was
/// killed in its work.
bool RunAndKill(const fs::path& out, const std::vector<fs::path>& videos, int microseconds) {
  int report[2];
  EXPECT_EQ(pipe(report), 0);
  const pid_t child = fork();
  if (child == 0) {
    // The default action of SIGALRM ends the process at once, as SIGKILL would.
    const itimerval timer{.it_interval = {}, .it_value = {.tv_sec = 0, .tv_usec = microseconds}};
    setitimer(ITIMER_REAL, &timer, nullptr);
    const char ending = WholeRun(out, videos) < 0 ? 'f' : 'd';
    while (write(report[1], &ending, 1) != 1) continue;
    raise(SIGKILL);
  }
  close(report[1]);
  char ending = 'k';
  const bool ended = read(report[0], &ending, 1) == 1;
  close(report[0]);
  waitpid(child, nullptr, 0);
  EXPECT_NE(ending, 'f') << "the run failed by itself";
  return !ended;
}

TEST(KillResume, AnyInstantThenTheSameCommandGivesTheSameTree) {
  const TempFolder temp;
  std::vector<fs::path> videos;
  for (const char* name : {"1/a.mp4", "b.mp4", "c.mp4", "2/A.mp4", "d.mp4", "e.mp4"}) {
    videos.push_back(temp.Write(std::string("videos/") + name, name));
  }
  ASSERT_EQ(WholeRun(temp.path() / "whole", videos), 6);
  const auto expected = testing::TreeOf(temp.path() / "whole");
  int killed = 0;
  // Steps grow from the first system calls to beyond a whole run; twice killed, then finished.
  int microseconds = 50;
  for (int i = 0; i < 60; ++i) {
    const fs::path out = temp.path() / ("out" + std::to_string(i));
    const bool first = RunAndKill(out, videos, microseconds);
    const bool second = RunAndKill(out, videos, microseconds * 2);
    killed += (first ? 1 : 0) + (second ? 1 : 0);
    const int finished = FinishedVideos(out);
    const int done = WholeRun(out, videos);
    // The one that failed is tried again even if its manifest is there.
    EXPECT_GE(done, 6 - finished);
    EXPECT_LE(done, 6 - finished + 1);
    EXPECT_EQ(testing::TreeOf(out), expected) << "killed after " << microseconds << " us";
    fs::remove_all(out);
    if (!first) break;
    microseconds += microseconds / 2 + 50;
  }
  EXPECT_GT(killed, 0);
}

}  // namespace
}  // namespace reelbatch::store
