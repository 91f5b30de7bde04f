#pragma once

#include <filesystem>
#include <optional>

#include "base/result.h"
#include "media/av.h"
#include "media/frame_converter.h"
#include "media/frame_limit.h"
#include "media/log_capture.h"
#include "media/video_reader.h"

namespace reelbatch::media {

/// Decodes picture files one by one, each by its own content: PNG, JPEG, BMP, TIFF, WebP, DPX,
/// OpenEXR, PNM and what else FFmpeg has. Threads: one caller at a time.
class PictureDecoder {
 public:
  explicit PictureDecoder(const ReaderOptions& options) : options_(options) {}

  /// The picture, which lives until the next call.
  /// Errors: cancelled; out_of_memory (also a picture larger than options.largest: refused_size());
  /// io; corrupt (no picture, or a damaged one: the message says what it is).
  base::Result<const AVFrame*> Decode(const std::filesystem::path& file);

  /// FFmpeg's complaint about the picture that Decode() gave; empty: none.
  std::string complaint() const { return log_.first_error(); }
  std::optional<FrameSize> refused_size() const { return limit_.refused(); }
  /// Of the picture that was decoded last.
  const AVCodecContext& codec() const { return *codec_; }

 private:
  base::Status OpenCodec(AVCodecID id, const std::filesystem::path& file);
  base::Status Read(const std::filesystem::path& file);

  const ReaderOptions options_;
  LogCapture log_;
  FrameLimit limit_;  // outlives the codec, whose threads ask it
  AvCodecContext codec_;
  AvPacket packet_;
  AvFrame frame_;
};

}  // namespace reelbatch::media
