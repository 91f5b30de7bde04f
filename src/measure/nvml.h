#pragma once

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "base/result.h"

namespace reelbatch::measure {

/// A graphics card as the driver describes it. MiB, as nvidia-smi prints them.
struct Gpu {
  std::string name;
  int64_t vram_mb = 0;
  std::string driver;
  std::string cuda;  // newest version that the driver runs: "12.4"; empty: it does not say
};

/// NVIDIA's management library, found at run time: nothing of it is needed to build or to start.
/// Threads: one caller at a time.
class Nvml {
 public:
  /// Errors: unavailable (no such library, one that lacks a function, or no driver to speak to: the
  /// message says which).
  static base::Result<std::unique_ptr<Nvml>> Load(const std::string& library = "libnvidia-ml.so.1");
  ~Nvml();
  Nvml(const Nvml&) = delete;
  Nvml& operator=(const Nvml&) = delete;

  int devices() const { return devices_; }
  /// Errors: invalid_argument (no such device), unavailable (the driver's refusal).
  base::Result<Gpu> Describe(int device) const;
  /// MiB of all devices together that the driver charges to a process. None: it lists no such
  /// process, which is so for one that uses no device, but also in a container whose process
  /// numbers are not the driver's.
  std::optional<double> ProcessMb(pid_t pid) const;

 private:
  struct Functions;
  explicit Nvml(std::unique_ptr<Functions> functions);

  std::unique_ptr<Functions> functions_;
  int devices_ = 0;
};

}  // namespace reelbatch::measure
