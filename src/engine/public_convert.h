#pragma once

#include <vector>

#include "base/result.h"
#include "contracts/component_result.h"
#include "contracts/event_list.h"
#include "contracts/outcome.h"
#include "contracts/tensor.h"
#include "reelbatch/error.h"
#include "reelbatch/result.h"

namespace reelbatch::engine {

// Conversions from internal types to those of the public headers. Pure; any thread.

Error PublicError(base::Error error);

Array PublicArray(const contracts::Tensor& tensor);

/// `info`: of the video; it has the time at which players start to count.
std::vector<Event> PublicEvents(const contracts::EventList& list, const contracts::VideoInfo& info);
std::vector<Shot> PublicShots(const contracts::EventList& list, const contracts::VideoInfo& info);

/// Whether the arrays of components are converted, too.
enum class KeepArrays : uint8_t { kNo, kYes };

/// All fields of VideoResult except `id` and `path`.
VideoResult PublicResult(const contracts::VideoOutcome& outcome, KeepArrays keep);

}  // namespace reelbatch::engine
