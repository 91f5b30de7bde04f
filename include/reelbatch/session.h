#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "reelbatch/component.h"
#include "reelbatch/error.h"
#include "reelbatch/export.h"
#include "reelbatch/result.h"

namespace reelbatch {

/// How far a session is.
struct Progress {
  int64_t videos_total = 0;  // submitted
  int64_t videos_done = 0;
  int64_t videos_failed = 0;
  int64_t videos_in_flight = 0;
  double media_s_total = 0;  // seconds of video; estimated by file sizes until all are probed
  double media_s_done = 0;
  double elapsed_s = 0;
  std::optional<double> eta_s = {};
};

/// A batch that came through or failed.
struct BatchInfo {
  std::string component = {};
  int units = 0;
  int videos = 0;        // that they are of
  double waited_ms = 0;  // the oldest of its units
  double took_ms = 0;
  std::string why = {};      // what kept the batch from being larger: "component_cap", "tail" ...
  std::string failure = {};  // empty: it came through
};

/// A setting of a component, by the name of its option without dashes in front: {"min-confidence",
/// 0.4}, {"parts", std::vector<std::string>{"hard"}}.
using Setting = std::variant<bool, double, std::string, std::vector<std::string>>;

struct SessionOptions {
  /// `reelbatch run --help` names them; empty: cut_detection. With `host_components` both run.
  std::vector<std::string> components = {};
  std::map<std::string, Setting, std::less<>> settings = {};
  std::vector<Component> host_components = {};
  std::string preset = {};                  // "quality", "default", "fast"; empty: by size
  std::optional<double> analysis_fps = {};  // none: every frame
  std::optional<double> start_s = {};       // of every video; the range is half-open
  std::optional<double> end_s = {};
  /// Where results, manifests and state go, as `reelbatch run --out` has them; a second session on
  /// the same folder goes on where the first one ended. Empty: results come back in memory alone.
  std::filesystem::path folder = {};
  std::filesystem::path models = {};  // folder of models, for components that need one
  int threads = 0;                    // 0: every core that the process may use
  int videos_in_flight = 0;           // 0: as many as threads
  int64_t max_memory_bytes = 0;       // of frames in flight; 0: half of the available memory
  std::chrono::milliseconds stall_timeout{60'000};  // a video without progress is stopped; 0: never
  bool keep_arrays = true;  // in results; if not and there is no folder, they are lost

  /// Called a few times a second, with every batch, with every result. Each from one thread of the
  /// session at a time; they may call Submit(), Cancel() and progress(), not Wait(). An observer
  /// that throws is not called again.
  std::function<void(const Progress&)> on_progress = {};
  std::function<void(const BatchInfo&)> on_batch = {};
  /// Unset: results wait for Next().
  std::function<void(VideoResult)> on_result = {};
};

/// How a session ended.
struct SessionReport {
  Progress totals = {};
  bool cancelled = false;
  /// Threads that are stuck in a decoder or a model that cannot be stopped. They keep what they use
  /// and never touch the session or the host's functions again.
  int lost_threads = 0;
};

/// Runs components over videos that may be submitted while it runs: each is decoded once, work is
/// batched across videos, memory is bounded. One broken video never stops the others.
///
/// Any number of sessions may be open at once; each has threads and memory of its own. Only one at
/// a time on the same folder. The library sets no signal handlers and keeps no global state.
///
/// Threads: any may call any function, except that Next() is for one thread at a time. A Session is
/// not destroyed by its own callbacks; one that was moved from may only be assigned to or
/// destroyed. Example:
///   auto session = reelbatch::Session::Open({});
///   session->Submit("a.mp4");
///   session->Close();
///   while (auto result = session->Next())
///     for (const auto& event : result->events) std::printf("%.3f\n", event.start_s);
class REELBATCH_API Session {
 public:
  /// Starts the threads. Errors: invalid_argument (names the option), io and unavailable (the
  /// folder or a model), not_measured (what a component's batches cost).
  static Result<Session> Open(SessionOptions options);
  Session(Session&&) noexcept;
  Session& operator=(Session&&) noexcept;
  /// Cancels what is left and waits for it.
  ~Session();

  /// One more video, or several that are then looked at together, the largest first. The answer is
  /// its VideoResult::id; of several the first one's, the others follow. A file that is not there
  /// is an error of its result. Errors: invalid_argument (closed; with a folder, a path that was
  /// submitted before), cancelled (the session was cancelled, or has ended), unavailable and io
  /// (the folder).
  Result<int64_t> Submit(const std::filesystem::path& video);
  Result<int64_t> Submit(const std::vector<std::filesystem::path>& videos);
  /// No more videos come: Next() and Wait() end when all are done.
  void Close();
  /// Stops as soon as possible. What is finished is kept; videos that are not get no result.
  void Cancel();

  /// The next result, in the order in which videos end; waits for it. None: no more will come.
  std::optional<VideoResult> Next();
  Progress progress() const;
  /// Closes, and waits until everything is done or cancelled. May be called again. Errors: io and
  /// unavailable (the folder could not be written; what was committed before is kept).
  Result<SessionReport> Wait();

 private:
  class REELBATCH_HIDDEN Impl;
  explicit Session(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace reelbatch
