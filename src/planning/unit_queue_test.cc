#include "planning/unit_queue.h"

#include <gmock/gmock.h>

#include <deque>
#include <random>

namespace reelbatch::planning {
namespace {

using contracts::UnitId;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr base::Nanoseconds At(int s) { return std::chrono::seconds(s); }

TEST(UnitQueue, FirstComeFirstServedThenInOrder) {
  UnitQueue queue;
  queue.Push(5, 0, 2, At(1));
  queue.Push(3, 0, 1, At(2));
  queue.Push(5, 2, 2, At(3));
  EXPECT_EQ(queue.size(), 5);
  EXPECT_EQ(queue.oldest(), At(1));
  const auto units = queue.Select(4, 8);
  EXPECT_THAT(units, ElementsAre(UnitId{3, 0}, UnitId{5, 0}, UnitId{5, 1}, UnitId{5, 2}));
  queue.Remove(units);
  EXPECT_EQ(queue.oldest(), At(3));
  EXPECT_THAT(queue.Select(9, 8), ElementsAre(UnitId{5, 3}));
}

TEST(UnitQueue, OnlyTheVideosThatWaitLongest) {
  UnitQueue queue;
  for (int video = 0; video < 9; ++video) queue.Push(8 - video, 0, 1, At(video));
  EXPECT_TRUE(queue.HasMoreVideosThan(8));
  const auto units = queue.Select(16, 8);
  EXPECT_EQ(units.size(), 8U);
  EXPECT_EQ(units.front().video, 1) << "video 0 came last";
  EXPECT_FALSE(queue.HasMoreVideosThan(9));
}

TEST(UnitQueue, InOrderOneUnitOfAVideoAtATime) {
  UnitQueue queue(true);
  queue.Push(1, 0, 3, At(1));
  queue.Push(2, 0, 1, At(2));
  auto units = queue.Select(8, 8);
  EXPECT_THAT(units, ElementsAre(UnitId{1, 0}, UnitId{2, 0}));
  queue.Remove(units);
  EXPECT_EQ(queue.size(), 2);
  EXPECT_EQ(queue.oldest(), std::nullopt) << "the next ones wait for the state of these";
  EXPECT_THAT(queue.Select(8, 8), IsEmpty());
  queue.Release(1);
  EXPECT_THAT(queue.Select(8, 8), ElementsAre(UnitId{1, 1}));
  queue.Release(2);
  queue.Push(2, 1, 1, At(5));
  EXPECT_THAT(queue.Select(8, 8), ElementsAre(UnitId{1, 1}, UnitId{2, 1}));
}

TEST(UnitQueue, DropsAVideo) {
  UnitQueue queue;
  queue.Push(1, 0, 3, At(1));
  queue.Push(2, 0, 1, At(2));
  EXPECT_EQ(queue.DropVideo(1), 3);
  EXPECT_EQ(queue.DropVideo(1), 0);
  EXPECT_THAT(queue.Select(8, 8), ElementsAre(UnitId{2, 0}));
  UnitQueue in_order(true);
  in_order.Push(1, 0, 3, At(1));
  in_order.Remove(in_order.Select(1, 8));
  EXPECT_EQ(in_order.DropVideo(1), 2) << "what has left comes back as ever";
  in_order.Release(1);
  EXPECT_EQ(in_order.size(), 0);
}

TEST(UnitQueue, AgreesWithAPlainListOfUnits) {
  std::mt19937 dice(7);
  const auto roll = [&](int low, int high) {
    return std::uniform_int_distribution(low, high)(dice);
  };
  for (int round = 0; round < 200; ++round) {
    UnitQueue queue;
    std::deque<UnitId> plain;  // in the order in which they came
    std::vector<int> next(6, 0);
    for (int step = 0; step < 60; ++step) {
      if (roll(0, 2) > 0) {
        const int video = roll(0, 5);
        const int count = roll(1, 4);
        queue.Push(video, next[static_cast<size_t>(video)], count, At(step));
        for (int k = 0; k < count; ++k)
          plain.push_back({video, next[static_cast<size_t>(video)]++});
        continue;
      }
      const int videos = roll(1, 4);
      const int units = roll(1, 8);
      std::vector<int> front;
      std::vector<UnitId> wanted;
      for (const UnitId unit : plain) {
        if (std::ranges::find(front, unit.video) == front.end() &&
            std::cmp_less(front.size(), videos))
          front.push_back(unit.video);
      }
      for (const UnitId unit : plain) {
        if (std::ranges::find(front, unit.video) != front.end() &&
            std::cmp_less(wanted.size(), units))
          wanted.push_back(unit);
      }
      std::ranges::sort(wanted);
      const auto got = queue.Select(units, videos);
      ASSERT_EQ(got, wanted);
      queue.Remove(got);
      std::erase_if(plain, [&](UnitId unit) { return std::ranges::binary_search(wanted, unit); });
      ASSERT_EQ(queue.size(), static_cast<int64_t>(plain.size()));
    }
  }
}

}  // namespace
}  // namespace reelbatch::planning
