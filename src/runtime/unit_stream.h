#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "components/batched_component.h"
#include "contracts/outcome.h"

namespace reelbatch::runtime {

struct UnitStream;

/// Where units are pushed to.
class UnitDoor {
 public:
  virtual ~UnitDoor() = default;
  /// Waits for room. False: no more units of this stream are wanted.
  virtual bool Push(UnitStream& stream, components::Bytes data) = 0;
};

/// The units of one video and component, from the first one pushed to the last one back. Held by
/// shared_ptr: batches in flight may outlive the video. Everything is the dispatcher's, under its
/// lock, but for Push().
struct UnitStream final : public components::UnitSink {
  UnitStream(UnitDoor& to, int of_key, int of_video, int first_unit)
      : door(to), key(of_key), video(of_video), first(first_unit) {}
  bool Push(components::Bytes data) override { return door.Push(*this, std::move(data)); }

  UnitDoor& door;
  const int key;
  const int video;  // rank
  const int
      first;  // the ledger's index of its first unit: a video that starts over goes on counting
  std::string component = {};
  std::function<bool()> beat = {};            // of the source that pushes: false: it has to stop
  std::vector<components::Bytes> units = {};  // from `first` on; emptied when they are done
  std::vector<base::Nanoseconds> came = {};   // when
  std::vector<components::UnitOutput> outputs = {};
  std::set<int> in_flight = {};  // places in `units` that a batch reads
  int done = 0;
  bool closed = false;     // no more units come
  bool abandoned = false;  // its video failed or starts over: what comes back is for nobody
  std::optional<contracts::Fault> fault = {};
  contracts::BatchingReport report = {};  // means as sums until the video is finished

  bool complete() const {
    return fault.has_value() || (closed && static_cast<size_t>(done) == units.size());
  }
};

}  // namespace reelbatch::runtime
