#include "media/split.h"

#include <cmath>
#include <memory>
#include <utility>

#include "fmt/format.h"
#include "media/container.h"
#include "media/split_audio.h"
#include "media/split_piece_writer.h"
#include "media/split_plan.h"
#include "media/video_reader.h"

namespace reelbatch::media {
namespace {

// Sound is fed this far ahead of the video, so that the muxer never holds back much of either.
constexpr double kSoundAheadSeconds = 0.5;

/// The source's sound, handed to the piece that is being written; a run may straddle two pieces.
class SoundFeed {
 public:
  explicit SoundFeed(std::unique_ptr<SplitAudio> reader) : reader_(std::move(reader)) {}

  const SplitAudio* reader() const { return reader_.get(); }

  /// Gives `writer` all sound before `until_s`.
  base::Status FeedUntil(double until_s, PieceWriter& writer) {
    if (!reader_) return {};
    const auto until = static_cast<int64_t>(std::llround(until_s * reader_->rate()));
    while (!ended_) {
      if (given_ < run_.samples) {
        if (run_.position >= writer.sound_end() || run_.position >= until) return {};
        if (auto done = writer.AddSound(run_); !done) return done;
        // What lies past the piece is the next one's.
        if (run_.position + run_.samples > writer.sound_end()) return {};
        given_ = run_.samples;
      }
      auto next = reader_->Next();
      if (!next) return std::unexpected(next.error());
      run_ = *next;
      given_ = 0;
      ended_ = run_.samples == 0;
    }
    return {};
  }

 private:
  std::unique_ptr<SplitAudio> reader_;
  SplitAudio::Run run_;
  int given_ = 0;
  bool ended_ = false;
};

/// A time base in which every time of the source is a whole number of ticks and no two frames share
/// one.
AVRational TickOf(const AVStream& stream) {
  const AVRational tick = stream.time_base;
  // libx264 counts in 32 bits; containers with finer clocks than a microsecond do not time video by
  // them.
  if (tick.num > 0 && tick.den > 0 && av_cmp_q(tick, {1, 1'000'000}) >= 0) return tick;
  return {1, 1'000'000};
}

class Splitter {
 public:
  Splitter(const std::vector<Piece>& pieces, const PieceFormat& format, SoundFeed& sound)
      : pieces_(pieces), format_(format), sound_(sound) {}

  bool done() const { return next_ == pieces_.size() && !writer_; }

  base::Status Add(const image::StampedFrame& frame) {
    if (!writer_ && next_ < pieces_.size() && frame.index >= pieces_[next_].start_frame) {
      auto writer = PieceWriter::Create(pieces_[next_], format_, frame.view);
      if (!writer) return std::unexpected(writer.error());
      writer_ = std::move(*writer);
      ++next_;
    }
    if (!writer_) return {};
    if (auto added = writer_->AddFrame(frame.view, frame.pts_s); !added) return added;
    if (frame.index + 1 >= writer_->piece().end_frame) return Close();
    return sound_.FeedUntil(frame.pts_s + kSoundAheadSeconds, *writer_);
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
  base::Status Close() {
    const Piece piece = writer_->piece();
    const int64_t wanted = piece.end_frame - piece.start_frame;
    if (writer_->frames() != wanted) {
      return base::Fail(base::Code::kCorrupt,
                        fmt::format("the source gave {} of the {} frames [{}, {})",
                                    writer_->frames(), wanted, piece.start_frame, piece.end_frame),
                        piece.output.string());
    }
    if (auto fed = sound_.FeedUntil(piece.end_s, *writer_); !fed) return fed;
    auto written = writer_->Finish();
    if (!written) return std::unexpected(written.error());
    written_.push_back(*written);
    writer_.reset();
    return {};
  }

  const std::vector<Piece>& pieces_;
  const PieceFormat& format_;
  SoundFeed& sound_;
  size_t next_ = 0;
  std::unique_ptr<PieceWriter> writer_;
  std::vector<WrittenPiece> written_;
};

}  // namespace

base::Result<std::vector<WrittenPiece>> SplitExact(const std::filesystem::path& source,
                                                   const contracts::Sampling& sampling,
                                                   const std::vector<Piece>& pieces,
                                                   const base::CancelToken* cancel) {
  if (auto sound = CheckPieces(source, pieces); !sound) return std::unexpected(sound.error());
  // Every frame counts: of the sampling only the choice of the stream matters here.
  contracts::Sampling whole;
  whole.stream = sampling.stream;
  auto container = Container::Open(source, whole, cancel);
  if (!container) return std::unexpected(container.error());
  auto audio = SplitAudio::Open(source, whole, cancel);
  if (!audio) return std::unexpected(audio.error());
  auto video = OpenVideo(source, {.sampling = whole, .cancel = cancel});
  if (!video) return std::unexpected(video.error());

  SoundFeed sound(std::move(*audio));
  size_t matrix_bytes = 0;
  const uint8_t* matrix =
      av_stream_get_side_data((*container)->stream(), AV_PKT_DATA_DISPLAYMATRIX, &matrix_bytes);
  const PieceFormat format{.info = (*video)->info(),
                           .time_base = TickOf(*(*container)->stream()),
                           .display_matrix = matrix_bytes >= 9 * sizeof(int32_t) ? matrix : nullptr,
                           .audio = sound.reader()};
  Splitter splitter(pieces, format, sound);
  while (!splitter.done()) {
    if (Cancelled(cancel)) return CancelledError(source);
    auto frame = (*video)->Next();
    if (!frame) return std::unexpected(frame.error());
    if (*frame == nullptr) break;
    if (auto added = splitter.Add(**frame); !added) return std::unexpected(added.error());
  }
  return splitter.Finish(source);
}

}  // namespace reelbatch::media
