#include "apps/reelbatch/run_prices.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "apps/reelbatch/bench/bench_session.h"
#include "apps/reelbatch/costs/cost_tables.h"
#include "apps/reelbatch/pipeline.h"
#include "media/frame_sampler.h"
#include "planning/price.h"

namespace reelbatch::app {

RunPrices::RunPrices(costs::Registry registry, contracts::RunConfig config, std::string device, int concurrency)
    : registry_(std::move(registry)), config_(std::move(config)), device_(std::move(device)), concurrency_(concurrency) {}

base::Result<RunPrices> RunPrices::Load(const std::vector<std::string>& tables, const contracts::RunConfig& config,
                                        const runtime::RunOptions& options, size_t videos, Console& console) {
  auto loaded = LoadCostTables({}, console);
  if (loaded && !tables.empty()) {
    auto more = LoadCostTables(tables, console);
    if (!more) return std::unexpected(more.error());
    std::ranges::move(*more, std::back_inserter(*loaded));
  }
  if (!loaded) return std::unexpected(loaded.error());
  // One video in ranges, or as many as there are: either way every thread works.
  const bool one = videos <= 1;
  const int lanes = options.videos_in_flight > 0 ? options.videos_in_flight : options.threads;
  const int busy = one ? options.threads : static_cast<int>(std::min<size_t>(videos, static_cast<size_t>(lanes)));
  return RunPrices(costs::Registry(std::move(*loaded)), config, ThisDevice().id, std::min(options.threads, busy));
}

std::vector<contracts::ComponentCost> RunPrices::Of(const contracts::VideoInfo& info) const {
  const media::FrameSize size = media::FitSize({.width = info.width, .height = info.height}, config_.sampling);
  const contracts::CutKnobs knobs = KnobsFor(config_, info);
  return planning::PriceVideo(registry_, {.info = info,
                                          .config = config_,
                                          .knobs = knobs,
                                          .width = size.width,
                                          .height = size.height,
                                          .device = device_,
                                          .concurrency = concurrency_});
}

void RunPrices::Add(contracts::VideoOutcome& outcome) const {
  if (outcome.costs.empty() || !outcome.info) return;
  const auto prices = Of(*outcome.info);
  for (contracts::ComponentCost& cost : outcome.costs) {
    const auto price = std::ranges::find(prices, cost.component, &contracts::ComponentCost::component);
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

}  // namespace reelbatch::app
