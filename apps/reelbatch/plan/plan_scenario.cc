#include "apps/reelbatch/plan/plan_scenario.h"

#include <algorithm>
#include <map>
#include <utility>

#include "engine/frame_setup.h"
#include "engine/run_setup.h"
#include "media/video_reader.h"
#include "planning/price.h"
#include "runtime/admission.h"
#include "runtime/simulator/simulator.h"

namespace reelbatch::app {
namespace {

constexpr double kMib = 1 << 20;

int ShortSide(media::FrameSize size) { return std::max(1, std::min(size.width, size.height)); }

/// One video as its probe tells it.
struct Probed {
  std::filesystem::path path;
  contracts::VideoInfo info;
};

class Planner {
 public:
  explicit Planner(const PlanQuestion& question) : question_(question) {}

  base::Result<PlannedRun> Plan(std::vector<Probed> videos) {
    // Keys first: a video says for each of them how many units it has.
    for (const Probed& video : videos) {
      if (auto found = FindKeys(video); !found) return std::unexpected(found.error());
    }
    plan_.graph = StageGraph(question_.config, question_.catalog);
    if (!videos.empty()) FollowResults(videos.front().info);
    plan_.threads_each =
        std::max(1, question_.options.threads / std::max(1, static_cast<int>(videos.size())));
    for (Probed& video : videos) Add(std::move(video));
    runtime::Scenario& scenario = plan_.scenario;
    scenario.name = "plan";
    scenario.policy = question_.options.batching.policy;
    for (const planning::DeviceState& device : question_.options.batching.devices) {
      scenario.devices.push_back({.id = "cpu",
                                  .memory = device.memory,
                                  .total_mb = device.total_mb,
                                  .others_mb = device.others_mb,
                                  .lanes = device.lanes});
    }
    const int lanes = question_.options.videos_in_flight > 0 ? question_.options.videos_in_flight
                                                             : question_.options.threads;
    scenario.sources.cores =
        std::max(1, std::min(lanes, std::max(1, static_cast<int>(plan_.videos.size()))));
    if (question_.options.max_memory_bytes > 0) {
      scenario.sources.device = "frames";
      scenario.devices.push_back(
          {.id = "frames",
           .memory = planning::MemoryKind::kRam,
           .total_mb =
               static_cast<int64_t>(static_cast<double>(question_.options.max_memory_bytes) / kMib),
           .declared_mb = static_cast<int64_t>(
               static_cast<double>(question_.options.max_memory_bytes) / kMib)});
    }
    scenario.sources.queued_mb = static_cast<double>(question_.options.batching.unit_bytes) / kMib;
    constexpr int kPortions = 32;
    scenario.sources.chunks = kPortions;
    return std::move(plan_);
  }

 private:
  bool LooksAtFrames() const {
    return std::ranges::any_of(question_.config.components, [&](const std::string& name) {
      return question_.catalog.Find(name)->looks_at_frames;
    });
  }

  components::ExpectedUnits UnitsOf(const runtime::BatchModel& model,
                                    const contracts::VideoInfo& info) const {
    const components::ComponentDefinition& definition = *question_.catalog.Find(model.component);
    const components::VideoRequest request =
        engine::RequestFor(question_.config, question_.catalog, definition, info);
    const auto frames = planning::FramesExpected(info, request.config.sampling);
    components::ExpectedUnits units =
        question_.catalog.FindStage(contracts::StageText(model.component, model.stage))
            ->stage.expected(request, frames ? frames->analysed : 0);
    units.key = runtime::KeyWithModel(std::move(units.key), model);
    return units;
  }

  base::Status FindKeys(const Probed& video) {
    for (const auto& [units, place] : StagesOf(video.info)) {
      if (place < plan_.keys.size()) continue;
      const runtime::BatchModel& model = *units.model;
      auto cost = model.cost(units.expected.key);
      if (!cost) return std::unexpected(cost.error());
      places_.emplace(std::pair(units.expected.key, units.from), place);
      plan_.keys.emplace_back(units.expected.key);
      plan_.scenario.components.push_back({.name = contracts::BatchKeyText(units.expected.key),
                                           .device = model.device,
                                           .cost = std::move(*cost),
                                           .in_order = model.in_order,
                                           .from = units.from});
    }
    return {};
  }

  /// A stage of one video.
  struct StageUnits {
    const runtime::BatchModel* model = nullptr;
    components::ExpectedUnits expected = {};
    int from = -1;  // the component of the scenario whose results give its units
  };

  /// With the component of the scenario that each of them is, or will be. Stages that batch the
  /// units of different stages before them are kept apart: the scenario knows one source for each.
  std::vector<std::pair<StageUnits, size_t>> StagesOf(const contracts::VideoInfo& info) const {
    std::vector<std::pair<StageUnits, size_t>> stages;
    std::map<std::string, int> before;  // by StageText()
    size_t next = plan_.keys.size();
    for (const runtime::BatchModel& model : question_.options.batching.models) {
      StageUnits units{.model = &model, .expected = UnitsOf(model, info)};
      if (!model.after.empty())
        units.from = before.at(contracts::StageText(model.component, model.after));
      const auto known = places_.find({units.expected.key, units.from});
      const size_t place = known == places_.end() ? next++ : known->second;
      before[contracts::StageText(model.component, model.stage)] = static_cast<int>(place);
      stages.emplace_back(std::move(units), place);
    }
    return stages;
  }

