#include "planning/unit_flow.h"

#include <algorithm>
#include <utility>

namespace reelbatch::planning {

using contracts::UnitId;

const UnitFlow::Node* UnitFlow::In(const Nodes& nodes, int key) {
  const auto node = std::ranges::find(nodes, key, &Node::key);
  return node == nodes.end() ? nullptr : &*node;
}

const UnitFlow::Node* UnitFlow::Find(int key, int video) const {
  const auto place = videos_.find(video);
  return place == videos_.end() ? nullptr : In(place->second, key);
}

UnitFlow::Node* UnitFlow::Find(int key, int video) {
  return const_cast<Node*>(std::as_const(*this).Find(key, video));
}

UnitFlow::Node& UnitFlow::Make(int key, int video, State state) {
  if (Node* const node = Find(key, video)) return *node;
  return videos_[video].emplace_back(
      Node{.key = key, .open = state.open, .blocked = state.blocked, .told = state});
}

/// By itself, and while every key that it closes with goes on.
bool UnitFlow::IsOpen(const Nodes& nodes, const Node& node) {
  if (!node.open) return false;
  return node.from.empty() || std::ranges::any_of(node.from, [&](int key) {
           const Node& from = *In(nodes, key);
           return from.counts.unfinished > 0 || IsOpen(nodes, from);
         });
}

/// Whether its results still come on their own.
bool UnitFlow::Comes(const Nodes& nodes, const Node& node) {
  if (node.counts.unfinished > node.counts.held) return true;
  const State state = StateIn(nodes, node);
  return state.open && !state.blocked;
}

UnitFlow::State UnitFlow::StateIn(const Nodes& nodes, const Node& node) {
  State state{.open = IsOpen(nodes, node), .blocked = node.blocked};
  if (!state.open) return {};
  const auto comes = [&](int key) { return Comes(nodes, *In(nodes, key)); };
  // What waits for the end of several waits for the slowest of them; one whose results are all
  // there has ended, whether or not they were taken on.
  const auto stands_still = [&](int key) {
    const Node& need = *In(nodes, key);
    return !comes(key) && (need.counts.unfinished > need.counts.results || IsOpen(nodes, need));
  };
  if (!node.from.empty() && !std::ranges::any_of(node.from, comes)) state.blocked = true;
  if (std::ranges::any_of(node.needs, stands_still)) state.blocked = true;
  return state;
}

UnitFlow::Changes UnitFlow::Settle(int video) {
  Changes changes;
  const auto place = videos_.find(video);
  if (place == videos_.end()) return changes;
  Nodes& nodes = place->second;
  bool ended = true;
  for (Node& node : nodes) {
    const State state = StateIn(nodes, node);
    ended = ended && !state.open && node.counts.unfinished == 0;
    if (state.open == node.told.open && state.blocked == node.told.blocked) continue;
    node.told = state;
    changes.push_back({.key = node.key, .open = state.open, .blocked = state.blocked});
  }
  if (ended) videos_.erase(place);
  return changes;
}

UnitFlow::Changes UnitFlow::Link(const Edge& edge, State from, State to) {
  Make(edge.from, edge.video, from).feeds = true;
  Node& node = Make(edge.to, edge.video, to);
  std::vector<int>& keys = edge.closes ? node.from : node.needs;
  if (std::ranges::find(keys, edge.from) == keys.end()) keys.push_back(edge.from);
  return Settle(edge.video);
}

UnitFlow::Changes UnitFlow::SetOpen(Pair pair, bool open) {
  Node& node = *Find(pair.key, pair.video);
  node.open = open;
  if (!open) node.blocked = false;
  return Settle(pair.video);
}

UnitFlow::Changes UnitFlow::SetBlocked(Pair pair, bool blocked) {
  Node& node = *Find(pair.key, pair.video);
  node.blocked = blocked && node.open;
  return Settle(pair.video);
}

UnitFlow::Changes UnitFlow::SetHeld(Pair pair, int64_t count) {
  Counts& counts = Find(pair.key, pair.video)->counts;
  counts.held = std::min(count, counts.results);
  return Settle(pair.video);
}

UnitFlow::Changes UnitFlow::TakenOn(Pair pair, int64_t count) {
  Counts& counts = Find(pair.key, pair.video)->counts;
  const int64_t taken = std::min(count, counts.results);
  counts.results -= taken;
  counts.unfinished -= taken;
  counts.held = std::min(counts.held, counts.results);
  return Settle(pair.video);
}

UnitFlow::Changes UnitFlow::Added(Pair pair, int first, int count) {
  Node& node = *Find(pair.key, pair.video);
  if (!node.feeds || count <= 0) return {};
  if (node.first < 0) node.first = first;
  node.counts.unfinished += count;
  return Settle(pair.video);
}

bool UnitFlow::CountsUnit(int key, UnitId unit) const {
  const Node* const node = Find(key, unit.video);
  return node != nullptr && node->feeds && node->first >= 0 && unit.index >= node->first;
}

bool UnitFlow::Feeds(Pair pair) const {
  const Node* const node = Find(pair.key, pair.video);
  return node != nullptr && node->feeds;
}

void UnitFlow::Succeeded(int key, UnitId unit) {
  if (CountsUnit(key, unit)) ++Find(key, unit.video)->counts.results;
}

UnitFlow::Changes UnitFlow::Lost(int key, UnitId unit) {
  if (!CountsUnit(key, unit)) return {};
  return Lost({.key = key, .video = unit.video}, 1);
}

UnitFlow::Changes UnitFlow::Lost(Pair pair, int64_t count) {
  Find(pair.key, pair.video)->counts.unfinished -= count;
  return Settle(pair.video);
}

UnitFlow::Changes UnitFlow::Dropped(Pair pair) {
  Node& node = *Find(pair.key, pair.video);
  node.counts = {};
  node.first = -1;
  return Settle(pair.video);
}

UnitFlow::Counts UnitFlow::CountsOf(Pair pair) const { return Find(pair.key, pair.video)->counts; }

UnitFlow::State UnitFlow::StateOf(Pair pair) const {
  const Nodes& nodes = videos_.at(pair.video);
  return StateIn(nodes, *In(nodes, pair.key));
}

std::vector<UnitFlow::Pair> UnitFlow::Pairs() const {
  std::vector<Pair> pairs;
  for (const auto& [video, nodes] : videos_) {
    for (const Node& node : nodes) pairs.push_back({.key = node.key, .video = video});
  }
  return pairs;
}

}  // namespace reelbatch::planning
