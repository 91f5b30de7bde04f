#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "base/result.h"
#include "contracts/video.h"
#include "image/frame.h"

namespace reelbatch::media {

struct WriterOptions {
  std::string codec =
      "libx264";  // FFmpeg's encoder name: libx264, mpeg2video, libvpx-vp9, mpeg4, ffv1, mjpeg ...
  int width = 0;
  int height = 0;
  contracts::Rational fps{25, 1};
  int crf = 20;       // where the encoder has one
  int gop = 0;        // frames between keyframes; 0: the encoder's default
  int b_frames = -1;  // -1: the encoder's default
  contracts::Rational sar{1, 1};
};

/// Encodes 4:2:0 frames with 8 bits to a file. The extension of the file decides the container. One
/// thread encodes, so that the same frames give the same bytes. Threads: one caller at a time.
class VideoWriter {
 public:
  virtual ~VideoWriter() = default;
  /// Writes a frame of options.width x options.height samples, 4:2:0, limited range, BT.601. `pts`
  /// counts steps of 1 / fps seconds and must increase. Errors: io, internal.
  virtual base::Status Write(const image::FrameView& frame, int64_t pts) = 0;
  /// Writes the last frames and the trailer. The file is complete only after this call. Errors: io,
  /// internal.
  virtual base::Status Finish() = 0;
};

/// Errors: invalid_argument (unknown codec or container, odd size), io.
base::Result<std::unique_ptr<VideoWriter>> CreateVideo(const std::filesystem::path& path,
                                                       const WriterOptions& options);

}  // namespace reelbatch::media
