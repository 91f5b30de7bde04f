#include "media/range_reader.h"

#include <algorithm>
#include <functional>
#include <limits>
#include <string>
#include <utility>

#include "media/container.h"
#include "media/ffmpeg_versions.h"
#include "media/shown_frame.h"
#include "media/stream_decoder.h"

extern "C" {
#include <libavutil/adler32.h>
}

namespace reelbatch::media {
namespace {

bool LooksAtEveryFrame(const std::vector<FrameRequest>& requests) {
  if (requests.empty()) return true;
  const contracts::Sampling& sampling = requests.front().sampling;
  return requests.size() == 1 && !sampling.analysis_fps && !sampling.every && !sampling.start_s &&
         !sampling.end_s;
}

// The next packet of the stream; none at the end or at damage.
bool ReadPacket(Container& container, AVPacket& packet) {
  while (true) {
    av_packet_unref(&packet);
    if (container.ReadFrame(packet) < 0) return false;
    if (packet.stream_index == container.stream()->index) return true;
  }
}

// Every packet of the index gives a frame: none is hidden by an edit list.
bool ShowsAllOfItsIndex(AVStream* stream) {
  const int entries = avformat_index_get_entries_count(stream);
  if (entries != stream->nb_frames) return false;
  for (int i = 0; i < entries; ++i) {
    if ((avformat_index_get_entry(stream, i)->flags & AVINDEX_DISCARD_FRAME) != 0) return false;
  }
  return true;
}

class OneRange final : public RangeReader {
 public:
  OneRange(std::unique_ptr<StreamDecoder> decoder, const ReaderOptions& options)
      : decoder_(std::move(decoder)), shown_(options, *decoder_), on_decoded_(options.on_decoded) {}

  base::Status Begin(const KeyframeRange& range) override {
    range_ = range;
    started_ = !range.first_pts;
    ended_ = false;
    last_pts_.reset();
    stamped_ = {};
    stamped_.index = -1;
    return range.first_pts ? decoder_->Seek(*range.first_pts) : base::Status();
  }

  base::Result<const image::StampedFrame*> Next() override {
    const LogCapture::Scope scope(unread_log_);
    while (!ended_) {
      const base::Result<const AVFrame*> decoded = decoder_->Next();
      if (!decoded) return std::unexpected(decoded.error());
      const AVFrame* frame = *decoded;
      if (frame == nullptr) return Finish();
      if (on_decoded_) on_decoded_();
      const int64_t pts = frame->best_effort_timestamp;
      if (!started_) {
        if (pts != AV_NOPTS_VALUE && pts < range_.first_pts) continue;
        if (pts != range_.first_pts) return Unlike("does not begin where it was planned");
        started_ = true;
      }
      if (auto sound = Check(*frame); !sound) return std::unexpected(sound.error());
      ended_ = pts == range_.end_pts;
      return Show(*frame);
    }
    return Finish();
  }

  bool behind() const override { return ended_ && range_.end_pts.has_value(); }

  uint32_t PictureSum() const override {
    const image::ImageView<uint8_t>& y = stamped_.view.y;
    AVAdler sum = 1;
    for (int row = 0; row < y.height; ++row) {
      sum = av_adler32_update(sum, y.row(row), static_cast<size_t>(y.width));
    }
    return sum;
  }

  bool interlaced() const override { return interlaced_; }

 private:
  std::unexpected<base::Error> Unlike(std::string_view reason) const {
    return base::Fail(base::Code::kCorrupt, std::string("a range ") + std::string(reason),
                      decoder_->path().string());
  }

  /// A stamp far ahead that frames after it need not contradict: VideoReader may repair it.
  base::Result<bool> MayBeWrong(int64_t pts) {
    const bool first = !last_pts_ && !range_.first_pts;
    const double gap_s = last_pts_ ? TicksToSeconds(pts - *last_pts_, decoder_->time_base()) : 0;
    if (!first && gap_s <= FarSeconds(NominalFrameSeconds(decoder_->info()))) return false;
    auto witness = decoder_->Witness();
    if (!witness) return std::unexpected(witness.error());
    return witness->against_decode_time || witness->later_s.empty();
  }

  base::Status Check(const AVFrame& frame) {
    const contracts::VideoInfo& info = decoder_->info();
    const int64_t pts = frame.best_effort_timestamp;
    if (pts == AV_NOPTS_VALUE || (last_pts_ && pts <= *last_pts_)) {
      return Unlike("has frames without order in time");
    }
    const auto wrong = MayBeWrong(pts);
    if (!wrong) return std::unexpected(wrong.error());
    if (*wrong) return Unlike("has a frame whose time may be wrong");
    if (range_.end_pts && pts > *range_.end_pts) return Unlike("does not end where it was planned");
    const char* const format = av_get_pix_fmt_name(static_cast<AVPixelFormat>(frame.format));
    if (frame.width != info.width || frame.height != info.height || format == nullptr ||
        info.pixel_format != format) {
      return Unlike("has frames of another size or format than the header says");
    }
    interlaced_ = interlaced_ || IsInterlaced(frame);
    last_pts_ = pts;
    return {};
  }

