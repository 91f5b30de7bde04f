#include "media/picture_source.h"

#include <fmt/format.h>

#include <algorithm>
#include <new>
#include <utility>
#include <vector>

#include "base/picture_files.h"
#include "base/text.h"
#include "contracts/frame_rates.h"
#include "media/error_marks.h"
#include "media/log_capture.h"
#include "media/picture_decoder.h"
#include "media/reading_state.h"
#include "media/requested_views.h"
#include "media/stream_info.h"

namespace reelbatch::media {
namespace {

namespace fs = std::filesystem;

struct FreeFormat {
  void operator()(AVFormatContext* p) const { avformat_free_context(p); }
};

/// The whole of a sequence as if it were a stream of a container, for DescribeStream(). Nothing is
/// opened by it.
struct AsStream {
  std::unique_ptr<AVFormatContext, FreeFormat> format;
  AVStream* stream = nullptr;
};

base::Result<AsStream> DescribePictures(const PictureDecoder& decoder, const AVFrame& first,
                                        contracts::Rational rate, size_t pictures) {
  AsStream made;
  made.format.reset(avformat_alloc_context());
  if (made.format != nullptr) made.stream = avformat_new_stream(made.format.get(), nullptr);
  if (made.stream == nullptr) return base::Fail(base::Code::kOutOfMemory, "no memory");
  made.format->iformat = av_find_input_format("image2");
  AVStream& stream = *made.stream;
  const int result = avcodec_parameters_from_context(stream.codecpar, &decoder.codec());
  if (result < 0 || made.format->iformat == nullptr) {
    return base::Fail(base::Code::kOutOfMemory, "no memory");
  }
  stream.codecpar->width = first.width;
  stream.codecpar->height = first.height;
  stream.codecpar->format = first.format;
  stream.codecpar->color_range = first.color_range;
  stream.codecpar->color_space = first.colorspace;
  stream.avg_frame_rate = ToAv(rate);
  stream.r_frame_rate = ToAv(rate);
  stream.time_base = av_inv_q(ToAv(rate));
  stream.start_time = 0;
  stream.nb_frames = static_cast<int64_t>(pictures);
  stream.duration = stream.nb_frames;
  return made;
}

/// Sum of the files' sizes; what cannot be seen counts nothing.
int64_t BytesOf(const std::vector<fs::path>& files) {
  int64_t bytes = 0;
  for (const fs::path& file : files) {
    std::error_code error;
    const uintmax_t size = fs::file_size(file, error);
    if (!error) bytes += static_cast<int64_t>(size);
  }
  return bytes;
}

/// Cancelling and memory end the video; anything else is this picture's own fault.
bool EndsVideo(const base::Error& error) {
  return error.code == base::Code::kCancelled || error.code == base::Code::kOutOfMemory;
}

class PictureSource final : public DecodedSource {
 public:
  PictureSource(fs::path path, std::vector<fs::path> files, const ReaderOptions& options)
      : path_(std::move(path)),
        files_(std::move(files)),
        options_(options),
        rate_(PictureRate(options.sampling)),
        decoder_(options) {}

  /// Looks for the first picture that can be decoded. Errors as Probe().
  base::Status Open() {
    std::string first;
    for (const fs::path& file : files_) {
      const auto decoded = decoder_.Decode(file);
      if (decoded) return Begin(**decoded);
      if (EndsVideo(decoded.error())) return std::unexpected(decoded.error());
      if (first.empty()) first = base::PathForPeople(file) + ": " + decoded.error().message;
    }
    return base::Fail(base::Code::kCorrupt, "no picture could be decoded: " + first,
                      path_.string());
  }

  const contracts::VideoInfo& info() const override { return info_; }
  const contracts::DecodeReport& report() const override { return report_; }
  double position_s() const override { return position_s_; }
  std::optional<FrameSize> refused_size() const override { return decoder_.refused_size(); }
  const AVFrame& picture() const override { return *last_; }
  PictureColours colours() const override { return ColoursOf(*last_); }
  const AVStream* stream() const override { return stream_.stream; }

  base::Result<const RequestedFrame*> Next() override try {
    const QuietLog quiet;
    views_->Turn();
    while (next_ < files_.size()) {
      const auto index = static_cast<contracts::FrameIndex>(next_);
      const double pts_s = static_cast<double>(index) * static_cast<double>(rate_.den) /
                           static_cast<double>(rate_.num);
      position_s_ = pts_s;
      const FrameSampler::Verdict verdict = views_->Judge(SampledTime(pts_s));
      if (verdict == FrameSampler::Verdict::kStop) {
        report_.past_range_s = pts_s;
        break;
      }
      if (auto decoded = DecodeNext(); !decoded) return std::unexpected(decoded.error());
      if (options_.on_decoded) options_.on_decoded();
      report_.end_frame = index + 1;
      report_.last_pts_s = pts_s;
      const AVFrame& frame = *last_;
      const bool taken = verdict == FrameSampler::Verdict::kTake;
      if (taken) {
        const base::Status shown = views_->Show({.frame = frame,
                                                 .meaning = MeaningOf(frame),
                                                 .loose = frame,
                                                 .stamp = {.index = index, .pts_s = pts_s}});
        if (!shown) return base::Fail(shown.error().code, shown.error().message, path_.string());
      }
      if (!report_.size_changed_at && views_->SizeChanged(frame)) report_.size_changed_at = index;
      if (taken) return &views_->shown();
    }
    next_ = files_.size();
    Finish();
    return nullptr;
  } catch (const std::bad_alloc&) {
    return base::Fail(base::Code::kOutOfMemory, "there is not enough memory for a picture",
                      path_.string());
  }

