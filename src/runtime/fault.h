#pragma once

#include <exception>
#include <new>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"
#include "contracts/batch.h"
#include "contracts/batch_failure.h"
#include "contracts/outcome.h"
#include "planning/batch_cost.h"

namespace reelbatch::runtime {

/// The source of an error.
enum class Blame : uint8_t {
  kVideo,      // probe, open, decode, hash: usually a problem of the file
  kComponent,  // code that was given undamaged frames
};

/// The one place where error codes, and below classes of failed batches, become fault codes; the
/// reason is the text of the error on one line.
///
/// Of a video: corrupt, io, invalid_argument (the stream does not exist), unavailable ->
/// video_unreadable; deadline -> decoder_stuck. Of both: out_of_memory -> insufficient_memory.
/// Everything else, and every other error of a component -> component_failed. cancelled is not a
/// fault; it is used only if no stop was requested.
contracts::Fault FaultOf(const base::Error& error, Blame blame);

/// One component fails, the others do not.
void SetFault(const std::string& component, contracts::Fault fault,
              contracts::VideoOutcome& outcome);

/// Calls foreign code: an exception becomes out_of_memory (std::bad_alloc) or internal (any other).
template <class F>
auto Guarded(F&& call) -> decltype(call()) {
  try {
    return std::forward<F>(call)();
  } catch (const std::bad_alloc&) {
    return base::Fail(base::Code::kOutOfMemory,
                      "an allocation failed: run fewer videos at the same time (videos-in-flight)");
  } catch (const std::exception& e) {
    return base::Fail(base::Code::kInternal, std::string("unexpected exception: ") + e.what());
  } catch (...) {
    return base::Fail(base::Code::kInternal, "unexpected exception of an unknown type");
  }
}
/// Why the component of a video has no result: a batch of `batch` units of `key` failed
/// permanently; the model uses the memory `memory`.
contracts::Fault FaultOf(const contracts::BatchFailure& failure, const contracts::BatchKey& key,
                         size_t batch, planning::MemoryKind memory);

}  // namespace reelbatch::runtime
