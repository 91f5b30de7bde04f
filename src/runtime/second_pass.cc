#include "runtime/second_pass.h"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "components/audio.h"
#include "media/audio_reader.h"
#include "media/seek_reader.h"
#include "runtime/audio_feed.h"
#include "runtime/cost_log.h"
#include "runtime/fault.h"
#include "runtime/frame_shares.h"

namespace reelbatch::runtime {
namespace {

using components::UnitsFrom;
using Verdict = VideoWatch::Verdict;

/// One picture that somebody wants.
struct Wish {
  size_t task = 0;
  size_t which = 0;  // of its pictures
};

class SecondWalk {
 public:
  SecondWalk(const PassContext& context, Video& video, SecondPass& second)
      : context_(context), video_(video), watch_(video.watch), second_(second) {
    std::vector<std::optional<media::FrameRequest>> wanted;
    for (const auto& task : second_.tasks) {
      const auto& component = second_.decoded.components[task.component];
      wanted.emplace_back(
          RequestOf(context_.dependencies.frames, component->name(), context_.sampling));
      // The times say which frames, so that only size and small picture tell requests apart.
      wanted.back()->sampling.analysis_fps.reset();
      wanted.back()->sampling.every.reset();
    }
    shares_ = ShareFrames(wanted);
    for (size_t task = 0; task < second_.tasks.size(); ++task) {
      const auto& pictures = second_.tasks[task].request.pictures_s;
      for (size_t which = 0; which < pictures.size(); ++which)
        wishes_[{*shares_.of[task], pictures[which]}].push_back({.task = task, .which = which});
    }
    spans_.resize(second_.tasks.size());
    failed_.resize(second_.tasks.size());
  }

  SecondPassEnd Walk() {
    Lease& permit = std::get<Decoding>(video_.state).permit;
    while (true) {
      if (!context_.permits.Acquire(1)) return RunStops();
      permit = Lease([&permits = context_.permits] { permits.Release(1); });
      watch_.Enter(Stage::kDecode);
      const bool ended = Slice();
      const Verdict verdict = watch_.Leave();
      if (verdict == Verdict::kGivenUp) return LaneLost();
      permit.Reset();
      if (verdict == Verdict::kRunStops) return RunStops();
      if (verdict == Verdict::kStuck) return WasStuck();
      if (ended) return Done();
    }
  }

 private:
  /// True: it has ended, or has to stop.
  bool Slice() {
    if (!wishes_.empty()) return !ShowPicture();
    ClosePictures();
    if (SoundWanted()) return !HearBlocks();
    for (size_t task = 0; task < second_.tasks.size(); ++task) {
      if (failed_[task]) continue;
      if (!watch_.Beat(Stage::kComponent)) return true;
      Tell(task, [&](components::SeekingPart& part) { return part.EndSeek(); });
    }
    return true;
  }

  void ClosePictures() {
    if (pictures_ != nullptr) pictures_seen_ += pictures_->counts().frames_decoded;
    pictures_.reset();
  }

  // Each of these is false where the video has to stop.

  bool ShowPicture() {
    const auto next = wishes_.begin();
    const auto [request, time_s] = next->first;
    if (std::ranges::all_of(next->second, [&](const Wish& wish) { return failed_[wish.task]; })) {
      wishes_.erase(next);  // nobody wants it any more
      return true;
    }
    if (request != request_) ClosePictures();
    request_ = request;
    auto shown = costs_.Decoding([&] {
      return Guarded([&]() -> base::Result<const image::StampedFrame*> {
        if (pictures_ == nullptr) {
          auto opened = OpenPictures();
          if (!opened) return std::unexpected(std::move(opened.error()));
          pictures_ = std::move(*opened);
        }
        return pictures_->At(time_s);
      });
    });
    if (!shown) {
      std::vector<size_t> tasks;
      for (const auto& [time, wishes] : wishes_) {
        for (const Wish& wish : wishes) tasks.push_back(wish.task);
      }
      wishes_.clear();
      return FailAll(tasks, shown.error());
    }
    if (!watch_.Beat(Stage::kDecode)) return false;
    for (const Wish& wish : next->second) {
      if (failed_[wish.task]) continue;
      watch_.Beat(Stage::kComponent);
      Tell(wish.task,
           [&](components::SeekingPart& part) { return part.TakePicture(wish.which, **shown); });
    }
    wishes_.erase(next);
    return true;
  }

  base::Result<std::unique_ptr<media::SeekReader>> OpenPictures() {
    const auto& open = context_.dependencies.open_seek;
    if (!open) return base::Fail(base::Code::kInternal, "this run cannot seek in videos");
    return open(video_.input.path,
                ReaderOptionsOf(context_, watch_, 1, {shares_.requests[request_]}));
  }

  bool SoundWanted() const {
    for (size_t task = 0; task < second_.tasks.size(); ++task) {
      if (WantsSound(task)) return true;
    }
    return false;
  }

  bool WantsSound(size_t task) const {
    return !failed_[task] && spans_[task] < second_.tasks[task].request.sound.size();
  }

  bool HearBlocks() {
    const auto heard = costs_.Listening([&] {
      return Guarded([&]() -> base::Result<media::AudioBlock> {
        if (sound_ == nullptr) {
          auto opened = OpenSound();
          if (!opened) return std::unexpected(std::move(opened.error()));
          sound_ = std::move(*opened);
        }
        return sound_->Next();
      });
    });
    if (!heard) {
      std::vector<size_t> tasks;
      for (size_t task = 0; task < second_.tasks.size(); ++task) {
        if (WantsSound(task)) tasks.push_back(task);
      }
      return FailAll(tasks, heard.error());
    }
    if (!watch_.Beat(Stage::kDecode)) return false;
    for (size_t task = 0; task < second_.tasks.size(); ++task) {
      if (heard->samples.empty()) spans_[task] = second_.tasks[task].request.sound.size();
      if (WantsSound(task)) Hear(task, *heard);
    }
    return true;
  }

