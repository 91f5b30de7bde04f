#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace reelbatch::costs {

/// Predicted and actual time of one component for one video.
struct CalibrationSample {
  std::string component;
  std::string part;
  std::string bucket;  // "1280x720"
  std::string preset;
  std::optional<double> predicted_ms;  // CPU time; none: there is no cost row
  std::optional<double> actual_ms;
};

/// Predicted and actual time of one successful batch.
struct BatchSample {
  std::string key;  // the batch key, for people
  int64_t units = 0;
  double predicted_ms = 0;
  double actual_ms = 0;
};

/// Predicted and actual peak memory of the process of one run. MiB.
struct MemorySample {
  std::optional<double> predicted_mb;
  std::optional<double> actual_mb;
};

/// Samples with the same key.
struct CalibrationKey {
  std::string component;
  std::string part;
  std::string bucket;
  std::string preset;
  int videos = 0;
  int not_predicted = 0;    // of them, without a cost row
  double predicted_ms = 0;  // sums over those with a prediction
  double actual_ms = 0;
  double mape = 0;  // mean of |predicted - actual| / actual
  /// Error of the sums: above 0 the prediction was too high.
  double bias() const { return actual_ms > 0 ? predicted_ms / actual_ms - 1 : 0; }
};

/// Batches with the same key.
struct BatchCalibration {
  std::string key;
  int64_t batches = 0;
  int64_t units = 0;
  double predicted_ms = 0;  // sums
  double actual_ms = 0;
  double mape = 0;  // per batch, as above
  double bias() const { return actual_ms > 0 ? predicted_ms / actual_ms - 1 : 0; }
};

struct Calibration {
  std::vector<CalibrationKey> keys;        // by component, part, bucket, preset
  std::vector<CalibrationKey> components;  // the same over all buckets and presets
  CalibrationKey total;                    // over all samples
  std::vector<BatchCalibration> batches;   // by key
  std::vector<MemorySample> runs;
  int under_predicted_runs = 0;  // runs that used more memory than predicted
};

/// A sample without an actual time, or with 0, is ignored.
Calibration Calibrate(const std::vector<CalibrationSample>& samples,
                      const std::vector<BatchSample>& batches, std::vector<MemorySample> runs);

}  // namespace reelbatch::costs
