#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "components/component.h"
#include "components/seeking.h"
#include "contracts/outcome.h"
#include "contracts/video.h"
#include "runtime/lease.h"
#include "runtime/run_sink.h"
#include "runtime/unit_stream.h"
#include "runtime/video_watch.h"

namespace reelbatch::runtime {

/// What the probe says of a video, and what decoding it is expected to take.
struct VideoPlan {
  contracts::VideoInfo info = {};
  double work = 0;       // ms where a deadline is to be kept, else pixel seconds: to order by
  double fast_work = 0;  // with preset fast; 0: no choice
  bool fast = false;     // preset fast, because of the deadline
  double media_s = 0;    // of the progress bar's total
  int64_t bytes = 0;     // that it holds with one decoder thread
  int tries = 0;         // admissions so far
};

/// How far a component is after the frames of its video.
enum class ComponentPhase : uint8_t {
  kFollows,   // it waits for the results that it needs or uses, which give it work
  kSeeks,     // it wants a second pass, which has not ended
  kWorks,     // its units are on their way; or it has none
  kFinished,  // its result is there; Component::Conclude() is left
  kSettled,   // it has ended, well or not
};

/// What is left of a video after its first pass.
struct DecodedVideo {
  std::optional<double> media_s = {};  // as VideoPlan; none: its probe came to nothing
  contracts::VideoOutcome outcome = {};
  VideoUnits units = {};  // by component; outlive these
  std::vector<std::unique_ptr<components::Component>> components = {};  // none where it failed
  std::vector<ComponentPhase> phases = {};                              // by component
  VideoPlan plan = {};                                                  // for a second pass

  /// Whether a lane would find something to do: all units have ended; or those of one component,
  /// where others wait for results.
  bool CanGoOn() const;
};

/// What a component wants of the second pass.
struct SeekTask {
  size_t component = 0;  // of DecodedVideo::components
  components::SeekRequest request = {};
};

/// A second, seeking pass, which waits for its lane or has it.
struct SecondPass {
  DecodedVideo decoded;
  std::vector<SeekTask> tasks;
};

// Note [The states of a video]: Found -> Probing -> Probed -> Admitted -> Decoding ->
// WaitingForUnits -> Concluding -> Ended. A video whose frames turn out to be larger than its
// header says goes back from Decoding to Probed. Where components wait for results of others, it
// comes to WaitingForUnits and Concluding several times; where one of them looks at the file again,
// it goes from Concluding to Probed with a second pass. A state is a type, and what a video holds
// of the run is a lease inside it: leaving the state gives it back.

/// Known by its name.
struct Found {};
/// A lane reads its header.
struct Probing {
  Lease lane;  // so many lanes fewer decode
};
/// Waits for a lane and for memory.
struct Probed {
  VideoPlan plan;
  std::unique_ptr<SecondPass> second = nullptr;  // null: its first pass
};
/// Has a lane and its memory.
struct Admitted {
  VideoPlan plan;
  std::unique_ptr<SecondPass> second = nullptr;
  Lease place;  // the lane and the memory
};
/// Its frames go through the components.
struct Decoding {
  double media_s = 0;
  contracts::VideoInfo info;
  Lease place;
  Lease units;   // what its components have pushed; letting go of it abandons them
  Lease permit;  // of the CPU, for one slice
};
/// A pass over it has ended, units of its components are with executors.
struct WaitingForUnits {
  DecodedVideo decoded;
};
/// There is something for its components to do: see DecodedVideo::CanGoOn().
struct Concluding {
  DecodedVideo decoded;
};
/// The sink has its outcome, or the run stops without one.
struct Ended {};

using VideoState =
    std::variant<Found, Probing, Probed, Admitted, Decoding, WaitingForUnits, Concluding, Ended>;

/// When a lane began to work on a video.
struct StartTimes {
  base::Nanoseconds wall{0};
  base::Nanoseconds steady{0};
};

/// One video of a run. It is in one pair of hands at a time: of the dispatcher or of a lane. The
/// watchdog looks at the watch alone; of a lane that it has given up it takes the rest, too. The
/// lane changes `state` only outside watched stretches, so VideoWatch's mutex orders the two.
struct Video {
  explicit Video(Input of) : input(std::move(of)) {}

  const Input input;
  VideoState state = Found{};
  int lane = 0;                       // that works on it
  std::optional<StartTimes> started;  // none: its outcome has its times already
  /// Components that earlier work is there of, as RunSink says; none: it was not asked yet.
  std::optional<std::vector<std::string>> done;
  VideoWatch watch;
};

/// Stands for `video` from now on, with an outcome to conclude: a lane may still be stuck in it, or
/// its watch has been asked to stop.
std::shared_ptr<Video> Replace(const Video& video, contracts::VideoOutcome outcome,
                               std::optional<double> media_s);

/// Puts the times of an outcome that ends now.
void Stamp(const StartTimes& started, const base::Clock& clock, contracts::VideoOutcome& outcome);

}  // namespace reelbatch::runtime
