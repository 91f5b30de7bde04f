#include "tests/components/brightness/brightness.h"

#include <fmt/format.h>

#include <memory>
#include <numeric>
#include <string>
#include <utility>

#include "contracts/tensor.h"

namespace reelbatch::tests {
namespace {

constexpr const char* kName = "brightness";
constexpr const char* kOfSome = "brightness_of_some";

const contracts::ComponentKnob kDarkBelow{
    .name = "dark_below",
    .option = "dark-below",
    .type = contracts::KnobType::kNumber,
    .value_name = "Y",
    .help = "frames whose mean Y is below this are dark (default 32)",
    .usual = 32.0,
    .low = 0,
    .high = 255};
const contracts::ComponentKnob kNote{.name = "brightness_note",
                                     .option = "brightness-note",
                                     .type = contracts::KnobType::kSwitch,
                                     .help = "say in the manifest that it was here",
                                     .usual = false,
                                     .hashed = false};

struct Mean final : components::FrameMeasure {
  float y = 0;
};

class Meter final : public components::FrameMeter {
 public:
  std::unique_ptr<components::FrameMeasure> NewMeasure() const override {
    return std::make_unique<Mean>();
  }
  base::Status Measure(const image::StampedFrame& frame, components::FrameMeasure& out) override {
    const auto& y = frame.view.y;
    double sum = 0;
    for (int row = 0; row < y.height; ++row)
      sum += std::accumulate(y.row(row), y.row(row) + y.width, 0.0);
    static_cast<Mean&>(out).y = static_cast<float>(sum / (static_cast<double>(y.width) * y.height));
    return {};
  }
};

class Brightness final : public components::Component {
 public:
  Brightness(std::string name, double dark_below, bool note)
      : name_(std::move(name)), dark_below_(dark_below), note_(note) {}
  std::string_view name() const override { return name_; }
  base::Status Open(const contracts::VideoInfo&) override { return {}; }
  std::unique_ptr<components::FrameMeter> MakeMeter(components::SharedFlows&) const override {
    return std::make_unique<Meter>();
  }
  base::Status Take(const image::FrameStamp& stamp, components::FrameMeasure& measure) override {
    const float mean = static_cast<const Mean&>(measure).y;
    frames_.push_back(static_cast<int32_t>(stamp.index));
    brightness_.push_back(mean);
    dark_.push_back(mean < dark_below_ ? 1 : 0);
    return {};
  }
  base::Status Close(const contracts::DecodeReport&, contracts::VideoOutcome& outcome) override {
    contracts::ComponentResult& result = outcome.results[name_];
    result.arrays = {contracts::MakeTensor("frame_indices", frames_),
                     contracts::MakeTensor("brightness", brightness_),
                     contracts::MakeTensor("dark", dark_)};
    result.knobs = fmt::format(R"({{"dark_below":{}}})", dark_below_);
    result.meta = fmt::format(R"({{"knobs":{}}})", result.knobs);
    if (note_) result.notes.emplace_back("it was here");
    return {};
  }

 private:
  const std::string name_;
  const double dark_below_;
  const bool note_;
  std::vector<int32_t> frames_;
  std::vector<float> brightness_;
  std::vector<uint8_t> dark_;
};

}  // namespace

components::ComponentDefinition BrightnessDefinition() {
  return {.name = kName,
          .version = "1",
          .knobs = {kDarkBelow, kNote},
          .schema = "brightness_npz_v1",
          .make =
              [](const components::VideoRequest& request) {
                return std::make_unique<Brightness>(
                    kName, contracts::ValueOf<double>(request.config, kDarkBelow),
                    contracts::ValueOf<bool>(request.config, kNote));
              },
          .price = [](const components::VideoRequest&) -> contracts::PricedWork {
            contracts::PricedWork work{.subject = {}, .measured_by = "reelbatch bench"};
            work.subject.component = kName;
            work.subject.unit = "frame_pair";
            return work;
          }};
}

components::ComponentDefinition BrightnessOfSomeDefinition() {
  return {.name = kOfSome,
          .version = "1",
          .frames = {.analysis_width = 32, .every = 10},
          .make =
              [](const components::VideoRequest&) {
                return std::make_unique<Brightness>(kOfSome, std::get<double>(kDarkBelow.usual),
                                                    false);
              },
          .price = [](const components::VideoRequest&) -> contracts::PricedWork {
            contracts::PricedWork work{.subject = {}, .measured_by = "reelbatch bench"};
            work.subject.component = kOfSome;
            work.subject.unit = "frame_pair";
            return work;
          }};
}

}  // namespace reelbatch::tests
