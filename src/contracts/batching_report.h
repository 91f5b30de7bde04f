#pragma once

#include <cstdint>

namespace reelbatch::contracts {

/// How the units of one component and video were batched. Source: spec, domain, manifest
/// `batching`.
struct BatchingReport {
  int64_t units = 0;
  int64_t batches = 0;              // that units of this video were in
  double effective_batch_size = 0;  // mean over its units
  int64_t retries_total = 0;        // launches of its units beyond the first
  int64_t oom_retries = 0;          // of these, after memory ran out
  double queue_wait_ms = 0;         // mean over its units, until the launch that came through
  double batch_peak_mb = 0;         // the largest batch's, as predicted: gpu_mem_peak_mb
};

}  // namespace reelbatch::contracts
