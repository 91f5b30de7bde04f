#include "inference/worker/worker_model.h"

#include <new>
#include <utility>

#include "base/mutex.h"

namespace reelbatch::inference {
namespace {

using contracts::BatchFailure;
using contracts::FailureClass;
using contracts::Tensor;

/// Whether the engine may be left in a state in which other batches fail, too.
bool MayBeBroken(FailureClass failure) {
  return failure != FailureClass::kInput && failure != FailureClass::kBadRequest &&
         failure != FailureClass::kBadResponse;
}

/// Whether a process that could not load its model may do it the next time.
bool MayBeChance(base::Code code) {
  return code == base::Code::kOutOfMemory || code == base::Code::kDeadline;
}

class WorkerModel final : public Model {
 public:
  WorkerModel(ModelOrder order, WorkerOptions options, contracts::ModelDescription description,
              std::unique_ptr<WorkerProcess> worker)
      : order_(std::move(order)),
        options_(std::move(options)),
        description_(std::move(description)),
        worker_(std::move(worker)) {}

  const contracts::ModelDescription& description() const override { return description_; }

  std::expected<std::vector<Tensor>, BatchFailure> Infer(std::span<const Tensor> inputs) override {
    const auto worker = Worker();
    if (!worker) return std::unexpected(worker.error());
    try {
      auto outputs = (*worker)->Infer(inputs);
      if (!outputs && MayBeBroken(outputs.error().failure)) Drop(*worker);
      return outputs;
    } catch (const std::bad_alloc&) {
      Drop(*worker);
      throw;
    }
  }

  bool has_deadline() const override { return options_.timeout.count() > 0; }

  void Restart() override {
    base::MutexLock lock(mutex_);
    worker_.reset();
  }

 private:
  std::expected<std::shared_ptr<WorkerProcess>, BatchFailure> Worker() {
    base::MutexLock lock(mutex_);
    if (worker_ != nullptr) return worker_;
    auto started = WorkerProcess::Start(options_, order_);
    if (started && (*started)->used() != description_.used) {
      return std::unexpected(BatchFailure{
          .failure = FailureClass::kBadRequest,
          .evidence = "the files of the model have changed since the run began: run again"});
    }
    if (started) {
      worker_ = std::move(*started);
      return worker_;
    }
    return std::unexpected(BatchFailure{.failure = MayBeChance(started.error().code)
                                                       ? FailureClass::kHostMemory
                                                       : FailureClass::kUnavailable,
                                        .evidence = started.error().Text()});
  }

  /// The last batch in it ends it.
  void Drop(const std::shared_ptr<WorkerProcess>& worker) {
    base::MutexLock lock(mutex_);
    if (worker_ == worker) worker_.reset();
  }

  const ModelOrder order_;
  const WorkerOptions options_;
  const contracts::ModelDescription description_;
  base::Mutex mutex_;
  std::shared_ptr<WorkerProcess> worker_ GUARDED_BY(mutex_);
};

}  // namespace

base::Result<std::unique_ptr<Model>> OpenInWorker(const ModelFolder& folder,
                                                  const OpenVinoOptions& options,
                                                  const WorkerOptions& worker) {
  ModelOrder order{.folder = folder.path, .options = options};
  auto started = WorkerProcess::Start(worker, order);
  // Somebody may have killed or stopped it; a model that does not fit fails again.
  if (!started && MayBeChance(started.error().code)) started = WorkerProcess::Start(worker, order);
  if (!started) return std::unexpected(started.error());
  contracts::ModelDescription description = folder.description;
  description.used = (*started)->used();
  return std::make_unique<WorkerModel>(std::move(order), worker, std::move(description),
                                       std::move(*started));
}

}  // namespace reelbatch::inference
