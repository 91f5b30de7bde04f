#include "planning/ledger.h"

#include <gmock/gmock.h>

#include <functional>
#include <numeric>
#include <set>

namespace reelbatch::planning {
namespace {

using contracts::FailureClass;
using contracts::UnitId;

constexpr base::Nanoseconds kStep = std::chrono::milliseconds(1);

BatchCost Model(int max_batch) {
  return {.max_batch = max_batch, .fixed_ms = 10, .ms_per_unit = 2, .mb_per_unit = 10};
}

Ledger MakeLedger(int lanes, int max_batch, bool in_order = false) {
  Ledger ledger({}, {{.total_mb = 8192, .lanes = lanes}}, {.cores = 64});
  ledger.AddKey({.cost = Model(max_batch), .in_order = in_order});
  return ledger;
}

std::vector<LaunchBatch> Launches(Ledger& ledger, base::Nanoseconds now) {
  std::vector<LaunchBatch> launches;
  for (Decision& decision : ledger.Decide(now)) {
    if (auto* batch = std::get_if<LaunchBatch>(&decision)) launches.push_back(std::move(*batch));
  }
  return launches;
}

/// Sees to it that every unit is done once.
class Done {
 public:
  void Add(const LaunchBatch& batch) {
    EXPECT_TRUE(std::ranges::is_sorted(batch.units));
    for (const UnitId unit : batch.units)
      EXPECT_TRUE(units_.insert(unit).second) << unit.video << ":" << unit.index;
  }
  size_t size() const { return units_.size(); }

 private:
  std::set<UnitId> units_;
};

/// Calls `visit` with every order in which videos with `left` units each can bring them.
void EveryOrder(std::vector<int>& left, std::vector<int>& order,
                const std::function<void(const std::vector<int>&)>& visit) {
  bool more = false;
  for (size_t video = 0; video < left.size(); ++video) {
    if (left[video] == 0) continue;
    more = true;
    --left[video];
    order.push_back(static_cast<int>(video));
    EveryOrder(left, order, visit);
    order.pop_back();
    ++left[video];
  }
  if (!more) visit(order);
}

/// Brings units in `order`; a batch comes back `delay` arrivals after it left.
void Play(const std::vector<int>& order, int videos, int lanes, int max_batch, bool in_order,
          size_t delay) {
  Ledger ledger = MakeLedger(lanes, max_batch, in_order);
  std::vector<int> left(static_cast<size_t>(videos), 0);
  std::vector<int> next(static_cast<size_t>(videos), 0);
  for (const int video : order) ++left[static_cast<size_t>(video)];
  for (int video = 0; video < videos; ++video) {
    if (left[static_cast<size_t>(video)] > 0) ledger.Open(0, video);
  }
  Done done;
  std::deque<std::pair<size_t, LaunchBatch>> flying;
  base::Nanoseconds now{0};
  const auto act = [&](size_t tick) {
    for (LaunchBatch& batch : Launches(ledger, now))
      flying.emplace_back(tick + delay, std::move(batch));
    ASSERT_LE(flying.size(), static_cast<size_t>(lanes));
    ASSERT_EQ(ledger.Audit(), "");
  };
  const auto land = [&](size_t tick) {
    while (!flying.empty() && flying.front().first <= tick) {
      const LaunchBatch batch = std::move(flying.front().second);
      flying.pop_front();
      done.Add(batch);
      ledger.Succeeded(batch.id);
      act(tick);
    }
  };
  size_t tick = 0;
  for (const int video : order) {
    now += kStep;
    land(++tick);
    const auto place = static_cast<size_t>(video);
    ledger.AddUnits(0, video, next[place]++, 1, now);
    if (--left[place] == 0) ledger.Close(0, video);
    act(tick);
  }
  while (!flying.empty()) land(++tick);
  EXPECT_TRUE(ledger.finished());
  EXPECT_EQ(done.size(), order.size());
  EXPECT_EQ(ledger.Counts(0).done, static_cast<int64_t>(order.size()));
}

TEST(Ledger, EveryOrderOfArrivalIsDoneOnce) {
  // All videos with up to 4 units where their orders are few enough to try all; four videos of four
  // have 63 million.
  int played = 0;
  for (const std::vector<int>& units : {std::vector<int>{4},
                                        {1, 1, 1, 1},
                                        {4, 4},
                                        {3, 2, 1},
                                        {2, 2, 2},
                                        {2, 2, 1, 1},
                                        {4, 3, 1},
                                        {2, 2, 2, 1},
                                        {4, 2, 1, 0}}) {
    std::vector<int> left = units;
    std::vector<int> order;
    EveryOrder(left, order, [&](const std::vector<int>& arrivals) {
      for (const int lanes : {1, 2}) {
        for (const bool in_order : {false, true}) {
          Play(arrivals, static_cast<int>(units.size()), lanes, 3, in_order, 2);
          ++played;
        }
      }
    });
  }
  EXPECT_GT(played, 5000);
}

TEST(Ledger, ManyOrdersOfFourVideosWithFourUnits) {
  std::vector<int> order(16);
  for (size_t k = 0; k < order.size(); ++k) order[k] = static_cast<int>(k % 4);
  std::ranges::sort(order);
  uint64_t dice = 1;
  for (int round = 0; round < 20000; ++round) {
    for (size_t k = order.size() - 1; k > 0; --k) {
      dice = dice * 6364136223846793005U + 1442695040888963407U;
      std::swap(order[k], order[(dice >> 33U) % (k + 1)]);
    }
    Play(order, 4, 1 + round % 2, 1 + round % 5, round % 3 == 0,
         static_cast<size_t>(1 + round % 4));
  }
}

/// One path through the tree of all answers that memory can give.
class Adversary {
 public:
  bool RunsOut() {
    if (step_ == path_.size()) path_.push_back(true);
    return path_[step_++];
  }
  /// The next path; false: all have been played.
  bool Next() {
    step_ = 0;
    while (!path_.empty() && !path_.back()) path_.pop_back();
    if (path_.empty()) return false;
    path_.back() = false;
    return true;
  }

