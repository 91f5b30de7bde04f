#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "media/av.h"
#include "media/stream_packets.h"

namespace reelbatch::media {

/// Decodes the sound that belongs to the video of a container. It continues after damage, up to the
/// end of the file. Threads: one caller at a time.
class AudioDecoder {
 public:
  /// Takes the container and reads only its sound from then on. Returns null if it has no sound.
  /// `stream` is the index of a sound track; without it, the track that belongs to the video is
  /// used.
  /// Errors: corrupt (FFmpeg cannot decode the sound; the message names the codec), out_of_memory.
  static base::Result<std::unique_ptr<AudioDecoder>> Open(std::unique_ptr<Container> container,
                                                          std::optional<int> stream = std::nullopt);
  /// Opens the sound that belongs to the video that `sampling` chooses. `shared` may be null.
  /// Errors: as Probe(), and those above.
  static base::Result<std::unique_ptr<AudioDecoder>> Open(const std::filesystem::path& path,
                                                          const contracts::Sampling& sampling,
                                                          const base::CancelToken* cancel,
                                                          const SharedFile* shared);

  /// The next frame, or null at the end. It is valid until the next call. Damaged frames are left
  /// out and counted. Errors: cancelled, io, out_of_memory.
  base::Result<const AVFrame*> Next();

  const StreamPackets& source() const { return *source_; }
  AVRational time_base() const { return source_->time_base(); }
  std::string codec_name() const { return avcodec_get_name(source_->parameters().codec_id); }
  const std::filesystem::path& path() const { return source_->path(); }
  /// The error of `averror`, as Container::Fail() makes it.
  std::unexpected<base::Error> Fail(int averror, std::string_view what) {
    return source_->Fail(averror, what);
  }

  // The counts so far.
  int64_t packets() const { return packets_; }
  int64_t errors() const { return errors_; }
  const std::string& first_error() const { return first_error_; }
  /// Whether the sound ended with an error or a damaged packet.
  bool ended_by_damage() const { return at_end_ && (ended_by_error_ || last_packet_damaged_); }

 private:
  explicit AudioDecoder(std::unique_ptr<StreamPackets> packets) : source_(std::move(packets)) {}
  static base::Result<std::unique_ptr<AudioDecoder>> Make(std::unique_ptr<StreamPackets> packets,
                                                          const AVCodec& codec);
  base::Status OpenCodec(const AVCodec& codec);
  /// Gives the decoder its next packet, or tells it that none follows.
  base::Status Feed();
  base::Status ReadPacket(bool& end);
  void NoteError(std::string_view reason);

  std::unique_ptr<StreamPackets> source_;  // outlives the codec, which logs to it
  AvCodecContext codec_;
  AvPacket packet_;
  AvFrame frame_;
  int64_t packets_ = 0;
  int64_t errors_ = 0;
  std::string first_error_;
  int read_errors_in_a_row_ = 0;
  int decode_errors_in_a_row_ = 0;
  bool last_packet_damaged_ = false;
  bool ended_by_error_ = false;
  bool draining_ = false;
  bool at_end_ = false;
};

}  // namespace reelbatch::media
