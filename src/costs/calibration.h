#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace reelbatch::costs {

/// What one component of one video was expected to take, and took.
struct CalibrationSample {
  std::string component;
  std::string part;
  std::string bucket;  // "1280x720"
  std::string preset;
  std::optional<double> predicted_ms;  // CPU time; none: not measured
  std::optional<double> actual_ms;
};

/// What one micro-batch that came through was expected to take, and took.
struct BatchSample {
  std::string key;  // as people read it
  int64_t units = 0;
  double predicted_ms = 0;
  double actual_ms = 0;
};

/// What the process of one run was expected to hold at most, and held. MiB.
struct MemorySample {
  std::optional<double> predicted_mb;
  std::optional<double> actual_mb;
};

/// Samples that share a key.
struct CalibrationKey {
  std::string component;
  std::string part;
  std::string bucket;
  std::string preset;
  int videos = 0;
  int not_predicted = 0;    // of them: no row of costs
  double predicted_ms = 0;  // sums over those that were predicted
  double actual_ms = 0;
  double mape = 0;  // mean of |predicted - actual| / actual
  /// Of the sums, signed: above 0 too much was expected.
  double bias() const { return actual_ms > 0 ? predicted_ms / actual_ms - 1 : 0; }
};

/// Batches that share a key.
struct BatchCalibration {
  std::string key;
  int64_t batches = 0;
  int64_t units = 0;
  double predicted_ms = 0;  // sums
  double actual_ms = 0;
  double mape = 0;  // of a batch, as above
  double bias() const { return actual_ms > 0 ? predicted_ms / actual_ms - 1 : 0; }
};

struct Calibration {
  std::vector<CalibrationKey> keys;        // by component, part, bucket, preset
  std::vector<CalibrationKey> components;  // the same over all buckets and presets
  CalibrationKey total;                    // over everything
  std::vector<BatchCalibration> batches;   // by key
  std::vector<MemorySample> runs;
  int under_predicted_runs = 0;  // that held more than was expected
};

/// A sample without an actual time, or one of 0, is left out.
Calibration Calibrate(const std::vector<CalibrationSample>& samples,
                      const std::vector<BatchSample>& batches, std::vector<MemorySample> runs);

}  // namespace reelbatch::costs
