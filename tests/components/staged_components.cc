#include "tests/components/staged_components.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <utility>
#include <vector>

#include "base/json_text.h"
#include "components/audio.h"
#include "components/batched_component.h"
#include "components/seeking.h"
#include "contracts/tensor.h"
#include "tests/components/test_components.h"

namespace reelbatch::tests {
namespace {

using components::Bytes;
using components::UnitOutput;
using components::UnitsFrom;

constexpr int kSide = 64;     // of the picture that is kept
constexpr int kStep = 8;      // between the samples that are looked at
constexpr int kEvery = 4;     // frames
constexpr size_t kCrop = 64;  // bytes
constexpr uint64_t kMostCrops = 2;

contracts::BatchKey KeyOf(const std::string& name) {
  contracts::BatchKey key;
  key.component = name;
  key.component_version = "1";
  return key;
}

struct Picture final : components::FrameMeasure {
  Bytes luma;  // kSide x kSide
};

class PictureMeter final : public components::FrameMeter {
 public:
  std::unique_ptr<components::FrameMeasure> NewMeasure() const override {
    return std::make_unique<Picture>();
  }
  base::Status Measure(const image::StampedFrame& frame, components::FrameMeasure& out) override {
    const auto& y = frame.view.y;
    Bytes& luma = static_cast<Picture&>(out).luma;
    luma.resize(size_t{kSide} * kSide);
    for (int row = 0; row < kSide; ++row) {
      for (int column = 0; column < kSide; ++column) {
        luma[static_cast<size_t>(row * kSide + column)] =
            std::byte{y.row(row * y.height / kSide)[column * y.width / kSide]};
      }
    }
    return {};
  }
};

/// An array of the numbers that a stage gave.
contracts::Tensor Numbers(const std::string& name, const std::vector<UnitOutput>& outputs) {
  std::vector<int64_t> numbers;
  for (const UnitOutput& output : outputs)
    numbers.push_back(static_cast<int64_t>(NumberOf(output.result)));
  return contracts::MakeTensor(name, numbers);
}

class TreeFeeder final : public components::UnitFeeder {
 public:
  TreeFeeder(components::UnitSink& to, bool crops) : to_(to), crops_(crops) {}
  base::Status Feed(const UnitOutput& output, Bytes kept) override {
    const uint64_t found = NumberOf(output.result);
    if (!crops_) {
      if (found % 2 == 1) to_.Push(BytesOf(found));
      return {};
    }
    for (uint64_t k = 0; k < found % (kMostCrops + 1); ++k) {
      const size_t place = found / (k + 1) % (kept.size() - kCrop);
      const auto from = kept.begin() + static_cast<std::ptrdiff_t>(place);
      to_.Push(Bytes(from, from + kCrop));
    }
    return {};
  }

 private:
  components::UnitSink& to_;
  const bool crops_;  // of results with a picture; else points of crops
};

class Tree final : public components::StagedComponent {
 public:
  static constexpr const char* kName = "unit_tree";
  std::string_view name() const override { return kName; }
  base::Status Open(const contracts::VideoInfo&) override { return {}; }
  std::unique_ptr<components::FrameMeter> MakeMeter(components::SharedFlows&) const override {
    return std::make_unique<PictureMeter>();
  }
  std::vector<contracts::BatchKey> keys() const override {
    return {KeyOf(kName), KeyOf(kName), KeyOf(kName)};
  }
  void Bind(const components::UnitSinks& sinks) override { sinks_ = sinks; }
  std::unique_ptr<components::UnitFeeder> MakeFeeder(size_t stage) override {
    return std::make_unique<TreeFeeder>(*sinks_[stage + 1], stage == 0);
  }
  base::Status Take(const image::FrameStamp&, components::FrameMeasure& measure) override {
    if (frames_++ % kEvery != 0) return {};
    Bytes kept = std::move(static_cast<Picture&>(measure).luma);
    Bytes looked_at;
    for (size_t place = 0; place < kept.size(); place += kSide * kStep) {
      for (size_t column = 0; column < kSide; column += kStep)
        looked_at.push_back(kept[place + column]);
    }
    sinks_[0]->Push(std::move(looked_at), std::move(kept));
    return {};
  }
  base::Status Close(const contracts::DecodeReport&, contracts::VideoOutcome&) override {
    return {};
  }
  base::Status Finish(std::vector<std::vector<UnitOutput>> outputs,
                      contracts::VideoOutcome& outcome) override {
    outcome.results[kName].arrays = {Numbers("found", outputs[0]), Numbers("crops", outputs[1]),
                                     Numbers("points", outputs[2])};
    return {};
  }

 private:
  components::UnitSinks sinks_;
  int frames_ = 0;
};

/// What the two that follow others share.
class Follower : public components::StagedComponent {
 public:
  explicit Follower(std::string name) : name_(std::move(name)) {}
  std::string_view name() const override { return name_; }
  base::Status Open(const contracts::VideoInfo&) override { return {}; }
  bool looks_at_frames() const override { return false; }
  std::unique_ptr<components::FrameMeter> MakeMeter(components::SharedFlows&) const override {
    return nullptr;
  }
  std::vector<contracts::BatchKey> keys() const override { return {KeyOf(name_)}; }
  void Bind(const components::UnitSinks& sinks) override { sink_ = sinks.front(); }
  base::Status Take(const image::FrameStamp&, components::FrameMeasure&) override { return {}; }
  base::Status Close(const contracts::DecodeReport&, contracts::VideoOutcome&) override {
    return {};
  }
  base::Status Finish(std::vector<std::vector<UnitOutput>> outputs,
                      contracts::VideoOutcome& outcome) override {
    outcome.results[name_].arrays = {Numbers("digest", outputs[0])};
    return {};
  }

