// How fast decisions are, and how good plans: one key against the exact optimum, keys that share
// memory against the lower bound and, where they are few, against every order. Counters: makespan /
// yardstick over n instances; 0: a plan stood still.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <functional>
#include <limits>
#include <random>
#include <vector>

#include "planning/ledger.h"
#include "planning/lower_bound.h"

namespace reelbatch::planning {
namespace {

BatchCost RandomCost(std::mt19937_64& dice, bool stepped) {
  const auto even = [&](double low, double high) {
    return std::uniform_real_distribution(low, high)(dice);
  };
  const int most = std::uniform_int_distribution(2, 24)(dice);
  if (!stepped) {
    return {.max_batch = most,
            .fixed_ms = even(0, 40),
            .ms_per_unit = even(0.5, 10),
            .mb_per_unit = even(20, 800)};
  }
  BatchCost cost{.max_batch = most};
  double ms = even(2, 40);
  double mb = even(50, 500);
  for (int batch = 1; batch <= most; ++batch) {
    cost.points.push_back({.batch = batch, .ms = ms, .peak_mb = mb});
    ms += even(0, 1) < 0.2 ? even(5, 40) : even(0, 3);
    mb += even(0, 1) < 0.2 ? even(100, 900) : even(0, 60);
  }
  return cost;
}

/// What the ledger makes of keys that are all there from the start, in ms.
double Makespan(const std::vector<BatchCost>& costs, const std::vector<int>& units, int lanes,
                double budget_mb) {
  Ledger ledger({}, {{.total_mb = 0, .declared_mb = budget_mb, .lanes = lanes}}, {});
  struct Flight {
    double ends = 0;
    int64_t id = 0;
  };
  std::vector<Flight> flights;
  double now = 0;
  for (size_t k = 0; k < costs.size(); ++k) {
    ledger.AddKey({.cost = costs[k]});
    ledger.AddUnits(static_cast<int>(k), 0, 0, units[k], base::Nanoseconds(0));
  }
  while (true) {
    for (Decision& decision : ledger.Decide(base::Nanoseconds(static_cast<int64_t>(now * 1e6)))) {
      const auto* const batch = std::get_if<LaunchBatch>(&decision);
      if (batch != nullptr) flights.push_back({.ends = now + batch->predicted_ms, .id = batch->id});
    }
    if (flights.empty()) break;
    const auto next = std::ranges::min_element(flights, {}, &Flight::ends);
    now = next->ends;
    ledger.Succeeded(next->id);
    flights.erase(next);
  }
  return ledger.finished() ? now : 0;
}

/// Makespans over yardsticks.
class Ratios {
 public:
  void Add(double ratio) { all_.push_back(ratio); }
  void Tell(benchmark::State& state) {
    std::ranges::sort(all_);
    double sum = 0;
    for (const double ratio : all_) sum += ratio;
    const size_t p95 =
        std::min(all_.size() - 1, static_cast<size_t>(0.95 * static_cast<double>(all_.size())));
    state.counters["n"] = static_cast<double>(all_.size());
    state.counters["least"] = all_.front();
    state.counters["mean"] = sum / static_cast<double>(all_.size());
    state.counters["p95"] = all_[p95];
    state.counters["max"] = all_.back();
  }

