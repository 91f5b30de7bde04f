#pragma once

#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "base/result.h"
#include "image/plane.h"
#include "media/av.h"
#include "media/frame_request.h"
#include "media/reading_state.h"
#include "media/thumbnailer.h"

namespace reelbatch::media {

/// A decoded frame that at least one request takes.
struct DecodedFrame {
  const AVFrame& frame;
  SampleMeaning meaning = {};
  /// The frame from which small pictures are made if nothing is cropped
  /// (StreamDecoder::loosely_cropped()).
  const AVFrame& loose;
  image::FrameStamp stamp = {};
};

/// Makes of each decoded frame of a file the pictures that the requests of its reader need. Every
/// analysis size and every small picture is made once per frame, and only if a request that takes
/// the frame needs it. Threads: one caller at a time.
class RequestedViews {
 public:
  /// `state` knows the requests, too. The samples of a frame stay valid for `frames_kept` further
  /// calls of Turn(). `stream` is that of Thumbnailer.
  RequestedViews(const std::vector<FrameRequest>& requests, int frames_kept,
                 std::shared_ptr<ReadingState> state, const AVStream& stream);

  /// Gives back the memory of the decoder that the oldest frame holds. Call it before the next
  /// frame is decoded.
  void Turn();

  /// Decides which requests take the next frame, by its time on the clock of the sampling. kTake
  /// means that at least one request takes it. kStop holds for all requests.
  FrameSampler::Verdict Judge(double sampled_s);

  /// Of a frame that no request takes.
  void NoteSkipped(const AVFrame& frame);

  /// Makes the views of a frame that Judge() took. Errors: as FrameConverter::Convert() and
  /// Thumbnailer::Make().
  base::Status Show(const DecodedFrame& decoded);
  /// The same without views, for who wants the decoder's own picture(). Errors: out_of_memory.
  base::Status Keep(const AVFrame& frame, image::FrameStamp stamp);

  const RequestedFrame& shown() const { return slots_[turn_].frame; }
  /// The frame that Keep() kept.
  const AVFrame& picture() const { return *slots_[turn_].sizes.front().held; }
  /// As FrameConverter.
  bool SizeChanged(const AVFrame& frame) const { return first().SizeChanged(frame); }

 private:
  /// A frame at one analysis size.
  struct Sized {
    std::optional<image::FrameView> view;
    FramePlanes planes;
    AvFrame held;  // a reference that keeps samples which were passed through
  };
  struct Small {
    bool made = false;
    image::Plane<uint8_t> plane;
  };
  /// Memory of a frame that was given out.
  struct Slot {
    RequestedFrame frame;
    std::vector<Sized> sizes;   // by converter
    std::vector<Small> smalls;  // by thumbnailer
  };

  const FrameConverter& first() const { return state_->converters.front(); }
  base::Result<image::FrameView> ViewOf(const DecodedFrame& decoded, size_t converter);
  base::Result<image::ImageView<uint8_t>> SmallOf(const AVFrame& picture, size_t thumbnailer);

  std::shared_ptr<ReadingState> state_;
  std::vector<std::pair<FrameSize, Thumbnailer>> thumbnailers_;  // one per size
  std::vector<std::optional<size_t>> small_of_;                  // by request: its thumbnailer
  std::vector<bool> taken_;                                      // by sampler, of this frame
  std::vector<Slot> slots_;  // frames given out, which take turns
  size_t turn_ = 0;
};

}  // namespace reelbatch::media
