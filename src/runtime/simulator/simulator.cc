#include "runtime/simulator/simulator.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <set>

#include "runtime/simulator/simulation.h"

namespace reelbatch::runtime {
namespace {

base::Status Wrong(std::string field, std::string what) {
  return base::Fail(base::Code::kInvalidArgument, std::move(what), std::move(field));
}

/// Seconds, MB and the like: 1e9 s are 31 years, and the simulated clock holds 292.
constexpr double kMostFigure = 1e9;
/// e^10 is 22 000: no bitrates and no lengths are further apart.
constexpr double kMostSpread = 10;
constexpr double kMostExponent = 4;

bool NotBelowZero(double value) {
  return std::isfinite(value) && value >= 0 && value <= kMostFigure;
}

base::Status CheckVideos(const SimVideos& videos, size_t components) {
  if (videos.count < 0) return Wrong("videos.count", "is negative");
  if (videos.count > std::numeric_limits<int32_t>::max())
    return Wrong("videos.count", "is more than 2147483647");
  if (videos.list.empty() && videos.count > 0) {
    const Range& range = videos.duration_s;
    if (!NotBelowZero(range.low) || !NotBelowZero(range.high) || range.high < range.low) {
      return Wrong("videos.duration_s", "must be a range of seconds from 0 to 1e9");
    }
    if (range.logarithmic && range.low <= 0)
      return Wrong("videos.duration_s", "a logarithmic range must start above 0");
    if (!NotBelowZero(range.median))
      return Wrong("videos.duration_s.median", "must be a number from 0 to 1e9");
    if (range.median > 0 && range.logarithmic)
      return Wrong("videos.duration_s.median",
                   "cannot be given together with logarithmic: remove one of them");
    if (!(range.spread >= 0 && range.spread <= kMostSpread))
      return Wrong("videos.duration_s.spread", "must be between 0 and 10");
    if (videos.short_sides.empty()) return Wrong("videos.short_sides", "is empty");
  }
  if (!(videos.bytes_spread >= 0 && videos.bytes_spread <= kMostSpread))
    return Wrong("videos.bytes_spread", "must be between 0 and 10");
  if (!(std::abs(videos.bytes_exponent) <= kMostExponent))
    return Wrong("videos.bytes_exponent", "must be between -4 and 4");
  if (!(videos.bytes_unknown >= 0 && videos.bytes_unknown <= 1))
    return Wrong("videos.bytes_unknown", "must be between 0 and 1");
  for (const SimVideo& video : videos.list) {
    if (!NotBelowZero(video.duration_s))
      return Wrong("videos.list", "a duration must be a number from 0 to 1e9");
    if (video.short_side < 1) return Wrong("videos.list", "a short side must be 1 or more");
    if (!video.known) continue;
    const bool sound = NotBelowZero(video.known->source_ms) &&
                       NotBelowZero(video.known->source_mb) &&
                       video.known->units.size() == components &&
                       std::ranges::all_of(video.known->units, [](int n) { return n >= 0; });
    if (!sound) return Wrong("videos.list", "the facts about a video are not complete");
  }
  if (std::ranges::any_of(videos.short_sides, [](int side) { return side < 1; })) {
    return Wrong("videos.short_sides", "a short side must be 1 or more");
  }
  return {};
}

base::Status CheckDevices(const Scenario& scenario) {
  std::set<std::string> ids;
  for (const SimDevice& device : scenario.devices) {
    const std::string field = "devices." + device.id;
    if (!ids.insert(device.id).second)
      return Wrong("devices",
                   fmt::format("two devices have the id {}; ids must be unique", device.id));
    if (device.lanes < 1) return Wrong(field + ".lanes", "must be 1 or more, or nothing could run");
    if (device.total_mb < 0) return Wrong(field + ".memory_mb", "is negative");
    if (device.others_mb < 0) return Wrong(field + ".used_mb", "is negative");
    if (device.declared_mb && *device.declared_mb < 0)
      return Wrong(field + ".budget_mb", "is negative");
  }
  const std::string& of_sources = scenario.sources.device;
  if (!of_sources.empty() && !ids.contains(of_sources)) {
    return Wrong("sources.device", fmt::format("there is no device with the id {}", of_sources));
  }
  return {};
}

base::Status CheckSources(const SimSources& sources) {
  if (sources.cores < 1)
    return Wrong("sources.cores", "must be 1 or more, or no video could be decoded");
  if (!NotBelowZero(sources.ms_per_s))
    return Wrong("sources.ms_per_s", "must be a number from 0 to 1e9");
  if (!NotBelowZero(sources.fast_ms_per_s))
    return Wrong("sources.fast_ms_per_s", "must be a number from 0 to 1e9");
  if (!NotBelowZero(sources.mb))
    return Wrong("sources.memory_mb", "must be a number from 0 to 1e9");
  if (!NotBelowZero(sources.queued_mb))
    return Wrong("sources.queued_mb", "must be a number from 0 to 1e9");
  if (sources.chunks < 1) return Wrong("sources.portions", "is below 1");
  if (!NotBelowZero(sources.probe_ms))
    return Wrong("sources.probe_ms", "must be a number from 0 to 1e9");
  return {};
}

/// Names the cycle, "a -> b -> a"; empty: there is none.
std::string Cycle(const std::vector<SimComponent>& components) {
  std::vector<int> path;
  std::vector<char> state(components.size(), 0);  // 1: on the path, 2: done
  std::string found;
  const std::function<void(int)> visit = [&](int k) {
    if (!found.empty() || state[static_cast<size_t>(k)] == 2) return;
    if (state[static_cast<size_t>(k)] == 1) {
      for (auto place = std::ranges::find(path, k); place != path.end(); ++place) {
        found += components[static_cast<size_t>(*place)].name + " -> ";
      }
      found += components[static_cast<size_t>(k)].name;
      return;
    }
    state[static_cast<size_t>(k)] = 1;
    path.push_back(k);
    const SimComponent& of = components[static_cast<size_t>(k)];
    if (of.from >= 0) visit(of.from);
    for (const int need : of.needs) visit(need);
    path.pop_back();
    state[static_cast<size_t>(k)] = 2;
  };
  for (size_t k = 0; k < components.size(); ++k) visit(static_cast<int>(k));
  return found;
}

/// What a component says about where its units come from.
base::Status CheckStage(const SimComponent& component, const std::string& field) {
  const Range& range = component.per_unit;
  constexpr double kMostUnits = 1000;
  const auto whole = [&](double value) {
    return value >= 0 && value <= kMostUnits && value == std::floor(value);
  };
  if (!whole(range.low) || !whole(range.high) || range.high < range.low)
    return Wrong(field + ".per_unit", "must be a range of whole numbers from 0 to 1000");
  if (range.logarithmic && range.low <= 0)
    return Wrong(field + ".per_unit", "a logarithmic range must start above 0");
  if (range.logarithmic && range.median > 0)
    return Wrong(field + ".per_unit.median",
                 "cannot be given together with logarithmic: remove one of them");
  if (!NotBelowZero(range.median) || !(range.spread >= 0 && range.spread <= kMostSpread))
    return Wrong(field + ".per_unit", "must have a median of 0 or more and a spread from 0 to 10");
  if (!NotBelowZero(component.kept_mb))
    return Wrong(field + ".kept_mb", "must be a number from 0 to 1e9");
  if (!NotBelowZero(component.seek_ms))
    return Wrong(field + ".seek_ms", "must be a number from 0 to 1e9");
  if (component.from >= 0 && !component.needs.empty()) {
    return Wrong(field + ".needs",
                 "cannot be combined with `from`, because a component gets its units from one "
                 "source; remove one of them");
  }
  if (component.seek_ms > 0 && component.needs.empty()) {
    return Wrong(
        field + ".seek_ms",
        "requires `needs`, because a second pass starts when other components have finished");
  }
  return {};
}

base::Status CheckComponents(const Scenario& scenario) {
  std::set<std::string> names;
  for (const SimComponent& component : scenario.components) {
    const std::string field = "components." + component.name;
    if (!names.insert(component.name).second)
      return Wrong(
          "components",
          fmt::format("two components have the name {}; names must be unique", component.name));
    if (!(component.unit_s > 0) || !std::isfinite(component.unit_s))
      return Wrong(field + ".unit_s", "must be above 0");
    if (!NotBelowZero(component.unit_mb))
      return Wrong(field + ".unit_mb", "must be a number from 0 to 1e9");
    if (auto checked = CheckStage(component, field); !checked) return checked;
    if (!(component.ms_factor > 0)) return Wrong(field + ".truth.ms", "must be above 0");
    if (!(component.mb_factor > 0)) return Wrong(field + ".truth.mb", "must be above 0");
    if (auto checked = planning::CheckBatchCost(component.cost, field + ".cost"); !checked)
      return checked;
  }
  if (const std::string cycle = Cycle(scenario.components); !cycle.empty()) {
    return Wrong("components",
                 fmt::format("these components need each other in a circle: {}", cycle));
  }
  return {};
}

}  // namespace

base::Status CheckScenario(const Scenario& scenario) {
  if (auto checked = CheckVideos(scenario.videos, scenario.components.size()); !checked)
    return checked;
  if (auto checked = CheckDevices(scenario); !checked) return checked;
  if (auto checked = CheckSources(scenario.sources); !checked) return checked;
  if (auto checked = CheckComponents(scenario); !checked) return checked;
  const planning::Policy& policy = scenario.policy;
  if (policy.max_videos_per_batch < 1)
    return Wrong("policy.max_videos_per_batch", "must be 1 or more, or no batch could start");
  if (policy.max_attempts < 1)
    return Wrong("policy.max_attempts", "must be 1 or more, or nothing could run");
  if (policy.max_queue_delay < base::Nanoseconds(0))
    return Wrong("policy.max_queue_delay_ms", "is negative");
  if (policy.backoff < base::Nanoseconds(0)) return Wrong("policy.backoff_ms", "is negative");
  if (policy.fixed_batch < 1) return Wrong("policy.fixed_batch", "is below 1");
  if (!NotBelowZero(scenario.noise) || scenario.noise > 1)
    return Wrong("noise", "must be between 0 and 1");
  if (scenario.look_ahead < 0) return Wrong("look_ahead", "is negative");
  for (const SimFault& fault : scenario.faults) {
    if (!NotBelowZero(fault.at_s) || !NotBelowZero(fault.for_s))
      return Wrong("faults", "a time must be a number from 0 to 1e9");
    if (fault.kind == FaultKind::kSlowDown && !(fault.factor > 0))
      return Wrong("faults", "a factor must be above 0");
    if (fault.above < 0 || fault.used_mb < 0)
      return Wrong("faults", "a number must not be negative");
  }
  return {};
}

base::Result<SimResult> Simulate(const Scenario& scenario, const SimObserver& observer) {
  if (auto checked = CheckScenario(scenario); !checked) return std::unexpected(checked.error());
  return Simulation(scenario, observer).Run();
}

std::optional<double> LookAheadLoss(const Scenario& scenario, const SimResult& result) {
  if (scenario.look_ahead == 0) return std::nullopt;
  Scenario all_known = scenario;
  all_known.look_ahead = 0;
  const auto reference = Simulate(all_known);
  if (!reference || !(reference->makespan_s > 0)) return std::nullopt;
  return 100 * (result.makespan_s / reference->makespan_s - 1);
}

}  // namespace reelbatch::runtime