 private:
  std::vector<double> all_;
};

Ratios OneKey(bool stepped) {
  std::mt19937_64 dice(stepped ? 2 : 1);
  Ratios ratios;
  for (int round = 0; round < 2000; ++round) {
    const BatchCost cost = RandomCost(dice, stepped);
    const int units = std::uniform_int_distribution(1, 400)(dice);
    // Exact: dynamic programming over all of them, whatever LeastMs() does for many.
    std::vector<double> least(static_cast<size_t>(units) + 1, 0);
    for (int n = 1; n <= units; ++n) {
      double best = std::numeric_limits<double>::infinity();
      for (int b = 1; b <= std::min(n, cost.max_batch); ++b)
        best = std::min(best, cost.Ms(b) + least[static_cast<size_t>(n - b)]);
      least[static_cast<size_t>(n)] = best;
    }
    ratios.Add(Makespan({cost}, {units}, 1, 1e9) / least.back());
  }
  return ratios;
}

Ratios SharedMemory(int lanes, bool stepped) {
  std::mt19937_64 dice(static_cast<uint64_t>(lanes) * 2 + (stepped ? 1 : 0));
  Ratios ratios;
  for (int round = 0; round < 500; ++round) {
    const double budget_mb = std::uniform_real_distribution(3000.0, 16000.0)(dice);
    std::vector<BatchCost> costs;
    std::vector<int> units;
    for (int k = std::uniform_int_distribution(2, 5)(dice); k > 0; --k) {
      costs.push_back(RandomCost(dice, stepped));
      units.push_back(std::uniform_int_distribution(50, 600)(dice));
    }
    const std::vector<DeviceLoad> devices{{.lanes = lanes, .budget_mb = budget_mb}};
    std::vector<KeyLoad> keys;
    for (size_t k = 0; k < costs.size(); ++k)
      keys.push_back({.cost = &costs[k], .device = 0, .units = units[k]});
    ratios.Add(Makespan(costs, units, lanes, budget_mb) /
               BoundOf({.devices = devices, .keys = keys}).ms);
  }
  return ratios;
}

/// The best of all orders and cuts: at every instant any batch that fits may leave, or nothing
/// until the next one ends.
double BruteForce(const std::vector<BatchCost>& costs, std::vector<int> units, int lanes,
                  double budget_mb) {
  struct Flight {
    double ends = 0;
    double mb = 0;
  };
  double best = std::numeric_limits<double>::infinity();
  const std::function<void(double, std::vector<Flight>&)> go = [&](double now,
                                                                   std::vector<Flight>& flights) {
    double latest = now;
    double held = 0;
    for (const Flight& flight : flights) {
      latest = std::max(latest, flight.ends);
      held += flight.mb;
    }
    if (latest >= best) return;
    if (std::ranges::all_of(units, [](int left) { return left == 0; })) {
      best = latest;
      return;
    }
    if (std::cmp_less(flights.size(), lanes)) {
      for (size_t k = 0; k < costs.size(); ++k) {
        for (int b = std::min(units[k], costs[k].max_batch); b >= 1; --b) {
          if (held + costs[k].PeakMb(b) > budget_mb && !flights.empty()) continue;
          units[k] -= b;
          flights.push_back({.ends = now + costs[k].Ms(b), .mb = costs[k].PeakMb(b)});
          go(now, flights);
          flights.pop_back();
          units[k] += b;
        }
      }
    }
    if (flights.empty()) return;
    const auto next = std::ranges::min_element(flights, {}, &Flight::ends);
    const Flight ended = *next;
    std::vector<Flight> rest = flights;
    rest.erase(rest.begin() + (next - flights.begin()));
    go(ended.ends, rest);
  };
  std::vector<Flight> none;
  go(0, none);
  return best;
}

Ratios Tiny() {
  std::mt19937_64 dice(5);
  Ratios ratios;
  for (int round = 0; round < 60; ++round) {
    std::vector<BatchCost> costs;
    std::vector<int> units;
    for (int k = 0; k < 2; ++k) {
      BatchCost cost = RandomCost(dice, round % 2 == 0);
      cost.max_batch = std::min(cost.max_batch, 3);
      if (!cost.points.empty()) cost.points.resize(static_cast<size_t>(cost.max_batch));
      costs.push_back(std::move(cost));
      units.push_back(std::uniform_int_distribution(1, 3)(dice));
    }
    const double budget_mb = std::uniform_real_distribution(800.0, 3000.0)(dice);
    ratios.Add(Makespan(costs, units, 2, budget_mb) / BruteForce(costs, units, 2, budget_mb));
  }
  return ratios;
}

/// Arguments: stepped time or affine.
void BM_OneKeyAgainstTheOptimum(benchmark::State& state) {
  for (auto _ : state) OneKey(state.range(0) != 0).Tell(state);
}
BENCHMARK(BM_OneKeyAgainstTheOptimum)->ArgName("stepped")->Arg(0)->Arg(1)->Iterations(1);

void BM_SharedMemoryAgainstTheBound(benchmark::State& state) {
  for (auto _ : state)
    SharedMemory(static_cast<int>(state.range(0)), state.range(1) != 0).Tell(state);
}
BENCHMARK(BM_SharedMemoryAgainstTheBound)
    ->ArgNames({"lanes", "stepped"})
    ->ArgsProduct({{2, 4}, {0, 1}})
    ->Iterations(1);

void BM_TwoKeysAgainstEveryPlan(benchmark::State& state) {
  for (auto _ : state) Tiny().Tell(state);
}
BENCHMARK(BM_TwoKeysAgainstEveryPlan)->Iterations(1);

void BM_Decide(benchmark::State& state) {
  const auto queued = static_cast<int>(state.range(0));
  int64_t batches = 0;
  for (auto _ : state) {
    state.PauseTiming();
    Ledger ledger({}, {{.total_mb = 8192}}, {});
    ledger.AddKey({.cost = {.max_batch = 16, .fixed_ms = 5, .ms_per_unit = 1, .mb_per_unit = 10}});
    constexpr int kPerVideo = 20;
    for (int video = 0; video * kPerVideo < queued; ++video) {
      ledger.AddUnits(0, video, 0, std::min(kPerVideo, queued - video * kPerVideo),
                      base::Nanoseconds(0));
    }
    state.ResumeTiming();
    while (!ledger.finished()) {
      for (Decision& decision : ledger.Decide(base::Nanoseconds(0))) {
        const auto* const batch = std::get_if<LaunchBatch>(&decision);
        if (batch == nullptr) continue;
        ledger.Succeeded(batch->id);
        ++batches;
      }
    }
  }
  state.counters["per_decision"] = benchmark::Counter(
      static_cast<double>(batches), benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}
BENCHMARK(BM_Decide)->Arg(1000)->Arg(10'000)->Arg(100'000)->Arg(1'000'000)->Unit(
    benchmark::kMillisecond);

}  // namespace
}  // namespace reelbatch::planning
