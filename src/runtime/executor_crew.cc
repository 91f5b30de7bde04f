#include "runtime/executor_crew.h"

#include <fmt/format.h>

#include <algorithm>
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
    return std::unexpected(
        BatchFailure{.failure = FailureClass::kHostMemory, .evidence = error.what()});
  } catch (const std::exception& error) {
    return std::unexpected(BatchFailure{
        .failure = contracts::ClassifyMemoryText(error.what(), 0).value_or(FailureClass::kOther),
        .evidence = error.what()});
  } catch (...) {
    return std::unexpected(BatchFailure{.failure = FailureClass::kOther,
                                        .evidence = "an exception of an unknown type"});
  }
}

}  // namespace

void ExecutorCrew::Lane::Hold(std::shared_ptr<Job> next) {
  base::MutexLock lock(mutex);
  job = std::move(next);
}

std::shared_ptr<ExecutorCrew::Job> ExecutorCrew::Lane::Held() {
  base::MutexLock lock(mutex);
  return job;
}

bool ExecutorCrew::RunBatches(RunContext& run, ModelGates& gates, Lane& lane) {
  bool lost = false;
  const base::Status ended = Guarded([&]() -> base::Status {
    while (auto work = run.work.TakeBatch(lane.device, lane.number)) {
      const auto job = std::make_shared<Job>();
      job->work = std::move(*work);
      job->has_deadline = job->work.model->has_deadline();
      run.Tell(&BatchObserver::OnLaunch, job->work.report);
      components::UnitModel& model = *job->work.model;
      ModelGate& gate = gates.at(&model);
      const int entered = gate.Enter();
      job->watch.Enter(Stage::kComponent);
      lane.Hold(job);
      Outputs outputs = RunModel(model, job->work.inputs);
      lost = job->watch.Leave() == VideoWatch::Verdict::kGivenUp;
      if (lost) return {};
      lane.Hold(nullptr);
      gate.Leave();
      const BatchReport report = run.work.Settle(std::move(job->work), std::move(outputs));
      if (report.after.restart) gate.Restart(entered, [&] { model.Restart(); });
      run.Tell(&BatchObserver::OnEnd, report);
    }
    return {};
  });
  if (lost) return false;
  if (!ended) run.Stop(RunEnd::kSinkFailed, ended.error());
  return true;
}

bool ExecutorCrew::FeedResults(RunContext& run, Lane& lane) {
  bool lost = false;
  const base::Status ended = Guarded([&]() -> base::Status {
    while (auto work = run.work.TakeFeed()) {
      const auto job = std::make_shared<Job>();
      job->feed = std::move(*work);
      job->watch.Enter(Stage::kComponent);
      lane.Hold(job);
      FeedWork& feed = *job->feed;
      const base::Status fed =
          Guarded([&] { return feed.feeder->Feed(feed.output, std::move(feed.kept)); });
      lost = job->watch.Leave() == VideoWatch::Verdict::kGivenUp;
      if (lost) return {};
      lane.Hold(nullptr);
      run.work.SettleFeed(feed, fed);
    }
    return {};
  });
  if (lost) return false;
  if (!ended) run.Stop(RunEnd::kSinkFailed, ended.error());
  return true;
}

ExecutorCrew::ExecutorCrew(std::shared_ptr<RunContext> run)
    : run_(std::move(run)), gates_(std::make_shared<ModelGates>()) {
  const BatchingOptions& batching = run_->options.batching;
  if (batching.models.empty()) return;
  for (const BatchModel& model : batching.models) gates_->try_emplace(model.model.get());
  for (size_t device = 0; device < batching.devices.size(); ++device) {
    for (int number = 0; number < batching.devices[device].lanes; ++number) {
      lanes_.push_back(std::make_shared<Lane>(static_cast<int>(device), number));
      Start(lanes_.back());
    }
  }
  const bool feeds = std::ranges::any_of(
      batching.models, [](const BatchModel& model) { return !model.after.empty(); });
  // Cutting pictures out takes a fraction of what finding their places does.
  constexpr int kThreadsPerFeeder = 4;
  const int feeders = feeds ? std::max(1, run_->options.threads / kThreadsPerFeeder) : 0;
  for (int number = 0; number < feeders; ++number) {
    lanes_.push_back(std::make_shared<Lane>(kNoDevice, number));
    Start(lanes_.back());
  }
}

ExecutorCrew::~ExecutorCrew() {
  for (const auto& lane : lanes_) {
    if (lane->thread.joinable()) lane->thread.join();
  }
}

void ExecutorCrew::Start(const std::shared_ptr<Lane>& lane) {
  {
    base::MutexLock lock(mutex_);
    ++alive_;
  }
  try {
    // `this` only a thread that was not given up may use.
    lane->thread = std::thread([this, context = run_, gates = gates_, lane] {
      const bool kept = lane->device == kNoDevice ? FeedResults(*context, *lane)
                                                  : RunBatches(*context, *gates, *lane);
      if (kept) Ended();
    });
  } catch (const std::exception& error) {
    Ended();
    run_->Stop(
        RunEnd::kSinkFailed,
        {.code = base::Code::kUnavailable,
         .message = fmt::format("cannot start a thread ({}): raise `ulimit -u`", error.what())});
  }
}

void ExecutorCrew::Ended() {
  base::MutexLock lock(mutex_);
  --alive_;
  ended_.notify_all();
}

bool ExecutorCrew::WaitForEnd(std::chrono::milliseconds time) {
  base::MutexLock lock(mutex_);
  if (alive_ > 0) run_->clock.WaitFor(ended_, mutex_, time);
  return alive_ == 0;
}

void ExecutorCrew::Look(base::Nanoseconds elapsed) {
  const bool stopping = run_->ShouldStop();
  for (size_t place = 0; place < lanes_.size(); ++place) {
    const std::shared_ptr<Job> job = lanes_[place]->Held();
    if (job == nullptr) continue;
    if (stopping) job->watch.AskToStop();
    const WatchLimits limits{
        .stall_timeout = job->has_deadline ? base::Nanoseconds(0) : run_->options.stall_timeout,
        .stall_grace = run_->options.stall_grace};
    if (job->watch.Judge(elapsed, limits)) GiveUp(place, *job);
  }
}

void ExecutorCrew::GiveUp(size_t place, Job& job) {
  ++given_up_;
  const std::shared_ptr<Lane> lane = lanes_[place];
  lane->thread.detach();
  if (!job.feed) {
    GiveUpBatch(job);
  } else if (!run_->stopping()) {
    run_->work.SettleFeed(
        *job.feed,
        base::Fail(base::Code::kDeadline,
                   StuckText("the component did not return while it made units from a result")));
  }
  if (!run_->stopping()) {
    lanes_[place] = std::make_shared<Lane>(lane->device, lane->number);
    Start(lanes_[place]);
  }
  Ended();
}

void ExecutorCrew::GiveUpBatch(Job& job) {
  gates_->at(job.work.model.get()).Leave();
  if (run_->stopping()) return;
  const BatchFailure failure{.failure = FailureClass::kStuck,
                             .evidence = StuckText("the model did not return")};
  run_->Tell(&BatchObserver::OnEnd, run_->work.GiveUp(job.work, failure, job.kept));
}

std::string ExecutorCrew::StuckText(std::string_view what) const {
  const double seconds = std::chrono::duration<double>(run_->options.stall_timeout).count();
  return fmt::format("{} within {:g} s (stall-timeout)", what, seconds);
}

}  // namespace reelbatch::runtime
