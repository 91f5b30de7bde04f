#include "media/split.h"

#include <cmath>
#include <memory>
#include <utility>

#include "fmt/format.h"
#include "media/container.h"
#include "media/decoded_source.h"
#include "media/log_capture.h"
#include "media/packet_reader.h"
#include "media/split_audio.h"
#include "media/split_feeds.h"
#include "media/split_piece_writer.h"
#include "media/split_plan.h"
#include "media/split_tracks.h"

namespace reelbatch::media {
namespace {

// Sound and subtitles are fed this far ahead of the video, so that the muxer never holds back much
// of either.
constexpr double kFeedAheadSeconds = 0.5;

/// A time base in which every time of the source is a whole number of ticks and no two frames share
/// one.
AVRational TickOf(const AVStream& stream) {
  const AVRational tick = stream.time_base;
  // libx264 counts in 32 bits; containers with finer clocks than a microsecond do not time video by
  // them.
  if (tick.num > 0 && tick.den > 0 && av_cmp_q(tick, {1, 1'000'000}) >= 0) return tick;
  return {1, 1'000'000};
}

/// Everything that pieces are made of beside the pictures.
struct Feeds {
  std::unique_ptr<PacketTimes> times;  // outlives the readers; null: the container's clock is right
  std::vector<SoundFeed> sounds;
  SubtitleFeed subtitles{nullptr};

  base::Status Begin(PieceWriter& writer) { return subtitles.Begin(writer); }

  base::Status Until(double until_s, PieceWriter& writer) {
    for (SoundFeed& sound : sounds) {
      if (auto fed = sound.FeedUntil(until_s, writer); !fed) return fed;
    }
    return subtitles.FeedUntil(until_s, writer);
  }
};

class Splitter {
 public:
  Splitter(const std::vector<Piece>& pieces, const PieceFormat& format, Feeds& feeds, SplitLog& log)
      : pieces_(pieces), format_(format), feeds_(feeds), log_(log) {}

  bool done() const { return next_ == pieces_.size() && !writer_; }

  base::Status Add(contracts::FrameIndex index, const SourcePicture& picture) {
    if (!writer_ && next_ < pieces_.size() && index >= pieces_[next_].start_frame) {
      if (auto begun = Begin(picture); !begun) return begun;
    }
    if (!writer_) return {};
    if (auto added = writer_->AddFrame(picture); !added) return added;
    if (index + 1 >= writer_->piece().end_frame) return Close();
    return feeds_.Until(picture.pts_s + kFeedAheadSeconds, *writer_);
  }

  base::Result<std::vector<WrittenPiece>> Finish(const std::filesystem::path& source) {
    if (writer_) {
      if (auto closed = Close(); !closed) return std::unexpected(closed.error());
    }
    if (next_ < pieces_.size()) {
      return base::Fail(base::Code::kCorrupt,
                        fmt::format("the source ended before frame {}", pieces_[next_].start_frame),
                        source.string());
    }
    return std::move(written_);
  }

 private:
  base::Status Begin(const SourcePicture& picture) {
    if (next_ == 0) {
      for (std::string& loss : VideoLosses(picture, format_.video))
        log_.warnings.push_back(std::move(loss));
    }
    auto writer = PieceWriter::Create(pieces_[next_], format_, picture);
    if (!writer) return std::unexpected(writer.error());
    writer_ = std::move(*writer);
    ++next_;
    return feeds_.Begin(*writer_);
  }

  base::Status Close() {
    const Piece piece = writer_->piece();
    const int64_t wanted = piece.end_frame - piece.start_frame;
    if (writer_->frames() != wanted) {
      return base::Fail(base::Code::kCorrupt,
                        fmt::format("the source delivered {} of the {} frames [{}, {})",
                                    writer_->frames(), wanted, piece.start_frame, piece.end_frame),
                        piece.output.string());
    }
    if (auto fed = feeds_.Until(piece.end_s, *writer_); !fed) return fed;
    auto written = writer_->Finish();
    if (!written) return std::unexpected(written.error());
    written_.push_back(*written);
    log_.finished.push_back(piece.output);
    writer_.reset();
    return {};
  }

