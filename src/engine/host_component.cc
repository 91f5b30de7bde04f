#include "engine/host_component.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>
#include <new>
#include <string>
#include <utility>
#include <vector>

#include "base/json_text.h"
#include "components/batched_component.h"

namespace reelbatch::engine {
namespace {

using components::Bytes;
using components::UnitInput;
using components::UnitOutput;
using contracts::BatchFailure;
using contracts::FailureClass;

constexpr int kLeastSide = 16;
constexpr int kMostSide = 1024;

/// Of one run; shared with a thread that may be stuck in the host's function.
using Description = std::shared_ptr<const Component>;

size_t PictureBytes(const Component& component) {
  return static_cast<size_t>(3) * static_cast<size_t>(component.width) *
         static_cast<size_t>(component.height);
}

size_t AnswerSize(const Component& component) {
  return static_cast<size_t>(contracts::ElementCount(component.shape));
}

/// The edge where the host's exceptions become classes of failures.
class HostModel final : public components::UnitModel {
 public:
  explicit HostModel(Description host) : host_(std::move(host)) {}

  std::expected<std::vector<UnitOutput>, BatchFailure> Run(
      std::span<const UnitInput> units) override {
    std::vector<UnitView> views;
    views.reserve(units.size());
    for (const UnitInput& unit : units)
      views.push_back({.width = host_->width, .height = host_->height, .rgb = unit.data});
    try {
      return Packed(host_->run(views), units.size());
    } catch (const OutOfMemory& error) {
      return Failed(FailureClass::kHostMemory, error.what());
    } catch (const std::bad_alloc& error) {
      return Failed(FailureClass::kHostMemory, error.what());
    } catch (const std::exception& error) {
      return Failed(FailureClass::kOther, error.what());
    } catch (...) {
      return Failed(FailureClass::kOther, "an exception of an unknown type");
    }
  }

 private:
  static std::unexpected<BatchFailure> Failed(FailureClass failure, std::string evidence) {
    return std::unexpected(BatchFailure{.failure = failure, .evidence = std::move(evidence)});
  }

  std::expected<std::vector<UnitOutput>, BatchFailure> Packed(
      const std::vector<UnitAnswer>& answers, size_t units) const {
    const size_t size = AnswerSize(*host_);
    const bool right =
        answers.size() == units && std::ranges::all_of(answers, [size](const UnitAnswer& answer) {
          return answer.size() == size;
        });
    if (!right) {
      return Failed(
          FailureClass::kBadResponse,
          fmt::format(
              "returned {} answers for {} units, or an answer that does not have {} numbers",
              answers.size(), units, size));
    }
    std::vector<UnitOutput> outputs(units);
    for (size_t k = 0; k < units; ++k) {
      outputs[k].result.resize(size * sizeof(float));
      std::memcpy(outputs[k].result.data(), answers[k].data(), size * sizeof(float));
    }
    return outputs;
  }

  const Description host_;
};

struct PictureMeasure final : components::FrameMeasure {
  Bytes rgb;
};

class PictureMeter final : public components::FrameMeter {
 public:
  explicit PictureMeter(Description host) : host_(std::move(host)) {}
  std::unique_ptr<components::FrameMeasure> NewMeasure() const override {
    return std::make_unique<PictureMeasure>();
  }
  base::Status Measure(const image::StampedFrame& frame, components::FrameMeasure& out) override {
    const auto row = static_cast<size_t>(3 * host_->width);
    if (std::cmp_not_equal(frame.thumbnail.width, row) || frame.thumbnail.height != host_->height) {
      return base::Fail(base::Code::kContract, "the reader delivered a picture of another size");
    }
    Bytes& rgb = static_cast<PictureMeasure&>(out).rgb;
    rgb.resize(PictureBytes(*host_));
    for (int y = 0; y < host_->height; ++y)
      std::memcpy(rgb.data() + static_cast<size_t>(y) * row, frame.thumbnail.row(y), row);
    return {};
  }

 private:
  const Description host_;
};

contracts::BatchKey KeyOf(const Component& host) {
  return {.component = host.name,
          .component_version = host.version,
          .knobs = {},
          .preprocessing = {},
          .input_bucket = fmt::format("{}x{}", host.width, host.height)};
}

/// Gives a picture every so often, and puts the answers into one array.
class HostComponent final : public components::BatchedComponent {
 public:
  explicit HostComponent(Description host) : host_(std::move(host)) {}
  std::string_view name() const override { return host_->name; }
  base::Status Open(const contracts::VideoInfo&) override { return {}; }
  std::unique_ptr<components::FrameMeter> MakeMeter(components::SharedFlows&) const override {
    return std::make_unique<PictureMeter>(host_);
  }
  contracts::BatchKey key() const override { return KeyOf(*host_); }
  void Bind(components::UnitSink& sink) override { sink_ = &sink; }

