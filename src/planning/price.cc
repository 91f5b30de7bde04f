#include "planning/price.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "costs/decode_drivers.h"
#include "costs/subjects.h"

namespace reelbatch::planning {
namespace {

using contracts::ComponentCost;

constexpr std::string_view kCuts = "cut_detection";
constexpr std::string_view kFlow = "core_optical_flow";

std::string PartsOption(const contracts::CutParts& parts) {
  return fmt::format("{}", fmt::join(contracts::PartNames(parts), ","));
}

/// The others' units are priced by the batch.
bool IsPerVideo(std::string_view component) { return component == kCuts || component == kFlow; }

struct Priced {
  contracts::CostSubject subject;
  std::string measured_by;
};

Priced SubjectOf(const std::string& component, const PricedVideo& video) {
  if (component == kFlow) {
    return {
        .subject = costs::OpticalFlowSubject(video.knobs.flow_max_side),
        .measured_by = "reelbatch bench matrix --part core_optical_flow --input real --out DIR"};
  }
  return {.subject = costs::CutDetectionSubject(video.knobs),
          .measured_by = fmt::format(
              "reelbatch bench matrix --part {} --presets {} --input real --out DIR",
              PartsOption(video.knobs.parts), contracts::PresetName(video.knobs.preset))};
}

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

  ComponentCost Of(const std::string& component) const {
    Priced priced = SubjectOf(component, video_);
    const double pairs = frames_ ? std::max(0.0, frames_->analysed - 1) : 0;
    const std::string preset = priced.subject.preset;
    return Price(QueryOf(std::move(priced), video_.width, video_.height), preset, pairs);
  }

 private:
  costs::CostQuery QueryOf(Priced priced, int width, int height) const {
    return {.component = std::move(priced.subject.component),
            .component_part = std::move(priced.subject.component_part),
            .knobs = std::move(priced.subject.knobs),
            .width = width,
            .height = height,
            .device = video_.device,
            .concurrency = video_.concurrency,
            .measured_by = std::move(priced.measured_by)};
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
      cost.predicted_from = "the container does not say how many frames there are";
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
  return frames;
}

std::vector<ComponentCost> PriceVideo(const costs::Registry& registry, const PricedVideo& video) {
  const Pricer pricer(registry, video);
  std::vector<ComponentCost> costs{pricer.Decode()};
  for (const std::string& component : video.config.components) {
    if (IsPerVideo(component)) costs.push_back(pricer.Of(component));
  }
  return costs;
}

}  // namespace reelbatch::planning
