#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace reelbatch::contracts {

/// How the units of one stage and video were batched.
struct BatchingFigures {
  int64_t units = 0;
  int64_t batches = 0;              // that units of this video were in
  double effective_batch_size = 0;  // mean over its units
  int64_t retries_total = 0;        // launches of its units beyond the first
  int64_t oom_retries = 0;          // of these, after memory ran out
  double queue_wait_ms = 0;         // mean over its units, until the launch that came through
  double batch_peak_mb = 0;         // the largest batch's, as predicted: gpu_mem_peak_mb
};

struct StageFigures : BatchingFigures {
  std::string stage;
};

/// How the units of one component and video were batched, of all its stages. Source:
/// docs/requirements.md, "Manifest".
struct BatchingReport : BatchingFigures {
  std::vector<StageFigures> stages = {};  // where it has several
};

}  // namespace reelbatch::contracts
