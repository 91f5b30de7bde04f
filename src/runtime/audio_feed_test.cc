#include "runtime/audio_feed.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <limits>
#include <thread>

#include "components/speech_activity/speech_activity.h"
#include "runtime/run_fakes.h"

namespace reelbatch::runtime {
namespace {

using components::kListeningRate;
using contracts::EmptyReason;
using contracts::FaultCode;
using contracts::VideoStatus;
using fakes::Scene;
using fakes::Trouble;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// Sound to open, and what goes wrong with it.
struct FakeSound {
  double seconds = 1;
  bool none = false;
  bool open_fails = false;
  double fails_at_s = std::numeric_limits<double>::infinity();
  double hangs_at_s = std::numeric_limits<double>::infinity();  // until it is cancelled
};

/// Sample k is k modulo 1000, in blocks of 0.1 s; from the container's second 0.
class FakeAudioSource final : public media::AudioSource {
 public:
  FakeAudioSource(const FakeSound& sound, media::AudioOptions options,
                  std::shared_ptr<fakes::World> world)
      : sound_(sound), options_(std::move(options)), world_(std::move(world)) {
    report_.codec = "fake_codec";
    report_.rate = options_.rate;
  }
  base::Result<media::AudioBlock> Next() override {
    options_.on_decoded();
    if (position_s() >= sound_.fails_at_s)
      return base::Fail(base::Code::kIo, "the disk is gone", "clip");
    if (position_s() >= sound_.hangs_at_s) {
      world_->on_hang();
      while (!options_.cancel->cancelled()) std::this_thread::yield();
      return base::Fail(base::Code::kCancelled, "cancelled");
    }
    const auto all = static_cast<int64_t>(sound_.seconds * options_.rate);
    const int64_t count = std::min<int64_t>(options_.rate / 10, all - report_.samples);
    block_.resize(static_cast<size_t>(count));
    for (size_t k = 0; k < block_.size(); ++k) {
      block_[k] = static_cast<float>((report_.samples + static_cast<int64_t>(k)) % 1000);
    }
    report_.samples += count;
    return media::AudioBlock{.samples = block_, .first_sample = report_.samples - count};
  }
  const contracts::AudioReport& report() const override { return report_; }
  double position_s() const override {
    return static_cast<double>(report_.samples) / options_.rate;
  }

 private:
  const FakeSound sound_;
  const media::AudioOptions options_;
  const std::shared_ptr<fakes::World> world_;
  contracts::AudioReport report_;
  std::vector<float> block_;
};

/// Listens, and may look, too. Keeps what it heard in the outcome, as if it were a feature.
class Listener final : public components::Component, public components::AudioListener {
 public:
  Listener(std::string name, bool looks,
           double fails_at_s = std::numeric_limits<double>::infinity())
      : name_(std::move(name)), looks_(looks), fails_at_s_(fails_at_s) {}
  std::string_view name() const override { return name_; }
  base::Status Open(const contracts::VideoInfo&) override { return {}; }
  components::AudioListener* audio() override { return this; }
  bool looks_at_frames() const override { return looks_; }
  std::unique_ptr<components::FrameMeter> MakeMeter(components::SharedFlows&) const override {
    if (looks_) return std::make_unique<fakes::FakeMeter>(Trouble::kNone);
    ADD_FAILURE() << name_ << " looks at no frames";
    return nullptr;
  }
  base::Status Take(const image::FrameStamp&, components::FrameMeasure&) override {
    ++frames_;
    return {};
  }
  base::Status Hear(std::span<const float> samples, int64_t first_sample) override {
    EXPECT_EQ(first_sample, static_cast<int64_t>(heard_.size()));
    EXPECT_FALSE(ended_);
    if (static_cast<double>(first_sample) / kListeningRate >= fails_at_s_)
      return base::Fail(base::Code::kInternal, "deaf");
    heard_.insert(heard_.end(), samples.begin(), samples.end());
    at_frame_.push_back(frames_);
    return {};
  }
  base::Status HearEnd(const contracts::AudioReport& report) override {
    EXPECT_EQ(report.samples, static_cast<int64_t>(heard_.size()));
    ended_ = true;
    return {};
  }
  base::Status Close(const contracts::DecodeReport&, contracts::VideoOutcome& outcome) override {
    outcome.results[name_].meta = "{\"samples\":" + std::to_string(heard_.size()) +
                                  ",\"ended\":" + (ended_ ? "true" : "false") +
                                  ",\"frames\":" + std::to_string(frames_) +
                                  ",\"frames_before_the_last_block\":" +
                                  std::to_string(at_frame_.empty() ? 0 : at_frame_.back()) + "}";
    for (size_t k = 0; k < heard_.size(); ++k) EXPECT_EQ(heard_[k], static_cast<float>(k % 1000));
    return {};
  }