 private:
  base::Status Begin(const AVFrame& frame) {
    auto described = DescribePictures(decoder_, frame, rate_, files_.size());
    if (!described) return std::unexpected(described.error());
    stream_ = std::move(*described);
    info_ = DescribeStream(*stream_.format, *stream_.stream, BytesOf(files_));
    info_.frames_expected = static_cast<int64_t>(files_.size());
    report_.frames_expected = info_.frames_expected;
    report_.rate = rate_;
    const std::vector<FrameRequest> requests = RequestsOf(options_);
    views_.emplace(requests, options_.frames_kept,
                   options_.continues ? options_.continues->state
                                      : std::make_shared<ReadingState>(requests, 0),
                   *stream_.stream);
    // The first picture sets the geometry, also where the range begins later.
    views_->NoteSkipped(frame);
    return Keep(frame);
  }

  /// What stands in for a picture that cannot be decoded.
  base::Status Keep(const AVFrame& frame) {
    if (last_ == nullptr) last_.reset(av_frame_alloc());
    if (last_ == nullptr) return base::Fail(base::Code::kOutOfMemory, "no memory", path_.string());
    av_frame_unref(last_.get());
    if (av_frame_ref(last_.get(), &frame) < 0)
      return base::Fail(base::Code::kOutOfMemory, "no memory", path_.string());
    return {};
  }

  /// last_ is then the next picture, or what stands in for it.
  base::Status DecodeNext() {
    const fs::path& file = files_[next_++];
    const auto index = static_cast<contracts::FrameIndex>(next_ - 1);
    const auto decoded = decoder_.Decode(file);
    std::string trouble;
    if (decoded) {
      trouble = decoder_.complaint();
      if (!trouble.empty()) trouble = base::PathForPeople(file) + ": " + trouble;
      if (auto kept = Keep(**decoded); !kept) return kept;
    } else if (EndsVideo(decoded.error())) {
      return std::unexpected(decoded.error());
    } else {
      trouble = base::PathForPeople(file) + ": " + decoded.error().message;
    }
    marks_.OnFrame(index, index, !trouble.empty());
    if (report_.first_error.empty()) report_.first_error = trouble;
    return {};
  }

  SampleMeaning MeaningOf(const AVFrame& frame) const {
    const auto format = static_cast<AVPixelFormat>(frame.format);
    return {.full_range = IsFullRange(frame.color_range, format),
            .bt709 = IsBt709(frame.colorspace, info_.height)};
  }

  /// As VideoReader: where the pictures follow other files, the sampling counts from those.
  double SampledTime(double pts_s) const {
    const auto& continues = options_.continues;
    return continues && continues->starts_at_s ? *continues->starts_at_s + pts_s : pts_s;
  }

  void Finish() {
    if (finished_) return;
    finished_ = true;
    marks_.OnEnd();
    marks_.Report(report_);
    report_.frames_decoded = report_.end_frame;
  }

  const fs::path path_;
  const std::vector<fs::path> files_;
  const ReaderOptions options_;
  const contracts::Rational rate_;
  PictureDecoder decoder_;
  AsStream stream_;
  std::optional<RequestedViews> views_;  // from Open() on
  contracts::VideoInfo info_;
  contracts::DecodeReport report_;
  ErrorMarks marks_;
  AvFrame last_;
  size_t next_ = 0;
  double position_s_ = 0;
  bool finished_ = false;
};

base::Result<std::unique_ptr<PictureSource>> OpenSource(const fs::path& path,
                                                        const ReaderOptions& options) {
  const QuietLog quiet;
  if (auto valid = CheckRequests(options); !valid) return std::unexpected(valid.error());
  if (options.sampling.stream.value_or(0) != 0) {
    return base::Fail(base::Code::kInvalidArgument, "a picture sequence has stream 0 only",
                      path.string());
  }
  auto pictures = base::ListPictures(path);
  if (!pictures) {
    // The path was an input, not an option: a sequence without pictures is a video that failed.
    if (pictures.error().code == base::Code::kInvalidArgument)
      pictures.error().code = base::Code::kIo;
    return std::unexpected(pictures.error());
  }
  auto source = std::make_unique<PictureSource>(path, std::move(pictures->files), options);
  if (auto opened = source->Open(); !opened) return std::unexpected(opened.error());
  return source;
}

}  // namespace

contracts::Rational PictureRate(const contracts::Sampling& sampling) {
  const double fps = sampling.picture_fps.value_or(kDefaultPictureFps);
  constexpr int kLargestDenominator = 1'000'000;
  return contracts::SnappedRate(FromAv(av_d2q(fps, kLargestDenominator)));
}

base::Result<contracts::VideoInfo> ProbePictures(const fs::path& path,
                                                 const contracts::Sampling& sampling,
                                                 const base::CancelToken* cancel) {
  const auto source = OpenSource(path, {.sampling = sampling, .cancel = cancel});
  if (!source) return std::unexpected(source.error());
  return (*source)->info();
}

base::Result<std::unique_ptr<DecodedSource>> OpenPictures(const fs::path& path,
                                                          const ReaderOptions& options) {
  auto source = OpenSource(path, options);
  if (!source) return std::unexpected(source.error());
  return std::move(*source);
}

}  // namespace reelbatch::media
