#include <algorithm>
#include <utility>

#include "runtime/simulator/sim_time.h"
#include "runtime/simulator/simulation.h"

namespace reelbatch::runtime {

/// What the process finds when it starts: names and sizes.
void Simulation::FindVideos() {
  const auto all = static_cast<int>(corpus_.size());
  look_ahead_.emplace(scenario_.look_ahead > 0 ? scenario_.look_ahead : all);
  work_ = {};
  seen_ms_ = 0;
  for (int video = 0; video < all; ++video) {
    // With all in the window their order does not matter.
    const int64_t bytes = scenario_.look_ahead > 0 ? corpus_.Bytes(video) : 0;
    if (finished_[static_cast<size_t>(video)] != 0) continue;
    look_ahead_->Add(video, bytes);
    work_.Add(bytes);
  }
}

/// Begins probes on free cores, before videos take them, as the dispatcher does. Returns whether
/// the ledger has learned of a video.
bool Simulation::Probe() {
  const auto took = FromMs(scenario_.sources.probe_ms);
  while (took == base::Nanoseconds(0) ||
         probing_ + ledger_->cores_busy() < scenario_.sources.cores) {
    const std::optional<int> video = look_ahead_->Probe();
    if (!video) break;
    if (took == base::Nanoseconds(0)) {
      probed_.push_back(*video);
      continue;
    }
    ++probing_;
    At(now_ + took, EventKind::kProbeEnd, *video);
  }
  ledger_->SetCores(scenario_.sources.cores - probing_);
  if (!look_ahead_->filled() || probed_.empty()) return false;
  for (const int video : std::exchange(probed_, {})) {
    const SimVideo shape = corpus_.At(video);
    const double ms = corpus_.SourceMs(shape, false);
    work_.Probed(scenario_.look_ahead > 0 ? corpus_.Bytes(video) : 0,
                 {.seconds = shape.duration_s, .work = ms});
    seen_ms_ += ms;
    ledger_->AddVideo({.video = video,
                       .ms = ms,
                       .fast_ms = corpus_.MayBeFast(shape) ? corpus_.SourceMs(shape, true) : 0,
                       .mb = corpus_.SourceMb(shape),
                       .feeds = corpus_.BucketOf(shape)});
  }
  const auto total = work_.total();
  ledger_->SetUnseenMs(total ? std::max(0.0, total->amount.work - seen_ms_) : 0);
  return true;
}

void Simulation::EndProbe(int video) {
  --probing_;
  source_busy_s_ += scenario_.sources.probe_ms / 1e3;
  probed_.push_back(video);
}

bool Simulation::AllProbed() const {
  return look_ahead_->unprobed() == 0 && probing_ == 0 && probed_.empty();
}

}  // namespace reelbatch::runtime
