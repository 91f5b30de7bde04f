#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "components/audio.h"
#include "contracts/audio.h"
#include "contracts/outcome.h"
#include "media/audio_reader.h"
#include "runtime/cost_log.h"
#include "runtime/measured_feed.h"
#include "runtime/video_watch.h"

namespace reelbatch::runtime {

/// Seconds of sound that are decoded and heard between taking a CPU permit and giving it back: some
/// 10 ms of work.
inline constexpr double kSoundPerSlice = 10;

/// The sound of one video on its way to the components that listen. It is read beside the pictures,
/// as far as they are: both are then in the same part of the file, and units of both come to be
/// side by side.
///
/// Sound that cannot be decoded, and a listener's own error, are faults of the components that
/// listen, not of the video. Threads: one caller at a time, inside a watched stretch.
class AudioFeed {
 public:
  using Open =
      std::function<base::Result<std::unique_ptr<media::AudioSource>>(const media::AudioOptions&)>;
  /// Told once per component and fault, at once.
  using OnFault = std::function<void(size_t component, const contracts::Fault&)>;

  /// `components`, `watch` and `costs` outlive it. `options.on_decoded` is its own.
  AudioFeed(const Components& components, Open open, media::AudioOptions options, VideoWatch& watch,
            CostLog& costs, OnFault on_fault);

  /// Lets the listeners hear up to container second `until_s`, at most kSoundPerSlice of it. False:
  /// the video has to stop.
  bool Advance(double until_s);
  /// All components have received all the sound, or no component uses sound.
  bool ended() const { return ended_; }
  /// Once it has ended: there is no sound.
  bool missing() const { return missing_; }
  /// Of sound that was heard to its end.
  const std::optional<contracts::AudioReport>& report() const { return report_; }

 private:
  struct Listener {
    size_t component = 0;
    components::AudioListener* audio_input = nullptr;
    bool failed = false;
  };

  bool OpenSource();
  bool End();
  /// Calls `hear` for everyone who has not failed. False: the video has to stop.
  template <class Hear>
  bool Tell(Hear&& hear);
  /// The sound itself fails: with it everyone who listens. False where it is only that the video
  /// was asked to stop.
  bool FailAll(const base::Error& error);
  void Fail(Listener& listener, const contracts::Fault& fault);

  const Open open_;
  media::AudioOptions options_;
  VideoWatch& watch_;
  CostLog& costs_;
  const OnFault on_fault_;
  std::vector<Listener> listeners_;
  std::unique_ptr<media::AudioSource> source_;
  std::optional<contracts::AudioReport> report_;
  bool missing_ = false;
  bool ended_ = false;
};

/// For a video whose frames no component analyses: there are no frames.
std::unique_ptr<MeasuredFeed> MakeFramelessFeed(const contracts::VideoInfo& info);

}  // namespace reelbatch::runtime