  const std::vector<Piece>& pieces_;
  const PieceFormat& format_;
  Feeds& feeds_;
  SplitLog& log_;
  size_t next_ = 0;
  std::unique_ptr<PieceWriter> writer_;
  std::vector<WrittenPiece> written_;
};

/// Opens a reader for every sound track and one for all subtitles. A track that cannot be opened
/// after all is left out, and said.
base::Status OpenFeeds(const std::filesystem::path& source, const contracts::Sampling& sampling,
                       const base::CancelToken* cancel, PieceFormat& format, Feeds& feeds,
                       SplitLog& log) {
  if (!format.tracks.empty()) {
    auto times = ReadPacketTimes(source, sampling, cancel);
    if (!times) return std::unexpected(times.error());
    feeds.times = std::move(*times);
  }
  std::vector<SplitTrack> kept;
  for (const SplitTrack& track : format.tracks) {
    if (track.way == TrackWay::kSound) {
      auto audio = SplitAudio::Open(source, sampling, track.stream, feeds.times.get(), cancel);
      if (!audio) return std::unexpected(audio.error());
      if (*audio == nullptr) {
        log.warnings.push_back(fmt::format("the files do not contain {}: FFmpeg cannot decode it",
                                           TrackName(*format.source->streams[track.stream])));
        continue;
      }
      feeds.sounds.emplace_back(kept.size(), std::move(*audio));
    }
    kept.push_back(track);
  }
  format.tracks = std::move(kept);
  format.sounds.resize(format.tracks.size());
  for (const SoundFeed& sound : feeds.sounds) format.sounds[sound.track()] = sound.reader();
  auto subtitles = SplitSubtitles::Open(source, sampling, format.tracks, feeds.times.get(), cancel);
  if (!subtitles) return std::unexpected(subtitles.error());
  feeds.subtitles = SubtitleFeed(std::move(*subtitles));
  format.subtitles = feeds.subtitles.reader();
  return {};
}

}  // namespace

base::Result<std::vector<WrittenPiece>> SplitExact(const std::filesystem::path& source,
                                                   const contracts::Sampling& sampling,
                                                   const std::vector<Piece>& pieces,
                                                   const base::CancelToken* cancel, SplitLog* log) {
  if (auto sound = CheckPieces(source, pieces); !sound) return std::unexpected(sound.error());
  if (pieces.empty()) return std::vector<WrittenPiece>{};
  const QuietLog quiet;
  SplitLog unread;
  SplitLog& said = log == nullptr ? unread : *log;
  // Every frame counts: of the sampling only the choice of the stream and a rate for pictures
  // matter.
  contracts::Sampling whole;
  whole.stream = sampling.stream;
  whole.picture_fps = sampling.picture_fps;
  auto container = Container::Open(source, whole, cancel);
  if (!container) return std::unexpected(container.error());
  const AVStream& stream = *(*container)->stream();
  const auto output = Muxer::FormatOf(pieces.front().output);
  if (!output) return std::unexpected(output.error());
  PieceFormat format{
      .video = {.info = (*container)->info(), .stream = &stream, .time_base = TickOf(stream)},
      .source = (*container)->format()};
  format.tracks = PlanTracks({.source = format.source,
                              .video = &stream,
                              .output = *output,
                              .extension = pieces.front().output.extension().string(),
                              .encode_sound = true},
                             said);
  Feeds feeds;
  if (auto opened = OpenFeeds(source, whole, cancel, format, feeds, said); !opened)
    return std::unexpected(opened.error());
  auto video = OpenDecoded(source, {.sampling = whole, .cancel = cancel});
  if (!video) return std::unexpected(video.error());

  Splitter splitter(pieces, format, feeds, said);
  while (!splitter.done()) {
    if (Cancelled(cancel)) return CancelledError(source);
    auto frame = (*video)->Next();
    if (!frame) return std::unexpected(frame.error());
    if (*frame == nullptr) break;
    const SourcePicture picture{.frame = &(*video)->picture(),
                                .colours = (*video)->colours(),
                                .pts_s = (*frame)->stamp.pts_s};
    if (auto added = splitter.Add((*frame)->stamp.index, picture); !added)
      return std::unexpected(added.error());
  }
  return splitter.Finish(source);
}

}  // namespace reelbatch::media
