#include "media/requested_views.h"

#include <algorithm>

namespace reelbatch::media {
namespace {

base::Status Hold(const AVFrame& frame, AvFrame& reference) {
  if (reference == nullptr) reference.reset(av_frame_alloc());
  if (reference == nullptr || av_frame_ref(reference.get(), &frame) < 0) {
    return base::Fail(base::Code::kOutOfMemory, "there is not enough memory for a frame");
  }
  return {};
}

}  // namespace

RequestedViews::RequestedViews(const std::vector<FrameRequest>& requests, int frames_kept,
                               std::shared_ptr<ReadingState> state, const AVStream& stream)
    : state_(std::move(state)),
      taken_(state_->samplers.size()),
      slots_(static_cast<size_t>(frames_kept) + 1) {
  for (const FrameRequest& request : requests) {
    std::optional<size_t> small;
    if (request.thumbnail) {
      const auto known = std::ranges::find(thumbnailers_, *request.thumbnail,
                                           [](const auto& it) { return it.first; });
      small = static_cast<size_t>(known - thumbnailers_.begin());
      if (known == thumbnailers_.end())
        thumbnailers_.emplace_back(*request.thumbnail, Thumbnailer(*request.thumbnail, stream));
    }
    small_of_.push_back(small);
  }
  for (Slot& slot : slots_) {
    slot.frame.of.resize(requests.size());
    slot.sizes.resize(state_->converters.size());
    slot.smalls.resize(thumbnailers_.size());
  }
}

void RequestedViews::Turn() {
  turn_ = (turn_ + 1) % slots_.size();
  // Now, so that the decoder can have its memory for the next one.
  for (Sized& sized : slots_[turn_].sizes) {
    if (sized.held != nullptr) av_frame_unref(sized.held.get());
  }
}

FrameSampler::Verdict RequestedViews::Judge(double sampled_s) {
  using enum FrameSampler::Verdict;
  FrameSampler::Verdict verdict = kSkip;
  for (size_t k = 0; k < taken_.size(); ++k) {
    const FrameSampler::Verdict one = state_->samplers[k].Judge(sampled_s);
    if (one == kStop) return kStop;
    taken_[k] = one == kTake;
    if (taken_[k]) verdict = kTake;
  }
  return verdict;
}

void RequestedViews::NoteSkipped(const AVFrame& frame) {
  for (FrameConverter& converter : state_->converters) converter.NoteSkipped(frame);
}

base::Status RequestedViews::Show(const DecodedFrame& decoded) {
  Slot& slot = slots_[turn_];
  slot.frame.stamp = decoded.stamp;
  for (Sized& sized : slot.sizes) sized.view.reset();
  for (Small& small : slot.smalls) small.made = false;
  for (size_t k = 0; k < small_of_.size(); ++k) {
    const ReadingState::Place place = state_->places[k];
    slot.frame.of[k].reset();
    if (!taken_[place.sampler]) continue;
    const auto view = ViewOf(decoded, place.converter);
    if (!view) return std::unexpected(view.error());
    image::StampedFrame shown{*view, decoded.stamp.index, decoded.stamp.pts_s};
    if (small_of_[k]) {
      const FrameConverter& converter = state_->converters[place.converter];
      const AVFrame& picture = converter.crops() ? converter.part() : decoded.loose;
      const auto small = SmallOf(picture, *small_of_[k]);
      if (!small) return std::unexpected(small.error());
      shown.thumbnail = *small;
    }
    slot.frame.of[k] = shown;
  }
  // A file's first frame sets the geometry of all sizes, also of those that leave it out.
  for (size_t k = 0; k < slot.sizes.size(); ++k) {
    if (!slot.sizes[k].view) state_->converters[k].NoteSkipped(decoded.frame);
  }
  return {};
}

base::Result<image::FrameView> RequestedViews::ViewOf(const DecodedFrame& decoded,
                                                      size_t converter) {
  Sized& sized = slots_[turn_].sizes[converter];
  if (sized.view) return *sized.view;
  FrameConverter& from = state_->converters[converter];
  const auto view = from.Convert(decoded.frame, decoded.meaning, sized.planes);
  if (!view) return view;
  if (view->y.data == from.part().data[0]) {
    if (auto held = Hold(from.part(), sized.held); !held) return std::unexpected(held.error());
  }
  sized.view = *view;
  return *view;
}

base::Result<image::ImageView<uint8_t>> RequestedViews::SmallOf(const AVFrame& picture,
                                                                size_t thumbnailer) {
  Small& small = slots_[turn_].smalls[thumbnailer];
  if (!small.made) {
    const base::Status made = thumbnailers_[thumbnailer].second.Make(picture, small.plane);
    if (!made) return std::unexpected(made.error());
    small.made = true;
  }
  return small.plane.view();
}

base::Status RequestedViews::Keep(const AVFrame& frame, image::FrameStamp stamp) {
  Slot& slot = slots_[turn_];
  slot.frame.stamp = stamp;
  for (size_t k = 0; k < small_of_.size(); ++k) {
    slot.frame.of[k].reset();
    if (taken_[state_->places[k].sampler])
      slot.frame.of[k] = image::StampedFrame{{}, stamp.index, stamp.pts_s};
  }
  return Hold(frame, slot.sizes.front().held);
}

}  // namespace reelbatch::media
