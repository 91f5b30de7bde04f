#include "measure/sweep.h"

#include <algorithm>
#include <utility>

#include "costs/input_bucket.h"
#include "measure/component_calls.h"

namespace reelbatch::measure {
namespace {

bool SameInput(const contracts::InputBucket& a, const contracts::InputBucket& b) {
  return a.width == b.width && a.height == b.height;
}

/// How long a row takes beside another, roughly: pixels of the source, and the planes of SSIM and
/// flow.
double WeightOf(const PlannedWork& planned) {
  constexpr double kPlanesPx = 400'000;
  return kPlanesPx + static_cast<double>(planned.bucket.width) * planned.bucket.height;
}

class Sweeper {
 public:
  Sweeper(const Session& session, const std::vector<PlannedWork>& plan, const SweepOptions& options,
          const RowFolder& folder, const SweepCallbacks& callbacks, const base::Clock& clock,
          const base::CancelToken& cancel)
      : session_(session),
        plan_(plan),
        options_(options),
        folder_(folder),
        callbacks_(callbacks),
        clock_(clock),
        cancel_(cancel) {}

  base::Result<SweepReport> Run() {
    for (const PlannedWork& planned : plan_) weight_left_ += WeightOf(planned);
    for (size_t i = 0; i < plan_.size(); ++i) {
      if (auto done = One(i); !done) return std::unexpected(done.error());
    }
    return std::move(report_);
  }

 private:
  base::Status One(size_t index) {
    const PlannedWork& planned = plan_[index];
    contracts::CostRow row = PlannedRow(session_, planned.work, planned.bucket);
    const std::filesystem::path file = folder_.FileOf(planned.work, row);
    bool times = options_.times;
    bool memory = options_.memory;
    if (options_.resume) Take(file, row, times, memory);
    weight_left_ -= WeightOf(planned);
    if (!times && !memory) return Tell(index, std::move(row), RowFate::kReused);

    const base::Nanoseconds begin = clock_.Steady();
    const base::Status measured = Measure(planned, times, memory, row);
    if (!measured && measured.error().code == base::Code::kCancelled) return measured;
    if (!measured) SetError(measured.error(), row);
    if (auto written = folder_.Write(file, row); !written) return written;
    spent_ += clock_.Steady() - begin;
    weight_spent_ += WeightOf(planned);
    return Tell(index, std::move(row), measured ? RowFate::kMeasured : RowFate::kFailed);
  }

  /// What a file has of the planned row already, and what is left to be measured.
  void Take(const std::filesystem::path& file, contracts::CostRow& row, bool& times,
            bool& memory) const {
    auto known = folder_.Read(file);
    if (!known || ErrorOf(*known) || IdentityOf(*known) != IdentityOf(row)) return;
    row = std::move(*known);
    times = times && !row.latency_ms_per_unit;
    memory = memory && !row.cpu_rss_peak_mb;
  }

  base::Status Measure(const PlannedWork& planned, bool times, bool memory,
                       contracts::CostRow& row) {
    if (cancel_.cancelled()) return base::Fail(base::Code::kCancelled, "interrupted");
    if (!stack_ || !SameInput(stack_of_, planned.bucket)) {
      stack_.reset();  // before the next one is made: two do not have to fit
      auto made = callbacks_.input(planned.bucket);
      if (!made) return std::unexpected(made.error());
      stack_.emplace(std::move(*made));
      stack_of_ = planned.bucket;
    }
    if (times) {
      const auto make = [&] { return CallOf(planned.work, *stack_, clock_); };
      const auto measured =
          MeasureByProtocol(session_.protocol, SideBySide(make, session_.concurrency), cancel_);
      if (!measured) return std::unexpected(measured.error());
      SetTimes(*measured, stack_->pairs(), row);
    }
    if (memory) {
      const auto figures = callbacks_.probe(planned.work, *stack_);
      if (!figures) return std::unexpected(figures.error());
      SetMemory(*figures, row);
    }
    return {};
  }

  base::Status Tell(size_t index, contracts::CostRow row, RowFate fate) {
    if (fate == RowFate::kMeasured) ++report_.measured;
    if (fate == RowFate::kReused) ++report_.reused;
    if (fate == RowFate::kFailed) ++report_.failed;
    if (row.noisy) ++report_.noisy;
    report_.rows.push_back(std::move(row));
    if (!callbacks_.on_row) return {};
    SweepStep step{.number = index + 1,
                   .total = plan_.size(),
                   .planned = &plan_[index],
                   .row = &report_.rows.back(),
                   .fate = fate};
    if (weight_spent_ > 0) {
      const double left =
          static_cast<double>(spent_.count()) / weight_spent_ * std::max(0.0, weight_left_);
      step.left = base::Nanoseconds(static_cast<int64_t>(left));
    }
    callbacks_.on_row(step);
    return {};
  }

  const Session& session_;
  const std::vector<PlannedWork>& plan_;
  const SweepOptions& options_;
  const RowFolder& folder_;
  const SweepCallbacks& callbacks_;
  const base::Clock& clock_;
  const base::CancelToken& cancel_;
  std::optional<FrameStack> stack_;
  contracts::InputBucket stack_of_;
  base::Nanoseconds spent_{0};
  double weight_spent_ = 0;
  double weight_left_ = 0;
  SweepReport report_;
};

}  // namespace

std::vector<PlannedWork> PlanGrid(const Grid& grid) {
  std::vector<PlannedWork> plan;
  for (const contracts::Aspect aspect : grid.aspects) {
    for (const costs::GridSide& side : costs::kGrid) {
      if (std::ranges::find(grid.short_sides, side.short_side) == grid.short_sides.end()) continue;
      contracts::InputBucket bucket = costs::GridBucket(side, aspect);
      bucket.fps = 30;
      for (const contracts::Preset preset : grid.presets) {
        plan.push_back(
            {.work = {.part = grid.part, .preset = preset, .step = {}}, .bucket = bucket});
        if (!grid.steps) continue;
        for (const std::string& step : StepsOf(grid.part, preset)) {
          plan.push_back(
              {.work = {.part = grid.part, .preset = preset, .step = step}, .bucket = bucket});
        }
      }
    }
  }
  return plan;
}

base::Result<SweepReport> Sweep(const Session& session, const std::vector<PlannedWork>& plan,
                                const SweepOptions& options, const RowFolder& folder,
                                const SweepCallbacks& callbacks, const base::Clock& clock,
                                const base::CancelToken& cancel) {
  return Sweeper(session, plan, options, folder, callbacks, clock, cancel).Run();
}

}  // namespace reelbatch::measure
