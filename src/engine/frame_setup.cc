#include "engine/frame_setup.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "media/frame_sampler.h"

namespace reelbatch::engine {
namespace {

using components::ComponentDefinition;
using components::SamplingOf;
using contracts::FrameChoice;
using contracts::RunConfig;

bool Runs(const RunConfig& config, std::string_view name) {
  return std::ranges::find(config.components, name) != config.components.end();
}

/// The first option that says something of the choice.
std::string OptionOf(const FrameChoice& choice) {
  if (choice.analysis_fps) return "--analysis-fps";
  return choice.analysis_width ? "--analysis-width" : "--analysis-height";
}

base::Status CheckChoice(const RunConfig& config, const Catalog& catalog, const std::string& name,
                         const FrameChoice& choice) {
  const ComponentDefinition* const definition = catalog.Find(name);
  if (definition == nullptr || !Runs(config, name)) {
    return base::Fail(base::Code::kInvalidArgument,
                      fmt::format("names {}, which is not a component of this run ({}); add it to "
                                  "the components, or leave it out",
                                  name, fmt::join(config.components, ", ")),
                      OptionOf(choice));
  }
  if (!components::SeesPictures(*definition)) {
    return base::Fail(base::Code::kInvalidArgument,
                      fmt::format("names {}, which does not analyse frames; leave it out", name),
                      OptionOf(choice));
  }
  if (choice.analysis_fps && !definition->looks_at_frames) {
    return base::Fail(base::Code::kInvalidArgument,
                      fmt::format("names {}, which gets its frames from a second pass and has no "
                                  "frame rate; leave it out",
                                  name),
                      OptionOf(choice));
  }
  return media::ValidateSampling(SamplingOf(*definition, config));
}

/// Empties `field` where that changes nothing.
template <class T>
void Tidy(RunConfig& config, const ComponentDefinition& definition, std::optional<T>& field) {
  const contracts::Sampling with = SamplingOf(definition, config);
  const std::optional<T> was = std::exchange(field, std::nullopt);
  if (SamplingOf(definition, config) != with) field = was;
}

base::Status CheckRequired(const RunConfig& config, const Catalog& catalog,
                           const ComponentDefinition& definition) {
  const auto others = OtherFrames(config, catalog, definition);
  for (const contracts::ComponentKnob& knob : definition.knobs) {
    if (knob.type != contracts::KnobType::kReuse ||
        contracts::ReuseOf(config, knob) != contracts::Reuse::kRequire)
      continue;
    const auto other = others.find(knob.other);
    if (other == others.end()) continue;
    return base::Fail(
        base::Code::kInvalidArgument,
        fmt::format("{0} analyses {1} and {2} analyses {3}, but {2} can use only a result for the "
                    "same frames: give both the same analysis-fps, or use prefer-{4} instead",
                    knob.other, other->second, definition.name,
                    contracts::FramesText(SamplingOf(definition, config)), knob.option),
        fmt::format("--require-{}", knob.option));
  }
  return {};
}

}  // namespace

runtime::FrameRequests FrameRequestsOf(const RunConfig& config, const Catalog& catalog) {
  runtime::FrameRequests requests;
  for (const std::string& name : config.components) {
    const ComponentDefinition* const definition = catalog.Find(name);
    if (!components::SeesPictures(*definition)) continue;
    media::FrameRequest& request = requests[name];
    request.sampling = SamplingOf(*definition, config);
    if (definition->thumbnail)
      request.thumbnail = media::FrameSize{.width = definition->thumbnail->width,
                                           .height = definition->thumbnail->height};
  }
  return requests;
}

std::map<std::string, std::string, std::less<>> OtherFrames(const RunConfig& config,
                                                            const Catalog& catalog,
                                                            const ComponentDefinition& definition) {
  std::map<std::string, std::string, std::less<>> others;
  const contracts::Sampling own = SamplingOf(definition, config);
  for (const std::string& name : config.components) {
    const ComponentDefinition* const other = catalog.Find(name);
    if (other == nullptr || !other->looks_at_frames) continue;
    const contracts::Sampling theirs = SamplingOf(*other, config);
    if (!contracts::TakesSameFrames(own, theirs))
      others.emplace(name, contracts::FramesText(theirs));
  }
  return others;
}

base::Status SettleFrames(RunConfig& config, const Catalog& catalog) {
  for (const auto& [name, choice] : config.sampling_of) {
    if (auto good = CheckChoice(config, catalog, name, choice); !good) return good;
  }
  for (auto& [name, choice] : config.sampling_of) {
    const ComponentDefinition& definition = *catalog.Find(name);
    Tidy(config, definition, choice.analysis_fps);
    Tidy(config, definition, choice.every);
    Tidy(config, definition, choice.analysis_width);
    Tidy(config, definition, choice.analysis_height);
  }
  std::erase_if(config.sampling_of, [](const auto& one) { return one.second == FrameChoice{}; });
  for (const std::string& name : config.components) {
    if (auto good = CheckRequired(config, catalog, *catalog.Find(name)); !good) return good;
  }
  return {};
}

}  // namespace reelbatch::engine
