// reelbatch-worker: runs one model for reelbatch, in a process of its own that may end without
// harm.

#include <poll.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <charconv>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "apps/reelbatch-worker/serve.h"
#include "base/process.h"
#include "inference/worker/worker_link.h"

namespace {

constexpr int kWrongUse = 2;

/// If memory runs out, the kernel ends this process before the one that has the videos.
void OfferToTheKernel() {
  std::FILE* const file = std::fopen("/proc/self/oom_score_adj", "w");
  if (file == nullptr) return;
  std::fputs("500", file);
  std::fclose(file);
}

int LanesOf(std::string_view word) {
  int lanes = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), lanes);
  return error == std::errc() && end == word.data() + word.size() ? lanes : 0;
}

}  // namespace

int main(int argc, char** argv) {
  using reelbatch::inference::kWorkerProtocol;
  const int lanes = argc == 3 ? LanesOf(argv[2]) : 0;
  if (lanes < 1) {
    std::fputs(
        "reelbatch-worker runs a model for reelbatch, which starts it. There is nothing to run by "
        "hand.\n",
        stderr);
    return kWrongUse;
  }
  if (argv[1] != kWorkerProtocol) {
    std::fputs(
        "reelbatch-worker is of another version than the program that started it. Install both "
        "together.\n",
        stderr);
    return kWrongUse;
  }
  OfferToTheKernel();
  // If this process is stopped when the other side ends, it continues, notices that, and ends.
  prctl(PR_SET_PDEATHSIG, SIGCONT);
  std::vector<reelbatch::base::Fd> sockets;
  for (int lane = 0; lane < lanes; ++lane) sockets.emplace_back(reelbatch::base::kGivenFd + lane);
  pollfd other_side{.fd = sockets.front().get(), .events = POLLRDHUP, .revents = 0};
  std::thread serving([&sockets] {
    reelbatch::worker::Serve(std::move(sockets));
    _exit(EXIT_SUCCESS);
  });
  serving.detach();
  // When the other side has ended, nobody needs the result of a batch that runs.
  while ((other_side.revents & (POLLRDHUP | POLLHUP | POLLERR | POLLNVAL)) == 0)
    poll(&other_side, 1, -1);
  _exit(EXIT_SUCCESS);
}
