#include "apps/reelbatch/shot_images.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/atomic_file.h"

namespace reelbatch::app {

namespace {

media::StillOptions StillOf(const contracts::VideoInfo& info) {
  return {.rotation_deg = info.rotation_deg, .sar = info.sar};
}

/// Of several files that are one timeline, each is decoded for its own pictures. The range of the
/// sampling is the timeline's, and has chosen the frames already.
base::Result<media::WrittenStills> WriteOfParts(contracts::Sampling sampling,
                                                const contracts::EventList& record,
                                                const std::vector<media::StillRequest>& wanted,
                                                const base::CancelToken& cancel) {
  sampling.start_s.reset();
  sampling.end_s.reset();
  media::WrittenStills all;
  for (const contracts::SourcePart& part : record.decode.parts) {
    std::vector<media::StillRequest> of_part;
    for (const media::StillRequest& request : wanted) {
      const contracts::FrameIndex index = request.frame - part.first_frame;
      if (index >= 0 && index < part.frames) of_part.push_back({index, request.output});
    }
    if (of_part.empty()) continue;
    const auto written =
        media::WriteStills(part.path, sampling, of_part, StillOf(part.info), &cancel);
    if (!written) return written;
    all.pictures += written->pictures;
    for (const std::string& warning : written->warnings) {
      if (std::ranges::find(all.warnings, warning) == all.warnings.end())
        all.warnings.push_back(warning);
    }
  }
  return all;
}

}  // namespace

std::vector<contracts::FrameIndex> FramesOfShot(const contracts::Shot& shot, int count) {
  const int64_t last = std::max<int64_t>(0, shot.end_frame - shot.start_frame - 1);
  std::vector<contracts::FrameIndex> frames;
  for (int i = 0; i < count; ++i) {
    const int64_t offset = count == 1 ? (last + 1) / 2 : (last * i + (count - 1) / 2) / (count - 1);
    frames.push_back(shot.start_frame + offset);
  }
  return frames;
}

std::string ImageName(const std::string& stem, size_t scene, size_t scenes, int image) {
  const size_t digits = std::max<size_t>(3, fmt::format("{}", scenes).size());
  return fmt::format("{}-Scene-{:0{}}-{:02}", stem, scene, digits, image);
}

base::Result<media::WrittenStills> WriteShotImages(const std::filesystem::path& video,
                                                   const std::string& stem,
                                                   const contracts::Sampling& sampling,
                                                   const contracts::EventList& record,
                                                   const ImageOptions& options,
                                                   const base::CancelToken& cancel) {
  std::vector<media::StillRequest> wanted;
  for (size_t i = 0; i < record.shots.size(); ++i) {
    int image = 0;
    for (const contracts::FrameIndex frame : FramesOfShot(record.shots[i], options.count)) {
      const std::string name = ImageName(stem, i + 1, record.shots.size(), ++image);
      wanted.push_back({frame, options.folder / (name + options.extension)});
    }
  }
  if (wanted.empty()) return media::WrittenStills{};
  if (const auto made = base::MakeFolders(options.folder); !made)
    return std::unexpected(made.error());
  if (!record.decode.parts.empty()) return WriteOfParts(sampling, record, wanted, cancel);
  return media::WriteStills(video, sampling, wanted, StillOf(record.info), &cancel);
}

}  // namespace reelbatch::app
