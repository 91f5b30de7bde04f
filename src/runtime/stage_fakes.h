#pragma once

// Components with stages, for tests of the runtime: what they give depends on every unit, its
// place and what was kept with it.

#include <cstring>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "components/batched_component.h"
#include "components/seeking.h"
#include "media/seek_reader.h"
#include "runtime/run_fakes.h"

namespace reelbatch::runtime::fakes {

inline components::Bytes BytesOf(uint64_t value) {
  components::Bytes bytes(sizeof value);
  std::memcpy(bytes.data(), &value, sizeof value);
  return bytes;
}
inline uint64_t NumberOf(std::span<const std::byte> bytes) {
  uint64_t value = 0;
  std::memcpy(&value, bytes.data(), std::min(bytes.size(), sizeof value));
  return value;
}
inline uint64_t Mixed(uint64_t value) {
  value = (value ^ (value >> 31)) * 0x9E3779B97F4A7C15U;
  return value ^ (value >> 29);
}

/// What a test does in the middle of a call, with the sink that the call pushes into.
using Hook = std::function<base::Status(components::UnitSink&)>;
inline const Hook kNoHook = [](components::UnitSink&) { return base::Status(); };

/// Answers every unit with a hash of it. `fails`: asked of every batch, by its number and size.
class HashModel final : public components::UnitModel {
 public:
  explicit HashModel(uint64_t salt) : salt_(salt) {}
  std::function<std::optional<contracts::BatchFailure>(int batch, size_t units)> fails =
      [](int, size_t) { return std::nullopt; };

  std::expected<std::vector<components::UnitOutput>, contracts::BatchFailure> Run(
      std::span<const components::UnitInput> units) override {
    const int batch = batches_++;
    if (auto failure = fails(batch, units.size())) return std::unexpected(*failure);
    std::vector<components::UnitOutput> outputs;
    for (const components::UnitInput& unit : units)
      outputs.push_back({.result = BytesOf(Mixed(NumberOf(unit.data) + salt_)), .state = {}});
    largest_ = std::max<int64_t>(largest_, static_cast<int64_t>(units.size()));
    return outputs;
  }
  int64_t largest() const { return largest_; }

 private:
  const uint64_t salt_;
  std::atomic<int> batches_{0};
  std::atomic<int64_t> largest_{0};
};

/// Of a component without frames of its own; the parts that most of these share.
class StagedFake : public components::StagedComponent {
 public:
  explicit StagedFake(std::string name) : name_(std::move(name)) {}
  std::string_view name() const override { return name_; }
  base::Status Open(const contracts::VideoInfo&) override { return {}; }
  bool looks_at_frames() const override { return false; }
  std::unique_ptr<components::FrameMeter> MakeMeter(components::SharedFlows&) const override {
    return std::make_unique<FakeMeter>(Trouble::kNone);
  }
  base::Status Take(const image::FrameStamp&, components::FrameMeasure&) override { return {}; }
  base::Status Close(const contracts::DecodeReport&, contracts::VideoOutcome&) override {
    return {};
  }
  std::vector<contracts::BatchKey> keys() const override { return {KeyOf()}; }
  void Bind(const components::UnitSinks& sinks) override { sinks_ = sinks; }
  /// All results, as text, are its meta.
  base::Status Finish(std::vector<std::vector<components::UnitOutput>> outputs,
                      contracts::VideoOutcome& outcome) override {
    std::string& text = outcome.results[name_].meta;
    for (const auto& stage : outputs) {
      for (const components::UnitOutput& output : stage)
        text += std::to_string(NumberOf(output.result) % 100000) + " ";
      text += "/ ";
    }
    return {};
  }

 protected:
  contracts::BatchKey KeyOf() const {
    contracts::BatchKey key;
    key.component = name_;
    return key;
  }
  components::UnitSinks sinks_;

 private:
  const std::string name_;
};

/// Frames -> find -> crops -> points: 0 to 2 crops a result, by what was kept; 0 or 1 point a crop.
class Finder final : public StagedFake {
 public:
  static constexpr size_t kKept = 200;  // bytes a unit

  class Feeder final : public components::UnitFeeder {
   public:
    Feeder(components::UnitSink& to, uint64_t most) : to_(to), most_(most) {}
    Hook on_feed = kNoHook;
    base::Status Feed(const components::UnitOutput& output, components::Bytes kept) override {
      if (auto told = on_feed(to_); !told) return told;
      const uint64_t found = NumberOf(output.result);
      const uint64_t picture = NumberOf(kept);
      for (uint64_t k = 0; k < found % (most_ + 1); ++k) to_.Push(BytesOf(found + picture + k));
      return {};
    }

   private:
    components::UnitSink& to_;
    const uint64_t most_;
  };

