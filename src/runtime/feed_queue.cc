#include "runtime/feed_queue.h"

#include <algorithm>

namespace reelbatch::runtime {

void FeedQueue::AddOpen(int depth, int64_t units) {
  const auto place = static_cast<size_t>(depth);
  if (open_.size() <= place) open_.resize(place + 1);
  open_[place] += units;
}

bool FeedQueue::OpenBelow(int depth) const {
  const auto deeper = static_cast<size_t>(depth) + 1;
  return deeper < open_.size() && std::any_of(
                                      open_.begin() + static_cast<std::ptrdiff_t>(deeper),
                                      open_.end(), [](int64_t units) { return units > 0; });
}

void FeedQueue::Update(UnitStream& stream) {
  Entry entry{.depth = stream.depth,
              .video = stream.of.video,
              .key = stream.key,
              .units = stream.of.shared_from_this(),
              .stream = &stream};
  if (stream.of.wanted() && stream.CanFeed())
    waiting_.insert(std::move(entry));
  else
    waiting_.erase(entry);
}

FeedQueue::Place FeedQueue::Take(bool room) {
  if (waiting_.empty()) return {};
  const Entry first = *waiting_.begin();
  if (!room && (feeding_ > 0 || OpenBelow(first.depth))) return {};
  waiting_.erase(waiting_.begin());
  first.stream->feeding = true;
  ledger_.SetHeld(first.key, first.video, 0);
  ++feeding_;
  return {.units = first.units, .stage = first.stream};
}

void FeedQueue::End(UnitStream& stage) {
  stage.feeding = false;
  --feeding_;
}

bool FeedQueue::TellHeld(bool room) {
  bool can_feed = false;
  for (const Entry& entry : waiting_) {
    // Only the first one may go where there is no room; it makes room, or takes what there is.
    const bool goes = room || (!can_feed && feeding_ == 0 && &entry == &*waiting_.begin() &&
                               !OpenBelow(entry.depth));
    ledger_.SetHeld(entry.key, entry.video, goes ? 0 : entry.stream->done - entry.stream->fed);
    can_feed = can_feed || goes;
  }
  return can_feed;
}

}  // namespace reelbatch::runtime
