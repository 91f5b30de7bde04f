#include "apps/reelbatch/simulate/scenario_yaml.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <string_view>
#include <utility>

#include "apps/reelbatch/simulate/scenario_words.h"
#include "apps/reelbatch/simulate/yaml_map.h"
#include "apps/reelbatch/terminal.h"
#include "planning/look_ahead.h"

namespace reelbatch::app {
namespace {

using planning::BatchCost;
using runtime::FaultKind;
using runtime::Scenario;
using runtime::SimComponent;
using runtime::SimDevice;
using runtime::SimFault;

base::Nanoseconds FromMs(double ms) { return base::Nanoseconds(std::llround(ms * 1e6)); }

/// {from: a, to: b}, with logarithmic: yes, or with median and spread.
base::Status ReadRange(YamlMap& map, runtime::Range& range) {
  map.Require("from");
  map.Require("to");
  map.Number("from", range.low);
  map.Number("to", range.high);
  map.Switch("logarithmic", range.logarithmic);
  map.Number("median", range.median);
  map.Number("spread", range.spread);
  return {};
}

base::Status ReadVideos(YamlMap& map, runtime::SimVideos& videos) {
  map.Integer("count", videos.count);
  map.Map("duration_s", [&](YamlMap& below) { return ReadRange(below, videos.duration_s); });
  map.Integers("short_sides", videos.short_sides);
  map.Number("bytes_spread", videos.bytes_spread);
  map.Number("bytes_exponent", videos.bytes_exponent);
  map.Number("bytes_unknown", videos.bytes_unknown);
  map.Maps("list", [&](YamlMap& below) -> base::Status {
    runtime::SimVideo video;
    int64_t repeat = 1;
    below.Require("duration_s");
    below.Number("duration_s", video.duration_s);
    below.Integer("short_side", video.short_side);
    below.Integer("repeat", repeat);
    constexpr int64_t kMostRepeats = 1'000'000;
    if (repeat < 0 || repeat > kMostRepeats) below.Fail("repeat", "must be between 0 and 1000000");
    for (int64_t k = 0; k < std::min(repeat, kMostRepeats); ++k) videos.list.push_back(video);
    return {};
  });
  if (map.Has("list") && map.Has("count"))
    map.Fail("count", "cannot be combined with `list`: remove one of them");
  return {};
}

base::Status ReadSources(YamlMap& map, runtime::SimSources& sources) {
  map.Integer("cores", sources.cores);
  map.Number("ms_per_s", sources.ms_per_s);
  map.Number("fast_ms_per_s", sources.fast_ms_per_s);
  map.Number("memory_mb", sources.mb);
  map.Word("device", sources.device);
  map.Number("queued_mb", sources.queued_mb);
  map.Integer("portions", sources.chunks);
  map.Number("probe_ms", sources.probe_ms);
  return {};
}

/// A number, or `auto`: as many as a run takes with so many cores.
void ReadLookAhead(YamlMap& map, Scenario& scenario) {
  std::string word;
  map.Word("look_ahead", word);
  if (word == "auto") {
    scenario.look_ahead = planning::LookAheadWindow(scenario.sources.cores);
  } else {
    map.Integer("look_ahead", scenario.look_ahead);
  }
}

base::Status ReadDevice(YamlMap& map, Scenario& scenario) {
  SimDevice device;
  int memory = 0;
  map.Require("id");
  map.Require("memory_mb");
  map.Word("id", device.id);
  map.Choice("kind", kMemories, memory);
  device.memory = memory == 0 ? planning::MemoryKind::kVram : planning::MemoryKind::kRam;
  map.Integer("memory_mb", device.total_mb);
  map.Integer("used_mb", device.others_mb);
  map.Integer("budget_mb", device.declared_mb);
  map.Integer("lanes", device.lanes);
  scenario.devices.push_back(std::move(device));
  return {};
}

base::Status ReadPoint(YamlMap& map, BatchCost& cost) {
  BatchCost::Point point;
  for (const char* key : {"batch", "ms", "mb"}) map.Require(key);
  map.Integer("batch", point.batch);
  map.Number("ms", point.ms);
  map.Number("mb", point.peak_mb);
  cost.points.push_back(point);
  return {};
}

/// N/A is not 0: without memory a component of a GPU cannot be planned.
base::Status ReadCost(YamlMap& map, const std::string& component, BatchCost& cost) {
  map.Number("fixed_ms", cost.fixed_ms);
  map.Number("ms_per_unit", cost.ms_per_unit);
  map.Number("fixed_mb", cost.fixed_mb);
  std::string memory;
  map.Word("mb_per_unit", memory);
  map.Maps("points", [&](YamlMap& below) { return ReadPoint(below, cost); });
  const bool measured = map.Has("mb_per_unit") && memory != "N/A";
  if (measured) map.Number("mb_per_unit", cost.mb_per_unit);
  if (!map.Has("points") && !map.Has("ms_per_unit"))
    map.Fail("ms_per_unit", "is missing: give ms_per_unit or points");
  if (measured || map.Has("points") || cost.memory == planning::MemoryKind::kRam) return {};
  return base::Fail(
      base::Code::kNotMeasured,
      fmt::format(
          "is N/A (not measured): measure it with `reelbatch bench memory --part {} --out DIR`",
          OneLine(component)),
      "components." + OneLine(component) + ".cost.mb_per_unit");
}

template <class T, class Name>
int PlaceOf(const std::vector<T>& all, const std::string& name, Name T::* field) {
  const auto place = std::ranges::find(all, name, field);
  return place == all.end() ? -1 : static_cast<int>(place - all.begin());
}

/// Names of other components, which may stand further down.
struct Others {
  std::vector<std::string> needs = {};
  std::string from = {};
};

/// Where units come from, but for the source.
void ReadStage(YamlMap& map, SimComponent& component, Others& others) {
  map.Words("needs", others.needs);
  map.Word("from", others.from);
  map.Map("per_unit", [&](YamlMap& below) { return ReadRange(below, component.per_unit); });
  if (map.Has("per_unit") && !map.Has("from"))
    map.Fail("per_unit",
             "requires `from`: it is the number of units that one result of that component gives");
  map.Number("kept_mb", component.kept_mb);
  map.Number("seek_ms", component.seek_ms);
}

base::Status ReadComponent(YamlMap& map, Scenario& scenario, std::vector<Others>& others) {
  SimComponent component;
  std::string device;
  map.Require("name");
  map.Require("device");
  map.Require("cost");
  map.Word("name", component.name);
  map.Word("device", device);
  component.device = PlaceOf(scenario.devices, device, &SimDevice::id);
  if (component.device < 0) {
    map.Fail("device", fmt::format("there is no device with the id '{}'", OneLine(device)));
    component.device = 0;
  }
  map.Number("unit_s", component.unit_s);
  if (map.Has("unit_s") && map.Has("from"))
    map.Fail("unit_s",
             "cannot be combined with `from`: its units come from results, by `per_unit`");
  map.Number("unit_mb", component.unit_mb);
  if (!scenario.devices.empty())
    component.cost.memory = scenario.devices[static_cast<size_t>(component.device)].memory;
  base::Status cost;
  map.Map("cost", [&](YamlMap& below) {
    cost = ReadCost(below, component.name, component.cost);
    return cost;
  });
  if (!cost) return cost;
  component.cost.max_batch =
      component.cost.points.empty() ? 16 : component.cost.points.back().batch;
  map.Integer("max_batch", component.cost.max_batch);
  map.Map("truth", [&](YamlMap& below) -> base::Status {
    below.Number("ms", component.ms_factor);
    below.Number("mb", component.mb_factor);
    return {};
  });
  map.Switch("in_order", component.in_order);
  map.Switch("bucket_by_size", component.bucket_by_size);
  ReadStage(map, component, others.emplace_back());
  scenario.components.push_back(std::move(component));
  return {};
}

base::Status ReadFault(YamlMap& map, Scenario& scenario) {
  SimFault fault;
  int kind = 0;
  std::string component;
  std::string device;
  map.Require("kind");
  map.Choice("kind", kFaults, kind);
  fault.kind = static_cast<FaultKind>(kind);
  map.Number("at_s", fault.at_s);
  map.Number("for_s", fault.for_s);
  if (fault.kind == FaultKind::kOom || fault.kind == FaultKind::kBadUnit) {
    map.Require("component");
    map.Word("component", component);
    fault.component = PlaceOf(scenario.components, component, &SimComponent::name);
    if (fault.component < 0)
      map.Fail("component",
               fmt::format("there is no component with the name '{}'", OneLine(component)));
  } else if (fault.kind != FaultKind::kCrash) {
    map.Require("device");
    map.Word("device", device);
    fault.device = PlaceOf(scenario.devices, device, &SimDevice::id);
    if (fault.device < 0)
      map.Fail("device", fmt::format("there is no device with the id '{}'", OneLine(device)));
  }
  if (fault.kind == FaultKind::kOom) map.Integer("above", fault.above);
  if (fault.kind == FaultKind::kMemoryStep) map.Integer("used_mb", fault.used_mb);
  if (fault.kind == FaultKind::kSlowDown) map.Number("factor", fault.factor);
  if (fault.kind == FaultKind::kBadUnit) {
    map.Integer("video", fault.video);
    map.Integer("index", fault.index);
  }
  scenario.faults.push_back(fault);
  return {};
}

base::Status ReadPolicy(YamlMap& map, Scenario& scenario) {
  planning::Policy& policy = scenario.policy;
  double delay_ms = Ms(policy.max_queue_delay);
  double backoff_ms = Ms(policy.backoff);
  int rule = static_cast<int>(policy.rule);
  map.Integer("max_videos_per_batch", policy.max_videos_per_batch);
  map.Number("max_queue_delay_ms", delay_ms);
  map.Integer("max_attempts", policy.max_attempts);
  map.Number("backoff_ms", backoff_ms);
  map.Choice("rule", kRules, rule);
  map.Integer("fixed_batch", policy.fixed_batch);
  map.Switch("greedy", policy.greedy);
  map.Switch("learns_limits", policy.learns_limits);
  map.Switch("restart_on_oom", scenario.restart_on_oom);
  constexpr double kMostMs = 1e12;
  if (!(delay_ms <= kMostMs)) map.Fail("max_queue_delay_ms", "must be at most 1e12");
  if (!(backoff_ms <= kMostMs)) map.Fail("backoff_ms", "must be at most 1e12");
  policy.max_queue_delay = FromMs(std::min(delay_ms, kMostMs));
  policy.backoff = FromMs(std::min(backoff_ms, kMostMs));
  policy.rule = static_cast<planning::BatchRule>(rule);
  return {};
}

base::Status ReadExpectations(YamlMap& map, Scenario& scenario) {
  for (const std::string& figure : map.Keys()) {
    runtime::Expectation wanted{.figure = figure};
    map.Map(figure, [&](YamlMap& below) -> base::Status {
      below.Number("min", wanted.min);
      below.Number("max", wanted.max);
      if (!below.Has("min") && !below.Has("max")) below.Fail("", "must have min, max or both");
      return {};
    });
    scenario.expect.push_back(std::move(wanted));
  }
  return {};
}

base::Status ReadAll(YamlMap& map, Scenario& scenario) {
  int64_t seed = 1;
  std::vector<Others> others;
  map.Word("name", scenario.name);
  map.Integer("seed", seed);
  scenario.seed = static_cast<uint64_t>(seed);
  map.Require("videos");
  map.Map("videos", [&](YamlMap& below) { return ReadVideos(below, scenario.videos); });
  map.Map("sources", [&](YamlMap& below) { return ReadSources(below, scenario.sources); });
  map.Maps("devices", [&](YamlMap& below) { return ReadDevice(below, scenario); });
  map.Maps("components", [&](YamlMap& below) { return ReadComponent(below, scenario, others); });
  for (size_t k = 0; k < scenario.components.size(); ++k) {
    SimComponent& component = scenario.components[k];
    const auto place = [&](const std::string& name, const char* how) {
      const int found = PlaceOf(scenario.components, name, &SimComponent::name);
      if (found < 0)
        map.Fail("components", fmt::format("{} {} '{}', which does not exist", component.name, how,
                                           OneLine(name)));
      return found;
    };
    for (const std::string& need : others[k].needs) component.needs.push_back(place(need, "needs"));
    if (!others[k].from.empty()) component.from = place(others[k].from, "is from");
  }
  map.Maps("faults", [&](YamlMap& below) { return ReadFault(below, scenario); });
  map.Map("policy", [&](YamlMap& below) { return ReadPolicy(below, scenario); });
  map.Number("noise", scenario.noise);
  map.Number("deadline_s", scenario.deadline_s);
  ReadLookAhead(map, scenario);
  map.Map("expect", [&](YamlMap& below) { return ReadExpectations(below, scenario); });
  return map.Finish();
}

/// Where `path` ("devices.gpu0.memory_mb") is in the file, or the deepest part of it that is there.
/// In a list, a part of the path is the `id` or the `name` of an entry.
YAML::Mark MarkOf(const YAML::Node& root, std::string_view path) {
  YAML::Node node;
  node.reset(root);
  while (!path.empty()) {
    const std::string part(path.substr(0, path.find('.')));
    path.remove_prefix(std::min(part.size() + 1, path.size()));
    YAML::Node child;
    if (node.IsMap()) {
      const YAML::Node below = std::as_const(node)[part];
      if (below.IsDefined()) child.reset(below);
    }
    for (const char* key : {"id", "name"}) {
      if (!node.IsSequence()) break;
      for (const YAML::Node& entry : node) {
        if (entry.IsMap() && entry[key] && entry[key].IsScalar() && entry[key].Scalar() == part)
          child.reset(entry);
      }
    }
    if (child.IsNull()) break;
    node.reset(child);
  }
  return node.Mark();
}

}  // namespace

base::Result<Scenario> ReadScenario(const std::filesystem::path& path) {
  const auto file = YamlFile::Read(path, "scenario");
  if (!file) return std::unexpected(file.error());
  Scenario scenario;
  scenario.name = path.stem().string();
  try {
    YamlMap map(*file, file->root(), "");
    if (auto read = ReadAll(map, scenario); !read) return std::unexpected(std::move(read.error()));
  } catch (const YAML::Exception& error) {
    return file->Fail(error.mark, "is not valid YAML: " + OneLine(error.msg));
  }
  if (auto checked = runtime::CheckScenario(scenario); !checked) {
    const base::Error& error = checked.error();
    return file->Fail(MarkOf(file->root(), error.context), error.Text());
  }
  return scenario;
}

}  // namespace reelbatch::app
