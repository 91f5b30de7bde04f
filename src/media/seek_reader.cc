#include "media/seek_reader.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <new>
#include <string>
#include <utility>

#include "base/picture_files.h"
#include "media/ffmpeg_versions.h"
#include "media/frame_sampler.h"
#include "media/seek_map.h"
#include "media/shown_frame.h"
#include "media/stream_decoder.h"

namespace reelbatch::media {
namespace {

constexpr double kSameTimeS = 1e-6;

std::unexpected<base::Error> NoMemory(const std::filesystem::path& path) {
  return base::Fail(base::Code::kOutOfMemory, "there is not enough memory for a frame",
                    path.string());
}

/// The options of a reader that gives every frame, and one more than asked for.
ReaderOptions OfEveryFrame(const ReaderOptions& options, int64_t& decoded) {
  ReaderOptions all = options;
  const FrameRequest request = RequestsOf(options).front();
  all.sampling = request.sampling;
  all.thumbnail = request.thumbnail;
  all.requests.clear();
  all.sampling.analysis_fps.reset();
  all.sampling.every.reset();
  all.sampling.start_s.reset();
  all.sampling.end_s.reset();
  all.frames_kept = 1;
  all.continues.reset();
  all.shared.reset();
  all.on_decoded = [&decoded, inner = options.on_decoded] {
    ++decoded;
    if (inner) inner();
  };
  return all;
}

/// Decodes in order.
class InOrder final : public SeekReader {
 public:
  using Open = std::function<base::Result<std::unique_ptr<FrameSource>>(const ReaderOptions&)>;

  static base::Result<std::unique_ptr<SeekReader>> Make(const ReaderOptions& options,
                                                        const Open& open) {
    auto reader = std::make_unique<InOrder>();
    auto source = open(OfEveryFrame(options, reader->counts_.frames_decoded));
    if (!source) return std::unexpected(std::move(source.error()));
    reader->source_ = std::move(*source);
    return reader;
  }

  const contracts::VideoInfo& info() const override { return source_->info(); }
  SeekCounts counts() const override { return counts_; }
  std::optional<FrameSize> refused_size() const override { return source_->refused_size(); }

  base::Result<const image::StampedFrame*> At(double pts_s) override {
    if (!(pts_s >= last_s_)) return NotAscending();
    last_s_ = pts_s;
    while (!ended_ && (!next_ || next_->pts_s <= pts_s + kSameTimeS)) {
      const auto frame = source_->Next();
      if (!frame) return std::unexpected(frame.error());
      if (next_) current_ = next_;
      ended_ = *frame == nullptr;
      next_.reset();
      if (!ended_) next_ = **frame;
    }
    return current_ ? &*current_ : &*next_;
  }

  static std::unexpected<base::Error> NotAscending() {
    return base::Fail(base::Code::kInvalidArgument,
                      "times of pictures must be numbers that increase from call to call");
  }

 private:
  SeekCounts counts_;
  std::unique_ptr<FrameSource> source_;  // counts in counts_
  std::optional<image::StampedFrame> current_;
  std::optional<image::StampedFrame> next_;  // the newest frame, which is shown later
  double last_s_ = -HUGE_VAL;
  bool ended_ = false;
};

base::Result<std::unique_ptr<SeekReader>> OpenInOrder(const std::filesystem::path& path,
                                                      const ReaderOptions& options) {
  return InOrder::Make(options, [&](const ReaderOptions& all) { return OpenVideo(path, all); });
}

/// A decoded frame that is kept.
struct Kept {
  AvFrame frame;
  AvFrame loose;  // StreamDecoder::loosely_cropped()
  double pts_s = 0;
  contracts::FrameIndex index = -1;
  bool there = false;

  bool Take(const StreamDecoder& decoder, const AVFrame& decoded) {
    if (frame == nullptr) frame.reset(av_frame_alloc());
    if (loose == nullptr) loose.reset(av_frame_alloc());
    if (frame == nullptr || loose == nullptr) return false;
    Drop();
    there = av_frame_ref(frame.get(), &decoded) >= 0 &&
            av_frame_ref(loose.get(), &decoder.loosely_cropped()) >= 0;
    return there;
  }
  void Drop() {
    if (frame != nullptr) av_frame_unref(frame.get());
    if (loose != nullptr) av_frame_unref(loose.get());
    there = false;
  }
};

/// Seeks where that changes nothing, and hands over to InOrder where it might.
class Seeking final : public SeekReader {
 public:
  Seeking(std::unique_ptr<StreamDecoder> decoder, const ReaderOptions& options)
      : decoder_(std::move(decoder)),
        info_(decoder_->info()),
        path_(decoder_->path()),
        options_(options),
        shown_(std::in_place, options, *decoder_) {}

