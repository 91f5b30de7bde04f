#include "inference/triton/triton_model.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/mutex.h"
#include "inference/triton/abandoned_calls.h"
#include "inference/triton/infer_message.h"
#include "inference/triton/kserve_link.h"
#include "inference/triton/model_contract.h"
#include "inference/triton/region_pool.h"

namespace reelbatch::inference {
namespace {

using base::Code;
using contracts::BatchFailure;
using contracts::FailureClass;
using contracts::Tensor;
using Outputs = std::expected<std::vector<Tensor>, BatchFailure>;
using Stub = KserveLink::Stub;

// Below this the bytes travel as fast in the message (docs/triton.md, "What a call costs").
constexpr size_t kSharedMemoryFrom = 65536;
// Protobuf's own bound is 2^31 - 1 for a whole message; the names need some of it.
constexpr size_t kMessageBytes = 2147483647 - 65536;

/// Whether the server says NOT_FOUND of its models because it shuts down, or is not ready as a
/// whole.
bool IsDraining(const TritonServer& server) {
  const auto ready = server.Ready();
  return !ready || !*ready;
}

double Milliseconds(const kserve::InferBatchStatistics& batch) {
  return static_cast<double>(batch.compute_input().ns() + batch.compute_infer().ns() +
                             batch.compute_output().ns()) /
         1e6;
}

class ServedTritonModel final : public TritonModel {
 public:
  ServedTritonModel(std::shared_ptr<TritonServer> server, contracts::ModelDescription description,
                    std::string version)
      : server_(std::move(server)),
        description_(std::move(description)),
        version_(std::move(version)),
        regions_(server_),
        abandoned_(server_, description_.used.model_name, version_) {}

  base::Status ProbeSharedMemory() { return regions_.Probe(); }
  const contracts::ModelDescription& description() const override { return description_; }
  Outputs Infer(std::span<const Tensor> inputs) override;
  void Restart() override;
  ModelMemory memory() const override;
  base::Result<std::vector<BatchTime>> BatchTimes() const override;
  std::string Transport() const override;

 private:
  /// How a call went, and its outputs where it went well.
  struct Answer {
    RpcStatus status = {};
    Outputs outputs = std::vector<Tensor>();
  };
  Answer InMessage(std::span<const Tensor> inputs, int64_t batch);
  Answer InRegion(std::span<const Tensor> inputs, int64_t batch, const RegionLayout& layout,
                  std::unique_ptr<SharedRegion> region);
  Answer Send(std::span<const Tensor> inputs, int64_t batch);
  BatchFailure FailureOf(const RpcStatus& status, int64_t batch);
  base::Result<kserve::ModelStatistics> Statistics() const;
  RpcStatus Reload();

