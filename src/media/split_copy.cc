#include <algorithm>
#include <cmath>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "fmt/format.h"
#include "media/container.h"
#include "media/muxer.h"
#include "media/split.h"
#include "media/split_plan.h"

namespace reelbatch::media {
namespace {

constexpr int64_t kNone = AV_NOPTS_VALUE;

/// When a packet is shown; containers without presentation times (AVI) have only the decoding time.
int64_t TimeOf(const AVPacket& packet) { return packet.pts != kNone ? packet.pts : packet.dts; }

/// A container with the sound let through beside the chosen video.
struct Source {
  std::unique_ptr<Container> container;
  AVStream* video = nullptr;
  AVStream* sound = nullptr;  // null: none
  AvPacket packet;

  /// False at the end. Errors: cancelled, io.
  base::Result<bool> Read() {
    const LogCapture::Scope scope(container->log());
    av_packet_unref(packet.get());
    if (container->file().cancelled()) return container->Fail(AVERROR_EXIT, "copying");
    const int read = av_read_frame(container->format(), packet.get());
    if (read < 0 && container->file().read_errno() != 0) return container->Fail(read, "copying");
    return read >= 0;  // damage that the demuxer cannot pass ends the copy as the end does
  }
};

base::Result<Source> OpenSource(const std::filesystem::path& path,
                                const contracts::Sampling& sampling,
                                const base::CancelToken* cancel) {
  auto container = Container::Open(path, sampling, cancel);
  if (!container) return std::unexpected(container.error());
  Source source;
  source.container = std::move(*container);
  source.packet.reset(av_packet_alloc());
  if (!source.packet) return source.container->Fail(AVERROR(ENOMEM), "copying");
  source.video = source.container->stream();
  AVFormatContext* format = source.container->format();
  const int sound =
      av_find_best_stream(format, AVMEDIA_TYPE_AUDIO, -1, source.video->index, nullptr, 0);
  if (sound >= 0) {
    source.sound = format->streams[sound];
    source.sound->discard = AVDISCARD_DEFAULT;
  }
  return source;
}

/// Ticks of the first video keyframe at or before every piece's start; the first keyframe of all
/// where there is none.
base::Result<std::vector<int64_t>> FindStarts(const std::filesystem::path& path,
                                              const contracts::Sampling& sampling,
                                              const std::vector<Piece>& pieces,
                                              const base::CancelToken* cancel) {
  auto source = OpenSource(path, sampling, cancel);
  if (!source) return std::unexpected(source.error());
  const double tick_s = av_q2d(source->video->time_base);
  std::vector<int64_t> keys;
  while (true) {
    auto read = source->Read();
    if (!read) return std::unexpected(read.error());
    if (!*read) break;
    const AVPacket& packet = *source->packet;
    const bool key = (packet.flags & AV_PKT_FLAG_KEY) != 0;
    const int64_t at = TimeOf(packet);
    if (packet.stream_index == source->video->index && key && at != kNone) keys.push_back(at);
  }
  if (keys.empty()) {
    return base::Fail(base::Code::kCorrupt,
                      "no keyframe with a timestamp to copy from; split by re-encoding instead",
                      path.string());
  }
  std::ranges::sort(keys);
  std::vector<int64_t> starts;
  for (const Piece& piece : pieces) {
    const auto after = std::ranges::upper_bound(keys, piece.start_s, {}, [tick_s](int64_t at) {
      return (static_cast<double>(at) - 0.5) * tick_s;  // half a tick: the wish is a rounded double
    });
    starts.push_back(after == keys.begin() ? keys.front() : *(after - 1));
  }
  return starts;
}

// Frames that are stored before the end of a piece but shown after it: H.264 reorders up to 16 of
// them, each a few megabytes at most. More come only from timestamps that are broken.
constexpr int64_t kMostLateBytes = int64_t{64} << 20;

// How far apart a container may store a picture and its sound. Muxers interleave within a second.
constexpr double kInterleaveSeconds = 1;

/// Copies the packets of one piece.
class PieceCopy {
 public:
  PieceCopy(Source& source, Muxer& muxer, const Piece& piece, int64_t start)
      : source_(source), muxer_(muxer), start_(start) {
    start_s_ = TicksToSeconds(start, source.video->time_base);
    end_s_ = piece.end_s;
  }

