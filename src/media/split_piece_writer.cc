#include "media/split_piece_writer.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <utility>

#include "fmt/format.h"

namespace reelbatch::media {
namespace {

constexpr int kCrf = 18;                     // the spec's: no loss that an eye sees
constexpr int64_t kBitsPerChannel = 80'000;  // of AAC-LC; transparent for most

// Longer than any pause of a recorder. Timestamps may jump by hours, and hours of silence are hours
// of work between two looks at the cancel token.
constexpr int64_t kMostSilenceSeconds = 10;

AVSampleFormat constexpr kSoundFormat = AV_SAMPLE_FMT_FLTP;

}  // namespace

base::Result<std::unique_ptr<PieceWriter>> PieceWriter::Create(const Piece& piece,
                                                               const PieceFormat& format,
                                                               const image::FrameView& first) {
  std::unique_ptr<PieceWriter> writer(new PieceWriter(piece, format));
  auto muxer = Muxer::Create(piece.output);
  if (!muxer) return std::unexpected(muxer.error());
  writer->muxer_ = std::move(*muxer);
  if (auto done = writer->OpenVideo(format, first); !done) return std::unexpected(done.error());
  if (format.audio != nullptr) {
    if (auto done = writer->OpenSound(*format.audio); !done) return std::unexpected(done.error());
  }
  if (auto done = writer->muxer_->WriteHeader(); !done) return std::unexpected(done.error());
  return writer;
}

base::Status PieceWriter::OpenVideo(const PieceFormat& format, const image::FrameView& first) {
  const contracts::VideoInfo& info = format.info;
  const contracts::Rational rate = info.nominal_fps.num > 0 ? info.nominal_fps : info.avg_fps;
  source_format_ = PixelFormatOf(first);
  if (source_format_ == AV_PIX_FMT_NONE) return muxer_->Fail(AVERROR_BUG, "chroma layout");
  auto encoder = OpenVideoEncoder(
      {.codec = "libx264",
       .width = first.y.width & ~1,
       .height = first.y.height & ~1,
       .time_base = time_base_,
       .frame_rate = rate.num > 0 ? ToAv(rate) : AVRational{25, 1},
       .pixel_format = first.full_range ? AV_PIX_FMT_YUVJ420P : AV_PIX_FMT_YUV420P,
       .full_range = first.full_range,
       .color_space = first.bt709 ? AVCOL_SPC_BT709 : AVCOL_SPC_SMPTE170M,
       .sar = info.sar.num > 0 && info.sar.den > 0 ? info.sar : contracts::Rational{1, 1},
       .crf = kCrf},
      *muxer_);
  if (!encoder) return std::unexpected(encoder.error());
  video_ = std::move(*encoder);
  auto stream = muxer_->AddStream(*video_);
  if (!stream) return std::unexpected(stream.error());
  video_stream_ = *stream;
  if (format.display_matrix != nullptr) {
    constexpr size_t kBytes = 9 * sizeof(int32_t);
    uint8_t* matrix = av_stream_new_side_data(video_stream_, AV_PKT_DATA_DISPLAYMATRIX, kBytes);
    if (matrix == nullptr) return muxer_->Fail(AVERROR(ENOMEM), "cannot add a stream");
    std::memcpy(matrix, format.display_matrix, kBytes);
  }
  return {};
}

base::Status PieceWriter::OpenSound(const SplitAudio& audio) {
  const AVCodec* codec = avcodec_find_encoder(AV_CODEC_ID_AAC);
  if (codec == nullptr) return muxer_->Fail(AVERROR_ENCODER_NOT_FOUND, "AAC");
  sound_.reset(avcodec_alloc_context3(codec));
  if (!sound_) return muxer_->Fail(AVERROR(ENOMEM), "AAC");
  sound_->sample_fmt = kSoundFormat;
  sound_->sample_rate = audio.rate();
  sound_->time_base = {1, audio.rate()};
  sound_->bit_rate = kBitsPerChannel * audio.layout().nb_channels;
  sound_->thread_count = 1;
  sound_->flags |= AV_CODEC_FLAG_BITEXACT;
  if (muxer_->wants_global_header()) sound_->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
  int result = av_channel_layout_copy(&sound_->ch_layout, &audio.layout());
  if (result < 0) return muxer_->Fail(result, "AAC");
  muxer_->log().Watch(sound_.get());
  result = avcodec_open2(sound_.get(), codec, nullptr);
  if (result < 0) return muxer_->Fail(result, "AAC");
  auto stream = muxer_->AddStream(*sound_);
  if (!stream) return std::unexpected(stream.error());
  sound_stream_ = *stream;
  sound_begin_ = std::llround(piece_.start_s * audio.rate());
  sound_end_ = std::llround(piece_.end_s * audio.rate());
  sound_position_ = sound_begin_;
  return {};
}

base::Status PieceWriter::AddFrame(const image::FrameView& view, double pts_s) {
  const int64_t tick = std::llround(pts_s * time_base_.den / time_base_.num);
  if (!first_tick_) {
    first_tick_ = tick;
    first_pts_s_ = pts_s;
  }
  // Two times in one tick happen only where the source's were derived; they still must ascend.
  const int64_t at = std::max(tick - *first_tick_, frames_ == 0 ? 0 : last_tick_ + 1);
  if (waiting_) {
    if (auto done = FlushFrame(at - last_tick_); !done) return done;
  }
  auto frame = Convert(view);
  if (!frame) return std::unexpected(frame.error());
  (*frame)->pts = at;
  waiting_ = std::move(*frame);
  last_tick_ = at;
  ++frames_;
  return {};
}

base::Result<AvFrame> PieceWriter::Convert(const image::FrameView& view) {
  auto frame = AllocatePicture(video_->pix_fmt, video_->width, video_->height);
  if (!frame) return frame;
  if (view.gray() || source_format_ == video_->pix_fmt) {
    // H.264 in 4:2:0 has no odd sides: the last column or row is left out.
    image::FrameView even = view;
    even.y.width = video_->width;
    even.y.height = video_->height;
    for (image::ImageView<uint8_t>* chroma : {&even.u, &even.v}) {
      chroma->width = view.gray() ? 0 : video_->width / 2;
      chroma->height = view.gray() ? 0 : video_->height / 2;
    }
    CopyPlanes(even, **frame);
    for (int plane = 1; plane <= 2 && view.gray(); ++plane) {
      const auto bytes =
          static_cast<size_t>((*frame)->linesize[plane]) * static_cast<size_t>(video_->height / 2);
      std::memset((*frame)->data[plane], 128, bytes);
    }
    return frame;
  }
  scaler_.reset(sws_getCachedContext(scaler_.release(), video_->width, video_->height,
                                     source_format_, video_->width, video_->height, video_->pix_fmt,
                                     SWS_BICUBIC | SWS_BITEXACT | SWS_ACCURATE_RND, nullptr,
                                     nullptr, nullptr));
  if (!scaler_) return muxer_->Fail(AVERROR(ENOMEM), "cannot convert a frame");
  const std::array<const uint8_t*, 4> data{view.y.data, view.u.data, view.v.data, nullptr};
  const std::array<int, 4> strides{static_cast<int>(view.y.stride), static_cast<int>(view.u.stride),
                                   static_cast<int>(view.v.stride), 0};
  if (sws_scale(scaler_.get(), data.data(), strides.data(), 0, video_->height, (*frame)->data,
                (*frame)->linesize) <= 0) {
    return muxer_->Fail(AVERROR_BUG, "cannot convert a frame");
  }
  return frame;
}

base::Status PieceWriter::FlushFrame(int64_t duration) {
  last_duration_ = std::max<int64_t>(duration, 1);
  duration_[waiting_->pts] = last_duration_;
  const AvFrame frame = std::move(waiting_);
  return SendVideo(frame.get());
}

base::Status PieceWriter::SendVideo(const AVFrame* frame) {
  return Encode(*video_, frame, *muxer_, [this](AVPacket& packet) {
    if (const auto known = duration_.find(packet.pts); known != duration_.end()) {
      packet.duration = known->second;
      duration_.erase(known);
    }
    return muxer_->WritePacket(packet, *video_stream_, video_->time_base);
  });
}

base::Status PieceWriter::AddSound(const SplitAudio::Run& run) {
  const int64_t begin = std::max(run.position, sound_position_);
  const int64_t end = std::min(run.position + run.samples, sound_end_);
  if (!sound_ || begin >= end) return {};
  if (auto done = BridgeGap(begin); !done) return done;
  std::array<uint8_t*, AV_NUM_DATA_POINTERS> planes{};
  const auto skip = static_cast<size_t>(begin - run.position) * sizeof(float);
  for (int c = 0; c < sound_->ch_layout.nb_channels; ++c) {
    planes[static_cast<size_t>(c)] = run.planes[c] + skip;
  }
  return AppendSound(planes.data(), static_cast<int>(end - begin));
}

base::Status PieceWriter::BridgeGap(int64_t until) {
  if (until - sound_position_ > kMostSilenceSeconds * sound_->sample_rate) {
    // The encoder takes whole blocks only; the next one is stamped with its own, later time.
    const int rest = block_ ? sound_->frame_size - block_filled_ : 0;
    if (auto done = AppendSound(nullptr, rest); !done) return done;
    sound_position_ = until;
  }
  while (sound_position_ < until) {
    const auto gap = static_cast<int>(std::min<int64_t>(until - sound_position_, 4096));
    if (auto done = AppendSound(nullptr, gap); !done) return done;
  }
  return {};
}

base::Status PieceWriter::AppendSound(uint8_t* const* planes, int samples) {
  int taken = 0;
  while (taken < samples) {
    if (!block_) {
      block_.reset(av_frame_alloc());
      if (!block_) return muxer_->Fail(AVERROR(ENOMEM), "cannot encode sound");
      block_->format = kSoundFormat;
      block_->sample_rate = sound_->sample_rate;
      block_->nb_samples = sound_->frame_size;
      int result = av_channel_layout_copy(&block_->ch_layout, &sound_->ch_layout);
      if (result >= 0) result = av_frame_get_buffer(block_.get(), 0);
      if (result < 0) return muxer_->Fail(result, "cannot encode sound");
      block_filled_ = 0;
      block_->pts = sound_position_ - sound_begin_;
    }
    const int count = std::min(samples - taken, sound_->frame_size - block_filled_);
    for (int c = 0; c < sound_->ch_layout.nb_channels; ++c) {
      auto* to = reinterpret_cast<float*>(block_->extended_data[c]) + block_filled_;
      const auto bytes = static_cast<size_t>(count) * sizeof(float);
      if (planes == nullptr) {
        std::memset(to, 0, bytes);
      } else {
        std::memcpy(to, reinterpret_cast<const float*>(planes[c]) + taken, bytes);
      }
    }
    taken += count;
    block_filled_ += count;
    sound_position_ += count;
    if (block_filled_ == sound_->frame_size) {
      if (auto done = SendSound(); !done) return done;
    }
  }
  return {};
}

base::Status PieceWriter::SendSound() {
  const AvFrame block = std::move(block_);
  if (block) block->nb_samples = block_filled_;
  return Encode(*sound_, block.get(), *muxer_, [this](AVPacket& packet) {
    return muxer_->WritePacket(packet, *sound_stream_, sound_->time_base);
  });
}

base::Result<WrittenPiece> PieceWriter::Finish() {
  const int64_t end = std::llround(piece_.end_s * time_base_.den / time_base_.num);
  const int64_t rest = first_tick_ ? end - *first_tick_ - last_tick_ : 0;
  if (waiting_) {
    // A piece at the end of the source may not know when its last frame ends.
    if (auto done = FlushFrame(rest > 0 ? rest : last_duration_); !done) {
      return std::unexpected(done.error());
    }
  }
  if (auto done = SendVideo(nullptr); !done) return std::unexpected(done.error());
  if (sound_) {
    if (block_) {
      if (auto done = SendSound(); !done) return std::unexpected(done.error());
    }
    if (auto done = SendSound(); !done) return std::unexpected(done.error());
  }
  if (auto done = muxer_->Finish(); !done) return std::unexpected(done.error());
  return WrittenPiece{.start_s = first_pts_s_, .frames = frames_};
}

}  // namespace reelbatch::media
