#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "contracts/video.h"
#include "media/av.h"
#include "media/error_marks.h"
#include "media/frame_clock.h"
#include "media/frame_converter.h"
#include "media/frame_limit.h"
#include "media/packet_queue.h"
#include "media/packet_stamps.h"
#include "media/picture_colours.h"
#include "media/stream_packets.h"
#include "media/video_reader.h"

namespace reelbatch::media {

/// Decodes a video stream to its end, through damage, as ffmpeg's command line does. Threads: one
/// caller at a time.
class StreamDecoder {
 public:
  /// Errors: corrupt (the decoder refuses the stream), out_of_memory.
  static base::Result<std::unique_ptr<StreamDecoder>> Open(std::unique_ptr<StreamPackets> packets,
                                                           const ReaderOptions& options);

  /// The next frame in presentation order, or null at the end; it lives until the next call.
  /// Errors: cancelled, out_of_memory, io.
  base::Result<const AVFrame*> Next();

  /// The frame that Next() gave, cropped as ffmpeg's command line crops it: for the sake of
  /// alignment up to 63 columns at the left may stay that are not to be seen. Only with
  /// where a request wants a thumbnail; lives as long as the frame.
  const AVFrame& loosely_cropped() const { return has_loose_ ? *loose_ : *frame_; }

  /// The frame that was larger than ReaderOptions::largest.
  std::optional<FrameSize> refused_size() const { return limit_.refused(); }

  const contracts::VideoInfo& info() const { return source_->info(); }
  /// As StreamPackets::stream().
  const AVStream& stream() const { return source_->stream(); }
  AVRational time_base() const { return source_->time_base(); }
  const std::filesystem::path& path() const { return source_->path(); }
  /// FFmpeg's first log line, whether or not anything was counted as damage.
  std::string first_log_line() const { return source_->log().first_error(); }

  /// How the samples of a frame are to be read: the stream's word, else the frame's, else the guess
  /// that info() carries too.
  SampleMeaning MeaningOf(const AVFrame& frame) const;
  /// The same in full and without a guess. Where the frames' own word changes on the way, it is
  /// right and the stream's, which is of the first frames, is not.
  PictureColours ColoursOf(const AVFrame& frame) const;

  /// When the frame that Next() gave is to be shown, seconds on the container's clock, before
  /// anything is mended; none where the file does not say.
  std::optional<double> stamp_s() const;

  /// What is known of that stamp; reads packets ahead of the decoder for it. The answer does not
  /// depend on threads. Errors: cancelled, out_of_memory, io.
  base::Result<StampWitness> Witness();

  /// Goes on from the keyframe at `pts`, or one before it, as if nothing had been decoded before.
  /// Pictures before it on the screen are not counted by Report(). Not of a file that is shared.
  /// Errors: corrupt.
  base::Status Seek(int64_t pts);

  /// Gives the decoder's memory back, and wants no more packets: Next() is not called any more.
  void FreeDecoder() {
    codec_.reset();
    source_->Stop();
  }

  /// What is known of damage so far: decode_errors, error_frames, truncated, frames_decoded,
  /// interlaced, first_error.
  void Report(contracts::DecodeReport& report) const;
  /// Whether the container itself counts its frames, rather than length times rate.
  bool frames_are_counted() const;

 private:
  explicit StreamDecoder(std::unique_ptr<StreamPackets> packets) : source_(std::move(packets)) {}
  base::Status OpenDecoder(const ReaderOptions& options);
  base::Status CheckSize() const;
  /// Gives the decoder its next packet, or tells it that none follows.
  base::Status Feed();
  base::Status ReadPacket(bool& end);
  /// Of what reading a packet answered.
  base::Status CheckRead(int result);
  void NoteLost(std::string_view reason, std::optional<int64_t> pts);
  /// Keeps FFmpeg's first log line, or `reason` where it logged nothing.
  void NoteReason(std::string_view reason);
  void NoteFrame();
  /// Where the decoder was told to leave cropping to us.
  base::Status Crop();
  bool Truncated() const;
  /// By the stream's own word (Note [What a container says of a stream's end]).
  bool EndsEarly(Container& container) const;
  std::optional<int64_t> StampOf(const AVFrame& frame);

  std::unique_ptr<StreamPackets> source_;
  FrameLimit limit_;  // outlives the codec, whose threads ask it
  AvCodecContext codec_;
  PictureColours declared_;                      // by the container alone
  std::optional<PictureColours> first_colours_;  // of the first frame
  PacketQueue queue_;
  PacketStamps stamps_;
  std::optional<int64_t> stamp_;  // of the newest frame
  uint32_t falls_ = 0;            // of the newest frames, whose stamps fell back: one bit each
  std::optional<int64_t> last_own_stamp_;
  AvPacket packet_;
  AvFrame frame_;
  AvFrame loose_;
  bool has_loose_ = false;
  ErrorMarks marks_;
  std::string first_error_;
  int64_t frames_ = 0;
  int64_t packets_ = 0;
  std::optional<int64_t> last_end_pts_;  // the latest, by the stamps as they are
  int read_errors_in_a_row_ = 0;
  int decode_errors_in_a_row_ = 0;
  std::optional<int64_t> entry_pts_;  // of the keyframe that decoding was entered at
  bool interlaced_ = false;
  bool last_packet_damaged_ = false;
  bool ended_by_error_ = false;
  bool gave_up_ = false;  // the decoder only fails
  bool draining_ = false;
  bool at_end_ = false;
};

}  // namespace reelbatch::media
