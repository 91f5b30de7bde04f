#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace reelbatch::measure {

/// CPUs allowed by "200000 100000" of cgroup v2's cpu.max; none for "max 100000" or invalid text.
std::optional<double> ParseCpuMax(std::string_view text);

/// CPUs of cgroup v1's cpu.cfs_quota_us over cpu.cfs_period_us; none for quota -1 or invalid text.
std::optional<double> ParseCfsQuota(std::string_view quota_us, std::string_view period_us);

/// Bytes of memory.max or memory.limit_in_bytes; none for "max" and for v1's "no limit" (above
/// 2^60).
std::optional<int64_t> ParseMemoryLimit(std::string_view text);

/// Bytes of a /proc/meminfo field such as "MemAvailable".
std::optional<int64_t> MeminfoField(std::string_view meminfo, std::string_view field);

/// Path of this process in /proc/self/cgroup: of v2 if `controller` is empty, else of that v1
/// controller.
std::optional<std::string> CgroupPath(std::string_view proc_self_cgroup,
                                      std::string_view controller);

/// What this process may use of the machine.
struct Machine {
  int cores_online = 1;
  int cores_allowed = 1;            // affinity mask and CPU quota (rounded up); at least 1
  std::optional<double> cpu_quota;  // CPUs, if a cgroup limits them
  int64_t memory_total = 0;         // bytes
  int64_t memory_available = 0;     // bytes: the smaller of what the kernel and the cgroup allow
  std::optional<int64_t> memory_limit;  // bytes, if a cgroup limits it
  std::string cpu_model;
};

/// Reads /proc and /sys/fs/cgroup below `root`; the affinity mask is that of this process. Values
/// that cannot be read keep a safe default.
Machine ReadMachine(const std::filesystem::path& root = "/");

}  // namespace reelbatch::measure
