#include "runtime/fault.h"

#include <fmt/format.h>

namespace reelbatch::runtime {
namespace {

contracts::FaultCode CodeOf(base::Code code, Blame blame) {
  using base::Code;
  using contracts::FaultCode;
  if (code == Code::kOutOfMemory) return FaultCode::kInsufficientMemory;
  if (blame == Blame::kComponent) return FaultCode::kComponentFailed;
  switch (code) {
    case Code::kCorrupt:
    case Code::kIo:
    case Code::kInvalidArgument:
    case Code::kUnavailable:
      return FaultCode::kVideoUnreadable;
    case Code::kDeadline:
      return FaultCode::kDecoderStuck;
    case Code::kOutOfMemory:
    case Code::kNotMeasured:
    case Code::kCancelled:
    case Code::kContract:
    case Code::kInternal:
      return FaultCode::kComponentFailed;
  }
  return FaultCode::kComponentFailed;
}

}  // namespace

contracts::Fault FaultOf(const base::Error& error, Blame blame) {
  std::string reason = error.Text();
  for (char& c : reason) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  }
  while (!reason.empty() && reason.back() == ' ') reason.pop_back();
  if (reason.empty()) reason = base::CodeName(error.code);
  return {.code = CodeOf(error.code, blame), .reason = std::move(reason)};
}

void SetFault(const std::string& component, contracts::Fault fault,
              contracts::VideoOutcome& outcome) {
  if (outcome.component_faults.empty()) outcome.fault = fault;
  outcome.status = contracts::VideoStatus::kError;
  outcome.component_faults.emplace(component, std::move(fault));
}

contracts::Fault FaultOf(const contracts::BatchFailure& failure, const contracts::BatchKey& key,
                         size_t batch, planning::MemoryKind memory) {
  using contracts::FailureClass;
  using contracts::FaultCode;
  FaultCode code = FaultCode::kComponentFailed;
  if (contracts::IsServed(key)) {
    if (failure.failure == FailureClass::kUnavailable || failure.failure == FailureClass::kPoisoned)
      code = FaultCode::kTritonUnavailable;
    if (failure.failure == FailureClass::kBadRequest ||
        failure.failure == FailureClass::kBatchLimit)
      code = FaultCode::kTritonBadRequest;
    if (failure.failure == FailureClass::kBadResponse) code = FaultCode::kTritonBadResponse;
  }
  if (contracts::IsOutOfMemory(failure.failure)) {
    const bool vram =
        memory == planning::MemoryKind::kVram && failure.failure == FailureClass::kCapacity;
    code = vram ? FaultCode::kInsufficientGpuMemory : FaultCode::kInsufficientMemory;
  }
  return {
      .code = code,
      .reason = fmt::format("{}: {} in a batch of {}: {}", contracts::BatchKeyText(key),
                            contracts::FailureClassName(failure.failure), batch, failure.evidence)};
}

}  // namespace reelbatch::runtime
