#include "base/process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <optional>
#include <utility>

#include "base/clock.h"
#include "base/fd.h"

namespace reelbatch::base {
namespace {

constexpr size_t kMostOutput = size_t{1} << 20U;
constexpr int kLookMs = 100;     // how often a waiting parent looks whether it is to stop
constexpr int kChildOutput = 1;  // where it writes its answer
constexpr int kChildErrors = 2;

std::vector<char*> Pointers(std::vector<std::string>& words) {
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  return pointers;
}

/// What posix_spawn() is told, for as long as the object lives.
struct SpawnWords {
  SpawnWords() {
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
  }
  ~SpawnWords() {
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
  }
  SpawnWords(const SpawnWords&) = delete;
  SpawnWords& operator=(const SpawnWords&) = delete;

  void Becomes(int ours, int theirs) { posix_spawn_file_actions_adddup2(&actions, ours, theirs); }
  void LeadsAGroup() { posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP); }
  /// errno where it fails, else 0.
  int Spawn(std::vector<std::string> words, char* const* environment, pid_t& pid) {
    return posix_spawn(&pid, words.front().c_str(), &actions, &attributes, Pointers(words).data(),
                       environment);
  }

  posix_spawn_file_actions_t actions{};
  posix_spawnattr_t attributes{};
};

/// Starts it with stdout on `output`. errno where that fails, else 0.
int Spawn(const ChildCall& call, int output, pid_t& pid) {
  std::vector<std::string> environment = call.environment;
  SpawnWords spawn;
  spawn.Becomes(output, kChildOutput);
  if (call.given_fd >= 0) spawn.Becomes(call.given_fd, kGivenFd);
  if (call.group) spawn.LeadsAGroup();
  return spawn.Spawn(call.words, Pointers(environment).data(), pid);
}

/// dup2 of a number onto itself would leave close-on-exec set, and no file of ours may be in the
/// child's way: the same file, with a number above those that the child is given.
Fd OutOfTheWay(int fd, int given) { return Fd(fcntl(fd, F_DUPFD_CLOEXEC, kGivenFd + given)); }

int WaitFor(pid_t pid) {
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return status;
}

/// "was killed by signal 9 (Killed)", "failed with exit code 3", "ended".
std::string HowItEnded(int status) {
  if (WIFSIGNALED(status)) {
    const char* name = strsignal(WTERMSIG(status));
    return fmt::format("was killed by signal {} ({})", WTERMSIG(status),
                       name != nullptr ? name : "unknown");
  }
  if (WEXITSTATUS(status) == 0) return "ended";
  return fmt::format("failed with exit code {}", WEXITSTATUS(status));
}

/// Ends it before its time.
void Stop(pid_t pid, bool group) {
  if (!group) {
    kill(pid, SIGKILL);
    return;
  }
  kill(-pid, SIGTERM);
  const SystemClock clock;
  const Nanoseconds begin = clock.Steady();
  siginfo_t ended{};
  while (clock.Steady() - begin < kTidyTime) {
    // Its number stays taken until WaitFor(), so that the group cannot be another's by then.
    if (waitid(P_PID, static_cast<id_t>(pid), &ended, WEXITED | WNOHANG | WNOWAIT) != 0) break;
    if (ended.si_pid == pid) break;
    poll(nullptr, 0, kLookMs);
  }
  kill(-pid, SIGKILL);
}

/// Everything the child writes until it closes its end. Errors: deadline, cancelled.
Result<std::string> ReadAll(int fd, const ChildCall& call, const CancelToken& cancel) {
  const SystemClock clock;
  const Nanoseconds begin = clock.Steady();
  std::string text;
  std::array<char, 4096> block{};
  while (true) {
    if (cancel.cancelled()) return Fail(Code::kCancelled, "interrupted");
    if (clock.Steady() - begin > call.timeout) {
      return Fail(Code::kDeadline,
                  fmt::format("the process did not end within {} s", call.timeout.count() / 1000));
    }
    pollfd waited{.fd = fd, .events = POLLIN, .revents = 0};
    if (poll(&waited, 1, kLookMs) <= 0) continue;
    const ssize_t got = read(fd, block.data(), block.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return text;
    if (text.size() < kMostOutput) text.append(block.data(), static_cast<size_t>(got));
  }
}

}  // namespace

Result<std::string> RunChild(const ChildCall& call, const CancelToken& cancel) {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) {
    return Fail(Code::kUnavailable,
                fmt::format("cannot create a pipe to a process: {}", std::strerror(errno)));
  }
  Fd read_end(ends[0]);
  Fd write_end(ends[1]);
  Fd given;
  ChildCall moved = call;
  if (call.given_fd >= 0) {
    given = OutOfTheWay(call.given_fd, 1);
    moved.given_fd = given.get();
  }
  pid_t pid = -1;
  if (const int error = Spawn(moved, write_end.get(), pid); error != 0) {
    return Fail(Code::kUnavailable, fmt::format("cannot be started: {}", std::strerror(error)),
                call.words.front());
  }
  write_end.Close();
  auto text = ReadAll(read_end.get(), call, cancel);
  if (!text) Stop(pid, call.group);
  const int status = WaitFor(pid);
  if (!text) return text;
  if (status != 0) return Fail(Code::kUnavailable, "its process " + HowItEnded(status));
  return text;
}

Result<std::unique_ptr<ChildProcess>> ChildProcess::Start(std::vector<std::string> words,
                                                          std::span<const int> given,
                                                          int error_output) {
  const int count = static_cast<int>(given.size());
  std::vector<Fd> moved;
  SpawnWords spawn;
  spawn.LeadsAGroup();
  for (int k = 0; k < count; ++k) {
    moved.push_back(OutOfTheWay(given[static_cast<size_t>(k)], count));
    spawn.Becomes(moved.back().get(), kGivenFd + k);
  }
  moved.push_back(OutOfTheWay(error_output, count));
  spawn.Becomes(moved.back().get(), kChildOutput);
  spawn.Becomes(moved.back().get(), kChildErrors);
  if (std::ranges::any_of(moved, [](const Fd& file) { return file.get() < 0; })) {
    return Fail(Code::kUnavailable, "cannot be started: no more files can be opened (`ulimit -n`)",
                words.front());
  }
  std::unique_ptr<ChildProcess> child(new ChildProcess);
  if (const int error = spawn.Spawn(words, environ, child->pid_); error != 0) {
    child->reaped_ = true;  // there is none
    return Fail(error == ENOMEM ? Code::kOutOfMemory : Code::kUnavailable,
                fmt::format("cannot be started: {}", std::strerror(error)), words.front());
  }
  return child;
}

ChildProcess::~ChildProcess() {
  Kill();
  if (!reaped_) WaitFor(pid_);
}

void ChildProcess::Kill() {
  if (!reaped_) kill(pid_, SIGKILL);
}

std::string ChildProcess::WaitForEnd() {
  if (!reaped_) status_ = WaitFor(pid_);
  reaped_ = true;
  return HowItEnded(status_);
}

bool ChildProcess::killed_by_signal() const { return WIFSIGNALED(status_); }

}  // namespace reelbatch::base