  Finder() : StagedFake("finder") {}
  Hook on_feed = kNoHook;
  bool looks_at_frames() const override { return true; }
  std::vector<contracts::BatchKey> keys() const override { return {KeyOf(), KeyOf(), KeyOf()}; }
  std::unique_ptr<components::UnitFeeder> MakeFeeder(size_t stage) override {
    constexpr size_t kMostCrops = 2;
    auto feeder = std::make_unique<Feeder>(*sinks_[stage + 1], stage == 0 ? kMostCrops : 1);
    feeder->on_feed = on_feed;
    return feeder;
  }
  base::Status Take(const image::FrameStamp& stamp, components::FrameMeasure&) override {
    components::Bytes kept(kKept);
    kept[0] = std::byte{static_cast<uint8_t>(stamp.index)};
    sinks_[0]->Push(BytesOf(static_cast<uint64_t>(stamp.index)), std::move(kept));
    return {};
  }
};

/// One unit for every number of other components' results.
class Joiner final : public StagedFake {
 public:
  Joiner() : StagedFake("joiner") {}
  Hook on_results = kNoHook;
  base::Status TakeResults(const contracts::VideoOutcome& outcome) override {
    if (auto told = on_results(*sinks_[0]); !told) return told;
    for (const char* const name : {"finder", "seeker"}) {
      const auto result = outcome.results.find(name);
      if (result == outcome.results.end()) continue;
      for (const char letter : result->second.meta)
        sinks_[0]->Push(BytesOf(static_cast<uint64_t>(letter)));
    }
    return {};
  }
};

/// Looks at pictures whose number depends on what the finder has found, and at some sound.
class Seeker final : public StagedFake, public components::SeekingPart {
 public:
  Seeker() : StagedFake("seeker") {}
  components::SeekRequest request = {};
  std::string fails = {};  // the call that does
  components::SeekingPart* seeking() override { return this; }
  base::Result<components::SeekRequest> Want(const contracts::VideoOutcome& outcome) override {
    if (auto went = Go("want"); !went) return std::unexpected(went.error());
    components::SeekRequest wanted = request;
    const size_t count = outcome.results.at("finder").meta.size() % 7;
    for (size_t k = 0; k < count; ++k) wanted.pictures_s.push_back(0.1 * static_cast<double>(k));
    return wanted;
  }
  base::Status TakePicture(size_t which, const image::StampedFrame& picture) override {
    sinks_[0]->Push(BytesOf(static_cast<uint64_t>(picture.index) * 100 + which));
    return Go("picture");
  }
  base::Status HearSpan(size_t which, std::span<const float> samples,
                        int64_t first_sample) override {
    heard_ += samples.size() * (which + 1) + static_cast<size_t>(first_sample);
    return Go("sound");
  }
  base::Status EndSeek() override {
    if (heard_ > 0) sinks_[0]->Push(BytesOf(heard_));
    return Go("end");
  }

 private:
  base::Status Go(const std::string& call) const {
    return call == fails ? base::Fail(base::Code::kInternal, "cannot " + call) : base::Status();
  }
  uint64_t heard_ = 0;
};

/// Half a second of silence.
class FakeSilence final : public media::AudioSource {
 public:
  base::Result<media::AudioBlock> Next() override {
    constexpr int64_t kSamples = 8000;
    const media::AudioBlock block{
        .samples = next_ < kSamples ? std::span(block_) : std::span<const float>(),
        .first_sample = next_};
    next_ += static_cast<int64_t>(block.samples.size());
    return block;
  }
  const contracts::AudioReport& report() const override { return report_; }
  double position_s() const override { return 0; }

 private:
  const std::vector<float> block_ = std::vector<float>(100);
  int64_t next_ = 0;
  contracts::AudioReport report_;
};

class FakeSeekReader final : public media::SeekReader {
 public:
  FakeSeekReader(const FakeVideo& video, const media::ReaderOptions& options)
      : info_(InfoOf(video)), cancel_(options.cancel) {}
  const contracts::VideoInfo& info() const override { return info_; }
  media::SeekCounts counts() const override { return {}; }
  std::optional<media::FrameSize> refused_size() const override { return std::nullopt; }
  base::Result<const image::StampedFrame*> At(double pts_s) override {
    if (cancel_->cancelled()) return base::Fail(base::Code::kCancelled, "cancelled");
    frame_.index = static_cast<contracts::FrameIndex>(pts_s * 25 + 0.5);
    frame_.pts_s = static_cast<double>(frame_.index) / 25;
    return &frame_;
  }

 private:
  const contracts::VideoInfo info_;
  const base::CancelToken* const cancel_;
  image::StampedFrame frame_;
};

}  // namespace reelbatch::runtime::fakes
