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

/// A part of a video that can be decoded without the other parts: from one keyframe up to that of
/// the next range. Times are ticks of the stream's time base.
struct KeyframeRange {
  std::optional<int64_t> first_pts;  // none: the video's first frame
  std::optional<int64_t> end_pts;    // of the first frame behind it; none: to the end
};

/// How several threads can decode a video. With fewer than two ranges, they cannot.
struct RangePlan {
  contracts::VideoInfo info;
  double tick_s = 0;  // the time base
  std::vector<KeyframeRange> ranges;
};

/// Whether it is worth opening the file to plan ranges. It depends on the facts of the probe, and
/// there must be one request only. Empty `requests` mean one request for every frame as it is.
bool MayHaveRanges(const contracts::VideoInfo& info, const std::vector<FrameRequest>& requests,
                   double range_s);

/// Plans ranges of about `range_s` seconds each, for one request. There are ranges only if every
/// frame is analysed, and if the container counts its frames (as MP4 does), so that a frame that is
/// lost between two ranges is noticed. Errors: as OpenVideo().
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

  /// Starts a range. A range without first_pts must be the first one.
  virtual base::Status Begin(const KeyframeRange& range) = 0;

  /// The next frame of the range. After its last frame comes the first frame of the next range, and
  /// then null. `index` counts from 0, and `pts_s` is the time of the container. The samples are
  /// valid until the next call. Errors: cancelled, out_of_memory, io, corrupt (see above).
  virtual base::Result<const image::StampedFrame*> Next() = 0;

  /// Whether the frame that Next() gave is the first one of the next range.
  virtual bool behind() const = 0;

  /// A checksum of the luma of the frame that Next() gave.
  virtual uint32_t PictureSum() const = 0;

  /// At least one frame so far said so.
  virtual bool interlaced() const = 0;
};

/// For one request. Errors as OpenVideo().
base::Result<std::unique_ptr<RangeReader>> OpenRangeReader(const std::filesystem::path& path,
                                                           const ReaderOptions& options);

/// Joins the frames of all ranges, so that they are those of a video that was decoded as a whole.
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
