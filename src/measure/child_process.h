#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "base/cancel.h"
#include "base/result.h"

namespace reelbatch::measure {

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
base::Result<std::string> RunChild(const ChildCall& call, const base::CancelToken& cancel);

}  // namespace reelbatch::measure