  base::Result<std::unique_ptr<media::AudioSource>> OpenSound() {
    const auto& open = context_.dependencies.open_audio;
    if (!open) return base::Fail(base::Code::kInternal, "this run cannot open sound");
    auto source = open(video_.input.path, {.sampling = context_.sampling,
                                           .rate = components::kListeningRate,
                                           .cancel = &watch_.token(),
                                           .on_decoded = [this] { watch_.Beat(); }});
    if (source && *source == nullptr)
      return base::Fail(base::Code::kCorrupt,
                        "has no sound, but a component needs sound in its second pass");
    return source;
  }

  /// Gives a task the parts of a block that lie in its spans.
  void Hear(size_t task, const media::AudioBlock& block) {
    const auto& spans = second_.tasks[task].request.sound;
    const int64_t end = block.first_sample + static_cast<int64_t>(block.samples.size());
    size_t& next = spans_[task];
    while (next < spans.size() && spans[next].begin < end && !failed_[task]) {
      const int64_t from = std::max(spans[next].begin, block.first_sample);
      const int64_t to = std::min(spans[next].end, end);
      if (from < to) {
        const auto part = std::span(block.samples)
                              .subspan(static_cast<size_t>(from - block.first_sample),
                                       static_cast<size_t>(to - from));
        Tell(task,
             [&](components::SeekingPart& seeking) { return seeking.HearSpan(next, part, from); });
      }
      if (spans[next].end > end) return;
      ++next;
    }
  }

  template <class Call>
  void Tell(size_t task, Call&& call) {
    const size_t component = second_.tasks[task].component;
    components::SeekingPart& part = *second_.decoded.components[component]->seeking();
    const base::Status told =
        costs_.Of(component, [&] { return Guarded([&] { return call(part); }); });
    if (!told) Fail(task, told.error(), Blame::kComponent);
  }

  /// The file itself fails. False: it is only that the video was asked to stop.
  bool FailAll(const std::vector<size_t>& tasks, const base::Error& error) {
    if (error.code == base::Code::kCancelled && watch_.token().cancelled()) return false;
    for (const size_t task : tasks) {
      if (!failed_[task]) Fail(task, error, Blame::kVideo);
    }
    return true;
  }

  void Fail(size_t task, const base::Error& error, Blame blame) {
    failed_[task] = true;
    const size_t component = second_.tasks[task].component;
    const contracts::Fault fault = FaultOf(error, blame);
    SetFault(std::string(second_.decoded.components[component]->name()), fault,
             second_.decoded.outcome);
    if (const auto& units = second_.decoded.units[component])
      context_.units.FailUnits(*units, fault);
  }

  SecondPassDone Done() {
    auto& outcome = second_.decoded.outcome;
    outcome.costs.push_back(
        {.component = "second_pass",
         .part = context_.info.codec,
         .units = pictures_seen_,
         .cpu = costs_.OfDecoding().value_or(base::Nanoseconds(0)) + costs_.OfListening()});
    for (const SeekTask& task : second_.tasks) {
      const std::string name(second_.decoded.components[task.component]->name());
      const auto cost =
          std::ranges::find(outcome.costs, name, &contracts::ComponentCost::component);
      if (cost != outcome.costs.end() && cost->cpu)
        *cost->cpu += costs_.OfComponent(task.component);
      if (const auto& units = second_.decoded.units[task.component])
        context_.units.CloseUnits(*units, UnitsFrom::kSeek);
      second_.decoded.phases[task.component] = ComponentPhase::kWorks;
    }
    return {};
  }

  const PassContext& context_;
  Video& video_;
  VideoWatch& watch_;
  SecondPass& second_;
  FrameShares shares_;  // by task
  /// By request, whose pictures come from a reader of its own, and by time.
  std::map<std::pair<size_t, double>, std::vector<Wish>> wishes_;
  std::vector<size_t> spans_;  // by task: the next or current one
  std::vector<bool> failed_;   // by task
  std::unique_ptr<media::SeekReader> pictures_;
  size_t request_ = 0;  // that it reads for
  std::unique_ptr<media::AudioSource> sound_;
  int64_t pictures_seen_ = 0;  // decoded
  CostLog costs_;
};

}  // namespace

SecondPassEnd RunSecondPass(const PassContext& context, Video& video, SecondPass& second) {
  Lease& units = std::get<Decoding>(video.state).units;
  units = context.units.UnitsOf(video.input);
  for (const auto& each : second.decoded.units) {
    if (each != nullptr) context.units.SetPusher(*each, PusherOf(video));
  }
  const SecondPassEnd end = SecondWalk(context, video, second).Walk();
  if (std::holds_alternative<SecondPassDone>(end)) units.Release();
  return end;
}

double SecondPassWork(const VideoPlan& first, const std::vector<SeekTask>& tasks) {
  // A group of pictures is mostly two seconds or less; a picture costs half of one on average.
  constexpr double kSecondsPerPicture = 1;
  // Sound is decoded up to the last span, in a fiftieth of what pictures take.
  constexpr double kSecondsPerSecondOfSound = 0.02;
  double seconds = 0;
  for (const SeekTask& task : tasks) {
    seconds += kSecondsPerPicture * static_cast<double>(task.request.pictures_s.size());
    if (task.request.sound.empty()) continue;
    seconds += kSecondsPerSecondOfSound * static_cast<double>(task.request.sound.back().end) /
               components::kListeningRate;
  }
  return first.media_s > 0 ? first.work * std::min(1.0, seconds / first.media_s) : first.work;
}

}  // namespace reelbatch::runtime
