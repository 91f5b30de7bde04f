#include "runtime/source_queue.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "base/units.h"

namespace reelbatch::runtime {
SourceQueue::SourceQueue(planning::Ledger& ledger, int lanes, int feeds)
    : ledger_(ledger), feeds_(feeds), look_ahead_(planning::LookAheadWindow(lanes)) {}

void SourceQueue::Add(std::vector<Input> inputs) {
  left_ += static_cast<int64_t>(inputs.size());
  found_.reserve(found_.size() + inputs.size());
  for (Input& input : inputs) {
    look_ahead_.Add(input.id, input.bytes);
    work_.Add(input.bytes);
    const int id = input.id;
    found_.emplace(id, std::move(input));
  }
}

std::shared_ptr<Video> SourceQueue::Take() {
  if (!concluding_.empty()) {
    auto video = std::move(concluding_.front());
    concluding_.pop_front();
    return video;
  }
  if (const auto id = look_ahead_.Probe()) {
    auto node = found_.extract(*id);
    in_probe_.insert(*id);
    ++probing_;
    Release();
    return std::make_shared<Video>(std::move(node.mapped()));
  }
  if (launched_.empty()) return nullptr;
  auto video = std::move(launched_.front());
  launched_.pop_front();
  return video;
}

void SourceQueue::PutProbed(std::shared_ptr<Video> video) {
  const VideoPlan& plan = std::get<Probed>(video->state).plan;
  const bool again = in_probe_.erase(video->input.id) == 0;
  if (!again) work_.Probed(video->input.bytes, {.seconds = plan.media_s, .work = plan.work});
  if (!again && !launching_) return held_.push_back(std::move(video));
  Wait(std::move(video));
  TellUnseen();
}

void SourceQueue::EndProbe(const Input& input) {
  --probing_;
  if (in_probe_.erase(input.id) > 0) {
    look_ahead_.Leave();
    work_.Dropped(input.bytes);
  }
  Release();
  TellUnseen();
}

void SourceQueue::TellUnseen() {
  const auto total = work_.total();
  ledger_.SetUnseenMs(total ? std::max(0.0, total->amount.work - seen_work_) : 0);
}

void SourceQueue::Release() {
  if (launching_ || !look_ahead_.filled()) return;
  launching_ = true;
  for (auto& video : std::exchange(held_, {})) Wait(std::move(video));
  TellUnseen();
}

void SourceQueue::Wait(std::shared_ptr<Video> video) {
  const VideoPlan& plan = std::get<Probed>(video->state).plan;
  const int rank = RankOf(video->input);
  if (plan.tries == 0) seen_work_ += plan.work;
  const bool second = std::get<Probed>(video->state).second != nullptr;
  // Its keys are open since its first pass.
  ledger_.AddVideo({.video = rank,
                    .ms = plan.work,
                    .fast_ms = plan.fast_work,
                    .mb = base::ToMib(plan.bytes),
                    .second_pass = second,
                    .feeds = second ? planning::VideoTask::kNone : feeds_});
  waiting_.emplace(rank, std::move(video));
}

void SourceQueue::TellHeldUp(bool held_up) {
  for (const auto& video : launched_) ledger_.SetHeldUp(RankOf(video->input), held_up);
}

void SourceQueue::Launch(int rank, bool fast) {
  auto node = waiting_.extract(rank);
  std::shared_ptr<Video> video = std::move(node.mapped());
  Probed probed = std::move(std::get<Probed>(video->state));
  if (probed.plan.tries == 0) look_ahead_.Leave();
  if (probed.second == nullptr) probed.plan.fast = fast;
  video->state =
      Admitted{.plan = std::move(probed.plan), .second = std::move(probed.second), .place = {}};
  launched_.push_back(std::move(video));
}

}  // namespace reelbatch::runtime
