#pragma once

#include <filesystem>
#include <memory>

#include "base/result.h"
#include "media/av.h"
#include "media/frame_request.h"
#include "media/picture_colours.h"
#include "media/video_reader.h"

namespace reelbatch::media {

/// Frames as the decoder made them, with the indices and times that every other source of the same
/// video gives. The views of its frames may be empty.
class DecodedSource : public RequestedSource {
 public:
  /// The picture of the frame that Next() gave; lives until the next call.
  virtual const AVFrame& picture() const = 0;
  /// How it is to be read: the stream's word, else the frame's.
  virtual PictureColours colours() const = 0;
  /// The stream they come from.
  virtual const AVStream* stream() const = 0;
};

/// Errors as OpenVideo(). Of the sampling the range and the stream are followed.
base::Result<std::unique_ptr<DecodedSource>> OpenDecoded(const std::filesystem::path& path,
                                                         const ReaderOptions& options);

}  // namespace reelbatch::media
