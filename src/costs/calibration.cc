#include "costs/calibration.h"

#include <cmath>
#include <map>
#include <tuple>
#include <utility>

namespace reelbatch::costs {
namespace {

void Add(std::optional<double> predicted_ms, double actual_ms, CalibrationKey& key) {
  ++key.videos;
  if (!predicted_ms) {
    ++key.not_predicted;
    return;
  }
  key.predicted_ms += *predicted_ms;
  key.actual_ms += actual_ms;
  // The mean of those so far, moved by this one.
  const double error = std::abs(*predicted_ms - actual_ms) / actual_ms;
  key.mape += (error - key.mape) / (key.videos - key.not_predicted);
}

template <class Keys>
std::vector<CalibrationKey> Values(Keys&& keys) {
  std::vector<CalibrationKey> values;
  for (auto& [name, key] : keys) values.push_back(std::move(key));
  return values;
}

std::vector<BatchCalibration> Gather(const std::vector<BatchSample>& samples) {
  std::map<std::string, BatchCalibration> keys;
  for (const BatchSample& sample : samples) {
    if (sample.actual_ms <= 0) continue;
    BatchCalibration& key = keys[sample.key];
    key.key = sample.key;
    ++key.batches;
    key.units += sample.units;
    key.predicted_ms += sample.predicted_ms;
    key.actual_ms += sample.actual_ms;
    const double error = std::abs(sample.predicted_ms - sample.actual_ms) / sample.actual_ms;
    key.mape += (error - key.mape) / static_cast<double>(key.batches);
  }
  std::vector<BatchCalibration> values;
  for (auto& [name, key] : keys) values.push_back(std::move(key));
  return values;
}

}  // namespace

Calibration Calibrate(const std::vector<CalibrationSample>& samples,
                      const std::vector<BatchSample>& batches, std::vector<MemorySample> runs) {
  Calibration calibration;
  calibration.batches = Gather(batches);
  std::map<std::tuple<std::string, std::string, std::string, std::string>, CalibrationKey> keys;
  std::map<std::tuple<std::string, std::string>, CalibrationKey> components;
  for (const CalibrationSample& sample : samples) {
    const double actual_ms = sample.actual_ms.value_or(0);
    if (actual_ms <= 0) continue;
    CalibrationKey& key = keys[{sample.component, sample.part, sample.bucket, sample.preset}];
    key.component = sample.component;
    key.part = sample.part;
    key.bucket = sample.bucket;
    key.preset = sample.preset;
    CalibrationKey& component = components[{sample.component, sample.part}];
    component.component = sample.component;
    component.part = sample.part;
    Add(sample.predicted_ms, actual_ms, key);
    Add(sample.predicted_ms, actual_ms, component);
    Add(sample.predicted_ms, actual_ms, calibration.total);
  }
  calibration.keys = Values(keys);
  calibration.components = Values(components);
  for (const MemorySample& run : runs) {
    calibration.under_predicted_runs +=
        run.predicted_mb && run.actual_mb && *run.actual_mb > *run.predicted_mb ? 1 : 0;
  }
  calibration.runs = std::move(runs);
  return calibration;
}

}  // namespace reelbatch::costs
