#include "tests/components/test_components.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <mutex>
#include <new>
#include <sstream>
#include <thread>
#include <utility>

namespace reelbatch::tests {
namespace {

using components::Bytes;
using components::UnitInput;
using components::UnitOutput;
using contracts::BatchFailure;
using contracts::FailureClass;

constexpr size_t kFramesPerUnit = 8;
constexpr size_t kSamplesPerFrame = 64;
constexpr uint64_t kFnvBasis = 14695981039346656037U;
constexpr uint64_t kFnvPrime = 1099511628211U;

uint64_t Fnv(uint64_t hash, std::span<const std::byte> bytes) {
  for (const std::byte byte : bytes) hash = (hash ^ std::to_integer<uint64_t>(byte)) * kFnvPrime;
  return hash;
}

class TestModel final : public components::UnitModel {
 public:
  TestModel(TestModelOptions options, bool chained)
      : options_(std::move(options)), chained_(chained) {}

  std::expected<std::vector<UnitOutput>, BatchFailure> Run(
      std::span<const UnitInput> units) override {
    if (Hangs()) std::this_thread::sleep_until(std::chrono::steady_clock::time_point::max());
    if (auto failure = FailureOf(units.size())) return std::unexpected(*failure);
    // A real allocation: under a memory limit it really fails, which the executor sees as
    // std::bad_alloc.
    std::vector<char> memory(units.size() * static_cast<size_t>(options_.kb_per_unit) * 1024);
    for (size_t k = 0; k < memory.size(); k += 4096) memory[k] = static_cast<char>(k);
    Work(options_.fixed_ms + options_.ms_per_unit * static_cast<double>(units.size()));
    std::vector<UnitOutput> outputs;
    for (const UnitInput& unit : units) {
      const bool goes_on = chained_ && !unit.state.empty();
      const uint64_t hash = Fnv(goes_on ? NumberOf(unit.state) : kFnvBasis, unit.data);
      outputs.push_back({.result = BytesOf(hash), .state = chained_ ? BytesOf(hash) : Bytes()});
    }
    return outputs;
  }

  void Restart() override {
    const std::lock_guard lock(mutex_);
    poisoned_ = false;
  }

 private:
  bool Hangs() {
    const std::lock_guard lock(mutex_);
    return launches_ < options_.pattern.size() && options_.pattern[launches_] == 'h' &&
           ++launches_ > 0;
  }

  std::optional<BatchFailure> FailureOf(size_t units) {
    const std::lock_guard lock(mutex_);
    const char next = launches_ < options_.pattern.size() ? options_.pattern[launches_] : '.';
    ++launches_;
    if (next == 'p') poisoned_ = true;
    if (poisoned_)
      return BatchFailure{.failure = FailureClass::kPoisoned, .evidence = "the context is gone"};
    if (next == 'i') return BatchFailure{.failure = FailureClass::kInput, .evidence = "bad input"};
    if (next == 'x')
      return BatchFailure{.failure = FailureClass::kOther, .evidence = "something else"};
    if (next == 'a')
      return BatchFailure{.failure = FailureClass::kAbsurdSize, .evidence = "wants 4 EB"};
    const bool too_large =
        options_.oom_above > 0 && units > static_cast<size_t>(options_.oom_above);
    if (next == 'o' || too_large)
      return BatchFailure{.failure = FailureClass::kCapacity, .evidence = "CUDA out of memory"};
    return std::nullopt;
  }

  static void Work(double ms) {
    const auto end =
        std::chrono::steady_clock::now() + std::chrono::duration<double, std::milli>(ms);
    while (std::chrono::steady_clock::now() < end) {
    }
  }

  const TestModelOptions options_;
  const bool chained_;
  std::mutex mutex_;
  size_t launches_ = 0;
  bool poisoned_ = false;
};

contracts::BatchKey KeyOf(const std::string& name, const contracts::VideoInfo& info) {
  contracts::BatchKey key;
  key.component = name;
  key.component_version = "1";
  key.knobs = R"({"frames_per_unit":8})";
  key.input_bucket = info.width >= info.height ? "16:9" : "9:16";
  return key;
}

struct Samples final : components::FrameMeasure {
  std::array<std::byte, kSamplesPerFrame> bytes{};
};

class SampleMeter final : public components::FrameMeter {
 public:
  std::unique_ptr<components::FrameMeasure> NewMeasure() const override {
    return std::make_unique<Samples>();
  }
  base::Status Measure(const image::StampedFrame& frame, components::FrameMeasure& out) override {
    const auto& y = frame.view.y;
    auto& samples = static_cast<Samples&>(out);
    constexpr int kSide = 8;
    for (int k = 0; k < static_cast<int>(kSamplesPerFrame); ++k) {
      const int row = (k / kSide * 2 + 1) * y.height / (2 * kSide);
      const int column = (k % kSide * 2 + 1) * y.width / (2 * kSide);
      samples.bytes[static_cast<size_t>(k)] = std::byte{y.row(row)[column]};
    }
    return {};
  }
};

class TestComponent final : public components::BatchedComponent {
 public:
  TestComponent(std::string name, const contracts::VideoInfo& info)
      : name_(std::move(name)), key_(KeyOf(name_, info)) {}
  std::string_view name() const override { return name_; }
  base::Status Open(const contracts::VideoInfo&) override { return {}; }
  std::unique_ptr<components::FrameMeter> MakeMeter(components::SharedFlows&) const override {
    return std::make_unique<SampleMeter>();
  }
  contracts::BatchKey key() const override { return key_; }
  void Bind(components::UnitSink& sink) override { sink_ = &sink; }

