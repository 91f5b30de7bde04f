#include "runtime/executor_crew.h"

#include <fmt/format.h>

#include <exception>
#include <new>
#include <utility>

#include "runtime/fault.h"

namespace reelbatch::runtime {
namespace {

using contracts::BatchFailure;
using contracts::FailureClass;
using Outputs = std::expected<std::vector<components::UnitOutput>, BatchFailure>;

/// The edge where an exception becomes a class. Its text is read here and nowhere else.
Outputs RunModel(components::UnitModel& model, std::span<const components::UnitInput> inputs) {
  try {
    return model.Run(inputs);
  } catch (const std::bad_alloc& error) {
    return std::unexpected(BatchFailure{.failure = FailureClass::kHostMemory, .evidence = error.what()});
  } catch (const std::exception& error) {
    return std::unexpected(BatchFailure{.failure = contracts::ClassifyMemoryText(error.what(), 0).value_or(FailureClass::kOther),
                                        .evidence = error.what()});
  } catch (...) {
    return std::unexpected(BatchFailure{.failure = FailureClass::kOther, .evidence = "an exception of unknown type"});
  }
}

}  // namespace

void ExecutorCrew::RunBatches(RunContext& run, ModelGates& gates, int device, int lane) {
  const base::Status ended = Guarded([&]() -> base::Status {
    while (auto work = run.work.TakeBatch(device, lane)) {
      run.Tell(&BatchObserver::OnLaunch, work->report);
      components::UnitModel& model = *work->model;
      ModelGate& gate = gates.at(&model);
      const int entered = gate.Enter();
      Outputs outputs = RunModel(model, work->inputs);
      gate.Leave();
      const BatchReport report = run.work.Settle(std::move(*work), std::move(outputs));
      if (report.after.restart) gate.Restart(entered, [&] { model.Restart(); });
      run.Tell(&BatchObserver::OnEnd, report);
    }
    return {};
  });
  if (!ended) run.Stop(RunEnd::kSinkFailed, ended.error());
}

ExecutorCrew::ExecutorCrew(std::shared_ptr<RunContext> run) : run_(std::move(run)) {
  const BatchingOptions& batching = run_->options.batching;
  if (batching.models.empty()) return;
  for (const BatchModel& model : batching.models) gates_.try_emplace(model.model);
  try {
    for (size_t device = 0; device < batching.devices.size(); ++device) {
      for (int lane = 0; lane < batching.devices[device].lanes; ++lane) {
        threads_.emplace_back([this, context = run_, device, lane] { RunBatches(*context, gates_, static_cast<int>(device), lane); });
      }
    }
  } catch (const std::exception& error) {
    run_->Stop(RunEnd::kSinkFailed, {.code = base::Code::kUnavailable,
                                     .message = fmt::format("cannot start a thread ({}): raise `ulimit -u`", error.what())});
  }
}

ExecutorCrew::~ExecutorCrew() {
  for (std::thread& thread : threads_) thread.join();
}

}  // namespace reelbatch::runtime
