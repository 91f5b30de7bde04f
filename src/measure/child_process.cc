#include "measure/child_process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <optional>

#include "base/clock.h"

namespace reelbatch::measure {
namespace {

constexpr size_t kMostOutput = size_t{1} << 20U;
constexpr int kLookMs = 100;     // how often a waiting parent looks whether it is to stop
constexpr int kChildOutput = 1;  // where it writes its answer

/// A file descriptor that is closed with the object.
class Fd {
 public:
  explicit Fd(int fd = -1) : fd_(fd) {}
  ~Fd() { Close(); }
  Fd(const Fd&) = delete;
  Fd& operator=(const Fd&) = delete;
  void Close() {
    if (fd_ >= 0) close(fd_);
    fd_ = -1;
  }
  void Reset(int fd) {
    Close();
    fd_ = fd;
  }
  int get() const { return fd_; }

 private:
  int fd_;
};

std::vector<char*> Pointers(std::vector<std::string>& words) {
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  return pointers;
}

/// Starts it with stdout on `output`. errno where that fails, else 0.
int Spawn(const ChildCall& call, int output, pid_t& pid) {
  std::vector<std::string> words = call.words;
  std::vector<std::string> environment = call.environment;
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_init(&actions);
  posix_spawnattr_init(&attributes);
  posix_spawn_file_actions_adddup2(&actions, output, kChildOutput);
  if (call.given_fd >= 0) posix_spawn_file_actions_adddup2(&actions, call.given_fd, kGivenFd);
  if (call.group) posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
  const int error = posix_spawn(&pid, words.front().c_str(), &actions, &attributes,
                                Pointers(words).data(), Pointers(environment).data());
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  return error;
}

int WaitFor(pid_t pid) {
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return status;
}

/// Ends it before its time.
void Stop(pid_t pid, bool group) {
  if (!group) {
    kill(pid, SIGKILL);
    return;
  }
  kill(-pid, SIGTERM);
  const base::SystemClock clock;
  const base::Nanoseconds begin = clock.Steady();
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
base::Result<std::string> ReadAll(int fd, const ChildCall& call, const base::CancelToken& cancel) {
  const base::SystemClock clock;
  const base::Nanoseconds begin = clock.Steady();
  std::string text;
  std::array<char, 4096> block{};
  while (true) {
    if (cancel.cancelled()) return base::Fail(base::Code::kCancelled, "interrupted");
    if (clock.Steady() - begin > call.timeout) {
      return base::Fail(base::Code::kDeadline, fmt::format("the process did not end within {} s",
                                                           call.timeout.count() / 1000));
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

base::Result<std::string> RunChild(const ChildCall& call, const base::CancelToken& cancel) {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) {
    return base::Fail(base::Code::kUnavailable,
                      fmt::format("cannot create a pipe to a process: {}", std::strerror(errno)));
  }
  Fd read_end(ends[0]);
  Fd write_end(ends[1]);
  // dup2 of a number onto itself would leave close-on-exec set, and no file of ours may be in the
  // child's way.
  Fd given;
  ChildCall moved = call;
  if (call.given_fd >= 0) {
    given.Reset(fcntl(call.given_fd, F_DUPFD_CLOEXEC, kGivenFd + 1));
    moved.given_fd = given.get();
  }
  pid_t pid = -1;
  if (const int error = Spawn(moved, write_end.get(), pid); error != 0) {
    return base::Fail(base::Code::kUnavailable,
                      fmt::format("cannot be started: {}", std::strerror(error)),
                      call.words.front());
  }
  write_end.Close();
  auto text = ReadAll(read_end.get(), call, cancel);
  if (!text) Stop(pid, call.group);
  const int status = WaitFor(pid);
  if (!text) return text;
  if (WIFSIGNALED(status)) {
    const char* name = strsignal(WTERMSIG(status));
    return base::Fail(base::Code::kUnavailable,
                      fmt::format("its process was killed by signal {} ({})", WTERMSIG(status),
                                  name != nullptr ? name : "unknown"));
  }
  if (WEXITSTATUS(status) != 0) {
    return base::Fail(base::Code::kUnavailable,
                      fmt::format("its process failed with exit code {}", WEXITSTATUS(status)));
  }
  return text;
}

}  // namespace reelbatch::measure
