#pragma once

#include <filesystem>
#include <memory>

#include "base/cancel.h"
#include "base/result.h"
#include "contracts/video.h"
#include "media/decoded_source.h"
#include "media/video_reader.h"

namespace reelbatch::media {

/// Pictures per second if Sampling::picture_fps is not set.
inline constexpr double kDefaultPictureFps = 25;

/// The rate as a fraction: 23.976, 29.97 and the like become 24000/1001, 30000/1001.
contracts::Rational PictureRate(const contracts::Sampling& sampling);

/// As Probe(), for a path of a picture sequence (base::NamesPictures()): decodes the first picture
/// that it can.
base::Result<contracts::VideoInfo> ProbePictures(const std::filesystem::path& path,
                                                 const contracts::Sampling& sampling,
                                                 const base::CancelToken* cancel);

/// As OpenVideo() and OpenDecoded(), for such a path. Picture k is frame k at k / rate seconds.
///
/// Note [Broken pictures]: a picture that cannot be decoded shows the one before it again (the
/// first that can be, at the beginning), so that no later frame moves, and counts as a decode error
/// at its frame; the report names its file.
base::Result<std::unique_ptr<DecodedSource>> OpenPictures(const std::filesystem::path& path,
                                                          const ReaderOptions& options);

}  // namespace reelbatch::media
