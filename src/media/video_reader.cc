#include "media/video_reader.h"

#include <cstdlib>
#include <new>
#include <optional>
#include <utility>
#include <vector>

#include "base/picture_files.h"
#include "media/container.h"
#include "media/decoded_source.h"
#include "media/frame_clock.h"
#include "media/frame_crop.h"
#include "media/picture_source.h"
#include "media/reading_state.h"
#include "media/requested_views.h"
#include "media/stream_decoder.h"
#include "media/stream_info.h"

namespace reelbatch::media {
namespace {

/// What the frames of a reader carry.
enum class Gives : uint8_t { kViews, kPictures };

class VideoReader final : public DecodedSource {
 public:
  VideoReader(std::unique_ptr<StreamDecoder> decoder, const ReaderOptions& options, Gives gives)
      : gives_(gives),
        decoder_(std::move(decoder)),
        info_(decoder_->info()),
        clock_(info_, av_q2d(decoder_->time_base())),
        continues_(options.continues),
        views_(RequestsOf(options), options.frames_kept,
               continues_
                   ? continues_->state
                   : std::make_shared<ReadingState>(RequestsOf(options), info_.player_start_s),
               decoder_->stream()),
        on_decoded_(options.on_decoded) {
    report_.frames_expected = decoder_->info().frames_expected;
  }

  const contracts::VideoInfo& info() const override { return info_; }
  const contracts::DecodeReport& report() const override { return report_; }
  double position_s() const override { return position_s_; }
  const AVFrame& picture() const override { return views_.picture(); }
  const AVStream* stream() const override { return &decoder_->stream(); }
  PictureColours colours() const override { return decoder_->ColoursOf(picture()); }
  std::optional<FrameSize> refused_size() const override { return decoder_->refused_size(); }

  base::Result<const RequestedFrame*> Next() override try {
    const LogCapture::Scope scope(unread_log_);
    views_.Turn();
    while (!ended_) {
      const base::Result<const AVFrame*> decoded = decoder_->Next();
      if (!decoded.has_value()) return std::unexpected(decoded.error());
      const AVFrame* frame = *decoded;
      if (frame == nullptr) break;
      if (on_decoded_) on_decoded_();
      const contracts::FrameIndex index = frames_++;
      const base::Result<double> stamped = Stamp();
      if (!stamped) return std::unexpected(stamped.error());
      const double pts_s = *stamped;
      const FrameSampler::Verdict verdict = views_.Judge(SampledTime(pts_s));
      if (verdict == FrameSampler::Verdict::kStop) {
        report_.past_range_s = pts_s;
        break;
      }
      report_.end_frame = index + 1;
      report_.last_pts_s = pts_s;
      if (verdict == FrameSampler::Verdict::kSkip) {
        views_.NoteSkipped(*frame);
      } else if (auto shown = Show(*frame, {.index = index, .pts_s = pts_s}); !shown) {
        return AboutThisFile(shown.error());
      }
      if (!report_.size_changed_at.has_value() && views_.SizeChanged(*frame)) {
        report_.size_changed_at = index;
      }
      if (verdict == FrameSampler::Verdict::kTake) return &views_.shown();
    }
    return Finish();
  } catch (const std::bad_alloc&) {
    return AboutThisFile({base::Code::kOutOfMemory, "there is not enough memory for a frame"});
  }

 private:
  base::Status Show(const AVFrame& frame, image::FrameStamp stamp) {
    if (gives_ == Gives::kPictures) return views_.Keep(frame, stamp);
    return views_.Show({.frame = frame,
                        .meaning = decoder_->MeaningOf(frame),
                        .loose = decoder_->loosely_cropped(),
                        .stamp = stamp});
  }

  base::Result<double> Stamp() {
    const std::optional<double> container_s = decoder_->stamp_s();
    StampWitness witness;
    if (clock_.Doubts(container_s)) {
      auto known = decoder_->Witness();
      if (!known) return std::unexpected(known.error());
      witness = std::move(*known);
    }
    const double pts_s = clock_.Next(container_s, witness);
    if (!first_pts_s_.has_value()) first_pts_s_ = pts_s;
    position_s_ = pts_s - *first_pts_s_;
    return pts_s;
  }

  /// The time that the sampling counts by: the file's own, or where the file stands among others.
  double SampledTime(double pts_s) const {
    return continues_ && continues_->starts_at_s ? *continues_->starts_at_s + position_s_ : pts_s;
  }

  std::unexpected<base::Error> AboutThisFile(base::Error error) const {
    error.context = decoder_->path().string();
    return std::unexpected(std::move(error));
  }

  base::Result<const RequestedFrame*> Finish() {
    ended_ = true;
    decoder_->Report(report_);
    report_.decoder_complained = !decoder_->first_log_line().empty();
    decoder_->FreeDecoder();
    report_.missing_pts = clock_.missing();
    report_.repaired_pts = clock_.repaired();
    report_.vfr = clock_.vfr();
    report_.rate = clock_.rate();
    DropGuess();
    if (frames_ == 0) {
      std::string reason = "no frame could be decoded";
      const std::string said =
          report_.first_error.empty() ? decoder_->first_log_line() : report_.first_error;
      reason += said.empty() ? std::string(": its video stream is empty") : ": " + said;
      reason += IsUnsupported(said) ? kConvertRemedy : "; copy or download it again";
      return AboutThisFile({base::Code::kCorrupt, reason});
    }
    return nullptr;
  }