 private:
  std::vector<bool> path_;
  size_t step_ = 0;
};

TEST(Ledger, EveryPatternOfMemoryRunningOut) {
  const Policy policy;
  int played = 0;
  for (int units = 1; units <= 8; ++units) {
    Adversary adversary;
    int patterns = 0;
    do {
      Ledger ledger = MakeLedger(1, 8);
      ledger.AddUnits(0, 0, 0, units, base::Nanoseconds(0));
      Done done;
      std::map<UnitId, int> attempts;
      std::map<UnitId, base::Nanoseconds> not_before;
      base::Nanoseconds now{0};
      while (true) {
        const auto launches = Launches(ledger, now);
        if (launches.empty()) {
          if (ledger.next_wake() == kNever) break;
          ASSERT_GT(ledger.next_wake(), now);
          now = ledger.next_wake();
          continue;
        }
        ASSERT_EQ(launches.size(), 1U);
        const LaunchBatch& batch = launches.front();
        for (const UnitId unit : batch.units) {
          ASSERT_EQ(++attempts[unit], batch.attempt);
          ASSERT_LE(batch.attempt, 3);
          if (batch.attempt > 1) {
            // Pieces of one batch run one after the other, without a pause: the first of them
            // exactly when its back-off ends.
            ASSERT_GE(now, not_before[unit]);
            ASSERT_LE(now - not_before[unit], units * kStep);
          }
        }
        if (batch.attempt == 3) {
          ASSERT_EQ(batch.units.size(), 1U);
        }
        now += kStep;
        if (!adversary.RunsOut()) {
          done.Add(batch);
          ledger.Succeeded(batch.id);
        } else {
          const AfterFailure after = ledger.Failed(
              batch.id, {.failure = FailureClass::kCapacity, .evidence = "no"}, now, now);
          ASSERT_EQ(after.key_stopped, batch.attempt == 3);
          for (const UnitId unit : batch.units) not_before[unit] = now + policy.backoff;
        }
        ASSERT_EQ(ledger.Audit(), "");
      }
      const UnitCounts counts = ledger.Counts(0);
      ASSERT_EQ(counts.done, static_cast<int64_t>(done.size()));
      ASSERT_EQ(counts.done + counts.failed, units);
      ASSERT_EQ(counts.failed > 0, ledger.stopped(0));
      ++patterns;
    } while (adversary.Next());
    played += patterns;
  }
  EXPECT_GT(played, 100);
}

TEST(Ledger, AKillAtAnyInstantLosesNothingThatWasFinishedAndRepeatsNone) {
  // A video is finished when all its units are done; what a killed process had of unfinished videos
  // is done again.
  constexpr int kVideos = 3;
  constexpr int kUnits = 3;
  for (int kill_after = 0; kill_after < 40; ++kill_after) {
    std::vector<bool> finished(kVideos, false);
    std::vector<int> finishes(kVideos, 0);
    int events = 0;
    for (int life = 0; life < 3; ++life) {
      Ledger ledger = MakeLedger(2, 2);
      std::vector<int> done(kVideos, 0);
      for (int video = 0; video < kVideos; ++video) {
        if (!finished[static_cast<size_t>(video)])
          ledger.AddUnits(0, video, 0, kUnits, base::Nanoseconds(video));
      }
      std::deque<LaunchBatch> flying;
      bool killed = false;
      while (!killed) {
        for (LaunchBatch& batch : Launches(ledger, std::chrono::seconds(1)))
          flying.push_back(std::move(batch));
        if (flying.empty()) break;
        const LaunchBatch batch = std::move(flying.front());
        flying.pop_front();
        for (const UnitId unit : batch.units) {
          const auto place = static_cast<size_t>(unit.video);
          ASSERT_FALSE(finished[place]) << "a finished video runs again";
          if (++done[place] < kUnits) continue;
          finished[place] = true;
          ++finishes[place];
        }
        ledger.Succeeded(batch.id);
        ASSERT_EQ(ledger.Audit(), "");
        killed = life < 2 && ++events == kill_after;
      }
    }
    for (const int times : finishes) EXPECT_EQ(times, 1) << "killed after " << kill_after;
  }
}

TEST(Ledger, AVideoMayFeedAnyKeyUntilItsKeysAreKnown) {
  Ledger ledger({}, {{.total_mb = 8192}}, {.cores = 1});
  const int key = ledger.AddKey({.cost = Model(16)});
  ledger.AddUnits(key, 7, 0, 3, base::Nanoseconds(0));
  ledger.AddVideo({.video = 1, .ms = 5, .feeds = VideoTask::kNotKnown});
  EXPECT_TRUE(Launches(ledger, base::Nanoseconds(0)).empty()) << "video 1 was launched and may add";
  ledger.SetFeeds(1, {});
  EXPECT_EQ(Launches(ledger, base::Nanoseconds(0)).size(), 1U);
}

TEST(Ledger, AVideoGrowsOnlyWhereThereIsRoom) {
  Ledger ledger({}, {{.memory = MemoryKind::kRam, .declared_mb = 100}}, {.cores = 2, .device = 0});
  ledger.AddVideo({.video = 1, .ms = 5, .mb = 40});
  ledger.AddVideo({.video = 2, .ms = 4, .mb = 40});
  ledger.Decide(base::Nanoseconds(0));
  EXPECT_EQ(ledger.cores_busy(), 2);
  EXPECT_FALSE(ledger.SetVideoMb(1, 61));
  EXPECT_TRUE(ledger.SetVideoMb(1, 60));
  EXPECT_EQ(ledger.videos_mb(), 100);
  ledger.VideoEnded(2);
  EXPECT_TRUE(ledger.SetVideoMb(1, 100));
  EXPECT_EQ(ledger.Audit(), "");
}

TEST(Ledger, DropsWhatAVideoHasInPieces) {
  Ledger ledger = MakeLedger(1, 4);
  ledger.AddUnits(0, 1, 0, 2, base::Nanoseconds(0));
  ledger.AddUnits(0, 2, 0, 2, base::Nanoseconds(0));
  const auto launched = Launches(ledger, base::Nanoseconds(0));
  ASSERT_EQ(launched.size(), 1U);
  ledger.Failed(launched[0].id, {.failure = FailureClass::kCapacity, .evidence = ""},
                base::Nanoseconds(0), base::Nanoseconds(0));
  ledger.DropRetries(0, 1, 1, 1);
  EXPECT_EQ(ledger.Counts(0).dropped, 1);
  ledger.DropVideo(0, 2);
  EXPECT_EQ(ledger.Counts(0).dropped, 3);
  EXPECT_EQ(ledger.Counts(0).to_retry, 1);
  EXPECT_EQ(ledger.Audit(), "");
}

}  // namespace
}  // namespace reelbatch::planning