  base::Status Open() {
    auto video = muxer_.AddCopy(*source_.video);
    if (!video) return std::unexpected(video.error());
    video_ = *video;
    size_t bytes = 0;
    const uint8_t* matrix =
        av_stream_get_side_data(source_.video, AV_PKT_DATA_DISPLAYMATRIX, &bytes);
    if (matrix != nullptr) {
      uint8_t* copy = av_stream_new_side_data(video_, AV_PKT_DATA_DISPLAYMATRIX, bytes);
      if (copy == nullptr) return muxer_.Fail(AVERROR(ENOMEM), "cannot add a stream");
      std::copy_n(matrix, bytes, copy);
    }
    if (source_.sound != nullptr) {
      auto sound = muxer_.AddCopy(*source_.sound);
      if (!sound) return std::unexpected(sound.error());
      sound_ = *sound;
    }
    return muxer_.WriteHeader();
  }

  /// Reads on from wherever the source stands. Returns false where the start had already gone by.
  base::Result<bool> Run() {
    while (!ended_) {
      auto read = source_.Read();
      if (!read) return std::unexpected(read.error());
      if (!*read) return started_;
      base::Status done;
      if (source_.packet->stream_index == source_.video->index) {
        const int64_t at = TimeOf(*source_.packet);
        if (!started_ && at != kNone && at > start_) return false;
        done = Video(at);
      } else if (source_.sound != nullptr && source_.packet->stream_index == source_.sound->index) {
        done = Sound();
      }
      if (!done) return std::unexpected(done.error());
    }
    return true;
  }

  base::Result<WrittenPiece> Finish() {
    if (auto done = muxer_.Finish(); !done) return std::unexpected(done.error());
    return WrittenPiece{.start_s = start_s_, .frames = frames_};
  }

 private:
  double Seconds(int64_t ticks, const AVStream& stream) const {
    return (static_cast<double>(ticks) + 0.5) * av_q2d(stream.time_base);
  }

  base::Status Video(int64_t at) {
    AVPacket& packet = *source_.packet;
    if (!started_ && at == start_ && (packet.flags & AV_PKT_FLAG_KEY) != 0) started_ = true;
    // Frames shown before the keyframe but stored after it need the group before, which is not
    // here.
    if (!started_ || at == kNone || at < start_) return {};
    const int64_t decoded = packet.dts != kNone ? packet.dts : at;
    const double decoded_s = Seconds(decoded, *source_.video);
    if (decoded_s >= end_s_ && decoded > start_) {  // whatever follows is shown later still
      const bool sound_done = sound_ == nullptr || sound_done_;
      ended_ = sound_done || decoded_s >= end_s_ + kInterleaveSeconds;
      return {};
    }
    if (Seconds(at, *source_.video) >= end_s_) {
      // Past the end, but a frame inside may refer to it: kept until one comes.
      return Keep(packet);
    }
    for (AvPacket& late : late_) {
      if (auto done = Write(*late, *source_.video, *video_); !done) return done;
      ++frames_;
    }
    late_.clear();
    late_bytes_ = 0;
    ++frames_;
    return Write(packet, *source_.video, *video_);
  }

  base::Status Keep(const AVPacket& packet) {
    late_bytes_ += packet.size;
    if (late_bytes_ > kMostLateBytes) {
      return base::Fail(base::Code::kCorrupt,
                        fmt::format("the video's timestamps are damaged: {} MiB of frames are "
                                    "stored before a piece ends but shown after it; split by "
                                    "re-encoding instead",
                                    kMostLateBytes >> 20),
                        source_.container->file().path().string());
    }
    late_.emplace_back(av_packet_clone(&packet));
    return late_.back() ? base::Status{} : muxer_.Fail(AVERROR(ENOMEM), "cannot copy");
  }

