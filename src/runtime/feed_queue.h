#pragma once

#include <cstdint>
#include <memory>
#include <set>
#include <vector>

#include "planning/ledger.h"
#include "runtime/unit_stream.h"

namespace reelbatch::runtime {

/// Results from which units of later stages are made, until their feeders use them.
///
/// Note [Feeding never deadlocks]: a result may give many units, which wait in memory. So it is
/// used only if there is memory, and the deepest stages first; or if no unit is open at any deeper
/// stage and no other result is being used: then one result at a time, whatever its size. So
/// waiting units exceed their limit by the units of at most one result per feeder. While all that
/// a stage could still get is held back like this, the ledger knows that the stage gets nothing,
/// and starts its units as they are. The deepest stage can always run, then the one before it can
/// be used, and so on. (docs/decisions/0030)
///
/// Threads: none; the dispatcher holds its lock. `ledger` outlives it.
class FeedQueue {
 public:
  explicit FeedQueue(planning::Ledger& ledger) : ledger_(ledger) {}

  /// This many more units are open at a depth (UnitStream::open_units()).
  void AddOpen(int depth, int64_t units);
  /// The state of the stream has changed: it waits for its feeder, or no longer.
  void Update(UnitStream& stream);
  struct Place {
    std::shared_ptr<ComponentUnits> units = nullptr;  // null: no result may be used now
    UnitStream* stage = nullptr;
  };
  /// `room`: there is memory for more units. UnitStream::feeding of the returned one is set until
  /// End().
  Place Take(bool room);
  void End(UnitStream& stage);

  /// Tells the ledger which results are held back. True: one can be used now.
  bool TellHeld(bool room);

 private:
  struct Entry {
    int depth = 0;
    int video = 0;
    int key = 0;
    std::shared_ptr<ComponentUnits> units = nullptr;
    UnitStream* stream = nullptr;
    /// The deepest first, then by video and key.
    friend bool operator<(const Entry& a, const Entry& b) {
      if (a.depth != b.depth) return a.depth > b.depth;
      return a.video != b.video ? a.video < b.video : a.key < b.key;
    }
  };
  /// Of units at deeper stages.
  bool OpenBelow(int depth) const;

  planning::Ledger& ledger_;
  std::set<Entry> waiting_;    // that can be fed
  std::vector<int64_t> open_;  // units, by depth
  int feeding_ = 0;            // results in feeders' hands
};

}  // namespace reelbatch::runtime
