#include "engine/public_convert.h"

#include <cstddef>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>

#include "store/exports/player_time.h"

namespace reelbatch::engine {
namespace {

template <class Public, class Ours>
constexpr bool Same(Public there, Ours here) {
  return static_cast<uint8_t>(there) == static_cast<uint8_t>(here);
}

// The two lists of codes are one list.
using base::Code;
static_assert(Same(ErrorCode::kInvalidArgument, Code::kInvalidArgument));
static_assert(Same(ErrorCode::kNotMeasured, Code::kNotMeasured));
static_assert(Same(ErrorCode::kOutOfMemory, Code::kOutOfMemory));
static_assert(Same(ErrorCode::kUnavailable, Code::kUnavailable));
static_assert(Same(ErrorCode::kDeadline, Code::kDeadline));
static_assert(Same(ErrorCode::kCancelled, Code::kCancelled));
static_assert(Same(ErrorCode::kContract, Code::kContract));
static_assert(Same(ErrorCode::kIo, Code::kIo));
static_assert(Same(ErrorCode::kCorrupt, Code::kCorrupt));
static_assert(Same(ErrorCode::kInternal, Code::kInternal));

static_assert(Same(ElementType::kFloat32, contracts::ElementType::kFloat32));
static_assert(Same(ElementType::kInt32, contracts::ElementType::kInt32));
static_assert(Same(ElementType::kInt64, contracts::ElementType::kInt64));
static_assert(Same(ElementType::kUint8, contracts::ElementType::kUint8));
static_assert(Same(ElementType::kFloat64, contracts::ElementType::kFloat64));
static_assert(Same(ElementType::kInt16, contracts::ElementType::kInt16));
static_assert(Same(ElementType::kBool, contracts::ElementType::kBool));

VideoStatus PublicStatus(contracts::VideoStatus status) {
  switch (status) {
    case contracts::VideoStatus::kSuccess:
      return VideoStatus::kSuccess;
    case contracts::VideoStatus::kEmpty:
      return VideoStatus::kEmpty;
    case contracts::VideoStatus::kSkipped:
      return VideoStatus::kSkipped;
    case contracts::VideoStatus::kError:
    case contracts::VideoStatus::kWaiting:  // no outcome has these two
    case contracts::VideoStatus::kRunning:
      break;
  }
  return VideoStatus::kError;
}

std::string_view ReasonOf(contracts::EmptyReason reason) {
  switch (reason) {
    case contracts::EmptyReason::kVideoTooShort:
      return "the video has fewer than two frames to analyse";
    case contracts::EmptyReason::kAudioMissing:
      return "the video has no sound";
  }
  return "";
}

ComponentResult PublicComponent(const contracts::ComponentResult& result, KeepArrays keep) {
  ComponentResult made{.meta = result.meta, .notes = result.notes};
  if (keep == KeepArrays::kNo) return made;
  made.arrays.reserve(result.arrays.size());
  for (const contracts::Tensor& array : result.arrays) made.arrays.push_back(PublicArray(array));
  return made;
}

}  // namespace

Error PublicError(base::Error error) {
  return {.code = static_cast<ErrorCode>(error.code),
          .message = std::move(error.message),
          .context = std::move(error.context)};
}

Array PublicArray(const contracts::Tensor& tensor) {
  Array array{.name = tensor.name,
              .type = static_cast<ElementType>(tensor.type),
              .shape = tensor.shape,
              .bytes = std::vector<std::byte>(tensor.bytes.size())};
  if (!tensor.bytes.empty())
    std::memcpy(array.bytes.data(), tensor.bytes.data(), tensor.bytes.size());
  return array;
}

std::vector<Event> PublicEvents(const contracts::EventList& list,
                                const contracts::VideoInfo& info) {
  std::vector<Event> events;
  events.reserve(list.events.size());
  for (const contracts::Event& event : list.events) {
    // Between the two frames of a hard cut there is nothing: it is where the new shot begins.
    const bool hard = event.type == contracts::EventType::kHard;
    events.push_back({.type = std::string(contracts::EventTypeName(event.type)),
                      .ends_shot = event.splits,
                      .start_s = store::PlayerSeconds(info, hard ? event.time_s : event.start_s),
                      .end_s = store::PlayerSeconds(info, hard ? event.time_s : event.end_s),
                      .start_frame = hard ? event.frame : event.start_frame,
                      .end_frame = hard ? event.frame : event.end_frame,
                      .confidence = static_cast<double>(event.confidence)});
  }
  return events;
}

std::vector<Shot> PublicShots(const contracts::EventList& list, const contracts::VideoInfo& info) {
  std::vector<Shot> shots;
  shots.reserve(list.shots.size());
  for (const contracts::Shot& shot : list.shots) {
    shots.push_back({.start_s = store::PlayerSeconds(info, shot.start_s),
                     .end_s = store::PlayerSeconds(info, shot.end_s),
                     .start_frame = shot.start_frame,
                     .end_frame = shot.end_frame});
  }
  return shots;
}

VideoResult PublicResult(const contracts::VideoOutcome& outcome, KeepArrays keep) {
  VideoResult result{.status = PublicStatus(outcome.status)};
  if (outcome.fault) {
    result.error_code = contracts::FaultCodeName(outcome.fault->code);
    result.reason = outcome.fault->reason;
  } else if (outcome.empty_reason) {
    result.reason = ReasonOf(*outcome.empty_reason);
  }
  const contracts::VideoInfo info = outcome.info.value_or(contracts::VideoInfo());
  result.width = info.width;
  result.height = info.height;
  if (outcome.decode) {
    result.frames_decoded = outcome.decode->frames_decoded;
    result.frames_expected = outcome.decode->frames_expected;
    result.decode_errors = outcome.decode->decode_errors;
    result.damaged = outcome.decode->decode_errors > 0 || outcome.decode->truncated;
  }
  if (const contracts::ComponentResult* const found = contracts::ResultWithEvents(outcome)) {
    result.events = PublicEvents(*found->events, info);
    result.shots = PublicShots(*found->events, info);
  }
  for (const auto& [name, component] : outcome.results)
    result.components.emplace(name, PublicComponent(component, keep));
  for (const auto& [name, fault] : outcome.component_faults)
    result.component_errors.emplace(name, fault.reason);
  return result;
}

}  // namespace reelbatch::engine
