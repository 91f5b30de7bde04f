#include "runtime/simulator/random_scenario.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "runtime/simulator/sim_videos.h"

namespace reelbatch::runtime {
namespace {

/// Numbers one after the other from one seed.
class Dice {
 public:
  explicit Dice(uint64_t seed) : seed_(seed) {}
  double Even(double low, double high) {
    return low + (high - low) * DrawEvenly(seed_, kStream, place_++);
  }
  int Whole(int low, int high) { return low + static_cast<int>(Even(0, 1) * (high - low + 1)); }
  bool Chance(double share) { return Even(0, 1) < share; }
  /// With few digits, so that what is found reads well.
  double Plain(double low, double high) { return std::round(Even(low, high) * 8) / 8; }

 private:
  static constexpr uint64_t kStream = 64;
  uint64_t seed_;
  uint64_t place_ = 0;
};

SimDevice RandomDevice(Dice& dice, size_t number) {
  SimDevice device{.id = fmt::format("d{}", number)};
  device.memory = dice.Chance(0.7) ? planning::MemoryKind::kVram : planning::MemoryKind::kRam;
  device.total_mb = dice.Whole(1, 12) * int64_t{1024};
  device.others_mb = dice.Chance(0.5) ? 0 : dice.Whole(0, static_cast<int>(device.total_mb));
  if (dice.Chance(0.3)) device.declared_mb = dice.Whole(0, static_cast<int>(device.total_mb));
  device.lanes = dice.Whole(1, 4);
  return device;
}

/// Rises with steps, as allocators do.
void RandomPoints(Dice& dice, planning::BatchCost& cost) {
  double ms = dice.Plain(1, 40);
  double mb = dice.Plain(1, 400);
  for (int batch = dice.Whole(1, 2); batch <= cost.max_batch; batch *= 2) {
    cost.points.push_back({.batch = batch, .ms = ms, .peak_mb = mb});
    ms *= dice.Even(1.1, 2.2);
    mb *= dice.Chance(0.2) ? 4 : dice.Even(1, 2.1);
  }
  if (!cost.points.empty()) cost.max_batch = cost.points.back().batch;
}

SimComponent RandomComponent(Dice& dice, const Scenario& scenario, int number) {
  SimComponent component{.name = fmt::format("c{}", number)};
  component.device = dice.Whole(0, static_cast<int>(scenario.devices.size()) - 1);
  component.unit_s = dice.Plain(0.5, 6);
  component.unit_mb = dice.Chance(0.5) ? 0 : dice.Plain(0.25, 20);
  component.cost.memory = scenario.devices[static_cast<size_t>(component.device)].memory;
  component.cost.max_batch = dice.Whole(1, 20);
  component.cost.fixed_mb = dice.Chance(0.5) ? 0 : dice.Plain(10, 1500);
  component.cost.fixed_ms = dice.Plain(0, 50);
  component.cost.ms_per_unit = dice.Plain(0.125, 30);
  component.cost.mb_per_unit = dice.Plain(1, 900);
  if (dice.Chance(0.4)) RandomPoints(dice, component.cost);
  component.ms_factor = dice.Chance(0.7) ? 1 : dice.Plain(0.5, 3);
  component.mb_factor = dice.Chance(0.7) ? 1 : dice.Plain(0.5, 3);
  component.in_order = dice.Chance(0.2);
  component.bucket_by_size = dice.Chance(0.3);
  if (number > 0 && dice.Chance(0.3)) component.needs.push_back(dice.Whole(0, number - 1));
  return component;
}

/// Units of components come from results of others, or from second passes.
void RandomStages(Dice& dice, Scenario& scenario) {
  constexpr int kMost = 5;
  const int components = dice.Whole(2, kMost);
  while (std::cmp_less(scenario.components.size(), components)) {
    scenario.components.push_back(
        RandomComponent(dice, scenario, static_cast<int>(scenario.components.size())));
  }
  for (size_t k = 0; k < scenario.components.size(); ++k) {
    SimComponent& component = scenario.components[k];
    if (dice.Chance(0.3)) component.kept_mb = dice.Plain(0.25, 20);
    if (k == 0) continue;
    if (dice.Chance(0.6)) {
      component.needs.clear();
      component.from = dice.Whole(0, static_cast<int>(k) - 1);
      component.per_unit.low = dice.Whole(0, 2);
      component.per_unit.high = component.per_unit.low + dice.Whole(0, 2);
      if (component.per_unit.high > 0 && dice.Chance(0.2)) component.per_unit.median = 1;
    } else if (!component.needs.empty()) {
      if (dice.Chance(0.4)) component.needs = {static_cast<int>(k) - 1};
      if (k > 1 && dice.Chance(0.3)) component.needs = {0, static_cast<int>(k) - 1};
      if (dice.Chance(0.5)) component.seek_ms = dice.Plain(0.125, 60);
    }
  }
}

SimFault RandomFault(Dice& dice, const Scenario& scenario) {
  SimFault fault{.kind = static_cast<FaultKind>(dice.Whole(0, 6)), .at_s = dice.Plain(0, 20)};
  fault.for_s = dice.Chance(0.3) ? 0 : dice.Plain(0.125, 20);
  if (fault.kind == FaultKind::kOom || fault.kind == FaultKind::kBadUnit) {
    fault.component = dice.Whole(0, static_cast<int>(scenario.components.size()) - 1);
  } else if (fault.kind != FaultKind::kCrash) {
    fault.device = dice.Whole(0, static_cast<int>(scenario.devices.size()) - 1);
  }
  // What never ends would be a run that never ends.
  if (fault.kind == FaultKind::kRestart || fault.kind == FaultKind::kCrash)
    fault.for_s = std::max(fault.for_s, 0.125);
  fault.above = dice.Whole(0, 8);
  if (fault.kind == FaultKind::kMemoryStep) {
    fault.used_mb = dice.Whole(
        0, static_cast<int>(scenario.devices[static_cast<size_t>(fault.device)].total_mb));
  }
  fault.factor = dice.Plain(0.5, 8);
  fault.video = dice.Whole(0, 8);
  fault.index = dice.Whole(0, 8);
  return fault;
}

}  // namespace

Scenario RandomScenario(uint64_t seed) {
  Dice dice(seed);
  Scenario scenario{.name = fmt::format("random {}", seed), .seed = seed};
  const int sides = dice.Whole(1, 3);
  for (int video = dice.Whole(0, 24); video > 0; --video) {
    scenario.videos.list.push_back(
        {.duration_s = dice.Chance(0.05) ? 0 : dice.Plain(0.125, 40),
         .short_side = std::vector{720, 360, 1080}[static_cast<size_t>(dice.Whole(0, sides - 1))]});
  }
  const int devices = dice.Whole(1, 3);
  for (int d = 0; d < devices; ++d)
    scenario.devices.push_back(RandomDevice(dice, static_cast<size_t>(d)));
  const int components = dice.Whole(1, 4);
  for (int k = 0; k < components; ++k)
    scenario.components.push_back(RandomComponent(dice, scenario, k));
  SimSources& sources = scenario.sources;
  sources.cores = dice.Whole(1, 6);
  sources.ms_per_s = dice.Plain(0, 60);
  sources.fast_ms_per_s = dice.Chance(0.3) ? sources.ms_per_s / 2 : 0;
  sources.mb = dice.Chance(0.5) ? 0 : dice.Plain(1, 300);
  if (dice.Chance(0.5))
    sources.device = scenario.devices[static_cast<size_t>(dice.Whole(0, devices - 1))].id;
  sources.queued_mb = dice.Chance(0.5) ? 0 : dice.Plain(1, 200);
  sources.chunks = dice.Whole(1, 8);
  for (int fault = dice.Chance(0.5) ? 0 : dice.Whole(1, 4); fault > 0; --fault)
    scenario.faults.push_back(RandomFault(dice, scenario));
  planning::Policy& policy = scenario.policy;
  policy.max_queue_delay = std::chrono::milliseconds(dice.Whole(0, 12000));
  policy.max_videos_per_batch = dice.Chance(0.7) ? 8 : dice.Whole(1, 8);
  if (dice.Chance(0.2)) scenario.noise = dice.Plain(0.125, 0.5);
  if (dice.Chance(0.2)) scenario.deadline_s = dice.Plain(1, 30);
  if (dice.Chance(0.3)) sources.probe_ms = dice.Plain(0.125, 500);
  if (dice.Chance(0.4)) scenario.look_ahead = dice.Whole(1, 8);
  if (scenario.look_ahead > 0) {
    scenario.videos.bytes_spread = dice.Plain(0, 2);
    scenario.videos.bytes_exponent = dice.Plain(-1, 1);
    scenario.videos.bytes_unknown = dice.Chance(0.5) ? 0 : dice.Plain(0, 1);
  }
  if (dice.Chance(0.5)) RandomStages(dice, scenario);
  return scenario;
}

namespace {

/// Ways to make a scenario smaller, each tried at every place until none helps.
using Change = std::function<bool(Scenario&, size_t)>;  // false: there is no such place

template <class T>
bool EraseAt(std::vector<T>& list, size_t place) {
  if (place >= list.size()) return false;
  list.erase(list.begin() + static_cast<std::ptrdiff_t>(place));
  return true;
}

bool DropComponent(Scenario& scenario, size_t place) {
  const int before = place < scenario.components.size() ? scenario.components[place].from : -1;
  if (!EraseAt(scenario.components, place)) return false;
  const auto number = static_cast<int>(place);
  for (SimComponent& component : scenario.components) {
    std::erase(component.needs, number);
    if (component.needs.empty()) component.seek_ms = 0;
    if (component.from == number) component.from = before;
    component.from -= component.from > number ? 1 : 0;
    for (int& need : component.needs) need -= need > number ? 1 : 0;
  }
  std::erase_if(scenario.faults, [&](const SimFault& fault) { return fault.component == number; });
  for (SimFault& fault : scenario.faults) fault.component -= fault.component > number ? 1 : 0;
  return true;
}

bool SimplifyComponent(Scenario& scenario, size_t place) {
  constexpr size_t kWays = 9;
  if (place / kWays >= scenario.components.size()) return false;
  SimComponent& component = scenario.components[place / kWays];
  switch (place % kWays) {
    case 0:
      component.needs.clear();
      component.seek_ms = 0;
      break;
    case 6:
      component.from = -1;
      break;
    case 7:
      component.per_unit = {.low = 1, .high = 1};
      break;
    case 8:
      component.kept_mb = component.seek_ms = 0;
      break;
    case 1:
      component.in_order = false;
      break;
    case 2:
      component.bucket_by_size = false;
      break;
    case 3:
      component.ms_factor = component.mb_factor = 1;
      break;
    case 4:
      component.cost.points.clear();
      break;
    default:
      component.cost.fixed_mb = component.cost.fixed_ms = component.unit_mb = 0;
  }
  return true;
}

bool SimplifyVideo(Scenario& scenario, size_t place) {
  if (place >= scenario.videos.list.size()) return false;
  SimVideo& video = scenario.videos.list[place];
  video = {.duration_s = std::floor(video.duration_s / 2), .short_side = 720};
  return true;
}

bool SimplifyRest(Scenario& scenario, size_t place) {
  switch (place) {
    case 0:
      scenario.noise = 0;
      return true;
    case 1:
      scenario.deadline_s.reset();
      return true;
    case 2:
      scenario.sources = {.cores = scenario.sources.cores};
      return true;
    case 3:
      scenario.sources.cores = 1;
      return true;
    case 4:
      scenario.sources.chunks = 1;
      return true;
    case 5:
      scenario.sources.queued_mb = 0;
      return true;
    case 6:
      scenario.policy.max_videos_per_batch = 8;
      return true;
    case 7:
      scenario.look_ahead = 0;
      return true;
    case 8:
      scenario.sources.probe_ms = 0;
      return true;
    case 9:
      scenario.videos.bytes_spread = scenario.videos.bytes_unknown = 0;
      scenario.videos.bytes_exponent = 1;
      return true;
    default:
      return false;
  }
}

}  // namespace

Scenario Shrink(Scenario scenario, const std::function<bool(const Scenario&)>& fails) {
  const std::vector<Change> changes = {
      [](Scenario& s, size_t place) { return EraseAt(s.videos.list, place); },
      [](Scenario& s, size_t place) { return EraseAt(s.faults, place); },
      DropComponent,
      SimplifyComponent,
      SimplifyVideo,
      SimplifyRest};
  constexpr int kMostRounds = 8;
  bool smaller = true;
  for (int round = 0; smaller && round < kMostRounds; ++round) {
    smaller = false;
    for (const Change& change : changes) {
      for (size_t place = 0;;) {
        Scenario tried = scenario;
        if (!change(tried, place)) break;
        // What is taken away leaves its place to the next one; what is only made simple does not.
        if (fails(tried)) {
          const bool shorter =
              tried.videos.list.size() + tried.faults.size() + tried.components.size() <
              scenario.videos.list.size() + scenario.faults.size() + scenario.components.size();
          scenario = std::move(tried);
          smaller = smaller || shorter;
          if (shorter) continue;
        }
        ++place;
      }
    }
  }
  return scenario;
}

}  // namespace reelbatch::runtime
