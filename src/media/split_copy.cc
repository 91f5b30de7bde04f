#include <algorithm>
#include <cmath>
#include <deque>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "fmt/format.h"
#include "media/coded_parameters.h"
#include "media/container.h"
#include "media/frame_clock.h"
#include "media/log_capture.h"
#include "media/packet_reader.h"
#include "media/packet_times.h"
#include "media/split.h"
#include "media/split_piece_copy.h"
#include "media/split_plan.h"

namespace reelbatch::media {
namespace {

constexpr int64_t kUnknownTime = AV_NOPTS_VALUE;

// Every open piece is a file and the packets that its muxer holds back. Pieces beyond wait for
// another pass over the source: so many begin at one keyframe only where keyframes are very far
// apart.
constexpr size_t kMostOpen = 24;

// Subtitles may be stored somewhat before a piece that they reach into is begun.
constexpr double kSubtitleMemorySeconds = 5;

/// When a packet is shown; containers without presentation times (AVI) have only the decoding time.
int64_t TimeOf(const AVPacket& packet) {
  return packet.pts != kUnknownTime ? packet.pts : packet.dts;
}

/// All packets of the video, read once before anything is copied.
struct Scan {
  PacketTimes times;
  CodedParameters coded;

  explicit Scan(Container& container)
      : times(container.stream()->time_base, NominalFrameSeconds(container.info())),
        coded(container) {}

  base::Status Read(PacketReader& source) {
    size_t index = 0;
    while (true) {
      auto read = source.Read();
      if (!read) return std::unexpected(read.error());
      if (!*read) break;
      if (!source.at_video()) continue;
      times.Add(source.packet());
      if (auto noted = coded.Add(source.packet(), index++); !noted) return noted;
    }
    times.Finish();
    return {};
  }
};

/// The keyframe at or before every piece's start; the first one of all where there is none.
base::Result<std::vector<CopyStart>> FindStarts(const Scan& scan, const std::vector<Piece>& pieces,
                                                const std::filesystem::path& path) {
  const PacketTimes& times = scan.times;
  std::vector<CopyStart> keys;
  for (size_t i = 0; i < times.entries().size(); ++i) {
    const PacketTimes::Entry& entry = times.entries()[i];
    if (entry.key && entry.at != kUnknownTime)
      keys.push_back({.packet = i, .at = entry.at, .parameters = scan.coded.At(i)});
  }
  if (keys.empty()) {
    return base::Fail(base::Code::kCorrupt,
                      "there is no keyframe with a timestamp to copy from; split by re-encoding "
                      "(--split) instead",
                      path.string());
  }
  std::ranges::sort(keys, {}, &CopyStart::at);
  // Half a tick: the wish is a rounded double. A mended clock is right to a part of a frame.
  const double slack =
      times.epochs() == 1 ? 0.5 : std::max(0.5, 0.4 * static_cast<double>(times.usual_gap()));
  std::vector<CopyStart> starts;
  for (const Piece& piece : pieces) {
    const auto after = std::ranges::upper_bound(keys, piece.start_s, {}, [&](const CopyStart& key) {
      return (static_cast<double>(key.at) - slack) * av_q2d(times.tick());
    });
    starts.push_back(after == keys.begin() ? keys.front() : *(after - 1));
  }
  return starts;
}

/// Reads the source from its beginning to its end and copies what the pieces want.
class CopyPass {
 public:
  struct Waiting {
    size_t piece = 0;  // index of all pieces
    std::unique_ptr<PieceCopy> copy;
  };

  /// Pieces that are whole go to `said` at once, so that they count where the pass fails later.
  CopyPass(PacketReader& source, const CopyFormat& format, std::vector<Waiting> waiting,
           SplitLog& said)
      : source_(source), format_(format), said_(said), waiting_(std::move(waiting)) {
    std::ranges::stable_sort(waiting_, {},
                             [](const Waiting& one) { return one.copy->start_packet(); });
  }

  struct Done {
    size_t piece = 0;
    WrittenPiece written;
  };

