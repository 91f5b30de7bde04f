#include "engine/pushed_frames.h"

#include <new>
#include <utility>

namespace reelbatch::engine {
namespace {

std::unexpected<base::Error> NoMemory() {
  return base::Fail(base::Code::kOutOfMemory, "there is not enough memory for a frame");
}

}  // namespace

PushedFrames::PushedFrames(std::vector<std::unique_ptr<components::Component>> components,
                           const contracts::VideoInfo& info)
    : components_(std::move(components)),
      meters_(components_),
      measures_(meters_.NewMeasures()),
      info_(info) {}

base::Result<PushedFrames> PushedFrames::Open(
    std::vector<std::unique_ptr<components::Component>> components,
    const contracts::VideoInfo& info) try {
  for (const auto& component : components) {
    if (auto opened = component->Open(info); !opened) return std::unexpected(opened.error());
  }
  return PushedFrames(std::move(components), info);
} catch (const std::bad_alloc&) {
  return NoMemory();
}

base::Status PushedFrames::Push(const base::Result<image::FrameView>& view, double time_s) {
  if (!failed_) return failed_;
  if (!view) return failed_ = std::unexpected(view.error());
  failed_ = Measure({.view = *view, .index = report_.frames_decoded, .pts_s = time_s});
  if (!failed_) return failed_;
  report_.end_frame = ++report_.frames_decoded;
  report_.last_pts_s = time_s;
  return {};
}

base::Status PushedFrames::Measure(const image::StampedFrame& frame) try {
  for (size_t k = 0; k < components_.size(); ++k) {
    if (auto done = meters_.meter(k).Measure(frame, *measures_[k]); !done) return done;
    if (auto done = components_[k]->Take(frame.stamp(), *measures_[k]); !done) return done;
  }
  return {};
} catch (const std::bad_alloc&) {
  return NoMemory();
}

base::Result<contracts::VideoOutcome> PushedFrames::Finish() {
  if (!failed_) return std::unexpected(failed_.error());
  auto outcome = Close();
  if (!outcome) failed_ = std::unexpected(outcome.error());
  return outcome;
}

base::Result<contracts::VideoOutcome> PushedFrames::Close() try {
  contracts::VideoOutcome outcome;
  outcome.info = info_;
  outcome.decode = report_;
  for (const auto& component : components_) {
    if (auto done = component->Close(report_, outcome); !done) return std::unexpected(done.error());
  }
  for (const auto& component : components_) {
    if (auto done = component->Conclude(outcome); !done) return std::unexpected(done.error());
  }
  return outcome;
} catch (const std::bad_alloc&) {
  return NoMemory();
}

}  // namespace reelbatch::engine
