#include "store/exports/shot_lengths.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <vector>

namespace reelbatch::store {
namespace {

using contracts::Event;
using contracts::FrameIndex;
using contracts::Shot;

constexpr double kMicrosecond = 1e-6;  // what cuts.json rounds times to
constexpr double kMostShift_s = 0.5;
constexpr double kMostShiftOfPart = 0.25;

double Length(const Shot& shot) { return shot.end_s - shot.start_s; }

/// The event that ends one shot and begins the next at `frame`; events.size(): none.
size_t EventAt(const std::vector<Event>& events, FrameIndex frame) {
  const auto found = std::ranges::find_if(events, [frame](const Event& event) {
    return event.splits && event.frame == frame && !contracts::IsObservation(event.type);
  });
  return static_cast<size_t>(found - events.begin());
}

/// Whether the boundary before shot `a` is less sure than the one before shot `b`.
bool LessSure(const contracts::EventList& record, const Shot& a, const Shot& b) {
  const auto sureness = [&record](const Shot& shot) {
    const size_t at = EventAt(record.events, shot.start_frame);
    if (at == record.events.size()) return std::pair{-1.0F, -1.0F};
    return std::pair{record.events[at].confidence, record.events[at].strength};
  };
  return sureness(a) < sureness(b);
}

/// Joins shot `at` to the one before it.
void JoinToEarlier(contracts::EventList& record, size_t at) {
  std::vector<Shot>& shots = record.shots;
  const size_t event = EventAt(record.events, shots[at].start_frame);
  if (event < record.events.size()) {
    record.candidates.push_back(record.events[event]);
    record.events.erase(record.events.begin() + static_cast<std::ptrdiff_t>(event));
  }
  shots[at - 1].end_frame = shots[at].end_frame;
  shots[at - 1].end_s = shots[at].end_s;
  shots.erase(shots.begin() + static_cast<std::ptrdiff_t>(at));
}

int MergeShort(double min_s, contracts::EventList& record) {
  std::vector<Shot>& shots = record.shots;
  int merged = 0;
  while (shots.size() > 1) {
    const auto shortest = std::ranges::min_element(shots, {}, Length);
    if (Length(*shortest) >= min_s - kMicrosecond) break;
    const auto at = static_cast<size_t>(shortest - shots.begin());
    const bool with_later =
        at == 0 || (at + 1 < shots.size() && LessSure(record, shots[at + 1], shots[at]));
    JoinToEarlier(record, with_later ? at + 1 : at);
    ++merged;
  }
  std::ranges::stable_sort(record.candidates, {}, &Event::time_s);
  return merged;
}

/// A frame at which a shot may be cut.
struct Place {
  FrameIndex frame = 0;
  double time_s = 0;
  float hist = 0;  // how much the frame differs from the one before
  float flow = 0;
};

float OrZero(const std::vector<float>* values, size_t at) {
  const bool there = values != nullptr && at < values->size() && std::isfinite((*values)[at]);
  return there ? (*values)[at] : 0;
}

/// Every frame of a shot but its first.
std::vector<Place> PlacesIn(const Shot& shot,
                            const std::optional<contracts::FrameSignals>& signals) {
  std::vector<Place> places;
  if (signals) {
    const contracts::Timeline& timeline = signals->timeline;
    const std::vector<float>* const hist = signals->Find("hist_diff_l1");
    const std::vector<float>* const flow = signals->Find("flow_mag");
    const auto first = std::ranges::upper_bound(timeline.frame_indices, shot.start_frame);
    for (auto i = static_cast<size_t>(first - timeline.frame_indices.begin()); i < timeline.size();
         ++i) {
      const FrameIndex frame = timeline.frame_indices[i];
      if (frame >= shot.end_frame) break;
      if (i == 0) continue;
      places.push_back({.frame = frame,
                        .time_s = timeline.pts_s[i],
                        .hist = OrZero(hist, i - 1),
                        .flow = OrZero(flow, i - 1)});
    }
    return places;
  }
  const double step_s = Length(shot) / static_cast<double>(shot.end_frame - shot.start_frame);
  for (FrameIndex frame = shot.start_frame + 1; frame < shot.end_frame; ++frame) {
    const double time_s = shot.start_s + step_s * static_cast<double>(frame - shot.start_frame);
    places.push_back({.frame = frame, .time_s = time_s});
  }
  return places;
}

/// Of the places in [low_s, high_s] the quietest, of equally quiet ones the nearest to `wish_s`;
/// the nearest of all where not `quiet`.
std::optional<Place> Quietest(const std::vector<Place>& places, double low_s, double high_s,
                              double wish_s, bool quiet) {
  const auto first = std::ranges::lower_bound(places, low_s - kMicrosecond, {}, &Place::time_s);
  const auto last = std::ranges::upper_bound(places, high_s + kMicrosecond, {}, &Place::time_s);
  if (first >= last) return std::nullopt;
  const std::ranges::subrange window(first, last);
  const float most_hist = std::ranges::max(window, {}, &Place::hist).hist;
  const float most_flow = std::ranges::max(window, {}, &Place::flow).flow;
  const auto loudness = [&](const Place& place) {
    const float hist = most_hist > 0 ? place.hist / most_hist : 0;
    const float flow = most_flow > 0 ? place.flow / most_flow : 0;
    return std::pair{quiet ? hist + flow : 0, std::fabs(place.time_s - wish_s)};
  };
  return *std::ranges::min_element(window, {}, loudness);
}

/// Where `shot` is cut into `parts`; none where no frames keep the lengths.
std::optional<std::vector<Place>> CutsInto(int parts, const Shot& shot,
                                           const std::vector<Place>& places, double min_s,
                                           double max_s, bool quiet) {
  const double part_s = Length(shot) / parts;
  const double shift_s = std::min(kMostShift_s, part_s * kMostShiftOfPart);
  std::vector<Place> cuts;
  double before_s = shot.start_s;
  for (int k = 1; k < parts; ++k) {
    const double wish_s = shot.start_s + part_s * k;
    const double low_s =
        std::max({before_s + min_s, shot.end_s - (parts - k) * max_s, wish_s - shift_s});
    const double high_s =
        std::min({before_s + max_s, shot.end_s - (parts - k) * min_s, wish_s + shift_s});
    const auto place = Quietest(places, low_s, high_s, wish_s, quiet);
    if (!place || (!cuts.empty() && place->frame <= cuts.back().frame)) return std::nullopt;
    cuts.push_back(*place);
    before_s = place->time_s;
  }
  return cuts;
}

/// The fewest parts that keep the lengths; none where there are none.
std::optional<std::vector<Place>> CutsOf(const Shot& shot, const contracts::EventList& record,
                                         double min_s, double max_s) {
  const std::vector<Place> places = PlacesIn(shot, record.signals);
  const double least = std::ceil(Length(shot) / max_s - kMicrosecond);
  const double most = std::min(static_cast<double>(places.size()) + 1,
                               min_s > 0 ? std::floor(Length(shot) / min_s + kMicrosecond)
                                         : std::numeric_limits<double>::max());
  // Frames lie on no even division: two parts more are enough where a part is longer than a frame.
  for (double parts = least; parts <= std::min(most, least + 2); ++parts) {
    // A quiet place may leave the parts behind it no room: then the even places serve.
    for (const bool quiet : {true, false}) {
      auto cuts = CutsInto(static_cast<int>(parts), shot, places, min_s, max_s, quiet);
      if (cuts) return cuts;
    }
  }
  return std::nullopt;
}

void DivideLong(const contracts::ShotLengths& lengths, contracts::EventList& record,
                ShotLengthChanges& changes) {
  std::vector<Shot> divided;
  for (const Shot& shot : record.shots) {
    divided.push_back(shot);
    if (Length(shot) <= *lengths.max_s + kMicrosecond) continue;
    const auto cuts = CutsOf(shot, record, lengths.min_s.value_or(0), *lengths.max_s);
    if (!cuts) {
      ++changes.undivided;
      continue;
    }
    ++changes.divided;
    changes.parts += static_cast<int>(cuts->size()) + 1;
    for (const Place& cut : *cuts) {
      Shot rest = divided.back();
      divided.back().end_frame = rest.start_frame = cut.frame;
      divided.back().end_s = rest.start_s = cut.time_s;
      divided.push_back(rest);
    }
  }
  record.shots = std::move(divided);
}

}  // namespace

base::Status CheckShotLengths(const contracts::ShotLengths& lengths) {
  if (!lengths.min_s || !lengths.max_s || *lengths.min_s <= *lengths.max_s) return {};
  return base::Fail(base::Code::kInvalidArgument,
                    "is longer than --max-shot, so no shot can satisfy both; use a shorter one",
                    "--min-shot");
}

base::Result<ShotLengthChanges> KeepShotLengths(const contracts::ShotLengths& wanted,
                                                contracts::EventList& record) {
  // A record that was written with one length keeps it where the other is asked for.
  contracts::ShotLengths lengths = wanted;
  if (!lengths.min_s) lengths.min_s = record.shot_lengths.min_s;
  if (!lengths.max_s) lengths.max_s = record.shot_lengths.max_s;
  if (const auto checked = CheckShotLengths(lengths); !checked)
    return std::unexpected(checked.error());
  ShotLengthChanges changes{.quiet = record.signals.has_value()};
  if (lengths.min_s) changes.merged = MergeShort(*lengths.min_s, record);
  if (lengths.max_s) DivideLong(lengths, record, changes);
  for (size_t i = 0; i < record.shots.size(); ++i) record.shots[i].index = static_cast<int>(i);
  record.shot_lengths = lengths;
  return changes;
}

}  // namespace reelbatch::store