  const contracts::VideoInfo& info() const override { return info_; }

  SeekCounts counts() const override {
    SeekCounts counts = counts_;
    if (in_order_) counts.frames_decoded += in_order_->counts().frames_decoded;
    return counts;
  }

  std::optional<FrameSize> refused_size() const override {
    return in_order_ ? in_order_->refused_size() : decoder_->refused_size();
  }

  base::Result<const image::StampedFrame*> At(double pts_s) override try {
    if (!(pts_s >= last_s_)) return InOrder::NotAscending();
    last_s_ = pts_s;
    const LogCapture::Scope scope(unread_log_);
    if (!in_order_) {
      const auto found = Find(LastTick(pts_s));
      if (!found) return std::unexpected(found.error());
      if (*found) return Show(current_.there ? current_ : next_);
      if (auto ready = GoInOrder(); !ready) return std::unexpected(ready.error());
    }
    return in_order_->At(pts_s);
  } catch (const std::bad_alloc&) {
    return NoMemory(path_);
  }

 private:
  /// The last tick that is not above `pts_s`, with the tolerance.
  int64_t LastTick(double pts_s) const {
    constexpr double kMost = 1e15;  // any time that a stream can have, and exact in a double
    const AVRational tick = decoder_->time_base();
    const double limit_s = pts_s + kSameTimeS;
    auto ticks =
        static_cast<int64_t>(std::floor(std::clamp(limit_s / av_q2d(tick), -kMost, kMost)));
    // What the division has rounded.
    if (TicksToSeconds(ticks, tick) > limit_s) --ticks;
    if (TicksToSeconds(ticks + 1, tick) <= limit_s) ++ticks;
    return ticks;
  }

  /// Decodes until current_, or next_ where there is no current_, is the frame of that time. False:
  /// it may not be the one of a decoder that begins at the beginning.
  base::Result<bool> Find(int64_t tick) {
    // Decoding on costs less than filling the decoder anew.
    constexpr size_t kFewFrames = 8;
    if (map_ == nullptr) {
      auto map = SeekMap::Open(path_, options_.sampling, options_.cancel, options_.on_decoded);
      if (!map) return std::unexpected(map.error());
      map_ = std::move(*map);
    }
    if (auto known = map_->ExtendTo(tick); !known) return std::unexpected(known.error());
    if (!map_->sound() || map_->times().empty()) return false;
    if (!begun_) {
      if (auto first = Begin(); !first || !*first) return first;
    }
    const auto entry = map_->EntryFor(tick);
    if (entry && map_->Rank(*entry) > newest_ + kFewFrames) {
      if (auto entered = Enter(*entry); !entered || !*entered) return entered;
    }
    while (!ended_ && map_->times()[newest_] <= tick) {
      if (auto went = Advance(); !went || !*went) return went;
    }
    return true;
  }

  base::Result<bool> Begin() {
    begun_ = true;
    const auto decoded = Decode();
    if (!decoded) return std::unexpected(decoded.error());
    if (*decoded == nullptr) return false;
    const AVFrame& frame = **decoded;
    first_size_ = {frame.width, frame.height};
    first_format_ = frame.format;
    shown_->NoteFirst(frame);
    return Keep(frame, 0);
  }

  base::Result<bool> Enter(int64_t entry) {
    current_.Drop();
    next_.Drop();
    passed_over_ = true;
    ++counts_.seeks;
    if (!decoder_->Seek(entry)) return false;
    while (true) {
      const auto decoded = Decode();
      if (!decoded) return std::unexpected(decoded.error());
      if (*decoded == nullptr) return false;
      const AVFrame& frame = **decoded;
      // A keyframe before, or pictures of an open GOP.
      if (frame.pts != AV_NOPTS_VALUE && frame.pts < entry) continue;
      if (!IsKeyFrame(frame)) return false;
      return Keep(frame, map_->Rank(entry));
    }
  }

