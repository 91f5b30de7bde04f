#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "components/batched_component.h"
#include "components/definition.h"
#include "contracts/outcome.h"

namespace reelbatch::runtime {

struct UnitStream;
struct ComponentUnits;

/// Receives the units of streams.
class UnitReceiver {
 public:
  virtual ~UnitReceiver() = default;
  /// Waits for memory, except for a stage that comes after another one. False: units of this
  /// stream are no longer needed.
  virtual bool Push(UnitStream& stream, components::Bytes data, components::Bytes kept) = 0;
};

/// The units of one video and stage, from the first pushed unit to the last used result. Places
/// count from 0 and do not change; the ledger continues to count if a video starts over. All
/// members belong to the dispatcher, under its lock, except Push().
struct UnitStream final : public components::UnitSink {
  UnitStream(ComponentUnits& component, int ledger_key, int first_unit)
      : of(component), key(ledger_key), first(first_unit) {}
  bool Push(components::Bytes data, components::Bytes kept) override;

  ComponentUnits& of;
  const int key;
  const int first;              // index of its first unit in the ledger
  int depth = 0;                // number of stages before this one
  UnitStream* after = nullptr;  // the stream whose results give its units; null: another source
  components::UnitsFrom from = components::UnitsFrom::kSource;
  std::vector<UnitStream*> feeds = {};                       // the streams after it
  std::shared_ptr<components::UnitFeeder> feeder = nullptr;  // set if there are streams after it
  std::vector<components::Bytes> units = {};                 // emptied when they are done
  std::vector<components::Bytes> kept = {};                  // emptied when they are used
  std::vector<base::Nanoseconds> came = {};                  // time of arrival
  std::vector<components::UnitOutput> outputs = {};
  std::vector<bool> back = {};   // whether its result has come
  std::set<int> in_flight = {};  // places that a batch reads
  int done = 0;
  int fed = 0;                             // number of used results; by place
  bool feeding = false;                    // one more is being used
  bool closed = false;                     // no more units come
  contracts::BatchingFigures report = {};  // means are sums until the video is finished

  /// The next result for its feeder exists, and the feeder is idle.
  bool CanFeed() const {
    const auto next = static_cast<size_t>(fed);
    return feeder != nullptr && !feeding && next < back.size() && back[next];
  }
  /// Units that have not finished this stage.
  int64_t open_units() const {
    return static_cast<int64_t>(units.size()) - (feeder == nullptr ? done : fed);
  }
  bool drained() const { return closed && open_units() == 0; }
};

/// The thread that pushes units now. Both functions are called from it, under the lock of the
/// dispatcher.
struct Pusher {
  /// Called while a push waits. False: it must stop.
  std::function<bool()> beat = [] { return true; };
  /// A push begins to wait: releases what other threads need in the meantime.
  std::function<void()> on_wait = [] {};
};

/// The units of one video and component, of all its stages. Held by shared_ptr: batches in flight
/// and results being used may outlive the video. All members belong to the dispatcher, under its
/// lock.
struct ComponentUnits : std::enable_shared_from_this<ComponentUnits> {
  ComponentUnits(UnitReceiver& to, int of_video, std::string of_component)
      : receiver(to), video(of_video), component(std::move(of_component)) {}
  ComponentUnits(const ComponentUnits&) = delete;
  ComponentUnits& operator=(const ComponentUnits&) = delete;

  UnitReceiver& receiver;
  const int video;  // rank
  const std::string component;
  Pusher pusher = {};
  std::deque<UnitStream> stages = {};  // in the order of ComponentDefinition::stages
  bool idle = false;                   // no lane works on the video: it pushes nothing now
  bool waits = false;                  // its source waits for memory
  bool abandoned = false;              // its video failed or starts again: results are dropped
  std::optional<contracts::Fault> fault = {};

  bool wanted() const { return !fault.has_value() && !abandoned; }
  /// All its units have ended, and no more come.
  bool complete() const {
    if (fault) return true;
    for (const UnitStream& stage : stages) {
      if (!stage.drained()) return false;
    }
    return true;
  }
};

/// By component of a video; null: it has no units.
using VideoUnits = std::vector<std::shared_ptr<ComponentUnits>>;

inline bool UnitStream::Push(components::Bytes data, components::Bytes kept_with_it) {
  return of.receiver.Push(*this, std::move(data), std::move(kept_with_it));
}

/// What is left of the units of a component that has none under way any more.
struct EndedUnits {
  std::optional<contracts::Fault> fault = {};                     // then no outputs
  std::vector<std::vector<components::UnitOutput>> outputs = {};  // by stage, by index
  contracts::BatchingReport report = {};
};

/// A result in the hands of a feeder. It holds on to what the feeder pushes into.
struct FeedWork {
  std::shared_ptr<ComponentUnits> units;
  UnitStream* stage = nullptr;  // whose result it is
  std::shared_ptr<components::UnitFeeder> feeder = nullptr;
  components::UnitOutput output = {};
  components::Bytes kept = {};
  int64_t kept_bytes = 0;
};

}  // namespace reelbatch::runtime
