#include "apps/reelbatch/shot_images.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/atomic_file.h"
#include "media/stills.h"
#include "media/video_reader.h"

namespace reelbatch::app {

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

base::Result<int> WriteShotImages(const std::filesystem::path& video, const std::string& stem,
                                  const contracts::Sampling& sampling,
                                  const store::CutsRecord& record, const ImageOptions& options,
                                  const base::CancelToken& cancel) {
  std::multimap<contracts::FrameIndex, std::string> wanted;
  for (size_t i = 0; i < record.shots.size(); ++i) {
    int image = 0;
    for (const contracts::FrameIndex frame : FramesOfShot(record.shots[i], options.count)) {
      wanted.emplace(frame, ImageName(stem, i + 1, record.shots.size(), ++image));
    }
  }
  if (wanted.empty()) return 0;
  if (const auto made = base::MakeFolders(options.folder); !made)
    return std::unexpected(made.error());

  // All frames, at their own size; one thread, so that a damaged file gives the frames that were
  // analysed.
  media::ReaderOptions reading;
  reading.cancel = &cancel;
  reading.sampling.start_s = sampling.start_s;
  reading.sampling.end_s = sampling.end_s;
  reading.sampling.stream = sampling.stream;
  reading.sampling.picture_fps = sampling.picture_fps;
  const auto source = media::OpenVideo(video, reading);
  if (!source) return std::unexpected(source.error());
  const media::StillOptions still{.rotation_deg = record.info.rotation_deg, .sar = record.info.sar};
  int written = 0;
  while (!wanted.empty()) {
    const auto frame = (*source)->Next();
    if (!frame) return std::unexpected(frame.error());
    if (*frame == nullptr) {
      return base::Fail(
          base::Code::kCorrupt,
          fmt::format("frame {} did not come again; the file has changed", wanted.begin()->first),
          video.native());
    }
    const auto [first, last] = wanted.equal_range((*frame)->index);
    for (auto it = first; it != last; ++it) {
      const std::filesystem::path path = options.folder / (it->second + options.extension);
      if (const auto drawn = media::WriteStill((*frame)->view, path, still); !drawn) {
        return std::unexpected(drawn.error());
      }
      ++written;
    }
    wanted.erase(first, last);
  }
  return written;
}

}  // namespace reelbatch::app
