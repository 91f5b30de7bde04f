#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

#include "base/result.h"
#include "contracts/video.h"
#include "image/frame.h"
#include "media/frame_clock.h"
#include "media/video_reader.h"

namespace reelbatch::media {

/// A stretch of a video that decodes by itself: from one keyframe to the next range's. Times are of
/// the stream's time base.
struct KeyframeRange {
  std::optional<int64_t> first_pts;  // none: the video's first frame
  std::optional<int64_t> end_pts;    // of the first frame behind it; none: to the end
};

/// How a video can be decoded side by side; fewer than two ranges: it cannot.
struct RangePlan {
  contracts::VideoInfo info;
  double tick_s = 0;  // the time base
  std::vector<KeyframeRange> ranges;
};

/// Whether planning is worth opening the file: by what a probe says of it, and where there is one
/// request. `requests`: none is one of every frame as it is.
bool MayHaveRanges(const contracts::VideoInfo& info, const std::vector<FrameRequest>& requests,
                   double range_s);

/// Ranges of about `range_s` seconds each, for one request. Only for containers that count their
/// frames (MP4 and its like), so that a frame that went missing at a seam shows, and where every
/// frame is looked at. Errors: as OpenVideo().
base::Result<RangePlan> PlanRanges(const std::filesystem::path& path, const ReaderOptions& options,
                                   double range_s);

/// Decodes ranges of one video, one after the other. Threads: one caller at a time.
///
/// Note [Seams]: pictures that the standard lets come after a keyframe in the file and before it on
/// the screen (open GOPs) need the range before: they are decoded there, by reading on until the
/// keyframe itself has come out, and dropped here. So every range but the last also gives the first
/// frame of the next: the same picture twice, which PictureSum() proves.
/// The HEVC decoder says nothing of such pictures; H.264's complains, and that counts as damage.
///
/// Whatever one decoder might treat otherwise than two (damage, missing or repeated times, a change
/// of size, a frame that is not where it was planned) is an error: the video is then decoded as a
/// whole.
class RangeReader {
 public:
  virtual ~RangeReader() = default;

  /// A range without first_pts only first of all.
  virtual base::Status Begin(const KeyframeRange& range) = 0;

  /// The next frame of the range, last of all the first one behind it; then null. `index` counts
  /// from 0, `pts_s` is the container's. The samples live until the next call.
  /// Errors: cancelled, out_of_memory, io, corrupt (see above).
  virtual base::Result<const image::StampedFrame*> Next() = 0;

  /// The frame that Next() gave is the one behind the range.
  virtual bool behind() const = 0;

  /// A checksum of the frame that Next() gave, luma alone.
  virtual uint32_t PictureSum() const = 0;

  /// At least one frame so far said so.
  virtual bool interlaced() const = 0;
};

/// For one request. Errors as OpenVideo().
base::Result<std::unique_ptr<RangeReader>> OpenRangeReader(const std::filesystem::path& path,
                                                           const ReaderOptions& options);

/// Joins the frames of all ranges, as if the video had been decoded in one go.
class RangeJoin {
 public:
  explicit RangeJoin(const RangePlan& plan);

  /// The next frame in order.
  image::FrameStamp Stamp(double container_s);

  /// After the last frame. Errors: corrupt (not as many frames as the container counts).
  base::Result<contracts::DecodeReport> Finish(bool interlaced) const;

  /// PTS of the newest frame minus that of the first.
  double position_s() const { return last_s_ - first_s_; }

 private:
  std::optional<int64_t> expected_;
  FrameClock clock_;
  contracts::FrameIndex frames_ = 0;
  double first_s_ = 0;
  double last_s_ = 0;
};

}  // namespace reelbatch::media
