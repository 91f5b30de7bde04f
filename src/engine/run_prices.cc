#include "engine/run_prices.h"

#include <algorithm>
#include <utility>

#include "engine/run_setup.h"
#include "engine/this_device.h"
#include "media/frame_sampler.h"
#include "planning/price.h"

namespace reelbatch::engine {
namespace {

contracts::RunConfig WithoutDeadline(contracts::RunConfig config) {
  if (config.overload == contracts::Overload::kDeadline)
    config.overload = contracts::Overload::kNone;
  return config;
}

double SumMs(const std::vector<contracts::ComponentCost>& costs) {
  double ms = 0;
  for (const contracts::ComponentCost& cost : costs) ms += cost.predicted_ms.value_or(0);
  return ms;
}

}  // namespace

RunPrices::RunPrices(std::vector<contracts::CostTable> tables, const Catalog& catalog,
                     const contracts::RunConfig& config, const runtime::RunOptions& options,
                     size_t videos)
    : registry_(std::move(tables)),
      catalog_(catalog),
      config_(config),
      usual_(WithoutDeadline(config)),
      device_(ThisDevice().id) {
  // One video in ranges, or as many as there are: either way every thread works.
  const int lanes = options.videos_in_flight > 0 ? options.videos_in_flight : options.threads;
  const size_t at_once =
      videos == 0 ? static_cast<size_t>(lanes) : std::min(videos, static_cast<size_t>(lanes));
  const int busy = videos == 1 ? options.threads : static_cast<int>(at_once);
  concurrency_ = std::min(options.threads, busy);
}

std::vector<contracts::ComponentCost> RunPrices::Of(const contracts::VideoInfo& info) const {
  return Of(usual_, info);
}

runtime::VideoTime RunPrices::TimeOf(const contracts::VideoInfo& info) const {
  runtime::VideoTime time{.ms = SumMs(Of(usual_, info))};
  if (PresetFor(config_, info).preset != PresetFor(usual_, info).preset)
    time.fast_ms = SumMs(Of(config_, info));
  return time;
}

std::vector<contracts::ComponentCost> RunPrices::Of(const contracts::RunConfig& config,
                                                    const contracts::VideoInfo& info,
                                                    const std::vector<std::string>& earlier) const {
  std::vector<planning::SampledWork> works;
  for (const std::string& name : config_.components) {
    const components::ComponentDefinition& definition = *catalog_.Find(name);
    // The others' units are priced by the batch.
    if (!definition.price) continue;
    const components::VideoRequest request =
        RequestFor(config, catalog_, definition, info, earlier);
    const media::FrameSize size =
        media::FitSize({.width = info.width, .height = info.height}, request.config.sampling);
    works.push_back({.work = definition.price(request),
                     .sampling = request.config.sampling,
                     .width = size.width,
                     .height = size.height});
  }
  return planning::PriceVideo(registry_, {.info = info,
                                          .config = config_,
                                          .works = works,
                                          .device = device_,
                                          .concurrency = concurrency_});
}

void RunPrices::Add(contracts::VideoOutcome& outcome) const {
  if (outcome.costs.empty() || !outcome.info) return;
  // The preset that the deadline chose for this video, if it did.
  const std::string_view fast = contracts::PresetName(contracts::Preset::kFast);
  const bool late = std::ranges::any_of(
      outcome.results, [fast](const auto& made) { return made.second.preset == fast; });
  std::vector<std::string> results;  // also those that components took from earlier runs
  for (const auto& [component, result] : outcome.results) results.push_back(component);
  const auto prices = Of(late ? config_ : usual_, *outcome.info, results);
  for (contracts::ComponentCost& cost : outcome.costs) {
    const auto price =
        std::ranges::find(prices, cost.component, &contracts::ComponentCost::component);
    const bool sound = cost.component == "decode" && cost.part != outcome.info->codec;
    if (price == prices.end() || sound) continue;
    cost.part = price->part;
    cost.bucket = price->bucket;
    cost.preset = price->preset;
    cost.predicted_ms = price->predicted_ms;
    cost.predicted_mb = price->predicted_mb;
    cost.predicted_from = price->predicted_from;
  }
}

}  // namespace reelbatch::engine
