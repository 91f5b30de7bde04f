#pragma once

#include <cstdint>
#include <memory>
#include <set>
#include <vector>

#include "planning/ledger.h"
#include "runtime/unit_stream.h"

namespace reelbatch::runtime {

/// Results of stages that give units to later ones, until their feeders take them.
///
/// Note [Feeding never deadlocks]: a result may give many units, which wait in memory. So it is fed
/// only where there is room, and the deepest stages first; or where no unit is open at any deeper
/// stage and nothing else is being fed: then one result at a time, however much it gives. What
/// waits thus exceeds its bound by the units of one result for each feeder at most. While all that
/// a stage could still get is held back like this, the ledger knows that it gets nothing, and what
/// the stage has leaves as it is. The deepest stage can always leave, then the one before it can be
/// fed, and so on. (docs/decisions/0030)
///
/// Threads: none; the dispatcher holds its lock. `ledger` outlives it.
class FeedQueue {
 public:
  explicit FeedQueue(planning::Ledger& ledger) : ledger_(ledger) {}

  /// So many more units are open at a depth (UnitStream::open_units()).
  void AddOpen(int depth, int64_t units);
  /// Something about the stream has changed: it waits for its feeder, or no longer.
  void Update(UnitStream& stream);
  struct Place {
    std::shared_ptr<ComponentUnits> units = nullptr;  // null: nothing may be fed now
    UnitStream* stage = nullptr;
  };
  /// `room`: more may wait in memory. UnitStream::feeding of what it gives is set until End().
  Place Take(bool room);
  void End(UnitStream& stage);

  /// Tells the ledger which results are held back. True: one can be fed now.
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