  base::Status Take(const image::FrameStamp&, components::FrameMeasure& measure) override {
    const auto& bytes = static_cast<Samples&>(measure).bytes;
    unit_.insert(unit_.end(), bytes.begin(), bytes.end());
    if (unit_.size() == kFramesPerUnit * kSamplesPerFrame) Flush();
    return {};
  }

  base::Status Close(const contracts::DecodeReport&, contracts::VideoOutcome&) override {
    if (!unit_.empty()) Flush();
    return {};
  }

  base::Status Finish(std::vector<UnitOutput> outputs, contracts::VideoOutcome& outcome) override {
    contracts::Tensor digests{
        .name = "digest", .type = contracts::ElementType::kInt64, .shape = {}, .bytes = {}};
    digests.shape = {static_cast<int64_t>(outputs.size())};
    for (const UnitOutput& output : outputs) {
      digests.bytes.append(reinterpret_cast<const char*>(output.result.data()),
                           output.result.size());
    }
    outcome.results[name_] = {.arrays = {std::move(digests)}, .meta = key_.knobs};
    return {};
  }

 private:
  void Flush() {
    sink_->Push(std::move(unit_));
    unit_ = {};
  }

  const std::string name_;
  const contracts::BatchKey key_;
  components::UnitSink* sink_ = nullptr;
  Bytes unit_;
};

[[noreturn]] void Refuse(const std::string& what) {
  std::fprintf(stderr, "test components: %s\n", what.c_str());
  std::exit(2);
}

void Set(TestModelOptions& options, const std::string& name, const std::string& value) {
  if (name == "fixed_ms")
    options.fixed_ms = std::stod(value);
  else if (name == "ms_per_unit")
    options.ms_per_unit = std::stod(value);
  else if (name == "max_batch")
    options.max_batch = std::stoi(value);
  else if (name == "kb_per_unit")
    options.kb_per_unit = std::stoll(value);
  else if (name == "oom_above")
    options.oom_above = std::stoi(value);
  else if (name == "pattern")
    options.pattern = value;
  else if (name == "needs")
    options.needs = value;
  else
    Refuse("no option is called " + name);
}

components::StageDefinition StageOf(const std::string& name, bool chained) {
  return {.in_order = chained,
          .expected = [name](const components::VideoRequest& request,
                             double frames) -> components::ExpectedUnits {
            return {.key = KeyOf(name, request.info),
                    .units = static_cast<int>(std::ceil(frames / kFramesPerUnit))};
          }};
}

}  // namespace

Bytes BytesOf(uint64_t value) {
  Bytes bytes(sizeof value);
  std::memcpy(bytes.data(), &value, sizeof value);
  return bytes;
}

uint64_t NumberOf(std::span<const std::byte> bytes) {
  uint64_t value = 0;
  std::memcpy(&value, bytes.data(), std::min(bytes.size(), sizeof value));
  return value;
}

std::map<std::string, TestModelOptions> ParseTestModels(const std::string& faults) {
  std::map<std::string, TestModelOptions> all;
  std::istringstream parts(faults);
  for (std::string part; std::getline(parts, part, ';');) {
    std::istringstream words(part);
    std::string name;
    words >> name;
    if (name.empty() || name.back() != ':') Refuse("wants 'NAME: option=value ...', not " + part);
    name.pop_back();
    for (std::string word; words >> word;) {
      const size_t equals = word.find('=');
      if (equals == std::string::npos) Refuse(word + " has no value");
      Set(all[name], word.substr(0, equals), word.substr(equals + 1));
    }
  }
  return all;
}

engine::OpenedModel OpenTestModel(const TestModelOptions& options, bool chained) {
  engine::OpenedModel model{.model = std::make_unique<TestModel>(options, chained),
                            .max_batch = options.max_batch,
                            .cost = {}};
  model.cost = [options](const contracts::BatchKey&) -> base::Result<planning::BatchCost> {
    return planning::BatchCost{.memory = planning::MemoryKind::kRam,
                               .max_batch = options.max_batch,
                               .fixed_ms = options.fixed_ms,
                               .ms_per_unit = options.ms_per_unit,
                               .mb_per_unit = static_cast<double>(options.kb_per_unit) / 1024};
  };
  return model;
}

void AddTestComponents(engine::Catalog& catalog, const std::string& faults) {
  const auto options = ParseTestModels(faults);
  for (const auto& [name, chained] :
       {std::pair<std::string, bool>("unit_digest", false), {"unit_chain", true}}) {
    TestModelOptions own;
    if (const auto given = options.find(name); given != options.end()) own = given->second;
    catalog.Add({.name = name,
                 .version = "1",
                 .needs = own.needs.empty() ? std::vector<std::string>() : std::vector{own.needs},
                 .make =
                     [name](const components::VideoRequest& request) {
                       return std::make_unique<TestComponent>(name, request.info);
                     },
                 .stages = {StageOf(name, chained)}},
                [own, chained](const components::StageDefinition&, const engine::ModelProvider&)
                    -> base::Result<engine::OpenedModel> { return OpenTestModel(own, chained); });
  }
}

}  // namespace reelbatch::tests