  base::Result<bool> Advance() {
    std::swap(current_, next_);
    next_.Drop();
    const auto decoded = Decode();
    if (!decoded) return std::unexpected(decoded.error());
    if (*decoded != nullptr) return Keep(**decoded, newest_ + 1);
    ended_ = true;
    return map_->complete() && newest_ + 1 == map_->times().size() && !Complains();
  }

  base::Result<const AVFrame*> Decode() {
    auto decoded = decoder_->Next();
    if (!decoded || *decoded == nullptr) return decoded;
    ++counts_.frames_decoded;
    if (options_.on_decoded) options_.on_decoded();
    return decoded;
  }

  /// Takes the frame as the newest one, whose place is `rank`. False: it is not what the packets
  /// promise.
  base::Result<bool> Keep(const AVFrame& frame, size_t rank) {
    if (rank >= map_->times().size() || frame.pts != map_->times()[rank]) return false;
    if (FrameSize{frame.width, frame.height} != first_size_ || frame.format != first_format_)
      return false;
    if (Complains()) return false;
    if (!next_.Take(*decoder_, frame)) return NoMemory(path_);
    newest_ = rank;
    next_.pts_s = TicksToSeconds(frame.pts, decoder_->time_base());
    next_.index = passed_over_ ? -1 : static_cast<contracts::FrameIndex>(rank);
    return true;
  }

  /// Since decoding was entered.
  bool Complains() const {
    contracts::DecodeReport report;
    decoder_->Report(report);
    return report.decode_errors > 0 || !decoder_->first_log_line().empty();
  }

  base::Result<const image::StampedFrame*> Show(const Kept& kept) {
    auto made = shown_->Make(*kept.frame, *kept.loose, {.index = kept.index, .pts_s = kept.pts_s});
    if (!made) return base::Fail(made.error().code, made.error().message, path_.string());
    stamped_ = *made;
    return &stamped_;
  }

  base::Status GoInOrder() {
    // Its memory is not held beside that of another decoder.
    current_ = {};
    next_ = {};
    shown_.reset();
    decoder_.reset();
    map_.reset();
    auto opened = OpenInOrder(path_, options_);
    if (!opened) return std::unexpected(std::move(opened.error()));
    in_order_ = std::move(*opened);
    return {};
  }

  LogCapture unread_log_;  // of conversions
  std::unique_ptr<StreamDecoder> decoder_;
  const contracts::VideoInfo info_;
  const std::filesystem::path path_;
  const ReaderOptions options_;
  std::optional<ShownFrame> shown_;
  std::unique_ptr<SeekMap> map_;
  std::unique_ptr<SeekReader> in_order_;  // null: seeking has changed nothing so far
  SeekCounts counts_;
  Kept current_;
  Kept next_;          // the newest frame
  size_t newest_ = 0;  // its place in the map
  image::StampedFrame stamped_;
  FrameSize first_size_;
  int first_format_ = AV_PIX_FMT_NONE;
  double last_s_ = -HUGE_VAL;
  bool begun_ = false;
  bool ended_ = false;
  bool passed_over_ = false;  // frames, so that indices are not known
};

}  // namespace

base::Result<std::unique_ptr<SeekReader>> OpenSeekReader(const std::filesystem::path& path,
                                                         const ReaderOptions& options) try {
  if (auto valid = ValidateSampling(options.sampling); !valid)
    return std::unexpected(std::move(valid.error()));
  if (base::NamesPictures(path)) return OpenInOrder(path, options);
  auto packets = StreamPackets::OfFrames(path, options.sampling, options.cancel, nullptr);
  if (!packets) return std::unexpected(std::move(packets.error()));
  if (!SeekMap::Covers((*packets)->info(), (*packets)->parameters())) {
    packets->reset();
    return OpenInOrder(path, options);
  }
  auto decoder = StreamDecoder::Open(std::move(*packets), options);
  if (!decoder) return std::unexpected(std::move(decoder.error()));
  return std::make_unique<Seeking>(std::move(*decoder), options);
} catch (const std::bad_alloc&) {
  return NoMemory(path);
}

base::Result<std::unique_ptr<SeekReader>> OpenSeekReader(const JoinedFiles& files,
                                                         const ReaderOptions& options) {
  const auto open = [&](const ReaderOptions& all) -> base::Result<std::unique_ptr<FrameSource>> {
    auto source = files.Open(all);
    if (!source) return std::unexpected(std::move(source.error()));
    return AsFrameSource(std::move(*source));
  };
  return InOrder::Make(options, open);
}

}  // namespace reelbatch::media
