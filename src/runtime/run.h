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
  double fast_ms = 0;  // with preset fast; 0: preset fast is not possible
};

struct RunOptions {
  int threads = 1;               // CPU threads of the whole run
  int videos_in_flight = 0;      // decode lanes; 0: as many as threads
  int64_t max_memory_bytes = 0;  // for frames in flight; 0: no limit
  std::chrono::milliseconds stall_timeout{
      60'000};  // a video without a frame for this time is stopped; 0: never
  std::chrono::milliseconds stall_grace{
      5'000};              // after the request to stop, before its lane is given up
  bool fail_fast = false;  // the first failed video ends the run
  contracts::Sampling sampling;
  bool skip_loop_filter = false;
  BatchingOptions batching;
  /// The predicted time of a video on one core. Required if batching.policy.deadline is set,
  /// because the deadline uses it.
  std::function<VideoTime(const contracts::VideoInfo&)> expect;
};

/// A video for which components are made.
struct MakeRequest {
  const contracts::VideoInfo& info;
  bool fast = false;  // preset fast because of the deadline
  /// Results that are put into its outcome before they close: components use them like
  /// those of components of the same run.
  const LoadedWork& earlier;
};

/// The functions that a run calls, so that tests can replace them by stuck or failing ones.
struct RunDependencies {
  std::function<base::Result<contracts::VideoInfo>(const std::filesystem::path&,
                                                   const base::CancelToken*)>
      probe;
  std::function<base::Result<std::unique_ptr<media::RequestedSource>>(const std::filesystem::path&,
                                                                      const media::ReaderOptions&)>
      open;
  /// Opens ranges of a video that are decoded at the same time; not set: no video is decoded in
  /// ranges.
  std::function<base::Result<media::RangePlan>(const std::filesystem::path&,
                                               const media::ReaderOptions&, double range_s)>
      plan_ranges;
  std::function<base::Result<std::unique_ptr<media::RangeReader>>(const std::filesystem::path&,
                                                                  const media::ReaderOptions&)>
      open_range;
  /// Opens the sound of a video, for components that use it; not set: sound cannot be opened.
  std::function<base::Result<std::unique_ptr<media::AudioSource>>(const std::filesystem::path&,
                                                                  const media::AudioOptions&)>
      open_audio;
  /// Opens pictures for a second pass; not set: there are no second passes.
  std::function<base::Result<std::unique_ptr<media::SeekReader>>(const std::filesystem::path&,
                                                                 const media::ReaderOptions&)>
      open_seek;
  /// Makes the components for a video from its probe (preset by size).
  std::function<std::vector<std::unique_ptr<components::Component>>(const MakeRequest&)>
      make_components;
  /// The dependencies of components; a component with a failed dependency is skipped.
  std::vector<contracts::ComponentSpec> specs;
  /// The frames that they need of a video.
  FrameRequests frames = {};
};

enum class RunEnd : uint8_t { kFinished, kCancelled, kSinkFailed, kFailedFast };

struct RunReport {
  RunEnd end = RunEnd::kFinished;
  Progress totals;
  base::Error sink_error;  // if end is kSinkFailed
  std::string
      observer_error;  // why the observer threw and was not called again; empty: it did not throw
  int64_t most_bytes_admitted =
      0;  // of videos, units and batches (in RAM) in flight at the same time, predicted
  /// Threads that are still stuck in foreign code. They keep what they use, and use nothing of the
  /// caller.
  int lanes_given_up = 0;
};

/// A run whose inputs may be added while it runs: decode -> components -> sink, on lanes, the
/// longest known video first.
///
/// A damaged video does not stop the others. Results do not depend on threads or
/// timing: a video with decode errors under frame threads is decoded again with one
/// thread. Arguments passed by reference must outlive it; a lane that was given up uses none of
/// them.
class ActiveRun {
 public:
  ActiveRun(const RunOptions& options, const RunDependencies& dependencies, RunSink& sink,
            RunObserver* observer, const base::Clock& clock, const base::CancelToken& cancel);
  ~ActiveRun();
  ActiveRun(const ActiveRun&) = delete;
  ActiveRun& operator=(const ActiveRun&) = delete;

  /// Adds inputs, whose ids and ranks are new. Threads: any.
  void Submit(std::vector<Input> inputs);
  /// Ends the input: the run ends when all videos are finished. Threads: any.
  void Close();
  /// Works until it is closed and everything is finished, or until it is stopped: by `cancel`,
  /// which may be set from anywhere, also from a signal handler, by the sink or by fail_fast. Call
  /// it once; the calling thread is the watchdog.
  RunReport Watch();

 private:
  const std::shared_ptr<RunContext> run_;
};

/// The same for inputs that are all known.
RunReport Run(const std::vector<Input>& inputs, const RunOptions& options,
              const RunDependencies& dependencies, RunSink& sink, RunObserver* observer,
              const base::Clock& clock, const base::CancelToken& cancel);

}  // namespace reelbatch::runtime
