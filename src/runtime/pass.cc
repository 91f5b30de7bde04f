#include "runtime/pass.h"

#include <utility>
#include <variant>

#include "runtime/read_ahead.h"

namespace reelbatch::runtime {

media::ReaderOptions ReaderOptionsOf(const PassContext& context, VideoWatch& watch, int threads,
                                     std::vector<media::FrameRequest> requests) {
  return {.sampling = context.sampling,
          .threads = threads,
          .frames_kept = FramesKept(threads),
          .skip_loop_filter = context.skip_loop_filter,
          .largest = context.largest,
          .requests = std::move(requests),
          .cancel = &watch.token(),
          .on_decoded = [&watch] { watch.Beat(); }};
}

Pusher PusherOf(Video& video) {
  return {.beat = [&video] { return video.watch.Beat(); },
          .on_wait = [&video] { std::get<Decoding>(video.state).permit.Reset(); }};
}

}  // namespace reelbatch::runtime