  /// Length times rate is no expectation where it does not come true and nothing is known to be
  /// lost.
  void DropGuess() {
    if (!report_.frames_expected || decoder_->frames_are_counted()) return;
    if (report_.truncated || report_.decode_errors > 0) return;
    constexpr int64_t kPerRoundedFrame = 100;
    const int64_t off = std::abs(*report_.frames_expected - frames_);
    if (report_.vfr || off > 2 + frames_ / kPerRoundedFrame) report_.frames_expected.reset();
  }

  Gives gives_;
  LogCapture unread_log_;  // of conversions
  std::unique_ptr<StreamDecoder> decoder_;
  contracts::VideoInfo info_;
  FrameClock clock_;
  std::optional<Continuation> continues_;
  RequestedViews views_;
  std::function<void()> on_decoded_;
  contracts::DecodeReport report_;
  contracts::FrameIndex frames_ = 0;
  std::optional<double> first_pts_s_;
  double position_s_ = 0;
  bool ended_ = false;
};

base::Result<contracts::VideoInfo> ProbeContainer(const std::filesystem::path& path,
                                                  const contracts::Sampling& sampling,
                                                  const base::CancelToken* cancel) {
  auto container = Container::Open(path, sampling, cancel);
  if (!container.has_value()) return std::unexpected(std::move(container.error()));
  return (*container)->info();
}

}  // namespace

base::Result<contracts::VideoInfo> Probe(const std::filesystem::path& path,
                                         const contracts::Sampling& sampling,
                                         const base::CancelToken* cancel) try {
  auto info = base::NamesPictures(path) ? ProbePictures(path, sampling, cancel)
                                        : ProbeContainer(path, sampling, cancel);
  if (!info.has_value()) return info;
  const base::Status inside = CheckCrop(sampling.crop, {info->width, info->height});
  if (!inside) return base::Fail(inside.error().code, inside.error().message, path.string());
  return info;
} catch (const std::bad_alloc&) {
  return base::Fail(base::Code::kOutOfMemory, "there is not enough memory to open it",
                    path.string());
}

namespace {

base::Result<std::unique_ptr<VideoReader>> OpenReader(const std::filesystem::path& path,
                                                      const ReaderOptions& options,
                                                      Gives gives) try {
  if (auto valid = CheckRequests(options); !valid) return std::unexpected(std::move(valid.error()));
  const SharedFile* const shared = gives == Gives::kViews ? options.shared.get() : nullptr;
  auto packets = StreamPackets::OfFrames(path, options.sampling, options.cancel, shared);
  if (!packets.has_value()) return std::unexpected(std::move(packets.error()));
  auto decoder = StreamDecoder::Open(std::move(*packets), options);
  if (!decoder.has_value()) return std::unexpected(std::move(decoder.error()));
  return std::make_unique<VideoReader>(std::move(*decoder), options, gives);
} catch (const std::bad_alloc&) {
  return base::Fail(base::Code::kOutOfMemory, "there is not enough memory to open it",
                    path.string());
}

}  // namespace

std::vector<FrameRequest> RequestsOf(const ReaderOptions& options) {
  if (!options.requests.empty()) return options.requests;
  return {{.sampling = options.sampling, .thumbnail = options.thumbnail}};
}

base::Status CheckRequests(const ReaderOptions& options) {
  for (const FrameRequest& request : RequestsOf(options)) {
    if (auto valid = ValidateSampling(request.sampling); !valid) return valid;
    contracts::Sampling as_all = request.sampling;
    as_all.analysis_fps = options.sampling.analysis_fps;
    as_all.every = options.sampling.every;
    as_all.analysis_width = options.sampling.analysis_width;
    as_all.analysis_height = options.sampling.analysis_height;
    if (as_all != options.sampling) {
      return base::Fail(
          base::Code::kInvalidArgument,
          "readers that share a video must request the same range, stream, crop and picture rate",
          "requests");
    }
  }
  return {};
}

base::Result<std::unique_ptr<RequestedSource>> OpenRequested(const std::filesystem::path& path,
                                                             const ReaderOptions& options) {
  if (base::NamesPictures(path)) return OpenPictures(path, options);
  return OpenReader(path, options, Gives::kViews);
}

base::Result<std::unique_ptr<FrameSource>> OpenVideo(const std::filesystem::path& path,
                                                     const ReaderOptions& options) {
  auto source = OpenRequested(path, options);
  if (!source) return std::unexpected(std::move(source.error()));
  return AsFrameSource(std::move(*source));
}

base::Result<std::unique_ptr<DecodedSource>> OpenDecoded(const std::filesystem::path& path,
                                                         const ReaderOptions& options) {
  if (base::NamesPictures(path)) return OpenPictures(path, options);
  return OpenReader(path, options, Gives::kPictures);
}

}  // namespace reelbatch::media
