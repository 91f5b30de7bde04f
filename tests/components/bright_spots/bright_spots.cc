#include "tests/components/bright_spots/bright_spots.h"

#include <algorithm>
#include <cstring>
#include <memory>
#include <numeric>
#include <utility>
#include <vector>

#include "components/batched_component.h"
#include "contracts/tensor.h"

namespace reelbatch::tests {
namespace {

using components::Bytes;
using components::UnitInput;
using components::UnitOutput;

constexpr const char* kName = "bright_spots";
constexpr int kColumns = 16;
constexpr int kRows = 9;
constexpr int kCell = 8;  // samples a side
constexpr int kWidth = kColumns * kCell;
constexpr int kHeight = kRows * kCell;
constexpr size_t kMostSpots = 4;

enum : size_t { kFind, kMeasure };

int Level(std::byte sample) { return std::to_integer<int>(sample); }

// The meter: Y of every frame at kWidth x kHeight.

struct Luma final : components::FrameMeasure {
  Bytes samples;
};

class LumaMeter final : public components::FrameMeter {
 public:
  std::unique_ptr<components::FrameMeasure> NewMeasure() const override {
    return std::make_unique<Luma>();
  }
  base::Status Measure(const image::StampedFrame& frame, components::FrameMeasure& out) override {
    const auto& y = frame.view.y;
    Bytes& samples = static_cast<Luma&>(out).samples;
    samples.clear();
    for (int row = 0; row < kHeight; ++row) {
      for (int column = 0; column < kWidth; ++column)
        samples.push_back(std::byte{y.row(row * y.height / kHeight)[column * y.width / kWidth]});
    }
    return {};
  }
};

/// Row `row` of a cell of a picture.
std::span<const std::byte> CellRow(std::span<const std::byte> picture, size_t place, size_t row) {
  const size_t top = place / kColumns * kCell;
  const size_t left = place % kColumns * kCell;
  return picture.subspan((top + row) * kWidth + left, kCell);
}

// What stands for the models: pure, the same answer for a unit in whatever company it is.

class Finder final : public components::UnitModel {
 public:
  std::expected<std::vector<UnitOutput>, contracts::BatchFailure> Run(
      std::span<const UnitInput> units) override {
    std::vector<UnitOutput> outputs;
    for (const UnitInput& unit : units) outputs.push_back({.result = Find(unit.data), .state = {}});
    return outputs;
  }

 private:
  static bool IsSpot(std::span<const std::byte> means, int row, int column) {
    const auto at = [&](int r, int c) {
      return Level(means[static_cast<size_t>(r * kColumns + c)]);
    };
    for (int r = std::max(0, row - 1); r <= std::min(kRows - 1, row + 1); ++r) {
      for (int c = std::max(0, column - 1); c <= std::min(kColumns - 1, column + 1); ++c) {
        if ((r != row || c != column) && at(r, c) >= at(row, column)) return false;
      }
    }
    return true;
  }

  static Bytes Find(std::span<const std::byte> means) {
    Bytes spots;
    for (int row = 0; row < kRows; ++row) {
      for (int column = 0; column < kColumns; ++column) {
        if (IsSpot(means, row, column))
          spots.push_back(std::byte{static_cast<uint8_t>(row * kColumns + column)});
      }
    }
    std::ranges::stable_sort(spots, std::greater(), [&](std::byte spot) {
      return Level(means[std::to_integer<size_t>(spot)]);
    });
    spots.resize(std::min(spots.size(), kMostSpots));
    return spots;
  }
};

class Measurer final : public components::UnitModel {
 public:
  std::expected<std::vector<UnitOutput>, contracts::BatchFailure> Run(
      std::span<const UnitInput> units) override {
    std::vector<UnitOutput> outputs;
    for (const UnitInput& unit : units) {
      const float sum = std::accumulate(
          unit.data.begin(), unit.data.end(), 0.0F,
          [](float all, std::byte one) { return all + static_cast<float>(Level(one)); });
      Bytes mean(sizeof(float));
      const float value = sum / static_cast<float>(unit.data.size());
      std::memcpy(mean.data(), &value, sizeof value);
      outputs.push_back({.result = std::move(mean), .state = {}});
    }
    return outputs;
  }
};

// The component.

/// Cuts the spots that were found out of the picture that was kept.
class SpotFeeder final : public components::UnitFeeder {
 public:
  explicit SpotFeeder(components::UnitSink& measure) : measure_(measure) {}
  base::Status Feed(const UnitOutput& found, Bytes picture) override {
    for (const std::byte spot : found.result) {
      Bytes crop;
      for (size_t row = 0; row < kCell; ++row) {
        const auto samples = CellRow(picture, std::to_integer<size_t>(spot), row);
        crop.insert(crop.end(), samples.begin(), samples.end());
      }
      measure_.Push(std::move(crop));
    }
    return {};
  }

