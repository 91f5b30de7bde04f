#include "engine/run_setup.h"

#include <algorithm>
#include <utility>

#include "media/audio_reader.h"
#include "media/frame_sampler.h"
#include "media/range_reader.h"
#include "media/seek_reader.h"
#include "media/video_reader.h"
#include "planning/preset.h"

namespace reelbatch::engine {

using contracts::Overload;
using contracts::RunConfig;

components::VideoRequest RequestFor(const RunConfig& config, const contracts::VideoInfo& info) {
  const media::FrameSize part =
      media::PartSize({.width = info.width, .height = info.height}, config.sampling);
  return {
      .config = config,
      .info = info,
      .preset = planning::ChoosePreset(config.preset, part.width, part.height, config.overload)};
}

runtime::RunDependencies MakeDependencies(const contracts::RunConfig& config,
                                          const Catalog& catalog) {
  runtime::RunDependencies dependencies;
  dependencies.probe = [sampling = config.sampling](const std::filesystem::path& path,
                                                    const base::CancelToken* cancel) {
    return media::Probe(path, sampling, cancel);
  };
  dependencies.open = [](const std::filesystem::path& path, const media::ReaderOptions& options) {
    return media::OpenVideo(path, options);
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
  for (const std::string& name : config.components) {
    if (const auto thumbnail = catalog.Find(name)->thumbnail) dependencies.thumbnail = thumbnail;
  }
  dependencies.make_components = [config, catalog](const runtime::MakeRequest& wanted) {
    RunConfig of_video = config;
    if (of_video.overload == Overload::kDeadline && !wanted.fast)
      of_video.overload = Overload::kNone;
    for (const auto& [other, result] : wanted.earlier.results) {
      if (std::ranges::find(of_video.components, other) == of_video.components.end())
        of_video.components.push_back(other);
    }
    std::vector<std::unique_ptr<components::Component>> made;
    const components::VideoRequest request = RequestFor(of_video, wanted.info);
    for (const std::string& name : config.components)
      made.push_back(catalog.Find(name)->make(request));
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
