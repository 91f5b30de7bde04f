#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace reelbatch::contracts {

/// Index of a decoded frame of the source, in presentation order, from 0.
using FrameIndex = int64_t;

struct Rational {
  int64_t num = 0;
  int64_t den = 1;
  double value() const {
    return den == 0 ? 0.0 : static_cast<double>(num) / static_cast<double>(den);
  }
  friend bool operator==(const Rational&, const Rational&) = default;
};

/// The timecode that a source carries for its first frame: a QuickTime `tmcd` track, MXF, an MPEG
/// GOP header.
struct SourceTimecode {
  std::string text;         // "01:00:00:00"; "01:00:00;00" where drop_frame
  bool drop_frame = false;  // frame numbers are dropped, SMPTE 12M
  Rational rate{0, 1};      // frames per second that the track counts; 0/1 where it does not say
  friend bool operator==(const SourceTimecode&, const SourceTimecode&) = default;
};

/// What a container and its codec parameters say, before any frame is decoded.
struct VideoInfo {
  std::string container;     // FFmpeg's demuxer name, e.g. "mov,mp4,m4a,3gp,3g2,mj2"
  std::string codec;         // e.g. "h264"
  std::string pixel_format;  // e.g. "yuv420p"
  int stream_index = 0;      // index in the container
  int video_streams = 1;     // video streams that are not attached pictures
  int width = 0;             // px as coded, before rotation and SAR
  int height = 0;
  Rational sar{1, 1};
  int rotation_deg = 0;     // clockwise turn a player applies: 0, 90, 180 or 270
  Rational avg_fps;         // 0/1 where unknown
  Rational nominal_fps;     // the container's base rate; 0/1 where unknown
  double start_time_s = 0;  // of this stream, on the container's clock
  double player_start_s =
      0;  // earliest start of any video or sound stream: where players count from
  std::optional<SourceTimecode> timecode;
  std::optional<double> duration_s;
  std::optional<int64_t> frames_expected;  // from the container, else duration x rate, else none
  int64_t file_bytes = 0;
  int64_t stream_bytes = 0;  // of the stream alone; 0: the container does not say
  std::string profile;       // FFmpeg's name, "High"; empty: not known
  bool reorders = false;     // has B-frames or the like: coded in another order than shown
  int bit_depth = 8;
  bool full_range = false;
  bool bt709 = false;  // else BT.601
  bool alpha = false;
  bool interlaced = false;
  bool has_audio = false;
  int reference_frames =
      0;  // that the decoder may keep, by the codec's rules and the stream's level
};

/// One of several files that are read as one timeline.
struct SourcePart {
  std::string path;            // as it was named
  FrameIndex first_frame = 0;  // of the joined timeline
  int64_t frames = 0;
  double start_s = 0;  // of first_frame, on the joined clock
  VideoInfo info;
};

/// What decoding found out. Counts cover the frames decoded, also where fewer were analysed.
struct DecodeReport {
  int64_t frames_decoded = 0;
  std::optional<int64_t> frames_expected;
  /// Packets or frames the demuxer or decoder called damaged.
  int64_t decode_errors = 0;
  /// Frames next to which an error lies, ascending, without repeats, at most kMaxErrorFrames.
  std::vector<FrameIndex> error_frames;
  static constexpr size_t kMaxErrorFrames = 4096;
  int64_t missing_pts = 0;   // frames whose time had to be derived
  int64_t repaired_pts = 0;  // frames whose own time was wrong, or of a clock that was set anew
  std::optional<FrameIndex> size_changed_at;
  FrameIndex end_frame = 0;            // one past the last decoded frame before Sampling::end_s
  double last_pts_s = 0;               // PTS of that frame
  std::optional<double> past_range_s;  // PTS of the first frame at or past Sampling::end_s
  Rational rate{0,
                1};  // that all frame times are multiples of, as observed; 0/1 where there is none
  std::vector<SourcePart> parts = {};  // in order, where several files are one timeline
  bool vfr = false;                    // frame durations differ by more than rounding
  bool interlaced = false;             // at least one decoded frame says so
  bool truncated = false;   // it ended early, by demuxer, decoder or the stream's own end
  std::string first_error;  // FFmpeg's own words for the first one
  /// The decoder logged an error, also where it flagged no frame. With frame threads it may have
  /// concealed something in another way than one thread would.
  bool decoder_complained = false;
};

/// The frames that were analysed. Both have one entry per frame of the timeline.
struct Timeline {
  std::vector<FrameIndex> frame_indices;  // strictly ascending
  std::vector<double> pts_s;              // container PTS in seconds, strictly ascending
  size_t size() const { return frame_indices.size(); }
  size_t pairs() const { return size() < 2 ? 0 : size() - 1; }
};

/// px of the frame as decoded, before any turn or scaling.
struct CropRect {
  int x = 0;
  int y = 0;
  int width = 0;
  int height = 0;
  friend bool operator==(const CropRect&, const CropRect&) = default;
};

/// Which frames are analysed and at what size. Nothing set: every frame as it is.
struct Sampling {
  // "= std::nullopt" lets designated initialisers name a few fields without a warning.
  std::optional<double> analysis_fps = std::nullopt;
  std::optional<int> analysis_width = std::nullopt;  // only one given: the other keeps the aspect
  std::optional<int> analysis_height = std::nullopt;
  /// Every N-th frame of the range, from its first one on. Not beside analysis_fps.
  std::optional<int> every = std::nullopt;
  std::optional<double> start_s =
      std::nullopt;  // from VideoInfo::player_start_s; the range is half-open
  std::optional<double> end_s = std::nullopt;
  std::optional<int> stream =
      std::nullopt;  // index in the container; none: FFmpeg's best video stream
  std::optional<CropRect> crop = std::nullopt;       // none: the whole frame
  std::optional<double> picture_fps = std::nullopt;  // of image sequences, which have no clock
  friend bool operator==(const Sampling&, const Sampling&) = default;
};

/// The part of a sampling that every component may have of its own. What is not set is left to
/// whoever else has a say.
struct FrameChoice {
  std::optional<double> analysis_fps = std::nullopt;
  std::optional<int> analysis_width = std::nullopt;
  std::optional<int> analysis_height = std::nullopt;
  std::optional<int> every = std::nullopt;
  friend bool operator==(const FrameChoice&, const FrameChoice&) = default;
};

/// Whether both take the same frames of a video, whatever their size, as far as the settings say.
bool TakesSameFrames(const Sampling& a, const Sampling& b);

/// "every frame", "5 frames per second", "one frame in 10".
std::string FramesText(const Sampling& sampling);

}  // namespace reelbatch::contracts
