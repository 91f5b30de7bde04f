#pragma once

#include <sys/types.h>

#include <chrono>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/cancel.h"
#include "base/result.h"

namespace reelbatch::base {

struct ChildCall {
  std::vector<std::string> words;        // program and arguments
  std::vector<std::string> environment;  // NAME=value
  int given_fd = -1;                     // becomes the child's file kGivenFd; -1: none
  std::chrono::milliseconds timeout{600'000};
  /// What it starts is stopped with it: the child leads a process group, which gets SIGTERM when
  /// the call is cancelled or takes too long, and SIGKILL kTidyTime later. Else it is killed alone.
  bool group = false;
};
inline constexpr int kGivenFd = 3;
inline constexpr std::chrono::milliseconds kTidyTime{5000};

/// Runs a program to its end in its own process (posix_spawn). Returns its output on
/// stdout, at most 1 MiB; its stderr is ours. Errors: unavailable (it could not be started, was
/// killed, or ended with a code that is not 0; see the message), deadline, cancelled. In the
/// last two cases it has ended.
Result<std::string> RunChild(const ChildCall& call, const CancelToken& cancel);

/// A program that runs beside this one for as long as the object lives; it has the environment of
/// this program. It leads a process group of its own, so that Ctrl-C on a terminal does not reach
/// it. Threads: one at a time.
class ChildProcess {
 public:
  /// Starts `words`: a program and its arguments. `given` become its files kGivenFd and up;
  /// `error_output` is its stderr, and its stdout, too. Errors: unavailable (it could not be
  /// started, or no more files can be opened; with the system's reason), out_of_memory (the system
  /// has no memory for it).
  static Result<std::unique_ptr<ChildProcess>> Start(std::vector<std::string> words,
                                                     std::span<const int> given, int error_output);
  /// Kills it.
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  pid_t pid() const { return pid_; }
  /// SIGKILL. After WaitForEnd() nothing happens.
  void Kill();
  /// Waits until it has ended. Returns how: "was killed by signal 9 (Killed)", "failed with exit
  /// code 3", "ended". Again: the same text.
  std::string WaitForEnd();
  /// After WaitForEnd(): whether a signal ended it.
  bool killed_by_signal() const;

 private:
  ChildProcess() = default;
  pid_t pid_ = -1;
  int status_ = 0;
  bool reaped_ = false;  // its number may be another's from then on
};

}  // namespace reelbatch::base
