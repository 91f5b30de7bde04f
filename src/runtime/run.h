#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/cancel.h"
#include "base/clock.h"
#include "base/result.h"
#include "components/component.h"
#include "contracts/component_spec.h"
#include "contracts/outcome.h"
#include "media/audio_reader.h"
#include "media/frame_request.h"
#include "media/range_reader.h"
#include "media/seek_reader.h"
#include "media/video_reader.h"
#include "runtime/batching.h"
#include "runtime/frame_shares.h"
#include "runtime/run_sink.h"

namespace reelbatch::runtime {

struct RunContext;

struct VideoTime {
  double ms = 0;
  double fast_ms = 0;  // with preset fast; 0: that is no choice for it
};

struct RunOptions {
  int threads = 1;               // CPU threads of the whole run
  int videos_in_flight = 0;      // lanes; 0: as many as threads
  int64_t max_memory_bytes = 0;  // of frames in flight; 0: no bound
  std::chrono::milliseconds stall_timeout{
      60'000};  // a video without a frame for so long is stuck; 0: never
  std::chrono::milliseconds stall_grace{
      5'000};              // after being asked to stop, before its lane is given up
  bool fail_fast = false;  // the first failed video ends the run
  contracts::Sampling sampling;
  bool skip_loop_filter = false;
  BatchingOptions batching;
  /// What a video is expected to take on one core. Set where batching.policy.deadline is: it is
  /// what the deadline is kept by.
  std::function<VideoTime(const contracts::VideoInfo&)> expect;
};

/// A video whose components are to be made.
struct MakeRequest {
  const contracts::VideoInfo& info;
  bool fast = false;  // the deadline asks for preset fast
  /// Results that are put into its outcome before they close: to a component they are as good as
  /// those of components that run beside it.
  const LoadedWork& earlier;
};

/// How the outside is reached, so that tests can put a stuck or failing one in.
struct RunDependencies {
  std::function<base::Result<contracts::VideoInfo>(const std::filesystem::path&,
                                                   const base::CancelToken*)>
      probe;
  std::function<base::Result<std::unique_ptr<media::RequestedSource>>(const std::filesystem::path&,
                                                                      const media::ReaderOptions&)>
      open;
  /// Ways to decode one video side by side; unset: no video is.
  std::function<base::Result<media::RangePlan>(const std::filesystem::path&,
                                               const media::ReaderOptions&, double range_s)>
      plan_ranges;
  std::function<base::Result<std::unique_ptr<media::RangeReader>>(const std::filesystem::path&,
                                                                  const media::ReaderOptions&)>
      open_range;
  /// The sound of a video, for components that listen; unset: it cannot be opened.
  std::function<base::Result<std::unique_ptr<media::AudioSource>>(const std::filesystem::path&,
                                                                  const media::AudioOptions&)>
      open_audio;
  /// Pictures of a second pass, for components that seek; unset: they cannot be had.
  std::function<base::Result<std::unique_ptr<media::SeekReader>>(const std::filesystem::path&,
                                                                 const media::ReaderOptions&)>
      open_seek;
  /// The components that every video gets, chosen from what its probe says (preset by size).
  std::function<std::vector<std::unique_ptr<components::Component>>(const MakeRequest&)>
      make_components;
  /// What components need of each other; a component whose needs failed is skipped.
  std::vector<contracts::ComponentSpec> specs;
  /// What they want of the frames of a video.
  FrameRequests frames = {};
};

enum class RunEnd : uint8_t { kFinished, kCancelled, kSinkFailed, kFailedFast };

struct RunReport {
  RunEnd end = RunEnd::kFinished;
  Progress totals;
  base::Error sink_error;      // where end is kSinkFailed
  std::string observer_error;  // why the observer threw and was not called again; empty: it did not
  int64_t most_bytes_admitted =
      0;  // of videos, units and batches (in RAM) in flight at once, as they were expected to hold
  /// Threads that are still stuck in foreign code. They keep what they use; nothing of the caller's
  /// is theirs.
  int lanes_given_up = 0;
};

/// A run whose inputs may come while it runs: decode -> components -> sink, the longest of those in
/// view first, on lanes.
///
/// One broken video never stops the others. What reaches the sink does not depend on threads or
/// timing: a video that reports decode errors with frame threads is decoded once more with one
/// thread. What is passed by reference outlives it; a lane that was given up uses none of it.
class ActiveRun {
 public:
  ActiveRun(const RunOptions& options, const RunDependencies& dependencies, RunSink& sink,
            RunObserver* observer, const base::Clock& clock, const base::CancelToken& cancel);
  ~ActiveRun();
  ActiveRun(const ActiveRun&) = delete;
  ActiveRun& operator=(const ActiveRun&) = delete;

  /// More inputs, with ids and ranks that no earlier one has. Threads: any.
  void Submit(std::vector<Input> inputs);
  /// No more inputs come: the run ends when all are done. Threads: any.
  void Close();
  /// Works until it is closed and everything is done, or it is stopped: by `cancel`, which may be
  /// set from anywhere, also from a signal handler, by the sink or by fail_fast. Once; the calling
  /// thread is the watchdog.
  RunReport Watch();

 private:
  const std::shared_ptr<RunContext> run_;
};

/// The same for inputs that are all known.
RunReport Run(const std::vector<Input>& inputs, const RunOptions& options,
              const RunDependencies& dependencies, RunSink& sink, RunObserver* observer,
              const base::Clock& clock, const base::CancelToken& cancel);

}  // namespace reelbatch::runtime