  base::Result<const image::StampedFrame*> Show(const AVFrame& frame) {
    const image::FrameStamp stamp{
        .index = stamped_.index + 1,
        .pts_s = TicksToSeconds(frame.best_effort_timestamp, decoder_->time_base())};
    auto shown = shown_.Make(frame, decoder_->loosely_cropped(), stamp);
    if (!shown) return std::unexpected(shown.error());
    stamped_ = *shown;
    return &stamped_;
  }

  base::Result<const image::StampedFrame*> Finish() {
    if (!ended_ && range_.end_pts) return Unlike("ends before its last frame");
    ended_ = true;
    contracts::DecodeReport report;
    decoder_->Report(report);
    if (report.decode_errors > 0 || !decoder_->first_log_line().empty()) {
      return Unlike("is damaged: " + decoder_->first_log_line());
    }
    return nullptr;
  }

  LogCapture unread_log_;  // of conversions
  std::unique_ptr<StreamDecoder> decoder_;
  ShownFrame shown_;
  std::function<void()> on_decoded_;
  KeyframeRange range_;
  image::StampedFrame stamped_;
  std::optional<int64_t> last_pts_;
  bool started_ = false;
  bool ended_ = false;
  bool interlaced_ = false;
};

}  // namespace

bool MayHaveRanges(const contracts::VideoInfo& info, const std::vector<FrameRequest>& requests,
                   double range_s) {
  constexpr std::string_view kMp4 = "mov,mp4";
  return info.container.starts_with(kMp4) && info.frames_expected &&
         info.duration_s.value_or(0) >= 2 * range_s && LooksAtEveryFrame(requests);
}

base::Result<RangePlan> PlanRanges(const std::filesystem::path& path, const ReaderOptions& options,
                                   double range_s) {
  auto opened = Container::Open(path, options.sampling, options.cancel);
  if (!opened) return std::unexpected(std::move(opened.error()));
  Container& container = **opened;
  const AVStream& stream = *container.stream();
  RangePlan plan{.info = container.info(), .tick_s = av_q2d(stream.time_base), .ranges = {}};
  const bool counted =
      plan.info.frames_expected == stream.nb_frames && ShowsAllOfItsIndex(container.stream());
  if (!counted || !MayHaveRanges(plan.info, RequestsOf(options), range_s)) return plan;

  const LogCapture::Scope scope(container.log());
  const AvPacket packet(av_packet_alloc());
  if (packet == nullptr) return container.Fail(AVERROR(ENOMEM), "planning");
  plan.ranges.emplace_back();
  int64_t newest_pts = std::numeric_limits<int64_t>::min();
  const double duration_s = plan.info.duration_s.value_or(0);
  for (int64_t k = 1; static_cast<double>(k) * range_s < duration_s; ++k) {
    const double at_s = plan.info.start_time_s + static_cast<double>(k) * range_s;
    const auto target = static_cast<int64_t>(at_s / plan.tick_s);
    if (container.Seek(target) < 0) break;
    if (!ReadPacket(container, *packet)) break;
    if (container.file().cancelled()) return container.Fail(AVERROR_EXIT, "planning");
    if (options.on_decoded) options.on_decoded();
    const bool usable = (packet->flags & AV_PKT_FLAG_KEY) != 0 && packet->pts != AV_NOPTS_VALUE &&
                        packet->pts > newest_pts;
    const bool first = plan.info.start_time_s >= static_cast<double>(packet->pts) * plan.tick_s;
    if (!usable || first) continue;
    newest_pts = packet->pts;
    plan.ranges.back().end_pts = packet->pts;
    plan.ranges.push_back({.first_pts = packet->pts, .end_pts = {}});
  }
  return plan;
}

base::Result<std::unique_ptr<RangeReader>> OpenRangeReader(const std::filesystem::path& path,
                                                           const ReaderOptions& options) {
  auto packets = StreamPackets::OfFrames(path, options.sampling, options.cancel, nullptr);
  if (!packets) return std::unexpected(std::move(packets.error()));
  auto decoder = StreamDecoder::Open(std::move(*packets), options);
  if (!decoder) return std::unexpected(std::move(decoder.error()));
  return std::make_unique<OneRange>(std::move(*decoder), options);
}

RangeJoin::RangeJoin(const RangePlan& plan)
    : expected_(plan.info.frames_expected), clock_(plan.info, plan.tick_s) {}

image::FrameStamp RangeJoin::Stamp(double container_s) {
  last_s_ = clock_.Next(container_s);
  if (frames_ == 0) first_s_ = last_s_;
  return {.index = frames_++, .pts_s = last_s_};
}

base::Result<contracts::DecodeReport> RangeJoin::Finish(bool interlaced) const {
  if (frames_ != expected_ || clock_.repaired() > 0) {
    return base::Fail(base::Code::kCorrupt,
                      "the ranges do not have as many frames as the container says");
  }
  contracts::DecodeReport report;
  report.frames_decoded = frames_;
  report.frames_expected = expected_;
  report.end_frame = frames_;
  report.last_pts_s = last_s_;
  report.interlaced = interlaced;
  report.vfr = clock_.vfr();
  report.rate = clock_.rate();
  return report;
}

}  // namespace reelbatch::media
