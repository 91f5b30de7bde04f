#include "tests/components/sound_component.h"

#include <cmath>
#include <cstring>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/json_text.h"
#include "components/audio.h"

namespace reelbatch::tests {
namespace {

using components::Bytes;
using components::UnitInput;
using components::UnitOutput;

constexpr char kName[] = "unit_sound";
constexpr size_t kSamplesPerUnit = components::kListeningRate / 10;

class LoudnessModel final : public components::UnitModel {
 public:
  std::expected<std::vector<UnitOutput>, contracts::BatchFailure> Run(
      std::span<const UnitInput> units) override {
    std::vector<UnitOutput> outputs;
    for (const UnitInput& unit : units) {
      std::vector<float> samples(unit.data.size() / sizeof(float));
      std::memcpy(samples.data(), unit.data.data(), unit.data.size());
      double sum = 0;
      for (const float sample : samples) sum += static_cast<double>(sample) * sample;
      const auto rms = static_cast<float>(std::sqrt(sum / static_cast<double>(samples.size())));
      outputs.push_back({.result = Bytes(sizeof rms), .state = {}});
      std::memcpy(outputs.back().result.data(), &rms, sizeof rms);
    }
    return outputs;
  }
};

contracts::BatchKey Key() {
  contracts::BatchKey key;
  key.component = kName;
  key.component_version = "1";
  return key;
}

class SoundComponent final : public components::BatchedComponent, public components::AudioListener {
 public:
  std::string_view name() const override { return kName; }
  base::Status Open(const contracts::VideoInfo&) override { return {}; }
  components::AudioListener* audio() override { return this; }
  bool looks_at_frames() const override { return false; }
  std::unique_ptr<components::FrameMeter> MakeMeter(components::SharedFlows&) const override {
    return nullptr;
  }
  base::Status Take(const image::FrameStamp&, components::FrameMeasure&) override {
    return base::Fail(base::Code::kInternal, "looks at no frames");
  }
  contracts::BatchKey key() const override { return Key(); }
  void Bind(components::UnitSink& sink) override { sink_ = &sink; }

  base::Status Hear(std::span<const float> samples, int64_t) override {
    for (const float sample : samples) {
      unit_.push_back(sample);
      if (unit_.size() == kSamplesPerUnit) Flush();
    }
    return {};
  }
  base::Status HearEnd(const contracts::AudioReport& report) override {
    report_ = report;
    if (!unit_.empty()) Flush();
    return {};
  }
  base::Status Close(const contracts::DecodeReport&, contracts::VideoOutcome&) override {
    return {};
  }

  base::Status Finish(std::vector<UnitOutput> outputs, contracts::VideoOutcome& outcome) override {
    contracts::Tensor rms{.name = "rms", .shape = {static_cast<int64_t>(outputs.size())}};
    for (const UnitOutput& output : outputs)
      rms.bytes.append(reinterpret_cast<const char*>(output.result.data()), output.result.size());
    base::Json sound;
    if (report_) {
      sound = {{"codec", report_->codec},
               {"channels", report_->channels},
               {"source_rate", report_->source_rate},
               {"samples", report_->samples},
               {"start_s", report_->start_s},
               {"offset_s", report_->offset_s},
               {"gaps", report_->gaps},
               {"decode_errors", report_->decode_errors},
               {"truncated", report_->truncated}};
    }
    outcome.results[kName] = {.arrays = {std::move(rms)},
                              .meta = base::Json{{"sound", sound}}.dump()};
    return {};
  }

 private:
  void Flush() {
    Bytes bytes(unit_.size() * sizeof(float));
    std::memcpy(bytes.data(), unit_.data(), bytes.size());
    unit_.clear();
    sink_->Push(std::move(bytes));
  }

  components::UnitSink* sink_ = nullptr;
  std::vector<float> unit_;
  std::optional<contracts::AudioReport> report_;
};

}  // namespace

void AddSoundComponent(engine::Catalog& catalog) {
  components::StageDefinition stage;
  stage.expected = [](const components::VideoRequest& request,
                      double) -> components::ExpectedUnits {
    return {.key = Key(),
            .units = static_cast<int>(std::ceil(request.info.duration_s.value_or(0) * 10))};
  };
  catalog.Add(
      {.name = kName,
       .version = "1",
       .owner = "audio",
       .looks_at_frames = false,
       .make = [](const components::VideoRequest&) { return std::make_unique<SoundComponent>(); },
       .stages = {std::move(stage)}},
      [](const components::StageDefinition&,
         const engine::ModelProvider&) -> base::Result<engine::OpenedModel> {
        engine::OpenedModel model{.model = std::make_unique<LoudnessModel>(), .cost = {}};
        model.cost = [](const contracts::BatchKey&) -> base::Result<planning::BatchCost> {
          return planning::BatchCost{.memory = planning::MemoryKind::kRam,
                                     .max_batch = 16,
                                     .fixed_ms = 1,
                                     .mb_per_unit = 0.01};
        };
        return model;
      });
}

}  // namespace reelbatch::tests