  const std::shared_ptr<TritonServer> server_;
  const contracts::ModelDescription description_;
  const std::string version_;
  RegionPool regions_;
  AbandonedCalls abandoned_;
  base::Mutex mutex_;
  std::string reload_refused_ GUARDED_BY(mutex_);
};

ServedTritonModel::Answer ServedTritonModel::InMessage(std::span<const Tensor> inputs,
                                                       int64_t batch) {
  kserve::ModelInferResponse response;
  Answer answer;
  answer.status =
      server_->link().Call(&Stub::ModelInfer, RequestWithBytes(description_, version_, inputs),
                           response, server_->options().request_timeout);
  if (answer.status.ok())
    answer.outputs = ReadOutputs(description_, version_, batch, response, {}, {});
  return answer;
}

ServedTritonModel::Answer ServedTritonModel::InRegion(std::span<const Tensor> inputs, int64_t batch,
                                                      const RegionLayout& layout,
                                                      std::unique_ptr<SharedRegion> region) {
  kserve::ModelInferResponse response;
  Answer answer;
  answer.status = server_->link().Call(
      &Stub::ModelInfer,
      RequestInRegion(description_, version_, inputs, layout, region->name(), region->bytes()),
      response, server_->options().request_timeout);
  if (answer.status.ok())
    answer.outputs = ReadOutputs(description_, version_, batch, response, layout, region->bytes());
  if (IsAbandoned(answer.status)) {
    regions_.Quarantine(std::move(region));
  } else {
    regions_.Return(std::move(region));
  }
  return answer;
}

ServedTritonModel::Answer ServedTritonModel::Send(std::span<const Tensor> inputs, int64_t batch) {
  const RegionLayout layout = LayOut(description_, inputs, batch);
  const bool wanted =
      layout.bytes >= kSharedMemoryFrom || server_->options().shared_memory == SharedMemory::kOn;
  // Twice: a server that was restarted since knows none of the regions, and has run nothing when it
  // says so.
  for (int round = 0; wanted && round < 2; ++round) {
    auto region = regions_.Take(layout.bytes);
    if (!region) break;
    Answer answer = InRegion(inputs, batch, layout, std::move(region));
    if (!IsRegionUnknown(answer.status)) return answer;
    regions_.Forget();
  }
  return InMessage(inputs, batch);
}

Outputs ServedTritonModel::Infer(std::span<const Tensor> inputs) {
  const auto batch = BatchOf(description_, inputs);
  if (!batch)
    return std::unexpected(
        BatchFailure{.failure = FailureClass::kBadRequest, .evidence = batch.error()});
  switch (abandoned_.WaitOut()) {
    case Abandoned::kOver:
      regions_.Release();
      break;
    case Abandoned::kUnknown:
      regions_.Discard();
      break;
    case Abandoned::kNone:
      break;
  }
  Answer answer = Send(inputs, *batch);
  if (IsAbandoned(answer.status)) {
    abandoned_.Add();
  } else if (answer.status.ok() || answer.status.code == RpcCode::kInternal) {
    abandoned_.Completed();
  }
  if (!answer.status.ok()) return std::unexpected(FailureOf(answer.status, *batch));
  return std::move(answer.outputs);
}

BatchFailure ServedTritonModel::FailureOf(const RpcStatus& status, int64_t batch) {
  BatchFailure failure = FailureOfInfer(status, batch, [this] { return IsDraining(*server_); });
  const base::MutexLock lock(mutex_);
  if (failure.failure == FailureClass::kPoisoned && !reload_refused_.empty()) {
    failure.evidence += fmt::format(
        "; it could not be reloaded ({}): reload the model in the server, or restart the server; "
        "with --model-control-mode=explicit, reelbatch can reload it",
        reload_refused_);
  }
  return failure;
}

RpcStatus ServedTritonModel::Reload() {
  kserve::RepositoryModelUnloadRequest unload;
  unload.set_model_name(description_.used.model_name);
  kserve::RepositoryModelUnloadResponse unloaded;
  const RpcStatus status = server_->link().Ask(&Stub::RepositoryModelUnload, unload, unloaded);
  if (!status.ok()) return status;
  kserve::RepositoryModelLoadRequest load;
  load.set_model_name(description_.used.model_name);
  kserve::RepositoryModelLoadResponse loaded;
  // Answers when the model is ready, or cannot be loaded.
  return server_->link().Call(&Stub::RepositoryModelLoad, load, loaded,
                              server_->options().request_timeout);
}

void ServedTritonModel::Restart() {
  const RpcStatus status = Reload();
  if (status.ok()) {
    abandoned_.Forget();
    regions_.Release();
  }
  const base::MutexLock lock(mutex_);
  reload_refused_ = status.ok() ? "" : RpcText(status);
}

base::Result<kserve::ModelStatistics> ServedTritonModel::Statistics() const {
  kserve::ModelStatisticsRequest request;
  request.set_name(description_.used.model_name);
  request.set_version(version_);
  kserve::ModelStatisticsResponse response;
  const std::string what =
      fmt::format("{}, model {}, statistics", server_->options().url, description_.used.model_name);
  const RpcStatus status = server_->link().Ask(&Stub::ModelStatistics, request, response);
  if (status.code == RpcCode::kUnimplemented)
    return base::Fail(Code::kNotMeasured, "the server has no statistics", what);
  if (!status.ok()) return std::unexpected(ErrorOfAsk(status, what));
  if (response.model_stats().empty())
    return base::Fail(Code::kNotMeasured, "the server has no statistics of this model", what);
  return response.model_stats(0);
}

ModelMemory ServedTritonModel::memory() const {
  ModelMemory memory{.ours_bytes = regions_.bytes()};
  const auto statistics = Statistics();
  if (!statistics || statistics->memory_usage().empty()) return memory;
  int64_t bytes = 0;
  for (const auto& usage : statistics->memory_usage())
    bytes += static_cast<int64_t>(usage.byte_size());
  memory.server_bytes = bytes;
  return memory;
}

base::Result<std::vector<BatchTime>> ServedTritonModel::BatchTimes() const {
  const auto statistics = Statistics();
  if (!statistics) return std::unexpected(statistics.error());
  std::vector<BatchTime> times;
  for (const auto& batch : statistics->batch_stats()) {
    const auto count = static_cast<int64_t>(batch.compute_infer().count());
    if (count > 0) {
      times.push_back({.batch = static_cast<int>(batch.batch_size()),
                       .count = count,
                       .mean_ms = Milliseconds(batch) / static_cast<double>(count)});
    }
  }
  if (times.empty()) {
    return base::Fail(Code::kNotMeasured, "no batch has run since the server loaded it",
                      "model " + description_.used.model_name);
  }
  std::ranges::sort(times, {}, &BatchTime::batch);
  return times;
}

std::string ServedTritonModel::Transport() const {
  const std::string refused = regions_.refused();
  return refused.empty() ? "shared memory" : fmt::format("in messages ({})", refused);
}

/// What the server says of the model.
base::Result<ServedModel> AskFor(const TritonServer& server, const std::string& name,
                                 const std::string& version) {
  const std::string what = fmt::format("{}, model {}{}", server.options().url, name,
                                       version.empty() ? "" : " version " + version);
  ServedModel served;
  kserve::ModelMetadataRequest metadata;
  metadata.set_name(name);
  metadata.set_version(version);
  RpcStatus status = server.link().Ask(&Stub::ModelMetadata, metadata, served.metadata);
  if (status.code == RpcCode::kNotFound && IsDraining(server)) {
    return base::Fail(Code::kUnavailable,
                      RpcText(status) + " (the server is shutting down or not ready)", what);
  }
  if (!status.ok()) return std::unexpected(ErrorOfAsk(status, what));
  kserve::ModelConfigRequest request;
  request.set_name(name);
  request.set_version(version);
  kserve::ModelConfigResponse config;
  status = server.link().Ask(&Stub::ModelConfig, request, config);
  if (status.ok()) {
    served.config = std::move(*config.mutable_config());
  } else if (status.code != RpcCode::kUnimplemented) {
    return std::unexpected(ErrorOfAsk(status, what + ", config"));
  }
  return served;
}

base::Status CheckReady(const TritonServer& server, const std::string& name,
                        const std::string& version) {
  const std::string what = fmt::format("{}, model {}", server.options().url, name);
  kserve::ModelReadyRequest request;
  request.set_name(name);
  request.set_version(version);
  kserve::ModelReadyResponse response;
  const RpcStatus status = server.link().Ask(&Stub::ModelReady, request, response);
  if (!status.ok()) return std::unexpected(ErrorOfAsk(status, what));
  if (!response.ready())
    return base::Fail(Code::kUnavailable, "the server reports that it is not ready", what);
  return {};
}

}  // namespace

base::Result<std::unique_ptr<TritonModel>> OpenTritonModel(
    std::shared_ptr<TritonServer> server, const std::string& name, const std::string& version,
    const std::optional<contracts::ModelDescription>& expected) {
  if (!server || name.empty())
    return base::Fail(Code::kInvalidArgument, "a server and the name of a model are required",
                      "model");
  auto served = AskFor(*server, name, version);
  if (!served) return std::unexpected(std::move(served.error()));
  served->metadata.set_name(name);
  const std::string pinned = PinnedVersion(served->metadata, version);
  if (auto ready = CheckReady(*server, name, pinned); !ready)
    return std::unexpected(std::move(ready.error()));
  auto description = DescribeServed(*served, pinned, expected);
  if (!description) {
    description.error().context = server->options().url + ", " + description.error().context;
    return std::unexpected(std::move(description.error()));
  }
  const SharedMemory shared_memory = server->options().shared_memory;
  auto model =
      std::make_unique<ServedTritonModel>(std::move(server), std::move(*description), pinned);
  if (shared_memory != SharedMemory::kOff) {
    auto ok = model->ProbeSharedMemory();
    if (!ok && shared_memory == SharedMemory::kOn) {
      ok.error().message +=
          " (shared memory is on: the server must run on this machine, see its /dev/shm, and allow "
          "shared memory)";
      return std::unexpected(std::move(ok.error()));
    }
  }
  return model;
}

}  // namespace reelbatch::inference
