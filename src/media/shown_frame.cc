#include "media/shown_frame.h"

namespace reelbatch::media {

ShownFrame::ShownFrame(const ReaderOptions& options, const StreamDecoder& decoder)
    : decoder_(decoder), converter_(RequestsOf(options).front().sampling) {
  const auto thumbnail = RequestsOf(options).front().thumbnail;
  if (thumbnail) thumbnailer_.emplace(*thumbnail, decoder.stream());
}

base::Result<image::StampedFrame> ShownFrame::Make(const AVFrame& frame, const AVFrame& loose,
                                                   image::FrameStamp stamp) {
  const auto view = converter_.Convert(frame, decoder_.MeaningOf(frame), planes_);
  if (!view) return std::unexpected(view.error());
  image::StampedFrame shown{*view, stamp.index, stamp.pts_s};
  if (thumbnailer_) {
    const AVFrame& picture = converter_.crops() ? converter_.part() : loose;
    if (auto made = thumbnailer_->Make(picture, thumbnail_); !made)
      return std::unexpected(made.error());
    shown.thumbnail = thumbnail_.view();
  }
  return shown;
}

}  // namespace reelbatch::media
