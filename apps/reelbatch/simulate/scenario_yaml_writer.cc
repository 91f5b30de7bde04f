#include <fmt/format.h>
#include <fmt/ranges.h>
#include <yaml-cpp/yaml.h>

#include <utility>

#include "apps/reelbatch/simulate/scenario_words.h"
#include "apps/reelbatch/simulate/scenario_yaml.h"

namespace reelbatch::app {
namespace {

using planning::BatchCost;
using runtime::FaultKind;
using runtime::Scenario;
using runtime::SimComponent;
using runtime::SimDevice;
using runtime::SimFault;

/// One scenario as YAML, defaults left out.
class Writer {
 public:
  std::string Write(const Scenario& scenario) {
    Add("name: {}\nseed: {}\n", Quoted(scenario.name), static_cast<int64_t>(scenario.seed));
    Videos(scenario.videos);
    Sources(scenario.sources);
    if (!scenario.devices.empty()) Add("devices:\n");
    for (const SimDevice& device : scenario.devices) Device(device);
    if (!scenario.components.empty()) Add("components:\n");
    for (const SimComponent& component : scenario.components) Component(scenario, component);
    if (!scenario.faults.empty()) Add("faults:\n");
    for (const SimFault& fault : scenario.faults) Fault(scenario, fault);
    Policy(scenario);
    if (scenario.noise > 0) Add("noise: {}\n", scenario.noise);
    if (scenario.deadline_s) Add("deadline_s: {}\n", *scenario.deadline_s);
    if (scenario.look_ahead > 0) Add("look_ahead: {}\n", scenario.look_ahead);
    return std::move(text_);
  }

 private:
  template <class... Args>
  void Add(fmt::format_string<Args...> format, Args&&... args) {
    text_ += fmt::format(format, std::forward<Args>(args)...);
  }
  static std::string Quoted(const std::string& word) {
    YAML::Emitter emitter;
    emitter << YAML::DoubleQuoted << word;
    return emitter.c_str();
  }
  static const char* YesNo(bool value) { return value ? "yes" : "no"; }

  void Videos(const runtime::SimVideos& videos) {
    Add("videos:\n  bytes_spread: {}\n  bytes_exponent: {}\n  bytes_unknown: {}\n",
        videos.bytes_spread, videos.bytes_exponent, videos.bytes_unknown);
    if (!videos.list.empty()) {
      Add("  list:\n");
      for (const runtime::SimVideo& video : videos.list) {
        Add("    - {{duration_s: {}, short_side: {}}}\n", video.duration_s, video.short_side);
      }
      return;
    }
    Add("  count: {}\n  duration_s: {{from: {}, to: {}, logarithmic: {}, median: {}, spread: {}}}\n"
        "  short_sides: [{}]\n",
        videos.count, videos.duration_s.low, videos.duration_s.high,
        YesNo(videos.duration_s.logarithmic), videos.duration_s.median, videos.duration_s.spread,
        fmt::join(videos.short_sides, ", "));
  }

  void Sources(const runtime::SimSources& sources) {
    Add("sources:\n  cores: {}\n  ms_per_s: {}\n  fast_ms_per_s: {}\n  memory_mb: {}\n  queued_mb: "
        "{}\n  portions: {}\n  probe_ms: {}\n",
        sources.cores, sources.ms_per_s, sources.fast_ms_per_s, sources.mb, sources.queued_mb,
        sources.chunks, sources.probe_ms);
    if (!sources.device.empty()) Add("  device: {}\n", Quoted(sources.device));
  }

  void Device(const SimDevice& device) {
    Add("  - {{id: {}, kind: {}, memory_mb: {}, used_mb: {}, lanes: {}", Quoted(device.id),
        kMemories[device.memory == planning::MemoryKind::kVram ? 0 : 1], device.total_mb,
        device.others_mb, device.lanes);
    if (device.declared_mb) Add(", budget_mb: {}", *device.declared_mb);
    Add("}}\n");
  }

