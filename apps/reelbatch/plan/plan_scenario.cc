#include "apps/reelbatch/plan/plan_scenario.h"

#include <algorithm>
#include <map>
#include <utility>

#include "engine/frame_setup.h"
#include "engine/run_setup.h"
#include "media/video_reader.h"
#include "planning/price.h"
#include "runtime/admission.h"

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
    threads_each_ =
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
        definition.stage->expected(request, frames ? frames->analysed : 0);
    units.key = runtime::KeyWithModel(std::move(units.key), model);
    return units;
  }

  base::Status FindKeys(const Probed& video) {
    for (const runtime::BatchModel& model : question_.options.batching.models) {
      const components::ExpectedUnits units = UnitsOf(model, video.info);
      if (std::ranges::find(plan_.keys, units.key) != plan_.keys.end()) continue;
      auto cost = model.cost(units.key);
      if (!cost) return std::unexpected(cost.error());
      plan_.keys.push_back(units.key);
      plan_.scenario.components.push_back({.name = contracts::BatchKeyText(units.key),
                                           .device = model.device,
                                           .cost = std::move(*cost),
                                           .in_order = model.in_order});
    }
    return {};
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
    known.source_ms /= threads_each_;
    known.source_fast_ms /= threads_each_;
    const auto requests = runtime::RequestsOfAll(
        engine::FrameRequestsOf(question_.config, question_.catalog), question_.config.sampling);
    known.source_mb = static_cast<double>(runtime::VideoBytes(video.info, requests, 1)) / kMib;
    known.units.assign(plan_.keys.size(), 0);
    for (const runtime::BatchModel& model : question_.options.batching.models) {
      const components::ExpectedUnits units = UnitsOf(model, video.info);
      const auto key = std::ranges::find(plan_.keys, units.key) - plan_.keys.begin();
      known.units[static_cast<size_t>(key)] = units.units;
    }
    const media::FrameSize part = media::PartSize(
        {.width = video.info.width, .height = video.info.height}, question_.config.sampling);
    plan_.scenario.videos.list.push_back({.duration_s = video.info.duration_s.value_or(0),
                                          .short_side = ShortSide(part),
                                          .known = std::move(known)});
    plan_.videos.push_back(std::move(video.path));
  }

  const PlanQuestion& question_;
  PlannedRun plan_;
  int threads_each_ = 1;
};

}  // namespace

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
