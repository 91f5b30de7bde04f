#include "contracts/outcome.h"

namespace reelbatch::contracts {

std::string_view VideoStatusName(VideoStatus status) {
  switch (status) {
    case VideoStatus::kWaiting:
      return "waiting";
    case VideoStatus::kRunning:
      return "running";
    case VideoStatus::kSuccess:
      return "success";
    case VideoStatus::kEmpty:
      return "empty";
    case VideoStatus::kError:
      return "error";
    case VideoStatus::kSkipped:
      return "skipped";
  }
  return "error";
}

std::string_view FaultCodeName(FaultCode code) {
  switch (code) {
    case FaultCode::kVideoUnreadable:
      return "video_unreadable";
    case FaultCode::kDecoderStuck:
      return "decoder_stuck";
    case FaultCode::kInsufficientMemory:
      return "insufficient_memory";
    case FaultCode::kSourceChanged:
      return "source_changed";
    case FaultCode::kComponentFailed:
      return "component_failed";
    case FaultCode::kInsufficientGpuMemory:
      return "insufficient_gpu_memory";
    case FaultCode::kDependencyMissing:
      return "dependency_missing";
    case FaultCode::kModelLoadFailed:
      return "model_load_failed";
    case FaultCode::kTritonUnavailable:
      return "triton_unavailable";
    case FaultCode::kTritonBadRequest:
      return "triton_bad_request";
    case FaultCode::kTritonBadResponse:
      return "triton_bad_response";
  }
  return "component_failed";
}

std::string_view EmptyReasonName(EmptyReason reason) {
  switch (reason) {
    case EmptyReason::kVideoTooShort:
      return "video_too_short";
    case EmptyReason::kAudioMissing:
      return "audio_missing";
  }
  return "video_too_short";
}

const ComponentResult* ResultWithEvents(const VideoOutcome& outcome) {
  for (const auto& [component, result] : outcome.results) {
    if (result.events) return &result;
  }
  return nullptr;
}

const EventList* EventsOf(const VideoOutcome& outcome) {
  const ComponentResult* const result = ResultWithEvents(outcome);
  return result == nullptr ? nullptr : &*result->events;
}

}  // namespace reelbatch::contracts
