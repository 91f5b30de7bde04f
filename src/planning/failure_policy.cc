#include "planning/failure_policy.h"

#include <algorithm>

namespace reelbatch::planning {
namespace {

using contracts::FailureClass;

/// The second wait for a server, in back-offs: with 2 s it has 12 s to come back.
constexpr int kPatience = 5;

std::vector<RetryPiece> Cut(const FailedBatch& batch, size_t size, base::Nanoseconds not_before) {
  std::vector<RetryPiece> pieces;
  for (size_t begin = 0; begin < batch.units.size(); begin += size) {
    const auto units = batch.units.subspan(begin, std::min(size, batch.units.size() - begin));
    pieces.push_back({.units = {units.begin(), units.end()},
                      .attempt = batch.attempt + 1,
                      .not_before = not_before});
  }
  return pieces;
}

}  // namespace

AfterFailure AfterBatchFailed(const FailedBatch& batch, const Policy& policy,
                              base::Nanoseconds now) {
  const size_t size = batch.units.size();
  const bool last = batch.attempt >= policy.max_attempts;
  const base::Nanoseconds later = now + policy.backoff;
  switch (batch.failure) {
    case FailureClass::kCapacity:
    case FailureClass::kHostMemory: {
      if (last) return {.key_stopped = true, .learn = size > 1};
      const bool next_is_last = batch.attempt + 1 >= policy.max_attempts;
      const size_t smaller = next_is_last ? 1 : std::max<size_t>(1, size / 2);
      return {.pieces = Cut(batch, smaller, later),
              .restart = size == 1 && batch.worked_before,
              .learn = size > 1};
    }
    case FailureClass::kPoisoned:
      if (last) return {.key_stopped = true};
      return {.pieces = Cut(batch, size, later), .restart = true};
    case FailureClass::kUnavailable:
      if (last) return {.units_failed = true};
      // Who does not answer needs longer than memory does to come back: a server loads its models
      // first.
      return {.pieces =
                  Cut(batch, size, now + policy.backoff * (batch.attempt > 1 ? kPatience : 1))};
    case FailureClass::kBatchLimit: {
      const size_t most = batch.max_batch > 0 ? static_cast<size_t>(batch.max_batch)
                                              : std::max<size_t>(1, size / 2);
      if (last || size <= 1) return {.key_stopped = true};
      return {.pieces = Cut(batch, std::min(most, size - 1), now)};
    }
    case FailureClass::kBadRequest:
    case FailureClass::kBadResponse:
    case FailureClass::kStuck:
      return {.key_stopped = true};
    case FailureClass::kInput:
    case FailureClass::kOther:
      if (size == 1 || last) return {.units_failed = true};
      return {.pieces = Cut(batch, 1, now)};
    case FailureClass::kAbsurdSize:
      break;
  }
  return {.units_failed = true};
}

}  // namespace reelbatch::planning
