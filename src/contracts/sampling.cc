#include <fmt/format.h>

#include "contracts/run_config.h"
#include "contracts/video.h"

namespace reelbatch::contracts {

bool TakesSameFrames(const Sampling& a, const Sampling& b) {
  return a.analysis_fps == b.analysis_fps && a.every.value_or(1) == b.every.value_or(1) &&
         a.start_s == b.start_s && a.end_s == b.end_s && a.stream == b.stream &&
         a.picture_fps == b.picture_fps;
}

std::string FramesText(const Sampling& sampling) {
  if (sampling.analysis_fps) return fmt::format("{:g} frames per second", *sampling.analysis_fps);
  if (sampling.every.value_or(1) > 1) return fmt::format("one frame in {}", *sampling.every);
  return "every frame";
}

Sampling SamplingOf(const RunConfig& config, std::string_view component, const FrameChoice& own) {
  Sampling sampling = config.sampling;
  if (const auto set = config.sampling_of.find(component); set != config.sampling_of.end()) {
    const FrameChoice& choice = set->second;
    if (choice.analysis_fps) sampling.analysis_fps = choice.analysis_fps;
    if (choice.every) sampling.every = choice.every;
    if (choice.analysis_width) sampling.analysis_width = choice.analysis_width;
    if (choice.analysis_height) sampling.analysis_height = choice.analysis_height;
  }
  if (!sampling.analysis_fps && !sampling.every) {
    sampling.analysis_fps = own.analysis_fps;
    sampling.every = own.every;
  }
  if (!sampling.analysis_width && !sampling.analysis_height) {
    sampling.analysis_width = own.analysis_width;
    sampling.analysis_height = own.analysis_height;
  }
  return sampling;
}

}  // namespace reelbatch::contracts