 private:
  components::UnitSink& measure_;
};

class BrightSpots final : public components::StagedComponent {
 public:
  std::string_view name() const override { return kName; }
  base::Status Open(const contracts::VideoInfo&) override { return {}; }
  std::unique_ptr<components::FrameMeter> MakeMeter(components::SharedFlows&) const override {
    return std::make_unique<LumaMeter>();
  }
  std::vector<contracts::BatchKey> keys() const override { return {Key(), Key()}; }
  void Bind(const components::UnitSinks& sinks) override { sinks_ = sinks; }
  std::unique_ptr<components::UnitFeeder> MakeFeeder(size_t stage) override {
    if (stage != kFind) return nullptr;
    return std::make_unique<SpotFeeder>(*sinks_[kMeasure]);
  }

  base::Status Take(const image::FrameStamp& stamp, components::FrameMeasure& measure) override {
    Bytes picture = std::move(static_cast<Luma&>(measure).samples);
    frames_.push_back(static_cast<int32_t>(stamp.index));
    Bytes means = MeansOf(picture);
    sinks_[kFind]->Push(std::move(means), std::move(picture));
    return {};
  }
  base::Status Close(const contracts::DecodeReport&, contracts::VideoOutcome&) override {
    return {};
  }

  base::Status Finish(std::vector<std::vector<UnitOutput>> outputs,
                      contracts::VideoOutcome& outcome) override {
    std::vector<int32_t> frames;
    std::vector<uint8_t> places;
    std::vector<float> means;
    size_t spot = 0;  // in the order in which Feed() pushed them
    for (size_t k = 0; k < outputs[kFind].size(); ++k) {
      for (const std::byte place : outputs[kFind][k].result) {
        frames.push_back(frames_[k]);
        places.push_back(std::to_integer<uint8_t>(place));
        std::memcpy(&means.emplace_back(), outputs[kMeasure].at(spot++).result.data(),
                    sizeof(float));
      }
    }
    outcome.results[kName].arrays = {contracts::MakeTensor("frame_indices", frames),
                                     contracts::MakeTensor("place", places),
                                     contracts::MakeTensor("mean", means)};
    return {};
  }

  static contracts::BatchKey Key() {
    contracts::BatchKey key;
    key.component = kName;
    key.component_version = "1";
    return key;
  }

 private:
  static Bytes MeansOf(const Bytes& picture) {
    Bytes means;
    for (size_t place = 0; place < size_t{kColumns} * kRows; ++place) {
      int sum = 0;
      for (size_t row = 0; row < kCell; ++row) {
        for (const std::byte sample : CellRow(picture, place, row)) sum += Level(sample);
      }
      means.push_back(std::byte{static_cast<uint8_t>(sum / (kCell * kCell))});
    }
    return means;
  }

  components::UnitSinks sinks_;
  std::vector<int32_t> frames_;
};

components::StageDefinition FindStage() {
  components::StageDefinition stage;
  stage.name = "find";
  stage.unit = "frame";
  stage.sample.data.resize(size_t{kColumns} * kRows);
  stage.expected = [](const components::VideoRequest&, double frames) -> components::ExpectedUnits {
    return {.key = BrightSpots::Key(), .units = static_cast<int>(frames)};
  };
  return stage;
}

components::StageDefinition MeasureStage() {
  components::StageDefinition stage;
  stage.name = "measure";
  stage.from = components::UnitsFrom::kStage;
  stage.after = "find";
  stage.unit = "crop";
  stage.sample.data.resize(size_t{kCell} * kCell);
  stage.expected = [](const components::VideoRequest&, double frames) -> components::ExpectedUnits {
    constexpr int kUsual = 3;  // spots a frame
    return {.key = BrightSpots::Key(), .units = kUsual * static_cast<int>(frames)};
  };
  return stage;
}

}  // namespace

void AddBrightSpots(engine::Catalog& catalog) {
  const auto open = [](const components::StageDefinition& stage,
                       const engine::ModelProvider&) -> base::Result<engine::OpenedModel> {
    engine::OpenedModel model{.model = nullptr, .max_batch = stage.max_batch, .cost = {}};
    if (stage.name == "find")
      model.model = std::make_unique<Finder>();
    else
      model.model = std::make_unique<Measurer>();
    model.cost = [cap = stage.max_batch](const contracts::BatchKey&) {
      return base::Result<planning::BatchCost>({.memory = planning::MemoryKind::kRam,
                                                .max_batch = cap,
                                                .ms_per_unit = 0.01,
                                                .mb_per_unit = 0.1});
    };
    return model;
  };
  catalog.Add(
      {.name = kName,
       .version = "1",
       .schema = "bright_spots_npz_v1",
       .make = [](const components::VideoRequest&) { return std::make_unique<BrightSpots>(); },
       .stages = {FindStage(), MeasureStage()}},
      open);
}

}  // namespace reelbatch::tests
