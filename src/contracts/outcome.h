#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "contracts/batching_report.h"
#include "contracts/component_result.h"
#include "contracts/video.h"

namespace reelbatch::contracts {

enum class VideoStatus : uint8_t { kWaiting, kRunning, kSuccess, kEmpty, kError, kSkipped };
std::string_view VideoStatusName(VideoStatus status);

/// Why a video has no result. The names are written to manifests.
enum class FaultCode : uint8_t {
  kVideoUnreadable,        // not a video, damaged beyond decoding, or not permitted to be read
  kDecoderStuck,           // the watchdog stopped it
  kInsufficientMemory,     // does not fit --max-memory, or an allocation failed
  kSourceChanged,          // the file changed while it was read
  kComponentFailed,        // our own code failed
  kInsufficientGpuMemory,  // one unit alone ran out of a device's memory
  kDependencyMissing,      // of a component: another one that it needs failed
  kModelLoadFailed,        // of a component: its model is not there, or not what it says
  kTritonUnavailable,      // the server of its model does not answer
  kTritonBadRequest,       // ... does not take what we send
  kTritonBadResponse,      // ... gives something else than it says
};
std::string_view FaultCodeName(FaultCode code);

/// `reason` is one line for a person: what is wrong, and what mends it where we know.
struct Fault {
  FaultCode code = FaultCode::kVideoUnreadable;
  std::string reason;
};

/// Why a readable video has nothing to say. The names are written to manifests.
enum class EmptyReason : uint8_t { kVideoTooShort, kAudioMissing };
std::string_view EmptyReasonName(EmptyReason reason);

/// What one component took of one video, and what it was expected to take. Decoding counts as one:
/// "decode", its part is the codec; once more for the sound where components listen.
struct ComponentCost {
  std::string component;
  std::string part = {};    // of the row of costs that it was looked up by
  std::string bucket = {};  // "1280x720", the input's own size
  std::string preset = {};
  int64_t units =
      0;  // frames decoded, frame pairs; of sound and of components that only listen: samples heard
  /// CPU time of all threads; none: not known.
  std::optional<std::chrono::nanoseconds> cpu = std::nullopt;
  std::optional<double> predicted_ms = std::nullopt;  // CPU time; none: no row of costs
  std::optional<double> predicted_mb = std::nullopt;
  std::string predicted_from = {};  // "exact", "other device": how the row was come by
};

/// What became of one video. Exactly one of: fault (kError), empty_reason (kEmpty), neither
/// (kSuccess). It is empty where all its components are; empty_reason is then the first one's. The
/// results of the components that ran are there for kSuccess and kEmpty, and where only some
/// components failed: then component_faults is not empty, and fault is the first of them.
struct VideoOutcome {
  VideoStatus status = VideoStatus::kSuccess;
  std::optional<Fault> fault;
  std::optional<EmptyReason> empty_reason;
  std::optional<VideoInfo> info;
  std::optional<DecodeReport> decode;
  std::map<std::string, ComponentResult, std::less<>> results;  // by component
  std::map<std::string, BatchingReport, std::less<>>
      batching;  // of components whose units are batched
  std::map<std::string, Fault, std::less<>>
      component_faults;  // of components that failed while others did not
  std::map<std::string, EmptyReason, std::less<>>
      component_empty;  // of components with nothing to say of it
  /// Components that were not computed, because an earlier run left their result, and that run,
  /// "local/<video_id>/<run_id>"; empty: an earlier call of the same run.
  std::map<std::string, std::string, std::less<>> kept;
  std::vector<ComponentCost> costs;  // of the pass that gave the result; empty for errors
  int64_t started_at_ns = 0;         // wall time, for the manifest
  int64_t finished_at_ns = 0;
  int64_t duration_ns = 0;  // steady time
};

/// The result of the first component, by name, that finds events and shots; null: none does.
const ComponentResult* ResultWithEvents(const VideoOutcome& outcome);
/// Its events; null: none.
const EventList* EventsOf(const VideoOutcome& outcome);

}  // namespace reelbatch::contracts