  /// The pieces that are whole. The others were too many, or their keyframe did not come.
  base::Result<std::vector<Done>> Run() {
    while (next_ < waiting_.size() || !open_.empty()) {
      auto read = source_.Read();
      if (!read) return std::unexpected(read.error());
      if (!*read) break;
      auto taken = source_.at_video() ? Video() : Other();
      if (!taken) return std::unexpected(taken.error());
    }
    for (Waiting& one : open_) {
      if (!one.copy->started()) continue;
      if (auto done = Finish(one); !done) return std::unexpected(done.error());
    }
    return std::move(done_);
  }

 private:
  /// Opens the next piece, or leaves it to another pass.
  base::Status Begin() {
    Waiting one = std::move(waiting_[next_++]);
    if (open_.size() >= kMostOpen) return {};
    if (auto opened = one.copy->Open(); !opened) return opened;
    for (const Cue& cue : shown_) {
      if (cue.start_s >= one.copy->start_s()) continue;
      if (auto added = one.copy->Subtitle(cue); !added) return added;
    }
    open_.push_back(std::move(one));
    return {};
  }

  base::Status Video() {
    const size_t index = index_++;
    const PacketTimes::Entry& entry = format_.times->entries()[index];
    epoch_ = entry.epoch;
    if (entry.at != kUnknownTime) video_s_ = TicksToSeconds(entry.at, format_.times->tick());
    while (next_ < waiting_.size() && waiting_[next_].copy->start_packet() <= index) {
      if (auto begun = Begin(); !begun) return begun;
    }
    for (Waiting& one : open_) {
      if (auto written = one.copy->Video(source_.packet(), index); !written) return written;
      if (!one.copy->ended()) continue;
      if (auto done = Finish(one); !done) return done;
    }
    std::erase_if(open_, [](const Waiting& one) { return one.copy->ended(); });
    return {};
  }

  base::Status Other() {
    const AVPacket& packet = source_.packet();
    const auto track = std::ranges::find(format_.tracks, packet.stream_index, &SplitTrack::stream);
    if (track == format_.tracks.end() || TimeOf(packet) == kUnknownTime) return {};
    const auto at = static_cast<size_t>(track - format_.tracks.begin());
    const AVRational tick = source_.container().format()->streams[packet.stream_index]->time_base;
    const double stamped_s = (static_cast<double>(TimeOf(packet)) + 0.5) * av_q2d(tick);
    const int epoch = format_.times->EpochNear(stamped_s, video_s_, epoch_);
    const double at_s = stamped_s + format_.times->offset_s(epoch);
    // Sound may be stored somewhat before its picture, so the keyframe need not have been seen.
    while (next_ < waiting_.size() && waiting_[next_].copy->Wants(at_s)) {
      if (auto begun = Begin(); !begun) return begun;
    }
    if (format_.subtitles[at])
      return Subtitle(at, TicksToSeconds(TimeOf(packet), tick) + format_.times->offset_s(epoch));
    for (Waiting& one : open_) {
      if (auto written = one.copy->Other(at, packet, epoch, at_s); !written) return written;
    }
    return {};
  }

  base::Status Subtitle(size_t track, double start_s) {
    const AVPacket& packet = source_.packet();
    SubtitleTrack& subtitles = *format_.subtitles[track];
    double duration_s =
        TicksToSeconds(std::max<int64_t>(packet.duration, 0), subtitles.source().time_base);
    auto made = subtitles.Convert(packet, duration_s);
    if (!made) return std::unexpected(made.error());
    if (!*made) return {};
    Cue cue{.track = track,
            .start_s = start_s,
            .end_s = start_s + duration_s,
            .packet = std::move(*made)};
    for (Waiting& one : open_) {
      if (auto written = one.copy->Subtitle(cue); !written) return written;
    }
    std::erase_if(shown_,
                  [&](const Cue& old) { return old.end_s < video_s_ - kSubtitleMemorySeconds; });
    shown_.push_back(std::move(cue));
    return {};
  }

  base::Status Finish(Waiting& one) {
    auto written = one.copy->Finish();
    if (!written) return std::unexpected(written.error());
    done_.push_back({one.piece, *written});
    said_.finished.push_back(one.copy->output());
    return {};
  }

