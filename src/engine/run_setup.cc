#include "engine/run_setup.h"

#include <algorithm>
#include <utility>

#include "engine/frame_setup.h"
#include "media/audio_reader.h"
#include "media/frame_sampler.h"
#include "media/range_reader.h"
#include "media/seek_reader.h"
#include "media/video_reader.h"
#include "planning/preset.h"

namespace reelbatch::engine {

using contracts::Overload;
using contracts::RunConfig;

contracts::PresetChoice PresetFor(const RunConfig& config, const contracts::VideoInfo& info) {
  const media::FrameSize part =
      media::PartSize({.width = info.width, .height = info.height}, config.sampling);
  return planning::ChoosePreset(config.preset, part.width, part.height, config.overload);
}

components::VideoRequest RequestFor(const RunConfig& config, const Catalog& catalog,
                                    const components::ComponentDefinition& definition,
                                    const contracts::VideoInfo& info,
                                    const std::vector<std::string>& earlier) {
  components::VideoRequest request{.config = config,
                                   .info = info,
                                   .preset = PresetFor(config, info),
                                   .other_frames = OtherFrames(config, catalog, definition)};
  request.config.sampling = components::SamplingOf(definition, config);
  request.config.sampling_of.clear();
  for (const std::string& other : earlier) {
    if (std::ranges::find(config.components, other) == config.components.end())
      request.config.components.push_back(other);
  }
  return request;
}

runtime::RunDependencies MakeDependencies(const contracts::RunConfig& config,
                                          const Catalog& catalog) {
  runtime::RunDependencies dependencies;
  dependencies.probe = [sampling = config.sampling](const std::filesystem::path& path,
                                                    const base::CancelToken* cancel) {
    return media::Probe(path, sampling, cancel);
  };
  dependencies.open = [](const std::filesystem::path& path, const media::ReaderOptions& options) {
    return media::OpenRequested(path, options);
  };
  dependencies.open_audio = media::OpenAudio;
  dependencies.plan_ranges = media::PlanRanges;
  dependencies.open_range = media::OpenRangeReader;
  dependencies.open_seek = [](const std::filesystem::path& path,
                              const media::ReaderOptions& options) {
    return media::OpenSeekReader(path, options);
  };
  for (const components::ComponentDefinition& definition : catalog.components())
    dependencies.specs.push_back(components::SpecOf(definition, config));
  dependencies.frames = FrameRequestsOf(config, catalog);
  dependencies.make_components = [config, catalog](const runtime::MakeRequest& wanted) {
    RunConfig of_video = config;
    if (of_video.overload == Overload::kDeadline && !wanted.fast)
      of_video.overload = Overload::kNone;
    std::vector<std::string> earlier;
    for (const auto& [other, result] : wanted.earlier.results) earlier.push_back(other);
    std::vector<std::unique_ptr<components::Component>> made;
    for (const std::string& name : config.components) {
      const components::ComponentDefinition& definition = *catalog.Find(name);
      made.push_back(
          definition.make(RequestFor(of_video, catalog, definition, wanted.info, earlier)));
    }
    return made;
  };
  return dependencies;
}

runtime::RunOptions MakeRunOptions(const contracts::RunConfig& config, const WorkOptions& work,
                                   int threads, const measure::Machine& machine) {
  runtime::RunOptions options;
  options.threads = threads > 0 ? threads : machine.cores_allowed;
  options.videos_in_flight = work.videos_in_flight;
  options.max_memory_bytes =
      work.max_memory_bytes > 0 ? work.max_memory_bytes : machine.memory_available / 2;
  options.stall_timeout = work.stall_timeout;
  options.fail_fast = work.fail_fast;
  options.sampling = config.sampling;
  options.skip_loop_filter = contracts::SkipsLoopFilter(config);
  return options;
}

}  // namespace reelbatch::engine
