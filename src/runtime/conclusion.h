#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "contracts/component_spec.h"
#include "runtime/dispatcher.h"
#include "runtime/video.h"

namespace reelbatch::runtime {

/// Takes the components of a video as far as they can go now: results of units that are complete,
/// components that need the results of others, and the end. Threads: one lane, which has the
/// video; components may wait for memory while they push.
class Conclusion {
 public:
  /// All must outlive it. `specs`: what components need and use of each other.
  Conclusion(DecodedVideo& decoded, const std::vector<contracts::ComponentSpec>& specs,
             Dispatcher& work)
      : decoded_(decoded), specs_(specs), work_(work) {}

  /// What components request of a second pass; usually nothing.
  std::vector<SeekTask> Go();
  /// Every component has ended.
  bool done() const;
  /// The run stops while components were working: the video gets no outcome.
  bool stopped() const { return stopped_; }

 private:
  /// True: a component has made progress.
  bool Step(size_t component);
  bool Follow(size_t component, const contracts::ComponentSpec& spec);
  /// Components that need a component without a result for the video have no result, either.
  void TakeEmptiness(const contracts::ComponentSpec& spec);
  bool FinishUnits(size_t component);
  /// The first component that `name` needs and that has failed; empty: none.
  std::string FailedNeed(const contracts::ComponentSpec& spec) const;
  /// Whether everything that it needs or uses has ended.
  bool OthersSettled(const contracts::ComponentSpec& spec) const;
  /// True: it succeeded. Otherwise its component has failed.
  bool Note(size_t component, const base::Status& ended);
  /// Also adds the report of how its units were batched.
  std::optional<EndedUnits> TakeEnded(size_t component);
  void Fail(size_t component, contracts::Fault fault);
  const contracts::ComponentSpec& SpecOf(const std::string& name) const;

  DecodedVideo& decoded_;
  const std::vector<contracts::ComponentSpec>& specs_;
  Dispatcher& work_;
  std::vector<SeekTask> tasks_;
  bool stopped_ = false;
};

/// Where components begin after the first pass.
std::vector<ComponentPhase> FirstPhases(
    const std::vector<std::unique_ptr<components::Component>>& components, const VideoUnits& units);

}  // namespace reelbatch::runtime
