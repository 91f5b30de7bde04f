#include "measure/model_cost.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <utility>

#include "base/json_fields.h"
#include "measure/memory_probe.h"
#include "measure/process_memory.h"

namespace reelbatch::measure {
namespace {

base::Status RunBatch(components::UnitModel& model,
                      const std::vector<components::UnitInput>& units) {
  const auto ran = model.Run(units);
  if (ran) return {};
  const contracts::BatchFailure& failure = ran.error();
  const bool memory = contracts::IsOutOfMemory(failure.failure);
  return base::Fail(memory ? base::Code::kOutOfMemory : base::Code::kInternal,
                    fmt::format("a batch of {} units failed ({}): {}", units.size(),
                                contracts::FailureClassName(failure.failure), failure.evidence));
}

std::vector<components::UnitInput> Batch(const components::SampleUnit& unit, int size) {
  return std::vector<components::UnitInput>(static_cast<size_t>(size),
                                            {.data = unit.data, .state = unit.state});
}

/// From now on the kernel's peak counts anew. Where it does not, the peak of loading counts too:
/// more, never less.
void ForgetPeak() {
  std::ofstream file("/proc/self/clear_refs");
  file << "5";
}

}  // namespace

base::Result<std::vector<Measurement>> MeasureBatches(
    components::UnitModel& model, const components::SampleUnit& unit, std::span<const int> sizes,
    const Protocol& protocol, const base::Clock& clock, const base::CancelToken& cancel) {
  std::vector<Measurement> all;
  for (const int size : sizes) {
    const auto units = Batch(unit, size);
    const TimedCall call = [&]() -> base::Result<std::vector<CallTime>> {
      const base::Nanoseconds began = clock.Steady();
      if (auto ran = RunBatch(model, units); !ran) return std::unexpected(ran.error());
      const base::Nanoseconds took = clock.Steady() - began;
      // Engines compute on threads of their own: what this thread waits for is their work.
      return std::vector<CallTime>{{.wall = took, .cpu = took}};
    };
    auto measured = MeasureByProtocol(protocol, call, cancel);
    if (!measured) return std::unexpected(measured.error());
    all.push_back(std::move(*measured));
  }
  return all;
}

base::Result<ModelMemoryFigures> ProbeBatchMemory(components::UnitModel& model,
                                                  const components::SampleUnit& unit, int size,
                                                  double before_mb) {
  const auto loaded = ReadProcessMemory().rss_mb;
  ForgetPeak();
  const auto units = Batch(unit, size);
  for (int time = 0; time < 2; ++time) {
    if (auto ran = RunBatch(model, units); !ran) return std::unexpected(ran.error());
  }
  const auto peak = ReadProcessMemory().peak_mb;
  if (!loaded || !peak) {
    return base::Fail(base::Code::kUnavailable,
                      "the kernel does not report the memory of this process", "/proc/self/status");
  }
  return ModelMemoryFigures{.fixed_mb = std::max(0.0, *loaded - before_mb),
                            .batch_mb = std::max(0.0, *peak - *loaded)};
}

std::string ModelMemoryJson(const ModelMemoryFigures& figures) {
  return base::OneLine({{"fixed_mb", figures.fixed_mb}, {"batch_mb", figures.batch_mb}}) + "\n";
}

base::Result<ModelMemoryFigures> ParseModelMemoryJson(std::string_view text) {
  return base::ReadObject(text, kMemoryAnswer, [](base::JsonFields& fields) {
    return ModelMemoryFigures{.fixed_mb = fields.Number("fixed_mb"),
                              .batch_mb = fields.Number("batch_mb")};
  });
}

contracts::CostRow ModelRow(const Session& session, const ModelSubject& subject,
                            std::span<const int> sizes, std::span<const Measurement> times,
                            std::span<const ModelMemoryFigures> memory) {
  contracts::CostSubject words;
  words.component = subject.component;
  words.component_part = subject.stage;
  words.owner = subject.owner;
  words.unit = subject.unit;
  words.unit_cost_model = "per batch, measured at every size";
  words.max_batch_size_component = subject.max_batch;
  words.cross_video_batching = true;
  words.cross_video_constraints =
      subject.in_order
          ? "units of one video are in order: a batch has at most one unit of each video"
          : "";
  // A stage that computes by itself has no model.
  if (!subject.used.empty()) {
    const contracts::ModelUsed& model = subject.used.front();
    words.runtime = model.runtime;
    words.model_signature = contracts::ModelSignature(subject.used);
    words.notes = fmt::format("{} {} by {}", model.model_name, model.model_version, model.engine);
  }
  contracts::CostRow row = PlannedRow(session, std::move(words), {});
  row.threads = subject.threads;
  for (size_t k = 0; k < sizes.size(); ++k) {
    contracts::CostPoint point{.batch = sizes[k], .ms = times[k].statistics.stable_mean};
    // Peaks of processes scatter; memory that a smaller batch took, a larger one takes too.
    if (k < memory.size()) {
      const double before = row.points.empty() ? 0 : row.points.back().peak_mb.value_or(0);
      point.peak_mb = std::max(before, memory[k].batch_mb);
    }
    row.points.push_back(point);
    row.noisy = row.noisy || times[k].noisy;
  }
  row.units_per_call = sizes.front();
  row.latency_ms_per_unit = times.front().statistics.stable_mean / sizes.front();
  row.samples_ms.assign(times.front().samples_ms.begin(), times.front().samples_ms.end());
  if (!memory.empty()) {
    for (const ModelMemoryFigures& figures : memory)
      row.cpu_rss_fixed_mb = std::max(row.cpu_rss_fixed_mb, figures.fixed_mb);
    row.cpu_rss_peak_mb = row.cpu_rss_fixed_mb + row.points.front().peak_mb.value_or(0);
  }
  return row;
}

}  // namespace reelbatch::measure
