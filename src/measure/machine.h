#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace reelbatch::measure {

/// CPUs that "200000 100000" of cgroup v2's cpu.max grants; none for "max 100000" or nonsense.
std::optional<double> ParseCpuMax(std::string_view text);

/// CPUs of cgroup v1's cpu.cfs_quota_us over cpu.cfs_period_us; none for quota -1 or nonsense.
std::optional<double> ParseCfsQuota(std::string_view quota_us, std::string_view period_us);

/// Bytes of memory.max or memory.limit_in_bytes; none for "max" and for v1's "no limit" (above
/// 2^60).
std::optional<int64_t> ParseMemoryLimit(std::string_view text);

/// Bytes of a /proc/meminfo field such as "MemAvailable".
std::optional<int64_t> MeminfoField(std::string_view meminfo, std::string_view field);

/// Path of this process in /proc/self/cgroup: of v2 where `controller` is empty, else of that v1
/// controller.
std::optional<std::string> CgroupPath(std::string_view proc_self_cgroup,
                                      std::string_view controller);

/// What this process may use, whatever the machine has.
struct Machine {
  int cores_online = 1;
  int cores_allowed = 1;            // affinity mask and CPU quota (rounded up); at least 1
  std::optional<double> cpu_quota;  // CPUs, where a cgroup limits them
  int64_t memory_total = 0;         // bytes
  int64_t memory_available = 0;     // bytes: the smaller of what the kernel and the cgroup leave
  std::optional<int64_t> memory_limit;  // bytes, where a cgroup limits them
  std::string cpu_model;
};

/// Reads /proc and /sys/fs/cgroup below `root`; the affinity mask is this process's own. What
/// cannot be read keeps a careful default.
Machine ReadMachine(const std::filesystem::path& root = "/");

}  // namespace reelbatch::measure
