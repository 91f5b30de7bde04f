#include "media/split_piece_copy.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "fmt/format.h"
#include "media/piece_metadata.h"

namespace reelbatch::media {
namespace {

constexpr int64_t kNoTime = AV_NOPTS_VALUE;

// Frames that are stored before the end of a piece but shown after it: H.264 reorders up to 16 of
// them, each a few megabytes at most. More come only from timestamps that are broken.
constexpr int64_t kMostLateBytes = int64_t{64} << 20;

// How far apart a container may store a picture and its sound. Muxers interleave within a second.
constexpr double kInterleaveSeconds = 1;

}  // namespace

PieceCopy::PieceCopy(const CopyFormat& format, const Piece& piece, const CopyStart& start)
    : format_(format),
      piece_(piece),
      start_(start),
      start_s_(TicksToSeconds(start.at, format.video->time_base)),
      end_s_(piece.end_s),
      key_epoch_(format.times->entries()[start.packet].epoch),
      key_at_(start.at) {}

base::Status PieceCopy::Open() {
  auto muxer = Muxer::Create(piece_.output);
  if (!muxer) return std::unexpected(muxer.error());
  muxer_ = std::move(*muxer);
  const AVCodecParameters& coded =
      start_.parameters != nullptr ? *start_.parameters : *format_.video->codecpar;
  auto video = muxer_->AddCopy(*format_.video, coded);
  if (!video) return std::unexpected(video.error());
  video_ = *video;
  for (size_t i = 0; i < format_.tracks.size(); ++i) {
    const SubtitleTrack* subtitles = format_.subtitles[i].get();
    const AVStream& source = *format_.source->streams[format_.tracks[i].stream];
    auto track = subtitles == nullptr ? muxer_->AddCopy(source)
                                      : muxer_->AddCopy(source, subtitles->parameters());
    if (!track) return std::unexpected(track.error());
    tracks_.push_back(*track);
    if (subtitles != nullptr) (*track)->time_base = kCueTick;
    passed_.push_back(format_.tracks[i].type == AVMEDIA_TYPE_ATTACHMENT);
  }
  last_.assign(tracks_.size() + 1, kNoTime);
  const double rate = std::max(format_.info.avg_fps.value(), 0.0);
  const int64_t before = std::llround((piece_.start_s - start_s_) * rate);
  DescribePiece(*format_.source, format_.info, std::max<int64_t>(0, piece_.start_frame - before),
                *video_, muxer_->format());
  return muxer_->WriteHeader();
}

base::Status PieceCopy::Video(const AVPacket& packet, size_t index) {
  const PacketTimes::Entry& entry = format_.times->entries()[index];
  if (index == start_.packet) started_ = true;
  // Frames shown before the keyframe but stored after it need the group before, which is not here.
  if (!started_ || ended_ || entry.at == kNoTime || !Decodable(entry)) return {};
  // Half a tick: the ends are rounded doubles. A mended clock is right to a part of a frame.
  const double slack =
      entry.epoch == 0 ? 0.5 : 0.5 * static_cast<double>(format_.times->usual_gap());
  const auto seconds = [&](int64_t ticks) {
    return (static_cast<double>(ticks) + slack) * av_q2d(format_.video->time_base);
  };
  if (index > start_.packet && format_.coded->ReplacedAt(index) && muxer_->wants_global_header()) {
    return base::Fail(
        base::Code::kCorrupt,
        fmt::format("the coding of the video changes within the shot {}, which {} does not support "
                    "in a copy; split by re-encoding (--split) instead",
                    piece_.output.filename().string(), piece_.output.extension().string()));
  }
  const int64_t decoded = entry.dts != kNoTime ? entry.dts : entry.at;
  if (seconds(decoded) >= end_s_ &&
      index > start_.packet) {  // whatever follows is shown later still
    const bool all = std::ranges::all_of(passed_, [](bool passed) { return passed; });
    ended_ = all || seconds(decoded) >= end_s_ + kInterleaveSeconds;
    return {};
  }
  // Past the end, but a frame inside may refer to it: kept until one comes.
  if (seconds(entry.at) >= end_s_) return Keep(packet, entry);
  for (const Late& late : late_) {
    if (auto done = WriteVideo(*late.packet, late.entry); !done) return done;
  }
  late_.clear();
  late_bytes_ = 0;
  return WriteVideo(packet, entry);
}

bool PieceCopy::Decodable(const PacketTimes::Entry& entry) {
  if (entry.key && (entry.epoch != key_epoch_ || key_at_ == kNoTime)) {
    key_epoch_ = entry.epoch;
    key_at_ = entry.at;
  }
  return entry.epoch == key_epoch_ && entry.at >= key_at_;
}

base::Status PieceCopy::Keep(const AVPacket& packet, const PacketTimes::Entry& entry) {
  late_bytes_ += packet.size;
  if (late_bytes_ > kMostLateBytes) {
    return base::Fail(
        base::Code::kCorrupt,
        fmt::format("the video's timestamps are damaged: {} MiB of frames are stored before the "
                    "end of a shot but shown after it; split by re-encoding (--split) instead",
                    kMostLateBytes >> 20));
  }
  late_.push_back({AvPacket(av_packet_clone(&packet)), entry});
  return late_.back().packet ? base::Status{} : muxer_->Fail(AVERROR(ENOMEM), "cannot copy");
}

base::Status PieceCopy::WriteVideo(const AVPacket& packet, const PacketTimes::Entry& entry) {
  const AvPacket copy(av_packet_clone(&packet));
  if (!copy) return muxer_->Fail(AVERROR(ENOMEM), "cannot copy");
  copy->pts = entry.at - start_.at;
  // A repaired packet without a decode time of its own: Write() finds it a place.
  copy->dts = entry.dts == kNoTime ? copy->pts : entry.dts - start_.at;
  if (packet.dts == kNoTime) copy->dts = kNoTime;
  frames_ += packet.size > 0 ? 1 : 0;  // AVI repeats a frame by an empty packet
  return Write(*copy, *video_, format_.video->time_base);
}

base::Status PieceCopy::Other(size_t track, const AVPacket& packet, int epoch, double at_s) {
  if (at_s >= end_s_) passed_[track] = true;
  if (!Wants(at_s)) return {};
  const AVStream& source = *format_.source->streams[format_.tracks[track].stream];
  const AvPacket copy(av_packet_clone(&packet));
  if (!copy) return muxer_->Fail(AVERROR(ENOMEM), "cannot copy");
  const int64_t shift = av_rescale_q(start_.at - format_.times->offset(epoch),
                                     format_.video->time_base, source.time_base);
  if (copy->pts == kNoTime) copy->pts = copy->dts;
  copy->pts -= shift;
  if (copy->dts != kNoTime) copy->dts -= shift;
  return Write(*copy, *tracks_[track], source.time_base);
}

base::Status PieceCopy::Subtitle(const Cue& cue) {
  const double start_s = std::max(cue.start_s, start_s_);
  const double end_s = std::min(cue.end_s, end_s_);
  const bool timed = cue.end_s > cue.start_s;
  if (timed ? end_s <= start_s : !Wants(cue.start_s)) return {};
  const AvPacket copy(av_packet_clone(cue.packet.get()));
  if (!copy) return muxer_->Fail(AVERROR(ENOMEM), "cannot copy");
  const auto ticks = [](double seconds) {
    return static_cast<int64_t>(std::llround(seconds * kCueTick.den));
  };
  copy->pts = copy->dts = ticks(start_s - start_s_);
  copy->duration = timed ? std::max<int64_t>(ticks(end_s - start_s), 1) : 0;
  return Write(*copy, *tracks_[cue.track], kCueTick);
}

base::Status PieceCopy::Write(AVPacket& packet, AVStream& stream, AVRational tick) {
  const bool subtitle = stream.codecpar->codec_type == AVMEDIA_TYPE_SUBTITLE;
  int64_t& last = last_[static_cast<size_t>(stream.index)];
  if (packet.dts != kNoTime) {
    if (last != kNoTime && packet.dts <= last && !subtitle) packet.dts = last + 1;
    last = packet.dts;
    if (packet.pts != kNoTime) packet.pts = std::max(packet.pts, packet.dts);
  }
  packet.pos = -1;
  return muxer_->WritePacket(packet, stream, tick);
}

base::Result<WrittenPiece> PieceCopy::Finish() {
  if (auto done = muxer_->Finish(); !done) return std::unexpected(done.error());
  return WrittenPiece{.start_s = start_s_,
                      .frames = frames_,
                      .width = video_->codecpar->width,
                      .height = video_->codecpar->height};
}

}  // namespace reelbatch::media