 private:
  const std::string name_;
  const bool looks_;
  const double fails_at_s_;
  std::vector<float> heard_;
  std::vector<int> at_frame_;
  int frames_ = 0;
  bool ended_ = false;
};

/// A run over one video whose components the test chooses.
struct Listening {
  explicit Listening(fakes::FakeVideo video = {}, FakeSound of_sound = {})
      : scene({video}), sound(of_sound) {}

  contracts::VideoOutcome Go() {
    RunDependencies dependencies = fakes::DependenciesOf(scene.world);
    dependencies.open_audio = [this](const std::filesystem::path& path,
                                     const media::AudioOptions& options)
        -> base::Result<std::unique_ptr<media::AudioSource>> {
      EXPECT_EQ(path, "0");
      ++opens;
      sound_shares = options.shared;
      if (sound.open_fails)
        return base::Fail(base::Code::kCorrupt, "its sound (x) cannot be decoded", "clip");
      if (sound.none) return nullptr;
      return std::make_unique<FakeAudioSource>(sound, options, scene.world);
    };
    dependencies.open = [this, open = dependencies.open](const std::filesystem::path& path,
                                                         const media::ReaderOptions& options) {
      frames_share = options.shared;
      return open(path, options);
    };
    if (make) dependencies.make_components = make;
    report = Run(scene.inputs, scene.options, dependencies, scene.sink, nullptr, scene.clock,
                 scene.cancel);
    EXPECT_EQ(scene.sink.protocol_errors(), 0);
    return report.end == RunEnd::kFinished ? scene.sink.outcome(0) : contracts::VideoOutcome{};
  }
  /// A picture's component, and one that listens.
  void WithPicture(double fails_at_s = std::numeric_limits<double>::infinity()) {
    make = [fails_at_s](const MakeRequest&) {
      Components components;
      components.push_back(std::make_unique<fakes::FakeComponent>(Trouble::kNone));
      components.push_back(std::make_unique<Listener>("listener", false, fails_at_s));
      return components;
    };
  }
  void Alone() {
    make = [](const MakeRequest&) {
      Components components;
      components.push_back(std::make_unique<Listener>("listener", false));
      return components;
    };
  }