  /// Stages that follow results of other components wait for all stages of these; for those that
  /// have none, for the end of decoding. `info`: of one video, by whose price a picture of a second
  /// pass is priced: a second of it, as runtime::SecondPassWork().
  void FollowResults(const contracts::VideoInfo& info) {
    double decode_ms = 0;
    for (const contracts::ComponentCost& cost : question_.prices.Of(info))
      decode_ms += cost.component == "decode" ? cost.predicted_ms.value_or(0) : 0;
    const double seconds = std::max(1.0, info.duration_s.value_or(0));
    const size_t batched = plan_.keys.size();
    for (size_t place = 0; place < batched; ++place) {
      const contracts::BatchKey& key = *plan_.keys[place];
      const auto edge = std::ranges::find(
          plan_.graph, contracts::StageText(key.component, key.stage), &StageEdge::stage);
      if (edge->from != components::UnitsFrom::kResults &&
          edge->from != components::UnitsFrom::kSeek)
        continue;
      std::vector<int> needs;
      for (const std::string& other : edge->after) {
        const auto found = needs.size();
        for (size_t it = 0; it < batched; ++it) {
          if (plan_.keys[it]->component == other) needs.push_back(static_cast<int>(it));
        }
        if (needs.size() == found) needs.push_back(WithoutUnits(other));
      }
      runtime::SimComponent& component = plan_.scenario.components[place];
      component.needs = std::move(needs);
      if (edge->from == components::UnitsFrom::kSeek)
        component.seek_ms = std::max(1e-3, decode_ms / seconds);
    }
  }

  int WithoutUnits(const std::string& component) {
    auto& components = plan_.scenario.components;
    for (size_t place = 0; place < components.size(); ++place) {
      if (!plan_.keys[place] && components[place].name == component) return static_cast<int>(place);
    }
    components.push_back({.name = component, .cost = {.memory = planning::MemoryKind::kRam}});
    plan_.keys.emplace_back(std::nullopt);
    return static_cast<int>(components.size()) - 1;
  }

  void Add(Probed video) {
    runtime::SimVideo::Known known;
    bool priced = true;
    const bool looks = LooksAtFrames();
    for (const contracts::ComponentCost& cost : question_.prices.Of(video.info)) {
      if (!looks && cost.component == "decode") continue;
      known.source_ms += cost.predicted_ms.value_or(0);
      priced = priced && cost.predicted_ms.has_value();
    }
    plan_.not_priced += priced ? 0 : 1;
    if (looks) known.source_fast_ms = question_.prices.TimeOf(video.info).fast_ms;
    // Few videos get several threads each, in ranges.
    known.source_ms /= plan_.threads_each;
    known.source_fast_ms /= plan_.threads_each;
    const auto requests = runtime::RequestsOfAll(
        engine::FrameRequestsOf(question_.config, question_.catalog), question_.config.sampling);
    known.source_mb = static_cast<double>(runtime::VideoBytes(video.info, requests, 1)) / kMib;
    known.units.assign(plan_.keys.size(), 0);
    for (const auto& [units, place] : StagesOf(video.info))
      known.units[place] = units.expected.units;
    const media::FrameSize part = media::PartSize(
        {.width = video.info.width, .height = video.info.height}, question_.config.sampling);
    plan_.scenario.videos.list.push_back({.duration_s = video.info.duration_s.value_or(0),
                                          .short_side = ShortSide(part),
                                          .known = std::move(known)});
    plan_.videos.push_back(std::move(video.path));
  }

  const PlanQuestion& question_;
  PlannedRun plan_;
  std::map<std::pair<contracts::BatchKey, int>, size_t> places_;  // by key and StageUnits::from
};

}  // namespace

base::Result<planning::LowerBound> BoundOfPlan(const PlannedRun& plan, int threads) {
  // A run can read ranges of one video on all threads, so the time of a video on the one lane of
  // this scenario is its CPU time divided by the threads.
  const double share = static_cast<double>(plan.threads_each) / std::max(1, threads);
  runtime::Scenario work = plan.scenario;
  work.sources.cores = 1;
  for (runtime::SimVideo& video : work.videos.list) {
    video.known->source_ms *= share;
    video.known->source_fast_ms *= share;
  }
  for (runtime::SimComponent& component : work.components)
    component.seek_ms /= std::max(1, threads);
  const auto played = runtime::Simulate(work);
  if (!played) return std::unexpected(played.error());
  return played->bound;
}

base::Result<PlannedRun> PlanRun(const PlanQuestion& question,
                                 const std::vector<std::filesystem::path>& videos,
                                 const base::CancelToken& cancel) {
  std::vector<Probed> probed;
  std::vector<base::Error> unreadable;
  for (const std::filesystem::path& path : videos) {
    auto info = media::Probe(path, question.config.sampling, &cancel);
    if (info) {
      probed.push_back({.path = path, .info = std::move(*info)});
    } else if (info.error().code == base::Code::kCancelled) {
      return std::unexpected(info.error());
    } else {
      unreadable.push_back(std::move(info.error()));
    }
  }
  auto plan = Planner(question).Plan(std::move(probed));
  if (plan) plan->unreadable = std::move(unreadable);
  return plan;
}

}  // namespace reelbatch::app
