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

/// The progress of a session.
struct Progress {
  int64_t videos_total = 0;  // submitted videos
  int64_t videos_done = 0;
  int64_t videos_failed = 0;
  int64_t videos_in_flight = 0;  // videos that are being decoded or analysed
  double media_s_total = 0;      // seconds of video; estimated from file sizes until all are probed
  double media_s_done = 0;       // seconds of video
  double elapsed_s = 0;          // seconds of wall time
  std::optional<double> eta_s = {};  // seconds until the end; not set while it is unknown
};

/// A batch that has finished or failed.
struct BatchInfo {
  std::string component = {};
  int units = 0;
  int videos = 0;            // number of videos that the units come from
  double waited_ms = 0;      // waiting time of the oldest unit, in milliseconds
  double took_ms = 0;        // run time in milliseconds
  std::string why = {};      // limiting factor: why the batch was not larger, e.g. "component_cap"
  std::string failure = {};  // empty if the batch succeeded
};

/// The value of a setting of a component. The name of a setting is the name of its option without
/// dashes in front: {"min-confidence", 0.4}, {"parts", std::vector<std::string>{"hard"}}.
using Setting = std::variant<bool, double, std::string, std::vector<std::string>>;

struct SessionOptions {
  /// Names of components, as in `reelbatch run --help`. Empty: cut_detection. The components of
  /// `host_components` run in addition.
  std::vector<std::string> components = {};
  std::map<std::string, Setting, std::less<>> settings = {};
  std::vector<Component> host_components = {};
  std::string preset = {};  // "quality", "default" or "fast"; empty: chosen by the size of a video
  std::optional<double> analysis_fps = {};  // analysed frames per second; not set: every frame
  std::optional<double> start_s = {};       // analyse [start_s, end_s) of every video, in seconds
  std::optional<double> end_s = {};
  /// Folder for results, manifests and state, in the format of `reelbatch run --out`. A later
  /// session with the same folder continues where this one ended. Empty: results are returned in
  /// memory only.
  std::filesystem::path folder = {};
  /// Folder of models and of the engine that runs them (`reelbatch models fetch --models DIR`), for
  /// components that need a model. An engine that is not there is looked for in the system.
  std::filesystem::path models = {};
  /// Each model runs in a process of its own, the program reelbatch-worker, so that its crash or a
  /// lack of memory does not end yours. False: in this process.
  bool isolate_models = true;
  /// The program reelbatch-worker. Empty: the one that is installed with the library.
  std::filesystem::path worker = {};
  int threads = 0;               // 0: one per core that the process may use
  int videos_in_flight = 0;      // videos decoded at the same time; 0: as many as threads
  int64_t max_memory_bytes = 0;  // limit for decoded frames and waiting units, in bytes; 0: half of
                                 // the available memory
  std::chrono::milliseconds stall_timeout{60'000};  // stop a video without progress after this
                                                    // time; 0: never
  bool keep_arrays =
      true;  // return arrays in results; they are lost if false and `folder` is empty

  /// Observers: on_progress is called a few times per second, on_batch after every batch, and
  /// on_result for every result.
  /// Threads: each is called by one thread of the session at a time. They may call Submit(),
  ///          Cancel() and progress(), but not Wait().
  /// Errors:  an observer that throws is not called again.
  std::function<void(const Progress&)> on_progress = {};
  std::function<void(const BatchInfo&)> on_batch = {};
  /// Not set: results are kept until Next() returns them.
  std::function<void(VideoResult)> on_result = {};
};

/// How a session ended.
struct SessionReport {
  Progress totals = {};
  bool cancelled = false;
  /// Number of threads that are stuck in a decoder or model that cannot be stopped. They keep their
  /// memory, and never use the session or the functions of your program again.
  int lost_threads = 0;
};

/// Runs components on videos, which can be submitted while the session runs. Every video is decoded
/// once, batches combine units of several videos, and memory is limited. A damaged video does not
/// stop the others.
///
/// Any number of sessions can be open at the same time, each with its own threads and memory, but
/// only one per folder. The library installs no signal handlers and has no global state (see
/// SetFfmpegLog() for the one exception).
///
/// Threads: any thread may call any function, but only one thread at a time may call Next(). A
///          callback must not destroy its session. A session that was moved from may only be
///          assigned to or destroyed.
/// Example: print the start times of all events of a video.
///   auto session = reelbatch::Session::Open({});
///   session->Submit("a.mp4");
///   session->Close();
///   while (auto result = session->Next())
///     for (const auto& event : result->events) std::printf("%.3f\n", event.start_s);
class REELBATCH_API Session {
 public:
  /// Opens a session and starts its threads.
  /// Errors: invalid_argument  an option has a wrong value; the message names it
  ///         io, unavailable   the folder or a model cannot be used
  ///         not_measured      the cost of the batches of a component is not known
  static Result<Session> Open(SessionOptions options);
  Session(Session&&) noexcept;
  Session& operator=(Session&&) noexcept;
  /// Cancels all videos that are not finished, and waits for the threads.
  ~Session();

  /// Adds one video, or several, which are then started in descending order of size. Returns the
  /// VideoResult::id of the video; for several videos that of the first one, and the others have
  /// the following numbers. A file that does not exist is reported in its VideoResult.
  ///
  /// Errors: invalid_argument  the session is closed; or it has a folder, and the path was already
  ///                           submitted
  ///         cancelled         the session was cancelled, or has ended
  ///         unavailable, io   the folder cannot be written
  Result<int64_t> Submit(const std::filesystem::path& video);
  Result<int64_t> Submit(const std::vector<std::filesystem::path>& videos);
  /// Ends the input: Next() and Wait() end when all submitted videos are finished.
  void Close();
  /// Stops as soon as possible. Finished results are kept; other videos have no result.
  void Cancel();

  /// Waits for the next result and returns it, in the order in which videos end. Not set: there are
  /// no more results.
  std::optional<VideoResult> Next();
  Progress progress() const;
  /// Closes the session, and waits until all videos are finished or cancelled. It can be called
  /// several times.
  /// Errors: io, unavailable  the folder could not be written; results written before are kept
  Result<SessionReport> Wait();

 private:
  class REELBATCH_HIDDEN Impl;
  explicit Session(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace reelbatch
