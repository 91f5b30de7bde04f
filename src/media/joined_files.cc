#include "media/joined_files.h"

#include <deque>
#include <optional>
#include <utility>

#include "media/frame_clock.h"
#include "media/joined_info.h"
#include "media/reading_state.h"

namespace reelbatch::media {
namespace {

using contracts::DecodeReport;
using contracts::VideoInfo;

class JoinedVideo final : public RequestedSource {
 public:
  JoinedVideo(const std::vector<std::filesystem::path>& files, const std::vector<VideoInfo>& infos,
              const ReaderOptions& options)
      : files_(files),
        info_(JoinInfos(infos)),
        options_(options),
        state_(std::make_shared<ReadingState>(RequestsOf(options), infos.front().player_start_s)) {}

  /// The file behind those that were read.
  base::Status OpenNext() {
    ReaderOptions options = options_;
    options.continues = Continuation{.state = state_};
    options.shared.reset();  // of one file
    if (!parts_.empty()) options.continues->starts_at_s = next_starts_s_;
    auto opened = OpenRequested(files_[parts_.size()], options);
    if (!opened) return std::unexpected(std::move(opened.error()));
    source_ = std::move(*opened);
    return {};
  }

  const VideoInfo& info() const override { return info_; }
  const DecodeReport& report() const override { return report_; }
  std::optional<FrameSize> refused_size() const override {
    return source_ == nullptr ? std::nullopt : source_->refused_size();
  }
  double position_s() const override {
    return source_ == nullptr ? position_s_ : PartStart() + source_->position_s() - first_pts_s_;
  }

  base::Result<const RequestedFrame*> Next() override {
    while (!spent_.empty() && --spent_.front().calls < 0) spent_.pop_front();
    for (size_t i = 1; i < spent_.size(); ++i) --spent_[i].calls;
    while (source_ != nullptr) {
      const auto frame = source_->Next();
      if (!frame) return std::unexpected(frame.error());
      if (*frame != nullptr) return Show(**frame);
      if (auto ended = EndPart(); !ended) return std::unexpected(ended.error());
    }
    return nullptr;
  }

 private:
  /// A file that is read, kept while frames of it are in use.
  struct Spent {
    std::unique_ptr<RequestedSource> source;
    int calls = 0;  // of Next() that it has to outlive
  };

  /// When the first frame of the file at hand is shown.
  double PartStart() const { return parts_.empty() ? first_pts_s_ : next_starts_s_; }

  const RequestedFrame* Show(const RequestedFrame& frame) {
    if (parts_.empty()) first_pts_s_ = frame.stamp.pts_s - source_->position_s();
    shown_ = frame;
    shown_.stamp.index += first_frame_;
    if (!parts_.empty()) shown_.stamp.pts_s = next_starts_s_ + source_->position_s();
    for (auto& seen : shown_.of) {
      if (!seen) continue;
      seen->index = shown_.stamp.index;
      seen->pts_s = shown_.stamp.pts_s;
    }
    return &shown_;
  }

  base::Status EndPart() {
    PartReport part;
    part.report = source_->report();
    part.part.path = files_[parts_.size()].native();
    part.part.first_frame = first_frame_;
    part.part.info = source_->info();
    part.part.frames = part.report.end_frame;
    // Of a file that lies outside the range as a whole no frame has come; its report knows the
    // times.
    const double file_start_s =
        part.report.past_range_s.value_or(part.report.last_pts_s) - source_->position_s();
    if (parts_.empty()) first_pts_s_ = file_start_s;
    const double start_s = PartStart();
    part.part.start_s = start_s;
    const double last_s = part.report.last_pts_s - file_start_s;
    part.frame_s = FrameSeconds(part, last_s);
    part.report.last_pts_s = start_s + last_s;
    const bool stops = part.report.past_range_s.has_value();
    if (stops) part.report.past_range_s = start_s + source_->position_s();
    position_s_ = start_s + source_->position_s() - first_pts_s_;
    next_starts_s_ = part.report.last_pts_s + part.frame_s;
    first_frame_ += part.report.end_frame;
    parts_.push_back(std::move(part));
    spent_.push_back({std::move(source_), options_.frames_kept});
    if (stops || parts_.size() == files_.size()) {
      report_ = JoinReports(parts_);
      return {};
    }
    return OpenNext();
  }

  /// How long a frame of the file lasts, by what was decoded.
  static double FrameSeconds(const PartReport& part, double last_s) {
    if (part.report.rate.num > 0) return 1 / part.report.rate.value();
    if (part.report.end_frame < 2) return NominalFrameSeconds(part.part.info);
    return last_s / static_cast<double>(part.report.end_frame - 1);
  }

  std::vector<std::filesystem::path> files_;
  VideoInfo info_;
  ReaderOptions options_;
  std::shared_ptr<ReadingState> state_;
  std::unique_ptr<RequestedSource> source_;  // of the file at hand; null: all are read
  std::deque<Spent> spent_;
  std::vector<PartReport> parts_;  // of the files that are read
  DecodeReport report_;
  RequestedFrame shown_;
  contracts::FrameIndex first_frame_ = 0;  // of the file at hand
  double first_pts_s_ = 0;                 // of the first file
  double next_starts_s_ = 0;               // of the file at hand, from the second one on
  double position_s_ = 0;
};

}  // namespace

base::Result<VideoInfo> JoinedFiles::Probe(const contracts::Sampling& sampling,
                                           const base::CancelToken* cancel) {
  infos_.clear();
  for (const std::filesystem::path& file : files_) {
    contracts::Sampling of_file = sampling;
    if (!infos_.empty()) of_file.crop.reset();  // it counts in frames of the first file
    auto info = media::Probe(file, of_file, cancel);
    if (!info) return info;
    infos_.push_back(std::move(*info));
  }
  return WithLargest(JoinInfos(infos_), infos_);
}

base::Result<std::unique_ptr<RequestedSource>> JoinedFiles::Open(
    const ReaderOptions& options) const {
  auto joined = std::make_unique<JoinedVideo>(files_, infos_, options);
  if (auto opened = joined->OpenNext(); !opened) return std::unexpected(opened.error());
  return joined;
}

}  // namespace reelbatch::media
