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
  return Of(RequestFor(usual_, info));
}

runtime::VideoTime RunPrices::TimeOf(const contracts::VideoInfo& info) const {
  const components::VideoRequest usual = RequestFor(usual_, info);
  runtime::VideoTime time{.ms = SumMs(Of(usual))};
  const components::VideoRequest late = RequestFor(config_, info);
  if (late.preset.preset != usual.preset.preset) time.fast_ms = SumMs(Of(late));
  return time;
}

std::vector<contracts::ComponentCost> RunPrices::Of(const components::VideoRequest& request) const {
  const media::FrameSize size = media::FitSize(
      {.width = request.info.width, .height = request.info.height}, config_.sampling);
  std::vector<contracts::PricedWork> works;
  for (const std::string& name : config_.components) {
    // The others' units are priced by the batch.
    const auto& price = catalog_.Find(name)->price;
    if (price) works.push_back(price(request));
  }
  return planning::PriceVideo(registry_, {.info = request.info,
                                          .config = config_,
                                          .works = works,
                                          .width = size.width,
                                          .height = size.height,
                                          .device = device_,
                                          .concurrency = concurrency_});
}

void RunPrices::Add(contracts::VideoOutcome& outcome) const {
  if (outcome.costs.empty() || !outcome.info) return;
  // The preset that the deadline chose for this video, if it did.
  const std::string_view fast = contracts::PresetName(contracts::Preset::kFast);
  const bool late = std::ranges::any_of(
      outcome.results, [fast](const auto& made) { return made.second.preset == fast; });
  contracts::RunConfig as_made = late ? config_ : usual_;
  // Results that components took from earlier runs.
  for (const auto& [other, result] : outcome.results) {
    if (std::ranges::find(as_made.components, other) == as_made.components.end())
      as_made.components.push_back(other);
  }
  const auto prices = Of(RequestFor(as_made, *outcome.info));
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
