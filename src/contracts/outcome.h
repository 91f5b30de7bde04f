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
  kVideoUnreadable,        // not a video, too damaged to be decoded, or not readable for this user
  kDecoderStuck,           // the watchdog stopped it
  kInsufficientMemory,     // it does not fit into the memory limit, or an allocation failed
  kSourceChanged,          // the file changed while it was read
  kComponentFailed,        // code of reelbatch failed
  kInsufficientGpuMemory,  // a single unit ran out of the memory of a device
  kDependencyMissing,      // of a component: another component that it needs failed
  kModelLoadFailed,    // of a component: its model is missing, or does not match its description
  kTritonUnavailable,  // the server of its model does not answer
  kTritonBadRequest,   // ... does not accept our request
  kTritonBadResponse,  // ... does not match its description
};
std::string_view FaultCodeName(FaultCode code);

/// `reason` is one line for people: what is wrong and, if known, the remedy.
struct Fault {
  FaultCode code = FaultCode::kVideoUnreadable;
  std::string reason;
};

/// Why a readable video has no result. The names are written to manifests.
enum class EmptyReason : uint8_t { kVideoTooShort, kAudioMissing };
std::string_view EmptyReasonName(EmptyReason reason);

/// What one component cost for one video, predicted and actual. Decoding counts as a component:
/// "decode", its part is the codec; once more for the sound if a component uses it.
struct ComponentCost {
  std::string component;
  std::string part = {};    // of the cost row that the prediction used
  std::string bucket = {};  // "1280x720", the size of the input
  std::string preset = {};
  int64_t units =
      0;  // decoded frames, frame pairs; for sound and components that only use sound: samples
  /// CPU time of all threads; none: not known.
  std::optional<std::chrono::nanoseconds> cpu = std::nullopt;
  std::optional<double> predicted_ms = std::nullopt;  // CPU time; none: there is no cost row
  std::optional<double> predicted_mb = std::nullopt;
  std::string predicted_from = {};  // how the cost row was found: "exact", "other device"
};

/// The result of one video. It has either a fault (kError), or an empty_reason (kEmpty), or neither
/// (kSuccess). It is empty if all its components are; empty_reason is then that of the first one.
/// The results of the components that ran are there for kSuccess and kEmpty, and also if only some
/// components failed: then component_faults is not empty, and fault is the first of them.
struct VideoOutcome {
  VideoStatus status = VideoStatus::kSuccess;
  std::optional<Fault> fault;
  std::optional<EmptyReason> empty_reason;
  std::optional<VideoInfo> info;
  std::optional<DecodeReport> decode;
  std::map<std::string, ComponentResult, std::less<>> results;  // by component
  std::map<std::string, BatchingReport, std::less<>>
      batching;  // for components whose units are batched
  std::map<std::string, Fault, std::less<>>
      component_faults;  // components that failed while others did not
  std::map<std::string, EmptyReason, std::less<>>
      component_empty;  // components that have no result for this video
  /// Components that were not computed, because an earlier run left their result, and that run:
  /// "local/<video_id>/<run_id>"; empty: an earlier call of the same run.
  std::map<std::string, std::string, std::less<>> kept;
  std::vector<ComponentCost> costs;  // of the pass that gave the result; empty for errors
  int64_t started_at_ns = 0;         // wall time, for the manifest
  int64_t finished_at_ns = 0;
  int64_t duration_ns = 0;  // steady time
};

/// The result of the first component, by name, that has events and shots; null: there is none.
const ComponentResult* ResultWithEvents(const VideoOutcome& outcome);
/// Its events; null: there are none.
const EventList* EventsOf(const VideoOutcome& outcome);

}  // namespace reelbatch::contracts
