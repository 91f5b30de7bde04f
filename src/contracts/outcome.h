#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "contracts/cuts.h"
#include "contracts/optical_flow.h"
#include "contracts/video.h"

namespace reelbatch::contracts {

enum class VideoStatus : uint8_t { kWaiting, kRunning, kSuccess, kEmpty, kError, kSkipped };
std::string_view VideoStatusName(VideoStatus status);

/// Why a video has no result. The names are written to manifests.
enum class FaultCode : uint8_t {
  kVideoUnreadable,     // not a video, damaged beyond decoding, or not permitted to be read
  kDecoderStuck,        // the watchdog stopped it
  kInsufficientMemory,  // does not fit --max-memory, or an allocation failed
  kSourceChanged,       // the file changed while it was read
  kComponentFailed,     // our own code failed
};
std::string_view FaultCodeName(FaultCode code);

/// `reason` is one line for a person: what is wrong, and what mends it where we know.
struct Fault {
  FaultCode code = FaultCode::kVideoUnreadable;
  std::string reason;
};

/// Why a readable video has nothing to say. The names are written to manifests.
enum class EmptyReason : uint8_t { kVideoTooShort };
std::string_view EmptyReasonName(EmptyReason reason);

/// What became of one video. Exactly one of: fault (kError), empty_reason (kEmpty), neither (kSuccess).
/// The results of the components that ran are there for kSuccess and kEmpty.
struct VideoOutcome {
  VideoStatus status = VideoStatus::kSuccess;
  std::optional<Fault> fault;
  std::optional<EmptyReason> empty_reason;
  std::optional<VideoInfo> info;
  std::optional<DecodeReport> decode;
  std::optional<CutDetectionResult> cuts;  // of cut_detection
  std::optional<OpticalFlowResult> flow;   // of core_optical_flow
  int64_t started_at_ns = 0;  // wall time, for the manifest
  int64_t finished_at_ns = 0;
  int64_t duration_ns = 0;    // steady time
};

}  // namespace reelbatch::contracts
