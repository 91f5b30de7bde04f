#include "apps/reelbatch/signals.h"

#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <string_view>

#include "apps/reelbatch/exit_code.h"

namespace reelbatch::app {
namespace {

std::atomic<base::CancelToken*> stop_token{nullptr};
std::atomic<bool> silent{false};
static_assert(std::atomic<base::CancelToken*>::is_always_lock_free);

extern "C" void OnStopSignal(int /*signal*/) {
  const int saved_errno = errno;
  base::CancelToken* token = stop_token.load();
  if (token->cancelled()) _exit(kExitInterrupted);
  token->Cancel();
  if (!silent.load()) {
    constexpr std::string_view kMessage =
        "\nstopping: what is in hand is given up, what is finished stays; once more ends at once\n";
    const ssize_t written = write(STDERR_FILENO, kMessage.data(), kMessage.size());
    static_cast<void>(written);  // nobody is left to tell
  }
  errno = saved_errno;
}

}  // namespace

void StopOnSignals(base::CancelToken& token, bool quiet) {
  stop_token.store(&token);
  silent.store(quiet);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    struct sigaction before{};
    if (sigaction(signal, nullptr, &before) == 0 && before.sa_handler == SIG_IGN) continue;
    struct sigaction action{};
    action.sa_handler = OnStopSignal;
    sigemptyset(&action.sa_mask);
    action.sa_flags = SA_RESTART;
    sigaction(signal, &action, nullptr);
  }
}

void TurnWriteSignalsIntoErrors() {
  struct sigaction action{};
  action.sa_handler = SIG_IGN;
  sigaction(SIGPIPE, &action, nullptr);
  sigaction(SIGXFSZ, &action, nullptr);
}

}  // namespace reelbatch::app