  PacketReader& source_;
  const CopyFormat& format_;
  SplitLog& said_;
  std::vector<Waiting> waiting_;  // in the order of their keyframes
  size_t next_ = 0;               // the first that is not begun
  std::vector<Waiting> open_;
  std::vector<Done> done_;
  std::deque<Cue> shown_;
  size_t index_ = 0;    // of the next packet of the video
  double video_s_ = 0;  // of the newest one
  int epoch_ = 0;
};

base::Status OpenSubtitles(PacketReader& source, CopyFormat& format) {
  format.subtitles.clear();
  for (const SplitTrack& track : format.tracks) {
    format.subtitles.emplace_back();
    if (track.type != AVMEDIA_TYPE_SUBTITLE) continue;
    auto opened = SubtitleTrack::Open(source.container(), track);
    if (!opened) return std::unexpected(opened.error());
    format.subtitles.back() = std::move(*opened);
  }
  return {};
}

/// One pass over the source for the pieces that are not written.
base::Result<std::vector<CopyPass::Done>> CopyOnce(
    PacketReader& reading, const std::vector<SplitTrack>& tracks, const Scan& scan,
    const std::vector<Piece>& pieces, const std::vector<CopyStart>& starts,
    const std::vector<std::optional<WrittenPiece>>& written, SplitLog& said) {
  reading.Want(tracks);
  CopyFormat format{.video = reading.container().stream(),
                    .source = reading.container().format(),
                    .info = reading.container().info(),
                    .tracks = tracks,
                    .times = &scan.times,
                    .coded = &scan.coded};
  if (auto opened = OpenSubtitles(reading, format); !opened) return std::unexpected(opened.error());
  std::vector<CopyPass::Waiting> waiting;
  for (size_t i = 0; i < pieces.size(); ++i) {
    if (!written[i])
      waiting.push_back({i, std::make_unique<PieceCopy>(format, pieces[i], starts[i])});
  }
  return CopyPass(reading, format, std::move(waiting), said).Run();
}

}  // namespace

base::Result<std::vector<WrittenPiece>> SplitCopy(const std::filesystem::path& source,
                                                  const contracts::Sampling& sampling,
                                                  const std::vector<Piece>& pieces,
                                                  const base::CancelToken* cancel, SplitLog* log) {
  if (auto sound = CheckPieces(source, pieces); !sound) return std::unexpected(sound.error());
  if (pieces.empty()) return std::vector<WrittenPiece>{};
  const QuietLog quiet;
  SplitLog unread;
  SplitLog& said = log == nullptr ? unread : *log;
  const auto output = Muxer::FormatOf(pieces.front().output);
  if (!output) return std::unexpected(output.error());
  PacketReader scanned;
  if (auto opened = scanned.Open(source, sampling, cancel); !opened)
    return std::unexpected(opened.error());
  Scan scan(scanned.container());
  if (auto read = scan.Read(scanned); !read) return std::unexpected(read.error());
  const auto starts = FindStarts(scan, pieces, source);
  if (!starts) return std::unexpected(starts.error());
  const std::vector<SplitTrack> tracks =
      PlanTracks({.source = scanned.container().format(),
                  .video = scanned.container().stream(),
                  .output = *output,
                  .extension = pieces.front().output.extension().string()},
                 said);
  std::vector<std::optional<WrittenPiece>> written(pieces.size());
  size_t left = pieces.size();
  while (left > 0) {
    if (Cancelled(cancel)) return CancelledError(source);
    PacketReader reading;
    if (auto opened = reading.Open(source, sampling, cancel); !opened)
      return std::unexpected(opened.error());
    auto done = CopyOnce(reading, tracks, scan, pieces, *starts, written, said);
    if (!done) {
      if (done.error().context.empty()) done.error().context = source.string();
      return std::unexpected(done.error());
    }
    if (done->empty()) {
      return base::Fail(base::Code::kCorrupt,
                        "a keyframe to copy from cannot be found again; the file has changed",
                        source.string());
    }
    for (const CopyPass::Done& one : *done) written[one.piece] = one.written;
    left -= done->size();
  }
  std::vector<WrittenPiece> all;
  for (const auto& one : written) all.push_back(*one);
  return all;
}

}  // namespace reelbatch::media
