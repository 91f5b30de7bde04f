#include "planning/price.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "costs/decode_drivers.h"
#include "costs/decode_subject.h"

namespace reelbatch::planning {
namespace {

using contracts::ComponentCost;

class Pricer {
 public:
  Pricer(const costs::Registry& registry, const PricedVideo& video)
      : registry_(registry),
        video_(video),
        frames_(FramesExpected(video.info, video.config.sampling)) {}

  ComponentCost Decode() const {
    const contracts::VideoInfo& info = video_.info;
    costs::CostQuery query = QueryOf(
        {.subject = costs::DecodeSubject(info.codec, contracts::SkipsLoopFilter(video_.config)),
         .measured_by = "reelbatch bench decode VIDEO... --out DIR"},
        info.width, info.height);
    if (frames_) {
      const auto all = static_cast<double>(
          info.frames_expected.value_or(static_cast<int64_t>(frames_->decoded)));
      const costs::DecodeDrivers drivers = costs::DecodeDriversOf(info, all);
      for (size_t k = 0; k < drivers.size(); ++k)
        query.drivers.emplace(costs::kDecodeDrivers[k], drivers[k]);
    }
    return Price(query, "", frames_ ? frames_->decoded : 0);
  }

  ComponentCost Of(const SampledWork& sampled) const {
    const auto frames = FramesExpected(video_.info, sampled.sampling);
    const double pairs = frames ? std::max(0.0, frames->analysed - 1) : 0;
    return Price(QueryOf(sampled.work, sampled.width, sampled.height), sampled.work.subject.preset,
                 pairs);
  }

 private:
  costs::CostQuery QueryOf(contracts::PricedWork work, int width, int height) const {
    return {.component = std::move(work.subject.component),
            .component_part = std::move(work.subject.component_part),
            .knobs = std::move(work.subject.knobs),
            .width = width,
            .height = height,
            .device = video_.device,
            .concurrency = video_.concurrency,
            .measured_by = std::move(work.measured_by)};
  }

  ComponentCost Price(const costs::CostQuery& query, const std::string& preset,
                      double units) const {
    ComponentCost cost{.component = query.component,
                       .part = query.component_part,
                       .bucket = fmt::format("{}x{}", query.width, query.height),
                       .preset = preset,
                       .units = static_cast<int64_t>(units)};
    const auto found = registry_.Find(query);
    if (!found) {
      cost.predicted_from = found.error().message;
      return cost;
    }
    cost.predicted_mb = found->cpu_rss_peak_mb;
    cost.predicted_from = costs::CostMatchName(found->match);
    if (found->extrapolated) cost.predicted_from += ", extrapolated";
    if (frames_) {
      cost.predicted_ms = found->ms_per_unit * units;
    } else {
      cost.predicted_from = "the container does not say how many frames it has";
    }
    return cost;
  }

  const costs::Registry& registry_;
  const PricedVideo& video_;
  const std::optional<ExpectedFrames> frames_;
};

}  // namespace

std::optional<ExpectedFrames> FramesExpected(const contracts::VideoInfo& info,
                                             const contracts::Sampling& sampling) {
  const double rate = info.avg_fps.value() > 0 ? info.avg_fps.value() : info.nominal_fps.value();
  double all = static_cast<double>(info.frames_expected.value_or(0));
  if (!info.frames_expected) {
    if (!info.duration_s || rate <= 0) return std::nullopt;
    all = *info.duration_s * rate;
  }
  // Not even a frame that repeats the one before takes less.
  constexpr double kFewestBytes = 8;
  if (info.file_bytes > 0) all = std::min(all, static_cast<double>(info.file_bytes) / kFewestBytes);
  ExpectedFrames frames{.decoded = all, .analysed = all};
  const bool ranged = sampling.start_s || sampling.end_s;
  if (ranged && rate > 0) {
    // The range counts from where players do.
    const double late_s = info.start_time_s - info.player_start_s;
    const auto frame_at = [&](double range_s) {
      return std::clamp((range_s - late_s) * rate, 0.0, all);
    };
    const double end = sampling.end_s ? frame_at(*sampling.end_s) : all;
    frames = {.decoded = end,
              .analysed = std::max(0.0, end - frame_at(sampling.start_s.value_or(0)))};
  }
  if (sampling.analysis_fps && rate > 0)
    frames.analysed *= std::min(1.0, *sampling.analysis_fps / rate);
  if (sampling.every) frames.analysed = std::ceil(frames.analysed / *sampling.every);
  return frames;
}

std::vector<ComponentCost> PriceVideo(const costs::Registry& registry, const PricedVideo& video) {
  const Pricer pricer(registry, video);
  std::vector<ComponentCost> costs{pricer.Decode()};
  for (const SampledWork& work : video.works) costs.push_back(pricer.Of(work));
  return costs;
}

}  // namespace reelbatch::planning
