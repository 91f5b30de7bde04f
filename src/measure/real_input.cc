#include "measure/real_input.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "media/video_reader.h"

namespace reelbatch::measure {
namespace {

namespace fs = std::filesystem;

// Every seam is a cut, and pairs at cuts cost more: stretches as long as short shots keep them as
// rare as they are.
constexpr int kStretchFrames = 32;
constexpr double kMostSeconds = 60;  // to be decoded on the way to a stretch

/// Copies samples of the same size; false: they are not.
bool CopyPlanes(const image::FrameView& from, FrameStack& stack, int frame) {
  const std::array<image::ImageView<uint8_t>, 3> planes = {from.y, from.u, from.v};
  for (int p = 0; p < 3; ++p) {
    const image::ImageView<uint8_t>& plane = planes.at(static_cast<size_t>(p));
    if (plane.width != stack.plane_width(p) || plane.height != stack.plane_height(p)) return false;
    for (int y = 0; y < plane.height; ++y) {
      std::memcpy(stack.row(frame, p, y), plane.row(y), static_cast<size_t>(plane.width));
    }
  }
  return true;
}

void CopyFrame(FrameStack& stack, int from, int to) {
  CopyPlanes(stack.frame(from).view, stack, to);
}

struct Stretch {
  fs::path video;
  double share = 0;  // of the video's seconds, where it starts
  int frames = 0;
};

/// Decodes a stretch into the frames from `first` on. Answers how many there were.
base::Result<int> ReadStretch(FrameStack& stack, int first, const Stretch& stretch,
                              const base::CancelToken& cancel) {
  const auto info = media::Probe(stretch.video, {}, &cancel);
  if (!info) return std::unexpected(info.error());
  const double seconds = std::min(info->duration_s.value_or(0), kMostSeconds);
  const contracts::Sampling sampling{.analysis_width = stack.shape().width,
                                     .analysis_height = stack.shape().height,
                                     .start_s = stretch.share * seconds};
  auto source = media::OpenVideo(stretch.video, {.sampling = sampling, .cancel = &cancel});
  if (!source) return std::unexpected(source.error());
  int read = 0;
  while (read < stretch.frames) {
    const auto frame = (*source)->Next();
    if (!frame) return std::unexpected(frame.error());
    if (*frame == nullptr) break;
    if (!CopyPlanes((*frame)->view, stack, first + read)) {
      return base::Fail(
          base::Code::kInvalidArgument,
          "does not have 4:2:0 frames, but only these can be measured; name another video",
          stretch.video.string());
    }
    ++read;
  }
  return read;
}

}  // namespace

base::Status FillFromVideos(FrameStack& stack, std::span<const fs::path> videos,
                            const base::CancelToken& cancel) {
  if (videos.empty()) return base::Fail(base::Code::kInvalidArgument, "name at least one video");
  const int count = std::max(1, stack.frames() / kStretchFrames);
  const int of_video = std::min(count, static_cast<int>(videos.size()));
  const int rounds = (count + of_video - 1) / of_video;
  int filled = 0;
  for (int i = 0; i < count; ++i) {
    const int round = i / of_video;
    const size_t video =
        static_cast<size_t>(i % of_video) * videos.size() / static_cast<size_t>(of_video);
    const Stretch stretch{.video = videos[video],
                          .share = static_cast<double>(round) / rounds,
                          .frames = stack.frames() * (i + 1) / count - stack.frames() * i / count};
    const auto read = ReadStretch(stack, filled, stretch, cancel);
    if (!read) return std::unexpected(read.error());
    filled += *read;
  }
  if (filled == 0)
    return base::Fail(base::Code::kCorrupt, "no frame could be decoded", videos.front().string());
  for (int frame = filled; frame < stack.frames(); ++frame) CopyFrame(stack, frame - filled, frame);
  return {};
}

}  // namespace reelbatch::measure
