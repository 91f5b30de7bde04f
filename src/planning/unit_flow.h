#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "contracts/batch.h"

namespace reelbatch::planning {

/// Knows which keys of a video get their units from the results of which others, and therefore
/// whether a key is open for the video, and whether it is blocked. The ledger asks it about
/// pairs of a key and a video that were linked, and about no others.
///
/// For a key whose results others wait for, it counts the unfinished units: added, and neither
/// used, failed, nor dropped. Results of a key still come without help while it is open and not
/// blocked, or while some of its unfinished units are not held back for lack of memory.
/// Time: a call takes as long as the video has linked keys. Threads: none; a plain value.
class UnitFlow {
 public:
  /// A pair whose state has changed.
  struct Change {
    int key = 0;
    bool open = false;
    bool blocked = false;
  };
  using Changes = std::vector<Change>;
  struct State {
    bool open = false;
    bool blocked = false;
  };
  /// What the account must have for a pair that others wait for.
  struct Counts {
    int64_t unfinished = 0;
    int64_t results = 0;  // of these, units that succeeded
    int64_t held = 0;     // of these, results that wait for memory
  };
  struct Pair {
    int key = 0;
    int video = 0;
  };
  struct Edge {
    int from = 0;
    int to = 0;
    int video = 0;
    bool closes = true;  // `to` closes with `from`; else it waits for the end of `from`, and is
                         // closed by the code that adds to it
  };

  bool empty() const { return videos_.empty(); }
  bool Has(int key, int video) const { return Find(key, video) != nullptr; }

  /// `from` and `to`: their states until now; ignored for a pair that is already linked.
  Changes Link(const Edge& edge, State from, State to);
  Changes SetOpen(Pair pair, bool open);
  Changes SetBlocked(Pair pair, bool blocked);
  Changes SetHeld(Pair pair, int64_t count);
  Changes TakenOn(Pair pair, int64_t count);
  Changes Added(Pair pair, int first, int count);
  /// The unit has its result, which is not yet used.
  void Succeeded(int key, contracts::UnitId unit);
  /// The unit will have no result.
  Changes Lost(int key, contracts::UnitId unit);
  /// The same for `count` units that count.
  Changes Lost(Pair pair, int64_t count);
  /// The same for all units of the pair so far, independent of those in flight.
  Changes Dropped(Pair pair);

  /// Whether others wait for the pair, which then counts its units.
  bool Feeds(Pair pair) const;
  /// Whether a unit of the pair counts as unfinished: others wait for its key, and the video was
  /// not dropped after it was added.
  bool CountsUnit(int key, contracts::UnitId unit) const;
  /// The next two: of a pair that is linked.
  Counts CountsOf(Pair pair) const;
  State StateOf(Pair pair) const;
  /// All that are linked, in no order.
  std::vector<Pair> Pairs() const;

 private:
  struct Node {
    int key = 0;
    bool open = false;     // as the ledger was told
    bool blocked = false;  // the same
    bool feeds = false;    // others wait for it: it counts
    int first = -1;        // the first unit that counts; -1: none came
    Counts counts = {};
    std::vector<int> from = {};   // keys with whose end it closes
    std::vector<int> needs = {};  // keys whose end it waits for
    State told = {};              // by the last change
  };
  using Nodes = std::vector<Node>;

  const Node* Find(int key, int video) const;
  Node* Find(int key, int video);
  Node& Make(int key, int video, State state);
  static const Node* In(const Nodes& nodes, int key);
  static bool IsOpen(const Nodes& nodes, const Node& node);
  static bool Comes(const Nodes& nodes, const Node& node);
  static State StateIn(const Nodes& nodes, const Node& node);
  Changes Settle(int video);

  std::unordered_map<int, Nodes> videos_;
};

}  // namespace reelbatch::planning
