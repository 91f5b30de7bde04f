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

/// Takes the units that streams are given.
class UnitReceiver {
 public:
  virtual ~UnitReceiver() = default;
  /// Waits for room, but for a stage that comes after another one. False: no more units of this
  /// stream are wanted.
  virtual bool Push(UnitStream& stream, components::Bytes data, components::Bytes kept) = 0;
};

/// The units of one video and stage, from the first one pushed to the last result taken on. Places
/// count from 0 and stay what they are; the ledger counts on where a video starts over. Everything
/// is the dispatcher's, under its lock, but for Push().
struct UnitStream final : public components::UnitSink {
  UnitStream(ComponentUnits& component, int ledger_key, int first_unit)
      : of(component), key(ledger_key), first(first_unit) {}
  bool Push(components::Bytes data, components::Bytes kept) override;

  ComponentUnits& of;
  const int key;
  const int first;              // the ledger's index of its first unit
  int depth = 0;                // how many stages its units have gone through before
  UnitStream* after = nullptr;  // whose results give its units; null: it has others
  components::UnitsFrom from = components::UnitsFrom::kSource;
  std::vector<UnitStream*> feeds = {};                       // that come after it
  std::shared_ptr<components::UnitFeeder> feeder = nullptr;  // set where it feeds any
  std::vector<components::Bytes> units = {};                 // emptied when they are done
  std::vector<components::Bytes> kept = {};                  // emptied when they are taken on
  std::vector<base::Nanoseconds> came = {};                  // when
  std::vector<components::UnitOutput> outputs = {};
  std::vector<bool> back = {};   // whether its result has come
  std::set<int> in_flight = {};  // places that a batch reads
  int done = 0;
  int fed = 0;                             // results taken on; by place
  bool feeding = false;                    // one more is being
  bool closed = false;                     // no more units come
  contracts::BatchingFigures report = {};  // means as sums until the video is finished

  /// The next result that its feeder takes is there, and no feeder works on it.
  bool CanFeed() const {
    const auto next = static_cast<size_t>(fed);
    return feeder != nullptr && !feeding && next < back.size() && back[next];
  }
  /// Units whose way through this stage has not ended.
  int64_t open_units() const {
    return static_cast<int64_t>(units.size()) - (feeder == nullptr ? done : fed);
  }
  bool drained() const { return closed && open_units() == 0; }
};

/// Who pushes units now. Both are called from its thread, under the dispatcher's lock.
struct Pusher {
  /// Asked while a push waits. False: it has to stop.
  std::function<bool()> beat = [] { return true; };
  /// A push begins to wait. It gives back what other threads need meanwhile.
  std::function<void()> on_wait = [] {};
};

/// The units of one video and component: of all its stages. Held by shared_ptr: batches in flight
/// and results being fed may outlive the video. Everything is the dispatcher's, under its lock.
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
  bool idle = false;       // no lane works on the video: what it pushes, it pushes later
  bool waits = false;      // its source does, for room
  bool abandoned = false;  // its video failed or starts again: results are dropped
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
