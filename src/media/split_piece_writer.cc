#include "media/split_piece_writer.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "media/piece_metadata.h"

namespace reelbatch::media {
base::Result<std::unique_ptr<PieceWriter>> PieceWriter::Create(const Piece& piece,
                                                               const PieceFormat& format,
                                                               const SourcePicture& first) {
  std::unique_ptr<PieceWriter> writer(new PieceWriter(piece, format));
  auto muxer = Muxer::Create(piece.output);
  if (!muxer) return std::unexpected(muxer.error());
  writer->muxer_ = std::move(*muxer);
  if (auto done = writer->video_.Open(first, *writer->muxer_); !done)
    return std::unexpected(done.error());
  if (auto done = writer->OpenTracks(); !done) return std::unexpected(done.error());
  AVFormatContext& out = writer->muxer_->format();
  DescribePiece(*format.source, format.video.info, piece.start_frame, *out.streams[0], out);
  if (auto done = writer->muxer_->WriteHeader(); !done) return std::unexpected(done.error());
  return writer;
}

base::Status PieceWriter::OpenTracks() {
  for (size_t i = 0; i < format_.tracks.size(); ++i) {
    const AVStream& source = *format_.source->streams[format_.tracks[i].stream];
    sounds_.emplace_back();
    cues_.push_back(nullptr);
    if (format_.sounds[i] != nullptr) {
      sounds_.back() = std::make_unique<SplitSoundWriter>();
      if (auto done = sounds_.back()->Open(*format_.sounds[i], source, piece_, *muxer_); !done)
        return done;
      continue;
    }
    const SubtitleTrack* text =
        format_.subtitles == nullptr ? nullptr : format_.subtitles->track(i);
    if (text == nullptr && format_.tracks[i].type != AVMEDIA_TYPE_ATTACHMENT) continue;
    auto stream =
        text == nullptr ? muxer_->AddCopy(source) : muxer_->AddCopy(source, text->parameters());
    if (!stream) return std::unexpected(stream.error());
    (*stream)->time_base = kCueTick;
    cues_.back() = *stream;
  }
  return {};
}

base::Status PieceWriter::AddCue(const Cue& cue) {
  AVStream* stream = cues_[cue.track];
  const double start_s = std::max(cue.start_s, piece_.start_s);
  const double end_s = std::min(cue.end_s, piece_.end_s);
  // A cue of unknown length belongs to the piece that it starts in.
  const bool inside = cue.end_s > cue.start_s
                          ? end_s > start_s
                          : cue.start_s >= piece_.start_s && cue.start_s < piece_.end_s;
  if (stream == nullptr || !inside) return {};
  const AvPacket packet(av_packet_clone(cue.packet.get()));
  if (!packet) return muxer_->Fail(AVERROR(ENOMEM), "cannot write subtitles");
  const auto ticks = [](double seconds) {
    return static_cast<int64_t>(std::llround(seconds * kCueTick.den));
  };
  packet->pts = packet->dts = ticks(start_s - piece_.start_s);
  packet->duration = cue.end_s > cue.start_s ? std::max<int64_t>(ticks(end_s - start_s), 1) : 0;
  packet->pos = -1;
  return muxer_->WritePacket(*packet, *stream, kCueTick);
}

base::Result<WrittenPiece> PieceWriter::Finish() {
  if (auto done = video_.Finish(piece_.end_s); !done) return std::unexpected(done.error());
  for (const auto& sound : sounds_) {
    if (!sound) continue;
    if (auto done = sound->Finish(); !done) return std::unexpected(done.error());
  }
  if (auto done = muxer_->Finish(); !done) return std::unexpected(done.error());
  return WrittenPiece{.start_s = video_.first_pts_s(),
                      .frames = video_.frames(),
                      .width = video_.width(),
                      .height = video_.height()};
}

}  // namespace reelbatch::media
