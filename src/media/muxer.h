#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "base/atomic_file.h"
#include "base/result.h"
#include "media/av.h"
#include "media/ffmpeg_versions.h"
#include "media/log_capture.h"

namespace reelbatch::media {

/// Writes a container. The file gets its name in Finish(). If the object is destroyed before that,
/// nothing remains. The same packets give the same bytes. Threads: one caller at a time.
class Muxer {
 public:
  /// The container follows the extension of `path`.
  /// Errors: invalid_argument (no container has that extension), io, out_of_memory.
  static base::Result<std::unique_ptr<Muxer>> Create(const std::filesystem::path& path);
  /// That container. Errors: invalid_argument.
  static base::Result<const AVOutputFormat*> FormatOf(const std::filesystem::path& path);
  ~Muxer() = default;
  Muxer(const Muxer&) = delete;
  Muxer& operator=(const Muxer&) = delete;

  /// Whether encoders must put their headers into extradata.
  bool wants_global_header() const { return (format_->oformat->flags & AVFMT_GLOBALHEADER) != 0; }
  LogCapture& log() { return log_; }
  const std::filesystem::path& path() const { return file_.target(); }

  /// Adds a stream for the packets of an encoder. The muxer owns it. Errors: out_of_memory.
  base::Result<AVStream*> AddStream(const AVCodecContext& encoder);
  /// Adds a stream for the packets of `source`, with the same metadata and side data. The container
  /// must know the codec.
  base::Result<AVStream*> AddCopy(const AVStream& source);
  /// The same, with other parameters than those of `source`.
  base::Result<AVStream*> AddCopy(const AVStream& source, const AVCodecParameters& parameters);

  AVFormatContext& format() { return *format_; }

  /// Errors: invalid_argument (the container cannot hold a stream), io.
  base::Status WriteHeader();
  /// Writes a packet and empties it. Its times are in `time_base`. Errors: io, invalid_argument.
  base::Status WritePacket(AVPacket& packet, const AVStream& stream, AVRational time_base);
  /// Errors: io.
  base::Status Finish();

  /// The error of `averror`, with the message of the system if writing the file is the cause.
  std::unexpected<base::Error> Fail(int averror, const char* what) const;

 private:
  explicit Muxer(base::AtomicFile file) : file_(std::move(file)) {}
  static int Write(void* self, WrittenByte* bytes, int size);
  static int64_t Seek(void* self, int64_t offset, int whence);

  struct FreeFormat {
    void operator()(AVFormatContext* p) const { avformat_free_context(p); }
  };

  // Order matters: the format is freed before what it writes through.
  LogCapture log_;
  base::AtomicFile file_;
  int write_errno_ = 0;
  AvIo io_;
  std::unique_ptr<AVFormatContext, FreeFormat> format_;
};

}  // namespace reelbatch::media