  Scene scene;
  FakeSound sound;
  std::function<Components(const MakeRequest&)> make;
  RunReport report;
  std::atomic<int> opens{0};
  std::shared_ptr<media::SharedFile> frames_share;
  std::shared_ptr<media::SharedFile> sound_shares;
};

TEST(AudioFeed, NobodyListensNothingIsOpened) {
  Listening run;
  EXPECT_EQ(run.Go().status, VideoStatus::kSuccess);
  EXPECT_EQ(run.opens, 0);
}

TEST(AudioFeed, EverybodyHearsAllOfIt) {
  Listening run({.duration_s = 4, .frames = 100}, {.seconds = 37.05});
  run.WithPicture();
  const auto outcome = run.Go();
  EXPECT_EQ(outcome.status, VideoStatus::kSuccess);
  EXPECT_THAT(outcome.results.at("listener").meta,
              HasSubstr("\"samples\":592800,\"ended\":true,\"frames\":0"));
  EXPECT_EQ(fakes::FramesOf(outcome).size(), 100U);
  EXPECT_THAT(outcome.component_empty, IsEmpty());
  EXPECT_EQ(run.scene.world->opens, 1);
}

TEST(AudioFeed, FramesAndSoundOfAPassShareTheFile) {
  Listening both({.duration_s = 4, .frames = 100}, {.seconds = 4});
  both.WithPicture();
  both.Go();
  EXPECT_NE(both.frames_share, nullptr);
  EXPECT_EQ(both.sound_shares, both.frames_share);

  Listening sound_alone({.duration_s = 4, .frames = 100}, {.seconds = 4});
  sound_alone.Alone();
  sound_alone.Go();
  EXPECT_EQ(sound_alone.opens, 1);
  EXPECT_EQ(sound_alone.sound_shares, nullptr);

  Listening frames_alone;
  frames_alone.Go();
  EXPECT_EQ(frames_alone.frames_share, nullptr);
}

TEST(AudioFeed, SoundKeepsStepWithThePictures) {
  Listening run({.duration_s = 4, .frames = 100}, {.seconds = 4});
  run.make = [](const MakeRequest&) {
    Components components;
    components.push_back(std::make_unique<Listener>("both", true));
    return components;
  };
  const auto outcome = run.Go();
  EXPECT_THAT(outcome.results.at("both").meta,
              HasSubstr("\"frames\":100,\"frames_before_the_last_block\":100"));
  Listening ahead({.duration_s = 4, .frames = 100}, {.seconds = 2});
  ahead.make = run.make;
  // The sound ends in the middle: its last block, of second 1.9, comes after the slice that reaches
  // it: frames 49 to 64.
  EXPECT_THAT(ahead.Go().results.at("both").meta, HasSubstr("\"frames_before_the_last_block\":64"));
}

TEST(AudioFeed, CostsOfSoundAreTold) {
  Listening run({.frames = 50}, {.seconds = 2});
  run.WithPicture();
  const auto outcome = run.Go();
  std::vector<std::string> parts;
  for (const auto& cost : outcome.costs)
    parts.push_back(cost.component + " " + cost.part + " " + std::to_string(cost.units));
  EXPECT_THAT(parts, ElementsAre("decode h264 50", "decode fake_codec 32000", "fake  49",
                                 "listener  32000"));
  EXPECT_TRUE(outcome.costs[1].cpu);
}

TEST(AudioFeed, WithoutPicturesToLookAtNoneIsDecoded) {
  for (const int frames : {0, 1, 50}) {
    Listening run({.frames = frames}, {.seconds = 3});
    run.Alone();
    run.scene.options.threads = 4;
    const auto outcome = run.Go();
    EXPECT_EQ(outcome.status, VideoStatus::kSuccess);
    EXPECT_FALSE(outcome.empty_reason);
    EXPECT_EQ(run.scene.world->opens, 0);
    EXPECT_EQ(outcome.decode->frames_decoded, 0);
    EXPECT_EQ(outcome.info->codec, "h264");
    EXPECT_THAT(outcome.results.at("listener").meta, HasSubstr("\"samples\":48000,\"ended\":true"));
    ASSERT_EQ(outcome.costs.size(), 2U);
    EXPECT_EQ(outcome.costs[0].part, "fake_codec");
  }
}

TEST(AudioFeed, AStartBehindTheEndIsAWishThatCannotBeMet) {
  Listening run({.duration_s = 3}, {.seconds = 3});
  run.Alone();
  run.scene.options.sampling.start_s = 5;
  const auto outcome = run.Go();
  EXPECT_EQ(outcome.status, VideoStatus::kError);
  EXPECT_THAT(outcome.fault->reason,
              HasSubstr("the range starts at 5 s (--start), which is at or after its end"));
}

TEST(AudioFeed, WithoutSoundItsComponentsAreEmpty) {
  Listening run({}, {.none = true});
  run.WithPicture();
  const auto outcome = run.Go();
  EXPECT_EQ(outcome.status, VideoStatus::kSuccess);
  EXPECT_FALSE(outcome.empty_reason);
  EXPECT_EQ(outcome.component_empty.at("listener"), EmptyReason::kAudioMissing);
  EXPECT_EQ(outcome.component_empty.size(), 1U);
  EXPECT_THAT(outcome.results.at("listener").meta, HasSubstr("\"samples\":0,\"ended\":false"));
  EXPECT_TRUE(outcome.results.contains("fake"));

  Listening alone({}, {.none = true});
  alone.Alone();
  const auto nothing = alone.Go();
  EXPECT_EQ(nothing.status, VideoStatus::kEmpty);
  EXPECT_EQ(nothing.empty_reason, EmptyReason::kAudioMissing);
}

TEST(AudioFeed, AShortVideoCanBeWorthHearing) {
  Listening run({.frames = 1}, {.seconds = 1});
  run.WithPicture();
  const auto outcome = run.Go();
  EXPECT_EQ(outcome.status, VideoStatus::kSuccess);
  EXPECT_EQ(outcome.component_empty.at("fake"), EmptyReason::kVideoTooShort);
  EXPECT_FALSE(outcome.component_empty.contains("listener"));

  Listening silent({.frames = 1}, {.none = true});
  silent.WithPicture();
  const auto nothing = silent.Go();
  EXPECT_EQ(nothing.status, VideoStatus::kEmpty);
  EXPECT_EQ(nothing.empty_reason, EmptyReason::kVideoTooShort);
  EXPECT_EQ(nothing.component_empty.size(), 2U);
}

TEST(AudioFeed, BadSoundIsTheFaultOfThoseWhoListenOnly) {
  for (const FakeSound& sound :
       {FakeSound{.open_fails = true}, FakeSound{.seconds = 30, .fails_at_s = 12},
        FakeSound{.fails_at_s = 0}}) {
    Listening run({.frames = 50}, sound);
    run.WithPicture();
    const auto outcome = run.Go();
    EXPECT_EQ(outcome.status, VideoStatus::kError);
    ASSERT_TRUE(outcome.component_faults.contains("listener"));
    EXPECT_EQ(outcome.component_faults.size(), 1U);
    EXPECT_EQ(outcome.component_faults.at("listener").code, FaultCode::kVideoUnreadable);
    EXPECT_EQ(outcome.fault->reason, outcome.component_faults.at("listener").reason);
    EXPECT_FALSE(outcome.results.contains("listener"));
    EXPECT_EQ(fakes::FramesOf(outcome).size(), 50U);
    EXPECT_THAT(outcome.component_empty, IsEmpty());
  }
}

TEST(AudioFeed, AListenersOwnErrorIsItsOwn) {
  Listening run({.frames = 50}, {.seconds = 5});
  run.make = [](const MakeRequest&) {
    Components components;
    components.push_back(std::make_unique<Listener>("deaf", false, 2));
    components.push_back(std::make_unique<Listener>("listener", true));
    return components;
  };
  const auto outcome = run.Go();
  EXPECT_EQ(outcome.component_faults.at("deaf").code, FaultCode::kComponentFailed);
  EXPECT_THAT(outcome.component_faults.at("deaf").reason, HasSubstr("deaf"));
  EXPECT_THAT(outcome.results.at("listener").meta,
              HasSubstr("\"samples\":80000,\"ended\":true,\"frames\":50"));
}

TEST(AudioFeed, AVideoThatFailsHasNoFaultOfItsSound) {
  Listening run({.frames = 50, .trouble = Trouble::kNextFails}, {.open_fails = true});
  run.WithPicture();
  const auto outcome = run.Go();
  EXPECT_EQ(outcome.status, VideoStatus::kError);
  EXPECT_THAT(outcome.component_faults, IsEmpty());
  EXPECT_THAT(outcome.fault->reason, HasSubstr("no frame could be decoded"));
}

TEST(AudioFeed, AVideoThatStartsOverIsHeardAnew) {
  Listening run({.frames = 50, .trouble = Trouble::kDamaged}, {.seconds = 2});
  run.WithPicture();
  run.scene.options.threads = 4;
  const auto outcome = run.Go();
  EXPECT_EQ(run.opens, 2);
  EXPECT_EQ(run.scene.world->opens, 2);
  EXPECT_THAT(outcome.results.at("listener").meta, HasSubstr("\"samples\":32000,\"ended\":true"));
}

TEST(AudioFeed, SoundThatHangsIsStuck) {
  Listening run({.frames = 50}, {.seconds = 5, .hangs_at_s = 1});
  run.Alone();
  run.scene.world->on_hang = [&run] { run.scene.clock.Move(); };
  const auto outcome = run.Go();
  EXPECT_EQ(outcome.status, VideoStatus::kError);
  EXPECT_EQ(outcome.fault->code, FaultCode::kDecoderStuck);
  EXPECT_THAT(outcome.component_faults, IsEmpty());
}

TEST(AudioFeed, StopsWithTheRun) {
  Listening run({.frames = 50}, {.seconds = 5, .hangs_at_s = 1});
  run.WithPicture();
  run.scene.options.stall_timeout = std::chrono::milliseconds(0);
  std::thread stopper([&] {
    while (run.opens == 0) std::this_thread::yield();
    run.scene.cancel.Cancel();
  });
  run.Go();
  stopper.join();
  EXPECT_EQ(run.report.end, RunEnd::kCancelled);
  EXPECT_EQ(run.report.lanes_given_up, 0);
}

TEST(AudioFeed, ReportsThatSoundCannotBeOpened) {
  Scene scene(std::vector<fakes::FakeVideo>{{.frames = 50}});
  RunDependencies dependencies = fakes::DependenciesOf(scene.world);
  dependencies.make_components = [](const MakeRequest&) {
    Components components;
    components.push_back(std::make_unique<Listener>("listener", false));
    return components;
  };
  runtime::Run(scene.inputs, scene.options, dependencies, scene.sink, nullptr, scene.clock,
               scene.cancel);
  EXPECT_THAT(scene.sink.outcome(0).component_faults.at("listener").reason,
              HasSubstr("cannot open sound"));
}

/// In the model's place: the probability says how many windows of its video came before, as the
/// state tells.
class CountingModel final : public components::UnitModel {
 public:
  std::expected<std::vector<components::UnitOutput>, contracts::BatchFailure> Run(
      std::span<const components::UnitInput> units) override {
    std::vector<components::UnitOutput> outputs;
    largest = std::max(largest.load(), units.size());
    for (const components::UnitInput& unit : units) {
      float before = 0;
      if (!unit.state.empty()) std::memcpy(&before, unit.state.data(), sizeof before);
      components::UnitOutput output{.result = components::Bytes(sizeof before),
                                    .state = components::Bytes(sizeof before)};
      std::memcpy(output.result.data(), &before, sizeof before);
      ++before;
      std::memcpy(output.state.data(), &before, sizeof before);
      outputs.push_back(std::move(output));
    }
    return outputs;
  }
  std::atomic<size_t> largest{0};
};

struct Speech : Listening {
  explicit Speech(FakeSound of_sound, fakes::FakeVideo video = {.frames = 50})
      : Listening(video, of_sound) {
    make = [](const MakeRequest&) {
      Components components;
      components.push_back(std::make_unique<fakes::FakeComponent>(Trouble::kNone));
      components.push_back(components::MakeSpeechActivity({}));
      return components;
    };
    BatchingOptions& batching = scene.options.batching;
    batching.devices = {planning::DeviceState{.memory = planning::MemoryKind::kRam}};
    batching.models = {{.component = "speech_activity",
                        .model = fakes::Borrowed(model),
                        .in_order = true,
                        .cost = [](const contracts::BatchKey&) {
                          return planning::BatchCost{.memory = planning::MemoryKind::kRam,
                                                     .max_batch = 8,
                                                     .fixed_ms = 1,
                                                     .ms_per_unit = 0.1};
                        }}};
  }
  CountingModel model;
};

std::vector<float> Probabilities(const contracts::VideoOutcome& outcome) {
  const contracts::Tensor& array = outcome.results.at("speech_activity").arrays.at(0);
  EXPECT_EQ(array.name, "probability");
  std::vector<float> values(array.bytes.size() / sizeof(float));
  if (!values.empty()) std::memcpy(values.data(), array.bytes.data(), array.bytes.size());
  return values;
}

TEST(SpeechInARun, EveryWindowComesBackInItsPlace) {
  Speech run({.seconds = 10});
  run.scene.options.batching.unit_bytes = 20000;  // fewer than ten windows wait
  const auto outcome = run.Go();
  EXPECT_EQ(outcome.status, VideoStatus::kSuccess);
  const auto probabilities = Probabilities(outcome);
  ASSERT_EQ(probabilities.size(), 313U);
  for (size_t k = 0; k < probabilities.size(); ++k)
    EXPECT_EQ(probabilities[k], static_cast<float>(k));
  EXPECT_EQ(outcome.batching.at("speech_activity").units, 313);
  EXPECT_EQ(run.model.largest, 1U);  // windows of one video depend on each other
}

TEST(SpeechInARun, WithoutSoundItIsEmptyAndWritten) {
  Speech run({.none = true});
  const auto outcome = run.Go();
  EXPECT_EQ(outcome.status, VideoStatus::kSuccess);
  EXPECT_EQ(outcome.component_empty.at("speech_activity"), EmptyReason::kAudioMissing);
  EXPECT_THAT(Probabilities(outcome), IsEmpty());
  EXPECT_EQ(run.model.largest, 0U);
}

TEST(SpeechInARun, BadSoundLeavesTheVideoItsOtherResults) {
  Speech run({.seconds = 10, .fails_at_s = 5});
  const auto outcome = run.Go();
  EXPECT_EQ(outcome.status, VideoStatus::kError);
  EXPECT_THAT(outcome.component_faults.at("speech_activity").reason, HasSubstr("the disk is gone"));
  EXPECT_FALSE(outcome.results.contains("speech_activity"));
  EXPECT_TRUE(outcome.results.contains("fake"));
}

}  // namespace
}  // namespace reelbatch::runtime
