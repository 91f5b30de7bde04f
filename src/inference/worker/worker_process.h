#pragma once

#include <chrono>
#include <expected>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/fd.h"
#include "base/mutex.h"
#include "base/process.h"
#include "base/result.h"
#include "contracts/batch_failure.h"
#include "contracts/model.h"
#include "contracts/tensor.h"
#include "inference/worker/worker_documents.h"
#include "inference/worker/worker_link.h"

namespace reelbatch::inference {

struct WorkerOptions {
  std::filesystem::path program = {};  // reelbatch-worker
  /// Of one batch, and of loading the model: a worker that does not answer within it is killed. 0:
  /// no limit.
  std::chrono::milliseconds timeout{60'000};
};

/// A process that runs one model, from its start to its end.
/// Threads: Infer() from any, one batch per lane at a time; further ones wait.
class WorkerProcess {
 public:
  /// Starts the program, which loads the model.
  /// Errors: as OpenOpenVino(); out_of_memory also if a signal ended the process while it loaded
  /// the model; deadline if it did not answer; unavailable (the program cannot be started, or ended
  /// by itself).
  static base::Result<std::unique_ptr<WorkerProcess>> Start(const WorkerOptions& options,
                                                            const ModelOrder& order);
  /// Kills it.
  ~WorkerProcess() = default;

  /// As it was loaded.
  const contracts::ModelUsed& used() const { return used_; }
  /// As Model::Infer(). If the process dies or does not answer, this call and all later ones fail
  /// with host_memory. Throws std::bad_alloc, after it has killed the process, if we have no
  /// memory.
  std::expected<std::vector<contracts::Tensor>, contracts::BatchFailure> Infer(
      std::span<const contracts::Tensor> inputs);

 private:
  WorkerProcess(WorkerOptions options, std::unique_ptr<base::ChildProcess> process, base::Fd errors,
                std::vector<base::Fd> sockets);
  base::Result<contracts::ModelUsed> Open(const ModelOrder& order);
  /// After a call that failed: makes sure that it ends. "the process that ran the model was killed
  /// by signal 9 (Killed)", and what it wrote last.
  std::string End(const base::Error& error) EXCLUDES(mutex_);
  WorkerLink* TakeLink() EXCLUDES(mutex_);
  void ReturnLink(WorkerLink* link) EXCLUDES(mutex_);

  const WorkerOptions options_;
  const base::Fd errors_;  // its stderr
  contracts::ModelUsed used_ = {};
  std::vector<std::unique_ptr<WorkerLink>> links_;
  base::Mutex mutex_;
  base::ConditionVariable returned_;
  std::vector<WorkerLink*> free_ GUARDED_BY(mutex_);
  const std::unique_ptr<base::ChildProcess> process_ GUARDED_BY(mutex_);
};

}  // namespace reelbatch::inference
