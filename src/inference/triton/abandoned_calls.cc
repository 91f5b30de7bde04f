#include "inference/triton/abandoned_calls.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "inference/triton/kserve_link.h"

namespace reelbatch::inference {
namespace {

using Stub = KserveLink::Stub;

constexpr base::Nanoseconds kLongestWait = std::chrono::seconds(30);
constexpr base::Nanoseconds kPoll = std::chrono::milliseconds(20);

}  // namespace

AbandonedCalls::AbandonedCalls(std::shared_ptr<TritonServer> server, std::string model,
                               std::string version)
    : server_(std::move(server)), model_(std::move(model)), version_(std::move(version)) {}

std::optional<int64_t> AbandonedCalls::CallsDone() const {
  kserve::ModelStatisticsRequest request;
  request.set_name(model_);
  request.set_version(version_);
  kserve::ModelStatisticsResponse response;
  if (!server_->link().Ask(&Stub::ModelStatistics, request, response).ok() ||
      response.model_stats().empty())
    return std::nullopt;
  const auto& stats = response.model_stats(0).inference_stats();
  return static_cast<int64_t>(stats.success().count() + stats.fail().count());
}

void AbandonedCalls::Add() {
  const base::MutexLock lock(mutex_);
  if (open_.load() == 0) {
    completed_then_ = completed_.load();
    done_then_ = CallsDone();
  }
  open_.fetch_add(1);
}

bool AbandonedCalls::AllDone() {
  if (const auto live = server_->Live(); !live)
    return live.error().code == base::Code::kUnavailable;  // gone, and the calls with it
  if (!done_then_) return false;
  const auto done = CallsDone();
  return done && *done - *done_then_ >= open_.load() + completed_.load() - completed_then_;
}

Abandoned AbandonedCalls::WaitOut() {
  if (open_.load() == 0) return Abandoned::kNone;
  const base::MutexLock lock(mutex_);  // others who come wait here for the one that polls
  const base::Nanoseconds end =
      clock_.Steady() + std::min(server_->options().request_timeout, kLongestWait);
  bool over = open_.load() == 0 || AllDone();
  while (!over && clock_.Steady() < end) {
    forgotten_.wait_for(mutex_, kPoll);
    over = open_.load() == 0 || AllDone();
  }
  open_.store(0);
  return over ? Abandoned::kOver : Abandoned::kUnknown;
}

void AbandonedCalls::Forget() {
  open_.store(0);
  forgotten_.notify_all();
}

}  // namespace reelbatch::inference
