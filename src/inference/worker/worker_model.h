#pragma once

#include <memory>

#include "base/result.h"
#include "inference/model.h"
#include "inference/model_folder.h"
#include "inference/worker/worker_process.h"

namespace reelbatch::inference {

/// A model as OpenOpenVino() opens it, but in a process of its own: whatever ends that process ends
/// no more than the batches in it, which fail with host_memory. After a failure that may leave the
/// engine broken, such as a lack of memory, the process is replaced before the next batch.
/// Restart() replaces it, too. Errors: as WorkerProcess::Start().
base::Result<std::unique_ptr<Model>> OpenInWorker(const ModelFolder& folder,
                                                  const OpenVinoOptions& options,
                                                  const WorkerOptions& worker);

}  // namespace reelbatch::inference
