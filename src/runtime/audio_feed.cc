#include "runtime/audio_feed.h"

#include <algorithm>
#include <utility>

#include "runtime/fault.h"

namespace reelbatch::runtime {
namespace {

class FramelessFeed final : public MeasuredFeed {
 public:
  explicit FramelessFeed(contracts::VideoInfo info) : info_(std::move(info)) {
    report_.frames_expected = info_.frames_expected;
  }

  const contracts::VideoInfo& info() const override { return info_; }
  base::Status Start(const Components&) override { return {}; }
  base::Result<MeasuredFrame*> Next() override { return nullptr; }
  std::optional<size_t> failed_component() const override { return std::nullopt; }
  const contracts::DecodeReport& report() const override { return report_; }
  double position_s() const override { return 0; }
  std::optional<media::FrameSize> refused_size() const override { return std::nullopt; }

 private:
  const contracts::VideoInfo info_;
  contracts::DecodeReport report_;
};

}  // namespace

std::unique_ptr<MeasuredFeed> MakeFramelessFeed(const contracts::VideoInfo& info) {
  return std::make_unique<FramelessFeed>(info);
}

AudioFeed::AudioFeed(const Components& components, Open open, media::AudioOptions options,
                     VideoWatch& watch, CostLog& costs, OnFault on_fault)
    : open_(std::move(open)),
      options_(std::move(options)),
      watch_(watch),
      costs_(costs),
      on_fault_(std::move(on_fault)) {
  options_.rate = components::kListeningRate;
  options_.on_decoded = [this] { watch_.Beat(); };
  for (size_t k = 0; k < components.size(); ++k) {
    if (components::AudioListener* const audio_input = components[k]->audio())
      listeners_.push_back({.component = k, .audio_input = audio_input});
  }
  ended_ = listeners_.empty();
}

bool AudioFeed::Advance(double until_s) {
  if (ended_) return true;
  if (!watch_.Beat(Stage::kDecode)) return false;
  if (source_ == nullptr && !OpenSource()) return ended_;
  const double end_s = std::min(until_s, source_->position_s() + kSoundPerSlice);
  while (!ended_ && source_->position_s() < end_s) {
    if (!watch_.Beat(Stage::kDecode)) return false;
    const auto block =
        costs_.Listening([this] { return Guarded([this] { return source_->Next(); }); });
    if (!block) return FailAll(block.error());
    if (block->samples.empty()) return End();
    const bool goes_on = Tell([&](components::AudioListener& listener) {
      return listener.Hear(block->samples, block->first_sample);
    });
    if (!goes_on) return false;
    ended_ = std::ranges::all_of(listeners_, &Listener::failed);
  }
  if (ended_) source_.reset();  // no more packets of it need wait
  return true;
}

/// False: there is nothing to hear.
bool AudioFeed::OpenSource() {
  auto opened = costs_.Listening([this] { return Guarded([this] { return open_(options_); }); });
  if (!opened) {
    FailAll(opened.error());
    return false;
  }
  source_ = std::move(*opened);
  missing_ = source_ == nullptr;
  ended_ = missing_;
  return !missing_;
}

bool AudioFeed::End() {
  report_ = source_->report();
  source_.reset();
  ended_ = true;
  return Tell([&](components::AudioListener& listener) { return listener.HearEnd(*report_); });
}

template <class Hear>
bool AudioFeed::Tell(Hear&& hear) {
  for (Listener& listener : listeners_) {
    if (listener.failed) continue;
    if (!watch_.Beat(Stage::kComponent)) return false;
    const base::Status heard = costs_.Of(
        listener.component, [&] { return Guarded([&] { return hear(*listener.audio_input); }); });
    if (!heard) Fail(listener, FaultOf(heard.error(), Blame::kComponent));
  }
  return true;
}

bool AudioFeed::FailAll(const base::Error& error) {
  if (error.code == base::Code::kCancelled && watch_.token().cancelled()) return false;
  for (Listener& listener : listeners_) {
    if (!listener.failed) Fail(listener, FaultOf(error, Blame::kVideo));
  }
  source_.reset();
  ended_ = true;
  return true;
}

void AudioFeed::Fail(Listener& listener, const contracts::Fault& fault) {
  listener.failed = true;
  on_fault_(listener.component, fault);
}

}  // namespace reelbatch::runtime
