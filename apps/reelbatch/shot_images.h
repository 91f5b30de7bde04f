#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/cancel.h"
#include "base/result.h"
#include "contracts/event_list.h"
#include "media/video_stills.h"

namespace reelbatch::app {

struct ImageOptions {
  std::filesystem::path folder;
  std::string extension = ".jpg";  // or ".png"
  int count = 3;                   // per shot
};

/// Frames of a half-open shot that show it, ascending: one is the middle, two are the first and the
/// last, more lie evenly between those. A shot shorter than `count` repeats frames. Example: [10,
/// 20), 3 -> 10, 15, 19.
std::vector<contracts::FrameIndex> FramesOfShot(const contracts::Shot& shot, int count);

/// "clip-Scene-001-01": PySceneDetect's naming. Both numbers count from 1.
std::string ImageName(const std::string& stem, size_t scene, size_t scenes, int image);

/// Decodes the video once more and writes the pictures of its shots, upright and with square
/// pixels. Errors: io, corrupt (a frame did not come again: the file changed), cancelled.
base::Result<media::WrittenStills> WriteShotImages(const std::filesystem::path& video,
                                                   const std::string& stem,
                                                   const contracts::Sampling& sampling,
                                                   const contracts::EventList& record,
                                                   const ImageOptions& options,
                                                   const base::CancelToken& cancel);

}  // namespace reelbatch::app
