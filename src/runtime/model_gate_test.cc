#include "runtime/model_gate.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace reelbatch::runtime {
namespace {

TEST(ModelGate, ARestartWaitsForBatchesAndHoldsUpThoseThatWouldBegin) {
  ModelGate gate;
  const int entered = gate.Enter();
  gate.Leave();
  gate.Enter();  // another lane's batch
  std::atomic<bool> restarted{false};
  std::atomic<bool> ran_after{false};
  std::thread restart([&] { gate.Restart(entered, [&] { restarted = true; }); });
  while (!gate.restarting()) std::this_thread::yield();
  EXPECT_FALSE(restarted) << "a batch runs";
  std::thread batch([&] {
    gate.Enter();
    ran_after = restarted.load();
    gate.Leave();
  });
  gate.Leave();
  restart.join();
  batch.join();
  EXPECT_TRUE(restarted);
  EXPECT_TRUE(ran_after);
}

TEST(ModelGate, BatchesThatFailedTogetherRestartItOnce) {
  ModelGate gate;
  std::atomic<int> restarts{0};
  std::vector<int> entered;
  constexpr int kLanes = 4;
  entered.reserve(kLanes);
  for (int lane = 0; lane < kLanes; ++lane) entered.push_back(gate.Enter());
  std::vector<std::thread> lanes;
  lanes.reserve(kLanes);
  for (const int saw : entered) {
    lanes.emplace_back([&gate, &restarts, saw] {
      gate.Leave();
      gate.Restart(saw, [&] { ++restarts; });
    });
  }
  for (std::thread& lane : lanes) lane.join();
  EXPECT_EQ(restarts, 1);
}

TEST(ModelGate, ManyLanesNeverOverlapARestart) {
  ModelGate gate;
  std::atomic<int> running{0};
  std::atomic<int> overlaps{0};
  std::vector<std::thread> lanes;
  constexpr int kLanes = 4;
  lanes.reserve(kLanes);
  for (int lane = 0; lane < kLanes; ++lane) {
    lanes.emplace_back([&, lane] {
      for (int batch = 0; batch < 200; ++batch) {
        const int entered = gate.Enter();
        ++running;
        std::this_thread::yield();
        --running;
        gate.Leave();
        if (batch % 20 == lane) gate.Restart(entered, [&] { overlaps += running.load(); });
      }
    });
  }
  for (std::thread& lane : lanes) lane.join();
  EXPECT_EQ(overlaps, 0);
}

}  // namespace
}  // namespace reelbatch::runtime