  base::Status Take(const image::FrameStamp& stamp, components::FrameMeasure& measure) override {
    constexpr double kTolerance = 1e-6;  // of times that are rounded to the container's ticks
    if (!times_.empty() && stamp.pts_s < times_.back() + host_->every_s - kTolerance) return {};
    times_.push_back(stamp.pts_s);
    frames_.push_back(stamp.index);
    sink_->Push(std::move(static_cast<PictureMeasure&>(measure).rgb));
    return {};
  }
  base::Status Close(const contracts::DecodeReport&, contracts::VideoOutcome&) override {
    return {};
  }
  base::Status Finish(std::vector<UnitOutput> outputs, contracts::VideoOutcome& outcome) override {
    if (outputs.size() != times_.size())
      return base::Fail(base::Code::kInternal, "an answer is missing", host_->name);
    contracts::Tensor values{.name = "values", .shape = {static_cast<int64_t>(outputs.size())}};
    values.shape.insert(values.shape.end(), host_->shape.begin(), host_->shape.end());
    for (const UnitOutput& output : outputs)
      values.bytes.append(reinterpret_cast<const char*>(output.result.data()),
                          output.result.size());
    outcome.results[host_->name] = {
        .arrays = {std::move(values), contracts::MakeTensor("frame_indices", frames_),
                   contracts::MakeTensor("times_s_f64", times_)},
        .meta = base::Json{{"unit", "picture"},
                           {"width", host_->width},
                           {"height", host_->height},
                           {"every_s", host_->every_s}}
                    .dump()};
    return {};
  }

 private:
  const Description host_;
  components::UnitSink* sink_ = nullptr;
  std::vector<double> times_;
  std::vector<contracts::FrameIndex> frames_;
};

base::Status Check(const Catalog& catalog, const Component& host) {
  const auto wrong = [&](std::string_view field, std::string message) -> base::Status {
    return base::Fail(base::Code::kInvalidArgument, std::move(message),
                      fmt::format("Component::{}", field));
  };
  const bool named =
      !host.name.empty() && host.name.size() <= 64 &&
      host.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == std::string::npos;
  if (!named) return wrong("name", "must have 1 to 64 lower-case letters, digits and '_'");
  if (catalog.Find(host.name) != nullptr)
    return wrong(
        "name", fmt::format("{} is the name of another component; choose another name", host.name));
  if (host.version.empty()) return wrong("version", "is empty; start with \"1\"");
  const auto side = [](int px) { return px >= kLeastSide && px <= kMostSide; };
  if (!side(host.width) || !side(host.height))
    return wrong("width and height", fmt::format("must be {} to {} px", kLeastSide, kMostSide));
  if (!(host.every_s >= 0) || !std::isfinite(host.every_s))
    return wrong("every_s", "must be 0 or more seconds");
  constexpr int64_t kMostNumbers = 1 << 20;
  int64_t numbers = 1;
  for (const int64_t length : host.shape) {
    if (length < 1 || length > kMostNumbers || (numbers *= length) > kMostNumbers)
      return wrong("shape", fmt::format("must have 1 to {} numbers in total", kMostNumbers));
  }
  if (host.run == nullptr) return wrong("run", "is empty; set a function");
  if (host.max_batch < 1 || host.max_batch > 4096) return wrong("max_batch", "must be 1 to 4096");
  return {};
}

}  // namespace

base::Status AddHostComponent(Catalog& catalog, Component component) {
  if (auto checked = Check(catalog, component); !checked) return checked;
  const planning::BatchCost cost{.memory = planning::MemoryKind::kRam,
                                 .max_batch = component.max_batch,
                                 .fixed_ms = component.fixed_ms,
                                 .ms_per_unit = component.ms_per_unit,
                                 .mb_per_unit = component.mb_per_unit};
  if (auto checked = planning::CheckBatchCost(cost, component.name); !checked) return checked;
  const auto host = std::make_shared<const Component>(std::move(component));
  components::StageDefinition stage{.unit = "picture", .max_batch = host->max_batch};
  stage.expected = [host](const components::VideoRequest& request,
                          double frames) -> components::ExpectedUnits {
    const double seconds = request.info.duration_s.value_or(0);
    const double units =
        host->every_s > 0 ? std::min(frames, std::ceil(seconds / host->every_s)) : frames;
    return {.key = KeyOf(*host), .units = static_cast<int>(units)};
  };
  // What its numbers depend on, so that another size or distance is another result in a folder.
  const std::string version = fmt::format("{} ({}x{} every {} s, {})", host->version, host->width,
                                          host->height, host->every_s, fmt::join(host->shape, "x"));
  catalog.Add({.name = host->name,
               .version = version,
               .runs_by_default = true,
               .thumbnail = contracts::ThumbnailSize{.width = host->width, .height = host->height},
               .make =
                   [host](const components::VideoRequest&) {
                     return std::make_unique<HostComponent>(host);
                   },
               .stages = {std::move(stage)}},
              [host, cost](const components::StageDefinition&,
                           const ModelProvider&) -> base::Result<OpenedModel> {
                return OpenedModel{.model = std::make_unique<HostModel>(host),
                                   .max_batch = host->max_batch,
                                   .cost = [cost](const contracts::BatchKey&)
                                       -> base::Result<planning::BatchCost> { return cost; }};
              });
  return {};
}

}  // namespace reelbatch::engine