  base::Status Sound() {
    AVPacket& packet = *source_.packet;
    const int64_t at = TimeOf(packet);
    if (at == kNone) return {};
    // Sound may be stored somewhat before its picture, so the keyframe need not have been seen.
    const double seconds = Seconds(at, *source_.sound);
    sound_done_ = seconds >= end_s_;
    if (seconds < start_s_ || sound_done_) return {};
    return Write(packet, *source_.sound, *sound_);
  }

  base::Status Write(AVPacket& packet, const AVStream& from, const AVStream& to) {
    const int64_t zero = av_rescale_q(start_, source_.video->time_base, from.time_base);
    if (packet.pts == kNone) packet.pts = packet.dts;
    packet.pts -= zero;
    if (packet.dts != kNone) packet.dts -= zero;
    packet.pos = -1;
    return muxer_.WritePacket(packet, to, from.time_base);
  }

  Source& source_;
  Muxer& muxer_;
  int64_t start_;
  double start_s_ = 0;
  double end_s_ = 0;
  AVStream* video_ = nullptr;
  AVStream* sound_ = nullptr;
  bool started_ = false;
  bool sound_done_ = false;
  bool ended_ = false;
  int64_t frames_ = 0;
  std::vector<AvPacket> late_;
  int64_t late_bytes_ = 0;
};

/// One try from a seek, or from the file's beginning; nullopt where the seek came out too late.
base::Result<std::optional<WrittenPiece>> TryCopy(const std::filesystem::path& path,
                                                  const contracts::Sampling& sampling,
                                                  const Piece& piece, int64_t start, bool seek,
                                                  const base::CancelToken* cancel) {
  auto source = OpenSource(path, sampling, cancel);
  if (!source) return std::unexpected(source.error());
  if (seek && av_seek_frame(source->container->format(), source->video->index, start,
                            AVSEEK_FLAG_BACKWARD) < 0) {
    return std::nullopt;
  }
  auto muxer = Muxer::Create(piece.output);
  if (!muxer) return std::unexpected(muxer.error());
  PieceCopy copy(*source, **muxer, piece, start);
  if (auto opened = copy.Open(); !opened) return std::unexpected(opened.error());
  auto ran = copy.Run();
  if (!ran) return std::unexpected(ran.error());
  if (!*ran) return std::nullopt;
  auto written = copy.Finish();
  if (!written) return std::unexpected(written.error());
  return *written;
}

}  // namespace

base::Result<std::vector<WrittenPiece>> SplitCopy(const std::filesystem::path& source,
                                                  const contracts::Sampling& sampling,
                                                  const std::vector<Piece>& pieces,
                                                  const base::CancelToken* cancel) {
  if (auto sound = CheckPieces(source, pieces); !sound) return std::unexpected(sound.error());
  auto starts = FindStarts(source, sampling, pieces, cancel);
  if (!starts) return std::unexpected(starts.error());
  std::vector<WrittenPiece> all;
  for (size_t i = 0; i < pieces.size(); ++i) {
    if (Cancelled(cancel)) return CancelledError(source);
    std::optional<WrittenPiece> written;
    for (const bool seek : {true, false}) {
      auto tried = TryCopy(source, sampling, pieces[i], (*starts)[i], seek, cancel);
      if (!tried) return std::unexpected(tried.error());
      written = *tried;
      if (written) break;
    }
    if (!written) {
      return base::Fail(base::Code::kCorrupt,
                        fmt::format("the keyframe for [{}, {}) cannot be found again",
                                    pieces[i].start_frame, pieces[i].end_frame),
                        source.string());
    }
    all.push_back(*written);
  }
  return all;
}

}  // namespace reelbatch::media
