#include "media/split_sound_writer.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <utility>

#include "media/encoder.h"
#include "media/split_tracks.h"

namespace reelbatch::media {
namespace {

constexpr int64_t kBitsPerChannel = 80'000;  // of AAC-LC; transparent for most

// Longer than any pause of a recorder. Timestamps may jump by hours, and hours of silence are hours
// of work between two looks at the cancel token.
constexpr int64_t kMostSilenceSeconds = 10;

constexpr AVSampleFormat kSoundFormat = AV_SAMPLE_FMT_FLTP;

}  // namespace

base::Status SplitSoundWriter::Open(const SplitAudio& audio, const AVStream& source,
                                    const Piece& piece, Muxer& muxer) {
  muxer_ = &muxer;
  const AVCodec* codec = avcodec_find_encoder(AV_CODEC_ID_AAC);
  if (codec == nullptr) return muxer.Fail(AVERROR_ENCODER_NOT_FOUND, "AAC");
  encoder_.reset(avcodec_alloc_context3(codec));
  if (!encoder_) return muxer.Fail(AVERROR(ENOMEM), "AAC");
  encoder_->sample_fmt = kSoundFormat;
  encoder_->sample_rate = audio.rate();
  encoder_->time_base = {1, audio.rate()};
  encoder_->bit_rate = kBitsPerChannel * audio.layout().nb_channels;
  encoder_->thread_count = 1;
  encoder_->flags |= AV_CODEC_FLAG_BITEXACT;
  if (muxer.wants_global_header()) encoder_->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
  int result = av_channel_layout_copy(&encoder_->ch_layout, &audio.layout());
  if (result < 0) return muxer.Fail(result, "AAC");
  muxer.log().Watch(encoder_.get());
  result = avcodec_open2(encoder_.get(), codec, nullptr);
  if (result < 0) return muxer.Fail(result, "AAC");
  auto stream = muxer.AddStream(*encoder_);
  if (!stream) return std::unexpected(stream.error());
  stream_ = *stream;
  CopyTrackWords(source, *stream_);
  begin_ = std::llround(piece.start_s * audio.rate());
  end_ = std::llround(piece.end_s * audio.rate());
  position_ = begin_;
  return {};
}

base::Status SplitSoundWriter::Add(const SplitAudio::Run& run) {
  const int64_t begin = std::max(run.position, position_);
  const int64_t end = std::min(run.position + run.samples, end_);
  if (begin >= end) return {};
  if (auto done = BridgeGap(begin); !done) return done;
  std::array<uint8_t*, AV_NUM_DATA_POINTERS> planes{};
  const auto skip = static_cast<size_t>(begin - run.position) * sizeof(float);
  for (size_t c = 0; c < static_cast<size_t>(encoder_->ch_layout.nb_channels); ++c) {
    planes[c] = run.planes[c] + skip;
  }
  return Append(planes.data(), static_cast<int>(end - begin));
}

base::Status SplitSoundWriter::BridgeGap(int64_t until) {
  if (until - position_ > kMostSilenceSeconds * encoder_->sample_rate) {
    // The encoder takes whole blocks only; the next one is stamped with its own, later time.
    const int rest = block_ ? encoder_->frame_size - filled_ : 0;
    if (auto done = Append(nullptr, rest); !done) return done;
    position_ = until;
  }
  while (position_ < until) {
    const auto gap = static_cast<int>(std::min<int64_t>(until - position_, 4096));
    if (auto done = Append(nullptr, gap); !done) return done;
  }
  return {};
}

base::Status SplitSoundWriter::NewBlock() {
  block_.reset(av_frame_alloc());
  if (!block_) return muxer_->Fail(AVERROR(ENOMEM), "cannot encode sound");
  block_->format = kSoundFormat;
  block_->sample_rate = encoder_->sample_rate;
  block_->nb_samples = encoder_->frame_size;
  int result = av_channel_layout_copy(&block_->ch_layout, &encoder_->ch_layout);
  if (result >= 0) result = av_frame_get_buffer(block_.get(), 0);
  if (result < 0) return muxer_->Fail(result, "cannot encode sound");
  filled_ = 0;
  block_->pts = position_ - begin_;
  return {};
}

base::Status SplitSoundWriter::Append(uint8_t* const* planes, int samples) {
  int taken = 0;
  while (taken < samples) {
    if (!block_) {
      if (auto made = NewBlock(); !made) return made;
    }
    const int count = std::min(samples - taken, encoder_->frame_size - filled_);
    for (int c = 0; c < encoder_->ch_layout.nb_channels; ++c) {
      auto* to = reinterpret_cast<float*>(block_->extended_data[c]) + filled_;
      const auto bytes = static_cast<size_t>(count) * sizeof(float);
      if (planes == nullptr) {
        std::memset(to, 0, bytes);
      } else {
        std::memcpy(to, reinterpret_cast<const float*>(planes[c]) + taken, bytes);
      }
    }
    taken += count;
    filled_ += count;
    position_ += count;
    if (filled_ == encoder_->frame_size) {
      if (auto done = Send(); !done) return done;
    }
  }
  return {};
}

base::Status SplitSoundWriter::Send() {
  const AvFrame block = std::move(block_);
  if (block) block->nb_samples = filled_;
  return Encode(*encoder_, block.get(), *muxer_, [this](AVPacket& packet) {
    return muxer_->WritePacket(packet, *stream_, encoder_->time_base);
  });
}

base::Status SplitSoundWriter::Finish() {
  if (block_) {
    if (auto done = Send(); !done) return done;
  }
  return Send();
}

}  // namespace reelbatch::media
