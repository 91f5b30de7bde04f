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
  std::string cuda;  // newest version that the driver supports: "12.4"; empty: not known
};

/// NVIDIA's management library, loaded at run time: it is not needed to build or to start.
/// Threads: one caller at a time.
class Nvml {
 public:
  /// Errors: unavailable (the library is missing or lacks a function, or there is no driver: see
  /// the message).
  static base::Result<std::unique_ptr<Nvml>> Load(const std::string& library = "libnvidia-ml.so.1");
  ~Nvml();
  Nvml(const Nvml&) = delete;
  Nvml& operator=(const Nvml&) = delete;

  int devices() const { return devices_; }
  /// Errors: invalid_argument (there is no such device), unavailable (the driver refused).
  base::Result<Gpu> Describe(int device) const;
  /// MiB of all devices that the driver assigns to a process. None: the driver does not list the
  /// process, because it uses no device, or because it runs in a container with other process
  /// numbers.
  std::optional<double> ProcessMb(pid_t pid) const;

 private:
  struct Functions;
  explicit Nvml(std::unique_ptr<Functions> functions);

  std::unique_ptr<Functions> functions_;
  int devices_ = 0;
};

}  // namespace reelbatch::measure
