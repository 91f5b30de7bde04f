#pragma once

// Stand-ins for the dependencies of a run, for its tests. Everything here may be used by any
// thread.

#include <algorithm>
#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/mutex.h"
#include "runtime/admission.h"
#include "runtime/run.h"

namespace reelbatch::runtime::fakes {

/// Stands still, or moves a step whenever someone looks.
class TestClock final : public base::Clock {
 public:
  base::Nanoseconds Steady() const override {
    if (moving_) now_ns_ += std::chrono::nanoseconds(std::chrono::milliseconds(50)).count();
    return base::Nanoseconds(now_ns_);
  }
  base::Nanoseconds Wall() const override { return std::chrono::seconds(1'700'000'000); }
  void WaitFor(base::ConditionVariable& condition, base::Mutex& mutex,
               base::Nanoseconds /*time*/) const override REQUIRES(mutex) {
    condition.wait_for(mutex, std::chrono::milliseconds(1));
  }
  void Move() { moving_ = true; }
  void Freeze() { moving_ = false; }

 private:
  std::atomic<bool> moving_{false};
  mutable std::atomic<int64_t> now_ns_{0};
};

/// Something to hang on, until the test lets go.
class Gate {
 public:
  void HangHere() {
    base::MutexLock lock(mutex_);
    while (!open_) changed_.wait(mutex_);
  }
  void Open() {
    base::MutexLock lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }
  /// A lost lane has let go of its source.
  void Leave() {
    base::MutexLock lock(mutex_);
    left_ = true;
    changed_.notify_all();
  }
  void AwaitLeave() {
    base::MutexLock lock(mutex_);
    while (!left_) changed_.wait(mutex_);
  }

 private:
  base::Mutex mutex_;
  base::ConditionVariable changed_;
  bool open_ GUARDED_BY(mutex_) = false;
  bool left_ GUARDED_BY(mutex_) = false;
};

enum class Trouble : uint8_t {
  kNone,
  kProbeFails,
  kOpenFails,
  kNextFails,
  kNextThrows,
  kNextRunsOutOfMemory,
  kProbeThrows,
  kComponentThrows,
  kComponentFails,
  kMakeThrows,
  kDamaged,           // decode errors; other frames with every number of threads
  kNextStuck,         // comes back when cancelled
  kNextStuckForEver,  // comes back when the gate opens
  kProbeStuck,        // comes back when cancelled
  kProbeStuckForEver,
  kGrows,  // its fourth frame is twice as wide and high as the header says
};

struct FakeVideo {
  double duration_s = 1;
  int width = 64;
  int height = 36;
  int frames = 25;
  Trouble trouble = Trouble::kNone;
};

/// The highest value a counter had.
class HighWater {
 public:
  void Add(int64_t by) {
    const int64_t now = value_ += by;
    int64_t highest = highest_;
    while (now > highest && !highest_.compare_exchange_weak(highest, now)) {
    }
  }
  int64_t highest() const { return highest_; }
  int64_t value() const { return value_; }

 private:
  std::atomic<int64_t> value_{0};
  std::atomic<int64_t> highest_{0};
};

/// Videos by path, and what happened to them. Held by shared_ptr: a lost lane may use it after the
/// test's run.
struct World {
  std::map<std::string, FakeVideo> videos;
  Gate gate;
  std::function<void()> on_hang = [] {};
  HighWater bytes;                          // by the estimate of open sources
  HighWater in_next;                        // sources inside Next()
  std::atomic<int> made_fast{0};            // components of a video that was to be fast
  std::atomic<int> opened_with_threads{0};  // opens with more than one
  std::atomic<int> opens{0};
  std::atomic<int> decoded{0};  // frames of all sources
  std::atomic<int> probes{0};
};

inline contracts::VideoInfo InfoOf(const FakeVideo& video) {
  contracts::VideoInfo info;
  info.codec = "h264";
  info.pixel_format = "yuv420p";
  info.width = video.width;
  info.height = video.height;
  info.duration_s = video.duration_s;
  return info;
}

class FakeSource final : public media::RequestedSource {
 public:
  FakeSource(std::shared_ptr<World> world, const FakeVideo& video,
             const media::ReaderOptions& options)
      : world_(std::move(world)),
        video_(video),
        options_(options),
        info_(InfoOf(video)),
        bytes_(VideoBytes(info_, {}, options_.threads)) {
    for (media::FrameRequest& request : media::RequestsOf(options_)) {
      request.sampling.end_s.reset();  // the fakes show every video to its end
      samplers_.emplace_back(request.sampling, 0);
    }
    frame_.of.resize(samplers_.size());
    world_->bytes.Add(bytes_);
    if (video.trouble == Trouble::kDamaged) report_.decode_errors = 1;
  }
  ~FakeSource() override {
    world_->bytes.Add(-bytes_);
    if (video_.trouble == Trouble::kNextStuckForEver) world_->gate.Leave();
  }
  FakeSource(const FakeSource&) = delete;
  FakeSource& operator=(const FakeSource&) = delete;

  const contracts::VideoInfo& info() const override { return info_; }
  const contracts::DecodeReport& report() const override { return report_; }
  double position_s() const override { return frame_.stamp.pts_s; }
  std::optional<media::FrameSize> refused_size() const override { return refused_; }

  base::Result<const media::RequestedFrame*> Next() override {
    world_->in_next.Add(1);
    auto next = Make();
    world_->in_next.Add(-1);
    return next;
  }

 private:
  base::Result<const media::RequestedFrame*> Make() {
    if (options_.cancel->cancelled()) return base::Fail(base::Code::kCancelled, "cancelled");
    if (next_ == 3) {
      if (auto trouble = InTheMiddle(); !trouble) return std::unexpected(trouble.error());
    }
    std::this_thread::yield();
    while (next_ < video_.frames) {
      // The stamp stands in for the picture: a damaged video looks different with every number of
      // threads.
      const int noise = video_.trouble == Trouble::kDamaged ? 1000 * options_.threads : 0;
      frame_.stamp = {.index = next_ + noise, .pts_s = next_ / 25.0};
      report_.frames_decoded = ++next_;
      ++world_->decoded;
      if (TakeIt()) return &frame_;
    }
    return nullptr;
  }

  /// False: no request wants the frame.
  bool TakeIt() {
    bool wanted = false;
    for (size_t k = 0; k < samplers_.size(); ++k) {
      frame_.of[k].reset();
      if (samplers_[k].Judge(frame_.stamp.pts_s) != media::FrameSampler::Verdict::kTake) continue;
      frame_.of[k] = image::StampedFrame{{}, frame_.stamp.index, frame_.stamp.pts_s};
      wanted = true;
    }
    return wanted;
  }

  base::Status InTheMiddle() {
    switch (video_.trouble) {
      case Trouble::kNextFails:
        return base::Fail(base::Code::kCorrupt, "no frame could be decoded");
      case Trouble::kNextThrows:
        throw std::runtime_error("decoder exploded");
      case Trouble::kNextRunsOutOfMemory:
        throw std::bad_alloc();
      case Trouble::kNextStuck:
        world_->on_hang();
        while (!options_.cancel->cancelled()) std::this_thread::yield();
        return base::Fail(base::Code::kCancelled, "cancelled");
      case Trouble::kNextStuckForEver:
        world_->on_hang();
        world_->gate.HangHere();
        return {};
      case Trouble::kGrows:
        return Grow();
      default:
        return {};
    }
  }

  base::Status Grow() {
    contracts::VideoInfo grown = info_;
    grown.width *= 2;
    grown.height *= 2;
    if (options_.largest.width > 0 && options_.largest.width < grown.width) {
      refused_ = media::FrameSize{.width = grown.width, .height = grown.height};
      return base::Fail(base::Code::kOutOfMemory, "a larger frame");
    }
    const int64_t more = VideoBytes(grown, {}, options_.threads) - bytes_;
    world_->bytes.Add(more);
    bytes_ += more;
    return {};
  }

  const std::shared_ptr<World> world_;
  const FakeVideo video_;
  const media::ReaderOptions options_;
  const contracts::VideoInfo info_;
  int64_t bytes_;
  std::optional<media::FrameSize> refused_;
  contracts::DecodeReport report_;
  std::vector<media::FrameSampler> samplers_;  // by request
  media::RequestedFrame frame_;
  int next_ = 0;
};

struct FakeMeasure final : components::FrameMeasure {};

class FakeMeter final : public components::FrameMeter {
 public:
  explicit FakeMeter(Trouble trouble) : trouble_(trouble) {}
  std::unique_ptr<components::FrameMeasure> NewMeasure() const override {
    return std::make_unique<FakeMeasure>();
  }
  base::Status Measure(const image::StampedFrame& frame, components::FrameMeasure&) override {
    if (trouble_ == Trouble::kComponentThrows && frame.index == 5) throw std::logic_error("bug");
    return {};
  }

 private:
  const Trouble trouble_;
};

/// Its result: the frames it saw.
class FakeComponent final : public components::Component {
 public:
  explicit FakeComponent(Trouble trouble) : trouble_(trouble) {}
  std::string_view name() const override { return "fake"; }
  base::Status Open(const contracts::VideoInfo&) override { return {}; }
  std::unique_ptr<components::FrameMeter> MakeMeter(components::SharedFlows&) const override {
    return std::make_unique<FakeMeter>(trouble_);
  }
  base::Status Take(const image::FrameStamp& frame, components::FrameMeasure&) override {
    if (trouble_ == Trouble::kComponentFails && frame.index == 5) {
      return base::Fail(base::Code::kInvalidArgument, "bad knob");
    }
    frames_.push_back(static_cast<int32_t>(frame.index));
    return {};
  }
  base::Status Close(const contracts::DecodeReport&, contracts::VideoOutcome& outcome) override {
    outcome.results["fake"].arrays = {contracts::MakeTensor("frame_indices", frames_)};
    return {};
  }

 private:
  const Trouble trouble_;
  std::vector<int32_t> frames_;
};

/// The frames that the fake component saw; none where it left no result.
inline std::vector<int32_t> FramesOf(const contracts::VideoOutcome& outcome) {
  const auto fake = outcome.results.find("fake");
  if (fake == outcome.results.end()) return {};
  return contracts::ValuesOf<int32_t>(fake->second.arrays.at(0));
}

inline RunDependencies DependenciesOf(const std::shared_ptr<World>& world) {
  RunDependencies dependencies;
  dependencies.probe = [world](
                           const std::filesystem::path& path,
                           const base::CancelToken* cancel) -> base::Result<contracts::VideoInfo> {
    ++world->probes;
    const FakeVideo& video = world->videos.at(path.string());
    if (video.trouble == Trouble::kProbeFails) {
      return base::Fail(base::Code::kCorrupt, "moov atom not found");
    }
    if (video.trouble == Trouble::kProbeThrows) throw std::runtime_error("probe exploded");
    if (video.trouble == Trouble::kProbeStuck) {
      world->on_hang();
      while (!cancel->cancelled()) std::this_thread::yield();
      return base::Fail(base::Code::kCancelled, "cancelled");
    }
    if (video.trouble == Trouble::kProbeStuckForEver) {
      world->on_hang();
      world->gate.HangHere();
      world->gate.Leave();
    }
    return InfoOf(video);
  };
  dependencies.open = [world](const std::filesystem::path& path,
                              const media::ReaderOptions& options)
      -> base::Result<std::unique_ptr<media::RequestedSource>> {
    ++world->opens;
    if (options.threads > 1) ++world->opened_with_threads;
    const FakeVideo& video = world->videos.at(path.string());
    if (video.trouble == Trouble::kOpenFails) return base::Fail(base::Code::kIo, "disk gone");
    return std::make_unique<FakeSource>(world, video, options);
  };
  // Components know a video by its information only: its width, unique in these tests, finds it.
  dependencies.make_components = [world](const MakeRequest& request) {
    if (request.fast) ++world->made_fast;
    Trouble trouble = Trouble::kNone;
    for (const auto& [path, video] : world->videos) {
      if (video.width == request.info.width && video.trouble != Trouble::kNone)
        trouble = video.trouble;
    }
    if (trouble == Trouble::kMakeThrows) throw std::bad_alloc();
    std::vector<std::unique_ptr<components::Component>> components;
    components.push_back(std::make_unique<FakeComponent>(trouble));
    return components;
  };
  return dependencies;
}

/// Everything of an outcome that must not depend on threads, as text.
inline std::string TextOf(const contracts::VideoOutcome& outcome) {
  std::string text(contracts::VideoStatusName(outcome.status));
  if (outcome.fault) {
    text += " " + std::string(contracts::FaultCodeName(outcome.fault->code)) + " " +
            outcome.fault->reason;
  }
  if (outcome.empty_reason) text += " too_short";
  for (const int32_t frame : FramesOf(outcome)) text += " " + std::to_string(frame);
  return text;
}

class FakeSink final : public RunSink {
 public:
  bool LikelyFinished(const Input& input) override { return likely.contains(input.id); }

  base::Result<EarlierWork> Begin(const Input& input, const base::CancelToken& cancel) override {
    base::MutexLock lock(mutex_);
    ++begins_[input.id];
    if (cancel.cancelled()) return base::Fail(base::Code::kCancelled, "cancelled");
    if (const auto error = begin_errors.find(input.id); error != begin_errors.end()) {
      return std::unexpected(error->second);
    }
    EarlierWork earlier;
    if (const auto some = done.find(input.id); some != done.end()) earlier.done = some->second;
    if (finished.contains(input.id))
      earlier.outcome.emplace().status = contracts::VideoStatus::kSkipped;
    return earlier;
  }

  base::Result<LoadedWork> Load(const Input& input, std::vector<std::string> answered) override {
    base::MutexLock lock(mutex_);
    ++loads_;
    if (const auto error = load_errors.find(input.id); error != load_errors.end())
      return std::unexpected(error->second);
    if (!loaded.contains(input.id)) return LoadedWork{.done = std::move(answered)};
    return loaded.at(input.id);
  }

  base::Status Commit(const Input& input, contracts::VideoOutcome& outcome) override {
    base::MutexLock lock(mutex_);
    if (begins_[input.id] != 1) ++protocol_errors_;
    if (fail_at && static_cast<int>(order_.size()) == *fail_at) {
      return base::Fail(base::Code::kIo, "no space left on device", "out");
    }
    if (!texts_.emplace(input.id, TextOf(outcome)).second) ++protocol_errors_;
    outcomes_[input.id] = outcome;
    order_.push_back(input.id);
    on_commit(input, static_cast<int>(order_.size()));
    return {};
  }

  std::map<int, std::string> texts() const {
    base::MutexLock lock(mutex_);
    return texts_;
  }
  std::vector<int> order() const {
    base::MutexLock lock(mutex_);
    return order_;
  }
  contracts::VideoOutcome outcome(int id) const {
    base::MutexLock lock(mutex_);
    return outcomes_.at(id);
  }
  int loads() const {
    base::MutexLock lock(mutex_);
    return loads_;
  }
  int protocol_errors() const {
    base::MutexLock lock(mutex_);
    return protocol_errors_;
  }

  // Set before the run.
  std::set<int> finished;
  std::set<int> likely;
  std::map<int, std::vector<std::string>> done;  // components that Begin() names, by input
  std::map<int, LoadedWork> loaded;              // what Load() answers; else what Begin() named
  std::map<int, base::Error> load_errors;
  std::map<int, base::Error> begin_errors;
  std::optional<int> fail_at;  // how many commits succeed
  std::function<void(const Input&, int)> on_commit = [](const Input&, int) {};

 private:
  mutable base::Mutex mutex_;
  std::map<int, int> begins_ GUARDED_BY(mutex_);
  int loads_ GUARDED_BY(mutex_) = 0;
  std::map<int, std::string> texts_ GUARDED_BY(mutex_);
  std::map<int, contracts::VideoOutcome> outcomes_ GUARDED_BY(mutex_);
  std::vector<int> order_ GUARDED_BY(mutex_);
  int protocol_errors_ GUARDED_BY(mutex_) = 0;  // a second commit, or one without Begin()
};

/// A model that the test owns.
inline std::shared_ptr<components::UnitModel> Borrowed(components::UnitModel& model) {
  return {std::shared_ptr<void>(), &model};
}

/// A whole run, ready to go. `videos` are the inputs in order.
struct Scene {
  explicit Scene(const std::vector<FakeVideo>& videos) {
    for (const FakeVideo& video : videos) {
      const int id = static_cast<int>(inputs.size());
      inputs.push_back({.id = id, .path = std::to_string(id)});
      world->videos[std::to_string(id)] = video;
    }
    options.stall_timeout = std::chrono::milliseconds(100);
    options.stall_grace = std::chrono::milliseconds(100);
  }
  RunReport Go(RunObserver* observer = nullptr) {
    return Run(inputs, options, DependenciesOf(world), sink, observer, clock, cancel);
  }

  std::shared_ptr<World> world = std::make_shared<World>();
  std::vector<Input> inputs;
  RunOptions options;
  FakeSink sink;
  TestClock clock;
  base::CancelToken cancel;
};

}  // namespace reelbatch::runtime::fakes
