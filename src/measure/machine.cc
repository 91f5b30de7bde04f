#include "measure/machine.h"

#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fstream>
#include <iterator>
#include <vector>

namespace reelbatch::measure {
namespace {

namespace fs = std::filesystem;

std::string_view Trim(std::string_view text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.remove_suffix(1);
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  return text;
}

std::optional<int64_t> Number(std::string_view text) {
  text = Trim(text);
  int64_t value = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code != std::errc() || end != text.data() + text.size()) return {};
  return value;
}

std::string ReadText(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// The folders of a cgroup and its ancestors, nearest first: a limit may stand at any of them.
/// Inside a container the path may name a folder that is not visible there; then the mount's root
/// is what counts.
std::vector<fs::path> CgroupFolders(const fs::path& mount, const std::string& path) {
  std::vector<fs::path> folders;
  fs::path below = fs::path(path).relative_path();
  while (!below.empty()) {
    folders.push_back(mount / below);
    below = below.parent_path();
  }
  folders.push_back(mount);
  return folders;
}

template <class T>
void KeepSmaller(std::optional<T>& smallest, std::optional<T> value) {
  if (value && (!smallest || *value < *smallest)) smallest = value;
}

/// What a memory cgroup leaves: page cache that nobody uses can be dropped, so it counts as free.
int64_t LeftOf(int64_t limit, std::string_view usage, std::string_view stat,
               std::string_view field) {
  int64_t used = Number(usage).value_or(0);
  for (size_t at = 0; at < stat.size();) {
    const size_t end = std::min(stat.find('\n', at), stat.size());
    const std::string_view line = stat.substr(at, end - at);
    if (line.starts_with(field) && line.size() > field.size() && line[field.size()] == ' ') {
      used -= Number(line.substr(field.size())).value_or(0);
    }
    at = end + 1;
  }
  return std::clamp<int64_t>(limit - used, 0, limit);
}

void ReadCgroups(const fs::path& root, Machine& machine, std::optional<int64_t>& left) {
  const fs::path mount = root / "sys/fs/cgroup";
  const std::string self = ReadText(root / "proc/self/cgroup");
  if (const auto path = CgroupPath(self, "")) {
    for (const fs::path& folder : CgroupFolders(mount, *path)) {
      KeepSmaller(machine.cpu_quota, ParseCpuMax(ReadText(folder / "cpu.max")));
      const auto limit = ParseMemoryLimit(ReadText(folder / "memory.max"));
      if (!limit) continue;
      KeepSmaller(machine.memory_limit, limit);
      KeepSmaller(left, std::optional(LeftOf(*limit, ReadText(folder / "memory.current"),
                                             ReadText(folder / "memory.stat"), "inactive_file")));
    }
  }
  if (const auto path = CgroupPath(self, "cpu")) {
    for (const fs::path& folder : CgroupFolders(mount / "cpu", *path)) {
      KeepSmaller(machine.cpu_quota, ParseCfsQuota(ReadText(folder / "cpu.cfs_quota_us"),
                                                   ReadText(folder / "cpu.cfs_period_us")));
    }
  }
  if (const auto path = CgroupPath(self, "memory")) {
    for (const fs::path& folder : CgroupFolders(mount / "memory", *path)) {
      const auto limit = ParseMemoryLimit(ReadText(folder / "memory.limit_in_bytes"));
      if (!limit) continue;
      KeepSmaller(machine.memory_limit, limit);
      KeepSmaller(left,
                  std::optional(LeftOf(*limit, ReadText(folder / "memory.usage_in_bytes"),
                                       ReadText(folder / "memory.stat"), "total_inactive_file")));
    }
  }
}

std::string CpuModel(const std::string& cpuinfo) {
  constexpr std::string_view kField = "model name";
  const size_t at = cpuinfo.find(kField);
  if (at == std::string::npos) return "unknown";
  const size_t colon = cpuinfo.find(':', at);
  const size_t end = cpuinfo.find('\n', at);
  if (colon == std::string::npos || end == std::string::npos || colon > end) return "unknown";
  return std::string(Trim(std::string_view(cpuinfo).substr(colon + 1, end - colon - 1)));
}

int AffinityCores(int online) {
  // The mask of a large machine does not fit the 1024 bits of cpu_set_t: the call fails until the
  // set is big enough.
  for (int cpus = 1024; cpus <= 1 << 18; cpus *= 4) {
    cpu_set_t* set = CPU_ALLOC(static_cast<size_t>(cpus));
    if (set == nullptr) break;
    const size_t bytes = CPU_ALLOC_SIZE(static_cast<size_t>(cpus));
    const bool known = sched_getaffinity(0, bytes, set) == 0;
    const int count = known ? CPU_COUNT_S(bytes, set) : 0;
    CPU_FREE(set);
    if (known) return std::max(1, count);
  }
  return online;
}

}  // namespace

std::optional<double> ParseCpuMax(std::string_view text) {
  text = Trim(text);
  const size_t blank = text.find(' ');
  if (blank == std::string_view::npos) return {};
  return ParseCfsQuota(text.substr(0, blank), text.substr(blank + 1));
}

std::optional<double> ParseCfsQuota(std::string_view quota_us, std::string_view period_us) {
  const auto quota = Number(quota_us);
  const auto period = Number(period_us);
  if (!quota || !period || *quota <= 0 || *period <= 0) return {};
  return static_cast<double>(*quota) / static_cast<double>(*period);
}

std::optional<int64_t> ParseMemoryLimit(std::string_view text) {
  const auto bytes = Number(text);
  if (!bytes || *bytes < 0 || *bytes >= (int64_t{1} << 60)) return {};
  return bytes;
}

std::optional<int64_t> MeminfoField(std::string_view meminfo, std::string_view field) {
  for (size_t at = 0; at < meminfo.size();) {
    const size_t end = std::min(meminfo.find('\n', at), meminfo.size());
    std::string_view line = meminfo.substr(at, end - at);
    at = end + 1;
    if (!line.starts_with(field) || line.substr(field.size(), 1) != ":") continue;
    line.remove_prefix(field.size() + 1);
    line = Trim(line);
    if (!line.ends_with(" kB")) return {};
    const auto kib = Number(line.substr(0, line.size() - 3));
    return kib ? std::optional(*kib * 1024) : std::nullopt;
  }
  return {};
}

std::optional<std::string> CgroupPath(std::string_view text, std::string_view controller) {
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find('\n', at), text.size());
    const std::string_view line = text.substr(at, end - at);
    at = end + 1;
    const size_t first = line.find(':');
    const size_t second = line.find(':', first + 1);
    if (first == std::string_view::npos || second == std::string_view::npos) continue;
    const std::string names = "," + std::string(line.substr(first + 1, second - first - 1)) + ",";
    const bool mine = controller.empty()
                          ? names == ",,"
                          : names.find("," + std::string(controller) + ",") != std::string::npos;
    if (mine) return std::string(line.substr(second + 1));
  }
  return {};
}

Machine ReadMachine(const fs::path& root) {
  Machine machine;
  machine.cores_online = std::max(1, static_cast<int>(sysconf(_SC_NPROCESSORS_ONLN)));
  std::optional<int64_t> left;
  ReadCgroups(root, machine, left);
  machine.cores_allowed = AffinityCores(machine.cores_online);
  if (machine.cpu_quota) {
    const int granted = static_cast<int>(std::ceil(*machine.cpu_quota - 1e-9));
    machine.cores_allowed = std::clamp(granted, 1, machine.cores_allowed);
  }

  const std::string meminfo = ReadText(root / "proc/meminfo");
  constexpr int64_t kCarefulTotal = int64_t{1} << 30;  // where the kernel does not say
  machine.memory_total = MeminfoField(meminfo, "MemTotal").value_or(kCarefulTotal);
  machine.memory_available =
      MeminfoField(meminfo, "MemAvailable").value_or(machine.memory_total / 2);
  if (left) machine.memory_available = std::min(machine.memory_available, *left);
  machine.cpu_model = CpuModel(ReadText(root / "proc/cpuinfo"));
  return machine;
}

}  // namespace reelbatch::measure