  void Component(const Scenario& scenario, const SimComponent& component) {
    const BatchCost& cost = component.cost;
    Add("  - name: {}\n    device: {}\n    unit_mb: {}\n    max_batch: {}\n",
        Quoted(component.name), Quoted(scenario.devices[static_cast<size_t>(component.device)].id),
        component.unit_mb, cost.max_batch);
    if (component.from < 0) Add("    unit_s: {}\n", component.unit_s);
    Add("    in_order: {}\n    bucket_by_size: {}\n    truth: {{ms: {}, mb: {}}}\n",
        YesNo(component.in_order), YesNo(component.bucket_by_size), component.ms_factor,
        component.mb_factor);
    if (!component.needs.empty()) {
      std::vector<std::string> names;
      for (const int need : component.needs)
        names.push_back(Quoted(scenario.components[static_cast<size_t>(need)].name));
      Add("    needs: [{}]\n", fmt::join(names, ", "));
    }
    if (component.from >= 0) {
      const runtime::Range& range = component.per_unit;
      Add("    from: {}\n    per_unit: {{from: {}, to: {}, logarithmic: {}, median: {}, spread: "
          "{}}}\n",
          Quoted(scenario.components[static_cast<size_t>(component.from)].name), range.low,
          range.high, YesNo(range.logarithmic), range.median, range.spread);
    }
    if (component.kept_mb > 0) Add("    kept_mb: {}\n", component.kept_mb);
    if (component.seek_ms > 0) Add("    seek_ms: {}\n", component.seek_ms);
    Add("    cost:\n      fixed_mb: {}\n", cost.fixed_mb);
    if (cost.points.empty()) {
      Add("      fixed_ms: {}\n      ms_per_unit: {}\n      mb_per_unit: {}\n", cost.fixed_ms,
          cost.ms_per_unit, cost.mb_per_unit);
      return;
    }
    Add("      points:\n");
    for (const BatchCost::Point& point : cost.points) {
      Add("        - {{batch: {}, ms: {}, mb: {}}}\n", point.batch, point.ms, point.peak_mb);
    }
  }

  void Fault(const Scenario& scenario, const SimFault& fault) {
    Add("  - {{kind: {}, at_s: {}, for_s: {}", kFaults[static_cast<size_t>(fault.kind)], fault.at_s,
        fault.for_s);
    if (fault.component >= 0)
      Add(", component: {}",
          Quoted(scenario.components[static_cast<size_t>(fault.component)].name));
    if (fault.device >= 0)
      Add(", device: {}", Quoted(scenario.devices[static_cast<size_t>(fault.device)].id));
    if (fault.kind == FaultKind::kOom) Add(", above: {}", fault.above);
    if (fault.kind == FaultKind::kMemoryStep) Add(", used_mb: {}", fault.used_mb);
    if (fault.kind == FaultKind::kSlowDown) Add(", factor: {}", fault.factor);
    if (fault.kind == FaultKind::kBadUnit) Add(", video: {}, index: {}", fault.video, fault.index);
    Add("}}\n");
  }

  void Policy(const Scenario& scenario) {
    const planning::Policy& policy = scenario.policy;
    Add("policy:\n  max_videos_per_batch: {}\n  max_queue_delay_ms: {}\n  max_attempts: {}\n  "
        "backoff_ms: {}\n",
        policy.max_videos_per_batch, Ms(policy.max_queue_delay), policy.max_attempts,
        Ms(policy.backoff));
    Add("  rule: {}\n  fixed_batch: {}\n  greedy: {}\n  learns_limits: {}\n  restart_on_oom: {}\n",
        kRules[static_cast<size_t>(policy.rule)], policy.fixed_batch, YesNo(policy.greedy),
        YesNo(policy.learns_limits), YesNo(scenario.restart_on_oom));
  }

  std::string text_;
};

}  // namespace

std::string ScenarioYaml(const Scenario& scenario) { return Writer().Write(scenario); }

}  // namespace reelbatch::app