 protected:
  components::UnitSink* sink_ = nullptr;

 private:
  const std::string name_;
};

class Join final : public Follower {
 public:
  Join() : Follower("unit_join") {}
  base::Status TakeResults(const contracts::VideoOutcome& outcome) override {
    for (const char* const name : {"unit_digest", "unit_chain"}) {
      for (const int64_t digest : contracts::ArrayOf<int64_t>(outcome.results.at(name), "digest"))
        sink_->Push(BytesOf(static_cast<uint64_t>(digest)));
    }
    return {};
  }
};

class ShotPictures final : public Follower, public components::SeekingPart {
 public:
  ShotPictures() : Follower("shot_pictures") {}
  base::Status Open(const contracts::VideoInfo& info) override {
    start_s_ = info.start_time_s;
    has_sound_ = info.has_audio;
    return {};
  }
  components::SeekingPart* seeking() override { return this; }

  base::Result<components::SeekRequest> Want(const contracts::VideoOutcome& outcome) override {
    components::SeekRequest wanted;
    const contracts::EventList* const events = contracts::EventsOf(outcome);
    if (events == nullptr) return wanted;
    for (const auto& shot : events->shots) {
      wanted.pictures_s.push_back((shot.start_s + shot.end_s) / 2);
      const auto first =
          static_cast<int64_t>((shot.start_s - start_s_) * components::kListeningRate);
      constexpr int64_t kSamples = components::kListeningRate / 10;
      if (has_sound_) wanted.sound.push_back({.begin = first, .end = first + kSamples});
    }
    return wanted;
  }
  base::Status TakePicture(size_t, const image::StampedFrame& picture) override {
    PictureMeter meter;
    Picture measure;
    if (auto measured = meter.Measure(picture, measure); !measured) return measured;
    times_.push_back(picture.pts_s);
    sink_->Push(std::move(measure.luma));
    return {};
  }
  base::Status HearSpan(size_t which, std::span<const float> samples,
                        int64_t first_sample) override {
    heard_.resize(which + 1);
    if (heard_[which].empty()) first_samples_.push_back(first_sample);
    const auto bytes = std::as_bytes(samples);
    heard_[which].insert(heard_[which].end(), bytes.begin(), bytes.end());
    return {};
  }
  base::Status EndSeek() override {
    for (Bytes& span : heard_) sink_->Push(std::move(span));
    return {};
  }
  base::Status Finish(std::vector<std::vector<UnitOutput>> outputs,
                      contracts::VideoOutcome& outcome) override {
    if (auto finished = Follower::Finish(std::move(outputs), outcome); !finished) return finished;
    auto& arrays = outcome.results[std::string(name())].arrays;
    arrays.push_back(contracts::MakeTensor("times_s_f64", times_));
    arrays.push_back(contracts::MakeTensor("first_samples", first_samples_));
    return {};
  }

 private:
  double start_s_ = 0;
  bool has_sound_ = false;
  std::vector<double> times_;
  std::vector<int64_t> first_samples_;
  std::vector<Bytes> heard_;
};

components::StageDefinition StageOf(const std::string& component, std::string name, UnitsFrom from,
                                    std::string after, double units_per_frame) {
  components::StageDefinition stage;
  stage.name = std::move(name);
  stage.from = from;
  stage.after = std::move(after);
  stage.expected = [component, units_per_frame](const components::VideoRequest&,
                                                double frames) -> components::ExpectedUnits {
    return {.key = KeyOf(component), .units = static_cast<int>(frames * units_per_frame)};
  };
  return stage;
}

}  // namespace

void AddStagedComponents(engine::Catalog& catalog, const std::string& faults) {
  const auto options = ParseTestModels(faults);
  const auto add = [&](components::ComponentDefinition definition) {
    const std::string component = definition.name;
    catalog.Add(
        std::move(definition),
        [options, component](const components::StageDefinition& stage,
                             const engine::ModelProvider&) -> base::Result<engine::OpenedModel> {
          const auto own = options.find(contracts::StageText(component, stage.name));
          return OpenTestModel(own == options.end() ? TestModelOptions() : own->second, false);
        });
  };
  add({.name = Tree::kName,
       .version = "1",
       .make = [](const components::VideoRequest&) { return std::make_unique<Tree>(); },
       .stages = {StageOf(Tree::kName, "find", UnitsFrom::kSource, "", 1.0 / kEvery),
                  StageOf(Tree::kName, "crops", UnitsFrom::kStage, "find", 1.0 / kEvery),
                  StageOf(Tree::kName, "points", UnitsFrom::kStage, "crops", 0.5 / kEvery)}});
  add({.name = "unit_join",
       .version = "1",
       .owner = "text",
       .looks_at_frames = false,
       .needs = {"unit_digest", "unit_chain"},
       .make = [](const components::VideoRequest&) { return std::make_unique<Join>(); },
       .stages = {StageOf("unit_join", "", UnitsFrom::kResults, "", 0.25)}});
  add({.name = "shot_pictures",
       .version = "1",
       .looks_at_frames = false,
       .needs = {"cut_detection"},
       .make = [](const components::VideoRequest&) { return std::make_unique<ShotPictures>(); },
       .stages = {StageOf("shot_pictures", "", UnitsFrom::kSeek, "", 0.02)}});
}

}  // namespace reelbatch::tests
