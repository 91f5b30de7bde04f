#include "media/stream_decoder.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

#include "media/error_limits.h"
#include "media/ffmpeg_versions.h"
#include "media/file_end.h"
#include "media/stream_end.h"
#include "media/stream_info.h"

namespace reelbatch::media {
namespace {

std::optional<int64_t> Known(int64_t pts) {
  return pts == AV_NOPTS_VALUE ? std::nullopt : std::optional(pts);
}

}  // namespace

base::Result<std::unique_ptr<StreamDecoder>> StreamDecoder::Open(
    std::unique_ptr<StreamPackets> packets, const ReaderOptions& options) {
  std::unique_ptr<StreamDecoder> decoder(new StreamDecoder(std::move(packets)));
  const base::Status status = decoder->OpenDecoder(options);
  if (!status.has_value()) return std::unexpected(status.error());
  return decoder;
}

base::Status StreamDecoder::OpenDecoder(const ReaderOptions& options) {
  LogCapture& log = source_->log();
  const LogCapture::Scope scope(log);
  const AVCodecParameters& parameters = source_->parameters();
  declared_ = media::ColoursOf(parameters);
  const AVCodec* codec = avcodec_find_decoder(parameters.codec_id);
  codec_.reset(avcodec_alloc_context3(codec));
  packet_.reset(av_packet_alloc());
  frame_.reset(av_frame_alloc());
  if (codec_ == nullptr || packet_ == nullptr || frame_ == nullptr) {
    return source_->Fail(AVERROR(ENOMEM), "cannot be decoded");
  }
  int result = avcodec_parameters_to_context(codec_.get(), &parameters);
  if (result < 0) return source_->Fail(result, "cannot be decoded");
  codec_->pkt_timebase = time_base();
  codec_->max_pixels = kMaxPixels;
  // Slice threads would add memory and gain little; one thread means one.
  codec_->thread_count = std::max(1, options.threads);
  codec_->thread_type = FF_THREAD_FRAME;
  if (options.skip_loop_filter) codec_->skip_loop_filter = AVDISCARD_ALL;
  // Crop to the exact size: without it FFmpeg leaves up to 31 columns beside the picture for the
  // sake of alignment.
  codec_->flags |= AV_CODEC_FLAG_UNALIGNED;
  const bool small = std::ranges::any_of(RequestsOf(options), [](const FrameRequest& request) {
    return request.thumbnail.has_value();
  });
  if (small) codec_->apply_cropping = 0;  // Crop() does it, in two ways
  limit_.Bind(*codec_, options.largest);
  log.Watch(codec_.get(), &limit_);
  result = avcodec_open2(codec_.get(), codec, nullptr);
  if (result < 0) return source_->Fail(result, "its " + info().codec + " cannot be decoded");
  return {};
}

base::Result<const AVFrame*> StreamDecoder::Next() {
  const LogCapture::Scope scope(source_->log());
  while (!at_end_) {
    if (source_->cancelled()) return source_->Fail(AVERROR_EXIT, "decoding");
    const int result = avcodec_receive_frame(codec_.get(), frame_.get());
    if (const base::Status fits = CheckSize(); !fits) return std::unexpected(fits.error());
    if (result == 0) {
      if (const base::Status cropped = Crop(); !cropped) return std::unexpected(cropped.error());
      stamp_ = StampOf(*frame_);
      stamps_.OnFrame(frame_->pts != AV_NOPTS_VALUE ? Known(frame_->pts) : stamp_);
      NoteFrame();
      return frame_.get();
    }
    if (result == AVERROR(ENOMEM)) return source_->Fail(result, "decoding");
    if (result == AVERROR(EAGAIN) && !draining_) {
      const base::Status status = Feed();
      if (!status.has_value()) return std::unexpected(status.error());
      continue;
    }
    if (result == AVERROR_EOF || result == AVERROR(EAGAIN)) {
      at_end_ = true;
    } else {
      NoteLost(AvErrorText(result), Known(packet_->pts));
      gave_up_ = ++decode_errors_in_a_row_ >= kMaxDecodeErrorsInARow;
      at_end_ = gave_up_;
    }
  }
  marks_.OnEnd();
  return nullptr;
}

base::Status StreamDecoder::Crop() {
  has_loose_ = false;
  if (codec_->apply_cropping != 0) return {};
  if (frame_->crop_left > 0) {
    if (loose_ == nullptr) loose_.reset(av_frame_alloc());
    if (loose_ == nullptr) return source_->Fail(AVERROR(ENOMEM), "decoding");
    av_frame_unref(loose_.get());
    if (const int result = av_frame_ref(loose_.get(), frame_.get()); result < 0)
      return source_->Fail(result, "decoding");
    has_loose_ = av_frame_apply_cropping(loose_.get(), 0) >= 0;
  }
  // What the decoder would have done; it has checked the borders.
  const int result = av_frame_apply_cropping(frame_.get(), AV_FRAME_CROP_UNALIGNED);
  if (result < 0) return source_->Fail(result, "decoding");
  return {};
}

SampleMeaning StreamDecoder::MeaningOf(const AVFrame& frame) const {
  const PictureColours colours = Merge(declared_, media::ColoursOf(frame));
  return {.full_range = IsFullRange(colours.range, static_cast<AVPixelFormat>(frame.format)),
          .bt709 = IsBt709(colours.matrix, info().height)};
}

PictureColours StreamDecoder::ColoursOf(const AVFrame& frame) const {
  const PictureColours own = media::ColoursOf(frame);
  const bool as_first = !first_colours_ || own == *first_colours_;
  return as_first ? Merge(declared_, own) : Merge(own, declared_);
}

base::Status StreamDecoder::Seek(int64_t pts) {
  const LogCapture::Scope scope(source_->log());
  const int result = source_->Seek(pts);
  if (result < 0) return source_->Fail(result, "seeking");
  avcodec_flush_buffers(codec_.get());
  queue_.Clear();
  stamps_ = {};
  falls_ = 0;
  last_own_stamp_.reset();
  draining_ = false;
  at_end_ = false;
  entry_pts_ = pts;
  frames_ = 0;
  packets_ = 0;
  read_errors_in_a_row_ = 0;
  decode_errors_in_a_row_ = 0;
  last_packet_damaged_ = false;
  ended_by_error_ = false;
  source_->log().Clear();
  marks_ = {};
  first_error_.clear();
  return {};
}

/// Codecs turn a refused frame into errors of many kinds, so this is asked after every call.
base::Status StreamDecoder::CheckSize() const {
  const std::optional<FrameSize> refused = limit_.refused();
  if (!refused) return {};
  return base::Fail(base::Code::kOutOfMemory,
                    fmt::format("a frame has {}x{}, but its header says {}x{}", refused->width,
                                refused->height, info().width, info().height),
                    path().string());
}

base::Status StreamDecoder::Feed() {
  bool end = false;
  const base::Status status = ReadPacket(end);
  if (!status.has_value()) return status;
  const int result = avcodec_send_packet(codec_.get(), end ? nullptr : packet_.get());
  draining_ = end;
  if (const base::Status fits = CheckSize(); !fits) return fits;
  if (result == AVERROR(ENOMEM)) return source_->Fail(result, "decoding");
  if (result < 0 && !end) NoteLost(AvErrorText(result), Known(packet_->pts));
  return {};
}

base::Status StreamDecoder::ReadPacket(bool& end) {
  while (true) {
    const int result = queue_.Take(*source_, *packet_, stamps_);
    if (const base::Status sound = CheckRead(result); !sound) return sound;
    if (result == AVERROR_EOF) {
      end = true;
      return {};
    }
    if (result < 0) {
      NoteLost(AvErrorText(result), std::nullopt);
      ended_by_error_ = true;
      if (++read_errors_in_a_row_ < kMaxReadErrorsInARow) continue;
      end = true;
      return {};
    }
    read_errors_in_a_row_ = 0;
    ended_by_error_ = false;
    ++packets_;
    decode_errors_in_a_row_ = 0;
    last_packet_damaged_ = (packet_->flags & AV_PKT_FLAG_CORRUPT) != 0;
    if (last_packet_damaged_) NoteLost("the container has a damaged packet", Known(packet_->pts));
    return {};
  }
}

base::Status StreamDecoder::CheckRead(int result) {
  if (source_->cancelled()) return source_->Fail(AVERROR_EXIT, "reading");
  if (result < 0 && source_->read_errno() != 0) return source_->Fail(result, "reading");
  if (result == AVERROR(ENOMEM)) return source_->Fail(result, "reading");
  return {};
}

/// FFmpeg's best effort turns from a stream's presentation times to its decode times for good once
/// one of the former has fallen back. That is right only where they keep on falling back.
std::optional<int64_t> StreamDecoder::StampOf(const AVFrame& frame) {
  constexpr int kTrusted = 4;
  if (frame.pts == AV_NOPTS_VALUE) return Known(frame.best_effort_timestamp);
  falls_ = falls_ << 1U | (last_own_stamp_ && frame.pts <= *last_own_stamp_ ? 1U : 0U);
  last_own_stamp_ = frame.pts;
  return std::popcount(falls_) < kTrusted ? frame.pts : Known(frame.best_effort_timestamp);
}

std::optional<double> StreamDecoder::stamp_s() const {
  if (!stamp_) return std::nullopt;
  return TicksToSeconds(*stamp_, time_base());
}

base::Result<StampWitness> StreamDecoder::Witness() {
  const LogCapture::Scope scope(source_->log());
  while (stamps_.Wanted() > 0) {
    const std::optional<int> result = queue_.ReadAhead(*source_, stamps_);
    if (!result) break;
    if (const base::Status sound = CheckRead(*result); !sound)
      return std::unexpected(sound.error());
  }
  return WitnessOf(stamps_, info(), time_base());
}

void StreamDecoder::NoteLost(std::string_view reason, std::optional<int64_t> pts) {
  marks_.OnLost(pts);
  NoteReason(reason);
}

void StreamDecoder::NoteReason(std::string_view reason) {
  if (!first_error_.empty()) return;
  first_error_ = source_->log().first_error();
  if (first_error_.empty()) first_error_ = reason;
}

void StreamDecoder::NoteFrame() {
  const std::optional<int64_t> pts = stamp_;
  if (entry_pts_ && pts && *pts < *entry_pts_) return;
  const bool damaged =
      frame_->decode_error_flags != 0 || (frame_->flags & AV_FRAME_FLAG_CORRUPT) != 0;
  marks_.OnFrame(frames_, pts, damaged);
  if (damaged) NoteReason("the decoder marked a frame as damaged");
  interlaced_ = interlaced_ || IsInterlaced(*frame_);
  if (!first_colours_) first_colours_ = media::ColoursOf(*frame_);
  if (pts) {
    const int64_t end_pts = *pts + std::max<int64_t>(DurationOf(*frame_), 0);
    last_end_pts_ = std::max(last_end_pts_.value_or(end_pts), end_pts);
  }
  ++frames_;
}

bool StreamDecoder::Truncated() const {
  if (!at_end_) return false;
  if (ended_by_error_ || last_packet_damaged_) return true;
  if (gave_up_ || marks_.EndsDamaged()) return true;
  return source_->With([this](Container& container) {
    return BreaksOff(container.format()->iformat->name, container.file()) || EndsEarly(container);
  });
}

bool StreamDecoder::EndsEarly(Container& container) const {
  const std::optional<double> own_end_s = OwnEnd(*container.format(), stream());
  if (!own_end_s || !last_end_pts_) return false;
  const double missing_s = *own_end_s - TicksToSeconds(*last_end_pts_, time_base());
  // An index counts packets, also those that an edit list hides and those that give no frame.
  if (CountsSamples(*container.format(), stream())) {
    return packets_ < stream().nb_frames && missing_s > NominalFrameSeconds(info()) / 2;
  }
  // Elsewhere lengths are rounded, and what stands last may be shown longer than it says.
  constexpr double kMinMissingS = 0.5;
  constexpr double kMinMissingShare = 0.02;
  const double length_s = info().duration_s.value_or(0);
  return missing_s > std::max(kMinMissingS, kMinMissingShare * length_s);
}

bool StreamDecoder::frames_are_counted() const {
  return source_->With([this](Container& container) {
    return CountsSamples(*container.format(), stream()) &&
           info().frames_expected == stream().nb_frames;
  });
}

void StreamDecoder::Report(contracts::DecodeReport& report) const {
  report.frames_decoded = frames_;
  report.frames_expected = info().frames_expected;
  report.interlaced = interlaced_;
  report.truncated = Truncated();
  report.first_error = first_error_;
  marks_.Report(report);
}

}  // namespace reelbatch::media
